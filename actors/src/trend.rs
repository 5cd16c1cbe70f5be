//! The trend: what people ask for lately, by which the warmer chooses what to keep warm.
//!
//! # What is counted
//!
//! Questions of people, by canonical mutation, when they arrive; warming and renewal are no questions. A question
//! weighs half as much after [`HALVED_AFTER`] periods. Candidates are fetched by gene, so what a gene weighs is what all
//! its mutations weigh together: fifty rare mutations of one gene make it as wanted as one that is asked fifty times.
//!
//! # Where it is kept
//!
//! In the store, where all processes add to it and read it back, so that a restart keeps it and a new process knows
//! what the others were asked. A process writes what it has counted every [`SAVED_EVERY`]: that much is lost when it
//! dies. Without a store each process goes by its own counts.
//!
//! It is shared so that it outlives every actor; no lock is held across an await.

use crate::candidates::SetKey;
use crate::key::sets;
use crate::store::{PERIOD, Store};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use trials::Mutation;
use trials::question::Reach;

/// How often counts go to the store: what was counted since is lost with the process.
pub(crate) const SAVED_EVERY: Duration = Duration::from_secs(2);
/// Periods after which a question weighs half.
const HALVED_AFTER: u64 = 8;
/// What trends weighs at least this: two questions of today do, five do for three and a half days, one alone never does.
const TRENDING_MIN: f64 = 1.5;
/// Mutations counted. When more are asked for, those that weigh least are forgotten.
const MUTATIONS_COUNTED_MAX: usize = 4096;
/// Mutations that are judged ahead for each set that trends: the others are judged in memory when asked for.
const JUDGED_AHEAD_MAX: usize = 4;

/// What was counted how long ago: periods, the mutation, how often.
pub(crate) type Counted = (u64, Mutation, u64);

/// What people asked for lately.
#[derive(Debug)]
pub(crate) struct Trend {
    started: Instant,
    kept: Mutex<Kept>,
    /// Held by the one who writes to the store or reads from it.
    exchanging: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Not yet in the store.
    unsaved: HashMap<Mutation, u64>,
    /// What all processes on the store counted, as it was read last.
    read: Weights,
    /// What this process counted since; without a store, since it started.
    since: Weights,
    /// What this process counted before a reading that is under way.
    before: Weights,
}

/// What mutations weigh, as of a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Weights {
    as_of: u64,
    of: HashMap<Mutation, f64>,
}

/// A candidate set that trends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trending {
    pub(crate) set: SetKey,
    /// What all mutations that are judged from it weigh together.
    pub(crate) weight: f64,
    /// The mutations that weigh most, heaviest first.
    pub(crate) mutations: Vec<Mutation>,
}

