//! The memory tier: candidate sets and what was judged from them, within a bound in bytes.
//!
//! # What is counted
//!
//! Bytes as held. A study that several genes found is held and counted once. What exceeds the bound goes, the least
//! recently used first: findings by themselves, a candidate set whole and with its findings.
//!
//! # Who writes
//!
//! The cache actor alone. The memory is shared so that it outlives an incarnation of the actor and can be reported on
//! without a message. No lock is held across an await, and no operation is longer than a walk over one set.

use crate::candidates::{Candidates, Findings, HeldStudy, SetKey};
use crate::report::SetReport;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::time::Instant;
use trials::{Mutation, NctId};

/// What a mutation's canonical name and its place in the maps cost, roughly.
const FINDINGS_ENTRY_BYTES: usize = 200;
/// What a set's place in the maps costs beside its studies, roughly.
const SET_ENTRY_BYTES: usize = 400;

/// Candidate sets and findings within a bound.
#[derive(Debug)]
pub(crate) struct Memory {
    bytes_max: usize,
    bytes: usize,
    sets: HashMap<SetKey, HeldSet>,
    /// Every study held, with how many sets hold it. Two versions of a study may be held for a while.
    studies: HashMap<NctId, Vec<(Arc<HeldStudy>, usize)>>,
    /// What was used when: the least recently used comes first. Ticks are unique.
    by_use: BTreeMap<u64, Slot>,
    tick: u64,
    evictions: u64,
}

#[derive(Debug)]
struct HeldSet {
    candidates: Arc<Candidates>,
    findings: HashMap<Mutation, HeldFindings>,
    used: u64,
}

#[derive(Debug)]
struct HeldFindings {
    findings: Arc<Findings>,
    used: u64,
    bytes: usize,
}

#[derive(Debug, Clone)]
enum Slot {
    Set(SetKey),
    Findings(SetKey, Mutation),
}

