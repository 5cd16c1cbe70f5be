//! How a mutation is read: its gene and other names, the classes that contain it, its spellings, and what is asked of
//! the registry for it. So that a clinician can see in seconds whether the program means what they mean.
//!
//! Everything here is asked of the code that answers questions, and nothing is told twice: a class contains the
//! mutation if a criterion that asks for the class would take the patient, and a spelling is one if it reads back.

mod classes;

pub use classes::{Classes, classes};

use crate::gene::Gene;
use crate::mutation::{Mutation, Subject};
use crate::query::Essie;

/// How a mutation is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// As it was asked.
    pub input: String,
    /// As it was read.
    pub mutation: Mutation,
    /// Every gene whose records are asked for.
    pub genes: Vec<Gene>,
    /// Classes that contain it, and those that may.
    pub classes: Classes,
    /// Other spellings that lead to the same mutation.
    pub spellings: Vec<String>,
    /// The expressions sent to the registry, one for each subject.
    pub queries: Vec<Essie>,
}

impl Explanation {
    /// Explains a mutation that was asked as `input`.
    #[must_use]
    pub fn of(input: &str, mutation: Mutation) -> Self {
        let subjects = mutation.subjects();
        let gene = |subject: &Subject| match subject {
            Subject::Gene(gene) => Some(*gene),
            Subject::Signature(_) => None,
        };
        Self {
            input: input.to_owned(),
            genes: subjects.iter().filter_map(gene).collect(),
            classes: classes(&mutation),
            spellings: mutation.spellings(),
            queries: subjects.iter().map(|subject| Essie::candidates(*subject)).collect(),
            mutation,
        }
    }

    /// The other names of its genes: aliases, previous symbols, proteins. Of several genes, the symbols of those that it
    /// isn't filed under too.
    #[must_use]
    pub fn aliases(&self) -> Vec<&'static str> {
        let filed_under = self.mutation.gene();
        self.genes
            .iter()
            .flat_map(|gene| gene.names().skip(usize::from(filed_under == Some(*gene))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fusion_is_explained_by_both_partners_and_a_family_by_each_member() {
        let of = |text: &str| Explanation::of(text, Mutation::read(text).expect("a mutation"));
        let fusion = of("EML4-ALK");
        assert_eq!(fusion.genes.len(), 2);
        assert_eq!(fusion.queries.len(), 2);
        assert!(fusion.aliases().contains(&"EML4") && !fusion.aliases().contains(&"ALK"));
        assert_eq!(of("NTRK fusion").queries.len(), 3);
        assert!(of("MSI-H").aliases().is_empty());
        assert_eq!(of("MSI-H").queries.len(), 1);
        assert!(of("HER2 amplification").aliases().contains(&"HER2"));
    }
}
