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
use crate::{Broken, Outcome};
use std::io::{self, ErrorKind, Write as _};
use std::time::Duration;
use trials::question::mutations_among;

/// Asks and prints.
pub async fn run(config: Config, find: &Find) -> Outcome {
    let filters = match find.filters().check() {
        Ok(filters) => filters,
        Err(bad) => {
            complain(&bad);
            return Outcome::Refused;
        }
    };
    let mutations = match mutations_among(find.mutations.iter().map(String::as_str)) {
        Ok(mutations) => mutations,
        Err(bad) => {
            complain(&bad);
            return Outcome::Refused;
        }
    };
    // As they were written: the shape of the JSON must not depend on whether two of them mean the same.
    let asked = find.mutations.len();
    let system = match crate::start(config).await {
        Ok(system) => system,
        Err(broken) => {
            complain(&broken);
            return Outcome::Broken;
        }
    };
    let front = system.front();
    let asking = ask::ask_all(&front, mutations, &filters, front.deadline(), |_| {});
    let batch = tokio::select! {
        batch = waiting::shown_on_stderr(asking) => batch,
        failure = system.failed() => {
            complain(&Broken::Spent(failure));
            return Outcome::Broken;
        }
    };
    system.drain(Duration::ZERO).await;

    for (mutation, error) in &batch.failed {
        if asked > 1 {
            complain(&format_args!("{}: {error}", ask::shortened(mutation)));
        } else {
            complain(error);
        }
    }
    let printed = if find.json {
        print_json(&batch, asked)
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
        Outcome::Done
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
    use trials::Mutation;

    #[test]
    fn what_was_refused_goes_before_what_failed() {
        let unread = Mutation::read("").expect_err("unread");
        let failed = ("MSI-H".to_owned(), NotAnswered::Refused(Refusal::Draining));
        let refused = (String::new(), NotAnswered::Unread(unread));
        let batch = |failed| Batch {
            results: Vec::new(),
            failed,
        };
        assert_eq!(outcome(&batch(vec![])), Outcome::Done);
        assert_eq!(outcome(&batch(vec![failed.clone()])), Outcome::Failed);
        assert_eq!(outcome(&batch(vec![failed, refused])), Outcome::Refused);
    }
}
