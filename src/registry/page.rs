//! A page of the registry's JSON, and its way into [`Study`].
//!
//! A page is read in two steps, so that one bad record costs nobody the others: the page first, each record unread;
//! then each record by itself, and those that can't be read are counted. Any module of a record may be missing. What
//! makes a record unreadable is a wrong type, no NCT number, or no title at all; a value that is merely unknown here
//! (a status or phase added later) is not, because losing a trial over it would cost a patient a chance.

use super::wire::{DateWire, LocationWire, MeshWire, PageWire, PointWire, ProtocolWire, RecordWire, Text};
use actors::Page;
use actors::places::{PLACES, Spelled};
use trials::study::{Age, Arm, Date, Intervention, NctId, OverallStatus, Phase, Point, Sex, Site, Study};

/// Why a body is no page, or no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAPage {
    /// JSON that ends in the middle.
    CutOff,
    /// No JSON.
    NotJson,
    /// JSON without a list of studies.
    WrongShape,
    /// JSON without a study that has a number and a title.
    NotARecord,
    /// JSON without a version.
    NotAVersion,
}

/// Reads one page of `GET /studies`.
pub(super) fn read(body: &[u8]) -> Result<Page, NotAPage> {
    // A stray byte in one title must not cost the page: it becomes U+FFFD there.
    let text = String::from_utf8_lossy(body);
    let page: PageWire<'_> = serde_json::from_str(&text).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof if !text.trim_start().is_empty() => NotAPage::CutOff,
        serde_json::error::Category::Data => NotAPage::WrongShape,
        _ => NotAPage::NotJson,
    })?;
    let mut studies = Vec::with_capacity(page.studies.len());
    studies.extend(page.studies.iter().filter_map(|record| study(record.get())));
    Ok(Page {
        unreadable: page.studies.len() - studies.len(),
        studies,
        next: page.next_page_token.filter(|token| !token.is_empty()),
    })
}

/// Reads one record and its eligibility text; none where it can't be read.
fn study(json: &str) -> Option<(Study, String)> {
    let record: RecordWire<'_> = serde_json::from_str(json).ok()?;
    let ProtocolWire {
        identification_module,
        status_module,
        sponsor_collaborators_module,
        description_module,
        conditions_module,
        design_module,
        arms_interventions_module,
        eligibility_module,
        contacts_locations_module,
    } = record.protocol_section?;
    let identity = identification_module?;
    let status = status_module.unwrap_or_default();
    let conditions = conditions_module.unwrap_or_default();
    let arms = arms_interventions_module.unwrap_or_default();
    let eligibility = eligibility_module.unwrap_or_default();
    let terms = record
        .derived_section
        .and_then(|derived| derived.condition_browse_module)
        .unwrap_or_default();

    let official_title = said(identity.official_title);
    let study = Study {
        nct_id: identity.nct_id?.0.parse::<NctId>().ok()?,
        brief_title: said(identity.brief_title).or_else(|| official_title.clone())?,
        official_title,
        acronym: said(identity.acronym),
        // Unknown rather than unreadable: the record is then held, and shown to whoever asks beyond open trials.
        status: status
            .overall_status
            .and_then(read_status)
            .unwrap_or(OverallStatus::Unknown),
        last_known_status: status.last_known_status.and_then(read_status),
        start: status.start_date_struct.and_then(read_date),
        updated: status.last_update_post_date_struct.and_then(read_date),
        phases: list(design_module.unwrap_or_default().phases, |phase| {
            Phase::from_registry(&phase)
        }),
        conditions: list(conditions.conditions, Some),
        keywords: list(conditions.keywords, Some),
        condition_terms: list(
            Some(terms.meshes.into_iter().chain(terms.ancestors).flatten().collect()),
            |mesh: MeshWire| mesh.term,
        ),
        arms: list(arms.arm_groups, |arm| {
            Some(Arm {
                label: arm.label.unwrap_or_default(),
                description: said(arm.description),
            })
        }),
        interventions: list(arms.interventions, |intervention| {
            Some(Intervention {
                name: intervention.name?,
                other_names: list(intervention.other_names, Some),
            })
        }),
        summary: description_module.and_then(|module| said(module.brief_summary)),
        sponsor: sponsor_collaborators_module.and_then(|module| said(module.lead_sponsor?.name)),
        // A record that doesn't say shuts nobody out.
        sex: eligibility
            .sex
            .and_then(|sex| Sex::from_registry(&sex.0))
            .unwrap_or(Sex::All),
        minimum_age: eligibility.minimum_age.and_then(read_age),
        maximum_age: eligibility.maximum_age.and_then(read_age),
        sites: sites(
            &contacts_locations_module
                .and_then(|module| module.locations)
                .unwrap_or_default(),
        ),
    };
    Some((study, eligibility.eligibility_criteria.unwrap_or_default()))
}

