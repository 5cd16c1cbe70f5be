//! The MCP server: tool calls become questions, answers and refusals become tool results.
//!
//! An expected failure is a tool result with `isError`, because clients show those to the model and hide protocol
//! errors; only a tool that doesn't exist is a protocol error. A call that its client cancels, or that the end of the
//! process cuts off, drops its future, and with it what it asked of the actors.

mod arguments;
mod pages;
mod reply;
mod schema;

pub(crate) mod explain_mutation;
pub(crate) mod get_trial;
pub(crate) mod summarize_multiple_trials;
pub(crate) mod summarize_trials;

mod get_cache_analytics;
mod get_cache_report;
mod get_circuit_breaker_status;
mod get_health_status;
mod get_metrics_json;
mod get_metrics_prometheus;
mod invalidate_cache;
mod warm_cache;

pub(crate) use arguments::Arguments;
pub(crate) use reply::{Complaint, Reply};

use crate::calls::{Calls, Outcome};
use crate::config::Tools;
use crate::stdio::Pending;
use crate::telemetry;
use actors::{Front, Refusal};
use axum::http::request::Parts;
use pages::Pages;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, Implementation, ListToolsResult,
    PaginatedRequestParams, ProgressNotificationParam, ProgressToken, RequestId, ServerCapabilities, ServerConfig,
    Tool,
};
use rmcp::service::{Peer, RequestContext};
use rmcp::{RoleServer, ServerHandler};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tracing::{Instrument as _, Span};

/// The server's side of a conversation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Server {
    front: Front,
    /// The tools on offer, made once: a schema is dear to make and is asked for by every client.
    tools: Arc<[Tool]>,
    calls: Calls,
    pages: Pages,
    /// The conversation's own; none where each request comes by itself, as over HTTP.
    pending: Option<Pending>,
}

/// What a model is told about the server as a whole, before it has called anything.
pub(crate) const INSTRUCTIONS: &str = "Finds clinical trials on ClinicalTrials.gov that would take a patient with a given tumour mutation. \
    Ask with the mutation as the report spells it; filter by status, phase, condition, country, distance, age and sex. Each trial comes \
    with a stance (targets, allows, excludes, silent) and the verbatim words of the record that decide it: quote them. \
    An error says that a question was not answered; it never means that there are no trials. \
    This is a reading aid: eligibility is decided by a clinician with the full record.";

impl Server {
    /// A server that asks `front` and offers these tools, in the conversation that `pending` is of, if it is one.
    pub(crate) fn new(front: Front, tools: Tools, pending: Option<Pending>) -> Self {
        let mut offered = clinical_tools();
        if tools == Tools::All {
            offered.extend(operational_tools());
        }
        Self {
            front,
            calls: Calls::of(offered.iter().map(|tool| tool.name.to_string())),
            tools: offered.into(),
            pages: Pages::default(),
            pending,
        }
    }

    /// What came of the calls so far.
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    async fn call(&self, name: &str, arguments: Arguments, caller: Caller) -> Result<Reply, Complaint> {
        let (front, calls) = (&self.front, &self.calls);
        match name {
            summarize_trials::NAME => summarize_trials::call(front, &self.pages, arguments, caller).await,
            summarize_multiple_trials::NAME => summarize_multiple_trials::call(front, arguments, caller).await,
            get_trial::NAME => get_trial::call(front, arguments, caller).await,
            explain_mutation::NAME => explain_mutation::call(arguments),
            get_health_status::NAME => get_health_status::call(front, arguments).await,
            get_metrics_json::NAME => get_metrics_json::call(front, calls, arguments).await,
            get_metrics_prometheus::NAME => get_metrics_prometheus::call(front, calls, arguments).await,
            get_circuit_breaker_status::NAME => get_circuit_breaker_status::call(front, arguments).await,
            get_cache_analytics::NAME => get_cache_analytics::call(front, arguments).await,
            get_cache_report::NAME => get_cache_report::call(front, arguments).await,
            warm_cache::NAME => warm_cache::call(front, arguments).await,
            invalidate_cache::NAME => invalidate_cache::call(front, arguments).await,
            _ => Err(Complaint::failure(format!(
                "the tool {name} has no implementation; this is our fault"
            ))),
        }
    }
}

