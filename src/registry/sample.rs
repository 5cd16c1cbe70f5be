//! The sample registry: fictional studies behind the v2 API, embedded in the binary and served on loopback.
//!
//! It lets a person try every command, and a test prove one, without a network, by the very path that asks the real
//! registry: HTTP, Essie, projection, paging. Sponsors, drugs and studies are invented; their NCT numbers begin at
//! NCT99000001, far above any that was assigned. `studies/README.md` says what they cover.
//!
//! # What it promises
//!
//! - Where it answers, it answers as ClinicalTrials.gov was observed to: shapes, plain-text errors, the empty page
//!   behind a full last one.
//! - What it does not implement it refuses with 400; it never ignores a parameter or an operator, for an answer to
//!   another question would look like an answer.
//! - Starting binds a socket and nothing more; the studies are read when the first request comes.

mod corpus;
mod essie;
mod fields;
mod search;

use axum::Router;
use axum::extract::{Path, Query, RawQuery};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The version of the data, as `/version` tells it. The studies change only with the binary.
const DATA_TIMESTAMP: &str = "2026-11-20T09:00:05";

/// The version of the API that is imitated.
const API_VERSION: &str = "2.0.5";

/// Where a record keeps its former numbers, from which the registry sends on to the present one.
const ALIASES: &str = "protocolSection.identificationModule.nctIdAliases";

/// A running sample registry. Dropping it closes its socket and its idle connections; answers under way are finished.
#[derive(Debug)]
pub struct Server {
    base_url: String,
    /// Never sent to: the server stops when this end is dropped.
    _running: oneshot::Sender<()>,
}

impl Server {
    /// Serves on a free port of the loopback interface, by tasks of the runtime that this is called in.
    ///
    /// # Errors
    ///
    /// When the loopback interface gives no port.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base_url = format!("http://{}/api/v2", listener.local_addr()?);
        let (running, stopped) = oneshot::channel();
        let served = axum::serve(listener, routes()).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        // The future ends with the server and its errors are those of single connections: nobody awaits it.
        tokio::spawn(served.into_future());
        Ok(Self {
            base_url,
            _running: running,
        })
    }

    /// Where it listens, `http://127.0.0.1:PORT/api/v2`: what `--registry` takes.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

/// Tells the studies of this build from those of another.
#[must_use]
pub fn fingerprint() -> String {
    format!("{:016x}", corpus::fingerprint())
}

fn routes() -> Router {
    Router::new()
        .route("/api/v2/version", get(version))
        .route("/api/v2/studies", get(studies))
        .route("/api/v2/studies/{nct_id}", get(study))
}

async fn version() -> Response {
    axum::Json(json!({ "apiVersion": API_VERSION, "dataTimestamp": DATA_TIMESTAMP })).into_response()
}

async fn studies(Query(parameters): Query<Parameters>) -> Result<axum::Json<Value>, Refused> {
    search::answer(corpus::embedded(), &parameters).map(axum::Json)
}

async fn study(
    Path(nct_id): Path<String>,
    RawQuery(query): RawQuery,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Refused> {
    let mut selection = None;
    for (name, value) in &parameters {
        match name.as_str() {
            "fields" => selection = Some(fields::Selection::parse(value)?),
            "format" if value == "json" => {}
            _ => return Err(Refused::unknown_parameter(name)),
        }
    }
    let Some(document) = corpus::embedded().iter().find(|document| document.nct_id() == nct_id) else {
        let successor = corpus::embedded()
            .iter()
            .find(|document| fields::strings_at(document.study(), ALIASES).contains(&nct_id.as_str()))
            .ok_or_else(|| Refused::not_found(&nct_id))?;
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        let location = format!("/api/v2/studies/{}{query}", successor.nct_id());
        return Ok((StatusCode::MOVED_PERMANENTLY, [(LOCATION, location)]).into_response());
    };
    let study = match selection {
        Some(selection) => selection.project(document.study()),
        None => document.study().clone(),
    };
    Ok(axum::Json(study).into_response())
}

/// What a request line asked for, in its order and with repetitions.
type Parameters = Vec<(String, String)>;

/// A request that is not answered: the registry says why in plain text.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    status: StatusCode,
    text: String,
}

impl Refused {
    fn bad_request(text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            text: text.into(),
        }
    }

    fn unknown_parameter(name: &str) -> Self {
        Self::bad_request(format!("`{name}` is unknown parameter"))
    }

    fn not_found(nct_id: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            text: format!("NCT number {nct_id} not found"),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, self.text).into_response()
    }
}

#[cfg(test)]
mod records;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod verdicts;
