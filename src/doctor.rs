//! `doctor`: tries one by one what the server stands on, and says what is wrong and how to mend it.
//!
//! A line for each: `ok`, `warn` where the server works without it or with less, `FAIL` where it could not work. Each is
//! tried by the same path as the server takes, within a few seconds, and leaves nothing behind. No secret is ever in a
//! line. What can't be read of the settings is refused before, as everywhere.

mod exporter;
mod room;

use crate::config::Config;
use crate::registry::Client;
use crate::{Outcome, http};
use actors::registry::RegistryError;
use actors::store::{Checked, StoreSettings};
use actors::{PageRequest, Registry as _, Set};
use std::fmt::{self, Display};
use std::io::{self, Write as _};
use std::time::Duration;
use tokio::time::timeout;
use trials::query::Essie;

/// How long one request to the registry may take.
const REGISTRY_PATIENCE: Duration = Duration::from_secs(8);
/// What a tiny page is asked for: every registry of trials has a study of it.
const TINY_PAGE_OF: &str = "cancer";

/// What came of trying one thing.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    verdict: Verdict,
    /// `registry`, `redis`, …
    about: &'static str,
    /// How it is.
    told: String,
    /// What an operator can do; empty where nothing needs doing.
    remedy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// Tries everything and prints a line for each, as it goes.
pub async fn run(config: Config) -> Outcome {
    let mut worst = Outcome::Done;
    let mut say = |finding: Finding| {
        if finding.verdict == Verdict::Fail {
            worst = Outcome::Failed;
        }
        // Where stdout is gone there is nobody to tell; the exit code stays.
        let _ = writeln!(io::stdout(), "{finding}");
    };
    say(Finding::ok("configuration", "every setting can be used"));
    match Client::open(&config.registry, &config.http).await {
        Ok(client) => {
            let mut store = config.actors.store.clone();
            store.registry = client.identity();
            for finding in stores(&store).await {
                say(finding);
            }
            for finding in registry(&client).await {
                say(finding);
            }
        }
        Err(error) => say(Finding::fail(
            "registry",
            error,
            "set REGISTRY to a registry's base URL",
        )),
    }
    say(exporter::tried(config.telemetry.export.as_ref()).await);
    say(open_files());
    worst
}

/// Each store that is set. The server works from memory without them, so none is more than a warning.
async fn stores(settings: &StoreSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Checked { name, outcome } in actors::store::check(settings).await {
        findings.push(match outcome {
            Ok((entries, bytes)) => {
                let told = format!("is written and read; it keeps {entries} entries, {} MiB", bytes >> 20);
                Finding::ok(name, told)
            }
            Err((cause, remedy)) => {
                let told = format!("{cause}; the server works without it, and keeps less");
                Finding::warn(name, told, remedy)
            }
        });
    }
    if let Some(embedded) = &settings.embedded {
        findings.extend(room::finding(embedded));
    } else {
        findings.push(Finding::warn(
            "embedded",
            "there is no folder for it, so what is held goes with the process",
            "set CACHE_DIR to a folder that can be written",
        ));
    }
    findings
}

/// The version, then a tiny page: without pages nothing can be answered that isn't held.
async fn registry(client: &Client) -> Vec<Finding> {
    let version = match timeout(REGISTRY_PATIENCE, client.version()).await {
        Ok(Ok(version)) => Finding::ok("registry", format!("has version {}", version.as_str())),
        missing => Finding::warn(
            "registry",
            format!(
                "its version can't be had: {}; CACHE_TTL then decides what is fresh",
                why_not(missing)
            ),
            "check that <REGISTRY>/version answers with a dataTimestamp",
        ),
    };
    let request = PageRequest {
        expression: Essie::phrase(TINY_PAGE_OF),
        set: Set::Open,
        size: 1,
        token: None,
    };
    let page = match timeout(REGISTRY_PATIENCE, client.page(request)).await {
        Ok(Ok(page)) if page.studies.is_empty() && page.unreadable > 0 => Finding::fail(
            "registry",
            "its records can't be read",
            "check that REGISTRY speaks version 2 of the API of ClinicalTrials.gov",
        ),
        Ok(Ok(page)) if page.studies.is_empty() => Finding::warn(
            "registry",
            format!("answers, and knows no open study of {TINY_PAGE_OF}"),
            "check that REGISTRY is the registry that you mean",
        ),
        Ok(Ok(_)) => Finding::ok("registry", "answers questions"),
        missing => Finding::fail(
            "registry",
            format!("does not answer: {}", why_not(missing)),
            "see that REGISTRY and HTTPS_PROXY are what you mean; until it answers, only what is held is told",
        ),
    };
    // Where it does not answer at all, why its version can't be had is no other matter.
    match page.verdict {
        Verdict::Fail => vec![page],
        _ => vec![version, page],
    }
}

fn why_not<T>(missing: Result<Result<T, RegistryError>, tokio::time::error::Elapsed>) -> String {
    match missing {
        Ok(Err(error)) => error.to_string(),
        _ => format!("nothing came within {} s", REGISTRY_PATIENCE.as_secs()),
    }
}

/// Whether the daemon could have as many connections as it takes.
#[cfg(unix)]
fn open_files() -> Finding {
    const WANTED: u64 = 2 * http::CONNECTIONS_MAX as u64;
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    match most {
        Some(most) if most < WANTED => Finding::warn(
            "open files",
            format!("at most {most} are allowed, the daemon takes up to {WANTED}"),
            "raise the limit (ulimit -Hn, LimitNOFILE=) before a daemon has many callers",
        ),
        _ => Finding::ok("open files", "as many as a daemon needs"),
    }
}

#[cfg(not(unix))]
fn open_files() -> Finding {
    Finding::ok("open files", "the system sets no limit")
}

impl Finding {
    fn ok(about: &'static str, told: impl Display) -> Self {
        Self {
            verdict: Verdict::Ok,
            about,
            told: told.to_string(),
            remedy: String::new(),
        }
    }

    fn warn(about: &'static str, told: impl Display, remedy: impl Display) -> Self {
        Self {
            verdict: Verdict::Warn,
            about,
            told: told.to_string(),
            remedy: remedy.to_string(),
        }
    }

    fn fail(about: &'static str, told: impl Display, remedy: impl Display) -> Self {
        Self {
            verdict: Verdict::Fail,
            ..Self::warn(about, told, remedy)
        }
    }
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        write!(f, "{verdict:<5} {:<14} {}", self.about, self.told)?;
        if self.remedy.is_empty() {
            Ok(())
        } else {
            write!(f, ". To mend it: {}", self.remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_with_its_remedy() {
        assert_eq!(
            Finding::ok("registry", "answers").to_string(),
            "ok    registry       answers"
        );
        assert_eq!(
            Finding::fail("registry", "does not answer", "check REGISTRY").to_string(),
            "FAIL  registry       does not answer. To mend it: check REGISTRY"
        );
    }
}
