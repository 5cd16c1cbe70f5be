//! `get_cache_report`: what is held in memory, for people.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};
use std::fmt::Write as _;

pub(super) const NAME: &str = "get_cache_report";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "What the cache holds and how well it serves, as a Markdown report for people: size, hit ratio, the largest sets, and what is asked most often. For operators; says nothing about trials. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Cache report")
    .with_raw_output_schema(schema::output_as_of(super::get_cache_analytics::NAME))
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    let analytics = json::analytics(&report);
    Reply::prose(markdown(&analytics), &analytics)
}

fn markdown(cache: &json::Analytics<'_>) -> String {
    let mut text = String::from("# Cache report\n\n");
    let percent = cache.hit_ratio.map_or("nothing asked yet".to_owned(), |ratio| {
        format!("{:.1} %", ratio * 100.0)
    });
    // Writing to a string can't fail.
    let _ = write!(
        text,
        "| | |\n| --- | --- |\n\
         | Held | {} of {} |\n| Candidate sets | {} |\n| Studies | {} |\n| Mutations judged | {} |\n| Fetches under way | {} |\n\
         | Answered from memory | {} of {} ({percent}) |\n| Joined a fetch under way | {} |\n| Answered stale | {} |\n| Evicted | {} |\n",
        mib(cache.bytes),
        mib(cache.bytes_max),
        cache.sets,
        cache.studies,
        cache.mutations,
        cache.flights,
        cache.hits,
        cache.hits + cache.misses,
        cache.joined,
        cache.stale,
        cache.evictions,
    );
    if !cache.largest.is_empty() {
        text.push_str("\n## Largest sets\n\n| Set | Studies | Size | Age |\n| --- | ---: | ---: | ---: |\n");
        for set in &cache.largest {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} s |",
                set.key,
                set.studies,
                mib(set.bytes),
                set.age_s
            );
        }
    }
    if !cache.top.is_empty() {
        text.push_str("\n## Asked most often\n\n| Mutation | Questions |\n| --- | ---: |\n");
        for asked in &cache.top {
            let _ = writeln!(text, "| {} | {} |", asked.mutation, asked.questions);
        }
    }
    if !cache.windows.is_empty() {
        text.push_str(
            "\n## The last minutes\n\n| Window | Questions | From memory | Errors |\n| ---: | ---: | ---: | ---: |\n",
        );
        for window in &cache.windows {
            let _ = writeln!(
                text,
                "| {} s | {} | {} | {} |",
                window.length_s, window.questions, window.hits, window.errors
            );
        }
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "sizes are shown to a tenth")]
fn mib(bytes: usize) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_tables_that_name_sets_and_mutations() {
        let text = markdown(&json::analytics(&json::test_report()));
        assert!(text.starts_with("# Cache report\n\n| | |\n"), "{text}");
        assert!(text.contains("| Held | 3.0 MiB of 64.0 MiB |"), "{text}");
        assert!(text.contains("| Answered from memory | 9 of 10 (90.0 %) |"), "{text}");
        assert!(text.contains("| gene:EGFR | 200 | 3.0 MiB | 61 s |"), "{text}");
        assert!(text.contains("| EGFR L858R | 9 |"), "{text}");
    }
}
