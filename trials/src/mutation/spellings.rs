//! Other spellings of a mutation, as reports and papers write it.
//!
//! Spellings are made by rule and then read: only what reads back as the very mutation is one, so that nothing is
//! promised that [`Mutation::read`] would not keep.

use super::protein::AMINO_ACIDS;
use super::{Alteration, ExonEvent, Family, Mutation, Signature, coding};
use crate::gene::Gene;

/// Spellings shown at most: enough to recognise one's own.
const SPELLINGS_MAX: usize = 12;
/// Other names of a gene that are spelled out.
const NAMES_MAX: usize = 3;

impl Mutation {
    /// Other spellings of the same mutation, the most usual first; each reads back as this mutation.
    #[must_use]
    pub fn spellings(&self) -> Vec<String> {
        let canonical = self.to_string();
        let mut kept: Vec<String> = Vec::new();
        for spelling in self.candidate_spellings() {
            let is_new = spelling != canonical && !kept.contains(&spelling);
            if is_new && Self::read(&spelling).as_ref() == Ok(self) {
                kept.push(spelling);
            }
            if kept.len() == SPELLINGS_MAX {
                break;
            }
        }
        kept
    }

    fn candidate_spellings(&self) -> Vec<String> {
        match self {
            Self::OfGene { gene, alteration } => {
                let forms = forms(Some(*gene), alteration);
                let other_names = gene.names().skip(1).take(NAMES_MAX);
                let by_symbol = forms.iter().map(|form| format!("{gene} {form}"));
                let by_name = other_names.flat_map(|name| {
                    let canonical = std::iter::once(format!("{name} {alteration}"));
                    canonical.chain(forms.iter().take(1).map(move |form| format!("{name} {form}")))
                });
                by_symbol.chain(by_name).collect()
            }
            Self::Fusion {
                five_prime,
                three_prime,
                ..
            } => {
                let written = |a: &str, b: &str| {
                    ["::", "-", "/", "–"]
                        .map(|between| format!("{a}{between}{b}"))
                        .into_iter()
                        .flat_map(|pair| [pair.clone(), format!("{pair} fusion"), format!("{pair} rearrangement")])
                        .collect::<Vec<_>>()
                };
                let (five, three) = (five_prime.symbol(), three_prime.symbol());
                let other_names = five_prime
                    .names()
                    .take(NAMES_MAX)
                    .flat_map(|a| three_prime.names().take(NAMES_MAX).map(move |b| format!("{a}-{b}")));
                written(five, three).into_iter().chain(other_names).collect()
            }
            Self::OfFamily { family, alteration } => {
                let forms = forms(None, alteration);
                let by_other_name = other_names(*family).iter().map(|name| format!("{name} {alteration}"));
                let by_name = forms.iter().map(|form| format!("{} {form}", family.name()));
                by_other_name.chain(by_name).collect()
            }
            Self::Signature(signature) => in_words(*signature).iter().map(|&text| text.to_owned()).collect(),
        }
    }
}

