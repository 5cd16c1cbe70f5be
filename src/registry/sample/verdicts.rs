//! What a clinician reads in the sample records, against what the judge reads: the records were written with these
//! verdicts in mind. A record that isn't named for a mutation may be read in any way.

use super::corpus::{embedded, files};
use super::search;
use crate::registry::page;
use std::collections::{BTreeMap, BTreeSet};
use trials::matching::Judge;
use trials::mutation::Mutation;
use trials::query::{Essie, Naming};
use trials::study::{Record, Study};

/// Mutation, the stances that are right (with a bar between, where a careful reader may take either), and the last two
/// digits of the records.
const VERDICTS: &[(&str, &str, &[u8])] = &[
    ("EGFR L858R", "targets", &[1, 2, 3, 5, 6, 7, 22, 81]),
    ("EGFR L858R", "allows", &[11, 13, 20, 25, 73]),
    ("EGFR L858R", "targets|allows", &[10, 77]),
    ("EGFR L858R", "excludes", &[4, 8, 9, 12, 14, 15, 17, 18, 19, 23]),
    ("EGFR L858R", "silent", &[21, 24, 56, 65, 80, 83, 84]),
    ("EGFR exon 20 insertion", "targets", &[4]),
    ("EGFR exon 20 insertion", "excludes", &[1, 2, 8, 12]),
    ("EGFR L861Q", "targets", &[3, 7, 8]),
    ("EGFR L861Q", "excludes", &[4, 12]),
    ("ALK fusion", "targets", &[15, 22]),
    ("ALK fusion", "allows", &[11, 20]),
    ("ALK fusion", "excludes", &[9, 12, 14, 17, 18, 19]),
    ("ALK fusion", "silent", &[16, 65, 70]),
    ("ROS1 fusion", "targets", &[16, 22]),
    ("RET fusion", "targets", &[17, 30, 47]),
    ("NTRK3 fusion", "targets", &[16, 71]),
    ("FGFR2 fusion", "targets", &[32, 74]),
    ("NRG1 fusion", "targets", &[30, 79]),
    ("BCR::ABL1 fusion", "targets", &[51, 52, 72]),
    ("BCR::ABL1 fusion", "excludes", &[48]),
    ("ABL1 T315I", "targets", &[51]),
    ("ABL1 T315I", "excludes", &[72]),
    ("KIT D816V", "targets", &[53]),
    ("KIT exon 11 mutation", "targets", &[45, 57]),
    ("FLT3 ITD", "targets", &[48]),
    ("FLT3 TKD", "excludes|allows", &[48]),
    ("IDH1 R132H", "targets", &[33, 50, 54]),
    ("IDH1 R132H", "excludes", &[69]),
    ("BRAF V600E", "targets", &[19, 22, 24, 30, 42, 46, 55, 69]),
    ("BRAF V600E", "allows", &[43, 67]),
    ("BRAF V600E", "excludes", &[9, 14, 25, 26, 44, 45]),
    ("KRAS G12C", "targets", &[14, 22, 26]),
    ("KRAS G12C", "excludes", &[24, 25, 27, 30, 78]),
    ("KRAS G12C", "allows", &[67]),
    ("KRAS G12D", "targets", &[29, 78]),
    ("KRAS G12D", "excludes", &[14, 24, 25, 26, 27, 30]),
    ("MET amplification", "targets", &[6, 18]),
    ("MET exon 14 skipping", "targets", &[18, 22]),
    ("MET exon 14 skipping", "silent", &[65]),
    ("ERBB2 amplification", "targets", &[27, 39, 75]),
    ("ERBB2 amplification", "allows", &[41]),
    ("ERBB2 amplification", "excludes", &[25, 34, 35, 37, 38, 40]),
    ("ERBB2 amplification", "excludes|silent", &[4, 23]),
    ("PIK3CA H1047R", "targets", &[35]),
    ("PIK3CA H1047R", "allows", &[27]),
    ("BRCA2 mutation", "targets", &[31, 40, 60, 62, 66, 80]),
    ("BRCA2 mutation", "allows", &[37]),
    ("MSI-H", "targets", &[28, 75, 76]),
    ("MSI-H", "allows", &[24, 26]),
    ("TMB-H", "targets", &[75, 76]),
    ("HRD", "targets", &[66]),
    ("MTAP loss", "targets", &[73]),
    ("PTEN loss", "targets", &[61]),
    ("CDKN2A loss", "excludes", &[54]),
    ("TP53 mutation", "excludes", &[59]),
    ("ATM mutation", "targets", &[60, 62, 80]),
    ("PDGFRA D842V", "targets", &[58]),
    ("PDGFRA D842V", "excludes", &[57]),
];

