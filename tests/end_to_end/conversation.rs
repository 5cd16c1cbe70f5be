//! The conversation with an MCP client: what is offered, that every tool answers, progress, cancellation.

use crate::support::fault_server::Step;
use crate::support::service::{Service, Told};
use crate::support::watched_registry::WatchedRegistry;
use serde_json::{Value, json};
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
