//! The line to an MCP client: notices when it hangs up, and waits for a first request.
//!
//! The SDK ends the conversation when the first message is no request. Clients that reconnect, or people who try the
//! server by hand, send a stray notification first; it is passed over here, so that the server goes on.

use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage};
use rmcp::service::TxJsonRpcMessage;
use rmcp::transport::Transport;
use tokio_util::sync::CancellationToken;

/// A transport that tells when the other side has closed it.
pub(crate) struct Line<T> {
    inner: T,
    /// Cancelled when the other side has closed the line, long before the SDK has drained it.
    hangup: CancellationToken,
    /// Whether a request has come.
    begun: bool,
}

impl<T> Line<T> {
    pub(crate) fn new(inner: T, hangup: CancellationToken) -> Self {
        Self {
            inner,
            hangup,
            begun: false,
        }
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Line<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.inner.send(message)
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            let Some(message) = self.inner.receive().await else {
                self.hangup.cancel();
                return None;
            };
            self.begun |= matches!(message, JsonRpcMessage::Request(_));
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
