//! `get_cache_analytics`: what is held, in memory and in stores, and how well that serves, for programs.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};

pub(super) const NAME: &str = "get_cache_analytics";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "What the cache holds and how well it serves, as JSON: bytes and their bound in memory and in each store, hits by tier, misses, joined fetches, stale answers, evictions, the registry's version, the largest sets, what is asked most often, and hit ratios of the last 1, 5 and 60 minutes. For operators; says nothing about trials. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Cache figures")
    .with_raw_output_schema(schema::output::<json::Analytics<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    Reply::json(&json::analytics(&report))
}
