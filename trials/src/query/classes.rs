//! Phrases of classes that contain a gene: a record may ask for "a driver mutation" and mean EGFR without naming it.
//!
//! One table, for what is asked of the registry and for what is read in its answer. A phrase with a capital is looked
//! for as it is written, any other in any case.

use crate::mutation::{Signature, Subject};

/// A class: whom it contains, and what records call it.
struct Class {
    /// Gene symbols.
    genes: &'static [&'static str],
    /// What records call it.
    phrases: &'static [&'static str],
    /// What is asked for where that isn't the phrases themselves: the words that the phrases have in common, which are
    /// seldom said of anything else.
    sought: &'static [&'static str],
}

static CLASSES: [Class; 10] = [
    // Genes with a drug of their own in some solid tumour: the levels I and II of ESCAT, the scale of ESMO for the
    // clinical actionability of molecular targets, as ESMO's recommendations on sequencing (2020, 2024) list them.
    Class {
        genes: &[
            "EGFR", "ALK", "ROS1", "RET", "NTRK1", "NTRK2", "NTRK3", "MET", "BRAF", "KRAS", "ERBB2", "NRG1", "FGFR1",
            "FGFR2", "FGFR3", "PIK3CA", "IDH1", "IDH2", "HRAS", "NRAS", "MAP2K1", "AKT1", "KIT", "PDGFRA", "BRCA1",
            "BRCA2",
        ],
        phrases: &[
            "driver mutation",
            "driver gene",
            "driver … alteration",
            "driver … aberration",
            "driver oncogene",
            "driver positive",
            "driver negative",
            "oncogenic … driver",
            "genomic driver",
            "genetic driver",
            "molecular driver",
            "actionable … mutation",
            "actionable … alteration",
            "actionable … aberration",
            "actionable … variant",
            "actionable … gene",
            "actionable … oncogene",
            "actionable … driver",
            "actionable … target",
            "actionable … fusion",
            "targetable … mutation",
            "targetable … alteration",
            "targetable … aberration",
            "targetable … gene",
            "targetable … oncogene",
            "targetable … driver",
            "druggable … mutation",
            "druggable … alteration",
            "druggable … aberration",
            "druggable … gene",
            "oncogene addicted",
            "oncogene driven",
            "oncogenic … mutation",
            "oncogenic … alteration",
            "AGA",
        ],
        sought: &[
            "actionable",
            "targetable",
            "druggable",
            "AGA",
            "AGAs",
            "driver mutation",
            "driver mutations",
            "driver gene",
            "driver genes",
            "driver alteration",
            "driver alterations",
            "driver genomic",
            "driver genetic",
            "driver aberration",
            "driver aberrations",
            "driver oncogene",
            "driver oncogenes",
            "driver positive",
            "driver negative",
            "oncogenic",
            "genomic driver",
            "genomic drivers",
            "genetic driver",
            "molecular driver",
            "molecular drivers",
            "oncogene addicted",
            "oncogene driven",
        ],
    },
    // Said of EGFR where no gene is named: the changes that gefitinib and erlotinib act on.
    Class {
        genes: &["EGFR"],
        phrases: &["sensitizing mutation", "sensitising mutation", "sensitizing mutations"],
        sought: &[],
    },
    // Written as one in colorectal and pancreatic cancer: KRAS and NRAS, in wider use HRAS too.
    Class {
        genes: &["KRAS", "NRAS", "HRAS"],
        phrases: &["RAS", "RASopathy", "RASwt", "RASmut"],
        sought: &[],
    },
    // The MAPK pathway, as basket trials of MEK and RAF inhibitors name it.
    Class {
        genes: &[
            "KRAS", "NRAS", "HRAS", "BRAF", "RAF1", "ARAF", "MAP2K1", "MAP2K2", "NF1", "MAPK1",
        ],
        phrases: &["MAPK pathway", "RAS/MAPK", "RAS/RAF", "RAF mutation", "MEK mutation"],
        sought: &[],
    },
    // Tropomyosin receptor kinases.
    Class {
        genes: &["NTRK1", "NTRK2", "NTRK3"],
        phrases: &[
            "NTRK",
            "NTRK1/2/3",
            "TRK fusion",
            "tropomyosin receptor kinase",
            "neurotrophic tyrosine receptor kinase",
            "neurotrophic receptor tyrosine kinase",
        ],
        sought: &[],
    },
    Class {
        genes: &["FGFR1", "FGFR2", "FGFR3", "FGFR4"],
        phrases: &["FGFR", "FGFR1-3", "FGFR1-4", "fibroblast growth factor receptor"],
        sought: &[],
    },
    Class {
        genes: &["IDH1", "IDH2"],
        phrases: &[
            "IDH mutation",
            "IDH mutant",
            "IDH mutated",
            "IDH1/2",
            "isocitrate dehydrogenase",
            "IDH wildtype",
        ],
        sought: &[],
    },
    // Genes of the labels of olaparib (PROfound) and talazoparib (TALAPRO-2) in prostate cancer.
    Class {
        genes: &[
            "BRCA1", "BRCA2", "ATM", "ATR", "BARD1", "BRIP1", "CDK12", "CHEK1", "CHEK2", "FANCA", "FANCL", "MLH1",
            "MRE11", "NBN", "PALB2", "PPP2R2A", "RAD51B", "RAD51C", "RAD51D", "RAD54L",
        ],
        phrases: &[
            "HRR",
            "homologous recombination",
            "homologous recombinant",
            "HRD",
            "DDR",
            "DNA damage repair",
            "DNA damage response",
            "DNA repair gene",
            "DNA repair genes",
        ],
        sought: &[],
    },
    Class {
        genes: &["BRCA1", "BRCA2"],
        phrases: &[
            "BRCA", "gBRCA", "sBRCA", "tBRCA", "gBRCAm", "BRCAm", "BRCA1/2", "BRCA 1/2",
        ],
        sought: &[],
    },
    Class {
        genes: &["MLH1", "MSH2", "MSH6", "PMS2", "EPCAM"],
        phrases: &["dMMR", "mismatch repair", "Lynch syndrome"],
        sought: &[],
    },
];

