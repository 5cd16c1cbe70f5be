//! Containment between two alterations of one gene: whether what is asked for in wide words contains what was found.

use super::Containment;
use super::exons::{codons_of, exon_of};
use crate::mutation::{Alteration, ExonEvent};
use Containment::{Contains, MayContain, No};
use std::cmp::Ordering;

/// FLT3's split kinase domain (UniProt P36888, protein kinase, residues 610 to 943).
const KINASE_DOMAIN_OF_FLT3: std::ops::RangeInclusive<u32> = 610..=943;

/// Whether `wide` contains `narrow`, both alterations of the gene with this symbol.
pub(crate) fn contains(symbol: &str, wide: &Alteration, narrow: &Alteration) -> Containment {
    let either = |is: bool| if is { Contains } else { No };
    if wide == narrow {
        return Contains;
    }
    if let Alteration::Class(class) = narrow {
        return class.is_within(&|member| contains(symbol, wide, member), &|excluded| {
            contains(symbol, excluded, wide) == Contains
        });
    }
    if let Alteration::Class(class) = wide {
        return class.contains(narrow);
    }
    if *narrow == Alteration::Any {
        return MayContain;
    }
    if matches!(narrow, Alteration::CodingDna(_)) && is_small(wide) {
        // What a coding change that no table knows does to the protein isn't told.
        return if *wide == Alteration::Any { Contains } else { MayContain };
    }
    match wide {
        Alteration::Any if is_small(narrow) => Contains,
        Alteration::Any => MayContain,
        Alteration::Substitution { position: at, .. } | Alteration::Frameshift { position: at, .. } => match narrow {
            // Which residue was there before says nothing that the codon doesn't.
            Alteration::Substitution { position, to: have, .. } => {
                either(position == at && matches!(wide, Alteration::Substitution { to, .. } if to == have))
            }
            Alteration::Codon { position, .. } if position == at => MayContain,
            Alteration::Exon {
                exon,
                event: ExonEvent::Mutation,
            } if exon_of(symbol, *at).is_none_or(|known| known == *exon) => MayContain,
            Alteration::TyrosineKinaseDomain => may(KINASE_DOMAIN_OF_FLT3.contains(at)),
            Alteration::Truncating => may(truncates(wide)),
            _ => No,
        },
        Alteration::Codon { position: at, .. } => match codons(narrow) {
            Some((first, last)) if first == *at && last == *at => Contains,
            Some((first, last)) => may((first..=last).contains(at)),
            None => match narrow {
                Alteration::Exon { exon, event } => {
                    may(*event != ExonEvent::Skipping && exon_of(symbol, *at).is_none_or(|known| known == *exon))
                }
                Alteration::TyrosineKinaseDomain => may(KINASE_DOMAIN_OF_FLT3.contains(at)),
                Alteration::Truncating => MayContain,
                _ => No,
            },
        },
        Alteration::InFrame { start, end, .. } => match narrow {
            Alteration::Codon { position, .. } => may((*start..=*end).contains(position)),
            Alteration::Exon { exon, event } => {
                may(*event != ExonEvent::Skipping && exon_of(symbol, *start).is_none_or(|known| known == *exon))
            }
            _ => No,
        },
        Alteration::Exon { exon, event } => in_exon(symbol, *exon, *event, narrow),
        Alteration::TyrosineKinaseDomain => match codons(narrow) {
            Some((first, _)) => either(symbol != "FLT3" || KINASE_DOMAIN_OF_FLT3.contains(&first)),
            None => No,
        },
        Alteration::Truncating => match narrow {
            narrow if truncates(narrow) => Contains,
            Alteration::Splice | Alteration::Codon { .. } | Alteration::Exon { .. } => MayContain,
            _ => No,
        },
        // Gone by a deletion or by a truncation of both copies; of a missense change nobody can tell.
        Alteration::Loss => may(is_small(narrow)),
        Alteration::Overexpression if symbol == "ERBB2" => either(*narrow == Alteration::Amplification),
        Alteration::Overexpression => may(*narrow == Alteration::Amplification),
        Alteration::Amplification => may(*narrow == Alteration::Overexpression),
        Alteration::Splice => may(matches!(
            narrow,
            Alteration::Exon {
                event: ExonEvent::Skipping,
                ..
            }
        )),
        Alteration::CodingDna(_) => may(is_small(narrow) && !matches!(narrow, Alteration::Substitution { .. })),
        Alteration::Fusion
        | Alteration::InternalTandemDuplication
        | Alteration::Promoter
        | Alteration::PromoterMethylation
        | Alteration::Class(_) => No,
    }
}

