//! What each line of the table holds and doesn't, and the laws of containment.

use super::*;
use crate::mutation::ExonEvent;
use Containment::{Contains, MayContain, No};
use proptest::prelude::*;

/// Class, then one alteration that is in, one that is out, and, after a third bar, one that may be in.
const MEMBERS: &str = "
EGFR common mutation | EGFR L858R | EGFR G719S | EGFR exon 19 mutation
EGFR common mutation | EGFR E746_A750del | EGFR T790M | EGFR mutation
EGFR classical mutation | EGFR exon 19 deletion | EGFR exon 20 insertion | EGFR L861Q
EGFR sensitizing mutation | EGFR G719A | EGFR amplification | EGFR exon 20 insertion
EGFR sensitizing mutation | EGFR S768I | EGFR fusion | EGFR T790M
EGFR sensitizing mutation | EGFR common mutation | EGFR overexpression | EGFR uncommon mutation
EGFR activating mutation | EGFR L861Q | EGFR amplification | EGFR D770_N771insNPG
EGFR uncommon mutation | EGFR G719S | EGFR L858R | EGFR exon 20 insertion
EGFR uncommon mutation | EGFR S768I | EGFR L747_P753delinsS | EGFR mutation
EGFR atypical mutation | EGFR L861Q | EGFR exon 19 deletion | EGFR T790M
EGFR PACC mutation | EGFR G719A | EGFR L858R | EGFR R776H
EGFR resistance mutation | EGFR C797S | EGFR amplification | EGFR mutation
EGFR gatekeeper mutation | EGFR T790M | EGFR C797S | EGFR exon 20 mutation
BRAF class I mutation | BRAF V600E | BRAF K601E | BRAF mutation
BRAF class II mutation | BRAF K601E | BRAF V600E | BRAF G469
BRAF class II mutation | BRAF fusion | BRAF D594G | BRAF non-V600 mutation
BRAF class III mutation | BRAF D594G | BRAF V600K | BRAF F595L
BRAF non-V600 mutation | BRAF class II mutation | BRAF V600E | BRAF mutation
BRAF non-V600E mutation | BRAF V600K | BRAF V600E | BRAF V600
KRAS non-G12C mutation | KRAS G12D | KRAS G12C | KRAS G12
KRAS non-G12 mutation | KRAS Q61H | KRAS G12 | KRAS mutation
ERBB2 positive | ERBB2 overexpression | ERBB2 low |
ERBB2 positive | ERBB2 amplification | ERBB2 S310F |
ERBB2 low | ERBB2 low | ERBB2 amplification | ERBB2 S310F
ERBB2 ultralow | ERBB2 ultralow | ERBB2 low | ERBB2 mutation
ALK positive | ALK fusion | ALK loss | ALK G1202R
ROS1 positive | ROS1 fusion | ROS1 loss | ROS1 mutation
RET positive | RET fusion | RET loss | RET M918T
NTRK1 positive | NTRK1 fusion | NTRK1 loss | NTRK1 G595R
NTRK2 positive | NTRK2 fusion | NTRK2 loss | NTRK2 mutation
NTRK3 positive | NTRK3 fusion | NTRK3 loss | NTRK3 G623R
EGFR positive | | EGFR loss | EGFR overexpression
MET positive | | MET loss | MET amplification
FGFR2 positive | | FGFR2 loss | FGFR2 fusion
FGFR3 positive | | FGFR3 loss | FGFR3 S249C
FGFR1 positive | | FGFR1 loss | FGFR1 N546K
FGFR4 positive | | FGFR4 loss | FGFR4 V550L
ALK gatekeeper mutation | ALK L1196M | ALK G1202R | ALK mutation
ALK solvent-front mutation | ALK G1202R | ALK L1196M | ALK mutation
ALK resistance mutation | ALK I1171N | ALK fusion | ALK mutation
ROS1 gatekeeper mutation | ROS1 L2026M | ROS1 G2032R | ROS1 mutation
ROS1 solvent-front mutation | ROS1 G2032R | ROS1 L2026M | ROS1 mutation
ROS1 resistance mutation | ROS1 G2032R | ROS1 fusion | ROS1 mutation
RET gatekeeper mutation | RET V804M | RET G810R | RET mutation
RET solvent-front mutation | RET G810R | RET V804M | RET mutation
RET resistance mutation | RET G810S | RET fusion | RET M918T
NTRK1 gatekeeper mutation | NTRK1 F589L | NTRK1 G595R | NTRK1 mutation
NTRK1 solvent-front mutation | NTRK1 G595R | NTRK1 F589L | NTRK1 mutation
NTRK1 resistance mutation | NTRK1 G667C | NTRK1 fusion | NTRK1 mutation
NTRK2 gatekeeper mutation | NTRK2 F633L | NTRK2 G639R | NTRK2 mutation
NTRK2 solvent-front mutation | NTRK2 G639R | NTRK2 F633L | NTRK2 mutation
NTRK2 resistance mutation | NTRK2 G639R | NTRK2 fusion | NTRK2 mutation
NTRK3 gatekeeper mutation | NTRK3 F617L | NTRK3 G623R | NTRK3 mutation
NTRK3 solvent-front mutation | NTRK3 G623R | NTRK3 F617L | NTRK3 mutation
NTRK3 resistance mutation | NTRK3 G696A | NTRK3 fusion | NTRK3 mutation
ABL1 gatekeeper mutation | ABL1 T315I | ABL1 E255K | ABL1 mutation
ABL1 resistance mutation | ABL1 T315I | ABL1 fusion | ABL1 mutation
KIT gatekeeper mutation | KIT T670I | KIT V654A | KIT exon 14 mutation
KIT resistance mutation | KIT V654A | KIT amplification | KIT exon 17 mutation
PDGFRA resistance mutation | PDGFRA D842V | PDGFRA amplification | PDGFRA mutation
ESR1 resistance mutation | ESR1 Y537S | ESR1 amplification | ESR1 mutation
ESR1 ligand-binding domain mutation | ESR1 D538G | ESR1 S118A | ESR1 mutation
PIK3CA helical domain mutation | PIK3CA E545K | PIK3CA H1047R | PIK3CA P539R
PIK3CA kinase domain mutation | PIK3CA H1047R | PIK3CA E545K | PIK3CA N1044K
PIK3CA hotspot mutation | PIK3CA H1047R | PIK3CA amplification | PIK3CA N345K
PIK3CA activating mutation | PIK3CA E542K | PIK3CA amplification | PIK3CA mutation
FLT3 activating mutation | FLT3 ITD | FLT3 amplification | FLT3 mutation
FLT3 gatekeeper mutation | FLT3 F691L | FLT3 D835Y | FLT3 TKD
IDH1 non-R132H mutation | IDH1 R132C | IDH1 R132H | IDH1 R132
TP53 hotspot mutation | TP53 R175H | TP53 amplification | TP53 R248
";

