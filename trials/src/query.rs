//! Essie expressions, by a builder in which unescaped text can't be written, and the one that brings a subject's candidates.

use crate::mutation::Subject;
use crate::study::Record;
use std::fmt;

/// An Essie expression. Only this module's constructors make one, and each quotes and escapes the text it is given,
/// so nothing that a user typed is ever executed by the registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Essie(String);

impl Essie {
    /// The expression that brings every record naming the subject or a class that contains it.
    #[must_use]
    pub fn candidates(subject: Subject) -> Self {
        let _ = subject;
        unimplemented!()
    }

    /// The expression as the registry takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Essie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a record, read with its case, names the subject or a class that contains it.
///
/// The registry's search is blind to case: asked for EGFR it brings eGFR, a kidney's lab value. A record for which
/// this is false is no candidate.
#[must_use]
pub fn names(record: Record<'_>, subject: Subject) -> bool {
    let _ = (record, subject);
    unimplemented!()
}
