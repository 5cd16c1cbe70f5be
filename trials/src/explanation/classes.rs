//! The classes that contain a mutation, in the words that trials use.
//!
//! Named classes and groups of genes stand in the tables of [`crate::class`]. Of the plain ones (a codon, an exon, the
//! whole gene) it is the judge that is asked, phrase by phrase: a class contains a mutation if a criterion that asks for
//! the class takes the patient who has it.

use crate::class::{Containment, containing};
use crate::matching::{Doubt, Judge, Stance};
use crate::mutation::{Alteration, ExonEvent, Mutation};
use crate::study::{NctId, Record, Study};

/// Classes of alterations, in the words that trials use: named classes and groups, then plain ones, the narrowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// Those that contain the mutation.
    pub contain: Vec<String>,
    /// Those that may: the words or the report leave it open.
    pub may_contain: Vec<String>,
}

/// Exons that criteria name.
const EXONS: [u8; 14] = [2, 3, 4, 8, 9, 11, 13, 14, 15, 17, 18, 19, 20, 21];

/// The classes that contain a mutation, and those that may.
#[must_use]
pub fn classes(mutation: &Mutation) -> Classes {
    let judge = Judge::new(mutation);
    let study = blank();
    let mut classes = Classes::default();
    for class in containing(mutation) {
        match class.containment {
            Containment::Contains => classes.contain.push(class.name),
            Containment::MayContain => classes.may_contain.push(class.name),
            Containment::No => {}
        }
    }
    for phrase in phrases(mutation) {
        // A phrase that is another spelling of the mutation is no class of it.
        if Mutation::read(&phrase).is_ok_and(|read| read == *mutation) {
            continue;
        }
        let eligibility = format!("Inclusion Criteria:\n\n* Documented {phrase}");
        let finding = judge.judge(Record {
            study: &study,
            eligibility: &eligibility,
        });
        match finding.stance {
            Stance::Targets if !finding.doubts.contains(&Doubt::MayContain) => classes.contain.push(phrase),
            // In which of its exons a codon lies is known of few genes; that it may be any says nothing.
            Stance::Targets | Stance::Allows
                if finding.doubts.contains(&Doubt::MayContain) && !phrase.contains(" exon ") =>
            {
                classes.may_contain.push(phrase);
            }
            _ => {}
        }
    }
    classes
}

/// Every phrase that may be a class of the mutation, the narrowest first, each once. Only phrases that trials write of
/// such an alteration: a judge of whole criteria takes "uncommon BRCA1 mutation" for any, since nobody asks for it.
fn phrases(mutation: &Mutation) -> Vec<String> {
    let Some(name) = name(mutation) else { return Vec::new() };
    let forms = of_a_gene(mutation);
    forms.iter().map(|form| form.replace("{}", name)).collect()
}

/// What trials ask for of the gene or family, in which `{}` is its name, the narrowest first.
fn of_a_gene(mutation: &Mutation) -> Vec<String> {
    let alteration = match mutation {
        Mutation::OfGene { alteration, .. } | Mutation::OfFamily { alteration, .. } => alteration,
        Mutation::Fusion { .. } => &Alteration::Fusion,
        Mutation::Signature(_) => return Vec::new(),
    };
    let mut forms: Vec<String> = Vec::new();
    let mut exons = |event: ExonEvent| forms.extend(EXONS.iter().map(|exon| format!("{{}} exon {exon} {event}")));
    match alteration {
        Alteration::Substitution { from, position, .. } => {
            exons(ExonEvent::Mutation);
            forms.insert(0, format!("{{}} {from}{position} mutation"));
        }
        Alteration::Codon { .. } => exons(ExonEvent::Mutation),
        Alteration::InFrame { event, .. } => {
            exons(*event);
            exons(ExonEvent::Mutation);
        }
        Alteration::Exon { .. } => exons(ExonEvent::Mutation),
        _ => {}
    }
    let is_truncating = matches!(
        alteration,
        Alteration::Substitution { to: '*', .. } | Alteration::Frameshift { .. } | Alteration::Truncating
    );
    let fixed: &[&str] = match alteration {
        Alteration::Fusion => &["{} fusion", "{} rearrangement", "{}-positive tumor"],
        Alteration::Amplification => &["{} overexpression", "{}-positive tumor"],
        Alteration::Overexpression => &["{} amplification", "{}-positive tumor"],
        Alteration::Loss => &["inactivating {} alteration"],
        _ if is_truncating || *alteration == Alteration::Splice => {
            &["inactivating {} mutation", "{} loss", "{} mutation"]
        }
        _ => &["{} mutation"],
    };
    let alteration = "{} alteration".to_owned();
    forms.extend(fixed.iter().map(|&form| form.to_owned()).chain([alteration]));
    forms
}

/// What trials call the gene or family.
fn name(mutation: &Mutation) -> Option<&'static str> {
    match mutation {
        Mutation::OfFamily { family, .. } => Some(family.name()),
        _ => mutation.gene().map(|gene| match gene.symbol() {
            "ERBB2" => "HER2",
            symbol => symbol,
        }),
    }
}

/// A study that says nothing.
fn blank() -> Study {
    Study::bare(NctId::NONE, "".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn of(text: &str) -> Classes {
        classes(&Mutation::read(text).expect("a mutation"))
    }

    #[test]
    fn a_class_contains_what_a_trial_that_asks_for_it_takes() {
        for (mutation, class) in [
            ("EGFR L858R", "EGFR sensitizing mutation"),
            ("EGFR L858R", "EGFR exon 21 mutation"),
            ("BRAF V600E", "BRAF V600 mutation"),
            ("KRAS G12C", "RAS"),
            ("ERBB2 amplification", "HER2 overexpression"),
            ("EML4::ALK fusion", "ALK rearrangement"),
            ("IDH1 R132H", "IDH"),
            ("BRCA1 E23fs", "HRR"),
        ] {
            let classes = of(mutation);
            assert!(classes.contain.iter().any(|c| c == class), "{mutation}: {classes:?}");
        }
    }

    #[test]
    fn no_class_is_the_mutation_itself_or_what_it_is_not() {
        for (mutation, class) in [
            ("EGFR L858R", "EGFR uncommon mutation"),
            ("EGFR L858R", "EGFR exon 19 mutation"),
            ("ALK fusion", "ALK rearrangement"),
            ("BRCA1 mutation", "activating BRCA1 mutation"),
            ("KIT exon 11 mutation", "KIT exon 11 deletion"),
            ("MSI-H", "microsatellite instability-high"),
        ] {
            let classes = of(mutation);
            let all = classes.contain.iter().chain(&classes.may_contain);
            assert!(all.clone().all(|c| c != class), "{mutation}: {classes:?}");
        }
    }
}
