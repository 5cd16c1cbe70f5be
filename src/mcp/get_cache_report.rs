//! `get_cache_report`: for the person who is woken at night: what is wrong and what to do, then what is held, by whom,
//! and how well that serves.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use actors::Front;
use actors::report::{Report, State, WarmerState};
use rmcp::model::{Tool, ToolAnnotations};
use std::fmt::Write as _;
use std::time::Duration;

pub(super) const NAME: &str = "get_cache_report";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "A Markdown report for the person who runs this server: first what is wrong and what to do, then the registry's version, memory and stores, hit rates, the largest sets, what is asked most often, and what the warmer is at. For operators; says nothing about trials. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Cache report")
    .with_raw_output_schema(schema::output_as_of(super::get_cache_analytics::NAME))
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    Reply::prose(markdown(&report), &json::analytics(&report))
}

fn markdown(report: &Report) -> String {
    let cache = json::analytics(report);
    let mut text = String::from("# Cache report\n\n");
    what_is_wrong(&mut text, report);
    version(&mut text, report);
    tiers(&mut text, report, &cache);
    hit_rates(&mut text, &cache);
    largest_sets(&mut text, &cache);
    what_is_asked(&mut text, &cache);
    warmer(&mut text, report);
    text
}

// Writing to a string can't fail.

fn what_is_wrong(text: &mut String, report: &Report) {
    text.push_str("## What is wrong, and what to do\n\n");
    let begun = text.len();
    for component in report.components.iter().filter(|one| one.state != State::Healthy) {
        let state = match component.state {
            State::Unhealthy => "does not work",
            _ => "works, but not as it should",
        };
        let _ = writeln!(
            text,
            "- **{}** {state}, for {}: {}. To do: {}.",
            component.name,
            ago(component.since),
            component.cause.as_deref().unwrap_or("no cause is known"),
            component.remedy.as_deref().unwrap_or("nothing; it mends by itself"),
        );
    }
    for alert in json::alerts(report).filter(|alert| alert.firing) {
        let _ = writeln!(
            text,
            "- Alert **{}**, for {}: {}. To do: {}.",
            alert.name,
            ago(Duration::from_secs(alert.since_s.unwrap_or_default())),
            alert.told,
            alert.remedy
        );
    }
    if text.len() == begun {
        let _ = writeln!(
            text,
            "Nothing: every component is healthy and no alert fires, {} after the start.",
            ago(report.uptime)
        );
    }
}

fn version(text: &mut String, report: &Report) {
    text.push_str("\n## The registry's version\n\n");
    let version = &report.version;
    let _ = match (&version.version, version.checked) {
        (Some(version), Some(checked)) => writeln!(text, "`{version}`, last seen {} ago.", ago(checked)),
        _ => writeln!(text, "Not looked up yet: that is done with the first question."),
    };
    if let Some(failed) = &version.failed {
        let _ = writeln!(
            text,
            "The last look-up failed, so `CACHE_TTL` decides what is fresh: {failed}."
        );
    }
    let budget = report.budget;
    if let (Some(per_minute), Some(tokens)) = (budget.per_minute, budget.tokens) {
        let _ = writeln!(
            text,
            "{tokens:.0} requests may go to it now, of {per_minute} a minute; {} went since the start, {} of them failed.",
            report.counts.requests, report.counts.request_failures
        );
    }
}

fn tiers(text: &mut String, report: &Report, cache: &json::Analytics<'_>) {
    text.push_str("\n## Where answers are kept\n\n| Tier | State | Holds | Entries | Answered from it | Evicted |\n| --- | --- | ---: | ---: | ---: | ---: |\n");
    let _ = writeln!(
        text,
        "| memory | in use | {} of {} | {} sets, {} records | {} | {} |",
        mib(cache.bytes as u64),
        mib(cache.bytes_max as u64),
        cache.sets,
        cache.records,
        cache.hits_by_tier.memory,
        cache.evictions
    );
    for store in &report.stores {
        let state = match (store.state, store.is_in_use) {
            (State::Healthy, true) => "in use",
            (State::Healthy, false) => "stands by",
            (_, true) => "in use, but not as it should",
            (_, false) => "lost",
        };
        let bound = store
            .bytes_max
            .map(|bound| format!(" of {}", mib(bound)))
            .unwrap_or_default();
        let answered = match store.name {
            "redis" => cache.hits_by_tier.redis,
            _ => cache.hits_by_tier.embedded,
        };
        let _ = writeln!(
            text,
            "| {} | {state} | {}{bound} | {} | {answered} | {} |",
            store.name,
            mib(store.bytes),
            store.entries,
            store.evictions
        );
    }
    if report.stores.is_empty() {
        text.push_str("\nThere is no store beyond memory: what is held goes with the process.\n");
    }
    let _ = writeln!(
        text,
        "\nIn memory: {} studies, {} mutations judged; {} fetches under way.",
        cache.studies, cache.mutations, cache.flights
    );
}

fn hit_rates(text: &mut String, cache: &json::Analytics<'_>) {
    let rate = cache.hit_ratio.map_or("nothing asked yet".to_owned(), percent);
    let _ = writeln!(
        text,
        "\n## Hit rates\n\nAnswered without the registry: {} of {} ({rate}). Joined a fetch under way: {}. Served stale and renewed behind: {}.",
        cache.hits,
        cache.hits + cache.misses,
        cache.joined,
        cache.stale
    );
    text.push_str("\n| The last | Questions | Without the registry | Errors | 95 of 100 within |\n| ---: | ---: | ---: | ---: | ---: |\n");
    for window in &cache.windows {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            ago(Duration::from_secs(window.length_s)),
            window.questions,
            window.hit_ratio.map_or("–".to_owned(), |ratio| format!(
                "{} ({})",
                window.hits,
                percent(ratio)
            )),
            window.errors,
            window.p95_ms.map_or("–".to_owned(), |ms| format!("{ms} ms")),
        );
    }
}

