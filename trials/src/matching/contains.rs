//! Containment: whether what a record says happened to a gene contains what happened in the patient's tumour.
//!
//! What the words of records mean beside a gene is here; what a class or an alteration contains is in [`crate::class`].

use super::words::Said;
use crate::class::{self, Class, Containment, is_small};
use crate::mutation::{Alteration, ExonEvent, Mutation};
use Containment::{Contains as Yes, MayContain as May, No};

/// Whether the class `said` contains `mutation`, both of the same gene.
pub(super) fn contains(said: Said, mutation: &Mutation) -> Containment {
    match mutation {
        Mutation::OfGene { gene, alteration } => of_gene(said, gene.symbol(), alteration),
        Mutation::Fusion { gene, .. } => of_gene(said, gene.symbol(), &Alteration::Fusion),
        Mutation::OfFamily { alteration, .. } => of_gene(said, "", alteration),
        Mutation::Signature(_) => Yes,
    }
}

fn of_gene(said: Said, symbol: &str, alteration: &Alteration) -> Containment {
    if let Some(wide) = exact(said) {
        return class::contains(symbol, &wide, alteration);
    }
    if let Some(class) = class_of(said, symbol) {
        return match (said, alteration) {
            // Who is only told that EGFR is mutated has one of the common mutations nine times in ten.
            (Said::Activating | Said::Class("common mutation" | "classical mutation"), Alteration::Any) => Yes,
            _ => class.contains(alteration),
        };
    }
    if let Alteration::Class(narrow) = alteration {
        return narrow.is_within(&|member| of_gene(said, symbol, member), &|excluded| {
            excludes(said, symbol, excluded)
        });
    }
    let small = is_small(alteration);
    let truncates = matches!(
        alteration,
        Alteration::Truncating
            | Alteration::Frameshift { .. }
            | Alteration::Splice
            | Alteration::Substitution { to: '*', .. }
    );
    match said {
        Said::Alteration => Yes,
        // "ALK mutation" is written for its rearrangement, "PTEN mutation" for its loss; "HER2 mutation" not for its
        // amplification.
        Said::Mutation if small || matches!(alteration, Alteration::Fusion | Alteration::Loss) => Yes,
        Said::Mutation => No,
        Said::Activating | Said::Uncommon | Said::Class(_) | Said::Positive
            if small || *alteration == Alteration::Fusion =>
        {
            Yes
        }
        // Protein in excess is what a stain is positive for, where the gene has no other finding of that name.
        Said::Positive if *alteration == Alteration::Overexpression => Yes,
        Said::Activating | Said::Uncommon | Said::Class(_) | Said::Positive => May,
        Said::Fusion => match alteration {
            Alteration::Fusion => Yes,
            Alteration::Any => May,
            // A resistance mutation of a fused kinase stands beside its fusion; the report doesn't say.
            _ if small && resists(symbol, alteration) => May,
            _ => No,
        },
        // How much protein there is isn't told by a small change, nor told against; of HER2 it is another finding.
        Said::Overexpression if small => match symbol {
            "ERBB2" => No,
            _ => May,
        },
        // Copies in excess make protein in excess; less than that isn't told by any alteration.
        Said::Expressed => match alteration {
            Alteration::Overexpression => Yes,
            Alteration::Amplification if symbol == "ERBB2" => Yes,
            _ if small && symbol == "ERBB2" => No,
            _ => May,
        },
        Said::Overexpression => class::contains(symbol, &Alteration::Overexpression, alteration),
        Said::Inactivation if truncates || matches!(alteration, Alteration::Loss | Alteration::Any) => Yes,
        Said::Inactivation if small => May,
        Said::Inactivation => No,
        Said::Exons(first, last) => {
            let each = (first..=last).map(|exon| of_gene(Said::Exon(exon, ExonEvent::Mutation), symbol, alteration));
            each.min().unwrap_or(No)
        }
        _ => No,
    }
}

/// Whether an alteration is known for making a fused kinase resist its inhibitors.
fn resists(symbol: &str, alteration: &Alteration) -> bool {
    // Of neuroblastoma's own changes, without any fusion, F1174L resists, too (Mossé et al., Nature 2008).
    let stands_alone = symbol == "ALK"
        && matches!(
            alteration,
            Alteration::Substitution {
                position: 1174 | 1245 | 1275,
                ..
            }
        );
    matches!(symbol, "ALK" | "ROS1" | "ABL1")
        && !stands_alone
        && Class::named(symbol, "resistance mutation").is_some_and(|class| class.contains(alteration) == Yes)
}

/// The gene's class that a record's word stands for.
pub(super) fn class_of(said: Said, symbol: &str) -> Option<Class> {
    let name = match said {
        Said::Activating => "activating mutation",
        Said::Uncommon => "uncommon mutation",
        // A family's fusion is its members'.
        Said::Positive if symbol.is_empty() => return Class::named("NTRK1", "positive"),
        Said::Positive => "positive",
        Said::Class(name) => name,
        _ => return None,
    };
    Class::named(symbol, name)
}

/// Whether a record's word is the name of a class; "activating" and "sensitizing" are said of one another.
pub(super) fn is_named_by(class: Class, said: Said) -> bool {
    let symbol = class.gene().symbol();
    class_of(said, symbol) == Some(class)
        || said == Said::Activating && Class::named(symbol, "sensitizing mutation") == Some(class)
}

/// Whether a record's words ask for nothing but what `excluded` contains.
fn excludes(said: Said, symbol: &str, excluded: &Alteration) -> bool {
    let wide = match said {
        Said::Overexpression => Some(Alteration::Overexpression),
        Said::Fusion => Some(Alteration::Fusion),
        said => exact(said).or_else(|| class_of(said, symbol).map(Alteration::Class)),
    };
    wide.is_some_and(|wide| class::contains(symbol, excluded, &wide) == Yes)
}

/// The alteration that a record's words name, where they mean it as a report does.
fn exact(said: Said) -> Option<Alteration> {
    // Which residue was there before isn't read; containment doesn't ask for it.
    let from = 'X';
    Some(match said {
        Said::Substitution(position, to) => Alteration::Substitution { from, position, to },
        Said::Codon(position) => Alteration::Codon { from, position },
        Said::Exon(exon, event) => Alteration::Exon { exon, event },
        Said::TandemDuplication => Alteration::InternalTandemDuplication,
        Said::KinaseDomain => Alteration::TyrosineKinaseDomain,
        Said::Promoter => Alteration::Promoter,
        Said::Methylation => Alteration::PromoterMethylation,
        Said::Amplification => Alteration::Amplification,
        Said::Loss => Alteration::Loss,
        _ => return None,
    })
}
