//! A question: a mutation, and filters that were checked before anything is asked.
//!
//! A filter that can't be understood is refused with its bound, never ignored: a misspelt country that found no trial
//! would look like an answer.

mod condition;
mod country;
mod fold;
mod list;
mod tumour;
mod values;

pub use condition::Condition;
pub use country::Country;
pub use list::{mutations_among, mutations_of};

use crate::matching::Stance;
use crate::mutation::Mutation;
use crate::study::{Age, OverallStatus, Phase, Point, Sex};
use crate::summary::shortened;
use fold::fold;
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

/// Checked filters. Outside of this crate [`RawFilters::check`] alone makes them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Filters {
    /// Statuses asked for.
    pub status: StatusFilter,
    /// Any of these phases; empty for all.
    pub phases: Vec<Phase>,
    /// The patient's condition.
    pub condition: Option<Condition>,
    /// A country with a site.
    pub country: Option<Country>,
    /// Within a distance.
    pub near: Option<Near>,
    /// The patient's age.
    pub age: Option<Age>,
    /// The patient's sex, where it is known: never [`Sex::All`].
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
    /// Oldest age, in years.
    pub const AGE_YEARS_MAX: u32 = 130;

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
        Ok(Filters {
            status: values::status(&self.status)?,
            phases: values::phases(&self.phase)?,
            condition: self.condition.as_deref().map(condition).transpose()?,
            country: self.country.as_deref().map(country).transpose()?,
            near: self.near.map(near).transpose()?,
            age: self.age.as_deref().map(age).transpose()?,
            sex: self.sex.as_deref().map(values::sex).transpose()?.flatten(),
            stances: values::stances(&self.stances)?,
            limit: count("limit", self.limit, Filters::LIMIT_DEFAULT, 1, Filters::LIMIT_MAX)?,
            offset: count("offset", self.offset, 0, 0, Filters::OFFSET_MAX)?,
            detail: self.detail.as_deref().map_or(Ok(Detail::Standard), values::detail)?,
        })
    }
}

fn condition(text: &str) -> Result<Condition, BadFilter> {
    let refusal = || {
        let allowed = format!("words that name a condition, at most {} bytes", Filters::TEXT_MAX);
        BadFilter::new("condition", quoted(text), allowed)
    };
    if text.len() > Filters::TEXT_MAX {
        return Err(refusal());
    }
    Condition::read(text).ok_or_else(refusal)
}

fn country(text: &str) -> Result<Country, BadFilter> {
    // What is too long is no country's name, and not worth comparing with one.
    let text_is_short = text.len() <= Filters::TEXT_MAX;
    let refusal = || {
        let near = if text_is_short { Country::nearest(text) } else { None };
        let allowed = match near {
            Some(near) => format!("a country's name or ISO code; the nearest is {near}"),
            None => "a country's name or ISO code, such as Germany or DE".to_owned(),
        };
        BadFilter::new("country", quoted(text), allowed)
    };
    Some(text)
        .filter(|_| text_is_short)
        .and_then(Country::read)
        .ok_or_else(refusal)
}

fn near((latitude, longitude, radius_km): (f64, f64, Option<f64>)) -> Result<Near, BadFilter> {
    let radius_km = radius_km.unwrap_or(Near::RADIUS_KM_DEFAULT);
    let refused = |what: &str, given: f64, allowed: String| {
        // Written out, a number of this size would fill the line with zeros.
        let given = if given.abs() < 1e9 {
            format!("{what} {given}")
        } else {
            format!("{what} {given:e}")
        };
        Err(BadFilter::new("near", given, allowed))
    };
    // A range holds no NaN and nothing infinite.
    if !(-90.0..=90.0).contains(&latitude) {
        return refused("latitude", latitude, "a latitude of -90 to 90 degrees".to_owned());
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return refused("longitude", longitude, "a longitude of -180 to 180 degrees".to_owned());
    }
    if !(radius_km > 0.0 && radius_km <= Near::RADIUS_KM_MAX) {
        let allowed = format!("a radius above 0 and up to {} km", Near::RADIUS_KM_MAX);
        return refused("radius", radius_km, allowed);
    }
    Ok(Near {
        point: Point { latitude, longitude },
        radius_km,
    })
}

fn age(text: &str) -> Result<Age, BadFilter> {
    let text = text.trim();
    let plain = text.strip_suffix("old").map_or(text, str::trim_end);
    let oldest = Age::years(Filters::AGE_YEARS_MAX);
    plain
        .parse()
        .ok()
        .filter(|age: &Age| age.days() <= oldest.days())
        .ok_or_else(|| {
            let allowed = format!(
                "0 to {} years, such as 65, 65 years or 6 months",
                Filters::AGE_YEARS_MAX
            );
            BadFilter::new("age", quoted(text), allowed)
        })
}

fn count(
    parameter: &'static str,
    given: Option<i64>,
    default: usize,
    least: usize,
    most: usize,
) -> Result<usize, BadFilter> {
    let Some(given) = given else { return Ok(default) };
    usize::try_from(given)
        .ok()
        .filter(|count| (least..=most).contains(count))
        .ok_or_else(|| BadFilter::new(parameter, given.to_string(), format!("{least} to {most}")))
}

/// Foreign text for a message of one line: shortened, made harmless, and in quotation marks that nothing within closes.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let shown = shortened(text, LONGEST);
    if shown.is_empty() {
        return "empty".to_owned();
    }
    format!("\"{}\"", shown.replace('"', "'"))
}

impl BadFilter {
    fn new(parameter: &'static str, given: String, allowed: impl Into<String>) -> Self {
        Self {
            parameter,
            given,
            allowed: allowed.into(),
        }
    }
}

impl fmt::Display for BadFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            parameter,
            given,
            allowed,
        } = self;
        write!(f, "{parameter} can't be {given}: allowed is {allowed}")
    }
}

impl std::error::Error for BadFilter {}

#[cfg(test)]
mod tests;