/// The tools that answer questions about trials.
pub(crate) fn clinical_tools() -> Vec<Tool> {
    vec![
        summarize_trials::tool(),
        summarize_multiple_trials::tool(),
        get_trial::tool(),
        explain_mutation::tool(),
    ]
}

/// The tools that tell of the server and tend its cache.
fn operational_tools() -> Vec<Tool> {
    vec![
        get_health_status::tool(),
        get_metrics_json::tool(),
        get_metrics_prometheus::tool(),
        get_circuit_breaker_status::tool(),
        get_cache_analytics::tool(),
        get_cache_report::tool(),
        warm_cache::tool(),
        invalidate_cache::tool(),
    ]
}

/// What a server says of itself.
pub(crate) fn about(title: &str) -> ServerConfig {
    ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
        .with_server_info(Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).with_title(title))
        .with_instructions(INSTRUCTIONS)
}

/// The protocol error for a tool that isn't offered.
pub(crate) fn unknown_tool(name: &str, offered: &[Tool]) -> ErrorData {
    let names: Vec<&str> = offered.iter().map(|tool| tool.name.as_ref()).collect();
    let name = crate::ask::shortened(name);
    ErrorData::invalid_params(format!("there is no tool {name}; there are {}", names.join(", ")), None)
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        about("Clinical trials by mutation")
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.to_vec()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools.iter().find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = self.tools.iter().find(|tool| tool.name == request.name) else {
            return Err(unknown_tool(&request.name, &self.tools));
        };
        let span = call_span(&tool.name, &context);
        let timed = self.calls.begin(&tool.name);
        let arguments = Arguments::new(request.arguments.unwrap_or_default());
        let caller = Caller::new(&context, self.pending.as_ref());
        let call = self.call(&tool.name, arguments, caller).instrument(span.clone());
        let (outcome, ending) = tokio::select! {
            // An answer that is there is given, also when the end comes at the same moment.
            biased;
            outcome = call => {
                let ending = outcome.as_ref().map_or_else(Complaint::outcome, |_| Outcome::Answered);
                (outcome, ending)
            }
            // The SDK sends no reply to a call that its client cancelled; one that the end cuts off is told why.
            () = context.ct.cancelled() => (Err(Complaint::from(&Refusal::Draining)), Outcome::Cancelled),
        };
        if let Some(timed) = timed {
            timed.ended(ending);
        }
        if outcome.is_err() {
            span.record("otel.status_code", "error");
        }
        Ok(result(outcome).into())
    }
}

/// A tool's outcome as MCP has it.
pub(crate) fn result(outcome: Result<Reply, Complaint>) -> CallToolResult {
    match outcome {
        Ok(reply) => reply.into(),
        Err(complaint) => complaint.into(),
    }
}

/// The span of one call: a root, or a child of the caller's span, which `_meta` names, or over HTTP the headers. It names
/// the tool and nothing of the patient.
pub(crate) fn call_span(tool: &str, context: &RequestContext<RoleServer>) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "tools/call",
        otel.kind = "server",
        mcp.method.name = "tools/call",
        gen_ai.tool.name = tool,
        otel.status_code = tracing::field::Empty,
    );
    let meta = &context.meta;
    let headers = context.extensions.get::<Parts>().map(|head| &head.headers);
    let header = |name| headers?.get(name)?.to_str().ok();
    match meta.get_traceparent() {
        Some(traceparent) => telemetry::continue_trace(&span, Some(traceparent), meta.get_tracestate()),
        None => telemetry::continue_trace(&span, header("traceparent"), header("tracestate")),
    }
    span
}