fn sites(locations: &[LocationWire<'_>]) -> Vec<Site> {
    let places = PLACES.share(locations.iter().map(LocationWire::spelled));
    let statuses = locations.iter().map(|location| {
        location
            .status
            .as_ref()
            .and_then(|s| OverallStatus::from_registry(&s.0))
    });
    places
        .into_iter()
        .zip(statuses)
        .map(|(place, status)| Site { place, status })
        .collect()
}

/// The text, unless it says nothing.
fn said(text: Option<Box<str>>) -> Option<Box<str>> {
    text.filter(|text| !text.trim().is_empty())
}

fn read_status(status: Text<'_>) -> Option<OverallStatus> {
    OverallStatus::from_registry(&status.0)
}

fn read_date(date: DateWire<'_>) -> Option<Date> {
    Date::from_registry(&date.date?.0)
}

/// `N/A`, the registry's way to say that there is no bound, is none.
fn read_age(age: Text<'_>) -> Option<Age> {
    age.0.parse().ok()
}

/// Converts a list that may be missing, and leaves no spare room: studies are held for hours.
fn list<W, T>(wire: Option<Vec<W>>, convert: impl Fn(W) -> Option<T>) -> Vec<T> {
    let mut held: Vec<T> = wire.unwrap_or_default().into_iter().filter_map(convert).collect();
    held.shrink_to_fit();
    held
}

impl LocationWire<'_> {
    fn spelled(&self) -> Spelled<'_> {
        fn said<'t>(text: &'t Option<Text<'_>>) -> Option<&'t str> {
            text.as_ref()
                .map(|text| &*text.0)
                .filter(|text| !text.trim().is_empty())
        }
        Spelled {
            facility: said(&self.facility),
            city: said(&self.city),
            state: said(&self.state),
            country: said(&self.country),
            point: self.geo_point.as_ref().and_then(PointWire::point),
        }
    }
}

