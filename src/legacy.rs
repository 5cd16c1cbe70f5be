//! The deprecated synchronous server: one request at a time, no cache, no concurrency.
//!
//! Kept as a way back and as the honest baseline of the benchmark. It offers the clinical tools with the same arguments
//! and answers, and reads records by the same rules, so that only the way to the registry differs: each question asks for
//! every page anew, one after the other, and nothing is retried.

use crate::ask::{self, Answered, Batch, NotAnswered};
use crate::config::Config;
use crate::mcp::{
    self, Arguments, Complaint, Reply, explain_mutation, get_trial, summarize_multiple_trials, summarize_trials,
};
use crate::registry::Client;
use crate::stdio::{Conversation, Pending};
use crate::{Broken, CLOSED_WITHIN, DRAIN_WITHIN};
use actors::registry::Set;
use actors::{PageRequest, Provenance, Refusal, Registry as _, RegistryError, Source};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorData, ListToolsResult, PaginatedRequestParams, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::IntoTransport;
use rmcp::{RoleServer, ServerHandler};
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};
use trials::answer::{Judged, present, select};
use trials::matching::Judge;
use trials::query::{Essie, Naming};
use trials::question::Reach;
use trials::{NctId, Question, Record, Study};

/// What is said on stderr at its start.
pub const DEPRECATION: &str = "legacy is deprecated: it answers one request at a time and keeps nothing; use serve";

/// The registry's own bound on a page.
const PAGE_SIZE: u16 = 1000;

/// The server: answers on `transport` until it closes or `shutdown` resolves. Returns when that was. What is under way
/// then is answered if it comes home in time, else refused.
///
/// # Errors
/// Where the client of the registry can't be opened.
pub async fn run<T, E, A>(config: Config, transport: T, shutdown: impl Future<Output = ()>) -> Result<Instant, Broken>
where
    T: IntoTransport<RoleServer, E, A>,
    E: Error + Send + Sync + 'static,
{
    let registry = Client::open(&config.registry, &config.http)
        .await
        .map_err(Broken::Registry)?;
    let server = Synchronous {
        registry,
        question_timeout: config.actors.question_timeout,
        candidates_max: config.actors.candidates_max,
        turn: Mutex::new(()),
    };
    let mut conversation = Conversation::begin(server, transport, Pending::new());
    conversation.over(shutdown).await;
    let since = Instant::now();
    conversation.answered(since + DRAIN_WITHIN).await;
    conversation.close(since + CLOSED_WITHIN).await;
    Ok(since)
}

struct Synchronous {
    registry: Client,
    question_timeout: Duration,
    candidates_max: usize,
    /// Held by the request that is being answered.
    turn: Mutex<()>,
}

/// What a question was answered from.
#[derive(Default)]
struct Fetched {
    /// Each study once, with its eligibility text.
    records: BTreeMap<NctId, (Study, String)>,
    unreadable: usize,
    capped: bool,
    expressions: Vec<String>,
}

/// The provenance of what was asked for just now.
fn fetched_now(query: String) -> Provenance {
    Provenance {
        source: Source::Registry,
        age: Duration::ZERO,
        stale: false,
        reason: None,
        registry_version: None,
        version_checked: None,
        query: query.into(),
    }
}

impl Synchronous {
    async fn call(&self, name: &str, arguments: Arguments) -> Result<Reply, Complaint> {
        match name {
            summarize_trials::NAME => {
                let (mutation, filters) = summarize_trials::read(arguments)?;
                let question = ask::read(&mutation, &filters)?;
                let answered = self.answer(question, Instant::now() + self.question_timeout).await;
                summarize_trials::render(&answered.map_err(|refusal| Complaint::from(&refusal))?)
            }
            get_trial::NAME => self.record(arguments).await,
            explain_mutation::NAME => explain_mutation::call(arguments),
            _ => self.batch(arguments).await,
        }
    }

    async fn record(&self, arguments: Arguments) -> Result<Reply, Complaint> {
        let (nct_id, parts) = get_trial::read(arguments)?;
        let refusal = match tokio::time::timeout(self.question_timeout, self.registry.record(nct_id)).await {
            Ok(Ok(Some(record))) => {
                let provenance = fetched_now(nct_id.to_string());
                return get_trial::render(&record, nct_id, &provenance, &parts);
            }
            Ok(Ok(None)) => Refusal::UnknownNumber { nct_id },
            Ok(Err(error)) => Refusal::Registry(error),
            Err(_) => Refusal::TimedOut {
                after: self.question_timeout,
                last: None,
            },
        };
        Err(Complaint::from(&refusal))
    }

