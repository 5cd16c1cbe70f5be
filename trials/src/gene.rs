//! Genes by HGNC symbol, alias, previous symbol or protein name, from an embedded generated table.

use std::fmt;

/// A gene, named by its approved HGNC symbol. Only the embedded table makes one, so it is always a real gene.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gene(&'static str);

/// What a name turned out to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// One gene answers to the name.
    Found(Gene),
    /// Several genes share the alias; guessing would be wrong for all but one.
    Ambiguous(Vec<Gene>),
    /// No gene answers to it; the nearest real one, if one is near.
    Unknown {
        /// The real gene whose symbol or alias is nearest by edit distance.
        nearest: Option<Gene>,
    },
}

impl Gene {
    /// The gene that answers to `name`, whatever its case and hyphens.
    #[must_use]
    pub fn lookup(name: &str) -> Lookup {
        let _ = name;
        unimplemented!()
    }

    /// The approved HGNC symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.0
    }

    /// Every spelling by which trial records name this gene or its protein, the symbol first: `ERBB2`, `HER2`, `HER-2`, `HER2/neu`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.0)
    }
}

impl fmt::Display for Gene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Gene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
