//! What is refused, before the registry is asked anything: in one line that says what is allowed.

use crate::support::service::Service;
use crate::support::watched_registry::WatchedRegistry;
use serde_json::{Value, json};

#[tokio::test]
async fn what_passes_a_bound_is_refused_in_one_line_that_names_it() {
    let registry = WatchedRegistry::start().await;
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let one = "summarize_trials_async";
    let several = "summarize_multiple_trials_async";
    let with = |name: &str, value: Value| json!({"mutation": "EGFR L858R", name: value});
    for (tool, arguments, words) in [
        (one, json!({}), "mutation is missing"),
        (
            one,
            json!({"mutation": "x".repeat(1 << 20)}),
            "mutation can't be 1048576 bytes long: allowed are at most 200",
        ),
        (one, with("limit", json!(0)), "1 to 50"),
        (one, with("limit", json!(51)), "1 to 50"),
        (
            one,
            with("limit", json!(1.5)),
            "limit can't be 1.5: allowed is a whole number",
        ),
        (one, with("offset", json!(-1)), "0 to 100000"),
        (one, with("offset", json!(100_001)), "0 to 100000"),
        (one, with("age", json!("old")), "age"),
        (one, with("age", json!(131)), "130"),
        (one, with("sex", json!("cat")), "female, male"),
        (one, with("phase", json!("9")), "phase"),
        (one, with("status", json!("open-ish")), "status"),
        (one, with("stances", json!("for")), "targets, allows, silent"),
        (one, with("detail", json!("much")), "brief, standard"),
        (one, with("country", json!("Atlantis")), "country"),
        (one, with("condition", json!("x".repeat(201))), "200"),
        (one, with("near", json!({"lat": 91, "lon": 0})), "90"),
        (one, with("near", json!({"lat": 0, "lon": 181})), "180"),
        (
            one,
            with("near", json!({"lat": 0, "lon": 0, "radius_km": 0})),
            "a radius above 0 and up to",
        ),
        (one, with("near", json!("Munich")), "near can't be"),
        (
            one,
            with("max_results", json!(5)),
            "there is no parameter max_results: allowed are mutation, condition",
        ),
        (several, json!({"mutations": []}), "allowed is 1 to 50"),
        (several, json!({"mutations": vec!["EGFR"; 51]}), "allowed is 1 to 50"),
        (several, json!({"mutations": [7]}), "mutations can't be 7"),
        (
            "get_health_status",
            json!({"verbose": true}),
            "there is no parameter verbose",
        ),
        ("invalidate_cache", json!({}), "pattern is missing"),
        ("invalidate_cache", json!({"pattern": "x".repeat(201)}), "at most 200"),
        ("warm_cache", json!({"mutations": "EGRF L858R"}), "EGFR"),
    ] {
        let told = service.call(tool, arguments.clone()).await;
        let complaint = told.complaint();
        assert!(complaint.contains(words), "{words:?} is not in {complaint:?}");
        assert!(complaint.len() < 600, "{complaint}");
    }
    assert_eq!(
        registry.asked(),
        Vec::<String>::new(),
        "what is refused is refused before anything is asked"
    );
    service.end().await;
}

#[tokio::test]
async fn a_mutation_that_cannot_be_read_is_refused_with_the_nearest_gene_or_the_form_expected() {
    let registry = WatchedRegistry::start().await;
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    for (mutation, words) in [
        ("EGRF L858R", "EGFR"),
        ("KRASS G12C", "KRAS"),
        ("lung cancer", "is a disease: give the alteration"),
        ("EGFR exon 19 deletion T790M", "one"),
        ("L858R", "gene"),
        ("EGFR L858R and T790M", "one"),
        ("EGFR\" OR AREA[NCTId]NCT99000001", "EGFR"),
    ] {
        let told = service.ask(mutation).await;
        let complaint = told.complaint();
        println!("{mutation}: {complaint}");
        assert!(complaint.contains(words), "{words:?} is not in {complaint:?}");
    }
    assert_eq!(registry.asked(), Vec::<String>::new());
    service.end().await;
}
