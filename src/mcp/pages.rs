//! Pages: a question that is asked again within the second is given the page that was written for it before.
//!
//! A page is a function of the question, of what was judged, and of where that comes from, with its age in seconds. So
//! where these three are equal it need not be written again. Every question is asked all the same, and each keeps its own
//! place and deadline: only reading its mutation and writing are spared, which else are most of what a warm question costs.

use super::summarize_trials::render;
use super::{Complaint, Reply};
use crate::ask::Answered;
use actors::verdicts::Origin;
use actors::{Provenance, Verdicts};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use trials::Question;
use trials::mutation::{Mutation, UnreadMutation};

/// Pages that are held. What many ask at once is few questions, and a second later none of them is of use.
const PAGES_MAX: usize = 32;
/// How long a page can be of use: ages are told in seconds.
const OF_USE: Duration = Duration::from_secs(1);
/// The longest text of a page that is held, in bytes: about one of ten trials with all their details.
const TEXT_BYTES_MAX: usize = 64 << 10;

/// The pages that were written last. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages(Arc<Mutex<VecDeque<Arc<Page>>>>);

#[derive(Debug)]
struct Page {
    question: Question,
    origin: Origin,
    provenance: Provenance,
    written: Instant,
    reply: Reply,
}

impl Pages {
    /// The page that a question asks for, from what was judged.
    pub(crate) fn reply(&self, question: Question, mut verdicts: Verdicts) -> Result<Reply, Complaint> {
        // Nothing finer is ever shown; and so equal provenances are written equally.
        verdicts.provenance.cut_to_seconds();
        let origin = verdicts.origin();
        if let Some(page) = self.find(&question, &origin, &verdicts.provenance) {
            return Ok(tracing::info_span!("render").in_scope(|| page.reply.clone()));
        }
        let answered = Answered::new(question, verdicts).map_err(|refusal| Complaint::from(&refusal))?;
        let reply = render(&answered)?;
        if reply.text.len() <= TEXT_BYTES_MAX {
            let page = Arc::new(Page {
                question: answered.question.clone(),
                origin,
                provenance: answered.provenance.clone(),
                written: Instant::now(),
                reply: reply.clone(),
            });
            let mut pages = self.lock();
            pages.retain(|page| page.written.elapsed() < OF_USE);
            pages.truncate(PAGES_MAX - 1);
            pages.push_front(page);
        }
        Ok(reply)
    }

    /// The mutation that a text is read as. Where a page is held of it, it was read before.
    pub(crate) fn mutation(&self, text: &str) -> Result<Mutation, UnreadMutation> {
        let read_before = self
            .lock()
            .iter()
            .find(|page| page.question.input == text)
            .map(|page| page.question.mutation.clone());
        read_before.map_or_else(|| Mutation::read(text), Ok)
    }

    fn find(&self, question: &Question, origin: &Origin, provenance: &Provenance) -> Option<Arc<Page>> {
        let pages = self.lock();
        let mut equal = pages
            .iter()
            .filter(|page| page.origin == *origin && page.question == *question && page.provenance == *provenance);
        equal.next().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Page>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
