//! Whether a collector takes what it would be sent.

use super::Finding;
use crate::telemetry::Export;
use reqwest::header::CONTENT_TYPE;
use std::time::Duration;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(5);
const REMEDY: &str =
    "check that the collector runs and that OTEL_EXPORTER_OTLP_ENDPOINT leads to it; answers never wait for it";

/// Posts a batch of no spans, which every collector of OTLP takes.
pub(super) async fn tried(export: Option<&Export>) -> Finding {
    let Some(export) = export else {
        return Finding::ok("exporter", "none is set (OTEL_EXPORTER_OTLP_ENDPOINT)");
    };
    match post(export).await {
        Ok(status) if status.is_success() => Finding::ok("exporter", "takes spans"),
        Ok(status) if [401, 403].contains(&status.as_u16()) => Finding::warn(
            "exporter",
            format!("turns this server away (HTTP status {})", status.as_u16()),
            "check the token in OTEL_EXPORTER_OTLP_HEADERS",
        ),
        Ok(status) => Finding::warn(
            "exporter",
            format!("answered with HTTP status {} instead of taking spans", status.as_u16()),
            "check that OTEL_EXPORTER_OTLP_ENDPOINT leads to a collector of OTLP over HTTP, usually on port 4318",
        ),
        // What the library says of an error may have the URL in it, and that a password.
        Err(error) if error.is_timeout() => Finding::warn(
            "exporter",
            format!("did not answer within {} s", PATIENCE.as_secs()),
            REMEDY,
        ),
        Err(error) if error.is_connect() => Finding::warn("exporter", "there is no connection to it", REMEDY),
        Err(_) => Finding::warn("exporter", "could not be asked", REMEDY),
    }
}

async fn post(export: &Export) -> reqwest::Result<reqwest::StatusCode> {
    let builder = reqwest::Client::builder()
        .timeout(PATIENCE.min(export.timeout))
        .redirect(reqwest::redirect::Policy::none());
    // As the exporter does it.
    let builder = if export.is_loopback() {
        builder.no_proxy()
    } else {
        builder
    };
    let mut request = builder
        .build()?
        .post(&export.endpoint)
        .header(CONTENT_TYPE, "application/x-protobuf");
    for (name, value) in &export.headers {
        request = request.header(name, value);
    }
    Ok(request.body(Vec::new()).send().await?.status())
}
