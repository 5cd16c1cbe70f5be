//! The mutations that are asked most, by which a new cache is warmed.
//!
//! One name a gene suffices: candidates are fetched by gene, so every other mutation of it is warm with it. The order
//! is that of priority: genes whose alterations decide about an approved therapy in common solid tumours first, then
//! the rest of the standard panels (as in the ESMO recommendations for NGS, Ann Oncol 2024;35:588), then rarer ones.

use trials::Mutation;

const NAMES: [&str; 60] = [
    "EGFR L858R",
    "KRAS G12C",
    "BRAF V600E",
    "ALK fusion",
    "ERBB2 amplification",
    "MSI-H",
    "BRCA1 mutation",
    "BRCA2 mutation",
    "ROS1 fusion",
    "RET fusion",
    "MET exon 14 skipping",
    "PIK3CA H1047R",
    "NRAS Q61R",
    "NTRK1 fusion",
    "NTRK2 fusion",
    "NTRK3 fusion",
    "FGFR2 fusion",
    "FGFR3 S249C",
    "IDH1 R132H",
    "IDH2 R140Q",
    "FLT3 ITD",
    "NPM1 mutation",
    "BCR::ABL1 fusion",
    "KIT D816V",
    "PDGFRA D842V",
    "ESR1 D538G",
    "TP53 mutation",
    "PTEN loss",
    "ATM mutation",
    "PALB2 mutation",
    "MTAP loss",
    "CDKN2A loss",
    "HRAS mutation",
    "AKT1 E17K",
    "FGFR1 amplification",
    "TMB-H",
    "dMMR",
    "HRD",
    "NRG1 fusion",
    "KMT2A fusion",
    "CHEK2 mutation",
    "CDK12 mutation",
    "RB1 loss",
    "ARID1A mutation",
    "SMARCA4 loss",
    "NF1 loss",
    "STK11 loss",
    "KEAP1 mutation",
    "JAK2 V617F",
    "CALR mutation",
    "MYC amplification",
    "CCNE1 amplification",
    "MDM2 amplification",
    "SF3B1 mutation",
    "TERT mutation",
    "VHL loss",
    "TSC1 mutation",
    "TSC2 mutation",
    "CTNNB1 mutation",
    "GNAQ mutation",
];

/// The common mutations, by priority.
pub(super) fn mutations() -> impl Iterator<Item = Mutation> {
    NAMES.iter().filter_map(|name| Mutation::read(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_canonical() {
        for name in NAMES {
            assert_eq!(
                Mutation::read(name).map(|mutation| mutation.to_string()).as_deref(),
                Ok(name)
            );
        }
    }
}
