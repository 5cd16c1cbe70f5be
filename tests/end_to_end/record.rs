//! One whole record, and how a mutation is read: what is given, in which shape, what it costs the registry, and what is
//! told where there is none.

use crate::support::fault_server::{Step, response};
use crate::support::service::{Service, Told};
use crate::support::stand_in::StandIn;
use crate::support::watched_registry::WatchedRegistry;
use clinical_trials_mcp::registry::sample;
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

const SAMPLE: (&str, &str) = ("REGISTRY", "sample");
const SECTIONS: [&str; 11] = [
    "title",
    "status",
    "summary",
    "conditions",
    "design",
    "eligibility",
    "arms",
    "interventions",
    "outcomes",
    "sites",
    "sponsor",
];
/// A fictional study in which every section says something.
const NUMBER: &str = "NCT99000001";

async fn record(service: &Service, arguments: Value) -> Told {
    service.call("get_trial", arguments).await
}

/// The study as the sample registry serves it.
async fn as_served(number: &str) -> Value {
    let registry = sample::Server::start().await.unwrap();
    let url = format!("{}/studies/{number}", registry.base_url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = http.get(url).send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn complain(told: &Told) -> &str {
    assert!(told.is_error, "no error: {}", told.text);
    assert_eq!(told.structured, Value::Null);
    &told.text
}

#[tokio::test]
async fn a_record_is_given_whole_with_nothing_left_out() {
    let service = Service::start(&[SAMPLE]).await;
    let told = record(&service, json!({"nct_id": " nct99000001 "})).await;
    let answer = told.answer();
    assert_eq!(answer["nct_id"], NUMBER);
    assert_eq!(answer["sections"], json!(SECTIONS));
    for section in SECTIONS {
        assert!(!answer[section].is_null(), "{section}");
    }
    let served = &as_served(NUMBER).await["protocolSection"];
    assert_eq!(answer["title"]["brief"], served["identificationModule"]["briefTitle"]);
    assert_eq!(
        answer["title"]["former_numbers"],
        served["identificationModule"]["nctIdAliases"]
    );
    assert_eq!(
        answer["summary"]["detailed"],
        served["descriptionModule"]["detailedDescription"]
    );
    assert_eq!(
        answer["status"]["start"]["date"],
        served["statusModule"]["startDateStruct"]["date"]
    );
    assert_eq!(answer["status"]["why_stopped"], Value::Null);
    assert_eq!(answer["outcomes"][1]["rank"], "secondary");
    let sites = answer["sites"]["sites"].as_array().unwrap();
    let open: Vec<bool> = sites.iter().map(|site| site["open"].as_bool().unwrap()).collect();
    assert!(open.is_sorted_by(|a, b| a >= b) && open[0], "{open:?}");
    assert_eq!(
        answer["sites"]["total"],
        served["contactsLocationsModule"]["locations"].as_array().unwrap().len()
    );
    assert!(answer["sites"]["contacts"][0]["email"].is_string());
    assert_eq!(answer["provenance"]["source"], "registry");
    assert_eq!(answer["provenance"]["query"], NUMBER);
    service.end().await;
}

#[tokio::test]
async fn criteria_are_numbered_and_nested_as_written_and_verbatim() {
    let service = Service::start(&[SAMPLE]).await;
    let told = record(&service, json!({"nct_id": NUMBER, "sections": "eligibility"})).await;
    let criteria = told.answer()["eligibility"]["criteria"].as_array().unwrap();
    let served = as_served(NUMBER).await;
    let text = served["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
        .as_str()
        .unwrap();
    for criterion in criteria {
        assert!(text.contains(criterion["text"].as_str().unwrap()), "{criterion}");
    }
    let nested = criteria.iter().find(|criterion| criterion["number"] == "6.1").unwrap();
    assert_eq!(nested["section"], "inclusion");
    let parent = &criteria[usize::try_from(nested["parent"].as_u64().unwrap()).unwrap()];
    assert_eq!(parent["number"], "6");
    assert!(
        told.text
            .contains("\n    6.1  “no corticosteroids for at least 7 days”\n"),
        "{}",
        told.text
    );
    assert!(
        criteria
            .iter()
            .any(|criterion| criterion["section"] == "exclusion" && criterion["number"] == "1")
    );
    // Escapes are for machines.
    assert!(text.contains("\\>") && !told.text.contains("\\>"));
    service.end().await;
}

#[tokio::test]
async fn sections_that_were_not_asked_for_are_null_and_unknown_ones_refused() {
    let service = Service::start(&[SAMPLE]).await;
    for sections in [json!(["status", "arms"]), json!("arms, status")] {
        let told = record(&service, json!({"nct_id": NUMBER, "sections": sections})).await;
        let answer = told.answer();
        assert_eq!(answer["sections"], json!(["status", "arms"]));
        for section in SECTIONS {
            assert_eq!(
                answer[section].is_null(),
                !["status", "arms"].contains(&section),
                "{section}"
            );
        }
        assert!(told.text.contains("Status: recruiting") && !told.text.contains("Inclusion:"));
    }
    let told = record(&service, json!({"nct_id": NUMBER, "sections": ["colour"]})).await;
    let refusal = complain(&told);
    assert!(
        refusal.contains("\"colour\"") && refusal.contains("eligibility"),
        "{refusal}"
    );
    service.end().await;
}

#[tokio::test]
async fn a_number_that_is_malformed_never_goes_out_and_one_that_is_unknown_is_told_as_such() {
    let registry = WatchedRegistry::start().await;
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    for malformed in ["NCT123", "EGFR", "NCT990000011", "NCT99000001/../version"] {
        let told = record(&service, json!({"nct_id": malformed})).await;
        assert!(complain(&told).contains("NCT and eight digits"), "{}", told.text);
    }
    assert!(complain(&record(&service, json!({})).await).contains("nct_id is missing"));
    assert_eq!(registry.asked().len(), 0);
    for _ in 0..8 {
        let told = record(&service, json!({"nct_id": "NCT00000001"})).await;
        assert!(
            complain(&told).contains("doesn't know the number NCT00000001"),
            "{}",
            told.text
        );
    }
    assert_eq!(registry.asked().len(), 8, "asked once each, and not kept");
    // The registry is well: the circuit stays closed.
    assert!(!record(&service, json!({"nct_id": NUMBER})).await.is_error);
    assert_eq!(service.count("request_failures").await, 0);
    service.end().await;
}

#[tokio::test]
async fn a_former_number_leads_to_the_record_and_that_is_said() {
    let service = Service::start(&[SAMPLE]).await;
    let told = record(&service, json!({"nct_id": "NCT99009001", "sections": "title"})).await;
    assert_eq!(told.answer()["nct_id"], NUMBER);
    assert_eq!(told.answer()["asked"], "NCT99009001");
    assert!(told.text.contains("Asked for as NCT99009001"), "{}", told.text);
    service.end().await;
}

#[tokio::test]
async fn a_hundred_equal_calls_are_one_request_and_what_follows_none_until_it_is_dropped() {
    let registry = WatchedRegistry::start().await;
    registry.wait(Duration::from_millis(100));
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let asker = service.asker();
    let told = join_all((0..100).map(|_| asker.call("get_trial", json!({"nct_id": NUMBER})))).await;
    let first = told[0].answer();
    assert!(told.iter().all(|told| told.answer()["sites"] == first["sites"]));
    assert_eq!(registry.asked().len(), 1, "{:?}", registry.asked());
    let again = record(&service, json!({"nct_id": NUMBER, "sections": "outcomes"})).await;
    assert_eq!(again.answer()["provenance"]["source"], "memory");
    assert_eq!(registry.asked().len(), 1);
    let dropped = service
        .call("invalidate_cache", json!({"pattern": "trial:NCT9900*"}))
        .await;
    assert_eq!(dropped.answer()["invalidated"], 1);
    record(&service, json!({"nct_id": NUMBER})).await.answer();
    assert_eq!(registry.asked().len(), 2);
    service.end().await;
}

#[tokio::test]
async fn a_fault_is_told_as_a_fault() {
    let registry = WatchedRegistry::start().await;
    let variables = [("REGISTRY", registry.base_url()), ("QUESTION_TIMEOUT", "2")];
    let service = Service::start(&variables).await;
    let not_found = [
        // A 404 in other words comes from something in between, and says nothing about the trial.
        (response("404 Not Found", "", b"<html>no such page</html>"), "404"),
        (response("500 Internal Server Error", "", b"broken"), "500"),
        (
            response("200 OK", "", br#"{"studies": []}"#),
            "without a study's record",
        ),
        (response("200 OK", "", b"<html></html>"), "HTML"),
    ];
    for (answer, words) in not_found {
        registry.show(vec![Step::Write(answer)]);
        let told = record(&service, json!({"nct_id": NUMBER})).await;
        let complaint = told.complaint();
        assert!(
            complaint.contains(words) && !complaint.contains("doesn't know the number"),
            "{complaint}"
        );
        registry.recover();
    }
    service.end().await;

    registry.show(vec![Step::Hang]);
    let service = Service::start(&variables).await;
    let told = record(&service, json!({"nct_id": NUMBER})).await;
    assert!(told.complaint().contains("QUESTION_TIMEOUT"), "{}", told.text);
    assert!(told.took < Duration::from_secs(4), "{:?}", told.took);
    registry.recover();
    record(&service, json!({"nct_id": NUMBER})).await.answer();
    service.end().await;
}

#[tokio::test]
async fn how_a_mutation_is_read_is_told_without_a_request() {
    let registry = WatchedRegistry::start().await;
    let service = Service::start(&[("REGISTRY", registry.base_url()), ("TOOLS", "clinical")]).await;
    for (spelled, canonical, gene, kind) in [
        ("EGFR p.Leu858Arg", "EGFR L858R", json!("EGFR"), "substitution"),
        ("KRAS G12X", "KRAS G12", json!("KRAS"), "codon"),
        ("EGFR ex19del", "EGFR exon 19 deletion", json!("EGFR"), "exon event"),
        ("EML4-ALK", "EML4::ALK fusion", json!("ALK"), "fusion"),
        ("TRK fusion", "NTRK fusion", Value::Null, "fusion"),
        ("microsatellite instability high", "MSI-H", Value::Null, "signature"),
        ("HER2 amp", "ERBB2 amplification", json!("ERBB2"), "amplification"),
    ] {
        let told = service.call("explain_mutation", json!({"mutation": spelled})).await;
        let answer = told.answer();
        let read = json!({"input": spelled, "canonical": canonical, "gene": gene, "kind": kind});
        assert_eq!(answer["mutation"], read);
        let mut keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["aliases", "classes", "mutation", "query", "spellings"]);
        assert!(
            told.text.starts_with(&format!("“{spelled}” is read as {canonical}: ")),
            "{}",
            told.text
        );
        for other in answer["spellings"].as_array().unwrap().iter().take(3) {
            let again = service.call("explain_mutation", json!({"mutation": other})).await;
            assert_eq!(again.answer()["mutation"]["canonical"], canonical, "{other}");
        }
    }
    let fusion = service
        .call("explain_mutation", json!({"mutation": "NTRK fusion"}))
        .await;
    assert_eq!(fusion.answer()["query"].as_str().unwrap().matches(" | ").count(), 2);
    assert_eq!(registry.asked().len(), 0);
    // What is no mutation is refused as by the other tools.
    for refused in ["EGRF L858R", "KRAS wild type", "lung cancer"] {
        let told = service.call("explain_mutation", json!({"mutation": refused})).await;
        assert_eq!(complain(&told), complain(&service.ask(refused).await));
    }
    service.end().await;
}

#[tokio::test]
async fn real_records_are_given_byte_for_byte() {
    let Some(registry) = StandIn::start() else { return };
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let found = service.ask("EGFR L858R").await;
    let trials = found.answer()["trials"].as_array().unwrap().clone();
    for trial in trials.iter().take(5) {
        let told = record(&service, json!({"nct_id": trial["nct_id"]})).await;
        let answer = told.answer();
        assert_eq!(answer["title"]["brief"], trial["title"]);
        assert_eq!(answer["status"]["overall"], trial["status"]);
        assert_eq!(answer["sites"]["total"], trial["locations"]["total"]);
        let criteria = answer["eligibility"]["criteria"].as_array().unwrap();
        for quote in trial["evidence"].as_array().unwrap() {
            let is_criterion = ["inclusion", "exclusion", "eligibility"].contains(&quote["section"].as_str().unwrap());
            let words = quote["quote"].as_str().unwrap();
            let stands = criteria.iter().any(|criterion| {
                let text = criterion["text"].as_str().unwrap();
                text.contains(words) || words.contains(text)
            });
            assert!(!is_criterion || stands, "{words}");
        }
    }
    service.end().await;
}
