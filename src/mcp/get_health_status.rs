//! `get_health_status`: how the server and each of its parts is doing.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};

pub(super) const NAME: &str = "get_health_status";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "How this server is doing, overall and per component: healthy, degraded or unhealthy, since when, why, and what an operator can do; and the alerts that fire. The registry's component tells of its version too, redis and embedded of the stores. Use it when calls fail or are slow, to tell a fault of the registry from one of this server. JSON. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Health")
    .with_raw_output_schema(schema::output::<json::Health<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    Reply::json(&json::health(&report))
}