/// Whether a run of codons contains an alteration.
pub(super) fn in_codons(first: u32, last: u32, narrow: &Alteration) -> Containment {
    match codons(narrow) {
        Some((start, end)) if (first..=last).contains(&start) && end <= last => Contains,
        Some((start, end)) => may(start <= last && first <= end),
        None => may(is_small(narrow)
            && !matches!(
                narrow,
                Alteration::Promoter | Alteration::InternalTandemDuplication | Alteration::Class(_)
            )),
    }
}

/// Whether an alteration is a mutation in the narrow sense: neither copies nor protein nor a fusion nor a class.
pub(crate) fn is_small(alteration: &Alteration) -> bool {
    !matches!(
        alteration,
        Alteration::Amplification
            | Alteration::Overexpression
            | Alteration::Loss
            | Alteration::Fusion
            | Alteration::PromoterMethylation
            | Alteration::Class(_)
    )
}

/// The first and last codon that an alteration touches.
fn codons(alteration: &Alteration) -> Option<(u32, u32)> {
    match alteration {
        Alteration::Substitution { position, .. }
        | Alteration::Frameshift { position, .. }
        | Alteration::Codon { position, .. } => Some((*position, *position)),
        Alteration::InFrame { start, end, .. } => Some((*start, *end)),
        _ => None,
    }
}

/// Whether an event of an exon contains an alteration.
fn in_exon(symbol: &str, exon: u8, event: ExonEvent, narrow: &Alteration) -> Containment {
    let all = event == ExonEvent::Mutation;
    if let Alteration::Exon {
        exon: other,
        event: have,
    } = narrow
    {
        return match () {
            () if exon != *other => No,
            () if all || event == *have => Contains,
            () => may(*have == ExonEvent::Mutation),
        };
    }
    let Some((start, end)) = codons(narrow) else {
        let is_vague = matches!(narrow, Alteration::TyrosineKinaseDomain);
        return may(is_vague || all && matches!(narrow, Alteration::Truncating | Alteration::Splice));
    };
    let have = match narrow {
        Alteration::InFrame { hgvs, event, .. } => Some(net(hgvs, end - start + 1).unwrap_or(*event)),
        _ => None,
    };
    let of_the_event = all || have == Some(event);
    // A delins of as many residues as were lost is counted with either.
    let delins = have == Some(ExonEvent::Mutation) && event != ExonEvent::Skipping;
    let unsaid = matches!(narrow, Alteration::Codon { .. }) && event != ExonEvent::Skipping;
    match (codons_of(symbol, exon), exon_of(symbol, start)) {
        (Some((first, last)), _) if end < first || start > last => No,
        (None, Some(_)) => No,
        (Some(_), _) if of_the_event => Contains,
        _ => may(of_the_event || delins || unsaid),
    }
}

/// What a delins of so many residues comes to: L747_P753delinsS is an exon 19 deletion to tests and labels (cobas EGFR
/// Mutation Test v2, FDA, 2016). None where it is no delins, or as many are gained as lost.
fn net(hgvs: &str, lost: u32) -> Option<ExonEvent> {
    let (_, gained) = hgvs.split_once("delins")?;
    match u32::try_from(gained.len()).ok()?.cmp(&lost) {
        Ordering::Less => Some(ExonEvent::Deletion),
        Ordering::Greater => Some(ExonEvent::Insertion),
        Ordering::Equal => None,
    }
}

fn truncates(alteration: &Alteration) -> bool {
    matches!(
        alteration,
        Alteration::Substitution { to: '*', .. } | Alteration::Frameshift { .. }
    )
}

fn may(is: bool) -> Containment {
    if is { MayContain } else { No }
}
