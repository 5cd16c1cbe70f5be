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
const COLLIDING: [&str; 26] = [
    "ALK", "APC", "AR", "ATM", "ATR", "CAT", "CBS", "EGFR", "ERG", "FAS", "FH", "IMPACT", "KIT", "MAX", "MET", "MPL",
    "PGR", "POLE", "REL", "REST", "RET", "SET", "SMO", "TSC1", "TSC2", "VHL",
];

/// What stands after a gene's name in prose.
const AFTER: [&str; 46] = [
    "mutation",
    "mutations",
    "mutant",
    "mutated",
    "mutational",
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
    "aberrations",
    "variant",
    "exon",
    "amplification",
    "amplified",
    "amplifications",
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
];

/// What stands before it.
const BEFORE: [&str; 10] = [
    "mutations in",
    "mutation in",
    "mutation of",
    "alterations in",
    "anti",
    "c",
    "amplification of",
    "EGFR or",
    "EGFR and",
    "EGFR ALK",
];

/// What alone is said of one gene.
const OWN: [(&str, &[&str]); 4] = [
    (
        "EGFR",
        &[
            "EGFRm",
            "EGFRmut",
            "EGFRvIII",
            "EGFR L858R",
            "EGFR T790M",
            "EGFR C797S",
            "EGFR Del19",
            "EGFR ex20ins",
            "EGFR ALK",
            "EGFR m",
            "EGFR G719X",
            "EGFR and",
            "EGFR directed",
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
            "ALK ROS1",
            "ALK and",
            "ALK directed",
            "ALK EGFR",
            "ALK fusion",
            "NPM ALK",
            "ALK 1",
            "KRAS ALK",
            "and ALK",
            "or ALK",
            "ROS1 ALK",
        ],
    ),
    (
        "MET",
        &[
            "METex14",
            "MET ex14",
            "c MET",
            "cMET",
            "hepatocyte growth factor receptor",
            "MET exon 14",
            "ROS1 MET",
            "RET MET",
            "MET RET",
            "HER2 MET",
        ],
    ),
    (
        "RET",
        &[
            "ROS1 RET",
            "RET BRAF",
            "RET NTRK",
            "NTRK RET",
            "MET RET",
            "RET MET",
            "RET KRAS",
            "CCDC6 RET",
            "KIF5B RET",
            "and RET",
            "or RET",
        ],
    ),
];

/// Whether a gene's symbol must be read in context and with its case.
pub(super) fn needs_context(gene: Gene) -> bool {
    COLLIDING.contains(&gene.symbol())
}

pub(super) fn expression(subject: Subject) -> Essie {
    let within = |areas: &[Area], sought: &Essie| Essie::any(areas.iter().map(|area| Essie::area(*area, sought)));
    let everywhere: Vec<Area> = PROSE.iter().chain(&PLAIN).copied().collect();
    let classes = classes::phrases(subject).map(Essie::phrase);
    let gene = match subject {
        Subject::Gene(gene) => gene,
        Subject::Signature(_) => return within(&everywhere, &Essie::any(classes)),
    };
    let names = gene.names().map(Essie::phrase);
    if !needs_context(gene) {
        // Classes are asked for where criteria and titles speak of them.
        return Essie::any(
            [
                within(&everywhere, &Essie::any(names)),
                within(&[Area::EligibilityCriteria, Area::OfficialTitle], &Essie::any(classes)),
            ]
            .into_iter()
            .filter(|part| !part.as_str().ends_with("\"\"")),
        );
    }
    let symbol = gene.symbol();
    let own = OWN
        .iter()
        .find(|(of, _)| *of == symbol)
        .map_or(&[][..], |(_, phrases)| phrases);
    let in_context = AFTER
        .iter()
        .map(|after| format!("{symbol} {after}"))
        .chain(
            BEFORE
                .iter()
                .filter(|before| !before.contains(symbol))
                .map(|before| format!("{before} {symbol}")),
        )
        .map(|phrase| Essie::phrase(&phrase))
        .chain(own.iter().map(|phrase| Essie::phrase(phrase)))
        .chain(gene.names().skip(1).map(Essie::phrase));
    let in_context = Essie::any(in_context);
    Essie::any(
        [
            Essie::area(Area::EligibilityCriteria, &in_context),
            within(&PLAIN, &Essie::phrase(symbol)),
            Essie::area(
                Area::BriefSummary,
                &Essie::any(
                    [
                        "mutation",
                        "mutant",
                        "mutated",
                        "positive",
                        "fusion",
                        "amplification",
                        "inhibitor",
                    ]
                    .map(|after| Essie::phrase(&format!("{symbol} {after}"))),
                ),
            ),
            Essie::area(Area::EligibilityCriteria, &Essie::any(classes)),
        ]
        .into_iter()
        .filter(|part| !part.as_str().ends_with("\"\"")),
    )
}
