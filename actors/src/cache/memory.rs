//! The memory tier: candidate sets, what was judged from them, and whole records, within a bound in bytes.
//!
//! # What is counted
//!
//! Bytes as held. A study that several genes found is held and counted once, and so is a place that many studies share.
//! What exceeds the bound goes, the least recently used first: findings by themselves, a candidate set whole and with
//! its findings, a record whole.
//!
//! # Who writes
//!
//! The cache actor alone says what is held; whoever answers from it notes that it was used. The memory is shared so that
//! it outlives an incarnation of the actor, and can be answered from and reported on without a message. No lock is held
//! across an await. The longest that it is held for is a walk over one set, when the set is replaced or evicted, or over
//! the names of all, for a plan or a report.

use crate::candidates::{Candidates, Findings, HeldStudy, SetKey};
use crate::key::{HeldRecord, Key};
use crate::report::SetReport;
use crate::version::Vintage;
use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::time::Instant;
use trials::{Mutation, NctId};

/// What a mutation's canonical name and its place in the maps cost, roughly.
const FINDINGS_ENTRY_BYTES: usize = 200;
/// What a set's place in the maps costs beside its studies, roughly.
const SET_ENTRY_BYTES: usize = 400;

/// What a whole record's place in the maps costs beside itself, roughly.
const RECORD_ENTRY_BYTES: usize = 200;

/// Candidate sets, findings and whole records within a bound.
#[derive(Debug)]
pub(crate) struct Memory {
    bytes_max: usize,
    bytes: usize,
    sets: HashMap<SetKey, HeldSet>,
    /// Whole records, by the number they were asked for by.
    records: HashMap<NctId, RecordInUse>,
    /// Every study held, with how many sets hold it. Two versions of a study may be held for a while.
    studies: HashMap<NctId, Vec<(Arc<HeldStudy>, usize)>>,
    /// Every place held, by its address in memory, with how many sites hold it.
    places: HashMap<usize, usize>,
    /// What was used when: the least recently used comes first. Ticks are unique.
    by_use: BTreeMap<u64, Use>,
    tick: u64,
    evictions: u64,
}

#[derive(Debug)]
struct HeldSet {
    candidates: Arc<Candidates>,
    findings: HashMap<Mutation, HeldFindings>,
    used: u64,
    /// Of its studies, those that other sets hold too included.
    bytes: usize,
}

#[derive(Debug)]
struct HeldFindings {
    findings: Arc<Findings>,
    used: u64,
    bytes: usize,
}

#[derive(Debug)]
struct RecordInUse {
    held: Arc<HeldRecord>,
    used: u64,
    bytes: usize,
}

#[derive(Debug, Clone)]
enum Use {
    Set(SetKey),
    Record(NctId),
    Findings(SetKey, Mutation),
}

impl Memory {
    /// An empty memory.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            bytes: 0,
            sets: HashMap::new(),
            records: HashMap::new(),
            studies: HashMap::new(),
            places: HashMap::new(),
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
        self.by_use.insert(self.tick, Use::Set(*key));
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

    /// A whole record, which counts as used now.
    pub(crate) fn record(&mut self, nct_id: NctId) -> Option<Arc<HeldRecord>> {
        let record = self.records.get_mut(&nct_id)?;
        self.tick += 1;
        self.by_use.remove(&record.used);
        record.used = self.tick;
        self.by_use.insert(self.tick, Use::Record(nct_id));
        Some(Arc::clone(&record.held))
    }

    /// Whether something of that name is held. Does not count as use.
    pub(crate) fn holds(&self, key: &Key) -> bool {
        match key {
            Key::Candidates(set) => self.sets.contains_key(set),
            Key::Trial(nct_id) => self.records.contains_key(nct_id),
            Key::Version => false,
        }
    }

    /// When what has that name was fetched, and under which version. Does not count as use.
    pub(crate) fn vintage(&self, key: &Key) -> Option<&Vintage> {
        match key {
            Key::Candidates(set) => self.sets.get(set).map(|set| &set.candidates.vintage),
            Key::Trial(nct_id) => self.records.get(nct_id).map(|record| &record.held.vintage),
            Key::Version => None,
        }
    }

