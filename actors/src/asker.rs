//! One who waits for an answer, wherever the question is.
//!
//! The asker is passed on from actor to actor and answered by whoever knows; nobody waits on a chain of replies. It
//! carries the reply port and the admission ticket, and is consumed by answering. Its deadline stays with the caller,
//! who leaves when it passes. An asker that is dropped unanswered (an actor died with it in its mailbox or its state) refuses by itself: silence can't happen.

use crate::front::Door;
use crate::refusal::Refusal;
use crate::verdicts::Found;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Names an asker among all of this process, so that leaving can be told of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AskerId(pub(crate) u64);

/// What an asker is told.
pub(crate) type Reply = Result<Found, Refusal>;

/// One who waits for an answer.
#[derive(Debug)]
pub(crate) struct Asker {
    id: AskerId,
    door: Arc<Door>,
    /// Taken by answering. Some until then.
    port: Option<oneshot::Sender<Reply>>,
    /// A place among the questions taken at once; free again when the asker is answered or leaves. Warming has none.
    ticket: Option<OwnedSemaphorePermit>,
}

impl Asker {
    /// An asker and the port at which they listen.
    pub(crate) fn new(door: &Arc<Door>) -> (Self, oneshot::Receiver<Reply>) {
        let (port, replies) = oneshot::channel();
        let asker = Self {
            id: door.next_asker(),
            door: Arc::clone(door),
            port: Some(port),
            ticket: None,
        };
        (asker, replies)
    }

    /// Who this is.
    pub(crate) fn id(&self) -> AskerId {
        self.id
    }

    /// Whether they have stopped listening.
    pub(crate) fn is_gone(&self) -> bool {
        self.port.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    /// Admits them: the ticket is theirs until they are answered or leave.
    pub(crate) fn admit(&mut self, ticket: OwnedSemaphorePermit) {
        self.ticket = Some(ticket);
    }

    /// Answers them. Their place goes with what was found, to be free again when the answer has been made of them.
    pub(crate) fn answer(mut self, mut reply: Reply) {
        if let Ok(found) = &mut reply {
            found.keep(self.ticket.take().map(Arc::new));
        }
        if let Some(port) = self.port.take() {
            // One who has left hears nothing; that is what leaving means.
            let _ = port.send(reply);
        }
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        if let Some(port) = self.port.take() {
            let refusal = if self.door.is_draining() {
                Refusal::Draining
            } else {
                Refusal::Interrupted
            };
            let _ = port.send(Err(refusal));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_asker_dropped_unanswered_is_refused_not_left_in_silence() {
        let door = Arc::new(Door::new(1));
        let (asker, replies) = Asker::new(&door);
        drop(asker);
        assert!(matches!(replies.await, Ok(Err(Refusal::Interrupted))));

        let (asker, replies) = Asker::new(&door);
        door.close();
        drop(asker);
        assert!(matches!(replies.await, Ok(Err(Refusal::Draining))));
    }
}
