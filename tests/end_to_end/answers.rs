//! What is answered, against the contract: every field is there, the numbers add up, and each quote stands in its record.

use crate::support::service::{Service, Told};
use clinical_trials_mcp::registry::sample;
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SAMPLE: (&str, &str) = ("REGISTRY", "sample");

/// What a page of the contract holds, and nothing else.
const ANSWER: &[&str] = &[
    "mutation",
    "total",
    "returned",
    "next_offset",
    "trials",
    "excluded",
    "funnel",
    "provenance",
];
const TRIAL: &[&str] = &[
    "nct_id",
    "title",
    "status",
    "phases",
    "stance",
    "evidence",
    "doubts",
    "conditions",
    "interventions",
    "sponsor",
    "locations",
    "url",
];
const FUNNEL: &[&str] = &[
    "candidates",
    "targets",
    "allows",
    "silent",
    "excludes",
    "filtered",
    "unreadable",
    "capped",
];
const PROVENANCE: &[&str] = &[
    "source",
    "age_s",
    "stale",
    "reason",
    "registry_version",
    "version_checked_s",
    "query",
];
const SECTIONS: [&str; 9] = [
    "inclusion",
    "exclusion",
    "eligibility",
    "title",
    "summary",
    "arm",
    "intervention",
    "condition",
    "keyword",
];
const QUOTE_BYTES_MAX: usize = 400;

#[tokio::test]
async fn answers_have_every_field_add_up_and_quote_the_record_byte_for_byte() {
    let registry = sample::Server::start().await.unwrap();
    let mut records = Records::of(&registry);
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let all = ["targets", "allows", "silent", "excludes"];
    let usual = ["targets", "allows"];
    let mut trials = 0;
    for mutation in [
        "EGFR p.Leu858Arg",
        "EGFR exon 20 insertion",
        "EML4::ALK",
        "Her2 amplification",
        "BRAF V600E",
        "KRAS G12C",
        "MET ex14 skipping",
        "BRCA1 mutation",
        "NTRK fusion",
        "MSI-H",
        "TMB-H",
        "TP53 R175H",
        "FLT3 ITD",
    ] {
        for (filters, stances) in [
            (json!({}), &usual[..]),
            (json!({"stances": all, "status": "all", "limit": 50}), &all[..]),
            (
                json!({"stances": "excludes", "limit": 1, "offset": 1}),
                &["excludes"][..],
            ),
            (json!({"country": "Germany", "age": "64", "sex": "female"}), &usual[..]),
            (
                json!({"near": {"lat": 48.14, "lon": 11.58, "radius_km": 300}, "phase": ["2", "3"]}),
                &usual[..],
            ),
            (json!({"condition": "lung cancer", "detail": "full"}), &usual[..]),
        ] {
            let mut arguments = filters.clone();
            arguments["mutation"] = json!(mutation);
            let told = service.call("summarize_trials_async", arguments).await;
            let answer = told.answer();
            assert_eq!(answer["mutation"]["input"], json!(mutation));
            conforms(answer, stances, &mut records).await;
            trials += answer["trials"].as_array().unwrap().len();
            is_prose(&told);
        }
    }
    assert!(trials > 100, "only {trials} trials were looked at");
    service.end().await;
}

