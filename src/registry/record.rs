//! A whole record of the registry's JSON, and its way into [`FullRecord`].
//!
//! Everything may be missing or null but the number and a title. What is merely unknown here (a status, an odd date)
//! becomes none; a wrong type makes the record unreadable, and that is told as a fault, never as a record with less in it.

use super::page::NotAPage;
use serde::Deserialize;
use trials::record::{
    Arm, Contact, Design, Eligibility, FullRecord, Intervention, Milestone, Outcome, Rank, Site, Sponsor, Status, Title,
};
use trials::study::{Date, OverallStatus, Phase, Sex};

/// The modules asked for, by their paths: all that is read below, and neither results nor references, which are the
/// larger half of a record.
pub(super) const FIELDS: &str = "protocolSection.identificationModule|protocolSection.statusModule|\
    protocolSection.sponsorCollaboratorsModule|protocolSection.descriptionModule|protocolSection.conditionsModule|\
    protocolSection.designModule|protocolSection.armsInterventionsModule|protocolSection.outcomesModule|\
    protocolSection.eligibilityModule|protocolSection.contactsLocationsModule";

type Text = Option<Box<str>>;
type List<T> = Option<Vec<T>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordWire {
    protocol_section: ProtocolWire,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProtocolWire {
    identification_module: IdentificationWire,
    status_module: Option<StatusWire>,
    sponsor_collaborators_module: Option<SponsorsWire>,
    description_module: Option<DescriptionWire>,
    conditions_module: Option<ConditionsWire>,
    design_module: Option<DesignWire>,
    arms_interventions_module: Option<ArmsWire>,
    outcomes_module: Option<OutcomesWire>,
    eligibility_module: Option<EligibilityWire>,
    contacts_locations_module: Option<LocationsWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdentificationWire {
    nct_id: Box<str>,
    nct_id_aliases: List<Box<str>>,
    org_study_id_info: Option<IdWire>,
    secondary_id_infos: List<IdWire>,
    brief_title: Text,
    official_title: Text,
    acronym: Text,
}

#[derive(Deserialize)]
struct IdWire {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusWire {
    overall_status: Text,
    last_known_status: Text,
    why_stopped: Text,
    status_verified_date: Text,
    start_date_struct: Option<DateWire>,
    primary_completion_date_struct: Option<DateWire>,
    completion_date_struct: Option<DateWire>,
    study_first_post_date_struct: Option<DateWire>,
    last_update_post_date_struct: Option<DateWire>,
}

#[derive(Deserialize)]
struct DateWire {
    date: Text,
    #[serde(rename = "type")]
    kind: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SponsorsWire {
    lead_sponsor: Option<SponsorWire>,
    collaborators: List<SponsorWire>,
}

#[derive(Deserialize)]
struct SponsorWire {
    name: Text,
    class: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescriptionWire {
    brief_summary: Text,
    detailed_description: Text,
}

#[derive(Default, Deserialize)]
struct ConditionsWire {
    conditions: List<Box<str>>,
    keywords: List<Box<str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DesignWire {
    study_type: Text,
    phases: List<Box<str>>,
    design_info: Option<DesignInfoWire>,
    enrollment_info: Option<EnrollmentWire>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DesignInfoWire {
    allocation: Text,
    intervention_model: Text,
    observational_model: Text,
    primary_purpose: Text,
    time_perspective: Text,
    masking_info: Option<MaskingWire>,
}

#[derive(Deserialize)]
struct MaskingWire {
    masking: Text,
}

#[derive(Deserialize)]
struct EnrollmentWire {
    count: Option<u64>,
    #[serde(rename = "type")]
    kind: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArmsWire {
    arm_groups: List<ArmWire>,
    interventions: List<InterventionWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArmWire {
    label: Text,
    #[serde(rename = "type")]
    kind: Text,
    description: Text,
    intervention_names: List<Box<str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InterventionWire {
    #[serde(rename = "type")]
    kind: Text,
    name: Text,
    description: Text,
    arm_group_labels: List<Box<str>>,
    other_names: List<Box<str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutcomesWire {
    primary_outcomes: List<OutcomeWire>,
    secondary_outcomes: List<OutcomeWire>,
    other_outcomes: List<OutcomeWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutcomeWire {
    measure: Text,
    description: Text,
    time_frame: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EligibilityWire {
    eligibility_criteria: Text,
    healthy_volunteers: Option<bool>,
    sex: Text,
    minimum_age: Text,
    maximum_age: Text,
    study_population: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LocationsWire {
    central_contacts: List<ContactWire>,
    overall_officials: List<OfficialWire>,
    locations: List<LocationWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContactWire {
    name: Text,
    role: Text,
    phone: Text,
    phone_ext: Text,
    email: Text,
}

#[derive(Deserialize)]
struct OfficialWire {
    name: Text,
    affiliation: Text,
}

#[derive(Deserialize)]
struct LocationWire {
    facility: Text,
    status: Text,
    city: Text,
    state: Text,
    country: Text,
    contacts: List<ContactWire>,
}

/// Reads the answer to `GET /studies/{nctId}`.
pub(super) fn read(body: &[u8]) -> Result<FullRecord, NotAPage> {
    // A stray byte in one text must not cost the record: it becomes U+FFFD there.
    let text = String::from_utf8_lossy(body);
    let record: RecordWire = serde_json::from_str(&text).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof if !text.trim_start().is_empty() => NotAPage::CutOff,
        serde_json::error::Category::Data => NotAPage::NotARecord,
        _ => NotAPage::NotJson,
    })?;
    full(record.protocol_section).ok_or(NotAPage::NotARecord)
}

fn full(wire: ProtocolWire) -> Option<FullRecord> {
    let identity = wire.identification_module;
    let description = wire.description_module.unwrap_or_default();
    let conditions = wire.conditions_module.unwrap_or_default();
    let arms = wire.arms_interventions_module.unwrap_or_default();
    let outcomes = wire.outcomes_module.unwrap_or_default();
    let places = wire.contacts_locations_module.unwrap_or_default();
    let ranked = [
        (Rank::Primary, outcomes.primary_outcomes),
        (Rank::Secondary, outcomes.secondary_outcomes),
        (Rank::Other, outcomes.other_outcomes),
    ];
    Some(FullRecord {
        nct_id: identity.nct_id.parse().ok()?,
        title: identity.title()?,
        status: wire.status_module.unwrap_or_default().into(),
        brief_summary: said(description.brief_summary),
        detailed_description: said(description.detailed_description),
        conditions: conditions.conditions.unwrap_or_default(),
        keywords: conditions.keywords.unwrap_or_default(),
        design: wire.design_module.unwrap_or_default().into(),
        eligibility: wire.eligibility_module.unwrap_or_default().into(),
        arms: list(arms.arm_groups),
        interventions: list(arms.interventions),
        outcomes: ranked
            .into_iter()
            .flat_map(|(rank, outcomes)| outcomes.unwrap_or_default().into_iter().map(move |o| o.ranked(rank)))
            .collect(),
        contacts: list(places.central_contacts),
        sites: list(places.locations),
        sponsor: wire
            .sponsor_collaborators_module
            .unwrap_or_default()
            .with(places.overall_officials.unwrap_or_default()),
    })
}

impl IdentificationWire {
    fn title(self) -> Option<Title> {
        let official = said(self.official_title);
        let ids = self
            .org_study_id_info
            .into_iter()
            .chain(self.secondary_id_infos.unwrap_or_default());
        Some(Title {
            brief: said(self.brief_title).or_else(|| official.clone())?,
            official,
            acronym: said(self.acronym),
            former_numbers: self.nct_id_aliases.unwrap_or_default(),
            other_numbers: ids.filter_map(|info| said(info.id)).collect(),
        })
    }
}

impl From<StatusWire> for Status {
    fn from(wire: StatusWire) -> Self {
        let status = |text: Text| OverallStatus::from_registry(&text?);
        let posted = |wire: Option<DateWire>| milestone(wire).map(|milestone| milestone.date);
        Self {
            overall: status(wire.overall_status),
            last_known: status(wire.last_known_status),
            why_stopped: said(wire.why_stopped),
            start: milestone(wire.start_date_struct),
            primary_completion: milestone(wire.primary_completion_date_struct),
            completion: milestone(wire.completion_date_struct),
            first_posted: posted(wire.study_first_post_date_struct),
            updated: posted(wire.last_update_post_date_struct),
            verified: wire.status_verified_date.and_then(|date| Date::from_registry(&date)),
        }
    }
}

fn milestone(wire: Option<DateWire>) -> Option<Milestone> {
    let wire = wire?;
    Some(Milestone {
        date: Date::from_registry(&wire.date?)?,
        is_actual: is_actual(wire.kind.as_deref()),
    })
}

fn is_actual(kind: Option<&str>) -> Option<bool> {
    match kind? {
        "ACTUAL" => Some(true),
        "ESTIMATED" => Some(false),
        _ => None,
    }
}

impl From<DesignWire> for Design {
    fn from(wire: DesignWire) -> Self {
        let info = wire.design_info.unwrap_or_default();
        let enrollment = wire.enrollment_info;
        Self {
            study_type: said(wire.study_type),
            phases: wire
                .phases
                .unwrap_or_default()
                .iter()
                .filter_map(|phase| Phase::from_registry(phase))
                .collect(),
            allocation: said(info.allocation),
            model: said(info.intervention_model).or_else(|| said(info.observational_model)),
            purpose: said(info.primary_purpose),
            masking: info.masking_info.and_then(|masking| said(masking.masking)),
            time_perspective: said(info.time_perspective),
            enrollment: enrollment
                .as_ref()
                .and_then(|enrollment| u32::try_from(enrollment.count?).ok()),
            is_enrollment_actual: enrollment.and_then(|enrollment| is_actual(enrollment.kind.as_deref())),
        }
    }
}

impl From<EligibilityWire> for Eligibility {
    fn from(wire: EligibilityWire) -> Self {
        Self {
            sex: wire.sex.and_then(|sex| Sex::from_registry(&sex)),
            minimum_age: said(wire.minimum_age),
            maximum_age: said(wire.maximum_age),
            healthy_volunteers: wire.healthy_volunteers,
            population: said(wire.study_population),
            criteria: wire.eligibility_criteria.unwrap_or_default(),
        }
    }
}

impl From<ArmWire> for Arm {
    fn from(wire: ArmWire) -> Self {
        Self {
            label: wire.label.unwrap_or_default(),
            kind: said(wire.kind),
            description: said(wire.description),
            interventions: wire.intervention_names.unwrap_or_default(),
        }
    }
}

impl From<InterventionWire> for Intervention {
    fn from(wire: InterventionWire) -> Self {
        Self {
            name: wire.name.unwrap_or_default(),
            kind: said(wire.kind),
            description: said(wire.description),
            other_names: wire.other_names.unwrap_or_default(),
            arms: wire.arm_group_labels.unwrap_or_default(),
        }
    }
}

impl OutcomeWire {
    fn ranked(self, rank: Rank) -> Outcome {
        Outcome {
            rank,
            measure: self.measure.unwrap_or_default(),
            description: said(self.description),
            time_frame: said(self.time_frame),
        }
    }
}

impl From<ContactWire> for Contact {
    fn from(wire: ContactWire) -> Self {
        let phone = match (said(wire.phone), said(wire.phone_ext)) {
            (Some(phone), Some(extension)) => Some(format!("{phone} ext. {extension}").into()),
            (phone, _) => phone,
        };
        Self {
            name: said(wire.name),
            role: said(wire.role),
            phone,
            email: said(wire.email),
        }
    }
}

impl From<LocationWire> for Site {
    fn from(wire: LocationWire) -> Self {
        Self {
            facility: said(wire.facility),
            status: wire.status.and_then(|status| OverallStatus::from_registry(&status)),
            city: said(wire.city),
            state: said(wire.state),
            country: said(wire.country),
            contacts: list(wire.contacts),
        }
    }
}

impl SponsorsWire {
    fn with(self, officials: Vec<OfficialWire>) -> Sponsor {
        let (lead, kind) = self
            .lead_sponsor
            .map_or((None, None), |sponsor| (said(sponsor.name), said(sponsor.class)));
        let official = |official: OfficialWire| {
            let parts: Vec<Box<str>> = [said(official.name), said(official.affiliation)]
                .into_iter()
                .flatten()
                .collect();
            (!parts.is_empty()).then(|| parts.join(", ").into())
        };
        let collaborators = self.collaborators.unwrap_or_default();
        Sponsor {
            lead,
            kind,
            collaborators: collaborators
                .into_iter()
                .filter_map(|sponsor| said(sponsor.name))
                .collect(),
            officials: officials.into_iter().filter_map(official).collect(),
        }
    }
}

/// The text, unless it says nothing.
fn said(text: Text) -> Text {
    text.filter(|text| !text.trim().is_empty())
}

fn list<W, T: From<W>>(wire: List<W>) -> Vec<T> {
    wire.unwrap_or_default().into_iter().map(T::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_with_almost_nothing_is_read_and_one_without_a_number_is_not() {
        let bare = br#"{"protocolSection": {"identificationModule": {"nctId": "NCT99000001", "officialTitle": "T"}}}"#;
        let record = read(bare).expect("a record");
        assert_eq!(&*record.title.brief, "T");
        assert_eq!(record.status.overall, None);
        assert!(record.sites.is_empty() && record.eligibility.criteria.is_empty());
        for (body, fault) in [
            (
                &br#"{"protocolSection": {"identificationModule": {"briefTitle": "T"}}}"#[..],
                NotAPage::NotARecord,
            ),
            (
                br#"{"protocolSection": {"identificationModule": {"nctId": "NCT99000001"}}}"#,
                NotAPage::NotARecord,
            ),
            (br#"{"studies": []}"#, NotAPage::NotARecord),
            (br#"{"protocolSection": {"identif"#, NotAPage::CutOff),
            (b"<html></html>", NotAPage::NotJson),
            (b"", NotAPage::NotJson),
        ] {
            assert_eq!(read(body), Err(fault), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn every_part_is_read() {
        let whole = br#"{"protocolSection": {
            "identificationModule": {"nctId": "NCT99000001", "nctIdAliases": ["NCT99000009"], "briefTitle": "T",
                "orgStudyIdInfo": {"id": "A-1"}, "secondaryIdInfos": [{"id": "2024-1", "type": "EUDRACT_NUMBER"}]},
            "statusModule": {"overallStatus": "TERMINATED", "whyStopped": "no funds", "statusVerifiedDate": "2026-05",
                "startDateStruct": {"date": "2024-01", "type": "ACTUAL"}, "completionDateStruct": {"date": "never"}},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "S", "class": "INDUSTRY"}, "collaborators": [{"name": "C"}]},
            "descriptionModule": {"briefSummary": "B", "detailedDescription": "D"},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"], "enrollmentInfo": {"count": 7, "type": "ACTUAL"},
                "designInfo": {"allocation": "NA", "interventionModel": "SINGLE_GROUP", "maskingInfo": {"masking": "NONE"}}},
            "outcomesModule": {"secondaryOutcomes": [{"measure": "s"}], "primaryOutcomes": [{"measure": "p", "timeFrame": "1 y"}]},
            "eligibilityModule": {"healthyVolunteers": false, "sex": "ALL", "minimumAge": "18 Years"},
            "contactsLocationsModule": {"overallOfficials": [{"name": "Dr X", "affiliation": "Y"}],
                "locations": [{"city": "Lyon", "contacts": [{"name": "N", "phone": "1", "phoneExt": "2"}]}]}}}"#;
        let record = read(whole).expect("a record");
        assert_eq!(record.title.former_numbers, [Box::<str>::from("NCT99000009")]);
        assert_eq!(
            record.title.other_numbers,
            [Box::<str>::from("A-1"), Box::from("2024-1")]
        );
        assert_eq!(record.status.overall, Some(OverallStatus::Terminated));
        assert_eq!(record.status.start.and_then(|start| start.is_actual), Some(true));
        assert_eq!(record.status.completion, None);
        assert_eq!(record.design.enrollment, Some(7));
        assert_eq!(record.outcomes[0].rank, Rank::Primary);
        assert_eq!(record.outcomes[1].rank, Rank::Secondary);
        assert_eq!(record.eligibility.healthy_volunteers, Some(false));
        assert_eq!(record.sites[0].contacts[0].phone.as_deref(), Some("1 ext. 2"));
        assert_eq!(record.sponsor.officials, [Box::<str>::from("Dr X, Y")]);
    }
}