    /// Every set and record held, the most recently used first.
    pub(crate) fn by_use(&self) -> impl Iterator<Item = Key> {
        self.by_use.values().rev().filter_map(|slot| match slot {
            Use::Set(key) => Some(Key::Candidates(*key)),
            Use::Record(nct_id) => Some(Key::Trial(*nct_id)),
            Use::Findings(..) => None,
        })
    }

    /// Holds a set in place of the one with its key, whose findings go with it; gives it as it is held, with the studies
    /// that other sets hold already. A set that alone exceeds the bound is not held: it would only drive out all others.
    pub(crate) fn insert(&mut self, candidates: Arc<Candidates>) -> Arc<Candidates> {
        // Those who pack it for the store may hold it still; its studies are shared either way.
        let mut candidates = Arc::unwrap_or_clone(candidates);
        let key = candidates.key;
        self.remove_set(&key);
        for study in &mut candidates.studies {
            let versions = self.studies.get(&study.study.nct_id);
            let same = versions.and_then(|versions| versions.iter().find(|(held, _)| held == study));
            if let Some((held, _)) = same {
                *study = Arc::clone(held);
            }
        }
        let candidates = Arc::new(candidates);
        let bytes = candidates.studies.iter().map(|study| study.bytes).sum();
        if bytes > self.bytes_max {
            tracing::warn!(set = %key, bytes, "a candidate set is larger than CACHE_MEMORY_MAX and is not kept");
            return candidates;
        }
        self.bytes += SET_ENTRY_BYTES + size_of_val(&*candidates.studies);
        for study in &candidates.studies {
            self.hold(study);
        }
        self.tick += 1;
        self.by_use.insert(self.tick, Use::Set(key));
        let set = HeldSet {
            candidates: Arc::clone(&candidates),
            findings: HashMap::new(),
            used: self.tick,
            bytes,
        };
        self.sets.insert(key, set);
        self.evict();
        candidates
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
        self.by_use.insert(self.tick, Use::Findings(from.key, mutation.clone()));
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

    /// Holds a record in place of the one asked for by the same number. One that alone exceeds the bound is not held.
    pub(crate) fn insert_record(&mut self, held: Arc<HeldRecord>) -> Arc<HeldRecord> {
        let nct_id = held.asked;
        self.remove_record(nct_id);
        let bytes = RECORD_ENTRY_BYTES + held.record.bytes_held();
        if bytes > self.bytes_max {
            tracing::warn!(%nct_id, bytes, "a record is larger than CACHE_MEMORY_MAX and is not kept");
            return held;
        }
        self.tick += 1;
        self.by_use.insert(self.tick, Use::Record(nct_id));
        self.bytes += bytes;
        let record = RecordInUse {
            held: Arc::clone(&held),
            used: self.tick,
            bytes,
        };
        self.records.insert(nct_id, record);
        self.evict();
        held
    }

    /// Lets go of what has that name, of a set with all that was judged from it. Says how many entries went.
    pub(crate) fn remove(&mut self, key: &Key) -> usize {
        match key {
            Key::Candidates(set) => self.remove_set(set),
            Key::Trial(nct_id) => self.remove_record(*nct_id),
            Key::Version => 0,
        }
    }

    fn remove_record(&mut self, nct_id: NctId) -> usize {
        let Some(record) = self.records.remove(&nct_id) else {
            return 0;
        };
        self.by_use.remove(&record.used);
        self.bytes -= record.bytes;
        1
    }

    fn remove_set(&mut self, key: &SetKey) -> usize {
        let Some(set) = self.sets.remove(key) else { return 0 };
        self.by_use.remove(&set.used);
        for held in set.findings.values() {
            self.by_use.remove(&held.used);
            self.bytes -= held.bytes;
        }
        self.bytes -= SET_ENTRY_BYTES + size_of_val(&*set.candidates.studies);
        for study in &set.candidates.studies {
            self.let_go(study);
        }
        1 + set.findings.len()
    }

    /// Every set and record held.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let sets = self.sets.keys().copied().map(Key::Candidates);
        sets.chain(self.records.keys().copied().map(Key::Trial))
    }