impl Memory {
    /// An empty memory.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            bytes: 0,
            sets: HashMap::new(),
            studies: HashMap::new(),
            by_use: BTreeMap::new(),
            tick: 0,
            evictions: 0,
        }
    }

    /// The candidates of a set, which count as used now.
    pub(crate) fn candidates(&mut self, key: &SetKey) -> Option<Arc<Candidates>> {
        let set = self.sets.get_mut(key)?;
        self.tick += 1;
        self.by_use.remove(&set.used);
        set.used = self.tick;
        self.by_use.insert(self.tick, Slot::Set(*key));
        Some(Arc::clone(&set.candidates))
    }

    /// What was judged for a mutation from a set, which counts as used now.
    pub(crate) fn findings(&mut self, key: &SetKey, mutation: &Mutation) -> Option<Arc<Findings>> {
        let held = self.sets.get_mut(key)?.findings.get_mut(mutation)?;
        self.tick += 1;
        if let Some(slot) = self.by_use.remove(&held.used) {
            held.used = self.tick;
            self.by_use.insert(self.tick, slot);
        }
        Some(Arc::clone(&held.findings))
    }

    /// The study as it is already held by another set, if it is.
    pub(crate) fn shared(&self, study: &HeldStudy) -> Option<Arc<HeldStudy>> {
        let versions = self.studies.get(&study.study.nct_id)?;
        versions
            .iter()
            .find(|(held, _)| **held == *study)
            .map(|(held, _)| Arc::clone(held))
    }

    /// Holds a set in place of the one with its key, whose findings go with it. A set that alone exceeds the bound is
    /// not held: it would only drive out all the others first.
    pub(crate) fn insert(&mut self, candidates: Arc<Candidates>) {
        let key = candidates.key;
        self.remove(&key);
        let alone: usize = candidates.studies.iter().map(|study| study.bytes()).sum();
        if alone > self.bytes_max {
            tracing::warn!(set = %key, bytes = alone, "a candidate set is larger than CACHE_MEMORY_MAX and is not kept");
            return;
        }
        self.bytes += SET_ENTRY_BYTES + size_of_val(&*candidates.studies);
        for study in &candidates.studies {
            let versions = self.studies.entry(study.study.nct_id).or_default();
            match versions.iter_mut().find(|(held, _)| Arc::ptr_eq(held, study)) {
                Some((_, holders)) => *holders += 1,
                None => {
                    self.bytes += study.bytes();
                    versions.push((Arc::clone(study), 1));
                }
            }
        }
        self.tick += 1;
        self.by_use.insert(self.tick, Slot::Set(key));
        self.sets.insert(
            key,
            HeldSet {
                candidates,
                findings: HashMap::new(),
                used: self.tick,
            },
        );
        self.evict();
    }

    /// Holds what was judged, if the candidates it was judged from are still the ones held.
    pub(crate) fn insert_findings(&mut self, from: &Arc<Candidates>, mutation: &Mutation, findings: Arc<Findings>) {
        let Some(set) = self.sets.get_mut(&from.key) else {
            return;
        };
        if !Arc::ptr_eq(&set.candidates, from) {
            return;
        }
        let bytes = FINDINGS_ENTRY_BYTES + findings.bytes();
        self.tick += 1;
        self.by_use
            .insert(self.tick, Slot::Findings(from.key, mutation.clone()));
        let held = HeldFindings {
            findings,
            used: self.tick,
            bytes,
        };
        if let Some(old) = set.findings.insert(mutation.clone(), held) {
            self.by_use.remove(&old.used);
            self.bytes -= old.bytes;
        }
        self.bytes += bytes;
        self.evict();
    }

    /// Lets go of a set and all that was judged from it. Says how many entries went.
    pub(crate) fn remove(&mut self, key: &SetKey) -> usize {
        let Some(set) = self.sets.remove(key) else { return 0 };
        self.by_use.remove(&set.used);
        for held in set.findings.values() {
            self.by_use.remove(&held.used);
            self.bytes -= held.bytes;
        }
        self.bytes -= SET_ENTRY_BYTES + size_of_val(&*set.candidates.studies);
        for study in &set.candidates.studies {
            let Some(versions) = self.studies.get_mut(&study.study.nct_id) else {
                continue;
            };
            let Some(place) = versions.iter().position(|(held, _)| Arc::ptr_eq(held, study)) else {
                continue;
            };
            let Some((_, holders)) = versions.get_mut(place) else {
                continue;
            };
            *holders -= 1;
            if *holders == 0 {
                versions.swap_remove(place);
                self.bytes -= study.bytes();
            }
            if versions.is_empty() {
                self.studies.remove(&study.study.nct_id);
            }
        }
        1 + set.findings.len()
    }

    /// Every set held.
    pub(crate) fn keys(&self) -> Vec<SetKey> {
        self.sets.keys().copied().collect()
    }

    /// Every mutation judged, with the set it was judged from.
    pub(crate) fn judged(&self) -> impl Iterator<Item = (&Mutation, SetKey)> {
        self.sets
            .iter()
            .flat_map(|(key, set)| set.findings.keys().map(|mutation| (mutation, *key)))
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Different studies held.
    pub(crate) fn studies_held(&self) -> usize {
        self.studies.values().map(Vec::len).sum()
    }

    /// Sets and findings that went for room.
    pub(crate) fn evictions(&self) -> u64 {
        self.evictions
    }

    /// The largest sets, largest first.
    pub(crate) fn largest(&self, n: usize, now: Instant) -> Vec<SetReport> {
        let mut reports: Vec<SetReport> = self
            .sets
            .values()
            .map(|set| SetReport {
                key: set.candidates.key.to_string(),
                studies: set.candidates.studies.len(),
                bytes: set.candidates.studies.iter().map(|study| self.share(study)).sum(),
                age: now.saturating_duration_since(set.candidates.fetched_at),
            })
            .collect();
        reports.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.key.cmp(&b.key)));
        reports.truncate(n);
        reports
    }

    /// A study's bytes divided by the sets that hold it.
    fn share(&self, study: &Arc<HeldStudy>) -> usize {
        let holders = self
            .studies
            .get(&study.study.nct_id)
            .and_then(|versions| versions.iter().find(|(held, _)| Arc::ptr_eq(held, study)))
            .map_or(1, |(_, holders)| *holders);
        study.bytes() / holders.max(1)
    }

    fn evict(&mut self) {
        while self.bytes > self.bytes_max {
            let Some((_, slot)) = self.by_use.pop_first() else {
                return;
            };
            self.evictions += 1;
            match slot {
                Slot::Set(key) => {
                    self.remove(&key);
                }
                Slot::Findings(key, mutation) => {
                    let gone = self.sets.get_mut(&key).and_then(|set| set.findings.remove(&mutation));
                    self.bytes -= gone.map_or(0, |held| held.bytes);
                }
            }
        }
    }
}
