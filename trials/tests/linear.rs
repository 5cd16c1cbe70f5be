//! No text takes more than linear time to read or to judge, up to a megabyte: eight times the text takes about eight
//! times as long, and never near the 64 times of what is quadratic.
//!
//! Time is measured, as nothing else shows what a reader in a library costs; the bound between linear and quadratic is
//! wide, the best of several runs counts, and a failure is tried again before it is believed.

#![allow(
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test takes the time and fails by panicking"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};
use trials::eligibility::Eligibility;
use trials::matching::Judge;
use trials::query::Naming;
use trials::record::numbered;
use trials::study::{NctId, OverallStatus, Record, Study};
use trials::{Mutation, mutation::Subject};

const SMALL: usize = 64 << 10;
/// The time for a text eight times as long may be as many times that of the short one: 8 is linear, 64 quadratic.
const TIMES_MAX: u32 = 24;
/// A time under this says nothing.
const NOISE: Duration = Duration::from_millis(4);
/// In the long form the longer text is a megabyte, otherwise half of it.
fn sizes() -> (usize, usize) {
    match std::env::var_os("LONG_PROOFS") {
        Some(_) => (2 * SMALL, 16 * SMALL),
        None => (SMALL, 8 * SMALL),
    }
}

/// What is repeated until the text is long enough.
const PIECES: [&str; 30] = [
    "(",
    ")",
    "((((((((",
    "no ",
    "no no no ",
    "EGFR ",
    "EGFR EGFR",
    "* \n",
    "*",
    "\n",
    "\r\n\r\n",
    "  * EGFR L858R\n    * no EGFR\n",
    "or ",
    "or or EGFR ",
    "and/or ",
    "unless except other than ",
    "a",
    "Inclusion Criteria:\n",
    "Exclusion Criteria:\nEGFR mutation\n",
    "Cohort A: EGFR mutation\n",
    "1. 2. 3. ",
    "1.1.1.1.1.\n",
    "\\[\\]\\*\\_",
    "女性ß\u{301}\u{200b}é ",
    "EGFR L858R, ",
    "EGFR, ALK, ROS1 or KRAS G12C; ",
    "without EGFR mutation. ",
    "EGFR mutation unless not EGFR wild-type, except ",
    "driver mutation such as EGFR ",
    "e.g. i.e. EGFR. ",
];

#[test]
fn an_eligibility_text_is_read_in_linear_time() {
    for text in texts() {
        is_linear("reading", &text, |text| {
            black_box(Eligibility::read(text));
        });
    }
}

#[test]
fn criteria_are_numbered_in_linear_time() {
    for text in texts() {
        is_linear("numbering", &text, |text| {
            black_box(numbered(text));
        });
    }
}

#[test]
fn a_record_is_judged_in_linear_time() {
    let mutation = Mutation::read("EGFR L858R").unwrap();
    let judge = Judge::new(&mutation);
    let study = study();
    for text in texts() {
        is_linear("judging", &text, |eligibility| {
            black_box(judge.judge(Record {
                study: &study,
                eligibility,
            }));
        });
    }
}

#[test]
fn a_name_is_found_in_linear_time() {
    let mutation = Mutation::read("EGFR L858R").unwrap();
    let naming = Naming::of(
        mutation
            .subjects()
            .first()
            .copied()
            .unwrap_or(Subject::Gene(mutation.gene().unwrap())),
    );
    let study = study();
    for text in texts() {
        is_linear("naming", &text, |eligibility| {
            black_box(naming.stands_in(Record {
                study: &study,
                eligibility,
            }));
        });
    }
}

#[test]
fn a_mutation_is_read_or_refused_in_bounded_time() {
    for piece in PIECES {
        let text: String = piece.chars().cycle().take(64).collect();
        let took = best(3, || {
            black_box(Mutation::read(&text).is_ok());
        });
        assert!(took < Duration::from_secs(2), "{piece:?} took {took:?}");
        let long = piece.repeat((1 << 20) / piece.len());
        let took = best(3, || {
            black_box(Mutation::read(&long).is_ok());
        });
        assert!(took < Duration::from_millis(20), "{piece:?}, a megabyte, took {took:?}");
    }
}

/// A piece, and texts of it by their length.
struct Text {
    piece: String,
    before: &'static str,
}

impl Text {
    fn of(&self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 64);
        text.push_str(self.before);
        text.push_str(&self.piece.repeat(bytes / self.piece.len()));
        text
    }
}

fn texts() -> Vec<Text> {
    let mut texts: Vec<Text> = PIECES
        .iter()
        .map(|piece| Text {
            piece: (*piece).to_owned(),
            before: "",
        })
        .collect();
    // Each level deeper than the last.
    let nested: String = (0..120)
        .map(|depth| format!("{}* EGFR or\n", " ".repeat(depth)))
        .collect();
    texts.push(Text {
        piece: nested,
        before: "Inclusion Criteria:\n",
    });
    for piece in ["one of the following, ", "no known, ", "mutation (", "x "] {
        texts.push(Text {
            piece: piece.to_owned(),
            before: "Exclusion Criteria:\n\n* EGFR L858R unless ",
        });
    }
    texts
}

fn is_linear(what: &str, text: &Text, run: impl Fn(&str)) {
    let (small, large) = sizes();
    let (short, long) = (text.of(small), text.of(large));
    let mut seen = Vec::new();
    for _ in 0..4 {
        let short = best(3, || run(&short));
        let long = best(2, || run(&long));
        if long <= short.max(NOISE) * TIMES_MAX {
            return;
        }
        seen.push((short, long));
    }
    panic!(
        "{what} {:?} after {:?}: {seen:?}",
        text.piece.get(..40).unwrap_or(&text.piece),
        text.before
    );
}

fn best(runs: usize, mut run: impl FnMut()) -> Duration {
    let times = (0..runs).map(|_| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    });
    times.min().unwrap_or_default()
}

fn study() -> Study {
    Study {
        status: OverallStatus::Recruiting,
        ..Study::bare("NCT99000001".parse::<NctId>().unwrap(), "A Fictional Study".into())
    }
}
