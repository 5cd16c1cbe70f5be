//! What goes wrong at the registry, through the whole server: what is told, after how long, at what cost to the
//! registry, and that the server recovers by itself. Nothing of it is ever told as an empty answer.

use crate::support::fault_server::{Step, gzip, response};
use crate::support::service::{Service, Told};
use crate::support::stand_in::StandIn;
use crate::support::watched_registry::WatchedRegistry;
use clinical_trials_mcp::registry::PAGE_BYTES_MAX;
use serde_json::json;
use std::time::Duration;

/// Requests for one page, the first included, where asking again may help.
const ATTEMPTS: usize = 4;
/// The longest that the pauses between them add up to.
const PAUSES: Duration = Duration::from_millis(200 + 400 + 800);
/// What a busy machine may add.
const BUSY: Duration = Duration::from_millis(1500);

const MUTATION: &str = "EGFR L858R";
const HTML: &[u8] = b"<!DOCTYPE html><html><title>Just a moment</title></html>";
const AGAIN_LATER: &str = "a fault of the registry, not of the question: ask again later";
const NOT_AGAIN: &str = "asking again will not help: please report this question";

/// A fault as a bare response.
fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<Step> {
    vec![Step::Write(response(status, headers, body))]
}

/// Asks while the fault lasts: checks what is told and how many requests that took. Then the fault passes, and the same
/// question is answered without a restart.
async fn check(fault: Vec<Step>, requests: usize, words: &[&str]) -> Told {
    let registry = WatchedRegistry::start().await;
    registry.show(fault);
    let service = Service::start(&[("REGISTRY", registry.base_url()), ("HTTP_READ_TIMEOUT", "0.3")]).await;
    let told = service.ask(MUTATION).await;
    let complaint = told.complaint();
    println!("{:>5} ms, {requests} requests: {complaint}", told.took.as_millis());
    for words in words {
        assert!(complaint.contains(words), "{words:?} is not in {complaint:?}");
    }
    assert_eq!(registry.asked().len(), requests);
    // And the look-up of the version.
    assert_eq!(service.count("requests").await, requests as u64 + 1);

    registry.recover();
    answered(&service.ask(MUTATION).await);
    service.end().await;
    told
}

/// An answer that is fresh and not empty.
fn answered(told: &Told) {
    let answer = told.answer();
    assert!(answer["total"].as_u64() > Some(0), "{answer}");
    assert_eq!(answer["provenance"]["stale"], json!(false));
}

/// A fault that may pass: asked again, with pauses, then told.
async fn passing(fault: Vec<Step>, words: &str) {
    let told = check(fault, ATTEMPTS, &[words, AGAIN_LATER]).await;
    assert!(told.took < PAUSES + BUSY, "{:?}", told.took);
}

/// A fault that stays: told at once.
async fn lasting(fault: Vec<Step>, words: &[&str]) {
    let told = check(fault, 1, words).await;
    assert!(told.took < BUSY, "{:?}", told.took);
}

#[tokio::test]
async fn server_errors_are_asked_again_and_then_told_with_their_status() {
    for status in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
    ] {
        let words = format!("HTTP status {}: out of order", &status[..3]);
        passing(answer(status, "", b"out of order"), &words).await;
    }
}

#[tokio::test]
async fn a_wait_that_fits_is_waited_out_and_the_question_is_answered() {
    let registry = WatchedRegistry::start().await;
    registry.show_once(answer("429 Too Many Requests", "Retry-After: 1\r\n", b"slow down"));
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let told = service.ask(MUTATION).await;
    answered(&told);
    assert!(
        (Duration::from_secs(1)..Duration::from_secs(1) + BUSY).contains(&told.took),
        "{:?}",
        told.took
    );
    assert_eq!(registry.asked().len(), 2);
    service.end().await;
}

