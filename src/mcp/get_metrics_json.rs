//! `get_metrics_json`: all figures, for programs.

use super::{Arguments, Complaint, Reply, schema};
use crate::calls::Calls;
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};

pub(super) const NAME: &str = "get_metrics_json";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "All figures of this server, as JSON, each with its kind, unit and meaning: calls and their times by tool, questions, answers by tier, what was stale, requests to the registry, the rate budget, stores, evictions, restarts; beside them the last minutes, every alert with its limits, and what is asked most. For operators; says nothing about trials. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Figures as JSON")
    .with_raw_output_schema(schema::output::<json::Metrics<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, calls: &Calls, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    Reply::json(&json::metrics(&report, calls))
}
