//! How fast records are judged and read, on one core: `cargo bench -p trials --bench judging`.
//!
//! Of the sample's fictional records, and, where a registry's real records lie beside the workspace, of those. A
//! judgement reads its record's text anew for each mutation, as far as the last name in it, and what is measured is all
//! of it.

#![allow(
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement takes the time, fails by panicking and speaks on stdout"
)]

#[path = "../examples/records/mod.rs"]
mod records;

use serde_json::Value;
use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use trials::Mutation;
use trials::eligibility::Eligibility;
use trials::matching::Judge;
use trials::query::Naming;
use trials::study::{Record, Study};

/// What is asked, a question of each kind.
const QUESTIONS: [&str; 8] = [
    "EGFR L858R",
    "EGFR exon 20 insertion",
    "KRAS G12C",
    "BRAF V600E",
    "ERBB2 amplification",
    "ALK fusion",
    "MET exon 14 skipping",
    "BRCA1 mutation",
];

/// How many candidates the question of the README's figure has.
const CANDIDATES: usize = 500;
/// How long one figure is measured.
const MEASURED_FOR: Duration = Duration::from_secs(2);

fn main() {
    // `cargo test --all-targets` runs benches too, without this flag: a figure of a debug build is none.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("left out: figures are measured by `cargo bench -p trials --bench judging`");
        return;
    }
    measure("the sample's records", &sample());
    match real() {
        Some(studies) => measure("a registry's records", &studies),
        None => println!("left out: no real records lie beside the workspace"),
    }
}

type Held = (Study, String);

fn measure(name: &str, held: &[Held]) {
    let bytes: usize = held.iter().map(|(_, eligibility)| eligibility.len()).sum();
    println!(
        "{name}: {} records, {} bytes of eligibility each",
        held.len(),
        bytes / held.len().max(1)
    );

    let read = rate(|| {
        for (_, eligibility) in held {
            black_box(Eligibility::read(eligibility));
        }
        held.len()
    });
    say("records read a second", read, 5_000.0);

    let judges: Vec<Judge> = QUESTIONS.iter().map(|text| Judge::new(&mutation(text))).collect();
    let judged = rate(|| {
        for judge in &judges {
            for (study, eligibility) in held {
                black_box(judge.judge(Record { study, eligibility }));
            }
        }
        judges.len() * held.len()
    });
    say("judgements a second, any record", judged, 20_000.0);

    // What a question is judged among: records that name the gene or a class that contains it.
    for (text, judge) in QUESTIONS.iter().zip(&judges) {
        let candidates = candidates(text, held);
        if candidates.is_empty() {
            continue;
        }
        let judged = rate(|| {
            for record in &candidates {
                black_box(judge.judge(*record));
            }
            candidates.len()
        });
        let per_question = 1_000.0 * f64::from(u32::try_from(CANDIDATES).unwrap()) / judged;
        println!(
            "  {text:<24} {:>5} candidates {judged:>9.0} judgements a second (>= 20000), {CANDIDATES} in {per_question:.1} ms",
            candidates.len()
        );
    }

    let text = QUESTIONS[0];
    let candidates = candidates(text, held);
    let times: Vec<Duration> = (0..21)
        .map(|_| {
            let begun = Instant::now();
            let judge = Judge::new(&mutation(text));
            for record in candidates.iter().cycle().take(CANDIDATES) {
                black_box(judge.judge(*record));
            }
            begun.elapsed()
        })
        .collect();
    let median = middle(times).as_secs_f64() * 1_000.0;
    println!(
        "a question, {text}, over {CANDIDATES} candidates ({} records, over again), its judge made first: {median:.1} ms (< 30 ms)",
        candidates.len()
    );
}

fn candidates<'h>(text: &str, held: &'h [Held]) -> Vec<Record<'h>> {
    let subject = mutation(text).subjects()[0];
    let naming = Naming::of(subject);
    held.iter()
        .map(|(study, eligibility)| Record { study, eligibility })
        .filter(|record| naming.stands_in(*record))
        .collect()
}

fn mutation(text: &str) -> Mutation {
    Mutation::read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// How many are done in a second: the median of short runs, so that what else goes on in the machine weighs little.
fn rate(mut run: impl FnMut() -> usize) -> f64 {
    run();
    let begun = Instant::now();
    let mut rates = Vec::new();
    while begun.elapsed() < MEASURED_FOR || rates.len() < 3 {
        let begun = Instant::now();
        let done = run();
        rates.push(f64::from(u32::try_from(done).unwrap()) / begun.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn say(what: &str, measured: f64, bound: f64) {
    println!("{what}: {measured:.0} (>= {bound:.0})");
}

/// The fictional studies that the program carries.
fn sample() -> Vec<Held> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/registry/sample/studies");
    let mut held = Vec::new();
    for file in std::fs::read_dir(folder).expect("the sample's folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(path).expect("a text");
            let studies: Vec<Value> = serde_json::from_str(&text).expect("a list of studies");
            held.extend(studies.iter().filter_map(self::held));
        }
    }
    held
}

/// Real records, where they lie beside the workspace.
fn real() -> Option<Vec<Held>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/registry/studies.json.gz");
    if !path.is_file() {
        return None;
    }
    let studies: HashMap<String, Value> = serde_json::from_str(&records::text(path.to_str()?)).ok()?;
    Some(studies.values().filter_map(held).collect())
}

fn held(study: &Value) -> Option<Held> {
    let protocol = study.get("protocolSection")?;
    let eligibility = protocol["eligibilityModule"]["eligibilityCriteria"].as_str()?;
    Some((records::study(protocol), eligibility.to_owned()))
}
