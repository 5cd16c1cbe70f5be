//! A conversation with one MCP client: when it is over, what is still unanswered then, and its first request.
//!
//! The SDK ends the conversation when the first message is no request. Clients that reconnect, or people who try the
//! server by hand, send a stray notification first; it is passed over here, so that the server goes on.

use rmcp::model::{ClientJsonRpcMessage, ClientNotification, JsonRpcMessage, RequestId};
use rmcp::service::TxJsonRpcMessage;
use rmcp::transport::{IntoTransport, Transport};
use rmcp::{RoleServer, ServerHandler, ServiceExt as _};
use std::collections::HashSet;
use std::error::Error;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// A conversation under way.
pub(crate) struct Conversation {
    task: JoinHandle<()>,
    /// Cancelled when the client has hung up.
    hangup: CancellationToken,
    /// Cancelled to end what is still under way.
    end: CancellationToken,
    unanswered: watch::Receiver<HashSet<RequestId>>,
}

impl Conversation {
    /// Begins to answer on `transport`.
    pub(crate) fn begin<S, T, E, A>(server: S, transport: T) -> Self
    where
        S: ServerHandler,
        T: IntoTransport<RoleServer, E, A>,
        E: Error + Send + Sync + 'static,
    {
        let (hangup, end) = (CancellationToken::new(), CancellationToken::new());
        let (to_answer, unanswered) = watch::channel(HashSet::new());
        let line = Line {
            inner: transport.into_transport(),
            hangup: hangup.clone(),
            unanswered: to_answer,
            begun: false,
        };
        let serving = server.serve_with_ct(line, end.clone());
        let task = tokio::spawn(async move {
            match serving.await {
                Ok(running) => drop(running.waiting().await),
                Err(error) => tracing::debug!(%error, "the conversation ended before it began"),
            }
        });
        Self {
            task,
            hangup,
            end,
            unanswered,
        }
    }

    /// Resolves when the client has hung up, `shutdown` has resolved, or there is no conversation any more.
    pub(crate) async fn over(&mut self, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            () = self.hangup.cancelled() => tracing::debug!("the client hung up"),
            () = shutdown => tracing::info!("asked to stop"),
            _ = &mut self.task => tracing::debug!("the conversation is over"),
        }
    }

    /// Waits until every request that came is answered, at most until then.
    pub(crate) async fn answered(&mut self, by: Instant) {
        let _ = timeout_at(by, self.unanswered.wait_for(HashSet::is_empty)).await;
    }

    /// The same where the client has hung up, so that nothing can come any more; else returns at once.
    pub(crate) async fn hung_up_and_answered(&mut self, by: Instant) {
        if self.hangup.is_cancelled() {
            self.answered(by).await;
        }
    }

    /// Refuses what is still under way, and waits until that is on the wire, at most until then.
    pub(crate) async fn close(self, by: Instant) {
        self.end.cancel();
        if !self.task.is_finished() && timeout_at(by, self.task).await.is_err() {
            tracing::warn!("the last replies were not taken in time");
        }
    }
}

/// A transport that tells when the other side has closed it, and which requests await a reply.
struct Line<T> {
    inner: T,
    /// Cancelled when the other side has closed the line, long before the SDK has drained it.
    hangup: CancellationToken,
    /// A request leaves when its reply is written, or when its client cancels it and wants none.
    unanswered: watch::Sender<HashSet<RequestId>>,
    /// Whether a request has come.
    begun: bool,
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Line<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let answered = match &message {
            JsonRpcMessage::Response(response) => Some(response.id.clone()),
            JsonRpcMessage::Error(error) => error.id.clone(),
            _ => None,
        };
        let (sending, unanswered) = (self.inner.send(message), self.unanswered.clone());
        async move {
            let sent = sending.await;
            if let Some(id) = answered {
                unanswered.send_if_modified(|waiting| waiting.remove(&id) && waiting.is_empty());
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            let Some(message) = self.inner.receive().await else {
                self.hangup.cancel();
                return None;
            };
            match &message {
                JsonRpcMessage::Request(request) => {
                    self.begun = true;
                    self.unanswered.send_modify(|waiting| {
                        waiting.insert(request.id.clone());
                    });
                }
                JsonRpcMessage::Notification(notification) => {
                    if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                        && let Some(id) = &cancelled.params.request_id
                    {
                        self.unanswered
                            .send_if_modified(|waiting| waiting.remove(id) && waiting.is_empty());
                    }
                }
                _ => {}
            }
            if self.begun {
                return Some(message);
            }
            tracing::warn!("a message before the first request was passed over");
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.inner.close().await
    }
}
