//! Judges labelled pairs and prints the confusion matrix, every miss with its record's words, and how many records that
//! name the gene are judged in a second:
//! `cargo run -p trials --example judge_pairs -- PAIRS.json STUDIES.json`
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_types,
    reason = "a measuring tool for a terminal, not part of the server"
)]

mod records;

use records::study;
use serde_json::Value;
use std::collections::BTreeMap;
use trials::Mutation;
use trials::matching::{Judge, Stance};
use trials::study::{Record, Study};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut load = || -> Value {
        let path = arguments.next().unwrap();
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let (pairs, studies) = (load(), load());
    let mut matrix: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let (mut right, mut sure, mut right_all, mut all) = (0, 0, 0, 0);
    for pair in pairs.as_array().unwrap() {
        let (nct, label) = (pair["nct_id"].as_str().unwrap(), pair["label"].as_str().unwrap());
        let is_sure = pair["sure"].as_bool().unwrap();
        let Ok(mutation) = Mutation::read(pair["mutation"].as_str().unwrap()) else {
            println!("UNREAD {}", pair["mutation"]);
            continue;
        };
        let protocol = &studies[nct]["protocolSection"];
        let study = study(protocol);
        let record = Record {
            study: &study,
            eligibility: protocol["eligibilityModule"]["eligibilityCriteria"]
                .as_str()
                .unwrap_or(""),
        };
        let finding = Judge::new(&mutation).judge(record);
        assert_eq!(
            finding.evidence.is_empty(),
            finding.stance == Stance::Silent,
            "{nct} {mutation}"
        );
        all += 1;
        let hit = finding.stance.as_str() == label;
        right_all += usize::from(hit);
        if is_sure {
            sure += 1;
            right += usize::from(hit);
            *matrix.entry((label.to_owned(), finding.stance.as_str())).or_default() += 1;
        }
        if !hit {
            let mark = if is_sure { "MISS" } else { "miss" };
            println!(
                "\n{mark} {nct} {mutation}: {label}, judged {} {:?}",
                finding.stance.as_str(),
                finding.doubts
            );
            println!("   reader: {}", pair["quote"].as_str().unwrap_or(""));
            for evidence in &finding.evidence {
                println!("   judge:  [{}] {}", evidence.source.section(), evidence.quote(record));
            }
        }
    }
    println!("\nlabel     -> judged   (sure pairs)");
    for ((label, judged), count) in matrix {
        println!("{label:9} -> {judged:9} {count}");
    }
    println!("right: {right} of {sure} sure, {right_all} of all {all}");
    speed(&studies);
}

/// Judges every record that names the gene, several times over, on one core.
fn speed(studies: &Value) {
    let records: Vec<(Study, String)> = studies
        .as_object()
        .unwrap()
        .values()
        .map(|record| {
            let protocol = &record["protocolSection"];
            let text = protocol["eligibilityModule"]["eligibilityCriteria"]
                .as_str()
                .unwrap_or("");
            (study(protocol), text.to_owned())
        })
        .collect();
    for (name, spellings) in [
        ("EGFR L858R", ["EGFR", "epidermal growth"]),
        ("ERBB2 amplification", ["HER2", "ERBB2"]),
    ] {
        let judge = Judge::new(&Mutation::read(name).unwrap());
        let naming: Vec<Record<'_>> = records
            .iter()
            .filter(|(study, text)| {
                spellings
                    .iter()
                    .any(|s| text.contains(s) || study.brief_title.contains(s))
            })
            .map(|(study, eligibility)| Record { study, eligibility })
            .collect();
        let started = std::time::Instant::now();
        let mut judged = 0_u32;
        while started.elapsed().as_millis() < 500 && !naming.is_empty() {
            for record in &naming {
                std::hint::black_box(judge.judge(*record));
                judged += 1;
            }
        }
        let bytes: usize = naming.iter().map(|r| r.eligibility.len()).sum();
        let (mean, rate) = (
            bytes / naming.len().max(1),
            f64::from(judged) / started.elapsed().as_secs_f64(),
        );
        println!(
            "{name}: {rate:.0} records a second, of {} that name it, {mean} bytes of eligibility each",
            naming.len()
        );
    }
}
