//! A question: a mutation, and filters that were checked before anything is asked.

use crate::matching::Stance;
use crate::mutation::Mutation;
use crate::study::{Age, OverallStatus, Phase, Point, Sex};
use std::fmt;

/// What is asked of the registry's trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The mutation as the asker wrote it.
    pub input: String,
    /// The mutation as it was read.
    pub mutation: Mutation,
    /// Which trials, which part of them, and how much of each.
    pub filters: Filters,
}

/// Checked filters. Private to make; [`RawFilters::check`] is the only way in.
#[derive(Clone, Debug, PartialEq)]
pub struct Filters {
    /// Statuses asked for.
    pub status: StatusFilter,
    /// Any of these phases; empty for all.
    pub phases: Vec<Phase>,
    /// Words of a condition.
    pub condition: Option<String>,
    /// A country, as the asker names it.
    pub country: Option<String>,
    /// Within a distance.
    pub near: Option<Near>,
    /// The patient's age.
    pub age: Option<Age>,
    /// The patient's sex.
    pub sex: Option<Sex>,
    /// Stances listed under `trials`; never empty.
    pub stances: Vec<Stance>,
    /// How many trials a page holds, 1 to [`Filters::LIMIT_MAX`].
    pub limit: usize,
    /// How many trials to pass over.
    pub offset: usize,
    /// How much is said of each trial.
    pub detail: Detail,
}

/// Which recruitment statuses are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// Recruiting, not yet recruiting, by invitation.
    Open,
    /// Every status.
    All,
    /// These.
    Only(Vec<OverallStatus>),
}

/// Which of a subject's two candidate sets a question reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// Open trials only.
    Open,
    /// The others only.
    Closed,
    /// Both.
    All,
}

/// A place and how far from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// The patient's place.
    pub point: Point,
    /// Kilometres, above 0 and up to [`Near::RADIUS_KM_MAX`].
    pub radius_km: f64,
}

/// How much is said of each trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Title, status, stance and one quote.
    Brief,
    /// What a clinician reads in a minute.
    Standard,
    /// All that is held.
    Full,
}

/// Filters as a person or model wrote them, not yet checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawFilters {
    /// Condition words.
    pub condition: Option<String>,
    /// `open`, `all`, or registry values.
    pub status: Vec<String>,
    /// `1`, `PHASE1`, `phase 1`, `1/2`, `early`, `NA`.
    pub phase: Vec<String>,
    /// Country.
    pub country: Option<String>,
    /// Latitude, longitude, and a radius in km (default [`Near::RADIUS_KM_DEFAULT`]).
    pub near: Option<(f64, f64, Option<f64>)>,
    /// `65`, `65 years`, `6 months`.
    pub age: Option<String>,
    /// `female`, `male`, `all`.
    pub sex: Option<String>,
    /// Page size.
    pub limit: Option<i64>,
    /// Trials to pass over.
    pub offset: Option<i64>,
    /// `brief`, `standard`, `full`.
    pub detail: Option<String>,
    /// `targets`, `allows`, `silent`, `excludes`.
    pub stances: Vec<String>,
}

/// A filter that can't be used: which, what was given, what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFilter {
    /// The parameter.
    pub parameter: &'static str,
    /// What was given, shortened and made harmless.
    pub given: String,
    /// What is allowed, in words.
    pub allowed: String,
}

impl Near {
    /// Radius where none is given, in km.
    pub const RADIUS_KM_DEFAULT: f64 = 100.0;
    /// Half of Earth's circumference: everywhere.
    pub const RADIUS_KM_MAX: f64 = 20_038.0;
}

impl Filters {
    /// Page size where none is given.
    pub const LIMIT_DEFAULT: usize = 10;
    /// Largest page.
    pub const LIMIT_MAX: usize = 50;
    /// Largest offset.
    pub const OFFSET_MAX: usize = 100_000;
    /// Longest condition or country, in bytes.
    pub const TEXT_MAX: usize = 200;
    /// The most mutations in one batch.
    pub const MUTATIONS_MAX: usize = 50;

    /// Which candidate sets these filters reach.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match &self.status {
            StatusFilter::Open => Reach::Open,
            StatusFilter::All => Reach::All,
            StatusFilter::Only(statuses) => match (
                statuses.iter().any(|s| s.is_open()),
                statuses.iter().all(|s| s.is_open()),
            ) {
                (true, true) => Reach::Open,
                (false, _) => Reach::Closed,
                (true, false) => Reach::All,
            },
        }
    }
}

impl RawFilters {
    /// Checks every filter.
    ///
    /// # Errors
    /// The first [`BadFilter`], which names the bound.
    pub fn check(&self) -> Result<Filters, BadFilter> {
        unimplemented!()
    }
}

impl fmt::Display for BadFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} can't be {}: allowed is {}",
            self.parameter, self.given, self.allowed
        )
    }
}

impl std::error::Error for BadFilter {}
