//! A report, and what its JSON says of it.

use super::*;
use actors::report::{BreakerReport, CacheReport, Counts as ReportCounts, SetReport};
use serde_json::json;

/// A report of a server with a sick registry.
pub(crate) fn report() -> Report {
    Report {
        uptime: Duration::from_secs(90),
        components: vec![
            report::Component {
                name: "cache",
                state: State::Healthy,
                cause: None,
                since: Duration::from_secs(90),
                remedy: None,
                restarts: 0,
            },
            report::Component {
                name: "warmer",
                state: State::Healthy,
                cause: None,
                since: Duration::from_secs(90),
                remedy: None,
                restarts: 0,
            },
            report::Component {
                name: "registry",
                state: State::Degraded,
                cause: Some("5 failures in a row".to_owned()),
                since: Duration::from_secs(4),
                remedy: Some("wait".to_owned()),
                restarts: 0,
            },
        ],
        warmer: report::WarmerReport {
            state: WarmerState::Working,
            left: 7,
            ..report::WarmerReport::default()
        },
        breaker: BreakerReport {
            state: BreakerState::Open,
            cause: Some("HTTP status 503".to_owned()),
            retry_in: Some(Duration::from_millis(2540)),
            failures_in_a_row: 5,
            failures_max: 5,
            opened: 1,
        },
        cache: CacheReport {
            bytes: 3 << 20,
            bytes_max: 64 << 20,
            sets: 1,
            records: 0,
            studies: 200,
            mutations: 1,
            flights: 0,
            largest: vec![SetReport {
                key: "gene:EGFR".to_owned(),
                studies: 200,
                bytes: 3 << 20,
                age: Duration::from_secs(61),
            }],
            top: vec![("EGFR L858R".to_owned(), 9)],
            windows: vec![report::Window {
                length: Duration::from_secs(60),
                questions: 10,
                hits: 9,
                errors: 0,
                answered_within: Some(Duration::from_millis(5)),
            }],
        },
        stores: vec![report::StoreReport {
            name: "embedded",
            is_in_use: true,
            state: State::Healthy,
            cause: None,
            remedy: None,
            since: Duration::from_secs(90),
            times_given_up: 0,
            entries: 12,
            bytes: 7 << 20,
            bytes_max: Some(512 << 20),
            evictions: 2,
        }],
        version: report::VersionReport {
            version: Some("2026-11-20T09:00:05".to_owned()),
            checked: Some(Duration::from_secs(40)),
            failed: None,
            failed_for: None,
        },
        budget: report::BudgetReport {
            per_minute: Some(50),
            tokens: Some(12.5),
        },
        alerts: vec![report::AlertReport {
            name: "breaker_open",
            firing_for: Some(Duration::from_secs(34)),
            figure: Some(34.0),
            unit: "s",
            fires_at: 30.0,
            clears_at: 1.0,
            told: "34 s for which the registry has been left alone".to_owned(),
            remedy: "check the network",
            times_fired: 1,
        }],
        counts: ReportCounts {
            questions: 10,
            hits: 9,
            misses: 1,
            answer_micros: 20_000,
            ..ReportCounts::default()
        },
    }
}

#[test]
fn the_whole_is_as_sick_as_its_worst_component() {
    let report = report();
    assert_eq!(
        serde_json::to_value(health(&report)).expect("JSON"),
        json!({"status": "degraded", "uptime_s": 90, "components": {
            "cache": {"state": "healthy", "cause": null, "since_s": 90, "remedy": null, "restarts": 0},
            "warmer": {"state": "working", "cause": null, "since_s": 90, "remedy": null, "restarts": 0, "left": 7},
            "registry": {"state": "degraded", "cause": "5 failures in a row", "since_s": 4, "remedy": "wait", "restarts": 0},
        }, "alerts": [{"name": "breaker_open", "firing": true, "since_s": 34, "figure": 34.0, "fires_at": 30.0, "clears_at": 1.0,
            "told": "34 s for which the registry has been left alone", "remedy": "check the network"}]})
    );
}

#[test]
fn the_breaker_says_when_it_tries_again() {
    let report = report();
    let told = serde_json::to_value(breaker(&report.breaker)).expect("JSON");
    assert_eq!((&told["state"], &told["retry_in_s"]), (&json!("open"), &json!(2.5)));
}

#[test]
fn ratios_of_nothing_are_null() {
    let mut report = report();
    assert_eq!(analytics(&report).hit_ratio, Some(0.9));
    report.counts = ReportCounts::default();
    assert_eq!(analytics(&report).hit_ratio, None);
}
