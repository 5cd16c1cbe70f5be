//! How a mutation is read, as JSON.

use schemars::JsonSchema;
use serde::Serialize;
use trials::explanation;

/// How a mutation is read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Explanation<'a> {
    /// The mutation, as it was asked and as it was read.
    pub mutation: Explained<'a>,
    /// Other names of its genes: aliases, previous symbols, proteins.
    pub aliases: Vec<&'static str>,
    /// Classes that contain it, in the words that trials use.
    pub classes: &'a [String],
    /// Other spellings that are read as the same mutation.
    pub spellings: &'a [String],
    /// The expressions sent to the registry for it, with " | " between.
    pub query: String,
}

/// The mutation, as it was asked and as it was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Explained<'a> {
    /// As it was asked.
    pub input: &'a str,
    /// Its canonical name.
    pub canonical: String,
    /// The HGNC symbol of the gene it is filed under; null for a signature or a family.
    pub gene: Option<&'static str>,
    /// What kind of alteration it is.
    pub kind: &'static str,
}

impl<'a> From<&'a explanation::Explanation> for Explanation<'a> {
    fn from(explanation: &'a explanation::Explanation) -> Self {
        let mutation = &explanation.mutation;
        let queries: Vec<&str> = explanation.queries.iter().map(|query| query.as_str()).collect();
        Self {
            mutation: Explained {
                input: &explanation.input,
                canonical: mutation.to_string(),
                gene: mutation.gene().map(trials::Gene::symbol),
                kind: mutation.kind(),
            },
            aliases: explanation.aliases(),
            classes: &explanation.classes.contain,
            spellings: &explanation.spellings,
            query: queries.join(" | "),
        }
    }
}
