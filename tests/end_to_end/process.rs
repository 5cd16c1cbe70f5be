//! The program as a process: what it does with what comes in, how it ends, and what a terminal sees.

use crate::support::fault_server::Step;
use crate::support::otlp_receiver::{Mode, OtlpReceiver};
use crate::support::program::{Ended, Program, run};
use crate::support::watched_registry::WatchedRegistry;
use clinical_trials_mcp::config::{Kind, SETTINGS};
use serde_json::{Value, json};
use std::time::Duration;

const SAMPLE: &[(&str, &str)] = &[("REGISTRY", "sample")];
/// From the word to the exit.
const EXIT_WITHIN: Duration = Duration::from_secs(1);

#[tokio::test]
async fn the_server_goes_on_after_whatever_comes_in() {
    let mut program = Program::greeted(&[], SAMPLE).await;
    let mega = "x".repeat(1 << 20);
    let long_argument = json!({"jsonrpc": "2.0", "id": "long", "method": "tools/call",
        "params": {"name": "summarize_trials_async", "arguments": {"mutation": mega}}});
    for (line, answered) in [
        ("garbage".to_owned(), false),
        ("\u{0}\u{1}\u{2}".to_owned(), false),
        (String::new(), false),
        ("{\"jsonrpc\": \"2.0\", \"id\": 7, \"meth".to_owned(), false),
        (mega.clone(), false),
        (format!("{{\"jsonrpc\": \"2.0\", \"id\": \"{mega}\"}}"), false),
        ("[]".to_owned(), false),
        ("7".to_owned(), false),
        (
            r#"{"jsonrpc": "2.0", "id": 8, "method": "no/such/method"}"#.to_owned(),
            true,
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {"name": "no_such_tool"}}"#.to_owned(),
            true,
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 10, "method": "tools/call", "params": {"name": 5}}"#.to_owned(),
            true,
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 11, "method": "tools/call", "params": []}"#.to_owned(),
            true,
        ),
        (long_argument.to_string(), true),
    ] {
        program.write(line.as_bytes()).await;
        program.write(b"\n").await;
        let told = program.call("get_health_status", json!({})).await;
        assert_eq!(told["structuredContent"]["status"], "healthy", "after {:.40}", line);
        let aside = std::mem::take(&mut program.aside);
        if !answered {
            // The SDK may tell of a line it could not read, and must not answer what was not asked.
            assert!(
                aside.iter().all(|message| message["result"].is_null()),
                "after {line:.40}: {aside:?}"
            );
            continue;
        }
        // Answers come as they are ready: one may come after the next.
        let message = match aside.into_iter().next() {
            Some(message) => message,
            None => program.message().await.unwrap(),
        };
        let result = &message["result"];
        assert!(
            message["error"]["code"].is_i64() || result["isError"] == json!(true),
            "after {line:.40}: {message}"
        );
        if message["id"] == "long" {
            let text = result["content"][0]["text"].as_str().unwrap();
            assert_eq!(text, "mutation can't be 1048576 bytes long: allowed are at most 200");
        }
    }
    let told = program
        .call("summarize_trials_async", json!({"mutation": "EGFR L858R"}))
        .await;
    assert!(told["structuredContent"]["total"].as_u64() > Some(0), "{told}");
    program.hang_up();
    good_end(&program.end().await);
}

#[tokio::test]
async fn a_message_in_halves_is_one_message() {
    let mut program = Program::greeted(&[], SAMPLE).await;
    let line = json!({"jsonrpc": "2.0", "id": "halves", "method": "ping"}).to_string();
    let (first, second) = line.split_at(20);
    program.write(first.as_bytes()).await;
    program.write(second.as_bytes()).await;
    program.write(b"\r\n").await;
    let answer = program.message().await.unwrap();
    assert_eq!((&answer["id"], &answer["result"]), (&json!("halves"), &json!({})));
    // A half that never becomes a whole does not keep the server from its end.
    program.write(first.as_bytes()).await;
    program.hang_up();
    good_end(&program.end().await);
}

fn good_end(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.took < EXIT_WITHIN, "{:?}", ended.took);
}

/// How the end is brought about.
const ENDS: [&str; 3] = ["hang up", "TERM", "INT"];