    /// Sets held.
    pub(crate) fn sets_held(&self) -> usize {
        self.sets.len()
    }

    /// Whole records held.
    pub(crate) fn records_held(&self) -> usize {
        self.records.len()
    }

    /// Every mutation judged, with the set it was judged from.
    pub(crate) fn judged(&self) -> impl Iterator<Item = (&Mutation, SetKey)> {
        self.sets
            .iter()
            .flat_map(|(key, set)| set.findings.keys().map(|mutation| (mutation, *key)))
    }

    /// What was judged from a set, the last used first. Does not count as use.
    pub(crate) fn judged_from(&self, key: &SetKey, most: usize) -> Vec<Mutation> {
        let Some(set) = self.sets.get(key) else {
            return Vec::new();
        };
        let mut judged: Vec<(&Mutation, u64)> = set
            .findings
            .iter()
            .map(|(mutation, held)| (mutation, held.used))
            .collect();
        judged.sort_unstable_by_key(|&(_, used)| Reverse(used));
        judged.truncate(most);
        judged.into_iter().map(|(mutation, _)| mutation.clone()).collect()
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Different studies held.
    pub(crate) fn studies_held(&self) -> usize {
        self.studies.values().map(Vec::len).sum()
    }

    /// Sets, findings and records that went for room.
    pub(crate) fn evictions(&self) -> u64 {
        self.evictions
    }

    /// The largest sets, largest first.
    pub(crate) fn largest(&self, n: usize, now: Instant) -> Vec<SetReport> {
        let mut sets: Vec<&HeldSet> = self.sets.values().collect();
        sets.sort_by_key(|set| (std::cmp::Reverse(set.bytes), set.candidates.key));
        let report = |set: &&HeldSet| SetReport {
            key: set.candidates.key.to_string(),
            studies: set.candidates.studies.len(),
            bytes: set.bytes,
            age: now.saturating_duration_since(set.candidates.vintage.fetched_at),
        };
        sets.iter().take(n).map(report).collect()
    }

    /// One more set holds this study.
    fn hold(&mut self, study: &Arc<HeldStudy>) {
        let versions = self.studies.entry(study.study.nct_id).or_default();
        if let Some((_, holders)) = versions.iter_mut().find(|(held, _)| Arc::ptr_eq(held, study)) {
            *holders += 1;
            return;
        }
        versions.push((Arc::clone(study), 1));
        self.bytes += study.bytes;
        for site in &study.study.sites {
            let holders = self.places.entry(Arc::as_ptr(&site.place).addr()).or_default();
            *holders += 1;
            if *holders == 1 {
                self.bytes += site.place.bytes_held();
            }
        }
    }

    /// One set less holds this study.
    fn let_go(&mut self, study: &Arc<HeldStudy>) {
        let Some(versions) = self.studies.get_mut(&study.study.nct_id) else {
            return;
        };
        let Some(index) = versions.iter().position(|(held, _)| Arc::ptr_eq(held, study)) else {
            return;
        };
        let Some((_, holders)) = versions.get_mut(index) else {
            return;
        };
        *holders -= 1;
        if *holders > 0 {
            return;
        }
        versions.swap_remove(index);
        if versions.is_empty() {
            self.studies.remove(&study.study.nct_id);
        }
        self.bytes -= study.bytes;
        for site in &study.study.sites {
            let Entry::Occupied(mut holders) = self.places.entry(Arc::as_ptr(&site.place).addr()) else {
                continue;
            };
            *holders.get_mut() -= 1;
            if *holders.get() == 0 {
                holders.remove();
                self.bytes -= site.place.bytes_held();
            }
        }
    }

    fn evict(&mut self) {
        while self.bytes > self.bytes_max {
            let Some((_, slot)) = self.by_use.pop_first() else {
                return;
            };
            self.evictions += 1;
            match slot {
                Use::Set(key) => {
                    self.remove_set(&key);
                }
                Use::Record(nct_id) => {
                    self.remove_record(nct_id);
                }
                Use::Findings(key, mutation) => {
                    let gone = self.sets.get_mut(&key).and_then(|set| set.findings.remove(&mutation));
                    self.bytes -= gone.map_or(0, |held| held.bytes);
                }
            }
        }
    }
}
