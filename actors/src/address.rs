//! Where to write to an actor, across its incarnations.
//!
//! A restarted actor is a new `ActorRef`, so a reference kept past a restart writes to the dead. An [`Address`] is
//! held instead: the supervisor moves it on, and its holders never notice. There are no process-wide names, so any
//! number of trees live side by side in one process.

use ractor::{ActorRef, Message, MessagingErr};
use std::time::Duration;
use tokio::sync::watch;
use tracing::Instrument;

/// How long a message waits for an actor that is being restarted. Past it the message is dropped, and what it
/// carries answers for itself (an `Asker` refuses, a `Homing` brings the failure home).
const RESTART_WAIT_MAX: Duration = Duration::from_secs(2);

/// A way to write to the current incarnation of an actor.
pub(crate) struct Address<M> {
    current: watch::Sender<Option<ActorRef<M>>>,
}

impl<M> Clone for Address<M> {
    fn clone(&self) -> Self {
        Self {
            current: self.current.clone(),
        }
    }
}

impl<M> std::fmt::Debug for Address<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("inhabited", &self.current.borrow().is_some())
            .finish()
    }
}

impl<M: Message> Address<M> {
    /// An address at which nobody lives yet.
    pub(crate) fn vacant() -> Self {
        Self {
            current: watch::Sender::new(None),
        }
    }

    /// The supervisor moves a new incarnation in.
    pub(crate) fn move_in(&self, actor: ActorRef<M>) {
        self.current.send_replace(Some(actor));
    }

    /// The supervisor has heard that the incarnation is gone.
    pub(crate) fn move_out(&self) {
        self.current.send_replace(None);
    }

    /// Whether an incarnation is there to read what is posted.
    pub(crate) fn is_inhabited(&self) -> bool {
        self.current.borrow().is_some()
    }

    /// Posts a message and goes on. Where the actor is being restarted, the message waits for the next incarnation.
    pub(crate) fn post(&self, message: M) {
        let Err(message) = self.try_post(message) else { return };
        // Where the runtime is gone, so is everyone who could read it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let address = self.clone();
        let redelivering = async move {
            let mut arrivals = address.current.subscribe();
            let mut message = message;
            let redelivery = async {
                loop {
                    // Marked seen before trying, so that a move in between wakes the wait below.
                    arrivals.borrow_and_update();
                    match address.try_post(message) {
                        Ok(()) => return,
                        Err(back) => message = back,
                    }
                    if arrivals.changed().await.is_err() {
                        return;
                    }
                }
            };
            // On time-out the message is dropped here, and what it carries answers for itself.
            let _ = tokio::time::timeout(RESTART_WAIT_MAX, redelivery).await;
        };
        runtime.spawn(redelivering.in_current_span());
    }

    /// Posts a message if an incarnation is there to take it; else gives it back.
    fn try_post(&self, message: M) -> Result<(), M> {
        let current = self.current.borrow();
        match current.as_ref() {
            None => Err(message),
            Some(actor) => match actor.cast(message) {
                Err(MessagingErr::SendErr(message)) => Err(message),
                // Neither happens: the type is the actor's own, and a cast waits for no reply.
                Ok(()) | Err(MessagingErr::ChannelClosed | MessagingErr::InvalidActorType) => Ok(()),
            },
        }
    }

    /// Ends the incarnation at once, whatever it is doing; the supervisor hears of it and restarts it.
    #[cfg(test)]
    pub(crate) fn kill(&self) {
        if let Some(actor) = self.current.borrow().as_ref() {
            actor.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ractor::{Actor, ActorProcessingErr};
    use tokio::sync::mpsc;

    struct Echo;

    impl Actor for Echo {
        type Msg = u32;
        type State = mpsc::UnboundedSender<u32>;
        type Arguments = mpsc::UnboundedSender<u32>;

        async fn pre_start(
            &self,
            _: ActorRef<u32>,
            heard: mpsc::UnboundedSender<u32>,
        ) -> Result<Self::State, ActorProcessingErr> {
            Ok(heard)
        }

        async fn handle(&self, _: ActorRef<u32>, n: u32, heard: &mut Self::State) -> Result<(), ActorProcessingErr> {
            heard.send(n)?;
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_message_posted_while_nobody_is_there_reaches_the_next_incarnation() {
        let (heard, mut hears) = mpsc::unbounded_channel();
        let address = Address::vacant();
        address.post(1);
        let (first, ended) = Actor::spawn(None, Echo, heard.clone()).await.unwrap();
        address.move_in(first.clone());
        assert_eq!(hears.recv().await, Some(1));

        first.stop(None);
        ended.await.unwrap();
        address.post(2);
        let (second, _) = Actor::spawn(None, Echo, heard).await.unwrap();
        address.move_in(second);
        assert_eq!(hears.recv().await, Some(2));
    }
}