async fn told_to_end(mut program: Program, how: &str) -> Ended {
    if how == "hang up" {
        program.hang_up();
    } else {
        program.signal(how);
    }
    let ended = program.end().await;
    println!("{how}: exit {:?} after {} ms", ended.code, ended.took.as_millis());
    good_end(&ended);
    ended
}

#[tokio::test]
async fn it_ends_at_once_when_nothing_is_under_way() {
    for how in ENDS {
        let ended = told_to_end(Program::greeted(&[], SAMPLE).await, how).await;
        assert!(ended.took < Duration::from_millis(700), "{:?}", ended.took);
        // Before the first message too.
        told_to_end(Program::start(&["serve"], SAMPLE), "hang up").await;
    }
}

#[tokio::test]
async fn it_ends_within_a_second_with_a_hanging_registry_and_a_hanging_collector_and_says_why_calls_failed() {
    let registry = WatchedRegistry::start().await;
    registry.show(vec![Step::Hang]);
    for (nth, how) in ENDS.into_iter().enumerate() {
        let collector = OtlpReceiver::start(Mode::Hanging).await;
        let mut program = Program::greeted(
            &[],
            &[
                ("REGISTRY", registry.base_url()),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()),
            ],
        )
        .await;
        // A span is on its way to the collector, and a question on its way to the registry.
        program.call("get_health_status", json!({})).await;
        let question = json!({"name": "summarize_trials_async", "arguments": {"mutation": "EGFR L858R"}});
        let id = program.send("tools/call", question).await;
        registry.until_asked(nth + 1).await;
        let ended = told_to_end(program, how).await;
        let refused = ended
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let refused: Vec<Value> = refused.filter(|message| message["id"] == json!(id)).collect();
        let [refused] = &refused[..] else {
            panic!("{how}: the call under way was not answered: {:?}", ended.stdout)
        };
        assert_eq!(refused["result"]["isError"], json!(true), "{refused}");
        let text = refused["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("the server is stopping"), "{text}");
    }
}

#[tokio::test]
async fn no_call_fails_for_a_bad_collector_and_many_calls_are_as_good_as_one() {
    let nobody = OtlpReceiver::nobody().await.export.unwrap().endpoint;
    let nobody = nobody.trim_end_matches("/v1/traces").to_owned();
    let refusing = OtlpReceiver::start(Mode::Refusing).await;
    for collector in [nobody.as_str(), refusing.endpoint()] {
        let mut program = Program::greeted(&[], &[SAMPLE[0], ("OTEL_EXPORTER_OTLP_ENDPOINT", collector)]).await;
        const CALLS: usize = 200;
        let question = json!({"name": "summarize_trials_async", "arguments": {"mutation": "EGFR L858R"}});
        let mut open = std::collections::BTreeSet::new();
        for _ in 0..CALLS {
            open.insert(program.send("tools/call", question.clone()).await);
        }
        while !open.is_empty() {
            let answer = program.message().await.unwrap();
            assert_eq!(answer["result"]["isError"], json!(false), "{answer:.500}");
            assert!(
                open.remove(&answer["id"].as_u64().unwrap()),
                "answered twice: {}",
                answer["id"]
            );
        }
        told_to_end(program, "hang up").await;
    }
}

#[tokio::test]
async fn what_is_home_in_time_is_answered_before_the_end() {
    let registry = WatchedRegistry::start().await;
    registry.wait(Duration::from_millis(200));
    let mut program = Program::greeted(&[], &[("REGISTRY", registry.base_url())]).await;
    let question = json!({"name": "summarize_trials_async", "arguments": {"mutation": "KRAS G12C"}});
    let id = program.send("tools/call", question).await;
    registry.until_asked(1).await;
    let ended = told_to_end(program, "TERM").await;
    let answer = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answer = answer
        .into_iter()
        .find(|message| message["id"] == json!(id))
        .expect("an answer");
    assert!(
        answer["result"]["structuredContent"]["total"].as_u64() > Some(0),
        "{answer}"
    );
}

#[tokio::test]
async fn find_prints_for_people_and_ends_with_0() {
    let found = run(&["find", "EGFR L858R", "--registry", "sample"], &[]).await;
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    assert_eq!(found.stderr, "");
    assert!(
        found.stdout.contains("EGFR L858R") && found.stdout.contains("NCT990000"),
        "{}",
        found.stdout
    );
    assert!(!found.stdout.contains('\u{1b}'), "colour is for terminals");
    // Flag beats variable.
    let found = run(
        &["find", "MSI-H", "--registry", "sample"],
        &[("REGISTRY", "http://127.0.0.1:1/api/v2")],
    )
    .await;
    assert_eq!(found.code, Some(0), "{}", found.stderr);
}

