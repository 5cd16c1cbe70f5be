//! `get_circuit_breaker_status`: whether the registry is asked at the moment.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};

pub(super) const NAME: &str = "get_circuit_breaker_status";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "The circuit breaker before the registry, as JSON: closed (requests pass), open (the registry failed so often that it is left alone for a while) or half_open (one probe is out), what opened it and when it is tried again. Use it when answers are refused or stale. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Circuit breaker")
    .with_raw_output_schema(schema::output::<json::Breaker<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    Reply::json(&json::breaker(&report.breaker))
}
