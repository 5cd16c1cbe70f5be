//! The expression that brings a subject's candidates.

use super::{Area, Essie, classes};
use crate::gene::Gene;
use crate::mutation::Subject;

/// Where a name alone says that the gene is meant.
const PLAIN: [Area; 7] = [
    Area::BriefTitle,
    Area::OfficialTitle,
    Area::Condition,
    Area::Keyword,
    Area::InterventionName,
    Area::ArmGroupLabel,
    Area::ArmGroupDescription,
];

/// Prose, where a symbol may be a word or a lab value.
const PROSE: [Area; 2] = [Area::EligibilityCriteria, Area::BriefSummary];

/// Symbols that, read without case, are a word, a lab value or another thing of trial prose: eGFR, alkaline phosphatase,
/// "criteria met", a test kit, the drug ret…, arms, allergic rhinitis, cat scan, data set, at rest, the maximum.
const COLLIDING: [&str; 15] = [
    "ALK", "APC", "AR", "CAT", "EGFR", "ERG", "FAS", "FH", "KIT", "MAX", "MET", "POLE", "REL", "REST", "SET",
];

/// Genes beside which a colliding symbol stands in a list: `EGFR, ALK, ROS1`.
const NEIGHBOURS: [&str; 9] = ["EGFR", "ALK", "ROS1", "BRAF", "KRAS", "HER2", "MET", "RET", "NTRK"];

/// What stands after a gene's name in prose.
const AFTER: [&str; 47] = [
    "mutation",
    "mutations",
    "mutant",
    "mutated",
    "positive",
    "negative",
    "wild",
    "wildtype",
    "WT",
    "gene",
    "genes",
    "genomic",
    "genetic",
    "alteration",
    "alterations",
    "altered",
    "aberration",
    "variant",
    "exon",
    "amplification",
    "amplified",
    "overexpression",
    "expression",
    "fusion",
    "fusions",
    "rearrangement",
    "rearrangements",
    "rearranged",
    "translocation",
    "translocations",
    "deletion",
    "loss",
    "inhibitor",
    "inhibitors",
    "TKI",
    "TKIs",
    "tyrosine kinase",
    "sensitizing",
    "sensitising",
    "activating",
    "status",
    "targeted",
    "or",
    "pathway",
    "agent",
    "antibody",
    "directed",
];

/// What stands after it in a summary, which says what a trial is about.
const IN_SUMMARY: [&str; 9] = [
    "mutation",
    "mutations",
    "mutant",
    "mutated",
    "positive",
    "fusion",
    "amplification",
    "inhibitor",
    "exon",
];

/// What stands before it.
const BEFORE: [&str; 11] = [
    "mutations in",
    "mutation in",
    "mutation of",
    "alterations in",
    "anti",
    "c",
    "amplification of",
    "wild type",
    "targets",
    "inhibitors of",
    "rearrangements in",
];

/// What alone is said of one gene.
const OWN: [(&str, &[&str]); 6] = [
    (
        "EGFR",
        &[
            "EGFRm",
            "EGFRmut",
            "EGFRvIII",
            "EGFR L858R",
            "EGFR T790M",
            "EGFR C797S",
            "EGFR m",
            "EGFR G719X",
            "EGFR and",
            "EGFR common",
            "EGFR uncommon",
            "epidermal growth factor receptor",
        ],
    ),
    (
        "ALK",
        &[
            "anaplastic lymphoma kinase",
            "EML4 ALK",
            "NPM ALK",
            "NPM1 ALK",
            "ALK anaplastic",
            "ALK large",
            "lymphoma ALK",
            "kinase ALK",
            "and ALK",
            "or ALK",
        ],
    ),
    (
        "MET",
        &[
            "METex14",
            "MET ex14",
            "cMET",
            "MET IHC",
            "MET high",
            "hepatocyte growth factor receptor",
        ],
    ),
    ("KIT", &["KIT D816V", "CD117", "KIT and", "PDGFRA KIT", "KIT PDGFRA"]),
    ("BRAF", &["BRAFV600", "BRAFV600E", "BRAFV600K", "BRAFm"]),
    ("KRAS", &["KRASG12C", "KRASG12D", "KRASG12V", "KRASm"]),
];

/// Whether a gene's symbol must be read in context and with its case.
pub(super) fn needs_context(gene: Gene) -> bool {
    COLLIDING.contains(&gene.symbol())
}

pub(super) fn expression(subject: Subject) -> Essie {
    let everywhere: Vec<Area> = PROSE.iter().chain(&PLAIN).copied().collect();
    let classes: Vec<Essie> = classes::phrases(subject).map(Essie::phrase).collect();
    let mut parts = match subject {
        Subject::Signature(_) => return within(&everywhere, &Essie::any(classes)),
        Subject::Gene(gene) if needs_context(gene) => in_context(gene),
        Subject::Gene(gene) => {
            let names = gene.names().chain(own(gene).iter().copied());
            vec![within(&everywhere, &Essie::any(names.map(Essie::phrase)))]
        }
    };
    if !classes.is_empty() {
        // Criteria and the full title are where a trial says which class it is for.
        parts.push(within(
            &[Area::EligibilityCriteria, Area::OfficialTitle],
            &Essie::any(classes),
        ));
    }
    Essie::any(parts)
}

/// A colliding symbol with its neighbours in prose, and by itself where it can only be the gene.
fn in_context(gene: Gene) -> Vec<Essie> {
    let symbol = gene.symbol();
    let criteria = AFTER
        .iter()
        .map(|after| format!("{symbol} {after}"))
        .chain(BEFORE.iter().map(|before| format!("{before} {symbol}")))
        .chain(
            NEIGHBOURS
                .iter()
                .filter(|other| **other != symbol)
                .flat_map(|other| [format!("{other} {symbol}"), format!("{symbol} {other}")]),
        )
        .map(|phrase| Essie::phrase(&phrase))
        .chain(own(gene).iter().map(|phrase| Essie::phrase(phrase)))
        .chain(gene.names().skip(1).map(Essie::phrase));
    let summary = IN_SUMMARY
        .iter()
        .chain(NEIGHBOURS.iter().filter(|other| **other != symbol))
        .map(|after| Essie::phrase(&format!("{symbol} {after}")));
    vec![
        Essie::area(Area::EligibilityCriteria, &Essie::any(criteria)),
        Essie::area(Area::BriefSummary, &Essie::any(summary)),
        within(&PLAIN, &Essie::phrase(symbol)),
    ]
}

fn own(gene: Gene) -> &'static [&'static str] {
    OWN.iter()
        .find(|(of, _)| *of == gene.symbol())
        .map_or(&[], |(_, phrases)| phrases)
}

fn within(areas: &[Area], sought: &Essie) -> Essie {
    Essie::any(areas.iter().map(|area| Essie::area(*area, sought)))
}
