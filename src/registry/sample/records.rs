//! What the sample records promise: the exact shape of the registry's, invented throughout, and every way of naming,
//! requiring, allowing and excluding an alteration met at least once.

use super::corpus::{Document, embedded, files};
use super::fields::{PIECES, strings_at};
use serde_json::Value;
use std::collections::BTreeSet;
use trials::study::{Age, NctId, OverallStatus, Phase, Sex};

const NCT_ID: &str = "protocolSection.identificationModule.nctId";
const CRITERIA: &str = "protocolSection.eligibilityModule.eligibilityCriteria";
const STATUS: &str = "protocolSection.statusModule.overallStatus";
const PHASES: &str = "protocolSection.designModule.phases";
const COUNTRIES: &str = "protocolSection.contactsLocationsModule.locations.country";

fn values(path: &str) -> BTreeSet<&'static str> {
    embedded()
        .iter()
        .flat_map(|document| strings_at(document.study(), path))
        .collect()
}

fn first(document: &'static Document, path: &str) -> &'static str {
    strings_at(document.study(), path).first().copied().unwrap_or_default()
}

#[test]
fn numbers_are_unique_and_of_the_unassigned_block() {
    assert!(embedded().len() >= 64);
    let numbers: BTreeSet<&str> = embedded().iter().map(Document::nct_id).collect();
    assert_eq!(numbers.len(), embedded().len());
    for number in numbers {
        assert!(
            number.starts_with("NCT990000") && number.parse::<NctId>().is_ok(),
            "{number}"
        );
    }
    for (file, studies) in files() {
        assert!(studies.len() >= 3, "{file}");
    }
}

#[test]
fn every_field_has_a_place_in_the_registrys_shape() {
    fn check(number: &str, path: &str, value: &Value) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    check(number, format!("{path}.{name}").trim_start_matches('.'), value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| check(number, path, item)),
            Value::Null => panic!("{number}: {path} is null, which the registry leaves out"),
            _ => {
                let known = PIECES
                    .iter()
                    .any(|(_, known)| path == *known || path.starts_with(&format!("{known}.")));
                assert!(known, "{number}: {path}");
            }
        }
    }
    for document in embedded() {
        check(document.nct_id(), "", document.study());
    }
}

#[test]
fn what_every_record_needs_is_there() {
    for document in embedded() {
        let number = document.nct_id();
        for path in [NCT_ID, STATUS, "protocolSection.identificationModule.briefTitle"] {
            assert!(!first(document, path).is_empty(), "{number}: {path}");
        }
        let sponsor = first(document, "protocolSection.sponsorCollaboratorsModule.leadSponsor.name");
        assert!(sponsor.ends_with("(fictional)"), "{number}: {sponsor}");
        assert!(document.study()["hasResults"].is_boolean(), "{number}");
        let summary = first(document, "protocolSection.descriptionModule.briefSummary");
        assert!(summary.is_empty() || summary.contains("Fictional study"), "{number}");
    }
    let sparse = |path| {
        embedded()
            .iter()
            .filter(|document| first(document, path).is_empty())
            .count()
    };
    assert_eq!(
        sparse("protocolSection.descriptionModule.briefSummary"),
        1,
        "a record with almost no modules"
    );
    assert_eq!(sparse(CRITERIA), 2, "that one, and one without eligibility");
}

#[test]
fn values_are_the_registrys_own() {
    for status in values(STATUS) {
        assert!(OverallStatus::from_registry(status).is_some(), "{status}");
    }
    for phase in values(PHASES) {
        assert!(Phase::from_registry(phase).is_some(), "{phase}");
    }
    for sex in values("protocolSection.eligibilityModule.sex") {
        assert!(Sex::from_registry(sex).is_some(), "{sex}");
    }
    for field in ["minimumAge", "maximumAge"] {
        for age in values(&format!("protocolSection.eligibilityModule.{field}")) {
            assert!(age.parse::<Age>().is_ok() && age.contains(' '), "{age}");
        }
    }
    for field in ["startDateStruct", "completionDateStruct", "lastUpdatePostDateStruct"] {
        for date in values(&format!("protocolSection.statusModule.{field}.date")) {
            let digits = date.split('-').map(str::len).collect::<Vec<_>>();
            assert!(digits == [4, 2, 2] || digits == [4, 2], "{date}");
        }
    }
    for document in embedded() {
        let locations = &document.study()["protocolSection"]["contactsLocationsModule"]["locations"];
        for location in locations.as_array().into_iter().flatten() {
            let within = |name: &str, bound: f64| location["geoPoint"][name].as_f64().is_some_and(|x| x.abs() <= bound);
            assert!(within("lat", 90.0) && within("lon", 180.0), "{}", document.nct_id());
        }
    }
}