impl Trend {
    /// Nothing asked yet.
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            kept: Mutex::default(),
            exchanging: tokio::sync::Mutex::default(),
        }
    }

    /// Somebody asked for this.
    pub(crate) fn asked(&self, mutation: &Mutation) {
        let period = self.period();
        let mut kept = self.kept();
        kept.since.add(mutation.clone(), 1.0, period);
        kept.since.forget_the_light();
        // More than is counted is not kept for a store that stays away, either.
        let is_full = kept.unsaved.len() >= MUTATIONS_COUNTED_MAX;
        match kept.unsaved.entry(mutation.clone()) {
            Entry::Occupied(mut times) => *times.get_mut() += 1,
            Entry::Vacant(_) if is_full => {}
            Entry::Vacant(place) => {
                place.insert(1);
            }
        }
    }

    /// Whether something was counted that the store doesn't have.
    pub(crate) fn is_unsaved(&self) -> bool {
        !self.kept().unsaved.is_empty()
    }

    /// Adds what was counted to the store. What it doesn't take is kept for the next time.
    pub(crate) async fn save(&self, store: &Store) {
        let _alone = self.exchanging.lock().await;
        self.write(store).await;
    }

    async fn write(&self, store: &Store) {
        if !store.is_there() {
            return;
        }
        let unsaved = std::mem::take(&mut self.kept().unsaved);
        if unsaved.is_empty() {
            return;
        }
        let counts = unsaved.iter().map(|(mutation, &times)| (mutation.to_string(), times));
        if store.count(counts.collect()).await.is_err() {
            // How it went is the store's health.
            let mut kept = self.kept();
            for (mutation, times) in unsaved {
                *kept.unsaved.entry(mutation).or_default() += times;
            }
        }
    }

    /// Adds what was counted to the store, and reads what all processes on it counted.
    pub(crate) async fn exchange(&self, store: &Store) {
        if !store.is_there() {
            return;
        }
        let _alone = self.exchanging.lock().await;
        self.write(store).await;
        {
            let mut kept = self.kept();
            let since = std::mem::take(&mut kept.since);
            kept.before.merge(since);
        }
        let counts = match store.counts().await {
            Ok(counts) => tokio::task::spawn_blocking(move || weigh(read(counts), 0)).await.ok(),
            Err(_) => None,
        };
        let period = self.period();
        let mut kept = self.kept();
        let before = std::mem::take(&mut kept.before);
        match counts {
            Some(mut weights) => {
                weights.as_of = period;
                weights.forget_the_light();
                // What the store would not take is still ours alone.
                let unsaved = std::mem::take(&mut kept.unsaved);
                kept.since = Weights::default();
                for (mutation, &times) in &unsaved {
                    kept.since.add(
                        mutation.clone(),
                        f64::from(u32::try_from(times).unwrap_or(u32::MAX)),
                        period,
                    );
                }
                kept.unsaved = unsaved;
                kept.read = weights;
            }
            None => kept.since.merge(before),
        }
    }

    /// The candidate sets that trend, heaviest first.
    pub(crate) fn sets(&self) -> Vec<Trending> {
        trending(&self.weights())
    }

    /// The mutations that weigh most, heaviest first.
    pub(crate) fn top(&self, n: usize) -> Vec<(String, f64)> {
        let weights = self.weights();
        let top = weights.heaviest_first().into_iter().take(n);
        top.map(|(mutation, weight)| (mutation.to_string(), weight)).collect()
    }

    /// What everything weighs now.
    fn weights(&self) -> Weights {
        let period = self.period();
        let kept = self.kept();
        let mut weights = kept.read.clone();
        weights.advance(period);
        weights.merge(kept.before.clone());
        weights.merge(kept.since.clone());
        weights
    }

    /// Periods since the process started.
    fn period(&self) -> u64 {
        self.started.elapsed().as_secs() / PERIOD.as_secs()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What mutations weigh by these counts, each a number of periods ago.
pub(crate) fn weigh(counted: impl IntoIterator<Item = Counted>, as_of: u64) -> Weights {
    let mut weights = Weights {
        as_of,
        of: HashMap::new(),
    };
    for (periods_ago, mutation, times) in counted {
        let times = f64::from(u32::try_from(times).unwrap_or(u32::MAX));
        *weights.of.entry(mutation).or_default() += times * decay(periods_ago);
    }
    weights
}

/// The sets that weigh enough, heaviest first, each with the mutations to judge ahead.
fn trending(weights: &Weights) -> Vec<Trending> {
    let mut by_set: HashMap<SetKey, Trending> = HashMap::new();
    // Heaviest first, so that each set is given its mutations in that order.
    for (mutation, weight) in weights.heaviest_first() {
        for set in sets(mutation, Reach::Open) {
            let trending = by_set.entry(set).or_insert_with(|| Trending {
                set,
                weight: 0.0,
                mutations: Vec::new(),
            });
            trending.weight += weight;
            if trending.mutations.len() < JUDGED_AHEAD_MAX {
                trending.mutations.push(mutation.clone());
            }
        }
    }
    let mut sets: Vec<Trending> = by_set.into_values().filter(|set| set.weight >= TRENDING_MIN).collect();
    sets.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.set.cmp(&b.set)));
    sets
}

/// Counts by the names that the store keeps. What is no mutation's name, or no longer, is left out.
fn read(counts: Vec<(u64, String, u64)>) -> Vec<Counted> {
    let mut known: HashMap<String, Option<Mutation>> = HashMap::new();
    let mut read = Vec::with_capacity(counts.len());
    for (periods_ago, name, times) in counts {
        let mutation = known
            .entry(name)
            .or_insert_with_key(|name| Mutation::read(name).ok())
            .clone();
        read.extend(mutation.map(|mutation| (periods_ago, mutation, times)));
    }
    read
}

/// What is left of a question's weight after so many periods.
fn decay(periods: u64) -> f64 {
    // Past that nothing is left that could be told from nothing.
    let periods = u32::try_from(periods).unwrap_or(u32::MAX);
    0.5_f64.powf(f64::from(periods) / f64::from(u32::try_from(HALVED_AFTER).unwrap_or(1)))
}

impl Weights {
    fn add(&mut self, mutation: Mutation, weight: f64, as_of: u64) {
        self.advance(as_of);
        *self.of.entry(mutation).or_default() += weight;
    }

