//! `get_metrics_prometheus`: all figures, for Prometheus.

use super::{Arguments, Complaint, Reply, schema};
use crate::calls::Calls;
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};

pub(super) const NAME: &str = "get_metrics_prometheus";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "The figures of this server in the Prometheus text format 0.0.4, to be scraped or pasted into a monitoring system; the same figures as JSON beside it. For operators; says nothing about trials. Asks nothing of the registry.",
        schema::input(serde_json::json!({}), &[]),
    )
    .with_title("Figures for Prometheus")
    .with_raw_output_schema(schema::output_as_of(super::get_metrics_json::NAME))
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

pub(super) async fn call(front: &Front, calls: &Calls, arguments: Arguments) -> Result<Reply, Complaint> {
    arguments.finish()?;
    let report = front.report();
    Reply::prose(
        crate::metrics::prometheus(&report, calls),
        &json::metrics(&report, calls),
    )
}
