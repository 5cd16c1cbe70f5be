//! The rules by which what the mentions say becomes a stance; the only place where one is decided.
//!
//! | rule | when | stance |
//! | --- | --- | --- |
//! | shut by name | an exclusion, at least as exact as any wish for it, contains the alteration | excludes |
//! | wanted | some cohort enrols because of it | targets |
//! | let in on a condition | the wild type is demanded, but another criterion says what the altered must have had | allows |
//! | shut | an exclusion or a demand for the wild type contains it | excludes |
//! | another wanted | another alteration of the gene is demanded of everybody, and nothing lets this one in | excludes |
//! | let in | it is spoken of and shut out nowhere | allows |
//! | may be wanted | a class that may contain it is asked for | allows, with a doubt |
//! | may be shut, unclear, closed | none of the above | silent, with a doubt |

use super::reading::Heard;
use super::voice::{Says, Voice};
use super::{Doubt, Evidence, Finding, Source, Specificity, Stance};

/// Weighs the mentions of one record.
pub(super) fn decide(heard: &Heard) -> Finding {
    let voices = &heard.voices;
    let of = |says: Says| voices.iter().filter(move |v| v.says == says);
    let wants = of(Says::Wants).map(|v| v.specificity).min();
    let shuts = of(Says::Shuts)
        .filter(|v| !v.limited || wants.is_none())
        .map(|v| v.specificity)
        .min();
    let another = of(Says::WantsAnother).any(|v| !v.limited);
    let (stance, deciding): (Stance, &[Says]) = match (wants, shuts) {
        (Some(wanted), Some(shut)) if shut <= wanted && of(Says::Wants).all(|v| !v.limited) => {
            (Stance::Excludes, &[Says::Shuts])
        }
        (Some(_), _) => (Stance::Targets, &[Says::Wants]),
        (None, Some(_))
            if of(Says::LetsIf).next().is_some() && of(Says::Shuts).all(|v| v.evidence.source != Source::Exclusion) =>
        {
            (Stance::Allows, &[Says::LetsIf])
        }
        (None, Some(_)) => (Stance::Excludes, &[Says::Shuts]),
        (None, None) if another && of(Says::MayWant).next().is_none() => (Stance::Excludes, &[Says::WantsAnother]),
        (None, None) if of(Says::Lets).chain(of(Says::LetsIf)).next().is_some() => {
            (Stance::Allows, &[Says::Lets, Says::LetsIf])
        }
        (None, None) if of(Says::WantsAnother).next().is_some() && !another && of(Says::Closed).next().is_none() => {
            (Stance::Allows, &[Says::WantsAnother])
        }
        (None, None) if of(Says::MayWant).next().is_some() => (Stance::Allows, &[Says::MayWant]),
        (None, None) => (Stance::Silent, &[]),
    };
    let mut chosen: Vec<&Voice> = voices.iter().filter(|v| deciding.contains(&v.says)).collect();
    chosen.sort_by_key(|v| v.specificity);
    let mut evidence: Vec<Evidence> = Vec::new();
    for voice in &chosen {
        if evidence.len() < Finding::EVIDENCE_MAX && !evidence.contains(&voice.evidence) {
            evidence.push(voice.evidence);
        }
    }
    let mut doubts = Vec::new();
    if stance == Stance::Allows && deciding == [Says::MayWant]
        || stance == Stance::Silent && of(Says::MayShut).next().is_some()
    {
        doubts.push(Doubt::MayContain);
    }
    if matches!(stance, Stance::Targets | Stance::Allows) && of(Says::MayShut).next().is_some() {
        doubts.push(Doubt::MayExclude);
    }
    if stance == Stance::Targets && of(Says::Shuts).next().is_some() {
        doubts.push(Doubt::Contradicted);
    }
    if matches!(stance, Stance::Targets | Stance::Allows) && chosen.iter().all(|v| v.limited) {
        doubts.push(Doubt::WhichCohort);
    }
    if stance == Stance::Silent && of(Says::Unclear).chain(of(Says::Closed)).next().is_some() {
        doubts.push(Doubt::Unclear);
    }
    if heard.cut {
        doubts.push(Doubt::Cut);
    }
    Finding {
        stance,
        specificity: chosen.first().map_or(Specificity::None, |v| v.specificity),
        evidence: evidence.into(),
        doubts: doubts.into(),
    }
}
