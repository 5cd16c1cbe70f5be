//! Filters, paging and the funnel over judged candidates; what a caller is given, before any wire format.

use crate::matching::{Finding, Stance};
use crate::question::Question;
use crate::study::{NctId, OverallStatus, Phase, Record, Study};
use std::collections::BTreeMap;

/// One candidate and its finding.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The study.
    pub study: &'a Study,
    /// What it means for the mutation.
    pub finding: &'a Finding,
}

/// Which candidates a page shows, and where all the others went. Numbers index the judged slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// This page, best first.
    pub trials: Vec<usize>,
    /// Up to [`Selection::EXCLUDED_MAX`] that a reader might otherwise expect.
    pub excluded: Vec<usize>,
    /// How many trials have a stance that was asked for.
    pub total: usize,
    /// Where the next page starts; none on the last.
    pub next_offset: Option<usize>,
    /// Where every candidate went.
    pub funnel: Funnel,
}

/// Where every candidate went: `candidates = targets + allows + silent + excludes + Σ filtered + unreadable`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// All records fetched that name the subject, and those that couldn't be decoded.
    pub candidates: usize,
    /// After the filters.
    pub targets: usize,
    /// After the filters.
    pub allows: usize,
    /// After the filters.
    pub silent: usize,
    /// After the filters.
    pub excludes: usize,
    /// By the first filter that turned them away.
    pub filtered: BTreeMap<&'static str, usize>,
    /// Records that could not be decoded.
    pub unreadable: usize,
    /// Whether more candidates exist than are kept.
    pub capped: bool,
}

/// A trial as answers show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Number.
    pub nct_id: NctId,
    /// Brief title.
    pub title: String,
    /// Status.
    pub status: OverallStatus,
    /// Phases.
    pub phases: Vec<Phase>,
    /// Stance.
    pub stance: Stance,
    /// The words that decide.
    pub evidence: Vec<Quote>,
    /// What to look at again.
    pub doubts: Vec<String>,
    /// Conditions.
    pub conditions: Vec<String>,
    /// Interventions.
    pub interventions: Vec<String>,
    /// Lead sponsor.
    pub sponsor: Option<String>,
    /// How many sites it has.
    pub sites_total: usize,
    /// Open sites, the nearest first where the question says where the patient is.
    pub nearest: Vec<NearSite>,
}

/// Words of the record and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The section's name.
    pub section: &'static str,
    /// The words, byte for byte.
    pub quote: String,
}

/// An open site.
#[derive(Clone, Debug, PartialEq)]
pub struct NearSite {
    /// Facility.
    pub facility: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Kilometres from the patient; none where the question doesn't say where they are.
    pub km: Option<f64>,
}

/// What a caller is given: the page, what was shut out, and the funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How many trials have a stance that was asked for.
    pub total: usize,
    /// Where the next page starts; none on the last.
    pub next_offset: Option<usize>,
    /// This page, best first.
    pub trials: Vec<Trial>,
    /// Up to [`Selection::EXCLUDED_MAX`] that a reader might otherwise expect.
    pub excluded: Vec<Trial>,
    /// Where every candidate went.
    pub funnel: Funnel,
}

impl Selection {
    /// The most excluded trials an answer shows.
    pub const EXCLUDED_MAX: usize = 5;
}

/// Filters, ranks and pages the judged candidates of a question.
///
/// `judged` must hold each study once. `unreadable` and `capped` are of the fetch.
#[must_use]
pub fn select(question: &Question, judged: &[Judged<'_>], unreadable: usize, capped: bool) -> Selection {
    let _ = (question, judged, unreadable, capped);
    unimplemented!()
}

/// One selected trial as an answer shows it.
#[must_use]
pub fn present(question: &Question, record: Record<'_>, finding: &Finding) -> Trial {
    let _ = (question, record, finding);
    unimplemented!()
}