/// Who called: how they are told of progress, and whether they keep up with their replies.
pub(crate) struct Caller {
    id: RequestId,
    pending: Option<Pending>,
    progress: Option<(Peer<RoleServer>, ProgressToken)>,
}

impl Caller {
    /// A caller that doesn't read must not hold up the batch: a notification that can't be sent this fast is dropped.
    const PATIENCE: Duration = Duration::from_millis(100);

    fn new(context: &RequestContext<RoleServer>, pending: Option<&Pending>) -> Self {
        let token = context.meta.get_progress_token();
        Self {
            id: context.id.clone(),
            pending: pending.cloned(),
            progress: token.map(|token| (context.peer.clone(), token)),
        }
    }

    /// Waits until they have taken most of the replies they were sent: to be called before a large one is made. Over HTTP
    /// a connection has one reply at a time, and connections are bounded.
    pub(crate) async fn keeps_up(&self) {
        if let Some(pending) = &self.pending {
            pending.room(&self.id).await;
        }
    }

    /// Tells how many of `all` are home as the news comes, until its source is gone. A caller who doesn't take a
    /// notification is told no more.
    async fn tell_all(&self, mut news: watch::Receiver<usize>, all: usize) {
        while news.changed().await.is_ok() {
            let done = *news.borrow_and_update();
            if !self.tell(done, all).await {
                return;
            }
        }
    }

    /// Tells that `done` of `all` are home. Says whether it could.
    #[expect(clippy::cast_precision_loss, reason = "at most fifty")]
    async fn tell(&self, done: usize, all: usize) -> bool {
        let Some((peer, token)) = &self.progress else {
            return false;
        };
        let notification = ProgressNotificationParam::new(token.clone(), done as f64)
            .with_total(all as f64)
            .with_message(format!("{done} of {all} mutations"));
        matches!(
            tokio::time::timeout(Self::PATIENCE, peer.notify_progress(notification)).await,
            Ok(Ok(()))
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn all() -> Vec<Tool> {
        clinical_tools().into_iter().chain(operational_tools()).collect()
    }

    #[test]
    fn the_twelve_tools_have_the_names_that_clients_know() {
        let names: Vec<_> = all().into_iter().map(|tool| tool.name.into_owned()).collect();
        assert_eq!(
            names,
            [
                "summarize_trials_async",
                "summarize_multiple_trials_async",
                "get_trial",
                "explain_mutation",
                "get_health_status",
                "get_metrics_json",
                "get_metrics_prometheus",
                "get_circuit_breaker_status",
                "get_cache_analytics",
                "get_cache_report",
                "warm_cache",
                "invalidate_cache",
            ]
        );
    }

    #[test]
    fn the_list_of_tools_leaves_a_model_room_to_think() {
        let list = serde_json::to_string(&all()).expect("JSON");
        assert!(list.len() < 36_000, "{} bytes", list.len());
    }

    #[test]
    fn every_tool_says_what_it_is_what_it_takes_and_what_it_gives() {
        for tool in all() {
            assert!(tool.title.is_some(), "{}", tool.name);
            assert!(
                tool.description.as_ref().is_some_and(|text| text.len() > 80),
                "{}",
                tool.name
            );
            let annotations = tool.annotations.expect("annotations");
            assert!(
                annotations.read_only_hint.is_some() && annotations.open_world_hint.is_some(),
                "{}",
                tool.name
            );
            assert_eq!(
                tool.input_schema.get("type"),
                Some(&Value::from("object")),
                "{}",
                tool.name
            );
            assert_eq!(
                tool.input_schema.get("additionalProperties"),
                Some(&Value::from(false)),
                "{}",
                tool.name
            );
            for (name, property) in tool.input_schema["properties"].as_object().expect("properties") {
                assert!(property["description"].is_string(), "{}.{name}", tool.name);
            }
            let output = tool.output_schema.expect("an output schema");
            assert_eq!(output.get("type"), Some(&Value::from("object")), "{}", tool.name);
        }
    }
}
