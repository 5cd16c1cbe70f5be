//! The paths of the daemon.

use super::callers::{Guarded, guarded};
use super::streamable::{self, Streamable};
use super::{Settings, exposition};
use crate::calls::Calls;
use crate::{json, mcp};
use actors::Front;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether questions are taken. Cheap to clone; all clones say the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Readiness {
    is_ending: Arc<AtomicBool>,
}

impl Readiness {
    /// No question is taken from now on.
    pub(super) fn end(&self) {
        self.is_ending.store(true, Ordering::Release);
    }

    fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Acquire)
    }
}

/// What every path may need.
struct Served {
    front: Front,
    mcp: Streamable,
    calls: Calls,
    readiness: Readiness,
}

/// All paths, behind the checks of who calls.
pub(super) fn routes(front: Front, server: mcp::Server, settings: Settings, readiness: Readiness) -> Guarded {
    let served = Served {
        front,
        calls: server.calls().clone(),
        mcp: Streamable::new(server),
        readiness,
    };
    let routes = Router::new()
        .route("/mcp", post(mcp))
        .route("/health", get(health).post(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .fallback(nothing_here)
        .with_state(Arc::new(served));
    guarded(routes, settings)
}

async fn mcp(State(served): State<Arc<Served>>, request: Request) -> Response {
    if served.readiness.is_ending() {
        return streamable::ending();
    }
    served.mcp.answer(request).await
}

async fn health(State(served): State<Arc<Served>>) -> Response {
    let report = served.front.report();
    let health = json::health(&report);
    let status = match health.status {
        "unhealthy" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    (status, NOT_KEPT, Json(health)).into_response()
}

async fn ready(State(served): State<Arc<Served>>) -> Response {
    if served.readiness.is_ending() {
        (StatusCode::SERVICE_UNAVAILABLE, NOT_KEPT, "ending\n").into_response()
    } else {
        (NOT_KEPT, "ready\n").into_response()
    }
}

async fn metrics(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    let report = served.front.report();
    let (media_type, text) = exposition::of(&report, &served.calls, &headers);
    (NOT_KEPT, [(CONTENT_TYPE, media_type)], text).into_response()
}

/// What is true of this moment alone is kept by nobody.
const NOT_KEPT: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

async fn nothing_here() -> Response {
    (
        StatusCode::NOT_FOUND,
        "there is nothing here: there are /mcp (streamable HTTP), /health, /ready and /metrics\n",
    )
        .into_response()
}
