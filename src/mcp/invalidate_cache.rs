//! `invalidate_cache`: drops what is held, so that it is fetched anew.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};

pub(super) const NAME: &str = "invalidate_cache";

/// The longest pattern, in bytes: longer than any key.
const PATTERN_MAX: usize = 200;

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "Drops what the cache holds, so that the next question fetches it anew: entries whose key matches a pattern in which * is any \
         text and ? any one character. Keys are mutation:EGFR L858R, gene:EGFR, gene:EGFR:closed, signature:MSI-H, trial:NCT01234567. Dropping a mutation \
         drops the candidates that it was judged from. Rarely needed: answers say how old they are and renew themselves. Comes \
         back: how many entries went.",
        schema::input(
            serde_json::json!({"pattern": {
                "type": "string", "minLength": 1, "maxLength": PATTERN_MAX,
                "description": "A glob over keys, such as mutation:EGFR* or gene:ALK; * for everything.",
            }}),
            &["pattern"],
        ),
    )
    .with_title("Drop cache entries")
    .with_raw_output_schema(schema::output::<json::Invalidated<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(false).destructive(true).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, mut arguments: Arguments) -> Result<Reply, Complaint> {
    let pattern = read(&mut arguments);
    arguments.finish()?;
    let pattern = pattern?;
    let invalidated = front
        .invalidate(&pattern)
        .await
        .map_err(|refusal| Complaint::from(&refusal))?;
    let text = match invalidated {
        0 => format!("No entry matches {pattern}."),
        1 => format!("1 entry that matches {pattern} was dropped."),
        many => format!("{many} entries that match {pattern} were dropped."),
    };
    Reply::prose(
        text,
        &json::Invalidated {
            pattern: &pattern,
            invalidated,
        },
    )
}

fn read(arguments: &mut Arguments) -> Result<String, Complaint> {
    match arguments.text("pattern")? {
        Some(pattern) if pattern.len() > PATTERN_MAX => Err(Complaint::new(format!(
            "pattern can't be {} bytes long: allowed are at most {PATTERN_MAX}",
            pattern.len()
        ))),
        Some(pattern) if !pattern.is_empty() && !pattern.contains(char::is_control) => Ok(pattern),
        _ => Err(Complaint::new(
            "pattern is missing: give a glob over keys such as mutation:EGFR*, or * for everything",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pattern_is_needed_and_bounded() {
        let read = |value: serde_json::Value| read(&mut Arguments::new(value.as_object().expect("an object").clone()));
        assert_eq!(
            read(json!({"pattern": "mutation:EGFR*"})).expect("read"),
            "mutation:EGFR*"
        );
        assert!(
            read(json!({}))
                .expect_err("refused")
                .words()
                .starts_with("pattern is missing")
        );
        assert!(
            read(json!({"pattern": ""}))
                .expect_err("refused")
                .words()
                .starts_with("pattern is missing")
        );
        assert!(
            read(json!({"pattern": "x".repeat(201)}))
                .expect_err("refused")
                .words()
                .contains("at most 200")
        );
    }
}
