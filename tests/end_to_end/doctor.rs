//! `doctor`, by the real binary: what it finds, what it tells, and what scripts see of it.

use crate::support::program::{Ended, run};
use std::net::TcpListener;
use std::time::Duration;

const SAMPLE: (&str, &str) = ("REGISTRY", "sample");

async fn doctor(variables: &[(&str, &str)]) -> Ended {
    let ended = run(&["doctor"], variables).await;
    assert!(ended.took < Duration::from_secs(25), "{ended:?}");
    for line in ended.stdout.lines() {
        let known = ["ok   ", "warn ", "FAIL "]
            .iter()
            .any(|verdict| line.starts_with(verdict));
        assert!(known, "{line}");
        assert_eq!(line.starts_with("ok "), !line.contains("To mend it: "), "{line}");
    }
    ended
}

/// The line that says this of that.
fn line<'a>(ended: &'a Ended, verdict: &str, about: &str) -> &'a str {
    let begin = format!("{verdict:<5} {about}");
    let found = ended.stdout.lines().find(|line| line.starts_with(&begin));
    found.unwrap_or_else(|| panic!("no {begin:?} in {ended:?}"))
}

/// Where nobody listens.
fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A folder of its own that doesn't exist yet.
fn folder() -> String {
    let name = format!("doctor-{}-{}", std::process::id(), dead_port());
    std::env::temp_dir().join(name).to_str().unwrap().to_owned()
}

#[tokio::test]
async fn where_all_is_well_every_line_says_so() {
    let folder = folder();
    let well = doctor(&[SAMPLE, ("CACHE_DIR", &folder), ("CACHE_DISK_MAX", "16")]).await;
    assert_eq!(well.code, Some(0), "{well:?}");
    line(&well, "ok", "configuration");
    line(&well, "ok", "embedded");
    assert!(line(&well, "ok", "registry").contains("has version"));
    line(&well, "ok", "exporter");
    assert!(!well.stdout.contains("FAIL"), "{well:?}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_dead_registry_fails_and_says_where_to_look() {
    let base = format!("http://127.0.0.1:{}/api/v2", dead_port());
    let ill = doctor(&[("REGISTRY", &base)]).await;
    assert_eq!(ill.code, Some(1), "{ill:?}");
    assert!(line(&ill, "FAIL", "registry").contains("REGISTRY"), "{ill:?}");
}

#[tokio::test]
async fn what_the_server_works_without_is_a_warning_with_its_remedy_and_without_its_secrets() {
    let redis = format!("redis://someone:hunter2@127.0.0.1:{}", dead_port());
    let collector = format!("http://127.0.0.1:{}", dead_port());
    let ill = doctor(&[
        SAMPLE,
        ("CACHE_DIR", "/dev/null/cache"),
        ("REDIS_URL", &redis),
        ("REDIS_TIMEOUT", "1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=hunter2"),
    ])
    .await;
    assert_eq!(ill.code, Some(0), "{ill:?}");
    assert!(line(&ill, "warn", "embedded").contains("CACHE_DIR"), "{ill:?}");
    assert!(line(&ill, "warn", "redis").contains("REDIS_URL leads to it"), "{ill:?}");
    assert!(
        line(&ill, "warn", "exporter").contains("OTEL_EXPORTER_OTLP_ENDPOINT"),
        "{ill:?}"
    );
    for said in [&ill.stdout, &ill.stderr] {
        assert!(!said.contains("hunter2") && !said.contains("someone"), "{said}");
    }
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_refused_as_everywhere() {
    let refused = run(&["doctor"], &[SAMPLE, ("QUESTION_TIMEOUT", "soon")]).await;
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("QUESTION_TIMEOUT"), "{refused:?}");
}
