//! A conversation with one MCP client: when it is over, what is still unanswered then, how fast replies are made, and
//! its first request.
//!
//! The SDK starts every call as it comes and keeps every reply until it is written. A client that sends ten thousand
//! questions at once would have ten thousand replies lie in memory, made long before the first is read: so a reply is
//! made only while few others wait for the wire ([`Pending::room`]).
//!
//! The SDK ends the conversation when the first message is no request. Clients that reconnect, or people who try the
//! server by hand, send a stray notification first; it is passed over here, so that the server goes on.

use rmcp::model::{ClientJsonRpcMessage, ClientNotification, JsonRpcMessage, RequestId};
use rmcp::service::TxJsonRpcMessage;
use rmcp::transport::{IntoTransport, Transport};
use rmcp::{RoleServer, ServerHandler, ServiceExt as _};
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Replies that are being made or wait for the wire: enough to keep it busy.
const REPLIES_MAX: usize = 32;

/// The requests that await a reply, and room for replies. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pending {
    /// A request leaves when its reply is written, or when its client cancels it and wants none; with it goes the place
    /// that its reply has taken.
    requests: Arc<watch::Sender<HashMap<RequestId, Option<OwnedSemaphorePermit>>>>,
    places: Arc<Semaphore>,
}

impl Pending {
    /// Nothing awaits a reply.
    pub(crate) fn new() -> Self {
        Self {
            requests: Arc::new(watch::Sender::new(HashMap::new())),
            places: Arc::new(Semaphore::new(REPLIES_MAX)),
        }
    }

