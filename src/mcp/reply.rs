//! What a tool gives back: text for people with structured content beside it, or a complaint in one line.

use crate::calls::Outcome;
use actors::Refusal;
use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::Value;
use trials::mutation::UnreadMutation;
use trials::question::BadFilter;

/// What a tool answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    /// For people and models.
    pub(crate) text: String,
    /// For programs, by the tool's output schema.
    pub(crate) structured: Value,
}

/// Why a tool has no answer: what happened, whose fault it is, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    words: String,
    /// Whether the caller has to ask otherwise; else it could have been answered and was not.
    is_of_the_asking: bool,
}

impl Reply {
    /// Prose with structured content beside it.
    pub(crate) fn prose(text: String, structured: &impl Serialize) -> Result<Self, Complaint> {
        Ok(Self {
            text,
            structured: value(structured)?,
        })
    }

    /// JSON: the text is the structured content and nothing else.
    pub(crate) fn json(structured: &impl Serialize) -> Result<Self, Complaint> {
        let structured = value(structured)?;
        Ok(Self {
            text: structured.to_string(),
            structured,
        })
    }
}

impl Complaint {
    /// The caller has to ask otherwise.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_of_the_asking: true,
        }
    }

    /// What was asked could have been answered and was not.
    pub(crate) fn failure(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_of_the_asking: false,
        }
    }

    /// Whose it is to mend, as figures count it.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.is_of_the_asking {
            Outcome::Refused
        } else {
            Outcome::Failed
        }
    }

    #[cfg(test)]
    pub(crate) fn words(&self) -> &str {
        &self.words
    }
}

/// Our own shapes always are JSON; should one not be, the call says so instead of the process ending.
fn value(structured: &impl Serialize) -> Result<Value, Complaint> {
    serde_json::to_value(structured).map_err(|error| {
        Complaint::failure(format!(
            "the answer could not be written as JSON ({error}); this is our fault"
        ))
    })
}

impl From<Reply> for CallToolResult {
    fn from(reply: Reply) -> Self {
        let mut result = Self::success(vec![ContentBlock::text(reply.text)]);
        result.structured_content = Some(reply.structured);
        result
    }
}

impl From<Complaint> for CallToolResult {
    fn from(complaint: Complaint) -> Self {
        Self::error(vec![ContentBlock::text(complaint.words)])
    }
}

impl From<BadFilter> for Complaint {
    fn from(bad: BadFilter) -> Self {
        Self::new(bad.to_string())
    }
}

impl From<UnreadMutation> for Complaint {
    fn from(unread: UnreadMutation) -> Self {
        Self::new(unread.to_string())
    }
}

impl From<&Refusal> for Complaint {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::UnknownNumber { .. } => Self::new(refusal.to_string()),
            _ => Self::failure(refusal.to_string()),
        }
    }
}
