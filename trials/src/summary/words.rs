//! What values are called in a sentence.

use super::text::quoted;
use crate::matching::Stance;
use crate::question::{Filters, StatusFilter};
use crate::study::{OverallStatus, Phase, Sex};
use std::time::Duration;

/// The status in words.
pub(super) fn status_in_words(status: OverallStatus) -> &'static str {
    match status {
        OverallStatus::Recruiting => "recruiting",
        OverallStatus::NotYetRecruiting => "not yet recruiting",
        OverallStatus::EnrollingByInvitation => "enrolling by invitation",
        OverallStatus::ActiveNotRecruiting => "active, not recruiting",
        OverallStatus::Suspended => "suspended",
        OverallStatus::Completed => "completed",
        OverallStatus::Terminated => "terminated",
        OverallStatus::Withdrawn => "withdrawn",
        OverallStatus::Available => "expanded access, available",
        OverallStatus::NoLongerAvailable => "expanded access, no longer available",
        OverallStatus::TemporarilyNotAvailable => "expanded access, temporarily not available",
        OverallStatus::ApprovedForMarketing => "expanded access, approved for marketing",
        OverallStatus::Withheld => "withheld",
        OverallStatus::Unknown => "status unknown",
    }
}

/// The phases of a trial in words: `phase 1/2`, `early phase 1`, `no phase` where the record names none.
pub(super) fn phases_in_words(phases: &[Phase]) -> String {
    if phases.contains(&Phase::EarlyPhase1) && phases.len() == 1 {
        return "early phase 1".to_owned();
    }
    let numbers: Vec<&str> = phases
        .iter()
        .filter_map(|phase| match phase {
            Phase::EarlyPhase1 => Some("early 1"),
            Phase::Phase1 => Some("1"),
            Phase::Phase2 => Some("2"),
            Phase::Phase3 => Some("3"),
            Phase::Phase4 => Some("4"),
            Phase::NotApplicable => None,
        })
        .collect();
    if numbers.is_empty() {
        "no phase".to_owned()
    } else {
        format!("phase {}", numbers.join("/"))
    }
}

/// What a trial of this stance does, said of `count` of them.
pub(super) fn verb(stance: Stance, count: usize) -> &'static str {
    match (stance, count) {
        (Stance::Targets, 1) => "enrols because of it",
        (Stance::Targets, _) => "enrol because of it",
        (Stance::Allows, 1) => "allows it",
        (Stance::Allows, _) => "allow it",
        (Stance::Silent, 1) => "does not decide",
        (Stance::Silent, _) => "do not decide",
        (Stance::Excludes, 1) => "shuts the patient out",
        (Stance::Excludes, _) => "shut the patient out",
    }
}

pub(super) fn filters_in_words(filters: &Filters) -> Vec<String> {
    let mut words = vec![match &filters.status {
        StatusFilter::Open => "open trials (recruiting, not yet recruiting, by invitation)".to_owned(),
        StatusFilter::All => "trials of every status".to_owned(),
        StatusFilter::Only(statuses) => {
            format!(
                "trials {}",
                statuses
                    .iter()
                    .map(|status| status_in_words(*status))
                    .collect::<Vec<_>>()
                    .join(" or ")
            )
        }
    }];
    if !filters.phases.is_empty() {
        let phases = filters.phases.iter().map(|phase| phases_in_words(&[*phase]));
        words.push(phases.collect::<Vec<_>>().join(" or "));
    }
    if let Some(condition) = &filters.condition {
        words.push(format!("condition {}", quoted(condition.as_str())));
    }
    if let Some(country) = filters.country {
        words.push(format!("a site in {country}"));
    }
    if let Some(near) = filters.near {
        let point = near.point;
        words.push(format!(
            "a site within {} km of {}, {}",
            near.radius_km, point.latitude, point.longitude
        ));
    }
    if let Some(age) = filters.age {
        words.push(format!("a patient of {age}"));
    }
    words.extend(filters.sex.and_then(sex_in_words).map(|sex| format!("a {sex} patient")));
    words
}

pub(super) fn sex_in_words(sex: Sex) -> Option<&'static str> {
    match sex {
        Sex::All => None,
        Sex::Female => Some("female"),
        Sex::Male => Some("male"),
    }
}

/// A distance as people say it. The registry knows the city, not the street.
pub(super) fn kilometres(km: f64) -> String {
    if km < 1.0 {
        "under 1 km".to_owned()
    } else {
        format!("{km:.0} km")
    }
}

/// How long ago, in the unit a person would use.
pub(super) fn ago(age: Duration) -> String {
    match age.as_secs() {
        0..=1 => "just now".to_owned(),
        seconds @ 2..=119 => format!("{seconds} s ago"),
        seconds @ 120..=7199 => format!("{} min ago", seconds / 60),
        seconds @ 7200..=172_799 => format!("{} h ago", seconds / 3600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

pub(super) fn records(count: usize) -> String {
    if count == 1 {
        "1 record".to_owned()
    } else {
        format!("{count} records")
    }
}

pub(super) fn candidate_records(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} candidate record{plural}")
}

pub(super) fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

pub(super) fn were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

pub(super) fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}

pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
