//! Dropping by glob: in memory, in the store, and in every other process on it.

use super::{CacheState, Receipt};
use crate::key::{Key, sets};
use std::collections::HashSet;
use tokio::sync::oneshot;
use trials::Mutation;
use trials::question::Reach;
use wildmatch::WildMatch;

impl CacheState {
    /// Drops what matches here, in the store, and in every other process on it; an entry in both counts once.
    pub(super) fn invalidate_everywhere(&mut self, pattern: String, reply: oneshot::Sender<usize>) {
        let (doomed, gone) = self.invalidate(&pattern);
        let store = self.arguments.store.clone();
        if !store.is_there() {
            // One who no longer listens has still had it done.
            let _ = reply.send(gone);
            return;
        }
        let doomed: HashSet<String> = doomed.iter().map(Key::to_string).collect();
        tokio::spawn(async move {
            let glob = WildMatch::new(&pattern);
            let is_meant = |key: &str| glob.matches(key) || doomed.contains(key);
            let kept = store.drop_matching(&pattern, is_meant).await;
            let only_kept = kept.iter().filter(|key| !doomed.contains(*key)).count();
            let _ = reply.send(gone + only_kept);
        });
    }

    /// Drops every entry in memory whose key matches, and the candidates that a matching mutation was judged from. What
    /// is on its way for them is asked for anew. Gives the keys that are meant, and how many entries went.
    pub(super) fn invalidate(&mut self, pattern: &str) -> (HashSet<Key>, usize) {
        let mut doomed: HashSet<Key> = HashSet::new();
        // A mutation named in full drops its candidates also where its own findings have gone for room before.
        if let Some(mutation) = pattern
            .strip_prefix("mutation:")
            .and_then(|name| Mutation::read(name).ok())
        {
            doomed.extend(sets(&mutation, Reach::All).map(Key::Candidates));
        }
        let pattern = WildMatch::new(pattern);
        let is_meant = |key: &Key| pattern.matches(&key.to_string());
        let means = |mutation: &Mutation| pattern.matches(&format!("mutation:{mutation}"));
        {
            let memory = self.memory();
            doomed.extend(memory.keys().filter(is_meant));
            doomed.extend(
                memory
                    .judged()
                    .filter(|(mutation, _)| means(mutation))
                    .map(|(_, key)| Key::Candidates(key)),
            );
        }
        doomed.extend(self.flights.keys().filter(|key| is_meant(key)));
        for key in &doomed {
            if let Some(flight) = self.flights.remove(key) {
                flight.receipt.as_ref().map(Receipt::withdraw);
                for id in flight.askers {
                    let Some(waiting) = self.waiting.get(&id) else { continue };
                    let (lane, span) = (waiting.lane, waiting.span.clone());
                    self.board(*key, lane, id, &span);
                }
            }
        }
        let mut memory = self.memory();
        let gone = doomed.iter().map(|key| memory.remove(key)).sum();
        drop(memory);
        (doomed, gone)
    }
}
