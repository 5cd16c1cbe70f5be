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

/// Symbols that are, read without case, a lab value or another abbreviation, seldom enough to be asked for plainly in
/// records about tumours: a mention that no phrase foresaw (`KEAP1, KIT, KMT2D`) would else be missed, and a missed trial
/// costs a patient a chance, a record too many a few milliseconds. EGFR finds the kidney's eGFR, ALK "alk phos", AR an
/// adverse reaction, APC argon plasma coagulation, CAT a scan, FH family history. Of 1500 open records, nine in ten of
/// tumours, eGFR is all that 54 hold; any other of these words 3 at most.
const ABBREVIATIONS: [&str; 11] = [
    "ALK", "APC", "AR", "CAT", "EGFR", "ERG", "FAS", "FH", "KIT", "POLE", "RET",
];

/// Symbols that are plain English words: asked for by themselves they would bring a tenth of all records about tumours
/// ("criteria met": 91 of those 1500), most of them in vain. In prose they are asked for in context.
const WORDS: [&str; 8] = ["COIL", "IMPACT", "MAX", "MET", "REL", "REST", "SET", "WAS"];

/// Words of the conditions and titles of records about tumours and the syndromes that lead to them. Of 363 records that
/// write one of [`ABBREVIATIONS`] or MET in capitals all but 14 have one of these; those are of diabetes, asthma, teeth.
const TUMOURS: [&str; 43] = [
    "cancer",
    "cancers",
    "anticancer",
    "carcinoma",
    "carcinomas",
    "adenocarcinoma",
    "tumor",
    "tumors",
    "tumour",
    "tumours",
    "neoplasm",
    "neoplasms",
    "malignancy",
    "malignancies",
    "malignant",
    "metastatic",
    "metastases",
    "oncology",
    "lymphoma",
    "lymphomas",
    "leukemia",
    "leukaemia",
    "melanoma",
    "myeloma",
    "sarcoma",
    "sarcomas",
    "glioma",
    "gliomas",
    "glioblastoma",
    "neuroblastoma",
    "mesothelioma",
    "cholangiocarcinoma",
    "NSCLC",
    "GIST",
    "AML",
    "mCRPC",
    "mastocytosis",
    "myelofibrosis",
    "histiocytosis",
    "polyposis",
    "Lynch",
    "pheochromocytoma",
    "paraganglioma",
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

/// Names of a protein or of a change that prose uses beside the gene's own; read in its answer as well as asked for.
const OWN_NAMES: [(&str, &[&str]); 6] = [
    // Which of the histone's genes is changed, trials don't ask.
    ("H3-3A", &["H3 K27", "H3K27", "H3 K27M", "H3K27M", "H3 G34", "H3 G34R"]),
    ("EGFR", &["EGFr"]),
    ("ABL1", &PHILADELPHIA),
    ("BCR", &PHILADELPHIA),
    ("BRCA1", &["gBRCA1"]),
    ("BRCA2", &["gBRCA2"]),
];

/// BCR::ABL1 by its chromosome.
const PHILADELPHIA: [&str; 10] = [
    "Philadelphia chromosome",
    "Philadelphia positive",
    "Philadelphia negative",
    "Philadelphia like",
    "BCR ABL",
    "BCR ABL1",
    "Ph positive",
    "Ph ALL",
    "Ph chromosome",
    "Ph CML",
];

/// Words in which a symbol is written as one with what is said of it, or beside which only this gene stands.
const OWN_CONTEXTS: [(&str, &[&str]); 6] = [
    ("EGFR", &["EGFRvIII", "mEGFR", "EGFRL858R", "EGFRT790M"]),
    (
        "MET",
        &[
            "METex14",
            "MET ex14",
            "METamp",
            "MET IHC",
            "MET high",
            "c MET",
            "MEN1 MET",
            "MED12 MET",
            "MET MITF",
            "MET MLH1",
            "MET MSH2",
            "MET MTOR",
            "MET MYC",
            "MET NF1",
            "MET PIK3CA",
            "MAP2K1 MET",
            "MET FGFR",
        ],
    ),
    ("KIT", &["KITD816V"]),
    ("BRAF", &["BRAFV600", "BRAFV600E", "BRAFV600K"]),
    ("KRAS", &["KRASG12C", "KRASG12D", "KRASG12V", "mKRAS"]),
    ("FLT3", &["FLT3ITD"]),
];

/// How a gene's symbol is asked for.
enum Asked {
    /// By itself: read without case it is nothing else.
    Plainly,
    /// By itself, in records about tumours.
    AmongTumours,
    /// In prose beside words of genes, elsewhere as among tumours.
    InContext,
}

impl Asked {
    fn of(gene: Gene) -> Self {
        match gene.symbol() {
            symbol if ABBREVIATIONS.contains(&symbol) => Self::AmongTumours,
            symbol if WORDS.contains(&symbol) => Self::InContext,
            _ => Self::Plainly,
        }
    }
}

/// Whether a gene's symbol must be read in context and with its case.
pub(super) fn collides(gene: Gene) -> bool {
    !matches!(Asked::of(gene), Asked::Plainly)
}

/// Names that the table of genes doesn't have, since elsewhere they mean more than one gene or no gene at all.
pub(super) fn own_names(gene: Gene) -> impl Iterator<Item = &'static str> {
    gene.full_names().iter().chain(of_gene(&OWN_NAMES, gene)).copied()
}