/// How an alteration may be written behind the name of its gene.
fn forms(gene: Option<Gene>, alteration: &Alteration) -> Vec<String> {
    let fixed: &[&str] = match alteration {
        Alteration::Substitution { from, position, to } => {
            let (from3, to3) = (three_letters(*from), three_letters(*to));
            let mut forms = vec![
                format!("p.{from3}{position}{to3}"),
                format!("p.{from}{position}{to}"),
                format!("p.({from3}{position}{to3})"),
                format!("{from3}{position}{to3}"),
            ];
            if *to == '*' {
                forms.push(format!("{from}{position}Ter"));
                forms.push(format!("{from}{position}X"));
            }
            forms.extend(coding(gene, alteration));
            forms.push(format!("{from}{position}{to} mutation"));
            return forms;
        }
        Alteration::Frameshift { from, position } => {
            let from3 = three_letters(*from);
            let mut forms = vec![
                format!("p.{from3}{position}fs"),
                format!("p.{from}{position}fs"),
                format!("{from}{position}fs*"),
                format!("{from}{position} frameshift"),
            ];
            forms.extend(coding(gene, alteration));
            return forms;
        }
        Alteration::Codon { from, position } => {
            let from3 = three_letters(*from);
            return vec![
                format!("{from}{position}X"),
                format!("{from}{position} mutation"),
                format!("p.{from}{position}"),
                format!("{from3}{position}"),
                format!("codon {from}{position}"),
                format!("{from}{position}-mutant"),
            ];
        }
        Alteration::InFrame { hgvs, .. } => {
            let mut forms = vec![format!("p.{hgvs}"), format!("p.{}", in_three_letters(hgvs))];
            forms.push(in_three_letters(hgvs));
            forms.extend(coding(gene, alteration));
            return forms;
        }
        Alteration::CodingDna(change) => {
            return vec![change.trim_start_matches("c.").to_owned(), format!("{change} mutation")];
        }
        Alteration::Exon { exon, event } => {
            let (short, long) = match event {
                ExonEvent::Deletion => ("del", "deletion"),
                ExonEvent::Insertion => ("ins", "insertion"),
                ExonEvent::Mutation => ("mut", "mutation"),
                ExonEvent::Skipping => ("skipping", "skipping"),
            };
            let mut forms = vec![
                format!("ex{exon}{short}"),
                format!("exon{exon}{short}"),
                format!("exon {exon} {short}"),
                format!("{long} in exon {exon}"),
                format!("exon {exon} {long}s"),
                format!("ex{exon}"),
                format!("del{exon}"),
                format!("exon {exon} splice site mutation"),
                format!("exon {exon}"),
            ];
            if *event != ExonEvent::Mutation {
                forms.push(format!("exon {exon} {long} mutation"));
            }
            return forms;
        }
        Alteration::Amplification => &["amplified", "amp", "gene amplification", "copy number gain", "positive"],
        Alteration::Loss => &[
            "deletion",
            "homozygous deletion",
            "deficiency",
            "null",
            "loss of function",
        ],
        Alteration::Overexpression => &["overexpressed", "protein overexpression", "high expression"],
        Alteration::Fusion => &[
            "rearrangement",
            "rearranged",
            "translocation",
            "gene fusion",
            "fusion-positive",
            "positive",
        ],
        Alteration::InternalTandemDuplication => &["internal tandem duplication", "ITD mutation", "ITD-positive"],
        Alteration::TyrosineKinaseDomain => &["tyrosine kinase domain mutation", "TKD mutation"],
        Alteration::Promoter => &["promoter", "promoter variant", "C228T", "C250T", "c.-124C>T"],
        Alteration::PromoterMethylation => &["promoter methylated", "methylated", "methylation"],
        Alteration::Class(class) => return class.spellings().map(str::to_owned).collect(),
        Alteration::Truncating => &["truncation", "truncating variant", "truncated"],
        Alteration::Splice => &["splice site mutation", "splice variant", "splicing mutation"],
        Alteration::Any => &["mutant", "mutated", "alteration", "variant", "mut"],
    };
    fixed.iter().map(|&form| form.to_owned()).collect()
}

fn coding(gene: Option<Gene>, alteration: &Alteration) -> Vec<String> {
    gene.map_or_else(Vec::new, |gene| coding::leading_to(gene, alteration))
}

fn three_letters(letter: char) -> &'static str {
    match letter {
        '*' => "Ter",
        _ => AMINO_ACIDS
            .iter()
            .find(|(_, known)| *known == letter)
            .map_or("", |(code, _)| code),
    }
}

/// `E746_A750del` as `Glu746_Ala750del`: what stands in capitals are amino acids.
fn in_three_letters(hgvs: &str) -> String {
    let mut spelled = String::with_capacity(2 * hgvs.len());
    for letter in hgvs.chars() {
        match letter {
            'A'..='Z' => spelled.push_str(three_letters(letter)),
            other => spelled.push(other),
        }
    }
    spelled
}

