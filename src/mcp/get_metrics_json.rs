//! `get_metrics_json`: all figures, for programs.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};

pub(super) const NAME: &str = "get_metrics_json";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "All figures of this server since it started, as JSON: questions, hits and misses, requests to the registry and their failures, retries, evictions, restarts, mean time of an answer, and the last minutes. For operators; says nothing about trials. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Figures as JSON")
    .with_raw_output_schema(schema::output::<json::Metrics<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    Reply::json(&json::metrics(&report))
}
