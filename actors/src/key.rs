//! What is fetched, by its name: the candidates of a subject, one whole record, or the version of the registry's data.

use crate::candidates::{Candidates, SetKey};
use crate::registry::Set;
use crate::version::Vintage;
use std::fmt;
use std::sync::Arc;
use trials::question::Reach;
use trials::record::FullRecord;
use trials::{Mutation, NctId};

/// Names what one flight brings: `gene:EGFR`, `signature:MSI-H`, `trial:NCT01234567`, `version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A candidate set.
    Candidates(SetKey),
    /// A whole record, by the number it is asked for by.
    Trial(NctId),
    /// The version of the registry's data. It is looked up like the others are fetched, and not held like them.
    Version,
}

/// What a flight brings.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A candidate set.
    Candidates(Arc<Candidates>),
    /// A whole record.
    Record(Arc<HeldRecord>),
    /// The registry's version, which is known by whoever looks at [`crate::version::Versions`].
    Version,
}

impl Content {
    /// When it was fetched; none for a version, which is no older than it says.
    pub(crate) fn vintage(&self) -> Option<&Vintage> {
        match self {
            Self::Candidates(candidates) => Some(&candidates.vintage),
            Self::Record(record) => Some(&record.vintage),
            Self::Version => None,
        }
    }
}

/// A whole record as it is held.
#[derive(Debug)]
pub(crate) struct HeldRecord {
    /// The number it was asked for by; the registry follows former ones.
    pub(crate) asked: NctId,
    pub(crate) record: FullRecord,
    /// When it was asked for, and under which version.
    pub(crate) vintage: Vintage,
}

/// What somebody asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    /// The trials for a mutation.
    Trials { mutation: Mutation, reach: Reach },
    /// One record.
    Record(NctId),
}

impl Asked {
    /// What it is answered from.
    pub(crate) fn keys(&self) -> Vec<Key> {
        match self {
            Self::Trials { mutation, reach } => sets(mutation, *reach).map(Key::Candidates).collect(),
            Self::Record(nct_id) => vec![Key::Trial(*nct_id)],
        }
    }
}

/// The sets that a mutation is judged from.
pub(crate) fn sets(mutation: &Mutation, reach: Reach) -> impl Iterator<Item = SetKey> + use<> {
    let sets: &'static [Set] = match reach {
        Reach::Open => &[Set::Open],
        Reach::Closed => &[Set::Closed],
        Reach::All => &[Set::Open, Set::Closed],
    };
    let subjects = mutation.subjects();
    subjects
        .into_iter()
        .flat_map(move |subject| sets.iter().map(move |&set| SetKey { subject, set }))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Candidates(set) => set.fmt(f),
            Self::Trial(nct_id) => write!(f, "trial:{nct_id}"),
            Self::Version => f.write_str("version"),
        }
    }
}