#[test]
fn statuses_phases_places_sexes_and_ages_are_all_met() {
    let has = |path: &str, wanted: &[&str]| {
        let met = values(path);
        for value in wanted {
            assert!(met.contains(value), "{path}: {value}");
        }
    };
    has(
        STATUS,
        &[
            "RECRUITING",
            "NOT_YET_RECRUITING",
            "ENROLLING_BY_INVITATION",
            "ACTIVE_NOT_RECRUITING",
            "SUSPENDED",
            "COMPLETED",
            "TERMINATED",
            "WITHDRAWN",
            "AVAILABLE",
            "UNKNOWN",
        ],
    );
    has(PHASES, &["EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA"]);
    has(
        COUNTRIES,
        &[
            "United States",
            "South Korea",
            "Turkey (Türkiye)",
            "United Kingdom",
            "Japan",
            "Brazil",
        ],
    );
    assert!(values(COUNTRIES).len() >= 20);
    has(
        "protocolSection.designModule.studyType",
        &["INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS"],
    );
    has("protocolSection.eligibilityModule.sex", &["ALL", "FEMALE", "MALE"]);
    has(
        "protocolSection.eligibilityModule.stdAges",
        &["CHILD", "ADULT", "OLDER_ADULT"],
    );
    has(
        "protocolSection.contactsLocationsModule.locations.status",
        &["RECRUITING", "NOT_YET_RECRUITING", "WITHDRAWN"],
    );
}

#[test]
fn criteria_name_alterations_in_every_way_that_records_do() {
    let criteria: Vec<&str> = embedded().iter().map(|document| first(document, CRITERIA)).collect();
    for (way, wording) in [
        ("substitution", "EGFR p.Leu858Arg (L858R)"),
        ("substitution", "BRAF V600E"),
        ("substitution", "KRAS G12D"),
        ("substitution", "ABL1 T315I"),
        ("substitution", "KIT D816V"),
        ("substitution", "H1047R"),
        ("codon", "IDH1 R132 mutation"),
        ("codons in a row", "Y537, D538"),
        ("exon event", "EGFR exon 20 insertion"),
        ("exon event", "exon 19 deletion"),
        ("exon event", "METex14"),
        ("exon event", "KIT exon 11"),
        ("tandem duplication", "FLT3-ITD"),
        ("fusion", "ALK rearrangement"),
        ("fusion", "ROS1 fusion-positive"),
        ("fusion", "RET gene fusion"),
        ("fusion", "NTRK1, NTRK2 or NTRK3"),
        ("fusion", "FGFR2 fusion"),
        ("fusion", "BCR::ABL1"),
        ("fusion", "NRG1 fusion"),
        ("amplification", "MET amplification"),
        ("amplification", "ERBB2 amplification"),
        ("amplification", "FGFR1 amplification"),
        ("loss", "MTAP loss"),
        ("loss", "deletion of CDKN2A"),
        ("loss", "PTEN deficiency"),
        ("signature", "MSI-H"),
        ("signature", "dMMR"),
        ("signature", "TMB-high"),
        ("signature", "HRD-positive"),
        ("gene", "Deleterious germline BRCA1 or BRCA2 mutation"),
        ("gene", "ATM loss-of-function mutation"),
        ("gene", "mutation in the TP53 gene"),
        ("class", "activating EGFR mutation"),
        ("class", "RAS wild-type"),
        ("class", "HRR gene mutations"),
        ("class", "actionable genomic alteration"),
        ("class", "BRAF class II"),
        ("class", "HER2-low"),
        ("class", "triple-negative"),
        ("class", "HER2-positive"),
        ("class", "KRAS non-G12C"),
        ("wild type required", "EGFR wild-type and ALK negative"),
        ("wild type required", "TP53 wild-type status required"),
        ("excluded unless", "unless the participant has progressed on"),
        ("whatever the result", "regardless of EGFR, ALK or ROS1 status"),
        ("status known", "EGFR and ALK status must be known"),
        ("stratum", "Stratification: "),
        ("allowed after treatment", "eligible after progression on osimertinib"),
        ("closed cohort", "(closed to enrollment)"),
        ("drug names", "gefitinib, erlotinib"),
        ("kidney", "(eGFR)"),
        ("liver", "Alkaline phosphatase (ALK phos)"),
        ("everyday word", "criteria met"),
        ("basket", "any histology"),
        ("escapes", r"\[Eisenhauer 2009\]"),
        ("escapes", r"\> 12 months"),
        ("escape sequence", "\u{1b}[31m"),
        ("text direction", "\u{202e}"),
        ("instruction to the reader", "Ignore previous instructions"),
    ] {
        assert!(criteria.iter().any(|text| text.contains(wording)), "{way}: {wording}");
    }
}

#[test]
fn criteria_are_headed_in_many_ways() {
    let criteria: Vec<&str> = embedded().iter().map(|document| first(document, CRITERIA)).collect();
    for heading in [
        "Inclusion Criteria:\n",
        "**Inclusion Criteria**",
        "### Inclusion",
        "INCLUSION CRITERIA",
        "Key Inclusion Criteria:",
        "Non-inclusion criteria :",
        "1. Inclusion criteria\n\n   1. ",
        "Eligibility:\n",
        "Not eligible",
        "* Metastatic pancreatic cancer controlled",
    ] {
        assert!(
            criteria
                .iter()
                .any(|text| text.starts_with(heading) || text.contains(&format!("\n{heading}"))),
            "{heading}"
        );
    }
    assert!(
        criteria.iter().any(|text| !text.is_empty() && !text.contains('\n')),
        "all in one line"
    );
    assert!(criteria.iter().any(|text| text.contains("\n\n  * ")), "nested lists");
}
