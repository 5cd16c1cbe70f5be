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
}

static CLASSES: [Class; 9] = [
    // Drivers of lung cancer and of basket trials with a drug of their own (NCCN, ESCAT tier I and II).
    Class {
        genes: &[
            "EGFR", "ALK", "ROS1", "RET", "NTRK1", "NTRK2", "NTRK3", "MET", "BRAF", "KRAS", "ERBB2", "NRG1", "FGFR1",
            "FGFR2", "FGFR3", "PIK3CA", "IDH1", "IDH2", "HRAS", "NRAS", "MAP2K1", "AKT1", "KIT", "PDGFRA", "BRCA1",
            "BRCA2",
        ],
        phrases: &[
            "driver mutation",
            "driver mutations",
            "driver gene",
            "driver genes",
            "driver alteration",
            "driver alterations",
            "driver oncogene",
            "driver oncogenes",
            "oncogenic driver",
            "oncogenic drivers",
            "genomic driver",
            "actionable mutation",
            "actionable mutations",
            "actionable alteration",
            "actionable alterations",
            "actionable genomic alteration",
            "actionable genomic alterations",
            "actionable genetic alteration",
            "actionable genetic alterations",
            "actionable molecular alteration",
            "targetable mutation",
            "targetable mutations",
            "targetable alteration",
            "targetable alterations",
            "targetable genomic alteration",
            "targetable genetic alteration",
            "oncogene addicted",
            "oncogene driven",
            "oncogenic mutation",
            "oncogenic mutations",
            "oncogenic alteration",
            "sensitizing mutation",
            "sensitizing mutations",
            "AGA",
        ],
    },
    // Written as one in colorectal and pancreatic cancer: KRAS and NRAS, in wider use HRAS too.
    Class {
        genes: &["KRAS", "NRAS", "HRAS"],
        phrases: &[
            "RAS mutation",
            "RAS mutations",
            "RAS mutant",
            "RAS mutated",
            "RAS wild type",
            "RAS wildtype",
            "RAS WT",
            "RAS status",
            "RAS altered",
            "RAS amplification",
            "RASopathy",
            "all RAS",
            "pan RAS",
        ],
    },
    // The MAPK pathway, as basket trials of MEK and RAF inhibitors name it.
    Class {
        genes: &[
            "KRAS", "NRAS", "HRAS", "BRAF", "RAF1", "ARAF", "MAP2K1", "MAP2K2", "NF1", "MAPK1",
        ],
        phrases: &["MAPK pathway", "RAS/MAPK", "RAS/RAF", "RAF mutation", "MEK mutation"],
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
    },
    Class {
        genes: &["FGFR1", "FGFR2", "FGFR3", "FGFR4"],
        phrases: &["FGFR", "FGFR1-3", "FGFR1-4", "fibroblast growth factor receptor"],
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
            "HRD",
            "DDR",
            "DNA damage repair",
            "DNA damage response",
            "DNA repair gene",
            "DNA repair genes",
        ],
    },
    Class {
        genes: &["BRCA1", "BRCA2"],
        phrases: &[
            "BRCA", "gBRCA", "sBRCA", "tBRCA", "gBRCAm", "BRCAm", "BRCA1/2", "BRCA 1/2",
        ],
    },
    Class {
        genes: &["MLH1", "MSH2", "MSH6", "PMS2", "EPCAM"],
        phrases: &["dMMR", "mismatch repair", "Lynch syndrome"],
    },
];

/// Every phrase that names the subject as one of many, or a signature.
pub(super) fn phrases(subject: Subject) -> impl Iterator<Item = &'static str> {
    let of_gene = CLASSES
        .iter()
        .filter(move |class| matches!(subject, Subject::Gene(gene) if class.genes.contains(&gene.symbol())))
        .flat_map(|class| class.phrases.iter().copied());
    let of_signature: &[&str] = match subject {
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
    };
    of_gene.chain(of_signature.iter().copied())
}
