//! The conversation with an MCP client: what is offered, what is answered and in which shape, what is refused and in
//! which words, progress, cancellation.

use crate::support::fault_server::Step;
use crate::support::service::{Service, Told};
use crate::support::watched_registry::WatchedRegistry;
use clinical_trials_mcp::registry::sample;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const CLINICAL: [&str; 4] = [
    "summarize_trials_async",
    "summarize_multiple_trials_async",
    "get_trial",
    "explain_mutation",
];
const OPERATIONAL: [&str; 8] = [
    "get_health_status",
    "get_metrics_json",
    "get_metrics_prometheus",
    "get_circuit_breaker_status",
    "get_cache_analytics",
    "get_cache_report",
    "warm_cache",
    "invalidate_cache",
];
const FILTERS: [&str; 11] = [
    "condition",
    "status",
    "phase",
    "country",
    "near",
    "age",
    "sex",
    "limit",
    "offset",
    "detail",
    "stances",
];
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
async fn the_server_introduces_itself_and_says_what_it_is_for() {
    let service = Service::start(&[SAMPLE]).await;
    let server = service.peer_info().unwrap().clone();
    let about = server.server_info.as_ref().unwrap();
    assert_eq!(about.name, "clinical-trials-mcp");
    assert_eq!(about.version, env!("CARGO_PKG_VERSION"));
    let instructions = server.instructions.clone().unwrap();
    assert!(
        instructions.contains("it never means that there are no trials"),
        "{instructions}"
    );
    assert!(server.capabilities.tools.is_some());
    service.end().await;
}

#[tokio::test]
async fn twelve_tools_are_offered_each_with_all_that_a_client_shows() {
    let service = Service::start(&[SAMPLE]).await;
    let tools = service.list_all_tools().await.unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(names, [&CLINICAL[..], &OPERATIONAL[..]].concat());
    for tool in &tools {
        let name = &tool.name;
        assert!(tool.title.as_ref().is_some_and(|title| title.len() > 5), "{name}");
        assert!(tool.description.as_ref().is_some_and(|text| text.len() > 80), "{name}");
        assert_eq!(tool.input_schema["type"], "object", "{name}");
        assert_eq!(tool.input_schema["additionalProperties"], json!(false), "{name}");
        let output = tool.output_schema.as_ref().unwrap();
        assert_eq!(output["type"], "object", "{name}");
        // Where two tools give the same, one has the schema and the other names it.
        let says_where = |words: &str| names.iter().any(|other| other != name && words.contains(other));
        let refers = output
            .get("description")
            .and_then(Value::as_str)
            .is_some_and(says_where);
        assert!(output.contains_key("properties") || refers, "{name}");
        let annotations = tool.annotations.as_ref().unwrap();
        let reads = !matches!(name.as_ref(), "warm_cache" | "invalidate_cache");
        // How a mutation is read is asked of nobody.
        let reaches_out = (CLINICAL.contains(&name.as_ref()) && name != "explain_mutation") || name == "warm_cache";
        assert_eq!(annotations.read_only_hint, Some(reads), "{name}");
        assert_eq!(annotations.destructive_hint, Some(name == "invalidate_cache"), "{name}");
        assert_eq!(annotations.open_world_hint, Some(reaches_out), "{name}");
    }
    service.end().await;
}

#[tokio::test]
async fn every_filter_is_in_the_schemas_of_both_clinical_tools_with_its_bounds() {
    let service = Service::start(&[SAMPLE]).await;
    let tools = service.list_all_tools().await.unwrap();
    for (tool, first) in tools.iter().zip(["mutation", "mutations"]) {
        let properties = tool.input_schema["properties"].as_object().unwrap();
        let mut expected = [&FILTERS[..], &[first]].concat();
        expected.sort_unstable();
        assert_eq!(properties.keys().collect::<Vec<_>>(), expected);
        assert_eq!(tool.input_schema["required"], json!([first]));
        for (name, property) in properties {
            assert!(
                property["description"].as_str().is_some_and(|text| text.len() > 10),
                "{name}"
            );
        }
        let limit = &properties["limit"];
        assert_eq!(
            (&limit["minimum"], &limit["maximum"], &limit["default"]),
            (&json!(1), &json!(50), &json!(10))
        );
        let near = &properties["near"]["properties"];
        assert_eq!(
            (&near["lat"]["minimum"], &near["lat"]["maximum"]),
            (&json!(-90), &json!(90))
        );
        assert_eq!(near["radius_km"]["default"], json!(100.0));
        assert_eq!(properties["stances"]["default"], json!(["targets", "allows"]));
    }
    let many = &tools[1].input_schema["properties"]["mutations"]["anyOf"];
    assert_eq!(many[0]["maxItems"], json!(50));
    service.end().await;
}

#[tokio::test]
async fn a_client_with_many_servers_is_offered_the_clinical_tools_alone() {
    let service = Service::start(&[SAMPLE, ("TOOLS", "clinical")]).await;
    let tools = service.list_all_tools().await.unwrap();
    assert_eq!(
        tools.iter().map(|tool| tool.name.as_ref()).collect::<Vec<_>>(),
        CLINICAL
    );
    let hidden = service
        .call_tool(rmcp::model::CallToolRequestParams::new("warm_cache"))
        .await;
    let error = hidden.unwrap_err().to_string();
    assert!(
        error.contains("there is no tool warm_cache; there are summarize_trials_async"),
        "{error}"
    );
    assert!(!service.ask("EGFR L858R").await.is_error);
    service.end().await;
}