/// What someone reads first must be what they then see.
#[tokio::test]
async fn the_readme_shows_what_the_program_prints() {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("```sh\ncargo run --release -- ").unwrap();
    let (command, after) = after.split_once("\n```\n```text\n").unwrap();
    let (shown, _) = after.split_once("\n```\n").unwrap();
    // Words in quotation marks stand at the odd places.
    let arguments: Vec<&str> = command
        .split('"')
        .enumerate()
        .flat_map(|(place, words)| match place % 2 {
            0 => words.split_whitespace().collect(),
            _ => vec![words],
        })
        .collect();
    let found = run(&arguments, &[]).await;
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    assert_eq!(found.stdout.trim_end(), shown);
}

#[test]
fn the_readme_tells_the_bounds_and_defaults_that_hold() {
    let readme = include_str!("../../README.md").replace(',', "");
    for setting in SETTINGS {
        let name = format!("`{}`", setting.variable);
        let row = readme.lines().find(|line| {
            line.split('|')
                .nth(1)
                .is_some_and(|cell| cell.trim().starts_with(&name) || cell.contains(&format!(" {name}")))
        });
        let row = row.unwrap_or_else(|| panic!("{name} is not in the README"));
        let allowed = match setting.kind {
            Kind::Seconds { min, max, .. } => format!("| {min} to {max} |"),
            Kind::Whole { min, max, .. } => format!("| {min} to {max} |"),
            _ => continue,
        };
        assert!(row.contains(&allowed), "{name}: {allowed} is not in {row}");
        let default = setting.default.unwrap_or("unset");
        assert!(
            row.contains(&format!("| {default}")),
            "{name}: the default {default} is not in {row}"
        );
    }
}