    async fn batch(&self, arguments: Arguments) -> Result<Reply, Complaint> {
        let (mutations, filters) = summarize_multiple_trials::read(arguments)?;
        let deadline = Instant::now() + self.question_timeout;
        let mut batch = Batch::default();
        for mutation in mutations {
            let answered = match ask::read(&mutation, &filters) {
                Ok(question) => self.answer(question, deadline).await.map_err(NotAnswered::Refused),
                Err(unread) => Err(NotAnswered::Unread(unread)),
            };
            match answered {
                Ok(answered) => batch.results.push(answered),
                Err(error) => batch.failed.push((mutation, error)),
            }
        }
        summarize_multiple_trials::render(&batch)
    }

    async fn answer(&self, question: Question, deadline: Instant) -> Result<Answered, Refusal> {
        let fetched = match timeout_at(deadline, self.fetch(&question)).await {
            Ok(fetched) => fetched.map_err(Refusal::Registry)?,
            Err(_) => {
                return Err(Refusal::TimedOut {
                    after: self.question_timeout,
                    last: None,
                });
            }
        };
        let judge = Judge::new(&question.mutation);
        let records: Vec<Record<'_>> = fetched
            .records
            .values()
            .map(|(study, eligibility)| Record { study, eligibility })
            .collect();
        let findings: Vec<_> = records.iter().map(|record| judge.judge(*record)).collect();
        let judged: Vec<Judged<'_>> = records
            .iter()
            .zip(&findings)
            .map(|(record, finding)| Judged {
                study: record.study,
                finding,
            })
            .collect();
        let selection = select(&question, &judged, fetched.unreadable, fetched.capped);
        let shown = |indices: &[usize]| {
            let known = indices
                .iter()
                .filter_map(|&index| Some((records.get(index)?, findings.get(index)?)));
            known
                .map(|(record, finding)| present(&question, *record, finding))
                .collect()
        };
        let answer = trials::answer::Answer {
            trials: shown(&selection.trials),
            excluded: shown(&selection.excluded),
            total: selection.total,
            next_offset: selection.next_offset,
            funnel: selection.funnel,
        };
        let provenance = fetched_now(fetched.expressions.join(" | "));
        Ok(Answered::made_alone(question, answer, provenance))
    }

    /// Every page of every set that the question reaches, one after the other.
    async fn fetch(&self, question: &Question) -> Result<Fetched, RegistryError> {
        let sets: &[Set] = match question.filters.reach() {
            Reach::Open => &[Set::Open],
            Reach::Closed => &[Set::Closed],
            Reach::All => &[Set::Open, Set::Closed],
        };
        let mut fetched = Fetched::default();
        for subject in question.mutation.subjects() {
            let expression = Essie::candidates(subject);
            let naming = Naming::of(subject);
            fetched.expressions.push(expression.to_string());
            for set in sets {
                let mut kept = 0;
                let mut is_full = false;
                let mut token = None;
                loop {
                    let request = PageRequest {
                        expression: expression.clone(),
                        set: *set,
                        size: PAGE_SIZE,
                        token,
                    };
                    let page = self.registry.page(request).await?;
                    fetched.unreadable += page.unreadable;
                    for (study, eligibility) in page.studies {
                        if !naming.stands_in(Record {
                            study: &study,
                            eligibility: &eligibility,
                        }) {
                            continue;
                        }
                        if kept == self.candidates_max {
                            is_full = true;
                            break;
                        }
                        kept += 1;
                        fetched.records.insert(study.nct_id, (study, eligibility));
                    }
                    token = page.next;
                    if token.is_none() || is_full {
                        break;
                    }
                }
                fetched.capped |= is_full;
            }
        }
        Ok(fetched)
    }
}

impl ServerHandler for Synchronous {
    fn get_info(&self) -> ServerConfig {
        mcp::about("Clinical trials by mutation (deprecated, synchronous)")
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(mcp::clinical_tools()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        mcp::clinical_tools().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if self.get_tool(&request.name).is_none() {
            return Err(mcp::unknown_tool(&request.name, &mcp::clinical_tools()));
        }
        let arguments = Arguments::new(request.arguments.unwrap_or_default());
        let in_turn = async {
            let _turn = self.turn.lock().await;
            self.call(&request.name, arguments).await
        };
        let outcome = tokio::select! {
            outcome = in_turn => outcome,
            () = context.ct.cancelled() => Err(Complaint::from(&Refusal::Draining)),
        };
        Ok(mcp::result(outcome).into())
    }
}
