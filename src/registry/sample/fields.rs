//! Which fields a request wants: the registry's piece names, and the projection of a record onto them.

use super::Refused;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The registry's name of each field that the sample records use, and its path. Paths pass through lists as if they
/// weren't there. (Source: `/studies/metadata` of the v2 API.)
pub(super) const PIECES: &[(&str, &str)] = &[
    ("NCTId", "protocolSection.identificationModule.nctId"),
    ("NCTIdAlias", "protocolSection.identificationModule.nctIdAliases"),
    ("OrgStudyId", "protocolSection.identificationModule.orgStudyIdInfo.id"),
    (
        "OrgFullName",
        "protocolSection.identificationModule.organization.fullName",
    ),
    ("OrgClass", "protocolSection.identificationModule.organization.class"),
    ("BriefTitle", "protocolSection.identificationModule.briefTitle"),
    ("OfficialTitle", "protocolSection.identificationModule.officialTitle"),
    ("Acronym", "protocolSection.identificationModule.acronym"),
    ("StatusVerifiedDate", "protocolSection.statusModule.statusVerifiedDate"),
    ("OverallStatus", "protocolSection.statusModule.overallStatus"),
    ("LastKnownStatus", "protocolSection.statusModule.lastKnownStatus"),
    ("WhyStopped", "protocolSection.statusModule.whyStopped"),
    (
        "HasExpandedAccess",
        "protocolSection.statusModule.expandedAccessInfo.hasExpandedAccess",
    ),
    (
        "StudyFirstSubmitDate",
        "protocolSection.statusModule.studyFirstSubmitDate",
    ),
    (
        "LastUpdateSubmitDate",
        "protocolSection.statusModule.lastUpdateSubmitDate",
    ),
    ("StartDate", "protocolSection.statusModule.startDateStruct.date"),
    ("StartDateType", "protocolSection.statusModule.startDateStruct.type"),
    (
        "PrimaryCompletionDate",
        "protocolSection.statusModule.primaryCompletionDateStruct.date",
    ),
    (
        "PrimaryCompletionDateType",
        "protocolSection.statusModule.primaryCompletionDateStruct.type",
    ),
    (
        "CompletionDate",
        "protocolSection.statusModule.completionDateStruct.date",
    ),
    (
        "CompletionDateType",
        "protocolSection.statusModule.completionDateStruct.type",
    ),
    (
        "StudyFirstPostDate",
        "protocolSection.statusModule.studyFirstPostDateStruct.date",
    ),
    (
        "StudyFirstPostDateType",
        "protocolSection.statusModule.studyFirstPostDateStruct.type",
    ),
    (
        "LastUpdatePostDate",
        "protocolSection.statusModule.lastUpdatePostDateStruct.date",
    ),
    (
        "LastUpdatePostDateType",
        "protocolSection.statusModule.lastUpdatePostDateStruct.type",
    ),
    (
        "ResponsiblePartyType",
        "protocolSection.sponsorCollaboratorsModule.responsibleParty.type",
    ),
    (
        "LeadSponsorName",
        "protocolSection.sponsorCollaboratorsModule.leadSponsor.name",
    ),
    (
        "LeadSponsorClass",
        "protocolSection.sponsorCollaboratorsModule.leadSponsor.class",
    ),
    (
        "CollaboratorName",
        "protocolSection.sponsorCollaboratorsModule.collaborators.name",
    ),
    (
        "CollaboratorClass",
        "protocolSection.sponsorCollaboratorsModule.collaborators.class",
    ),
    ("BriefSummary", "protocolSection.descriptionModule.briefSummary"),
    (
        "DetailedDescription",
        "protocolSection.descriptionModule.detailedDescription",
    ),
    ("Condition", "protocolSection.conditionsModule.conditions"),
    ("Keyword", "protocolSection.conditionsModule.keywords"),
    ("StudyType", "protocolSection.designModule.studyType"),
    ("PatientRegistry", "protocolSection.designModule.patientRegistry"),
    ("Phase", "protocolSection.designModule.phases"),
    ("DesignAllocation", "protocolSection.designModule.designInfo.allocation"),
    (
        "DesignInterventionModel",
        "protocolSection.designModule.designInfo.interventionModel",
    ),
    (
        "DesignPrimaryPurpose",
        "protocolSection.designModule.designInfo.primaryPurpose",
    ),
    (
        "DesignObservationalModel",
        "protocolSection.designModule.designInfo.observationalModel",
    ),
    (
        "DesignTimePerspective",
        "protocolSection.designModule.designInfo.timePerspective",
    ),
    (
        "DesignMasking",
        "protocolSection.designModule.designInfo.maskingInfo.masking",
    ),
    ("EnrollmentCount", "protocolSection.designModule.enrollmentInfo.count"),
    ("EnrollmentType", "protocolSection.designModule.enrollmentInfo.type"),
    (
        "ArmGroupLabel",
        "protocolSection.armsInterventionsModule.armGroups.label",
    ),
    ("ArmGroupType", "protocolSection.armsInterventionsModule.armGroups.type"),
    (
        "ArmGroupDescription",
        "protocolSection.armsInterventionsModule.armGroups.description",
    ),
    (
        "ArmGroupInterventionName",
        "protocolSection.armsInterventionsModule.armGroups.interventionNames",
    ),
    (
        "InterventionType",
        "protocolSection.armsInterventionsModule.interventions.type",
    ),
    (
        "InterventionName",
        "protocolSection.armsInterventionsModule.interventions.name",
    ),
    (
        "InterventionDescription",
        "protocolSection.armsInterventionsModule.interventions.description",
    ),
    (
        "InterventionArmGroupLabel",
        "protocolSection.armsInterventionsModule.interventions.armGroupLabels",
    ),
    (
        "InterventionOtherName",
        "protocolSection.armsInterventionsModule.interventions.otherNames",
    ),
    (
        "PrimaryOutcomeMeasure",
        "protocolSection.outcomesModule.primaryOutcomes.measure",
    ),
    (
        "PrimaryOutcomeTimeFrame",
        "protocolSection.outcomesModule.primaryOutcomes.timeFrame",
    ),
    (
        "PrimaryOutcomeDescription",
        "protocolSection.outcomesModule.primaryOutcomes.description",
    ),
    (
        "SecondaryOutcomeMeasure",
        "protocolSection.outcomesModule.secondaryOutcomes.measure",
    ),
    (
        "SecondaryOutcomeDescription",
        "protocolSection.outcomesModule.secondaryOutcomes.description",
    ),
    (
        "SecondaryOutcomeTimeFrame",
        "protocolSection.outcomesModule.secondaryOutcomes.timeFrame",
    ),
    (
        "OtherOutcomeMeasure",
        "protocolSection.outcomesModule.otherOutcomes.measure",
    ),
    (
        "EligibilityCriteria",
        "protocolSection.eligibilityModule.eligibilityCriteria",
    ),
    (
        "HealthyVolunteers",
        "protocolSection.eligibilityModule.healthyVolunteers",
    ),
    ("Sex", "protocolSection.eligibilityModule.sex"),
    ("GenderBased", "protocolSection.eligibilityModule.genderBased"),
    ("MinimumAge", "protocolSection.eligibilityModule.minimumAge"),
    ("MaximumAge", "protocolSection.eligibilityModule.maximumAge"),
    ("StdAge", "protocolSection.eligibilityModule.stdAges"),
    ("StudyPopulation", "protocolSection.eligibilityModule.studyPopulation"),
    ("SamplingMethod", "protocolSection.eligibilityModule.samplingMethod"),
    (
        "CentralContactName",
        "protocolSection.contactsLocationsModule.centralContacts.name",
    ),
    (
        "CentralContactRole",
        "protocolSection.contactsLocationsModule.centralContacts.role",
    ),
    (
        "CentralContactPhone",
        "protocolSection.contactsLocationsModule.centralContacts.phone",
    ),
    (
        "CentralContactEMail",
        "protocolSection.contactsLocationsModule.centralContacts.email",
    ),
    (
        "OverallOfficialName",
        "protocolSection.contactsLocationsModule.overallOfficials.name",
    ),
    (
        "OverallOfficialAffiliation",
        "protocolSection.contactsLocationsModule.overallOfficials.affiliation",
    ),
    (
        "OverallOfficialRole",
        "protocolSection.contactsLocationsModule.overallOfficials.role",
    ),
    (
        "LocationFacility",
        "protocolSection.contactsLocationsModule.locations.facility",
    ),
    (
        "LocationStatus",
        "protocolSection.contactsLocationsModule.locations.status",
    ),
    ("LocationCity", "protocolSection.contactsLocationsModule.locations.city"),
    (
        "LocationState",
        "protocolSection.contactsLocationsModule.locations.state",
    ),
    ("LocationZip", "protocolSection.contactsLocationsModule.locations.zip"),
    (
        "LocationCountry",
        "protocolSection.contactsLocationsModule.locations.country",
    ),
    (
        "LocationGeoPoint",
        "protocolSection.contactsLocationsModule.locations.geoPoint",
    ),
    (
        "LocationContactName",
        "protocolSection.contactsLocationsModule.locations.contacts.name",
    ),
    (
        "LocationContactRole",
        "protocolSection.contactsLocationsModule.locations.contacts.role",
    ),
    (
        "LocationContactPhone",
        "protocolSection.contactsLocationsModule.locations.contacts.phone",
    ),
    (
        "LocationContactEMail",
        "protocolSection.contactsLocationsModule.locations.contacts.email",
    ),
    ("ConditionMeshId", "derivedSection.conditionBrowseModule.meshes.id"),
    ("ConditionMeshTerm", "derivedSection.conditionBrowseModule.meshes.term"),
    (
        "ConditionAncestorId",
        "derivedSection.conditionBrowseModule.ancestors.id",
    ),
    (
        "ConditionAncestorTerm",
        "derivedSection.conditionBrowseModule.ancestors.term",
    ),
    ("VersionHolder", "derivedSection.miscInfoModule.versionHolder"),
    ("HasResults", "hasResults"),
];

