//! What holds for every mutation and every spelling of it.

use super::*;

fn gene() -> impl Strategy<Value = Gene> {
    prop::sample::select(vec![
        "EGFR", "ERBB2", "BRCA1", "MET", "KIT", "HLA-A", "NKX2-1", "TP53", "TERT", "H3-3A", "CDKN2A", "C1orf112", "AR",
        "INS", "SET",
    ])
    .prop_filter_map("a gene", Gene::named)
}

fn residue() -> impl Strategy<Value = char> + Clone {
    prop::sample::select("ACDEFGHIKLMNPQRSTVWY".chars().collect::<Vec<_>>())
}

fn alteration() -> impl Strategy<Value = Alteration> {
    let place = (residue(), 1..40_000_u32);
    prop_oneof![
        (place.clone(), residue())
            .prop_filter("a change", |((from, _), to)| from != to)
            .prop_map(|((from, position), to)| { Alteration::Substitution { from, position, to } }),
        place.clone().prop_map(|(from, position)| Alteration::Substitution {
            from,
            position,
            to: '*'
        }),
        place
            .clone()
            .prop_map(|(from, position)| Alteration::Frameshift { from, position }),
        place
            .clone()
            .prop_map(|(from, position)| Alteration::Codon { from, position }),
        (place, residue(), "[ACDEFGHIKLMNPQRSTVWY]{1,6}").prop_map(|((from, start), last, gained)| {
            Alteration::InFrame {
                hgvs: format!("{from}{start}_{last}{}delins{gained}", start + 3).into(),
                start,
                end: start + 3,
                event: ExonEvent::Mutation,
            }
        }),
        (1..100_u8).prop_map(|exon| Alteration::Exon {
            exon,
            event: ExonEvent::Insertion
        }),
        prop::sample::select(vec![
            Alteration::Amplification,
            Alteration::Loss,
            Alteration::Overexpression,
            Alteration::Fusion,
            Alteration::InternalTandemDuplication,
            Alteration::TyrosineKinaseDomain,
            Alteration::Promoter,
            Alteration::Truncating,
            Alteration::Splice,
            Alteration::Any,
        ]),
    ]
}

proptest! {
    #[test]
    fn every_canonical_name_reads_back_as_itself(gene in gene(), alteration in alteration()) {
        let mutation = Mutation::OfGene { gene, alteration };
        prop_assert_eq!(Mutation::read(&mutation.to_string()), Ok(mutation));
    }

    #[test]
    fn every_fusion_reads_back_as_itself_and_in_any_order_of_a_lone_kinase(first in gene(), second in gene()) {
        prop_assume!(first != second);
        let mutation = Mutation::fusion(first, second);
        prop_assert_eq!(Mutation::read(&mutation.to_string()), Ok(mutation));
    }

    #[test]
    fn what_was_read_reads_back_and_nothing_panics(text in "\\PC{0,60}") {
        if let Ok(mutation) = Mutation::read(&text) {
            prop_assert_eq!(Mutation::read(&mutation.to_string()), Ok(mutation));
        }
    }

    #[test]
    fn words_of_reports_in_any_order_read_back(words in prop::collection::vec(prop::sample::select(vec![
        "EGFR", "ALK", "HER2", "exon", "19", "del", "L858R", "fusion", "+", "-", "/", "::", "p.", "c.68_69delAG", "loss", "V600X", "no",
        "positive", "(", "ex20ins", "mutation", "NTRK", "RAS", "MLL2", "promoter", "C228T", "ITD", "E746_A750del", "p53", "TERT",
        "BTC", "CML", "23%", "VAF", "MSI-H", "HRD", "c.2573T>G", "185delAG", "cancer", "PD-L1", "c.100del", "splice",
    ]), 0..6)) {
        for joint in [" ", ""] {
            if let Ok(mutation) = Mutation::read(&words.join(joint)) {
                prop_assert_eq!(Mutation::read(&mutation.to_string()), Ok(mutation));
            }
        }
    }
}

/// The same words with other signs: case, dashes, blanks, brackets, quotation marks.
fn respelled(text: &str, case: u8, dash: char, blanks: usize, around: (&str, &str)) -> String {
    let blank = [" ", "  ", "\u{a0}", "\t"].get(blanks).copied().unwrap_or(" ");
    let text = match case {
        0 => text.to_owned(),
        1 => text.to_lowercase(),
        _ => text.to_uppercase(),
    };
    let text = text.replace('-', &dash.to_string()).replace(' ', blank);
    format!("{}{text}{}", around.0, around.1)
}

proptest! {
    #[test]
    fn case_dashes_blanks_and_marks_change_nothing(
        gene in prop::sample::select(vec!["EGFR", "ERBB2", "KRAS", "BRAF", "TP53", "KIT", "PIK3CA", "MET", "BRCA1"]),
        from in residue(), position in 2..3000_u32, to in residue(), three in any::<bool>(), form in 0..6_usize,
        case in 0..3_u8, dash in prop::sample::select(vec!['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2212}']),
        blanks in 0..4_usize, around in prop::sample::select(vec![("", ""), (" ", "  "), ("\"", "\""), ("\u{200b}", "."), ("\u{201c}", "\u{201d}")]),
    ) {
        prop_assume!(from != to);
        let letters = |letter: char| {
            let code = crate::mutation::protein::AMINO_ACIDS.iter().find(|(_, known)| *known == letter).map_or("", |(code, _)| code);
            if three { code.to_owned() } else { letter.to_string() }
        };
        let change = format!("{}{position}{}", letters(from), letters(to));
        let text = match form {
            0 => format!("{gene} {change}"),
            1 => format!("{gene} p.{change}"),
            2 => format!("{gene} p.({change})"),
            3 => format!("{gene}-{change}"),
            4 => format!("{gene} {change} mutation"),
            _ => format!("{change} {gene}"),
        };
        let text = respelled(&text, case, dash, blanks, around);
        let gene = Gene::named(gene).expect("a gene");
        let wanted = Mutation::OfGene { gene, alteration: Alteration::Substitution { from, position, to } };
        prop_assert_eq!(Mutation::read(&text), Ok(wanted), "{}", text);
    }
}

#[test]
fn a_spelling_of_a_report_may_stand_in_other_signs() {
    let dashes = ['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2212}'];
    let around = [("", ""), ("  ", " "), ("\u{feff}", ""), ("\u{201c}", "\u{201d}")];
    for line in REPORTED.lines().filter(|line| !line.starts_with('#')) {
        let spellings: Vec<&str> = line.split(" | ").collect();
        for spelling in &spellings {
            for (dash, blanks, around) in dashes
                .iter()
                .enumerate()
                .flat_map(|(i, dash)| (0..4).map(move |blanks| (*dash, blanks, around[(i + blanks) % around.len()])))
            {
                let text = respelled(spelling, 0, dash, blanks, around);
                let read = Mutation::read(&text).map(|mutation| mutation.to_string());
                assert_eq!(read.as_deref(), Ok(spellings[0]), "{text:?}");
            }
        }
    }
}

#[test]
fn every_family_and_signature_reads_back_as_itself() {
    for family in Family::ALL {
        for alteration in [Alteration::Any, Alteration::Fusion] {
            let mutation = Mutation::OfFamily { family, alteration };
            assert_eq!(Mutation::read(&mutation.to_string()), Ok(mutation));
        }
        assert!(family.members().len() >= 2);
    }
    for signature in Signature::ALL {
        assert_eq!(
            Mutation::read(&signature.to_string()),
            Ok(Mutation::Signature(signature))
        );
    }
}
