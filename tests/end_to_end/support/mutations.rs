//! Many mutations, for the questions that are many.

/// Genes that the mutations are of.
pub(crate) const GENES: [&str; 40] = [
    "EGFR", "KRAS", "BRAF", "ERBB2", "PIK3CA", "TP53", "BRCA1", "BRCA2", "ATM", "IDH1", "IDH2", "FLT3", "KIT",
    "PDGFRA", "NRAS", "HRAS", "MET", "RET", "ALK", "ROS1", "FGFR1", "FGFR2", "FGFR3", "NTRK1", "JAK2", "NPM1",
    "DNMT3A", "TET2", "ESR1", "AKT1", "PTEN", "CDKN2A", "STK11", "KEAP1", "SMARCB1", "ARID1A", "PALB2", "CHEK2",
    "GNAQ", "GNA11",
];

/// Substitutions of forty genes, gene by gene.
pub(crate) fn different_mutations(count: usize) -> Vec<String> {
    let of_each = count / GENES.len();
    let all = GENES
        .iter()
        .flat_map(|gene| (1..=of_each).map(move |position| format!("{gene} A{position}C")));
    all.collect()
}

/// Questions as people ask them: the nth most wanted of the mutations a nth as often as the first, the genes mixed.
/// The same for the same seed.
pub(crate) fn zipf_mix(mutations: &[String], questions: usize, seed: u64) -> Vec<String> {
    // Coprime to any count that isn't a multiple of it: visits each mutation once, hopping from gene to gene.
    const HOP: usize = 797;
    let mut reached = 0.0;
    let up_to: Vec<f64> = (1..=mutations.len())
        .map(|rank| {
            reached += 1.0 / rank as f64;
            reached
        })
        .collect();
    let mut state = seed;
    let mut next = || {
        // SplitMix64, whose upper 53 bits are a number below one.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let drawn = (0..questions).map(|_| {
        let point = next() * reached;
        let rank = up_to.partition_point(|&bound| bound < point).min(mutations.len() - 1);
        mutations[rank * HOP % mutations.len()].clone()
    });
    drawn.collect()
}
