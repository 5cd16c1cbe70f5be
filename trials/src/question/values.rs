//! Filters whose values are named: status, phase, sex, stances, detail. Spelling is taken as people write it: case,
//! spaces, hyphens and underscores make no difference.

use super::{BadFilter, Detail, StatusFilter, fold, quoted};
use crate::matching::Stance;
use crate::study::{OverallStatus, Phase, Sex};

pub(super) fn status(given: &[String]) -> Result<StatusFilter, BadFilter> {
    let groups = several("status", given, status_group, || {
        let registry: Vec<String> = OverallStatus::ALL
            .iter()
            .map(|status| status.as_str().to_lowercase())
            .collect();
        format!("open, all, or any of {}", registry.join(", "))
    })?;
    let mut only: Vec<OverallStatus> = Vec::new();
    for group in groups {
        match group {
            StatusFilter::All => return Ok(StatusFilter::All),
            StatusFilter::Open => only.extend(OverallStatus::ALL.iter().filter(|status| status.is_open())),
            StatusFilter::Only(statuses) => only.extend(statuses),
        }
    }
    only.sort_unstable();
    only.dedup();
    let is_just_open = OverallStatus::ALL
        .iter()
        .all(|status| only.contains(status) == status.is_open());
    Ok(if only.is_empty() || is_just_open {
        StatusFilter::Open
    } else {
        StatusFilter::Only(only)
    })
}

fn status_group(word: &str) -> Option<StatusFilter> {
    match word {
        "open" => Some(StatusFilter::Open),
        "all" => Some(StatusFilter::All),
        _ => OverallStatus::ALL
            .iter()
            .find(|status| fold(status.as_str()) == word)
            .map(|status| StatusFilter::Only(vec![*status])),
    }
}

pub(super) fn phases(given: &[String]) -> Result<Vec<Phase>, BadFilter> {
    let groups = several("phase", given, phase_group, || {
        "any of 1, 2, 3, 4, 1/2, 2/3, early phase 1, NA".to_owned()
    })?;
    let mut phases: Vec<Phase> = groups.into_iter().flatten().collect();
    phases.sort_unstable();
    phases.dedup();
    Ok(phases)
}

/// `1`, `I`, `phase 1b`, `PHASE1`; `1/2`, `phase I/II`, `PHASE1/PHASE2` for both; `early phase 1` and its former name,
/// `phase 0`; `NA`.
fn phase_group(word: &str) -> Option<Vec<Phase>> {
    if matches!(word, "na" | "n a" | "not applicable") {
        return Some(vec![Phase::NotApplicable]);
    }
    if matches!(
        word,
        "early" | "early 1" | "early phase 1" | "early phase1" | "early phase i" | "early i"
    ) {
        return Some(vec![Phase::EarlyPhase1]);
    }
    let numbers = word.replace("phase", " ");
    let phases: Option<Vec<Phase>> = numbers.split_whitespace().map(one_phase).collect();
    phases.filter(|phases| !phases.is_empty())
}

fn one_phase(number: &str) -> Option<Phase> {
    match number.strip_suffix(['a', 'b', 'c']).unwrap_or(number) {
        "0" => Some(Phase::EarlyPhase1),
        "1" | "i" => Some(Phase::Phase1),
        "2" | "ii" => Some(Phase::Phase2),
        "3" | "iii" => Some(Phase::Phase3),
        "4" | "iv" => Some(Phase::Phase4),
        _ => None,
    }
}

pub(super) fn stances(given: &[String]) -> Result<Vec<Stance>, BadFilter> {
    let stance = |word: &str| Stance::ALL.into_iter().find(|stance| stance.as_str() == word);
    let mut stances = several("stances", given, stance, || {
        format!("any of {}", Stance::ALL.map(Stance::as_str).join(", "))
    })?;
    stances.sort_unstable();
    stances.dedup();
    Ok(if stances.is_empty() {
        vec![Stance::Targets, Stance::Allows]
    } else {
        stances
    })
}