/// Every phrase that names the subject as one of many, or a signature.
pub(super) fn phrases(subject: Subject) -> impl Iterator<Item = &'static str> {
    of(subject)
        .flat_map(|class| class.phrases.iter().copied())
        .chain(of_signature(subject).iter().copied())
}

/// What is asked of the registry, so that every record with one of the phrases is brought.
pub(super) fn sought(subject: Subject) -> impl Iterator<Item = &'static str> {
    of(subject)
        .flat_map(|class| {
            if class.sought.is_empty() {
                class.phrases
            } else {
                class.sought
            }
        })
        .chain(of_signature(subject).iter())
        .copied()
}

fn of(subject: Subject) -> impl Iterator<Item = &'static Class> {
    CLASSES
        .iter()
        .filter(move |class| matches!(subject, Subject::Gene(gene) if class.genes.contains(&gene.symbol())))
}

fn of_signature(subject: Subject) -> &'static [&'static str] {
    match subject {
        Subject::Gene(_) => &[],
        Subject::Signature(Signature::MsiHigh) => &[
            "MSI",
            "MSI-H",
            "MSIH",
            "microsatellite instability",
            "microsatellite unstable",
            "microsatellite instable",
            "dMMR",
            "mismatch repair",
        ],
        Subject::Signature(Signature::MismatchRepairDeficient) => &[
            "dMMR",
            "MMRd",
            "MMR deficient",
            "MMR-D",
            "mismatch repair",
            "MSI-H",
            "microsatellite instability",
        ],
        Subject::Signature(Signature::TmbHigh) => &[
            "TMB",
            "TMB-H",
            "mutational burden",
            "mutation burden",
            "mutational load",
            "hypermutated",
        ],
        Subject::Signature(Signature::Hrd) => {
            &["HRD", "HRR", "homologous recombination", "BRCA", "genomic instability"]
        }
    }
}
