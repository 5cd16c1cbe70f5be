//! The stand-in registry with real records, where it and node lie beside the workspace. It is no part of the project:
//! without it the tests that need it say in one line that they were left out.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;

/// A running stand-in; killed when dropped.
#[derive(Debug)]
pub(crate) struct StandIn {
    node: Child,
    base: String,
}

/// The folder with the stand-in, its records and recorded answers, if it is there.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/registry");
    folder.is_dir().then_some(folder)
}

/// Says once why the tests that need real records are left out: past the runner, which shows only what failed.
pub(crate) fn left_out(why: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let _ = writeln!(std::io::stderr(), "left out: what needs real records; {why}");
    });
}

impl StandIn {
    /// Starts it on a free port; none, and one line, where that is not possible.
    pub(crate) fn start() -> Option<Self> {
        let Some(folder) = folder() else {
            left_out("there is no stand-in registry beside the workspace");
            return None;
        };
        let started = Command::new("node")
            .arg(folder.join("registry.mjs"))
            .args(["--port", "0", "--studies"])
            .arg(folder.join("studies.json.gz"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut node) = started else {
            left_out("the stand-in registry needs node");
            return None;
        };
        let mut base = String::new();
        BufReader::new(node.stdout.take()?).read_line(&mut base).unwrap();
        let base = base.trim().to_owned();
        assert!(base.starts_with("http://"), "the stand-in did not start");
        Some(Self { node, base })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base
    }

    /// Sets knobs, as JSON: `{"latency": 150}`.
    pub(crate) async fn configure(&self, knobs: &str) {
        let answer = http()
            .post(self.control("config"))
            .body(knobs.to_owned())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success());
    }

    /// Knobs and counts as at the start.
    pub(crate) async fn reset(&self) {
        http().post(self.control("reset")).send().await.unwrap();
    }

    /// Its counts: `total`, `byPath`, `byStatus`, `unknownFields`, …
    pub(crate) async fn stats(&self) -> serde_json::Value {
        let answer = http().get(self.control("stats")).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    fn control(&self, what: &str) -> String {
        format!("{}/__sim/{what}", self.base.trim_end_matches("/api/v2"))
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