#[tokio::test]
async fn find_prints_json_by_the_contract_for_one_and_for_several() {
    let one = run(
        &[
            "find",
            "EGFR p.Leu858Arg",
            "--json",
            "--limit",
            "2",
            "--stances",
            "targets",
        ],
        SAMPLE,
    )
    .await;
    let answer: Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(answer["mutation"]["canonical"], "EGFR L858R");
    assert!(
        answer["trials"]
            .as_array()
            .is_some_and(|trials| (1..=2).contains(&trials.len()))
    );

    let several = run(&["find", "EGFR L858R", "EGRF L858R", "MSI-H", "--json"], SAMPLE).await;
    assert_eq!(several.code, Some(2), "{}", several.stderr);
    let batch: Value = serde_json::from_str(&several.stdout).unwrap();
    let inputs: Vec<_> = batch["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| &answer["mutation"]["input"])
        .collect();
    assert_eq!(inputs, ["EGFR L858R", "MSI-H"]);
    assert_eq!(batch["failed"][0]["mutation"], "EGRF L858R");
    assert!(
        several.stderr.contains("EGRF L858R") && several.stderr.contains("EGFR"),
        "{}",
        several.stderr
    );
}

#[tokio::test]
async fn find_ends_with_1_where_a_question_failed_and_with_2_where_the_input_was_refused() {
    let registry = WatchedRegistry::closed().await;
    let failed = run(&["find", "EGFR L858R", "--json"], &[("REGISTRY", registry.base_url())]).await;
    assert_eq!(
        (failed.code, failed.stdout.as_str()),
        (Some(1), ""),
        "{}",
        failed.stderr
    );
    assert!(
        failed.stderr.contains("the registry can't be reached"),
        "{}",
        failed.stderr
    );
    for (arguments, words) in [
        (&["find", "EGRF L858R"][..], "EGFR"),
        (&["find", "EGFR L858R", "--limit", "0"], "1 to 50"),
        (&["find", "EGFR L858R", "--country", "Atlantis"], "Atlantis"),
        (&["find", "EGFR L858R", "--near", "here"], "--near"),
        (&["find", "EGFR L858R", "--colour"], "--colour"),
        (&["find"], "MUTATION"),
        (&["seek"], "seek"),
        (
            &["find", "EGFR L858R", "--question-timeout", "soon"],
            "--question-timeout can't be \"soon\"",
        ),
    ] {
        let refused = run(arguments, SAMPLE).await;
        assert_eq!(
            (refused.code, refused.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}: {}",
            refused.stderr
        );
        assert!(refused.stderr.contains(words), "{arguments:?}: {}", refused.stderr);
    }
}

#[tokio::test]
async fn a_reader_that_has_enough_is_no_failure() {
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_clinical-trials-mcp"))
        .args([
            "find",
            "EGFR L858R",
            "KRAS G12C",
            "MSI-H",
            "--registry",
            "sample",
            "--detail",
            "full",
        ])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[tokio::test]
async fn a_bad_value_of_each_variable_is_refused_in_one_line_that_names_it() {
    for setting in SETTINGS {
        // Nearly any words are a log filter: they name a span.
        let bad = if setting.variable == "RUST_LOG" {
            "info=loud\u{7}"
        } else {
            "no such value \u{7}"
        };
        let ended = run(&["serve"], &[(setting.variable, bad)]).await;
        assert_eq!(ended.stdout, "", "{}", setting.variable);
        assert_eq!(ended.code, Some(2), "{}: {}", setting.variable, ended.stderr);
        let [line] = ended.stderr.lines().collect::<Vec<_>>()[..] else {
            panic!("{}: not one line: {}", setting.variable, ended.stderr)
        };
        assert!(
            line.contains(setting.variable) && line.ends_with(&setting.allowed()),
            "{line}"
        );
        assert!(!line.contains('\u{7}'), "{line}");
    }
}

#[tokio::test]
async fn without_its_redis_it_serves_says_so_and_shows_no_secret() {
    let redis = ("REDIS_URL", "redis://:hunter2@127.0.0.1:1/0");
    let mut program = Program::greeted(&["serve"], &[redis, SAMPLE[0]]).await;
    let told = program
        .request(
            "tools/call",
            json!({"name": "summarize_trials_async", "arguments": {"mutation": "EGFR L858R"}}),
        )
        .await;
    assert_eq!(
        told["result"]["structuredContent"]["provenance"]["source"], "registry",
        "{told}"
    );
    let health = program
        .request("tools/call", json!({"name": "get_health_status", "arguments": {}}))
        .await;
    let redis = &health["result"]["structuredContent"]["components"]["redis"];
    assert_eq!(redis["state"], "degraded", "{health}");
    assert!(
        redis["remedy"]
            .as_str()
            .is_some_and(|remedy| remedy.contains("REDIS_URL")),
        "{redis}"
    );
    program.hang_up();
    let ended = program.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("left alone until it answers again"),
        "{}",
        ended.stderr
    );
    assert!(
        !ended.stderr.contains("hunter2") && !health.to_string().contains("hunter2"),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let printed = run(&["completions", shell], &[]).await;
        assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
        assert!(
            printed.stdout.contains("clinical-trials-mcp") && printed.stdout.contains("find"),
            "{shell}"
        );
    }
    assert_eq!(run(&["completions", "teletype"], &[]).await.code, Some(2));
}

#[tokio::test]
async fn legacy_says_that_it_is_deprecated_and_answers_one_request_at_a_time_from_the_registry() {
    let registry = WatchedRegistry::start().await;
    registry.wait(Duration::from_millis(300));
    let mut program = Program::greeted(&["legacy"], &[("REGISTRY", registry.base_url())]).await;
    let question = json!({"name": "summarize_trials_async", "arguments": {"mutation": "KRAS G12C"}});
    let begun = tokio::time::Instant::now();
    for _ in 0..3 {
        program.send("tools/call", question.clone()).await;
    }
    for _ in 0..3 {
        let answer = program.message().await.unwrap();
        let structured = &answer["result"]["structuredContent"];
        assert_eq!(structured["provenance"]["source"], "registry", "{answer}");
        assert!(structured["total"].as_u64() > Some(0), "{answer}");
    }
    assert!(
        begun.elapsed() >= Duration::from_millis(900),
        "one after the other, not at once"
    );
    assert_eq!(registry.asked().len(), 3, "nothing is kept");
    program.hang_up();
    let ended = program.end().await;
    good_end(&ended);
    assert!(ended.stderr.contains("legacy is deprecated"), "{}", ended.stderr);
}
