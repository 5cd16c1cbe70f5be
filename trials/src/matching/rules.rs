//! The rules by which what the mentions say becomes a stance; the only place where one is decided.
//!
//! | rule | when | stance | taught by |
//! | --- | --- | --- | --- |
//! | shut by name | an exclusion, at least as exact as any wish for it, contains the alteration | excludes | NCT03586453: EGFR asked for, "known to be T790M+" shut out |
//! | another wanted of all | the gene as a whole is spoken of, but another alteration of it is demanded of everybody, and nothing names this one or may contain it | excludes | NCT05693090: "EGFR-mutated NSCLC", and "an Ex19del or Ex21-L858R substitution" |
//! | wanted | some cohort enrols because of it | targets | NCT02279004: a cohort "harboring a KRAS exon 2 mutation" |
//! | let in on a condition | the wild type is demanded, but another criterion says what the altered must have had | allows | NCT06889766: "with BRAF mutation who have received at least two lines" |
//! | shut | an exclusion or a demand for the wild type contains it | excludes | NCT06890598: "known changes in the EGFR or ALK genes" |
//! | another wanted | another alteration of the gene is demanded of everybody, and nothing asked for may contain this one | excludes | NCT06008288: G12C demanded, the patient has G12D |
//! | let in | it is spoken of and shut out nowhere | allows | NCT06568939: "Actionable alterations in genes other than EGFR are permitted" |
//! | known | its status must be known or is measured, whichever it is | allows | NCT06697301: "have known BRAF V600 mutation status" |
//! | another wanted by some | only some cohorts demand another alteration of the gene | allows | NCT06333951: "Subprotocol B", and no other, demands KRAS G12C |
//! | may be wanted | a class that may contain it is asked for | allows, with a doubt | NCT04235114: "EGFR-positive cancer" |
//! | may be shut, unclear, closed | none of the above | silent, with a doubt | NCT06692738: no result "in any actionable driver oncogenes" |
//!
//! The records are named by the numbers under which the registry keeps them; what their criteria say is quoted from the
//! versions of 2026.

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
    let wanted_of_all = of(Says::Wants).all(|v| !v.limited);
    let may_be_wanted = of(Says::MayWant).next().is_some();
    let mut lets = of(Says::Lets).chain(of(Says::LetsIf));
    let let_in_by_name = lets.any(|v| v.specificity < Specificity::Gene);
    let (stance, deciding): (Stance, &[Says]) = match (wants, shuts) {
        (Some(wanted), Some(shut)) if shut <= wanted && wanted_of_all => (Stance::Excludes, &[Says::Shuts]),
        (Some(wanted), _)
            if wanted >= Specificity::Gene && another && wanted_of_all && !let_in_by_name && !may_be_wanted =>
        {
            (Stance::Excludes, &[Says::WantsAnother])
        }
        (Some(_), _) => (Stance::Targets, &[Says::Wants]),
        (None, Some(_))
            if of(Says::LetsIf).next().is_some() && of(Says::Shuts).all(|v| v.evidence.source != Source::Exclusion) =>
        {
            (Stance::Allows, &[Says::LetsIf])
        }
        (None, Some(_)) => (Stance::Excludes, &[Says::Shuts]),
        (None, None) if another && !may_be_wanted => (Stance::Excludes, &[Says::WantsAnother]),
        (None, None) if of(Says::Lets).chain(of(Says::LetsIf)).next().is_some() => {
            (Stance::Allows, &[Says::Lets, Says::LetsIf])
        }
        (None, None) if of(Says::Known).next().is_some() => (Stance::Allows, &[Says::Known]),
        (None, None) if of(Says::WantsAnother).next().is_some() && !another && of(Says::Closed).next().is_none() => {
            (Stance::Allows, &[Says::WantsAnother])
        }
        (None, None) if may_be_wanted => (Stance::Allows, &[Says::MayWant]),
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
