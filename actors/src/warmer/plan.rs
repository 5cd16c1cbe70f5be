//! What a round warms, and in which order: what trends, then what is common, then what is merely held. Nothing twice,
//! and nothing that is fresh.

use super::common;
use crate::fetchers::order::Lane;
use crate::key::{Key, sets};
use crate::trend::Trending;
use std::collections::HashSet;
use trials::Mutation;
use trials::question::Reach;

/// Something to warm.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Errand {
    /// What is brought up to date.
    pub(super) keys: Vec<Key>,
    /// What is then judged from it.
    pub(super) judge: Vec<Mutation>,
    pub(super) lane: Lane,
    /// The round it belongs to.
    pub(super) round: u64,
    /// The mutation that someone ordered, where it was ordered.
    pub(super) ordered: Option<Mutation>,
    /// Whether it is only done if it is still held.
    pub(super) is_merely_held: bool,
}

impl Errand {
    /// Has a mutation warm that someone ordered.
    pub(super) fn ordered(mutation: Mutation, round: u64) -> Self {
        Self {
            keys: sets(&mutation, Reach::Open).map(Key::Candidates).collect(),
            judge: vec![mutation.clone()],
            lane: Lane::Warming,
            round,
            ordered: Some(mutation),
            is_merely_held: false,
        }
    }

    /// As reports name it.
    pub(super) fn name(&self) -> String {
        match (&self.ordered, self.keys.first()) {
            (Some(mutation), _) => mutation.to_string(),
            (None, Some(key)) => key.to_string(),
            (None, None) => String::new(),
        }
    }
}

/// The errands of a round that has no number yet, the most wanted first. What is held is given with the most recently used first.
pub(super) fn plan(
    trending: Vec<Trending>,
    held: impl IntoIterator<Item = Key>,
    is_fresh: impl Fn(&Key) -> bool,
    lane: Lane,
) -> Vec<Errand> {
    let mut planned = HashSet::new();
    let mut errands = Vec::new();
    let mut add = |keys: Vec<Key>, judge: Vec<Mutation>, is_merely_held| {
        let keys: Vec<Key> = keys
            .into_iter()
            .filter(|key| !is_fresh(key) && planned.insert(*key))
            .collect();
        if !keys.is_empty() {
            errands.push(Errand {
                keys,
                judge,
                lane,
                round: 0,
                ordered: None,
                is_merely_held,
            });
        }
    };
    for Trending { set, mutations, .. } in trending {
        add(vec![Key::Candidates(set)], mutations, false);
    }
    for mutation in common::mutations() {
        add(
            sets(&mutation, Reach::Open).map(Key::Candidates).collect(),
            vec![mutation],
            false,
        );
    }
    for key in held {
        add(vec![key], vec![], true);
    }
    errands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        let mutation = Mutation::read(name).unwrap();
        Key::Candidates(sets(&mutation, Reach::Open).next().unwrap())
    }

    fn trending(name: &str) -> Trending {
        let mutation = Mutation::read(name).unwrap();
        Trending {
            set: sets(&mutation, Reach::Open).next().unwrap(),
            weight: 5.0,
            mutations: vec![mutation],
        }
    }

    #[test]
    fn what_trends_goes_before_what_is_common_and_that_before_what_is_merely_held() {
        let held = [key("MUTYH mutation"), key("KRAS G12C"), key("FH mutation")];
        let fresh = key("EGFR L858R");
        let errands = plan(
            vec![trending("MUTYH mutation"), trending("BRAF V600E")],
            held,
            |key| *key == fresh,
            Lane::Renewal,
        );
        let names: Vec<String> = errands.iter().map(Errand::name).collect();
        assert_eq!(names[..3], ["gene:MUTYH", "gene:BRAF", "gene:KRAS"]);
        assert_eq!(names.last().map(String::as_str), Some("gene:FH"));
        assert!(!names.contains(&"gene:EGFR".to_owned()), "it is fresh");
        let mut keys: Vec<Key> = errands.iter().flat_map(|errand| errand.keys.clone()).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all, "nothing twice");
        assert!(
            errands
                .iter()
                .all(|errand| errand.is_merely_held == (errand.name() == "gene:FH"))
        );
    }
}