impl PointWire {
    /// None where it isn't on Earth.
    fn point(&self) -> Option<Point> {
        let (latitude, longitude) = (self.lat?, self.lon?);
        let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        on_earth.then_some(Point { latitude, longitude })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;
    use std::sync::Arc;

    const WHOLE: &str = r##"{"protocolSection": {
        "identificationModule": {"nctId": "NCT99000001", "briefTitle": "A Fictional Trial", "officialTitle": "A Longer Title",
            "acronym": "FICTION"},
        "statusModule": {"overallStatus": "RECRUITING", "startDateStruct": {"date": "2025-03"},
            "lastUpdatePostDateStruct": {"date": "2026-02-11", "type": "ACTUAL"}},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Nobody's Hospital", "class": "OTHER"}},
        "descriptionModule": {"briefSummary": "It is made up."},
        "conditionsModule": {"conditions": ["Lung Cancer"], "keywords": ["EGFR", "exon 20"]},
        "designModule": {"phases": ["PHASE1", "PHASE2"]},
        "armsInterventionsModule": {
            "armGroups": [{"label": "A", "type": "EXPERIMENTAL", "description": "with \"quotes\""}, {"label": "B"}],
            "interventions": [{"type": "DRUG", "name": "fictinib", "otherNames": ["FIC-1"]}]},
        "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* EGFR L858R \\[tissue\\]", "sex": "FEMALE",
            "minimumAge": "18 Years", "maximumAge": "N/A"},
        "contactsLocationsModule": {"locations": [
            {"facility": "North Clinic", "status": "WITHDRAWN", "city": "Lyon", "country": "France",
             "geoPoint": {"lat": 45.75, "lon": 4.85}},
            {"country": "Côte d’Ivoire", "geoPoint": {"lat": 450.0, "lon": 4.85}}]}},
      "derivedSection": {"conditionBrowseModule": {"meshes": [{"id": "D1", "term": "Lung Neoplasms"}],
        "ancestors": [{"id": "D2", "term": "Neoplasms"}]}}, "hasResults": false}"##;

    fn page_of(records: &[&str]) -> Page {
        read(format!(r#"{{"studies": [{}], "nextPageToken": "t"}}"#, records.join(",")).as_bytes()).unwrap()
    }

    fn one(record: &str) -> (Study, String) {
        page_of(&[record]).studies.pop().unwrap()
    }

    /// A record with these modules beside its number and title.
    fn with(modules: &str) -> Study {
        let identity = r#""identificationModule": {"nctId": "NCT99000002", "briefTitle": "Another"}"#;
        one(&format!(r#"{{"protocolSection": {{{identity}, {modules}}}}}"#)).0
    }

    #[test]
    fn every_field_asked_for_is_read() {
        let (study, eligibility) = one(WHOLE);
        let texts = |texts: &[Box<str>]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(study.nct_id.to_string(), "NCT99000001");
        assert_eq!(&*study.brief_title, "A Fictional Trial");
        assert_eq!(study.official_title.as_deref(), Some("A Longer Title"));
        assert_eq!(study.acronym.as_deref(), Some("FICTION"));
        assert_eq!(study.status, OverallStatus::Recruiting);
        assert_eq!(study.start, Date::from_registry("2025-03"));
        assert_eq!(study.updated, Date::from_registry("2026-02-11"));
        assert_eq!(study.sponsor.as_deref(), Some("Nobody's Hospital"));
        assert_eq!(study.summary.as_deref(), Some("It is made up."));
        assert_eq!(texts(&study.conditions), ["Lung Cancer"]);
        assert_eq!(texts(&study.keywords), ["EGFR", "exon 20"]);
        assert_eq!(texts(&study.condition_terms), ["Lung Neoplasms", "Neoplasms"]);
        assert_eq!(study.phases, [Phase::Phase1, Phase::Phase2]);
        assert_eq!(study.arms[0].description.as_deref(), Some("with \"quotes\""));
        assert_eq!(&*study.arms[1].label, "B");
        assert_eq!(&*study.interventions[0].name, "fictinib");
        assert_eq!(texts(&study.interventions[0].other_names), ["FIC-1"]);
        assert_eq!(study.sex, Sex::Female);
        assert_eq!(study.minimum_age, "18 years".parse().ok());
        assert_eq!(study.maximum_age, None);
        assert_eq!(eligibility, "Inclusion Criteria:\n\n* EGFR L858R \\[tissue\\]");
        assert_eq!(study.sites[0].status, Some(OverallStatus::Withdrawn));
        assert_eq!(study.sites[0].place.facility.as_deref(), Some("North Clinic"));
        assert_eq!(study.sites[1].place.country.as_deref(), Some("Côte d’Ivoire"));
        assert_eq!((study.sites[1].place.point, study.sites[1].status), (None, None));
    }

    #[test]
    fn a_record_of_number_and_title_is_a_study_that_shuts_nobody_out() {
        let (study, eligibility) = one(
            r#"{"protocolSection": {"identificationModule": {"nctId": "NCT99000003", "briefTitle": "", "officialTitle": "Only"}}}"#,
        );
        assert_eq!(&*study.brief_title, "Only");
        assert_eq!((study.status, study.sex), (OverallStatus::Unknown, Sex::All));
        assert!(study.phases.is_empty() && study.sites.is_empty() && eligibility.is_empty());
    }

    #[test]
    fn values_that_are_not_known_yet_cost_no_record() {
        assert_eq!(
            with(r#""statusModule": {"overallStatus": "PAUSED_BY_MOON"}"#).status,
            OverallStatus::Unknown
        );
        assert_eq!(
            with(r#""designModule": {"phases": ["PHASE1", "PHASE9"]}"#).phases,
            [Phase::Phase1]
        );
        assert_eq!(
            with(r#""eligibilityModule": {"sex": "ANY", "minimumAge": "young"}"#).sex,
            Sex::All
        );
        assert_eq!(
            with(r#""statusModule": {"startDateStruct": {"date": "March 3, 2020"}}"#).start,
            None
        );
        assert!(
            with(r#""designModule": null, "somethingModule": {"new": [1]}"#)
                .phases
                .is_empty()
        );
    }

    #[test]
    fn one_bad_record_is_counted_and_the_rest_stands() {
        let bad = [
            "{}",
            "null",
            "7",
            r#"{"protocolSection": {}}"#,
            r#"{"protocolSection": {"identificationModule": {"nctId": "NCT1", "briefTitle": "x"}}}"#,
            r#"{"protocolSection": {"identificationModule": {"nctId": "NCT99000004"}}}"#,
            r#"{"protocolSection": {"identificationModule": {"nctId": "NCT99000005", "briefTitle": 7}}}"#,
            r#"{"protocolSection": {"identificationModule": {"nctId": "NCT99000006", "briefTitle": "\ud800"}}}"#,
        ];
        let page = page_of(&[&bad[..], &[WHOLE]].concat());
        assert_eq!((page.studies.len(), page.unreadable), (1, bad.len()));
        assert_eq!(page.next.as_deref(), Some("t"));
    }

    #[test]
    fn a_byte_that_is_no_text_costs_neither_page_nor_record() {
        let mut body = format!(r#"{{"studies": [{WHOLE}]}}"#).into_bytes();
        let at = body.windows(4).position(|w| w == b"made").unwrap();
        body[at] = 0xff;
        assert_eq!(
            read(&body).unwrap().studies[0].0.summary.as_deref(),
            Some("It is \u{fffd}ade up.")
        );
    }

    #[test]
    fn an_empty_list_is_an_empty_page_and_nothing_else_is() {
        let empty = read(b"{\"totalCount\":0,\"studies\":[\n\n]}").unwrap();
        assert_eq!((empty.studies.len(), empty.unreadable, empty.next), (0, 0, None));
        for (body, is) in [
            ("", NotAPage::NotJson),
            (" \n", NotAPage::NotJson),
            ("<html></html>", NotAPage::NotJson),
            ("error", NotAPage::NotJson),
            ("{\"studies\": [}{", NotAPage::NotJson),
            ("{\"studies\": []} x", NotAPage::NotJson),
            ("{\"studies\": [{\"protocol", NotAPage::CutOff),
            ("{}", NotAPage::WrongShape),
            ("[]", NotAPage::WrongShape),
            ("null", NotAPage::WrongShape),
            ("{\"studies\": null}", NotAPage::WrongShape),
            ("{\"studies\": {}}", NotAPage::WrongShape),
            ("{\"error\": \"studies\"}", NotAPage::WrongShape),
        ] {
            assert_eq!(read(body.as_bytes()).unwrap_err(), is, "{body}");
        }
    }

    #[test]
    fn studies_of_one_clinic_share_the_place() {
        let (first, second) = (one(WHOLE).0, one(WHOLE).0);
        assert!(Arc::ptr_eq(&first.sites[0].place, &second.sites[0].place));
    }

    #[test]
    fn a_hundred_real_records_are_read_and_the_time_is_said() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/registry/studies.json.gz");
        let Ok(file) = std::fs::File::open(path) else {
            eprintln!("left out: there are no real records beside the workspace");
            return;
        };
        let unpacked = std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap();
        let records: std::collections::BTreeMap<&str, &RawValue> = serde_json::from_str(&unpacked).unwrap();
        let of_page = |records: &[&RawValue]| {
            let records: Vec<_> = records.iter().map(|record| record.get()).collect();
            format!(r#"{{"studies": [{}]}}"#, records.join(","))
        };
        let all: Vec<_> = records.into_values().collect();
        let hundred = of_page(&all[..100]);
        let start = tokio::time::Instant::now();
        let page = read(hundred.as_bytes()).unwrap();
        eprintln!(
            "100 whole records, {} KB, in {:?}",
            hundred.len() / 1000,
            start.elapsed()
        );
        assert_eq!(page.studies.len(), 100);

        let page = read(of_page(&all).as_bytes()).unwrap();
        assert_eq!((page.studies.len(), page.unreadable), (all.len(), 0));
    }
}
