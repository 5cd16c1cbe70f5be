//! `/mcp`: streamable HTTP without sessions, with what the SDK leaves open.
//!
//! The SDK answers each request by itself, in JSON, or, where a call tells of its progress first, as a stream of events.
//! A caller who hangs up cancels their call. Clients of the older generation don't hang up to cancel: they send a
//! notification, which has to find the call it means, and ids are unique within one client alone. So `initialize` gives
//! each client a label to bring along, in the header that the protocol calls `Mcp-Session-Id`. Nothing is kept under it
//! but calls under way. Any instance takes any label, its own or another's: a cancellation that comes to another
//! instance than its call changes nothing, and the call ends as it would have.

use super::{BODY_BYTES_MAX, BODY_WITHIN};
use crate::mcp::Server;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use http_body_util::LengthLimitError;
use rmcp::model::{ErrorCode, ErrorData, JsonRpcError, RequestId};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The header of the label.
const LABEL: HeaderName = HeaderName::from_static("mcp-session-id");

/// The code by which other protocols over JSON-RPC name a cancelled request; its client has stopped listening for it.
const CANCELLED: ErrorCode = ErrorCode(-32800);

/// What answers at `/mcp`.
pub(super) struct Streamable {
    sdk: StreamableHttpService<Server, NeverSessionManager>,
    calls: Calls,
}

impl Streamable {
    pub(super) fn new(server: Server) -> Self {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(BODY_BYTES_MAX)
            // Both are checked for every path, before this one.
            .disable_allowed_hosts()
            .disable_allowed_origins();
        Self {
            sdk: StreamableHttpService::new(move || Ok(server.clone()), Arc::default(), config),
            calls: Calls::default(),
        }
    }

    /// Answers one request.
    pub(super) async fn answer(&self, request: Request) -> Response {
        let (head, body) = match received(request).await {
            Ok(received) => received,
            Err(refused) => return refused,
        };
        let message: Message<'_> = match serde_json::from_slice(&body) {
            Ok(message) => message,
            Err(error) => return unreadable(&error),
        };
        let label = head.headers.get(LABEL).cloned();
        let answering = self.sdk.handle(Request::from_parts(head, Body::from(body.clone())));
        match (message.method.as_deref(), label, message.id) {
            (Some("initialize"), ..) => {
                let mut answer = answering.await.map(Body::new);
                if answer.status().is_success() {
                    answer.headers_mut().insert(LABEL, new_label());
                }
                answer
            }
            (Some("notifications/cancelled"), Some(label), None) => {
                if let Some(id) = message.params.and_then(cancelled_id) {
                    self.calls.cancel(&(label, id));
                }
                answering.await.map(Body::new)
            }
            (Some(_), Some(label), Some(id)) => {
                let call = self.calls.begin((label, id.clone()));
                tokio::select! {
                    biased;
                    answer = answering => call.until_cancelled(answer.map(Body::new)),
                    () = call.cancelled() => cancelled(id),
                }
            }
            _ => answering.await.map(Body::new),
        }
    }
}

/// The answer where no question is taken any more.
pub(super) fn ending() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(RETRY_AFTER, "1"), (CONNECTION, "close")],
        "the server is ending and takes no more questions: ask another instance, or again in a moment\n",
    )
        .into_response()
}

/// A request with the whole of its body, which the SDK would wait for without an end.
async fn received(request: Request) -> Result<(Parts, Bytes), Response> {
    let (head, body) = request.into_parts();
    match timeout(BODY_WITHIN, to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(Ok(body)) => Ok((head, body)),
        Ok(Err(error)) if is_too_large(&error) => Err((
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is larger than {BODY_BYTES_MAX} bytes\n"),
        )
            .into_response()),
        Ok(Err(error)) => Err((StatusCode::BAD_REQUEST, format!("the body broke off: {error}\n")).into_response()),
        Err(_) => Err((
            StatusCode::REQUEST_TIMEOUT,
            [(CONNECTION, "close")],
            format!("the body was not here within {} s\n", BODY_WITHIN.as_secs()),
        )
            .into_response()),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    error.source().is_some_and(|source| source.is::<LengthLimitError>())
}

/// The answer to what is no message. Where it is JSON of a wrong shape further in, the SDK refuses it.
fn unreadable(error: &serde_json::Error) -> Response {
    let code = if error.is_data() {
        ErrorCode::INVALID_REQUEST
    } else {
        ErrorCode::PARSE_ERROR
    };
    let error = ErrorData::new(code, format!("the body is no JSON-RPC message: {error}"), None);
    (StatusCode::BAD_REQUEST, axum::Json(JsonRpcError::new(None, error))).into_response()
}

/// As much of a message as tells what it is.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(default)]
    id: Option<RequestId>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

/// The call that a cancellation means.
fn cancelled_id(params: &RawValue) -> Option<RequestId> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Cancelled {
        request_id: RequestId,
    }
    let cancelled: Cancelled = serde_json::from_str(params.get()).ok()?;
    Some(cancelled.request_id)
}

/// The reply to a call that its client has cancelled: HTTP wants one, and nobody waits for it.
fn cancelled(id: RequestId) -> Response {
    let error = ErrorData::new(CANCELLED, "the call was cancelled by its client", None);
    axum::Json(JsonRpcError::new(Some(id), error)).into_response()
}

/// A label that no other client is given. It is no secret: it opens nothing, and can at most cancel its own calls.
fn new_label() -> HeaderValue {
    let label = format!("{:032x}", rand::random::<u128>());
    // Digits always are a header's value.
    HeaderValue::from_str(&label).unwrap_or_else(|_| HeaderValue::from_static("0"))
}

/// A client's label, and the id of its call.
type CallName = (HeaderValue, RequestId);

/// The calls of labelled clients that are under way: at most one a connection.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<HashMap<CallName, CancellationToken>>>);

/// A call under way. It can't be cancelled any more when this is dropped.
struct Call {
    name: CallName,
    calls: Calls,
    token: CancellationToken,
}

impl Calls {
    /// Notes a call. Of two under one name, which no client sends, a cancellation means the later.
    fn begin(&self, name: CallName) -> Call {
        let token = CancellationToken::new();
        self.lock().insert(name.clone(), token.clone());
        Call {
            name,
            calls: self.clone(),
            token,
        }
    }

    fn cancel(&self, name: &CallName) {
        if let Some(token) = self.lock().remove(name) {
            token.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<CallName, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call {
    async fn cancelled(&self) {
        self.token.cancelled().await;
    }

    /// An answer that goes on as a stream, cut off where the call is cancelled meanwhile.
    fn until_cancelled(self, answer: Response) -> Response {
        if answer.body().size_hint().exact().is_some() {
            return answer;
        }
        answer.map(|body| {
            let token = self.token.clone();
            let pieces = body.into_data_stream().take_until(token.cancelled_owned());
            Body::from_stream(pieces.inspect(move |_| {
                // The call lasts as long as its stream.
                let _ = &self;
            }))
        })
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.calls.lock().remove(&self.name);
    }
}