/// A choice of fields, as a tree of their paths; without children it is everything from there on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    children: BTreeMap<String, Selection>,
}

impl Selection {
    /// Reads a `fields` parameter: piece names, paths and names of branches, with commas or bars between.
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        let mut selection = Self::default();
        for field in text.split([',', '|']).map(str::trim).filter(|field| !field.is_empty()) {
            let path = path_of(field)
                .ok_or_else(|| Refused::bad_request(format!("Unknown field name in `fields` parameter: '{field}'")))?;
            selection.add(&path);
        }
        Ok(selection)
    }

    fn add(&mut self, path: &str) {
        let mut at = self;
        for segment in path.split('.') {
            // A branch that was chosen whole stays whole when a leaf of it is named too.
            if at
                .children
                .get(segment)
                .is_some_and(|chosen| chosen.children.is_empty())
            {
                return;
            }
            at = at.children.entry(segment.to_owned()).or_default();
        }
        at.children.clear();
    }

    /// The chosen parts of a value, list by list, each in its place. A parent whose chosen leaves are missing stays,
    /// empty.
    pub(super) fn project(&self, value: &Value) -> Value {
        if self.children.is_empty() {
            return value.clone();
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.project(item)).collect(),
            Value::Object(object) => {
                let chosen = self.children.iter().filter_map(|(name, selection)| {
                    object.get(name).map(|value| (name.clone(), selection.project(value)))
                });
                Value::Object(chosen.collect::<Map<_, _>>())
            }
            leaf => leaf.clone(),
        }
    }
}