    /// Adds others, as of the later of the two periods.
    fn merge(&mut self, mut other: Self) {
        let as_of = self.as_of.max(other.as_of);
        self.advance(as_of);
        other.advance(as_of);
        for (mutation, weight) in other.of {
            *self.of.entry(mutation).or_default() += weight;
        }
    }

    /// Lets them decay until a period.
    fn advance(&mut self, as_of: u64) {
        let Some(periods) = as_of.checked_sub(self.as_of).filter(|&periods| periods > 0) else {
            return;
        };
        let left = decay(periods);
        for weight in self.of.values_mut() {
            *weight *= left;
        }
        self.as_of = as_of;
    }

    fn heaviest_first(&self) -> Vec<(&Mutation, f64)> {
        let mut sorted: Vec<(&Mutation, f64)> = self.of.iter().map(|(mutation, &weight)| (mutation, weight)).collect();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        sorted
    }

    /// Where there are more than are counted, forgets the lighter half.
    fn forget_the_light(&mut self) {
        if self.of.len() <= MUTATIONS_COUNTED_MAX {
            return;
        }
        let mut weights: Vec<f64> = self.of.values().copied().collect();
        weights.sort_by(|a, b| b.total_cmp(a));
        let least = weights.get(MUTATIONS_COUNTED_MAX / 2).copied().unwrap_or_default();
        self.of.retain(|_, weight| *weight > least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutation(name: &str) -> Mutation {
        Mutation::read(name).unwrap()
    }

    fn names(trending: &[Trending]) -> Vec<String> {
        trending.iter().map(|trending| trending.set.to_string()).collect()
    }

    #[test]
    fn a_question_weighs_half_after_two_days() {
        let counted = |ago| [(ago, mutation("EGFR L858R"), 4)];
        assert_eq!(weigh(counted(0), 0).of[&mutation("EGFR L858R")], 4.0);
        assert_eq!(weigh(counted(8), 0).of[&mutation("EGFR L858R")], 2.0);
        let mut later = weigh(counted(0), 0);
        later.advance(16);
        assert_eq!(later.of[&mutation("EGFR L858R")], 1.0);
    }

    #[test]
    fn five_questions_trend_for_days_and_one_alone_never_does() {
        let sets_of = |times, ago| names(&trending(&weigh([(ago, mutation("MUTYH mutation"), times)], 0)));
        assert_eq!(sets_of(5, 0), ["gene:MUTYH"]);
        assert_eq!(sets_of(5, 12), ["gene:MUTYH"], "after three days");
        assert!(sets_of(5, 20).is_empty(), "after five");
        assert!(sets_of(1, 0).is_empty());
    }

    #[test]
    fn the_mutations_of_a_gene_weigh_together_and_a_fusion_weighs_for_both_partners() {
        let counted = [
            (0, mutation("TP53 R175H"), 1),
            (0, mutation("TP53 R248Q"), 1),
            (0, mutation("TP53 R273H"), 1),
            (0, mutation("EML4::ALK fusion"), 2),
        ];
        let trending = trending(&weigh(counted, 0));
        assert_eq!(names(&trending), ["gene:TP53", "gene:ALK", "gene:EML4"]);
        assert_eq!(trending[0].mutations.len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_this_process_was_asked_decays_by_itself_without_a_store() {
        let trend = Trend::new();
        for _ in 0..5 {
            trend.asked(&mutation("MUTYH mutation"));
        }
        trend.exchange(&Store::default()).await;
        assert_eq!(trend.top(9), [("MUTYH mutation".to_owned(), 5.0)]);
        tokio::time::advance(PERIOD * 8).await;
        assert_eq!(trend.top(9), [("MUTYH mutation".to_owned(), 2.5)]);
        tokio::time::advance(PERIOD * 16).await;
        assert!(trend.sets().is_empty());
    }

    #[test]
    fn of_too_many_the_lighter_half_is_forgotten() {
        let mut weights = Weights::default();
        for position in 1..=MUTATIONS_COUNTED_MAX + 1 {
            let name = format!("TP53 R{position}H");
            let Ok(mutation) = Mutation::read(&name) else { continue };
            weights.add(mutation, 1.0, 0);
        }
        weights.add(mutation("EGFR L858R"), 3.0, 0);
        weights.forget_the_light();
        assert!(weights.of.len() <= MUTATIONS_COUNTED_MAX);
        assert!(weights.of.contains_key(&mutation("EGFR L858R")));
    }
}