/// The text says all that a reader needs of the page, as prose: each trial with its stance and quote, never the JSON again.
fn is_prose(told: &Told) {
    assert!(serde_json::from_str::<Value>(&told.text).is_err(), "{}", told.text);
    assert!(
        !told.text.contains("\"nct_id\"") && !told.text.contains("{\""),
        "{}",
        told.text
    );
    assert!(told.text.contains("a clinician decides"), "{}", told.text);
    for trial in told.answer()["trials"].as_array().unwrap() {
        let nct_id = trial["nct_id"].as_str().unwrap();
        assert!(told.text.contains(nct_id), "{nct_id} is missing in {}", told.text);
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let service = Service::start(&[SAMPLE]).await;
    let everything = json!({"mutation": "EGFR L858R", "stances": ["targets", "allows", "silent", "excludes"], "status": "all", "limit": 50});
    let whole = service.call("summarize_trials_async", everything.clone()).await;
    let numbers = |told: &Told| -> Vec<Value> {
        let trials = told.answer()["trials"].as_array().unwrap();
        trials.iter().map(|trial| trial["nct_id"].clone()).collect()
    };
    let mut pages = Vec::new();
    let mut offset = json!(0);
    while !offset.is_null() {
        let mut arguments = everything.clone();
        arguments["limit"] = json!(3);
        arguments["offset"] = offset;
        let page = service.call("summarize_trials_async", arguments).await;
        pages.extend(numbers(&page));
        offset = page.answer()["next_offset"].clone();
    }
    assert!(pages.len() > 3, "{pages:?}");
    assert_eq!(pages, numbers(&whole));
    service.end().await;
}

#[tokio::test]
async fn every_spelling_of_a_mutation_is_one_answer() {
    let service = Service::start(&[SAMPLE]).await;
    let first = service.ask("EGFR L858R").await;
    for spelling in [
        "EGFR p.Leu858Arg",
        "egfr l858r",
        "ERBB1 L858R",
        "EGFR c.2573T>G",
        "EGFR p.(L858R)",
    ] {
        let told = service.ask(spelling).await;
        assert_eq!(told.answer()["mutation"]["canonical"], "EGFR L858R", "{spelling}");
        assert_eq!(told.answer()["trials"], first.answer()["trials"], "{spelling}");
    }
    service.end().await;
}

#[tokio::test]
async fn what_is_asked_again_at_once_is_answered_alike_and_never_with_another_question_s_page() {
    let (asked_once, asked_again) = (Service::start(&[SAMPLE]).await, Service::start(&[SAMPLE]).await);
    let filters = [
        json!({}),
        json!({"limit": 1}),
        json!({"limit": 1, "offset": 1}),
        json!({"country": "Germany"}),
        json!({"detail": "full"}),
        json!({"stances": "excludes"}),
        json!({"status": "all"}),
    ];
    let mutations = ["EGFR L858R", "EGFR p.Leu858Arg", "EGFR T790M", "EML4::ALK", "MSI-H"];
    let questions: Vec<Value> = mutations
        .iter()
        .flat_map(|mutation| {
            filters.iter().map(move |filters| {
                let mut arguments = filters.clone();
                arguments["mutation"] = json!(mutation);
                arguments
            })
        })
        .collect();
    let asker = asked_again.asker();
    let ask = |arguments: &Value| asker.call("summarize_trials_async", arguments.clone());
    join_all(questions.iter().map(ask)).await;
    // Equal ones stand beside each other: each but the first finds the page that was written for it.
    let thrice: Vec<&Value> = questions.iter().flat_map(|question| [question; 3]).collect();
    let again = join_all(thrice.iter().map(|arguments| ask(arguments))).await;
    for (arguments, told) in thrice.into_iter().zip(again) {
        let alone = asked_once.call("summarize_trials_async", arguments.clone()).await;
        let mut answers = [alone.answer().clone(), told.answer().clone()];
        for answer in &mut answers {
            answer["provenance"].take();
        }
        assert_eq!(answers[0], answers[1], "{arguments}");
        let prose = |told: &Told| {
            told.text
                .lines()
                .filter(|line| !line.contains("data version"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(prose(&alone), prose(&told), "{arguments}");
    }
    asked_once.end().await;
    asked_again.end().await;
}

#[tokio::test]
async fn a_batch_with_bad_mutations_answers_the_others_in_the_order_asked() {
    let registry = sample::Server::start().await.unwrap();
    let mut records = Records::of(&registry);
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let batch = json!({"mutations": ["MSI-H", "EGRF L858R", "KRAS G12C", "nonsense", "EGFR L858R"]});
    let told = service.call("summarize_multiple_trials_async", batch).await;
    let answer = told.answer();
    has_exactly(answer, &["results", "failed"]);
    let results = answer["results"].as_array().unwrap();
    let inputs: Vec<&Value> = results.iter().map(|result| &result["mutation"]["input"]).collect();
    assert_eq!(inputs, ["MSI-H", "KRAS G12C", "EGFR L858R"]);
    for result in results {
        conforms(result, &["targets", "allows"], &mut records).await;
    }
    let failed = answer["failed"].as_array().unwrap();
    let inputs: Vec<&Value> = failed.iter().map(|failed| &failed["mutation"]).collect();
    assert_eq!(inputs, ["EGRF L858R", "nonsense"]);
    assert!(failed[0]["error"].as_str().unwrap().contains("EGFR"), "{failed:?}");
    assert!(
        told.text.contains("NOT ANSWERED, which says nothing about its trials"),
        "{}",
        told.text
    );
    service.end().await;
}

/// The records of a registry, fetched one by one: what a quote is held against.
struct Records {
    base: String,
    known: BTreeMap<String, Value>,
}

impl Records {
    fn of(registry: &sample::Server) -> Self {
        Self {
            base: registry.base_url().to_owned(),
            known: BTreeMap::new(),
        }
    }

    async fn record(&mut self, nct_id: &str) -> &Value {
        if !self.known.contains_key(nct_id) {
            let answer = reqwest::get(format!("{}/studies/{nct_id}", self.base)).await.unwrap();
            let record = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            self.known.insert(nct_id.to_owned(), record);
        }
        &self.known[nct_id]
    }

    /// A quote is a piece of one string of the record, byte for byte, and not too long.
    async fn check(&mut self, nct_id: &str, evidence: &Value) {
        for piece in evidence.as_array().unwrap() {
            has_exactly(piece, &["section", "quote"]);
            assert!(SECTIONS.contains(&piece["section"].as_str().unwrap()), "{piece}");
            let quote = piece["quote"].as_str().unwrap();
            assert!(!quote.is_empty() && quote.len() <= QUOTE_BYTES_MAX, "{quote:?}");
            let record = self.record(nct_id).await;
            assert!(holds(record, quote), "{nct_id} has no {quote:?}");
        }
    }
}

fn holds(value: &Value, quote: &str) -> bool {
    match value {
        Value::String(text) => text.contains(quote),
        Value::Array(items) => items.iter().any(|item| holds(item, quote)),
        Value::Object(fields) => fields.values().any(|field| holds(field, quote)),
        _ => false,
    }
}

fn has_exactly(object: &Value, fields: &[&str]) {
    let mut expected = fields.to_vec();
    expected.sort_unstable();
    let object = object.as_object().unwrap();
    assert_eq!(object.keys().collect::<Vec<_>>(), expected);
}

/// Checks an answer against the contract, field by field, and its quotes against the records.
async fn conforms(answer: &Value, stances: &[&str], records: &mut Records) {
    has_exactly(answer, ANSWER);
    has_exactly(&answer["mutation"], &["input", "canonical", "gene"]);
    has_exactly(&answer["funnel"], FUNNEL);
    has_exactly(&answer["provenance"], PROVENANCE);
    let funnel = |name: &str| answer["funnel"][name].as_u64().unwrap();
    let filtered: u64 = answer["funnel"]["filtered"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    let counted = funnel("targets") + funnel("allows") + funnel("silent") + funnel("excludes");
    assert_eq!(
        funnel("candidates"),
        counted + filtered + funnel("unreadable"),
        "{}",
        answer["funnel"]
    );
    let total: u64 = stances.iter().map(|stance| funnel(stance)).sum();
    assert_eq!(answer["total"], json!(total), "{}", answer["funnel"]);
    let trials = answer["trials"].as_array().unwrap();
    assert_eq!(answer["returned"], json!(trials.len()));
    for trial in trials {
        has_exactly(trial, TRIAL);
        let nct_id = trial["nct_id"].as_str().unwrap();
        let stance = trial["stance"].as_str().unwrap();
        assert!(stances.contains(&stance), "{nct_id} {stance} was not asked for");
        assert_eq!(
            trial["url"],
            json!(format!("https://clinicaltrials.gov/study/{nct_id}"))
        );
        has_exactly(&trial["locations"], &["total", "nearest"]);
        for site in trial["locations"]["nearest"].as_array().unwrap() {
            has_exactly(site, &["facility", "city", "country", "km"]);
        }
        let is_bare = trial["evidence"].as_array().unwrap().is_empty();
        assert!(!is_bare || stance == "silent", "{nct_id} {stance} without evidence");
        records.check(nct_id, &trial["evidence"]).await;
        let record = records.record(nct_id).await;
        assert_eq!(
            trial["title"],
            record["protocolSection"]["identificationModule"]["briefTitle"]
        );
        assert_eq!(
            trial["status"],
            record["protocolSection"]["statusModule"]["overallStatus"]
        );
    }
    let excluded = answer["excluded"].as_array().unwrap();
    assert!(excluded.len() <= 5);
    for trial in excluded {
        has_exactly(trial, &["nct_id", "title", "evidence"]);
        assert!(!trial["evidence"].as_array().unwrap().is_empty(), "{trial}");
        records
            .check(trial["nct_id"].as_str().unwrap(), &trial["evidence"])
            .await;
    }
}