fn largest_sets(text: &mut String, cache: &json::Analytics<'_>) {
    if cache.largest.is_empty() {
        return;
    }
    text.push_str("\n## Largest sets\n\n| Set | Studies | Size | Age |\n| --- | ---: | ---: | ---: |\n");
    for set in &cache.largest {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            set.key,
            set.studies,
            mib(set.bytes as u64),
            ago(Duration::from_secs(set.age_s))
        );
    }
}

fn what_is_asked(text: &mut String, cache: &json::Analytics<'_>) {
    if cache.top.is_empty() {
        return;
    }
    text.push_str("\n## Asked most often\n\n| Mutation | Questions |\n| --- | ---: |\n");
    for asked in &cache.top {
        let _ = writeln!(text, "| {} | {} |", asked.mutation, asked.questions);
    }
}

fn warmer(text: &mut String, report: &Report) {
    let left = report.warmer.left;
    let told = match report.warmer.state {
        WarmerState::Working => format!("Working: {left} left to warm."),
        WarmerState::Resting => "Resting: nothing is left to warm.".to_owned(),
        WarmerState::Off => {
            "Off: it warms what `warm_cache` orders and nothing of itself (`CACHE_WARMING`).".to_owned()
        }
    };
    let _ = writeln!(text, "\n## The warmer\n\n{told}");
    let warmer = &report.warmer;
    if warmer.is_leader {
        text.push_str("It is this process that warms for all on the store.\n");
    }
    if let Some(next) = warmer.next_look {
        let _ = writeln!(text, "The registry's version is looked up again in {}.", ago(next));
    }
    if !warmer.rounds.is_empty() {
        text.push_str(
            "\n| Began | Why | Took | To do | Warmed | Fresh already | Left out | Failed |\n\
             | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        );
    }
    for round in &warmer.rounds {
        let _ = writeln!(
            text,
            "| {} ago | {} | {} | {} | {} | {} | {} | {} |",
            ago(round.begun),
            round.why.as_str(),
            round.took.map_or("goes on".to_owned(), ago),
            round.planned,
            round.warmed,
            round.skipped,
            round.left_out,
            round.failures
        );
    }
    for (what, why) in warmer.rounds.iter().flat_map(|round| &round.failed) {
        let _ = writeln!(text, "- {what}: {why}");
    }
    if !warmer.trending.is_empty() {
        text.push_str("\n| Trending | Weight |\n| --- | ---: |\n");
    }
    for (mutation, weight) in &warmer.trending {
        let _ = writeln!(text, "| {mutation} | {weight:.1} |");
    }
}

fn percent(ratio: f64) -> String {
    format!("{:.1} %", ratio * 100.0)
}

/// A time as a person says it.
fn ago(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes are shown to a tenth")]
fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_comes_first_with_what_to_do() {
        let text = markdown(&json::test_report());
        assert!(
            text.starts_with(
                "# Cache report\n\n## What is wrong, and what to do\n\n\
                 - **registry** works, but not as it should, for 4 s: 5 failures in a row. To do: wait.\n\
                 - Alert **breaker_open**, for 34 s: 34 s for which the registry has been left alone. To do: check the network.\n"
            ),
            "{text}"
        );
    }

    #[test]
    fn what_the_warmer_did_and_why_is_told_with_what_trends() {
        use actors::report::{RoundReport, WarmingCause};
        let mut report = json::test_report();
        report.warmer.is_leader = true;
        report.warmer.trending = vec![("EGFR L858R".to_owned(), 4.25)];
        report.warmer.rounds = vec![RoundReport {
            why: WarmingCause::VersionChanged,
            begun: Duration::from_secs(70),
            took: None,
            planned: 9,
            warmed: 4,
            skipped: 1,
            left_out: 0,
            failures: 1,
            failed: vec![("gene:ALK".to_owned(), "the registry is resting".to_owned())],
        }];
        let text = markdown(&report);
        for line in [
            "It is this process that warms for all on the store.",
            "| 70 s ago | version changed | goes on | 9 | 4 | 1 | 0 | 1 |",
            "- gene:ALK: the registry is resting",
            "| EGFR L858R | 4.2 |",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }

    #[test]
    fn the_report_names_version_tiers_rates_sets_and_mutations() {
        let text = markdown(&json::test_report());
        for line in [
            "`2026-11-20T09:00:05`, last seen 40 s ago.",
            "| memory | in use | 3.0 MiB of 64.0 MiB | 1 sets, 0 records | 9 | 0 |",
            "| embedded | in use | 7.0 MiB of 512.0 MiB | 12 | 0 | 2 |",
            "Answered without the registry: 9 of 10 (90.0 %).",
            "| 60 s | 10 | 9 (90.0 %) | 0 | 5 ms |",
            "| gene:EGFR | 200 | 3.0 MiB | 61 s |",
            "| EGFR L858R | 9 |",
            "Working: 7 left to warm.",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn where_nothing_is_wrong_it_says_so() {
        let mut report = json::test_report();
        report.components.retain(|component| component.state == State::Healthy);
        report.alerts.clear();
        assert!(markdown(&report).contains("Nothing: every component is healthy"));
    }
}