    /// Waits until there is room for the reply to this request.
    pub(crate) async fn room(&self, id: &RequestId) {
        // Never closed, so an error can't happen; if it did, the bound would merely not hold.
        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
            return;
        };
        self.requests.send_if_modified(|requests| {
            // One who has cancelled meanwhile takes no place.
            if let Some(taken) = requests.get_mut(id) {
                *taken = Some(place);
            }
            false
        });
    }

    fn came(&self, id: &RequestId) {
        self.requests.send_if_modified(|requests| {
            requests.insert(id.clone(), None);
            false
        });
    }

    fn left(&self, id: &RequestId) {
        self.requests
            .send_if_modified(|requests| requests.remove(id).is_some() && requests.is_empty());
    }

    async fn none(&self) {
        let _ = self.requests.subscribe().wait_for(HashMap::is_empty).await;
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

/// A conversation under way.
pub(crate) struct Conversation {
    task: JoinHandle<()>,
    /// Cancelled when the client has hung up.
    hangup: CancellationToken,
    /// Cancelled to end what is still under way.
    end: CancellationToken,
    pending: Pending,
}

impl Conversation {
    /// Begins to answer on `transport`; `pending` is the conversation's own.
    pub(crate) fn begin<S, T, E, A>(server: S, transport: T, pending: Pending) -> Self
    where
        S: ServerHandler,
        T: IntoTransport<RoleServer, E, A>,
        E: Error + Send + Sync + 'static,
    {
        let (hangup, end) = (CancellationToken::new(), CancellationToken::new());
        let line = Line {
            inner: transport.into_transport(),
            hangup: hangup.clone(),
            pending: pending.clone(),
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
            pending,
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
    pub(crate) async fn answered(&self, by: Instant) {
        let _ = timeout_at(by, self.pending.none()).await;
    }

    /// The same where the client has hung up, so that nothing can come any more; else returns at once.
    pub(crate) async fn hung_up_and_answered(&self, by: Instant) {
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
    pending: Pending,
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
        let (sending, pending) = (self.inner.send(message), self.pending.clone());
        async move {
            let sent = sending.await;
            if let Some(id) = answered {
                pending.left(&id);
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
                    self.pending.came(&request.id);
                }
                JsonRpcMessage::Notification(notification) => {
                    if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                        && let Some(id) = &cancelled.params.request_id
                    {
                        self.pending.left(id);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Invocation;
    use crate::config::Config;
    use crate::{Broken, EXIT_WITHIN};
    use std::time::Duration;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, duplex, split};
    use tokio::net::TcpListener;
    use tokio::sync::oneshot;

    const CALL: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"summarize_trials_async","arguments":{"mutation":"EGFR L858R"}}}"#;

    fn config(registry: &str) -> Config {
        let line = ["clinical-trials-mcp", "--registry", registry];
        Invocation::read(line).expect("read").config().expect("usable")
    }

    /// Greets the server by one end of a line and asks; what is left of the line's two halves.
    async fn asked(line: DuplexStream) -> (BufReader<ReadHalf<DuplexStream>>, tokio::io::WriteHalf<DuplexStream>) {
        let (replies, mut requests) = split(line);
        let mut replies = BufReader::new(replies);
        let greeting = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
        requests
            .write_all(format!("{greeting}\n").as_bytes())
            .await
            .expect("written");
        replies.read_line(&mut String::new()).await.expect("greeted");
        let asking = format!("{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}}\n{CALL}\n");
        requests.write_all(asking.as_bytes()).await.expect("written");
        (replies, requests)
    }

    async fn next(replies: &mut BufReader<ReadHalf<DuplexStream>>) -> String {
        let mut reply = String::new();
        let reading = tokio::time::timeout(Duration::from_secs(10), replies.read_line(&mut reply));
        reading.await.expect("in time").expect("read");
        reply
    }

    type Running = JoinHandle<Result<Instant, Broken>>;

    /// One server of each kind, the end of the line that a client holds, and what tells the server to stop.
    fn servers(registry: &str) -> Vec<(Running, DuplexStream, oneshot::Sender<()>)> {
        let stopped = |stop: oneshot::Receiver<()>| async {
            if stop.await.is_err() {
                std::future::pending().await
            }
        };
        let (config, old) = (config(registry), config(registry));
        let (line, client) = duplex(1 << 20);
        let (stop, told) = oneshot::channel();
        let (old_line, old_client) = duplex(1 << 20);
        let (old_stop, old_told) = oneshot::channel();
        vec![
            (
                tokio::spawn(crate::run(config, split(line), stopped(told))),
                client,
                stop,
            ),
            (
                tokio::spawn(crate::legacy::run(old, split(old_line), stopped(old_told))),
                old_client,
                old_stop,
            ),
        ]
    }

    #[tokio::test]
    async fn what_came_before_the_client_hung_up_is_answered() {
        for (server, client, _stop) in servers("sample") {
            let (mut replies, mut requests) = asked(client).await;
            requests.shutdown().await.expect("hung up");
            let reply = next(&mut replies).await;
            assert!(reply.contains("\"id\":7") && reply.contains("NCT"), "{reply}");
            server.await.expect("ended").expect("well");
        }
    }

    #[tokio::test]
    async fn what_is_not_home_when_it_is_told_to_stop_is_refused_and_not_dropped() {
        // Connections are taken and never answered.
        let silent = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let registry = format!("http://{}/api/v2", silent.local_addr().expect("an address"));
        for (server, client, stop) in servers(&registry) {
            let (mut replies, _requests) = asked(client).await;
            // Under way by now, or still on its way in: it is refused either way.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let began = Instant::now();
            stop.send(()).expect("told");
            let reply = next(&mut replies).await;
            assert!(
                reply.contains("\"id\":7") && reply.contains("\"isError\":true"),
                "{reply}"
            );
            server.await.expect("ended").expect("well");
            assert!(began.elapsed() < EXIT_WITHIN, "{:?}", began.elapsed());
        }
    }

    #[tokio::test]
    async fn replies_wait_for_the_wire_and_go_on_when_one_is_written_or_cancelled() {
        let pending = Pending::new();
        let ids: Vec<RequestId> = (0..=REPLIES_MAX as i64).map(RequestId::Number).collect();
        for id in &ids {
            pending.came(id);
        }
        let (last, first) = ids.split_last().expect("some");
        for id in first {
            pending.room(id).await;
        }
        let waiting = tokio::spawn({
            let (pending, last) = (pending.clone(), last.clone());
            async move { pending.room(&last).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        pending.left(&ids[0]);
        waiting.await.expect("room");
        for id in &ids[1..] {
            pending.left(id);
        }
        pending.none().await;
        // One who cancelled while the reply was made takes no place with them.
        pending.room(&ids[0]).await;
        assert_eq!(pending.places.available_permits(), REPLIES_MAX);
    }
}