#[tokio::test]
async fn a_wait_that_does_not_fit_is_told_at_once_and_kept_for_all_questions() {
    let registry = WatchedRegistry::start().await;
    registry.show(answer("429 Too Many Requests", "Retry-After: 4\r\n", b"slow down"));
    let service = Service::start(&[("REGISTRY", registry.base_url()), ("QUESTION_TIMEOUT", "2")]).await;
    let begun = tokio::time::Instant::now();
    let told = service.ask(MUTATION).await;
    assert!(told.complaint().contains("HTTP status 429: slow down"), "{}", told.text);
    assert!(told.took < BUSY, "{:?}", told.took);
    registry.recover();
    let told = service.ask("KRAS G12C").await;
    assert!(
        told.complaint().contains("the registry asked for a pause"),
        "{}",
        told.text
    );
    assert!(told.took < BUSY, "{:?}", told.took);
    assert_eq!(registry.asked().len(), 1, "it is left alone for as long as it asked");

    answered(&until(&service, |told| !told.is_error).await);
    assert!(begun.elapsed() >= Duration::from_secs(4), "{:?}", begun.elapsed());
    service.end().await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_as_broken_off() {
    let broken_off = "the registry broke off in the middle of its answer";
    passing(vec![], broken_off).await;
    let mut half = response("200 OK", "", br#"{"studies": []}"#);
    half.truncate(half.len() - 4);
    passing(vec![Step::Write(half)], broken_off).await;
}

#[tokio::test]
async fn a_body_that_is_no_page_is_told_as_what_it_looks_like_and_never_as_no_trials() {
    for (body, what) in [
        (&b"{\"studies\": [}{\"protocolSection\""[..], "no JSON"),
        (HTML, "an HTML page"),
        (b"", "an empty body"),
        (b"{\"studies\": {\"total\": 0}}", "JSON without a list of studies"),
        (b"{}", "JSON without a list of studies"),
    ] {
        let words = format!("the registry's answer was not understood ({what})");
        passing(answer("200 OK", "", body), &words).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_told_with_the_bound() {
    let bomb = gzip(&vec![b' '; PAGE_BYTES_MAX + 1]);
    let told = check(
        answer("200 OK", "Content-Encoding: gzip\r\n", &bomb),
        1,
        &["the registry's answer is larger than 64 MiB", NOT_AGAIN],
    )
    .await;
    assert!(told.took < Duration::from_secs(5), "{:?}", told.took);
}

#[tokio::test]
async fn silence_is_told_after_the_read_timeout_of_each_attempt() {
    let told = check(
        vec![Step::Hang],
        ATTEMPTS,
        &["the registry did not answer within 0.3 s", AGAIN_LATER],
    )
    .await;
    let silent = 4 * Duration::from_millis(300);
    assert!((silent..silent + PAUSES + BUSY).contains(&told.took), "{:?}", told.took);
}

#[tokio::test]
async fn a_question_never_waits_longer_than_its_time() {
    let registry = WatchedRegistry::start().await;
    registry.show(vec![Step::Hang]);
    let service = Service::start(&[("REGISTRY", registry.base_url()), ("QUESTION_TIMEOUT", "1")]).await;
    let told = service.ask(MUTATION).await;
    assert!(
        told.complaint().contains("no answer within 1 s (QUESTION_TIMEOUT)"),
        "{}",
        told.text
    );
    assert!(
        (Duration::from_millis(850)..Duration::from_secs(1) + BUSY).contains(&told.took),
        "{:?}",
        told.took
    );
    registry.recover();
    answered(&service.ask(MUTATION).await);
    service.end().await;
}

#[tokio::test]
async fn what_the_registry_turns_down_is_told_in_its_own_words_made_harmless() {
    let words = b"`foo` is unknown\n\x1b[31mparameter";
    lasting(
        answer("400 Bad Request", "", words),
        &["HTTP status 400: `foo` is unknown", NOT_AGAIN],
    )
    .await;
    lasting(
        answer("403 Forbidden", "Content-Type: text/html\r\n", HTML),
        &["HTTP status 403: an HTML page", "ask from another network"],
    )
    .await;
    lasting(
        answer("404 Not Found", "", b"NCT number NCT99999999 not found"),
        &["HTTP status 404: NCT number NCT99999999 not found", NOT_AGAIN],
    )
    .await;
}

#[tokio::test]
async fn a_long_message_of_the_registry_is_cut_and_has_no_control_characters() {
    let flood = [&b"\x1b[2J"[..], &[b'x'; 100_000]].concat();
    let told = check(
        answer("400 Bad Request", "", &flood),
        1,
        &["HTTP status 400", NOT_AGAIN],
    )
    .await;
    assert!(told.text.len() < 1000, "{} bytes", told.text.len());
    assert!(!told.text.contains(char::is_control));
}

#[tokio::test]
async fn a_refused_connection_is_told_with_what_to_check() {
    let mut registry = WatchedRegistry::closed().await;
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let told = service.ask(MUTATION).await;
    let complaint = told.complaint();
    assert!(complaint.contains("the registry can't be reached") && complaint.contains("refused"));
    assert!(complaint.contains("check the network, the proxy settings and REGISTRY"));
    assert!(told.took < PAUSES + BUSY, "{:?}", told.took);
    registry.open();
    answered(&service.ask(MUTATION).await);
    service.end().await;
}

#[tokio::test]
async fn an_unknown_host_is_told_by_its_name() {
    if std::env::var_os("HTTP_PROXY").is_some() || std::env::var_os("http_proxy").is_some() {
        println!("left out: with a proxy set, names are looked up by the proxy");
        return;
    }
    let service = Service::start(&[("REGISTRY", "http://no-such-registry.invalid/api/v2")]).await;
    let told = service.ask(MUTATION).await;
    let complaint = told.complaint();
    assert!(
        complaint.contains("the registry's host no-such-registry.invalid is unknown"),
        "{complaint}"
    );
    assert!(complaint.contains("check the network, the proxy settings and REGISTRY"));
    let health = service.call("get_health_status", json!({})).await;
    assert!(!health.is_error, "the server itself goes on");
    service.end().await;
}

#[tokio::test]
async fn a_record_that_cannot_be_decoded_is_counted_and_the_rest_stands() {
    let registry = WatchedRegistry::start().await;
    let whole = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let whole_answer = whole.ask(MUTATION).await.answer().clone();
    whole.end().await;

    let target = registry.asked()[0].clone();
    let page = reqwest::get(registry.base_url().replace("/api/v2", &target))
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    let broken = page.replacen("\"studies\":[", "\"studies\":[{\"protocolSection\":7},", 1);
    assert_ne!(page, broken);
    registry.show(answer("200 OK", "", broken.as_bytes()));
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let told = service.ask(MUTATION).await;
    let answer = told.answer();
    assert_eq!(answer["funnel"]["unreadable"], json!(1));
    assert_eq!(answer["trials"], whole_answer["trials"]);
    assert_eq!(answer["total"], whole_answer["total"]);
    assert!(told.text.contains("could not be read"), "{}", told.text);
    service.end().await;
}

#[tokio::test]
async fn every_fault_of_the_stand_in_is_told_and_passes() {
    let Some(registry) = StandIn::start() else { return };
    // More requests than a burst of the rate budget: its waits are not what is measured.
    let service = Service::start(&[
        ("REGISTRY_RATE_LIMIT", "0"),
        ("REGISTRY", registry.base_url()),
        ("HTTP_READ_TIMEOUT", "1"),
    ])
    .await;
    for (fault, mutation, words) in [
        (json!({"statusRate": 1, "status": 500}), "NRAS Q61R", "HTTP status 500"),
        (
            json!({"statusRate": 1, "status": 429, "retryAfter": 1}),
            "KIT D816V",
            "HTTP status 429",
        ),
        (json!({"statusRate": 1, "status": 400}), "IDH1 R132H", "HTTP status 400"),
        (
            json!({"statusRate": 1, "status": 403}),
            "IDH2 R140Q",
            "HTTP status 403: an HTML page",
        ),
        (json!({"statusRate": 1, "status": 404}), "FLT3 ITD", "HTTP status 404"),
        (json!({"dropRate": 1}), "RET fusion", "broke off"),
        (json!({"truncateRate": 1}), "ROS1 fusion", "broke off"),
        (json!({"garbageRate": 1}), "PTEN loss", "was not understood (no JSON)"),
        (json!({"hangRate": 1}), "ALK fusion", "did not answer within 1.0 s"),
    ] {
        registry.configure(&fault.to_string()).await;
        let told = service.ask(mutation).await;
        let complaint = told.complaint();
        println!("{:>5} ms  {fault}: {complaint}", told.took.as_millis());
        assert!(complaint.contains(words), "{words:?} is not in {complaint:?}");
        registry.reset().await;
        answered(&service.ask(mutation).await);
    }
    service.end().await;
}

#[tokio::test]
async fn a_registry_that_keeps_failing_is_left_alone_and_found_again() {
    let registry = WatchedRegistry::start().await;
    registry.show(answer("503 Service Unavailable", "", b"out of order"));
    let service = Service::start(&[("REGISTRY", registry.base_url()), ("QUESTION_TIMEOUT", "3")]).await;
    for gene in ["EGFR", "KRAS", "BRAF", "ALK", "RET", "MET", "ERBB2", "ROS1"] {
        let asker = service.asker();
        let complaint = asker.ask(&format!("{gene} mutation")).await;
        complaint.complaint();
        if service.count("request_failures").await >= 5 {
            break;
        }
    }
    let breaker = service.call("get_circuit_breaker_status", json!({})).await;
    assert!(breaker.answer()["opened"].as_u64() >= Some(1), "{}", breaker.text);
    let asked = registry.asked().len();
    let health = service.call("get_health_status", json!({})).await;
    assert_ne!(health.answer()["status"], json!("healthy"), "{}", health.text);
    registry.recover();
    answered(&service.ask(MUTATION).await);
    let breaker = service.call("get_circuit_breaker_status", json!({})).await;
    assert_eq!(breaker.answer()["state"], json!("closed"), "{}", breaker.text);
    assert!(registry.asked().len() <= asked + 2, "one probe, then the question");
    service.end().await;
}

#[tokio::test]
async fn an_older_answer_is_served_at_once_with_its_age_and_the_fault_and_renewed_in_time() {
    let registry = WatchedRegistry::start().await;
    let service = Service::start(&[
        ("REGISTRY", registry.base_url()),
        ("CACHE_TTL", "1"),
        ("HTTP_READ_TIMEOUT", "0.3"),
    ])
    .await;
    let fresh = service.ask(MUTATION).await;
    answered(&fresh);
    registry.show(answer("503 Service Unavailable", "", b"out of order"));
    // Age is the one thing that can only be had by waiting.
    tokio::time::sleep(Duration::from_secs(1)).await;

    let older = service.ask(MUTATION).await;
    let provenance = &older.answer()["provenance"];
    assert_eq!(provenance["stale"], json!(true));
    assert!(provenance["age_s"].as_u64() >= Some(1), "{provenance}");
    assert!(older.took < Duration::from_secs(1), "{:?}", older.took);
    assert_eq!(older.answer()["trials"], fresh.answer()["trials"]);

    let failed = until(&service, |told| {
        let reason = told.answer()["provenance"]["reason"].to_string();
        reason.contains("renewing it failed") && reason.contains("HTTP status 503: out of order")
    })
    .await;
    assert_eq!(failed.answer()["trials"], fresh.answer()["trials"]);
    assert!(
        failed.text.contains("HTTP status 503"),
        "people are told too: {}",
        failed.text
    );

    registry.recover();
    until(&service, |told| told.answer()["provenance"]["stale"] == json!(false)).await;
    service.end().await;
}

/// Asks until the answer is as expected; fails after the longest that a renewal may be put off.
async fn until(service: &Service, is_as_expected: impl Fn(&Told) -> bool) -> Told {
    let asking = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        loop {
            ticks.tick().await;
            let told = service.ask(MUTATION).await;
            if is_as_expected(&told) {
                return told;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asking)
        .await
        .expect("the answer never was as expected")
}
