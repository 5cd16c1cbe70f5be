//! `summarize_trials_async`: the trials for one mutation.

use super::pages::Pages;
use super::{Arguments, Caller, Complaint, Reply, schema};
use crate::ask::Answered;
use crate::json;
use actors::Front;
use rmcp::model::{Tool, ToolAnnotations};
use trials::Question;
use trials::question::Filters;

pub(crate) const NAME: &str = "summarize_trials_async";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "Finds the clinical trials on ClinicalTrials.gov that would take a patient with one tumour mutation, best first, each with \
         its stance and the verbatim words of the record that decide it. Use it whenever someone asks which trials fit a mutation; \
         any spelling of a report will do. Stances: targets = enrols because of this alteration or of a class that contains it; \
         allows = a patient with it may enrol, perhaps on a condition; excludes = a patient with it can't; silent = the record \
         does not decide. Comes back: a page of trials (status, phases, sites, link), a few that shut the patient out, how many \
         candidates were read and why others were left out, and the age of the data. Only open trials unless status says \
         otherwise. An error means that the question was not answered, never that there are no trials. A reading aid: quote the \
         words, link the record, and leave eligibility to a clinician.",
        schema::input(schema::with_filters("mutation", schema::mutation()), &["mutation"]),
    )
    .with_title("Trials for a mutation")
    .with_raw_output_schema(schema::output::<json::Answer<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(true))
}

pub(super) async fn call(
    front: &Front,
    pages: &Pages,
    arguments: Arguments,
    caller: Caller,
) -> Result<Reply, Complaint> {
    let deadline = front.deadline();
    let (input, filters) = read(arguments)?;
    let question = Question {
        mutation: pages.mutation(&input)?,
        input,
        filters,
    };
    let reach = question.filters.reach();
    let verdicts = front.ask(&question.mutation, reach, deadline).await;
    let verdicts = verdicts.map_err(|refusal| Complaint::from(&refusal))?;
    caller.keeps_up().await;
    pages.reply(question, verdicts)
}

/// The mutation, as written, and the filters.
pub(crate) fn read(mut arguments: Arguments) -> Result<(String, Filters), Complaint> {
    let mutation = arguments.mutation();
    let filters = arguments.filters();
    // A parameter that doesn't exist is said first: it is likely the reason why another is missing.
    arguments.finish()?;
    Ok((mutation?, filters?))
}

/// The answer as a tool gives it.
pub(crate) fn render(answered: &Answered) -> Result<Reply, Complaint> {
    let _span = tracing::info_span!("render").entered();
    Reply::prose(answered.summary().to_string(), &json::Answer::from(answered))
}