pub(super) fn expression(subject: Subject) -> Essie {
    let mut parts = match subject {
        Subject::Signature(_) => Vec::new(),
        Subject::Gene(gene) => by_name(gene),
    };
    parts.extend(anywhere(classes::sought(subject).map(Essie::phrase)));
    Essie::any(parts)
}

fn by_name(gene: Gene) -> Vec<Essie> {
    let symbol = Essie::phrase(gene.symbol());
    // `ARm`, read without case, is an arm.
    let takes_changes = gene.symbol().len() > 3;
    let glued = ["wt", "mut", "m"].map(|tail| format!("{}{tail}", gene.symbol()));
    let names = gene.names().skip(1).chain(own_names(gene));
    let other_names = names
        .filter(|name| !name.eq_ignore_ascii_case(gene.symbol()))
        .map(without_its_relatives)
        .chain(glued.iter().filter(|_| takes_changes).map(|name| Essie::phrase(name)));
    let mut parts = match Asked::of(gene) {
        Asked::Plainly => anywhere(std::iter::once(symbol).chain(other_names)),
        Asked::AmongTumours => {
            let everywhere: Vec<Area> = PROSE.iter().chain(&PLAIN).copied().collect();
            let mut parts = vec![Essie::all([within(&everywhere, &symbol), about_tumours()])];
            parts.extend(anywhere(other_names));
            parts
        }
        Asked::InContext => {
            let in_summary = IN_SUMMARY.iter().map(|after| format!("{} {after}", gene.symbol()));
            let in_summary = Essie::any(in_summary.map(|phrase| Essie::phrase(&phrase)));
            let mut parts = vec![
                Essie::all([within(&PLAIN, &symbol), about_tumours()]),
                Essie::area(Area::EligibilityCriteria, &Essie::any(in_context(gene))),
                Essie::area(Area::BriefSummary, &in_summary),
            ];
            parts.extend(anywhere(other_names));
            parts
        }
    };
    let contexts: Vec<Essie> = own_contexts(gene).iter().map(|phrase| Essie::phrase(phrase)).collect();
    if !contexts.is_empty() {
        parts.push(Essie::area(Area::EligibilityCriteria, &Essie::any(contexts)));
    }
    parts
}

/// A symbol with its neighbours in prose.
fn in_context(gene: Gene) -> impl Iterator<Item = Essie> {
    let symbol = gene.symbol();
    let neighbours = NEIGHBOURS.iter().filter(move |other| **other != symbol);
    AFTER
        .iter()
        .map(move |after| format!("{symbol} {after}"))
        .chain(BEFORE.iter().map(move |before| format!("{before} {symbol}")))
        .chain(neighbours.flat_map(move |other| [format!("{other} {symbol}"), format!("{symbol} {other}")]))
        .map(|phrase| Essie::phrase(&phrase))
}

/// HER2's own name begins with EGFR's, and every trial of breast cancer holds it.
fn without_its_relatives(name: &str) -> Essie {
    let phrase = Essie::phrase(name);
    match name {
        "epidermal growth factor receptor" => {
            Essie::but_not(&phrase, &Essie::phrase("epidermal growth factor receptor 2"))
        }
        _ => phrase,
    }
}

fn about_tumours() -> Essie {
    Essie::area(Area::ConditionSearch, &Essie::any(TUMOURS.map(Essie::phrase)))
}

fn own_contexts(gene: Gene) -> &'static [&'static str] {
    of_gene(&OWN_CONTEXTS, gene)
}

fn of_gene(table: &'static [(&str, &[&str])], gene: Gene) -> &'static [&'static str] {
    table
        .iter()
        .find(|(of, _)| *of == gene.symbol())
        .map_or(&[], |(_, texts)| texts)
}

/// Any of the phrases, in the eligibility text and in all that the registry searches where no field is named: titles,
/// summary, conditions, keywords, interventions, arms.
fn anywhere(phrases: impl Iterator<Item = Essie>) -> Vec<Essie> {
    let phrases: Vec<Essie> = phrases.collect();
    if phrases.is_empty() {
        return Vec::new();
    }
    let any = Essie::any(phrases);
    vec![Essie::area(Area::EligibilityCriteria, &any), any]
}

fn within(areas: &[Area], sought: &Essie) -> Essie {
    Essie::any(areas.iter().map(|area| Essie::area(*area, sought)))
}
