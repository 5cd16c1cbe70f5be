//! `explain_mutation`: how a mutation is read.

use super::{Arguments, Complaint, Reply, schema};
use crate::json;
use rmcp::model::{Tool, ToolAnnotations};
use trials::Mutation;
use trials::explanation::Explanation;

pub(crate) const NAME: &str = "explain_mutation";

pub(super) fn tool() -> Tool {
    Tool::new(
        NAME,
        "Says how a tumour mutation is read, without asking the registry: its canonical name, the gene and its other names, the kind \
         of alteration, the classes that contain it in the words that trials use, other spellings that are read as the same, and \
         the expression that is sent to the registry for it. Use it to check that a report's wording is understood before \
         searching, or to explain why a trial that doesn't name the mutation is listed. What can't be read is refused with the \
         form expected or the nearest gene.",
        schema::input(serde_json::json!({"mutation": schema::mutation()}), &["mutation"]),
    )
    .with_title("How a mutation is read")
    .with_raw_output_schema(schema::output::<json::Explanation<'_>>())
    .with_annotations(ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(false))
}

/// Explains it. Pure computation of a few milliseconds.
pub(crate) fn call(mut arguments: Arguments) -> Result<Reply, Complaint> {
    let mutation = arguments.mutation();
    arguments.finish()?;
    let input = mutation?;
    let explanation = Explanation::of(&input, Mutation::read(&input)?);
    let _span = tracing::info_span!("render").entered();
    Reply::prose(explanation.to_string(), &json::Explanation::from(&explanation))
}
