//! Judges labelled pairs and prints, for each file of them, the confusion matrix and every miss with its record's words;
//! last, how many records that name the gene are judged in a second:
//! `cargo run --release -p trials --example judge_pairs -- PAIRS … STUDIES`
//!
//! Pairs are JSON (`nct_id`, `mutation`, `label`, `sure`, `quote`), or, where the name ends with `.tsv`, two readers' labels
//! side by side: record, mutation, reader one, reader two, both sure (`true` or `yes`). Only what the readers agree on is
//! counted. Records are JSON by number, packed by gzip or not.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    reason = "a measuring tool for a terminal, not part of the server"
)]

mod records;

use records::{study, text};
use serde_json::Value;
use std::collections::BTreeMap;
use trials::Mutation;
use trials::matching::{Judge, Stance};
use trials::study::{Record, Study};

fn main() {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let (Some(studies), false) = (files.pop(), files.is_empty()) else {
        println!("left out: give at least one file of labelled pairs, and last the file of records");
        return;
    };
    let studies: Value = serde_json::from_str(&text(&studies)).unwrap();
    for file in &files {
        println!("== {file}");
        let pairs = if file.ends_with(".tsv") {
            by_two_readers(&text(file))
        } else {
            by_one_label(&text(file))
        };
        judge_all(&pairs, &studies);
    }
    speed(&studies);
}

/// A record and a mutation, as people judged them.
struct Pair {
    nct_id: String,
    mutation: String,
    /// None where the readers differ.
    label: Option<String>,
    is_sure: bool,
    /// The words on which a reader decided, where they were kept.
    quote: String,
}

fn by_one_label(text: &str) -> Vec<Pair> {
    let pairs: Value = serde_json::from_str(text).unwrap();
    let read = |pair: &Value| {
        let word = |name: &str| pair[name].as_str().map(str::to_owned);
        Pair {
            nct_id: word("nct_id").unwrap(),
            mutation: word("mutation").unwrap(),
            label: word("label"),
            is_sure: pair["sure"].as_bool().unwrap(),
            quote: word("quote").unwrap_or_default(),
        }
    };
    pairs.as_array().unwrap().iter().map(read).collect()
}

fn by_two_readers(text: &str) -> Vec<Pair> {
    let rows = text.lines().filter(|line| line.starts_with("NCT"));
    let read = |row: &str| {
        let columns: Vec<&str> = row.split('\t').map(str::trim).collect();
        let [nct_id, mutation, one, other, sure, ..] = columns.as_slice() else {
            panic!("five columns are expected: {row}");
        };
        Pair {
            nct_id: (*nct_id).to_owned(),
            mutation: (*mutation).to_owned(),
            label: (one == other).then(|| (*one).to_owned()),
            is_sure: matches!(*sure, "true" | "yes"),
            quote: String::new(),
        }
    };
    rows.map(read).collect()
}

fn judge_all(pairs: &[Pair], studies: &Value) {
    let mut matrix: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut right, mut sure, mut right_all, mut all) = (0, 0, 0, 0);
    for pair in pairs {
        let Some(label) = pair.label.as_deref() else { continue };
        let Ok(mutation) = Mutation::read(&pair.mutation) else {
            println!("UNREAD {}", pair.mutation);
            continue;
        };
        let nct_id = &pair.nct_id;
        let protocol = &studies[nct_id]["protocolSection"];
        let study = study(protocol);
        let record = Record {
            study: &study,
            eligibility: protocol["eligibilityModule"]["eligibilityCriteria"]
                .as_str()
                .unwrap_or(""),
        };
        let finding = Judge::new(&mutation).judge(record);
        let judged = finding.stance.as_str();
        assert_eq!(
            finding.evidence.is_empty(),
            finding.stance == Stance::Silent,
            "{nct_id} {mutation}"
        );
        all += 1;
        let hit = judged == label;
        right_all += usize::from(hit);
        if pair.is_sure {
            sure += 1;
            right += usize::from(hit);
            *matrix.entry((label, judged)).or_default() += 1;
        }
        if !hit {
            let mark = if pair.is_sure { "MISS" } else { "miss" };
            println!(
                "\n{mark} {nct_id} {mutation}: {label}, judged {judged} {:?}",
                finding.doubts
            );
            println!("   reader: {}", pair.quote);
            for evidence in &finding.evidence {
                println!("   judge:  [{}] {}", evidence.source.section(), evidence.quote(record));
            }
        }
    }
    println!("\nlabel     -> judged   (sure pairs)");
    for ((label, judged), count) in matrix {
        println!("{label:9} -> {judged:9} {count}");
    }
    let apart = pairs.iter().filter(|pair| pair.label.is_none()).count();
    println!("right: {right} of {sure} sure, {right_all} of all {all}; the readers differ on {apart} more\n");
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
