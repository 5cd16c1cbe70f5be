//! The way of a finished span to the collector: a bounded queue, one thread, one HTTP client.

use super::settings::{Export, Sampling};
use super::{StartError, names};
use opentelemetry::KeyValue;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter,
};
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The queue, the thread that empties it, and what every span says of this process.
pub(super) fn provider(export: &Export) -> Result<SdkTracerProvider, StartError> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(export.endpoint.as_str())
        .with_timeout(export.timeout)
        .with_headers(export.headers.iter().cloned().collect())
        .with_http_client(Client::new(export))
        .build()
        .map_err(|error| StartError::Exporter {
            cause: error.to_string(),
        })?;
    let queue = BatchConfigBuilder::default()
        .with_max_queue_size(export.queue_spans_max)
        .with_max_export_batch_size(export.batch_spans_max)
        .with_scheduled_delay(export.batch_delay)
        .build();
    let processor = BatchSpanProcessor::builder(Watched::new(exporter))
        .with_batch_config(queue)
        .build();
    Ok(SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_sampler(sampler(export.sampling))
        .with_resource(resource(export))
        .build())
}

fn sampler(sampling: Sampling) -> Sampler {
    let own = match sampling.share {
        share if share >= 1.0 => Sampler::AlwaysOn,
        share if share <= 0.0 => Sampler::AlwaysOff,
        share => Sampler::TraceIdRatioBased(share),
    };
    if sampling.follows_parent {
        Sampler::ParentBased(Box::new(own))
    } else {
        own
    }
}

fn resource(export: &Export) -> Resource {
    let attributes = export
        .attributes
        .iter()
        .map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder_empty()
        .with_attribute(KeyValue::new(names::SERVICE_VERSION, env!("CARGO_PKG_VERSION")))
        .with_attributes(attributes)
        .with_service_name(export.service_name.clone())
        .build()
}

/// An HTTP client that is made when the first batch leaves, on the exporter's own thread: loading the machine's
/// certificates takes longer than the server takes to start.
#[derive(Debug)]
struct Client {
    timeout: Duration,
    loopback: bool,
    made: OnceLock<Result<reqwest::blocking::Client, String>>,
}

impl Client {
    fn new(export: &Export) -> Self {
        Self {
            timeout: export.timeout,
            loopback: export.is_loopback(),
            made: OnceLock::new(),
        }
    }

    fn make(&self) -> Result<reqwest::blocking::Client, String> {
        // A redirect would carry the headers, and with them a token, to a place that nobody named.
        let builder = reqwest::blocking::Client::builder()
            .timeout(self.timeout)
            .redirect(reqwest::redirect::Policy::none());
        // A proxy for the outside world does not know this machine's own ports.
        let builder = if self.loopback { builder.no_proxy() } else { builder };
        builder.build().map_err(|error| error.to_string())
    }
}

impl HttpClient for Client {
    fn send_bytes<'a, 'sent>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'a: 'sent,
        Self: 'sent,
    {
        Box::pin(async move {
            match self.made.get_or_init(|| self.make()) {
                Ok(client) => client.send_bytes(request).await,
                Err(cause) => Err(cause.clone().into()),
            }
        })
    }
}

/// Says once when spans stop reaching the collector, and once when they reach it again. The SDK says nothing, and a line
/// for each lost batch would fill an operator's log through a long outage.
#[derive(Debug)]
struct Watched<E> {
    exporter: E,
    failing: AtomicBool,
}

impl<E> Watched<E> {
    fn new(exporter: E) -> Self {
        Self {
            exporter,
            failing: AtomicBool::new(false),
        }
    }
}

impl<E: SpanExporter> SpanExporter for Watched<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let outcome = self.exporter.export(batch).await;
        let was_failing = self.failing.swap(outcome.is_err(), Ordering::Relaxed);
        match &outcome {
            Err(error) if !was_failing => tracing::warn!(%error, "spans are not reaching the collector"),
            Ok(()) if was_failing => tracing::info!("spans reach the collector again"),
            _ => {}
        }
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
