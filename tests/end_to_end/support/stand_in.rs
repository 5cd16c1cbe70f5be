//! The stand-in registry with real records, where it and node lie beside the workspace. It is no part of the project:
//! without it the tests that need it say in one line that they were left out.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

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
        Self::start_with(&folder().unwrap_or_default().join("studies.json.gz"))
    }

    /// Starts it with the records of the sample registry, which are few.
    pub(crate) fn start_with_sample() -> Option<Self> {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/registry/sample/studies");
        let studies: Vec<serde_json::Value> = std::fs::read_dir(samples)
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
            .flat_map(|file| serde_json::from_slice::<Vec<serde_json::Value>>(&std::fs::read(file).unwrap()).unwrap())
            .collect();
        static NTH: AtomicUsize = AtomicUsize::new(0);
        let nth = NTH.fetch_add(1, Ordering::Relaxed);
        let name = format!("clinical-trials-sample-{nth}-{}.json", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, serde_json::to_vec(&studies).unwrap()).unwrap();
        let started = Self::start_with(&file);
        // It has read them when it says where it listens.
        let _ = std::fs::remove_file(&file);
        started
    }

    fn start_with(studies: &Path) -> Option<Self> {
        let Some(folder) = folder() else {
            left_out("there is no stand-in registry beside the workspace");
            return None;
        };
        let started = Command::new("node")
            .arg(folder.join("registry.mjs"))
            .args(["--port", "0", "--studies"])
            .arg(studies)
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

    /// The targets of its last thousand requests, and when each came, in milliseconds.
    pub(crate) async fn log(&self) -> Vec<(String, u64)> {
        let stats = self.stats().await;
        let entry =
            |entry: &serde_json::Value| (entry["url"].as_str().unwrap().to_owned(), entry["t"].as_u64().unwrap());
        stats["log"].as_array().unwrap().iter().map(entry).collect()
    }

    /// One record as it has it now.
    pub(crate) async fn record(&self, number: &str) -> serde_json::Value {
        let answer = http()
            .get(format!("{}/studies/{number}", self.base))
            .send()
            .await
            .unwrap();
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
