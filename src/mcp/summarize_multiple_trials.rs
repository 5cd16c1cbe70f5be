//! `summarize_multiple_trials_async`: the trials for several mutations, asked at once under one deadline.

use super::{Arguments, Caller, Complaint, Reply, schema};
use crate::ask::{self, Batch};
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};
use tokio::sync::watch;
use trials::question::Filters;

pub(crate) const NAME: &str = "summarize_multiple_trials_async";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "The same as summarize_trials_async for several mutations of one patient or several patients, asked at once: use it instead \
         of many single calls. The filters hold for all of them, and limit and offset for each. Comes back: results in the order \
         asked, and under failed each mutation that got no answer with what went wrong; one that fails does not fail the others. \
         A mutation under failed says nothing about its trials. Progress is told as mutations come home. A reading aid: quote \
         the words, link the record, and leave eligibility to a clinician.",
        schema::input(schema::with_filters("mutations", schema::mutations()), &["mutations"]),
    )
    .with_title("Trials for several mutations")
    .with_raw_output_schema(schema::output::<json::Batch<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(true))
}

pub(super) async fn call(front: &Front, arguments: Arguments, caller: Caller) -> Result<Reply, Complaint> {
    let deadline = front.deadline();
    let (mutations, filters) = read(arguments)?;
    let all = mutations.len();
    // Beside the asking, so that a caller who is slow to take them holds up no question.
    let (home, news) = watch::channel(0);
    let asking = async move {
        ask::ask_all(front, mutations, &filters, deadline, |done| {
            home.send_replace(done);
        })
        .await
    };
    let (batch, ()) = tokio::join!(asking, caller.tell_all(news, all));
    caller.keeps_up().await;
    render(&batch)
}

/// The mutations, as written, and the filters for all of them.
pub(crate) fn read(mut arguments: Arguments) -> Result<(Vec<String>, Filters), Complaint> {
    let mutations = arguments.mutations();
    let filters = arguments.filters();
    arguments.finish()?;
    let mutations = mutations?.ok_or_else(|| {
        Complaint::new("mutations is missing: give an array such as [\"EGFR L858R\", \"MSI-H\"], or one string with commas between")
    })?;
    Ok((mutations, filters?))
}

/// The answers as a tool gives them; a complaint where there is none.
pub(crate) fn render(batch: &Batch) -> Result<Reply, Complaint> {
    let _span = tracing::info_span!("render").entered();
    if batch.results.is_empty() {
        let each: Vec<String> = batch
            .failed
            .iter()
            .map(|(mutation, error)| format!("{}: {error}", ask::shortened(mutation)))
            .collect();
        return Err(Complaint::new(format!(
            "no mutation was answered:\n{}",
            each.join("\n")
        )));
    }
    Reply::prose(batch.prose(), &json::Batch::from(batch))
}