/// A known sex; none where all are meant, since that turns nobody away.
pub(super) fn sex(given: &str) -> Result<Option<Sex>, BadFilter> {
    match fold(given).as_str() {
        "female" | "f" | "woman" => Ok(Some(Sex::Female)),
        "male" | "m" | "man" => Ok(Some(Sex::Male)),
        "all" | "any" | "both" => Ok(None),
        _ => Err(BadFilter::new("sex", quoted(given), "female, male or all")),
    }
}

pub(super) fn detail(given: &str) -> Result<Detail, BadFilter> {
    match fold(given).as_str() {
        "brief" => Ok(Detail::Brief),
        "standard" => Ok(Detail::Standard),
        "full" => Ok(Detail::Full),
        _ => Err(BadFilter::new("detail", quoted(given), "brief, standard or full")),
    }
}

/// Reads each value, whole or else as a list in one string: "active, not recruiting" is one value with a comma,
/// "targets, silent" are two.
fn several<T>(
    parameter: &'static str,
    given: &[String],
    read: impl Fn(&str) -> Option<T>,
    allowed: impl Fn() -> String,
) -> Result<Vec<T>, BadFilter> {
    let mut values = Vec::new();
    for text in given {
        if let Some(value) = read(&fold(text)) {
            values.push(value);
            continue;
        }
        for part in text.split([',', '|', ';']) {
            match read(&fold(part)) {
                Some(value) => values.push(value),
                None => return Err(BadFilter::new(parameter, quoted(part), allowed())),
            }
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_taken_as_people_write_it() {
        use OverallStatus::{ActiveNotRecruiting, Completed, NotYetRecruiting, Recruiting};
        for (given, statuses) in [
            ("recruiting", vec![Recruiting]),
            ("Not yet recruiting", vec![NotYetRecruiting]),
            ("active, not recruiting", vec![ActiveNotRecruiting]),
            ("ACTIVE_NOT_RECRUITING", vec![ActiveNotRecruiting]),
            ("active-not-recruiting|completed", vec![ActiveNotRecruiting, Completed]),
            ("Recruiting, Completed", vec![Recruiting, Completed]),
        ] {
            assert_eq!(status(&[given.into()]), Ok(StatusFilter::Only(statuses)), "{given}");
        }
        assert_eq!(status(&["open".into()]), Ok(StatusFilter::Open));
        assert_eq!(status(&["open".into(), "all".into()]), Ok(StatusFilter::All));
        let three = ["recruiting", "not yet recruiting", "enrolling by invitation"].map(String::from);
        assert_eq!(status(&three), Ok(StatusFilter::Open));
        for given in ["", "closed", "recruiting, whatever"] {
            assert!(status(&[given.into()]).is_err(), "{given}");
        }
    }

    #[test]
    fn a_phase_is_taken_as_people_write_it() {
        use Phase::{EarlyPhase1, NotApplicable, Phase1, Phase2, Phase3, Phase4};
        for (given, read) in [
            ("1", vec![Phase1]),
            ("I", vec![Phase1]),
            ("phase 1", vec![Phase1]),
            ("Phase 1b", vec![Phase1]),
            ("PHASE1", vec![Phase1]),
            ("1/2", vec![Phase1, Phase2]),
            ("Phase II/III", vec![Phase2, Phase3]),
            ("PHASE2|PHASE3", vec![Phase2, Phase3]),
            ("2, 3, 4", vec![Phase2, Phase3, Phase4]),
            ("early phase 1", vec![EarlyPhase1]),
            ("EARLY_PHASE1", vec![EarlyPhase1]),
            ("early", vec![EarlyPhase1]),
            ("NA", vec![NotApplicable]),
            ("N/A", vec![NotApplicable]),
        ] {
            assert_eq!(phases(&[given.into()]), Ok(read), "{given}");
        }
        for given in ["", "5", "phase", "12", "1/9", "one"] {
            assert!(phases(&[given.into()]).is_err(), "{given}");
        }
    }

    #[test]
    fn stances_asked_for_twice_count_once_and_stand_in_a_readers_order() {
        let read = stances(&["silent".into(), "Targets, silent".into()]);
        assert_eq!(read, Ok(vec![Stance::Targets, Stance::Silent]));
    }

    #[test]
    fn all_sexes_turn_nobody_away() {
        assert_eq!(sex("ALL"), Ok(None));
        assert_eq!(sex("Female"), Ok(Some(Sex::Female)));
    }
}