fn read(text: &str) -> Alteration {
    let (symbol, name) = text.split_once(' ').unwrap();
    if let Some(class) = Class::named(symbol, name) {
        return Alteration::Class(class);
    }
    match Mutation::read(text) {
        Ok(Mutation::OfGene { alteration, .. }) => alteration,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn every_line_holds_what_it_should_and_not_what_it_should_not() {
    let mut wrong = Vec::new();
    let mut shown = std::collections::BTreeSet::new();
    for line in MEMBERS.lines().filter(|line| !line.is_empty()) {
        let columns: Vec<&str> = line.split(" |").map(str::trim).collect();
        let (symbol, name) = columns[0].split_once(' ').unwrap();
        let class = Class::named(symbol, name).unwrap_or_else(|| panic!("{line}"));
        shown.insert(class);
        for (text, expected) in columns[1..].iter().zip([Contains, No, MayContain]) {
            if !text.is_empty() && class.contains(&read(text)) != expected {
                wrong.push(format!(
                    "{class:?}: {text}: {:?}, not {expected:?}",
                    class.contains(&read(text))
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for class in Class::all() {
        assert!(shown.contains(&class), "{class:?} has no line in the test");
    }
}

#[test]
fn every_line_is_read_whole_and_its_name_reads_back() {
    assert_eq!(Class::all().count(), lines(TABLE).count());
    for (class, line) in Class::all().zip(lines(TABLE)) {
        assert_eq!(line.split('\t').count(), 8, "{line}");
        assert!(class.source().len() > 10, "{line}");
        let entries = |column: &str| column.split(", ").filter(|text| !text.is_empty()).count();
        let members = class.members();
        assert_eq!(members.contains.len(), entries(class.0.contains), "{line}");
        assert_eq!(members.may.len(), entries(class.0.may), "{line}");
        assert_eq!(members.never.len(), entries(class.0.never), "{line}");
        let (gene, alteration) = (class.gene(), Alteration::Class(class));
        if class.can_be_asked_for() {
            let mutation = Mutation::OfGene { gene, alteration };
            assert_eq!(Mutation::read(&mutation.to_string()), Ok(mutation), "{line}");
        }
        for spelling in &class.0.spellings {
            assert_eq!(
                core(spelling),
                *spelling,
                "a spelling has the form in which it is looked for"
            );
            assert_eq!(Class::spelled(gene, spelling), Some(class), "{spelling} is two classes");
        }
    }
}

#[test]
fn a_mutation_is_told_the_classes_that_contain_it() {
    let names = |text: &str| -> Vec<(String, Containment)> {
        let mutation = Mutation::read(text).unwrap();
        containing(&mutation)
            .map(|class| (class.name, class.containment))
            .collect()
    };
    let of = names("EGFR L858R");
    for name in [
        "EGFR common mutation",
        "EGFR sensitizing mutation",
        "EGFR activating mutation",
    ] {
        assert!(of.contains(&(name.to_owned(), Contains)), "{of:?}");
    }
    assert!(!of.iter().any(|(name, _)| name == "EGFR uncommon mutation"), "{of:?}");
    assert!(of.contains(&("driver alteration".to_owned(), MayContain)), "{of:?}");
    assert!(names("KRAS G12D").contains(&("RAS".to_owned(), Contains)));
    assert!(names("NTRK fusion").iter().any(|(name, _)| name == "NTRK"));
    assert!(
        names("EGFR sensitizing mutation")
            .iter()
            .all(|(name, _)| name != "EGFR sensitizing mutation")
    );
}

/// Alterations of EGFR, BRAF and FLT3, and every class of these.
fn alterations() -> impl Strategy<Value = (&'static str, Alteration)> {
    let symbols = ["EGFR", "BRAF", "FLT3", "ERBB2", "KIT", "PIK3CA"];
    let of = |symbol: &'static str| {
        let exact = [
            "L858R",
            "L858",
            "exon 19 deletion",
            "exon 19 mutation",
            "E746_A750del",
            "L747_P753delinsS",
            "T790M",
            "G719",
            "G719S",
            "exon 20 insertion",
            "D770_N771insNPG",
            "V600E",
            "V600",
            "V600K",
            "K601E",
            "D594G",
            "G469A",
            "G469",
            "fusion",
            "ITD",
            "TKD",
            "D835Y",
            "D835",
            "amplification",
            "overexpression",
            "loss",
            "mutation",
            "R213fs",
            "R213*",
            "R213",
            "truncating mutation",
            "splice mutation",
            "exon 11 mutation",
            "V654A",
            "H1047R",
            "E545K",
            "c.100del",
            "S768I",
        ];
        let known = exact.into_iter().map(move |text| read(&format!("{symbol} {text}")));
        let classes = Class::all()
            .filter(move |class| class.gene().symbol() == symbol)
            .map(Alteration::Class);
        known
            .chain(classes)
            .map(move |alteration| (symbol, alteration))
            .collect::<Vec<_>>()
    };
    prop::sample::select(symbols.into_iter().flat_map(of).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn everything_contains_itself((symbol, one) in alterations()) {
        prop_assert_eq!(contains(symbol, &one, &one), Contains);
    }

    #[test]
    fn containment_is_transitive((symbol, wide) in alterations(), (_, middle) in alterations(), (_, narrow) in alterations()) {
        let of_this = |alteration: &Alteration| match alteration {
            Alteration::Class(class) => class.gene().symbol() == symbol,
            _ => true,
        };
        prop_assume!(of_this(&middle) && of_this(&narrow));
        if contains(symbol, &wide, &middle) == Contains && contains(symbol, &middle, &narrow) == Contains {
            prop_assert_eq!(contains(symbol, &wide, &narrow), Contains);
        }
    }

    #[test]
    fn what_contains_and_is_contained_is_one((symbol, one) in alterations(), (_, other) in alterations()) {
        let classes = matches!((&one, &other), (Alteration::Class(_), _) | (_, Alteration::Class(_)));
        if !classes && contains(symbol, &one, &other) == Contains && contains(symbol, &other, &one) == Contains {
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn a_gene_contains_its_codon_contains_its_substitution(position in 1..2000_u32, to in prop::sample::select(vec!['R', 'K', '*'])) {
        let (gene, codon) = (Alteration::Any, Alteration::Codon { from: 'L', position });
        let substitution = Alteration::Substitution { from: 'L', position, to };
        for symbol in ["EGFR", "TP53"] {
            prop_assert_eq!(contains(symbol, &gene, &codon), Contains);
            prop_assert_eq!(contains(symbol, &codon, &substitution), Contains);
            prop_assert_eq!(contains(symbol, &gene, &substitution), Contains);
            prop_assert_eq!(contains(symbol, &substitution, &codon), MayContain);
            prop_assert_ne!(contains(symbol, &codon, &gene), Contains);
        }
    }

    #[test]
    fn an_exon_contains_its_codons_and_no_others(position in 600..900_u32) {
        let codon = Alteration::Codon { from: 'L', position };
        let exon = Alteration::Exon { exon: 19, event: ExonEvent::Mutation };
        let expected = if (729..=761).contains(&position) { Contains } else { No };
        prop_assert_eq!(contains("EGFR", &exon, &codon), expected);
    }

    #[test]
    fn a_class_never_contains_another_genes_alteration((symbol, alteration) in alterations()) {
        let gene = Gene::named(symbol).unwrap();
        for class in containing(&Mutation::OfGene { gene, alteration }) {
            let of_a_gene = Class::all().find(|known| format!("{} {known}", known.gene()) == class.name);
            prop_assert!(of_a_gene.is_none_or(|known| known.gene() == gene), "{}", class.name);
        }
    }
}
