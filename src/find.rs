//! `find`: the same question in a terminal, by the same path as the tools.
//!
//! Answers go to stdout, for people or as JSON; what went wrong goes to stderr, a line each. What runs ahead of a reader
//! that has enough, such as `head`, is no failure.

mod print;
mod waiting;

use crate::ask::{self, Batch, NotAnswered};
use crate::cli::Find;
use crate::config::Config;
use crate::json;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;
use std::time::Duration;
use trials::question::Filters;

/// How it went, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every question was answered.
    Answered,
    /// A question failed.
    Failed,
    /// The input was refused.
    Refused,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Answered => Self::SUCCESS,
            Outcome::Failed => Self::from(1),
            Outcome::Refused => Self::from(2),
        }
    }
}

/// Asks and prints.
pub async fn run(config: Config, find: &Find) -> Outcome {
    let filters = match ask::check(&find.filters()) {
        Ok(filters) => filters,
        Err(unread) => {
            complain(&unread);
            return Outcome::Refused;
        }
    };
    if find.mutations.len() > Filters::MUTATIONS_MAX {
        complain(&format_args!(
            "{} mutations: allowed are at most {}",
            find.mutations.len(),
            Filters::MUTATIONS_MAX
        ));
        return Outcome::Refused;
    }
    let system = match crate::start(config).await {
        Ok(system) => system,
        Err(broken) => {
            complain(&broken);
            return Outcome::Failed;
        }
    };
    let front = system.front();
    let asking = ask::ask_all(&front, find.mutations.clone(), &filters, front.deadline(), |_| {
        std::future::ready(())
    });
    let batch = tokio::select! {
        batch = waiting::shown_on_stderr(asking) => batch,
        failure = system.failed() => {
            complain(&failure.cause);
            return Outcome::Failed;
        }
    };
    system.drain(Duration::ZERO).await;

    for (mutation, error) in &batch.failed {
        complain(&format_args!("{}: {error}", ask::shortened(mutation)));
    }
    let printed = if find.json {
        print_json(&batch, find.mutations.len())
    } else {
        print::people(&batch)
    };
    match printed {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&format_args!("the answer could not be written: {error}"));
            Outcome::Failed
        }
        _ => outcome(&batch),
    }
}

/// What was refused goes before what failed: it is the asker's to mend.
fn outcome(batch: &Batch) -> Outcome {
    if batch
        .failed
        .iter()
        .any(|(_, error)| matches!(error, NotAnswered::Unread(_)))
    {
        Outcome::Refused
    } else if batch.failed.is_empty() {
        Outcome::Answered
    } else {
        Outcome::Failed
    }
}

/// One object for one mutation, the batch's for several.
fn print_json(batch: &Batch, asked: usize) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match batch.results.as_slice() {
        [answered] if asked == 1 => serde_json::to_writer_pretty(&mut out, &json::Answer::from(answered))?,
        // Of one mutation that got no answer there is nothing to print; stderr says why.
        [] if asked == 1 => return Ok(()),
        _ => serde_json::to_writer_pretty(&mut out, &json::Batch::from(batch))?,
    }
    out.write_all(b"\n")?;
    out.flush()
}

/// One line on stderr. Where stderr is gone there is nobody to tell.
fn complain(error: &impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "error: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use actors::Refusal;

    #[test]
    fn what_was_refused_goes_before_what_failed() {
        let unread = ask::read_mutation("").expect_err("unread");
        let failed = ("MSI-H".to_owned(), NotAnswered::Refused(Refusal::Draining));
        let refused = (String::new(), NotAnswered::Unread(unread));
        let batch = |failed| Batch {
            results: Vec::new(),
            failed,
        };
        assert_eq!(outcome(&batch(vec![])), Outcome::Answered);
        assert_eq!(outcome(&batch(vec![failed.clone()])), Outcome::Failed);
        assert_eq!(outcome(&batch(vec![failed, refused])), Outcome::Refused);
    }
}
