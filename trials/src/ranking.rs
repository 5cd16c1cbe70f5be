//! The order in which a reader sees trials: total, stable, and the same for every spelling.
//!
//! What matters most comes first, and each thing counts only between trials that are equal in all before it:
//!
//! 1. **Stance.** What enrols because of the mutation, then what would take the patient.
//! 2. **Specificity.** A trial for L858R before one for any EGFR mutation: the nearer its words are to the report, the
//!    surer the match.
//! 3. **Status.** What takes patients today, before what will, before what takes only those it invites.
//! 4. **Distance** to the nearest open site, where the patient's place is known; in bands, since the registry gives
//!    the city's coordinates and nobody chooses a trial for ten kilometres.
//! 5. **Phase.** A later phase first: more is known of the treatment's benefit and harm, and more places are open.
//!    Phase 4 comes after phase 1: its treatment is approved, so the patient can have it without the trial.
//! 6. **Renewal.** A record renewed lately is more likely to be true.
//! 7. **Number**, so that no two are equal.

use crate::matching::{Finding, Specificity, Stance};
use crate::study::{NctId, OverallStatus, Phase, Study};
use std::cmp::Reverse;

/// Where a trial stands among others; the smallest is shown first. Fields in the order of the module's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    stance: Stance,
    specificity: Specificity,
    status: u8,
    distance: u8,
    phase: u8,
    renewed: Reverse<u32>,
    nct_id: NctId,
}

impl Rank {
    /// The rank of a judged study whose nearest open site is `km` away, where that is known.
    #[must_use]
    pub fn of(study: &Study, finding: &Finding, km: Option<f64>) -> Self {
        Self {
            stance: finding.stance,
            specificity: finding.specificity,
            status: status(study.status),
            distance: km.map_or(u8::MAX, band),
            phase: study
                .phases
                .iter()
                .map(|phase| self::phase(*phase))
                .min()
                .unwrap_or(u8::MAX),
            renewed: Reverse(study.updated.map_or(0, |date| date.ordinal())),
            nct_id: study.nct_id,
        }
    }
}

fn status(status: OverallStatus) -> u8 {
    match status {
        OverallStatus::Recruiting | OverallStatus::Available => 0,
        OverallStatus::NotYetRecruiting => 1,
        OverallStatus::EnrollingByInvitation => 2,
        // May open again, then may not; what they have in common is that nobody is enrolled now.
        OverallStatus::Suspended | OverallStatus::TemporarilyNotAvailable => 3,
        OverallStatus::Unknown => 4,
        OverallStatus::ActiveNotRecruiting => 5,
        OverallStatus::Completed
        | OverallStatus::Terminated
        | OverallStatus::Withdrawn
        | OverallStatus::NoLongerAvailable
        | OverallStatus::ApprovedForMarketing
        | OverallStatus::Withheld => 6,
    }
}

/// In town, a day's trip, a night away, a flight, another continent.
fn band(km: f64) -> u8 {
    match km {
        ..30.0 => 0,
        ..100.0 => 1,
        ..300.0 => 2,
        ..1000.0 => 3,
        ..3000.0 => 4,
        _ => 5,
    }
}

fn phase(phase: Phase) -> u8 {
    match phase {
        Phase::Phase3 => 0,
        Phase::Phase2 => 1,
        Phase::Phase1 => 2,
        Phase::EarlyPhase1 => 3,
        Phase::Phase4 => 4,
        Phase::NotApplicable => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::samples::{finding, study};
    use crate::study::Date;

    #[test]
    fn each_thing_counts_only_between_trials_equal_in_all_before_it() {
        // Each differs from the one before in one thing, for the worse, and in all later things for the better.
        let first = study(9);
        let rank = |study: &Study, stance, specificity, km| {
            Rank::of(
                study,
                &Finding {
                    specificity,
                    ..finding(stance)
                },
                Some(km),
            )
        };
        let mut newer = study(8);
        newer.updated = Date::from_registry("2026-11-02");
        let mut older = study(7);
        older.updated = Date::from_registry("2024-01");
        let mut later_phase = newer.clone();
        later_phase.phases = vec![Phase::Phase2, Phase::Phase3];
        let mut soon = later_phase.clone();
        soon.status = OverallStatus::NotYetRecruiting;
        let ranks = [
            rank(&first, Stance::Targets, Specificity::Alteration, 500.0),
            rank(&later_phase, Stance::Targets, Specificity::Class, 5.0),
            rank(&older, Stance::Targets, Specificity::Class, 5.0),
            rank(&later_phase, Stance::Targets, Specificity::Class, 31.0),
            rank(&newer, Stance::Targets, Specificity::Class, 31.0),
            rank(&older, Stance::Targets, Specificity::Class, 31.0),
            rank(&soon, Stance::Targets, Specificity::Class, 1.0),
            rank(&later_phase, Stance::Targets, Specificity::Gene, 1.0),
            rank(&later_phase, Stance::Allows, Specificity::Alteration, 1.0),
            rank(&study(10), Stance::Allows, Specificity::Alteration, 9999.0),
            rank(&study(11), Stance::Allows, Specificity::Alteration, 9999.0),
        ];
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:#?}");
    }

    #[test]
    fn an_unknown_distance_comes_after_every_known_one() {
        let (study, finding) = (study(1), finding(Stance::Targets));
        assert!(Rank::of(&study, &finding, Some(19_000.0)) < Rank::of(&study, &finding, None));
    }
}
