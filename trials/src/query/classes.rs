//! Phrases of classes that contain a gene: a record may ask for "a driver mutation" and mean EGFR without naming it.
//!
//! One table, for what is asked of the registry and for what is read in its answer. A capital of a phrase is looked for
//! as a capital, a small letter in either case.

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
    // What "actionable" means of a solid tumour: the genes of the NCCN guideline on non-small cell lung cancer (2025: EGFR,
    // ALK, ROS1, RET, NTRK, MET, BRAF, KRAS, ERBB2, NRG1), and those by which labels of drugs (FDA) choose patients: FGFR1
    // and FGFR2 pemigatinib 2022 and 2020, FGFR3 erdafitinib 2019, PIK3CA alpelisib 2019, AKT1 and PTEN capivasertib 2023,
    // ESR1 elacestrant 2023, IDH1 ivosidenib 2021, IDH2 vorasidenib 2024, KIT and PDGFRA imatinib 2008 and avapritinib
    // 2020, BRCA1 and BRCA2 olaparib 2014. NRAS and MAP2K1 by the NCCN guidelines on melanoma and histiocytic neoplasms.
    Class {
        genes: &[
            "EGFR", "ALK", "ROS1", "RET", "NTRK1", "NTRK2", "NTRK3", "MET", "BRAF", "KRAS", "ERBB2", "NRG1", "FGFR1",
            "FGFR2", "FGFR3", "PIK3CA", "AKT1", "PTEN", "ESR1", "IDH1", "IDH2", "KIT", "PDGFRA", "BRCA1", "BRCA2",
            "NRAS", "MAP2K1",
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
    // Said of EGFR where no gene is named: the changes that make a tumour sensitive to its inhibitors (NCCN guideline on
    // non-small cell lung cancer, 2025: "sensitizing EGFR mutations").
    Class {
        genes: &["EGFR"],
        phrases: &["sensitizing mutation", "sensitising mutation", "sensitizing mutations"],
        sought: &[],
    },
    // Label of panitumumab (FDA, 2017): RAS is KRAS and NRAS; with HRAS it is the gene group RAS of HGNC.
    Class {
        genes: &["KRAS", "NRAS", "HRAS"],
        phrases: &["RAS", "RASopathy", "RASwt", "RASmut"],
        sought: &[],
    },
    // Reactome R-HSA-5673001, "RAF/MAP kinase cascade", with its brake NF1.
    Class {
        genes: &[
            "KRAS", "NRAS", "HRAS", "BRAF", "RAF1", "ARAF", "MAP2K1", "MAP2K2", "NF1", "MAPK1",
        ],
        phrases: &["MAPK pathway", "RAS/MAPK", "RAS/RAF", "RAF mutation", "MEK mutation"],
        sought: &[],
    },
    // Label of larotrectinib (FDA, 2018).
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
    // Fibroblast growth factor receptors with a kinase, by their symbols (HGNC).
    Class {
        genes: &["FGFR1", "FGFR2", "FGFR3", "FGFR4"],
        phrases: &["FGFR", "FGFR1-3", "FGFR1-4", "fibroblast growth factor receptor"],
        sought: &[],
    },
    // Label of vorasidenib (FDA, 2024).
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
    // Genes by which PROfound (olaparib, label of 2020) and TALAPRO-2 (talazoparib, label of 2023) chose their patients.
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
    // Label of olaparib (FDA, 2014).
    Class {
        genes: &["BRCA1", "BRCA2"],
        phrases: &[
            "BRCA", "gBRCA", "sBRCA", "tBRCA", "gBRCAm", "BRCAm", "BRCA1/2", "BRCA 1/2",
        ],
        sought: &[],
    },
    // Genes of Lynch syndrome in the NCCN guideline on familial colorectal cancer.
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