/// The path that a field is asked for by: its own, that of the piece of this name, or of the branch of this name.
fn path_of(field: &str) -> Option<String> {
    if let Some((_, path)) = PIECES.iter().find(|(piece, _)| *piece == field) {
        return Some((*path).to_owned());
    }
    let is_path = |path: &str| path == field || is_below(path, field) || is_below(field, path);
    if PIECES.iter().any(|(_, path)| is_path(path)) {
        return Some(field.to_owned());
    }
    PIECES.iter().find_map(|(_, path)| {
        let segments: Vec<&str> = path.split('.').collect();
        let branch = segments
            .iter()
            .position(|segment| segment.eq_ignore_ascii_case(field))?;
        Some(segments.get(..=branch)?.join("."))
    })
}

fn is_below(path: &str, branch: &str) -> bool {
    path.strip_prefix(branch).is_some_and(|rest| rest.starts_with('.'))
}

/// Every string at or below a path, lists passed through, in the record's order.
pub(super) fn strings_at<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    collect(value, path, &mut found);
    found
}

// As deep as the embedded records are, for only they are walked.
fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        Value::Object(object) if path.is_empty() => object.values().for_each(|value| collect(value, path, found)),
        Value::Object(object) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            if let Some(value) = object.get(first) {
                collect(value, rest, found);
            }
        }
        Value::String(text) if path.is_empty() => found.push(text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record() -> Value {
        json!({
            "protocolSection": {
                "identificationModule": {"nctId": "NCT99000001", "briefTitle": "A study"},
                "contactsLocationsModule": {"locations": [
                    {"city": "Lyon", "country": "France", "geoPoint": {"lat": 45.7, "lon": 4.8}},
                    {"country": "Spain"}
                ]}
            },
            "hasResults": false
        })
    }

    #[test]
    fn a_field_of_a_list_is_kept_in_each_of_its_items() {
        let projected = Selection::parse("NCTId,LocationCity|HasResults")
            .unwrap()
            .project(&record());
        assert_eq!(
            projected,
            json!({
                "protocolSection": {
                    "identificationModule": {"nctId": "NCT99000001"},
                    "contactsLocationsModule": {"locations": [{"city": "Lyon"}, {}]}
                },
                "hasResults": false
            })
        );
    }

    #[test]
    fn a_branch_and_a_path_are_fields_too_and_a_whole_stays_whole() {
        let whole =
            json!({"protocolSection": {"identificationModule": {"nctId": "NCT99000001", "briefTitle": "A study"}}});
        for fields in [
            "IdentificationModule",
            "protocolSection.identificationModule",
            "NCTId,identificationModule",
            "identificationModule,NCTId",
        ] {
            assert_eq!(Selection::parse(fields).unwrap().project(&record()), whole, "{fields}");
        }
        let latitude = Selection::parse("protocolSection.contactsLocationsModule.locations.geoPoint.lat").unwrap();
        assert_eq!(
            latitude.project(&record())["protocolSection"]["contactsLocationsModule"]["locations"][0],
            json!({"geoPoint": {"lat": 45.7}})
        );
    }

    #[test]
    fn an_unknown_field_is_refused_and_an_empty_choice_is_everything() {
        assert!(Selection::parse("NCTId,Colour").unwrap_err().text.contains("'Colour'"));
        assert_eq!(Selection::parse("").unwrap().project(&record()), record());
    }
}
