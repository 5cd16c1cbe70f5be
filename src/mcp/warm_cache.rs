//! `warm_cache`: fetches mutations before anyone asks for them.

use super::{Arguments, Complaint, Reply, schema};
use crate::ask;
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};
use std::time::Duration;
use trials::Mutation;

pub(super) const NAME: &str = "warm_cache";

/// How long a caller waits; what isn't done by then goes on behind. A second of the promised 30 s is left for the way.
const WITHIN: Duration = Duration::from_secs(29);

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "Fetches the trials of these mutations, or of a list of common ones, before anyone asks, so that later questions are answered \
         at once. Never needed before a question, which fetches what it lacks by itself. Comes back within 30 s: what was warmed, \
         what was warm already, what failed and why, and what still goes on behind. People's questions come first.",
        schema::input(serde_json::json!({"mutations": schema::mutations()}), &[]),
    )
    .with_title("Warm the cache")
    .with_raw_output_schema(schema::output::<json::Warmed<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(false).destructive(false).idempotent(true).open_world(true))
}

pub(super) async fn call(front: &Front, mut arguments: Arguments) -> Result<Reply, Complaint> {
    let mutations = arguments.mutations();
    arguments.finish()?;
    let mut unread = Vec::new();
    let mutations = mutations?.map(|texts| {
        let mut read = Vec::with_capacity(texts.len());
        for text in &texts {
            match Mutation::read(text) {
                Ok(mutation) => read.push(mutation),
                // As in a batch of questions, one that can't be read does not fail the others.
                Err(error) => unread.push((ask::shortened(text), error)),
            }
        }
        read
    });
    if let (Some([]), [(_, error), ..]) = (mutations.as_deref(), unread.as_slice()) {
        return Err(Complaint::from(error.clone()));
    }
    let warm = front
        .warm(mutations, WITHIN)
        .await
        .map_err(|refusal| Complaint::from(&refusal))?;
    let warmed = json::warmed(&warm, &unread);
    Reply::prose(prose(&warmed), &warmed)
}

fn prose(warmed: &json::Warmed<'_>) -> String {
    let mut lines = vec![
        line("Warmed", warmed.warmed),
        line("Warm already", warmed.skipped),
        line("Still going on behind", warmed.going_on),
    ];
    lines.extend(
        warmed
            .failed
            .iter()
            .map(|failed| format!("Failed: {}: {}", failed.mutation, failed.error)),
    );
    lines.join("\n")
}

fn line(what: &str, names: &[String]) -> String {
    match names {
        [] => format!("{what}: none"),
        names => format!("{what}: {} ({})", names.len(), names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_told_line_by_line() {
        let warmed = json::Warmed {
            warmed: &["EGFR L858R".to_owned()],
            skipped: &[],
            failed: vec![json::Failed {
                mutation: "MSI-H",
                error: "the registry can't be reached".to_owned(),
            }],
            going_on: &["ALK fusion".to_owned(), "KRAS G12C".to_owned()],
        };
        assert_eq!(
            prose(&warmed),
            "Warmed: 1 (EGFR L858R)\nWarm already: none\nStill going on behind: 2 (ALK fusion, KRAS G12C)\n\
             Failed: MSI-H: the registry can't be reached"
        );
    }
}