fn other_names(family: Family) -> &'static [&'static str] {
    match family {
        Family::Ntrk => &["TRK", "NTRK1/2/3", "pan-TRK"],
        Family::Ras => &["pan-RAS", "KRAS/NRAS", "KRAS/NRAS/HRAS"],
        Family::Brca => &["BRCA1/2", "BRCA1/BRCA2"],
        Family::Fgfr => &["FGFR1/2/3", "FGFR1-4"],
        Family::Idh => &["IDH1/2", "IDH1/IDH2"],
    }
}

fn in_words(signature: Signature) -> &'static [&'static str] {
    match signature {
        Signature::MsiHigh => &[
            "MSI-high",
            "microsatellite instability-high",
            "microsatellite instability",
            "MSI-H/dMMR",
        ],
        Signature::MismatchRepairDeficient => &[
            "MMR deficient",
            "mismatch repair deficient",
            "mismatch repair deficiency",
            "MMRd",
            "MMR-D",
        ],
        Signature::TmbHigh => &[
            "TMB-high",
            "high TMB",
            "tumor mutational burden high",
            "high tumor mutational burden",
            "high tumour mutational burden",
        ],
        Signature::Codeletion1p19q => &["1p/19q codeletion", "1p/19q co-deletion", "1p19q codeleted"],
        Signature::Trisomy12 => &["trisomy 12", "+12"],
        Signature::Hrd => &[
            "HRD-positive",
            "HR deficient",
            "homologous recombination deficiency",
            "homologous recombination deficient",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spellings(name: &str) -> Vec<String> {
        Mutation::read(name).expect("a mutation").spellings()
    }

    #[test]
    fn the_usual_spellings_of_each_kind_are_among_them() {
        for (name, usual) in [
            ("EGFR L858R", "EGFR p.Leu858Arg"),
            ("EGFR L858R", "EGFR c.2573T>G"),
            ("PTEN R130*", "PTEN p.Arg130Ter"),
            ("TP53 R213fs", "TP53 p.Arg213fs"),
            ("KRAS G12", "KRAS G12X"),
            ("EGFR E746_A750del", "EGFR p.Glu746_Ala750del"),
            ("EGFR exon 19 deletion", "EGFR ex19del"),
            ("MET exon 14 skipping", "MET ex14skipping"),
            ("ERBB2 amplification", "HER2 amplification"),
            ("MTAP loss", "MTAP homozygous deletion"),
            ("FLT3 ITD", "FLT3 internal tandem duplication"),
            ("EML4::ALK fusion", "EML4-ALK"),
            ("ALK fusion", "ALK rearrangement"),
            ("NTRK fusion", "NTRK1/2/3 fusion"),
            ("MSI-H", "microsatellite instability-high"),
            ("HRD", "homologous recombination deficiency"),
        ] {
            let spellings = spellings(name);
            assert!(spellings.iter().any(|s| s == usual), "{name}: {spellings:?}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_reads_back_as_the_mutation_it_is_of(
            gene in prop::sample::select(vec![
                "EGFR", "ERBB2", "KRAS", "BRAF", "TP53", "KIT", "PIK3CA", "FLT3", "MET", "ALK", "BRCA1", "TERT", "NTRK1",
            ]),
            alteration in prop_oneof![
                "[ACDEFGHIKLMNPQRSTVWY]([1-9][0-9]{0,2})[ACDEFGHIKLMNPQRSTVWY*]",
                "[ACDEFGHIKLMNPQRSTVWY]([1-9][0-9]{0,2})(fs|X)?",
                "exon (2|9|11|14|18|19|20) (deletion|insertion|mutation|skipping)",
                "(amplification|loss|overexpression|fusion|ITD|TKD|truncating mutation|splice mutation|mutation)",
            ],
        ) {
            if let Ok(mutation) = Mutation::read(&format!("{gene} {alteration}")) {
                let spellings = mutation.spellings();
                prop_assert!(spellings.len() <= SPELLINGS_MAX);
                for spelling in spellings {
                    prop_assert_ne!(&spelling, &mutation.to_string());
                    prop_assert_eq!(Mutation::read(&spelling), Ok(mutation.clone()), "{}", spelling);
                }
            }
        }
    }
}