#[tokio::test]
async fn every_tool_answers() {
    let service = Service::start(&[SAMPLE]).await;
    service.ask("EGFR L858R").await.answer();
    let batch = json!({"mutations": "EGFR L858R, MSI-H"});
    service.call("summarize_multiple_trials_async", batch).await.answer();

    let health = service.call("get_health_status", json!({})).await;
    assert_eq!(health.answer()["status"], "healthy");
    for component in ["metrics", "breaker", "fetchers", "cache", "front", "registry"] {
        assert_eq!(
            health.answer()["components"][component]["state"],
            "healthy",
            "{component}"
        );
    }
    let metrics = service.call("get_metrics_json", json!({})).await;
    assert_eq!(
        metrics.answer()["metrics"]["questions_total"]["samples"],
        json!([{"value": 3.0}])
    );
    assert!(
        metrics.answer()["alerts"].as_array().unwrap().len() == 7,
        "{}",
        metrics.text
    );
    let prometheus = service.call("get_metrics_prometheus", json!({})).await;
    assert!(
        prometheus.text.contains("\nclinical_trials_questions_total 3\n")
            && prometheus.text.contains(
                "\nclinical_trials_tool_calls_total{outcome=\"answered\",tool=\"summarize_trials_async\"} 1\n"
            ),
        "{}",
        prometheus.text
    );
    let breaker = service.call("get_circuit_breaker_status", json!({})).await;
    assert_eq!(breaker.answer()["state"], "closed");
    let analytics = service.call("get_cache_analytics", json!({})).await;
    assert_eq!(analytics.answer()["mutations"], json!(2));
    for told in [&health, &metrics, &breaker, &analytics] {
        assert_eq!(
            serde_json::from_str::<Value>(&told.text).unwrap(),
            told.structured,
            "the text is the JSON alone"
        );
    }
    let report = service.call("get_cache_report", json!({})).await;
    assert!(
        report.text.starts_with("# Cache report\n") && report.text.contains("gene:EGFR"),
        "{}",
        report.text
    );

    let warm = service
        .call("warm_cache", json!({"mutations": ["KRAS G12C", "EGFR L858R"]}))
        .await;
    assert_eq!(warm.answer()["warmed"], json!(["KRAS G12C"]));
    assert_eq!(warm.answer()["skipped"], json!(["EGFR L858R"]));
    let dropped = service
        .call("invalidate_cache", json!({"pattern": "mutation:EGFR*"}))
        .await;
    assert!(dropped.answer()["invalidated"].as_u64() >= Some(1), "{}", dropped.text);
    let anew = service.ask("EGFR L858R").await;
    assert_eq!(
        anew.answer()["provenance"]["source"],
        "registry",
        "what was dropped is fetched anew"
    );
    service.end().await;
}

/// The records of a registry, fetched one by one: what a quote is held against.
struct Records {
    base: String,
    known: BTreeMap<String, Value>,
}

impl Records {
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

#[tokio::test]
async fn answers_have_every_field_add_up_and_quote_the_record_byte_for_byte() {
    let registry = sample::Server::start().await.unwrap();
    let mut records = Records {
        base: registry.base_url().to_owned(),
        known: BTreeMap::new(),
    };
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

#[tokio::test]
async fn a_batch_with_bad_mutations_answers_the_others_in_the_order_asked() {
    let registry = sample::Server::start().await.unwrap();
    let mut records = Records {
        base: registry.base_url().to_owned(),
        known: BTreeMap::new(),
    };
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

#[tokio::test]
async fn a_batch_tells_how_far_it_is() {
    let service = Service::start(&[SAMPLE]).await;
    let batch = json!({"mutations": ["EGFR L858R", "KRAS G12C", "bad one", "MSI-H"]});
    let told = service.call("summarize_multiple_trials_async", batch).await;
    told.answer();
    let expected: Vec<_> = (1..=4u8).map(|done| (f64::from(done), Some(4.0))).collect();
    assert_eq!(service.progress(), expected);
    service.end().await;
}

#[tokio::test]
async fn a_cancelled_call_lets_go_of_what_it_asked_and_the_others_go_on() {
    let registry = WatchedRegistry::start().await;
    registry.show(vec![Step::Hang]);
    let service = Service::start(&[("REGISTRY", registry.base_url()), ("HTTP_READ_TIMEOUT", "1")]).await;
    let question = json!({"mutation": "EGFR L858R"});
    let batch = json!({"mutations": ["KRAS G12C", "MSI-H"]});
    let asker = service.asker();
    let given_up = asker.begin("summarize_trials_async", question.clone()).await;
    let given_up_too = asker.begin("summarize_multiple_trials_async", batch).await;
    let patient = asker.begin("summarize_trials_async", question).await;
    registry.until_asked(3).await;
    while service.count("in_flight").await < 4 {
        tokio::task::yield_now().await;
    }

    given_up.cancel(None).await.unwrap();
    given_up_too.cancel(None).await.unwrap();
    let all_gone = async {
        while service.count("cancelled").await < 3 || service.count("in_flight").await > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), all_gone)
        .await
        .expect("the actors hear of a cancellation at once");
    assert_eq!(service.count("refused").await, 0);

    registry.recover();
    let told = Told::of(patient).await;
    assert!(told.answer()["total"].as_u64() > Some(0));
    service.end().await;
}