#[test]
fn the_judge_reads_the_records_as_they_were_meant() {
    let records = records();
    let mut misread = Vec::new();
    let mut read = 0;
    for (mutation, right, numbers) in VERDICTS {
        let judge = match Mutation::read(mutation) {
            Ok(mutation) => Judge::new(&mutation),
            Err(error) => {
                misread.push(format!("{mutation}: {error}"));
                continue;
            }
        };
        for number in *numbers {
            let (study, eligibility) = &records[&format!("NCT990000{number:02}")];
            let record = Record { study, eligibility };
            let finding = judge.judge(record);
            read += 1;
            if !right.split('|').any(|stance| stance == finding.stance.as_str()) {
                let quote = finding.evidence.first().map_or("", |evidence| evidence.quote(record));
                let stance = finding.stance.as_str();
                misread.push(format!(
                    "{mutation}, {}: {stance}, not {right}: {quote:?}",
                    study.nct_id
                ));
            }
        }
    }
    assert!(
        misread.is_empty(),
        "{} of {read} misread:\n{}",
        misread.len(),
        misread.join("\n")
    );
}

#[test]
fn what_is_asked_for_a_mutation_finds_every_record_that_decides_on_it() {
    let mut missed = Vec::new();
    for (mutation, _, numbers) in VERDICTS.iter().filter(|(_, right, _)| !right.contains("silent")) {
        let subjects = Mutation::read(mutation).unwrap().subjects();
        let found: BTreeSet<String> = subjects.into_iter().flat_map(candidates).collect();
        let missing = numbers.iter().map(|number| format!("NCT990000{number:02}"));
        missed.extend(
            missing
                .filter(|number| !found.contains(number))
                .map(|number| format!("{mutation}: {number}")),
        );
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_kidneys_filtration_rate_is_no_candidate_of_egfr() {
    let subjects = Mutation::read("EGFR L858R").unwrap().subjects();
    let records = records();
    let (study, eligibility) = &records["NCT99000021"];
    let record = Record { study, eligibility };
    for subject in subjects {
        assert!(!Naming::of(subject).stands_in(record), "{subject}");
    }
}

/// Every record of the sample, with its eligibility text, by number.
fn records() -> BTreeMap<String, (Study, String)> {
    let mut records = BTreeMap::new();
    for (file, studies) in files() {
        let page = serde_json::json!({ "studies": studies }).to_string();
        let page = page::read(page.as_bytes()).unwrap_or_else(|_| panic!("{file} is no page"));
        assert_eq!(page.unreadable, 0, "{file}");
        records.extend(
            page.studies
                .into_iter()
                .map(|(study, text)| (study.nct_id.to_string(), (study, text))),
        );
    }
    records
}

fn candidates(subject: trials::mutation::Subject) -> Vec<String> {
    let expression = Essie::candidates(subject);
    let parameters = [
        ("query.term", expression.as_str()),
        ("pageSize", "1000"),
        ("fields", "NCTId"),
    ];
    let parameters = parameters
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let answer = search::answer(embedded(), &parameters).unwrap();
    let studies = answer["studies"].as_array().unwrap().iter();
    studies
        .map(|study| {
            study["protocolSection"]["identificationModule"]["nctId"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}
