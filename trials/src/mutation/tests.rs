//! Spellings and their canonical names, what is refused and how, and that every canonical name reads back as itself.

mod properties;

use super::{Alteration, ExonEvent, Family, Mutation, Signature, UnreadMutation};
use crate::gene::Gene;
use proptest::prelude::*;

/// As reports spell them; the form is that of [`SPELLINGS`].
const REPORTED: &str = include_str!("tests/spellings.txt");

/// Canonical name, then spellings of it, each between bars: one line for each rule of reading.
const SPELLINGS: &str = "
EGFR L858R | EGFR L858R | egfr l858r | EGFR p.L858R | EGFR p.Leu858Arg | EGFR p.(Leu858Arg) | EGFR:p.L858R | EGFR-L858R | EGFR (L858R) | EGFR L858R mutation | L858R EGFR | HER1 L858R | EGFRL858R | EGFR c.2573T>G | EGFR 2573T>G | EGFR c.2573T>G (p.Leu858Arg) | NM_005228.5(EGFR):c.2573T>G (p.Leu858Arg) | EGFR exon 21 L858R | L858R mutation in EGFR | EGFR L858R positive
EGFR T790M | EGFR Thr790Met | EGFR T790M+
BRAF V600E | BRAF V600E | B-RAF V600E | BRAFV600E | BRAF Val600Glu | BRAF c.1799T>A | V600E BRAF | BRAF V600E-mutant
BRAF V600 | BRAF V600 | BRAF V600X | BRAF codon V600 | BRAF V600 mutation
KRAS G12C | KRAS G12C | KRASG12C | K-RAS G12C | KRAS p.Gly12Cys | KRAS c.34G>T
KRAS G12 | KRAS G12 | KRAS G12X
PTEN R130* | PTEN R130* | PTEN p.Arg130Ter | PTEN p.R130ter | PTEN Arg130* | PTEN R130stop
TP53 R213fs | TP53 R213fs | p53 R213fs*34 | TP53 p.Arg213ProfsTer34 | TP53 R213Pfs*34 | TP53 R213fsX34
TP53 R175H | p53 R175H | TP53 p.R175H
EGFR E746_A750del | EGFR E746_A750del | EGFR p.Glu746_Ala750del | EGFR E746_A750delELREA | EGFR exon 19 E746_A750del | EGFR exon 19 deletion (E746_A750del) | EGFR c.2236_2250del15 | EGFR c.2235_2249delGGAATTAAGAGAAGC
EGFR L747_P753delinsS | EGFR L747_P753delinsS | EGFR p.Leu747_Pro753delinsSer
EGFR D770_N771insSVD | EGFR D770_N771insSVD | EGFR p.Asp770_Asn771insSerValAsp
ERBB2 A775_G776insYVMA | HER2 A775_G776insYVMA
ERBB2 Y772_A775dup | HER2 Y772_A775dupYVMA | ERBB2 p.Tyr772_Ala775dup
EGFR L30_R297delinsG | EGFRvIII | EGFR vIII
EGFR exon 19 deletion | EGFR exon 19 deletion | EGFR ex19del | EGFR exon 19 del | EGFR ex 19 deletions | EGFR del19 | EGFR del 19 | EGFR 19del | EGFR E19del | EGFR exon19 deletion | EGFR exon 19 deletion mutation | deletion in exon 19 of EGFR
EGFR exon 20 insertion | EGFR exon 20 insertion | EGFR exon 20 ins | EGFR ex20ins | EGFR exon20ins | EGFR exon 20 insertions | EGFR exon 20 insertion mutation | EGFR ins20
KIT exon 11 mutation | KIT exon 11 mutation | c-KIT exon 11 | KIT ex11 mut | CD117 exon 11 mutation
MET exon 14 skipping | MET exon 14 skipping | METex14 | MET ex14 | MET ex14 skipping | c-MET exon 14 skipping mutation | METex14 skipping | MET exon 14 | MET exon 14 splice site mutation | MET exon 14 deletion | METΔex14 | exon 14 skipping of MET
ERBB2 amplification | ERBB2 amplification | HER2 amplification | Her2 amplified | HER-2 amp | HER2/neu amplification | ERBB2 copy number gain | amplification of HER2 | HER2 positive | HER2+ | HER2-positive
MET amplification | MET amplification | c-MET amplified | MET gene amplification | MET amp
MTAP loss | MTAP loss | MTAP deletion | MTAP-deleted | MTAP homozygous deletion | MTAP homdel | MTAP deficient | MTAP null | loss of MTAP | MTAP-deficiency
PTEN loss | PTEN loss | PTEN loss of function | loss of PTEN | PTEN inactivation | PTEN null
FLT3 ITD | FLT3 ITD | FLT3-ITD | FLT3/ITD | FLT3 internal tandem duplication | FLT3-ITD mutation | FLT3ITD
FLT3 TKD | FLT3 TKD | FLT3-TKD | FLT3 TKD mutation | FLT3 tyrosine kinase domain mutation
FLT3 D835Y | FLT3 D835Y | FLT3 c.2503G>T
EML4::ALK fusion | EML4::ALK fusion | EML4-ALK | EML4/ALK | EML4::ALK | EML4-ALK fusion | EML4--ALK | ALK-EML4 | EML4 ALK fusion | EML4–ALK rearrangement | EML4-ALK positive | fusion of EML4 and ALK
BCR::ABL1 fusion | BCR-ABL | BCR-ABL1 | BCR::ABL1 | BCR/ABL1 fusion | Philadelphia chromosome | Ph+ | BCR-ABL1 positive
FGFR3::TACC3 fusion | FGFR3-TACC3 | FGFR3::TACC3 | TACC3-FGFR3 fusion
TMPRSS2::ERG fusion | TMPRSS2-ERG | TMPRSS2:ERG fusion
EWSR1::FLI1 fusion | EWSR1-FLI1 | EWS-FLI1 | EWSR1/FLI1
ALK fusion | ALK fusion | ALK rearrangement | ALK-rearranged | ALK translocation | ALK positive | ALK+ | ALK gene rearrangement | ALK fusion positive
ROS1 fusion | ROS1 fusion | ROS1 positive | ROS-1 rearranged | ROS1+
RET fusion | RET fusion | RET fusion-positive | RET rearranged
NTRK1 fusion | NTRK1 fusion | TrkA fusion
NTRK fusion | NTRK fusion | NTRK gene fusion | TRK fusion | NTRK1/2/3 fusion | NTRK-fusion positive | NTRK rearrangement | NTRK positive
RAS mutation | RAS mutation | RAS mutant | RAS
BRCA mutation | BRCA mutation | BRCA1/2 mutation | BRCA-mutated | germline BRCA1/2
IDH mutation | IDH mutation | IDH1/2 mutant
FGFR mutation | FGFR alteration
FGFR fusion | FGFR fusion
BRCA1 mutation | BRCA1 mutation | BRCA1 mutated | BRCA1 mutant | BRCA1 positive | BRCA1 pathogenic variant | BRCA1
BRCA1 E23fs | BRCA1 185delAG | BRCA1 c.68_69delAG | BRCA1 c.68_69del
BRCA1 Q1756fs | BRCA1 5382insC | BRCA1 c.5266dupC
BRCA2 S1982fs | BRCA2 6174delT | BRCA2 c.5946delT
EGFR mutation | EGFR | EGFR mutation | EGFR mutation-positive | EGFR-mutant | EGFR positive
EGFR c.2184+1G>A | EGFR c.2184+1G>A
TERT promoter mutation | TERT promoter mutation | TERT promoter | TERT C228T | TERT c.-124C>T | TERT C250T
TP53 truncating mutation | TP53 truncating mutation | TP53 truncation
ATM splice mutation | ATM splice site mutation | ATM splicing variant
CD274 overexpression | PD-L1 overexpression | CD274 high expression
EGFR overexpression | EGFR overexpression | EGFR over-expression
PDGFRA D842V | PDGFRα D842V | PDGFRA Asp842Val
NRAS Q61R | N-RAS Q61R
ABL1 T315I | ABL T315I | ABL1 T315I
IDH1 R132H | IDH1 R132H | IDH1 p.Arg132His
MSI-H | MSI-H | MSI high | microsatellite instability-high | MSI-high tumor
dMMR | dMMR | MMR deficient | mismatch repair deficiency | deficient mismatch repair
TMB-H | TMB-H | TMB high | tumor mutational burden-high | high TMB
HRD | HRD | homologous recombination deficiency | HRD positive
H3-3A K27M | H3 K27M | H3K27M | H3.3 K27M | H3F3A K27M | H3-K27M | H3 K27M-mutant | H3F3A p.Lys27Met
H3-3A K27 | H3 K27-altered | H3 K27 mutation
H3-3A G34R | H3 G34R | H3.3 G34R | H3F3A G34R
H3C2 K27M | HIST1H3B K27M
ABL1 T315I | BCR-ABL1 T315I | BCR-ABL T315I | BCR::ABL1 T315I | BCR/ABL T315I mutation | BCR-ABL1 with T315I | BCR-ABL1 p.Thr315Ile
ALK G1202R | ALK G1202R | EML4-ALK G1202R | EML4::ALK G1202R
TP53 *394Qext | TP53 p.*394Qext*9 | TP53 Ter394GlnextTer9 | TP53 p.Ter394Glnext*?
FGFR mutation | FGFR mutation | FGFR1-3 alterations | FGFR genetic alteration | FGFR genomic alterations | FGFR1/2/3 mutation
NTRK mutation | NTRK mutation | NTRK1/2/3 mutation
MET amplification | MET copy number gain | MET CN gain | MET GCN gain | MET increased copy number | MET high copy number | MET gene copy number gain
BRCA mutation | gBRCA | tBRCA | gBRCA mutation | sBRCA mutated | gBRCA1/2 mutation
BRCA1 mutation | gBRCA1 | sBRCA1 mutation
BRCA2 mutation | gBRCA2 | BRCA2 mutated | BRCA2 deleterious germline mutation
MSI-H | MSI-H/dMMR | MSI high/dMMR | dMMR/MSI-H | MSI-H or dMMR | dMMR or MSI-H
HRD | HRD+ | HRD-positive | HR deficient
ERBB2 exon 20 insertion | HER2 exon 20 insertion | HER2 ex20ins | HER2 exon20 ins | ERBB2 exon 20 insertion mutation
ERBB2 overexpression | HER2 overexpression | HER2 overexpressed | HER2 over-expression
ERBB2 mutation | HER2 mutation | HER2-mutant | HER2 activating mutation
ERBB2 S310F | HER2 S310F | ERBB2 Ser310Phe
EGFR G719 | EGFR G719X | EGFR codon G719
EGFR S768I | EGFR Ser768Ile
EGFR L861Q | EGFR p.L861Q | EGFR exon 21 L861Q
EGFR C797S | EGFR Cys797Ser
EGFR A767_V769dup | EGFR exon 20 insertion mutation (A767_V769dup) | EGFR p.Ala767_Val769dup
EGFR D770_N771insNPG | EGFR p.D770_N771insNPG
EGFR exon 20 insertion | EGFR Ex20ins | EGFR EXON 20 INSERTION | EGFR exon-20 insertion
EGFR exon 19 deletion | EGFR ex19del mutation | EGFR Exon-19 deletion | EGFR del-19
KIT D816V | CD117 D816V | c-KIT D816V | KIT Asp816Val
KIT exon 9 mutation | KIT exon 9 mutation | KIT ex9
PIK3CA H1047R | PIK3CA H1047R | PIK3CA p.His1047Arg | PI3KCA H1047R | PIK3CAH1047R
PIK3CA H1047 | PIK3CA H1047X
PIK3CA mutation | PIK3CA mutated | PIK3CA
AKT1 E17K | AKT1 Glu17Lys
ESR1 Y537S | ESR1 p.Tyr537Ser
ESR1 mutation | ESR1 mutation | ESR1-mutated
IDH1 R132 | IDH1 R132 | IDH1 R132X
IDH1 R132C | IDH1 Arg132Cys
IDH2 R172K | IDH2 R172K | IDH2 p.Arg172Lys
NPM1 mutation | NPM1 | NPM1-mutated | NPM1mut
NPM1 W288fs | NPM1 W288Cfs*12 | NPM1 c.860_863dupTCTG
KMT2A fusion | KMT2A rearrangement | KMT2A-rearranged | MLL rearranged
NUP98 fusion | NUP98 rearranged
PML::RARA fusion | PML-RARA | PML/RARA | PML::RARA
RUNX1::RUNX1T1 fusion | RUNX1-RUNX1T1 | RUNX1::RUNX1T1
KIAA1549::BRAF fusion | KIAA1549-BRAF | KIAA1549::BRAF fusion
BRAF fusion | BRAF rearrangement | BRAF fusions
BRAF K601E | BRAF Lys601Glu
BRAF V600K | BRAF V600K | BRAF Val600Lys | BRAFV600K
RET M918T | RET p.M918T | RET Met918Thr
CCDC6::RET fusion | CCDC6-RET | RET-CCDC6 | CCDC6/RET fusion
KIF5B::RET fusion | KIF5B::RET | KIF5B-RET positive
CD74::ROS1 fusion | CD74-ROS1 fusion | CD74/ROS1
CD74::NRG1 fusion | CD74-NRG1 | CD74::NRG1
NRG1 fusion | NRG1 fusion | NRG1 rearranged
ETV6::NTRK3 fusion | ETV6-NTRK3 | ETV6/NTRK3 fusion
FGFR2::BICC1 fusion | FGFR2-BICC1 | BICC1-FGFR2
FGFR2 fusion | FGFR2 fusion | FGFR2 rearrangement | FGFR2 translocation
JAK2 V617F | JAK2V617F | JAK2 Val617Phe
MPL W515L | MPL W515L
MYD88 L265P | MYD88 Leu265Pro
EZH2 Y641 | EZH2 Y641 mutation
SF3B1 K700E | SF3B1 K700E
CDKN2A loss | CDKN2A deletion | CDKN2A homozygous deletion | p16 loss | CDKN2A-null
SMARCB1 loss | INI1 loss | SMARCB1-deficient | INI-1 deficient
SMARCA4 loss | BRG1-deficient | SMARCA4 deficiency
STK11 mutation | STK11 | LKB1 mutation
MYCN amplification | MYCN amplified | N-MYC amplification
CCND1 amplification | CCND1 amp | cyclin D1 amplification
MDM2 amplification | MDM2-amplified
KRAS Q61H | KRAS Gln61His
KRAS G12D | KRASG12D | KRAS Gly12Asp | KI-RAS G12D
NRAS Q61 | NRAS Q61 | NRAS Q61X
POLE P286R | POLE Pro286Arg
AR splice mutation | AR-V7 | AR V7
MET Y1230H | MET Y1230H | c-MET Y1230H
EGFR L858R | EGFR L858R (23%) | EGFR L858R VAF 23% | EGFR L858R, AF 0.23 | EGFR L858R 23 % | EGFR L858R (VAF=23.5%) | EGFR L858R (VAF: 0.23) | EGFR L858R variant allele frequency 23% | EGFR L858R AF=0.23 | c.2573T>G | c.2573T>G (p.Leu858Arg)
KRAS G12C | KRAS p.G12C, VAF 23% | KRAS G12C exon 2
KIT exon 11 mutation | KIT ex11mut | KIT exon 11 mutation (35%)
TERT promoter mutation | TERT promoter C228T | TERT promoter mutation c.-124C>T
KIT D816V | KIT exon 17 D816V
BRCA1 E23fs | 185delAG
BRCA2 S1982fs | 6174delT
EGFR E746_A750del | EGFR E746_A750del deletion | EGFR ex19del E746_A750del
EGFR L747_P753delinsS | EGFR ex19del L747_P753delinsS | EGFR exon 19 deletion (L747_P753delinsS)
PTEN R130* | PTEN R130* truncating mutation | PTEN R130* loss of function
PTEN loss | PTEN inactivating mutation | PTEN loss-of-function mutation
CLDN18 overexpression | CLDN18.2 overexpression
CD274 amplification | PD-L1 amplification
MCC mutation | MCC mutation
EGFR sensitizing mutation | EGFR sensitizing mutation | EGFR sensitising mutations | sensitizing EGFR mutation | EGFR-sensitizing mutation | EGFR TKI-sensitizing mutation | EGFR sensitive mutation
EGFR activating mutation | EGFR activating mutation | activating EGFR mutations | EGFR activating variant
EGFR common mutation | EGFR common mutation | common EGFR mutations | HER1 common mutation
EGFR uncommon mutation | EGFR uncommon mutation | EGFR uncommon mutations | rare EGFR mutation | uncommon EGFR variant
EGFR atypical mutation | EGFR atypical mutation | atypical EGFR mutations
EGFR classical mutation | EGFR classical mutation | classical EGFR mutation | EGFR classical-like mutation
EGFR PACC mutation | EGFR PACC mutation | EGFR PACC | EGFR P-loop and αC-helix compressing mutation
EGFR resistance mutation | EGFR resistance mutation | EGFR acquired resistance mutation | EGFR TKI resistance mutation
ALK resistance mutation | ALK resistance mutation | ALK TKI resistance mutation
ALK solvent-front mutation | ALK solvent-front mutation | ALK solvent front mutation
ALK gatekeeper mutation | ALK gatekeeper mutation | gatekeeper ALK mutation
BRAF class I mutation | BRAF class I | BRAF class 1 mutation | class I BRAF mutation
BRAF class II mutation | BRAF class II | BRAF class II mutation | BRAF class 2 mutation | class II BRAF mutation | B-RAF class-II alteration
BRAF class III mutation | BRAF class III | BRAF class 3 mutated
BRAF non-V600 mutation | BRAF non-V600 | BRAF non-V600 mutation | non-V600 BRAF mutation | BRAF nonV600 mutation
BRAF non-V600E mutation | BRAF non-V600E | BRAF non-V600E mutation
KRAS non-G12C mutation | KRAS non-G12C | KRAS non-G12C mutation | non-G12C KRAS mutation
KRAS mutation | pan-KRAS | KRAS | KRAS mutated
ERBB2 low | HER2-low | HER2 low | HER2 low expression | HER2 IHC 1+ | HER2 IHC 2+/ISH- | HER2 IHC 2+, FISH- | HER2 (IHC 2+/ISH-) | HER2-low expressing
ERBB2 ultralow | HER2-ultralow | HER2 ultra-low
ERBB2 overexpression | HER2 IHC 3+ | HER2 3+ by IHC | HER2 IHC3+
ERBB2 amplification | HER2 IHC 2+/ISH+ | HER2 IHC 2+/FISH+
PIK3CA hotspot mutation | PIK3CA hotspot mutation | PIK3CA hot-spot mutation
PIK3CA helical domain mutation | PIK3CA helical domain mutation | PIK3CA helical mutation
PIK3CA kinase domain mutation | PIK3CA kinase domain mutation
ESR1 ligand-binding domain mutation | ESR1 LBD mutation | ESR1 ligand binding domain mutation
ESR1 mutation | ER mutation
MGMT promoter methylation | MGMT promoter methylation | MGMT methylation | MGMT methylated | MGMT promoter methylated | MGMT promoter hypermethylation | methylated MGMT promoter | methylation of the MGMT promoter
MLH1 promoter methylation | MLH1 promoter hypermethylation | MLH1 hypermethylation
TP53 loss | del(17p) | del17p | 17p deletion | 17p- | deletion 17p | del(17)(p13.1)
1p/19q codeletion | 1p/19q codeletion | 1p/19q co-deletion | 1p19q codeleted | 1p/19q-codeleted | codeletion of 1p/19q | codeletion of 1p and 19q
trisomy 12 | trisomy 12 | trisomy of chromosome 12
BCR::ABL1 fusion | t(9;22) | t(9;22)(q34;q11) | t(9;22)(q34.1;q11.2) | translocation t(9;22) | t(9;22)-positive | t(22;9)
PML::RARA fusion | t(15;17) | t(15;17)(q24;q21)
CBFB::MYH11 fusion | inv(16) | inv(16)(p13.1q22) | t(16;16) | CBFB-MYH11 | CBFB::MYH11
RUNX1::RUNX1T1 fusion | t(8;21) | t(8; 21) | t(8;21)(q22;q22.1)
KMT2A::AFF1 fusion | t(4;11) | t(4;11)(q21;q23) | KMT2A-AFF1
IGH::BCL2 fusion | t(14;18) | t(14;18)(q32;q21)
TP53 R175H | TP53 R175H loss of function | TP53 R175H loss-of-function mutation | TP53 R175H inactivating mutation
MET exon 14 skipping | MET D1010N exon 14 skipping | MET exon 14 skipping (D1010N)
";

#[test]
fn every_spelling_leads_to_its_canonical_name() {
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut names = std::collections::BTreeSet::new();
    let lines = SPELLINGS.lines().chain(REPORTED.lines());
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut columns = line.split(" | ");
        let canonical = columns.next().expect("a canonical name");
        names.insert(canonical);
        for spelling in columns.chain([canonical]) {
            count += 1;
            match Mutation::read(spelling) {
                Ok(mutation) if mutation.to_string() == canonical => {}
                Ok(mutation) => wrong.push(format!("{spelling}: {mutation}, not {canonical}")),
                Err(error) => wrong.push(format!("{spelling}: {error}")),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        count >= 2000 && names.len() >= 200,
        "{count} spellings of {} alterations",
        names.len()
    );
}

#[test]
fn what_is_not_one_alteration_is_refused_with_a_hint() {
    let refusals = [
        ("", "no mutation was given"),
        (" \t–", "no mutation was given"),
        ("EGRF L858R", "did you mean EGFR?"),
        ("BRAFF V600E", "did you mean BRAF?"),
        ("EGFR L858R T790M", "more than one"),
        ("EGFR L858R, ALK fusion", "more than one"),
        ("EGFR L858R and T790M", "more than one"),
        ("EGFR/ALK", "more than one"),
        ("KRAS G12C + STK11 loss", "more than one"),
        ("MET amplification and exon 14 skipping", "more than one"),
        ("L858R", "names no gene"),
        ("exon 19 deletion", "names no gene"),
        ("MLL2 mutation", "KMT2B or KMT2D"),
        ("EGFR wild type", "nothing was found"),
        ("EGFR negative", "nothing was found"),
        ("no ALK fusion", "nothing was found"),
        ("EGFR flibbertigibbet", "was not understood"),
        ("PTEN R130X", "PTEN R130 or PTEN R130*"),
        ("MET positive", "positive doesn't say"),
        ("PD-L1 positive", "positive doesn't say"),
        ("RAS G12C", "RAS"),
        ("qqqqqq", "no gene is called"),
        ("EGFR 858", "was not understood"),
        ("XYZQW::ALK", "no gene is called"),
        ("EGFR L858L", "was not understood"),
        ("'; DROP TABLE", "no gene is called"),
        ("BRAF class IV", "group of alterations"),
        ("BRAF class IV", "BRAF class II mutation"),
        ("EGFR class II", "EGFR sensitizing mutation"),
        ("EGFR compound mutation", "group of alterations"),
        ("EGFR exon 19 deletion or L858R", "more than one"),
        ("KRAS G12/G13", "more than one"),
        ("EGFR T790M/C797S", "more than one"),
        ("TP53/RB1", "more than one"),
        ("ER+/HER2-", "more than one"),
        ("EML4-ALK and KIF5B-RET", ""),
        ("BRAF V600E and MEK1 K57N", "more than one"),
        ("BCR-ABL1 T315I E255K", "more than one"),
        ("MSS", "nothing was found"),
        ("MSI-L", "nothing was found"),
        ("microsatellite stable", "nothing was found"),
        ("pMMR", "nothing was found"),
        ("TMB-low", "nothing was found"),
        ("HRD negative", "nothing was found"),
        ("RAS wild-type", "nothing was found"),
        ("KRAS WT", "nothing was found"),
        ("HER2-negative", "nothing was found"),
        ("EGFR T790M not detected", "nothing was found"),
        ("without MET amplification", "nothing was found"),
        ("TMB ≥10", "write TMB-H"),
        ("TMB 12 mut/Mb", "write TMB-H"),
        ("MSI status unknown", "write MSI-H"),
        ("BRAF V600E/K", "more than one"),
        ("HRR gene mutation", "write HRD"),
        ("Lynch syndrome", "write dMMR"),
        ("FGFR amplification", "FGFR1 or FGFR2"),
        ("NTRK amplification", "NTRK1 or NTRK2"),
        ("RAS Q61K", "KRAS or NRAS"),
        ("IDH R132H", "IDH1 or IDH2"),
        ("BRCA loss", "BRCA1 or BRCA2"),
        ("FGFR2/3 alteration", "was not understood"),
        ("EGFR low", "was not understood"),
        ("HER2 IHC 2+", "was not understood"),
        ("HER2 IHC 0", "nothing was found"),
        ("PD-L1 50%", "no mutation"),
        ("PD-L1", "no mutation"),
        ("MGMT unmethylated", "nothing was found"),
        ("TP53 del17p", "was not understood"),
        ("EGFR L8588888R", "was not understood"),
        ("EGFR 858R", "was not understood"),
        ("EGFR B858R", "was not understood"),
        ("EGFR exon 0 deletion", "was not understood"),
        ("EGFR exon 999", "was not understood"),
        ("KRAS G12C?!x", "was not understood"),
        ("ER positive", "positive doesn't say"),
        ("TP53 R213X", "TP53 R213 or TP53 R213*"),
        ("PALB1 mutation", "did you mean PALB2?"),
        ("FGRF2 fusion", "did you mean FGFR2?"),
        ("KRASS G12C", "did you mean KRAS?"),
        ("CDK2NA loss", "did you mean CDKN2A?"),
        ("V600E", "names no gene"),
        ("amplification", "names no gene"),
        ("t(1;2)", "change of a chromosome"),
        ("t(X;18)", "change of a chromosome"),
        ("del(5q)", "change of a chromosome"),
        ("t(9;99)", ""),
        ("1p/19q intact", "nothing was found"),
        ("1p/19q non-codeleted", "nothing was found"),
        ("trisomy 8", ""),
        ("ER-positive", "positive doesn't say"),
        ("ER+", "positive doesn't say"),
        ("KRAS uncommon mutation", "group of alterations"),
        ("KRAS non-Q99Z", ""),
        ("NRAS non-Q61", "group of alterations"),
        ("lung cancer", "is a disease"),
        ("EGFR exon 19 deletion T790M", "more than one"),
        ("EGFR ex19del + T790M", "more than one"),
        ("EGFR del19 T790M", "more than one"),
        ("EGFR T790M ex20ins", "more than one"),
        ("EGFR ex19 T790M", "more than one"),
        ("KIT ex11 D816V", "more than one"),
        ("EGFR G719 exon 19 deletion", "more than one"),
        ("EGFR exon 20 insertion E746_A750del", "more than one"),
        ("EGFR E746_A750del exon 20 insertion", "more than one"),
        ("TP53 R213fs deletion", "more than one"),
        ("TP53 R175H loss", "more than one"),
        ("TP53 R175H truncating", "more than one"),
        ("EGFR mutation amplification", "more than one"),
        ("MET mutation and amplification", "more than one"),
        ("ALK fusion and mutation", "more than one"),
        ("PTEN mutation/loss", "more than one"),
        ("BRAF V600 amplification", "more than one"),
        ("ALL", "is a disease"),
        ("CML", "is a disease"),
        ("cml", "is a disease"),
        ("MTC", "is a disease"),
        ("RCC", "is a disease"),
        ("HCC", "is a disease"),
        ("MDS", "is a disease"),
        ("MPN", "is a disease"),
        ("CCA", "is a disease"),
        ("ATC", "is a disease"),
        ("BTC", "is a disease"),
        ("MCC", "is a disease"),
        ("RCC mutation", "is a disease"),
        ("MTC RET M918T", "is a disease"),
        ("EGFR L858R NSCLC", "is a disease"),
        ("NSCLC EGFR L858R", "is a disease"),
        ("TNBC", "is a disease"),
        ("breast cancer", "is a disease"),
        ("BRAF V600E melanoma", "is a disease"),
        ("metastatic castration-resistant prostate cancer", "is a disease"),
        ("MSI-H colon", "write MSI-H alone"),
        ("dMMR CRC", "write dMMR alone"),
        ("TMB-H 22", "write TMB-H alone"),
        ("MSI-H/TMB-H", "more than one"),
        ("MSI-H, BRAF V600E", "more than one"),
        ("HRD score 45", "whether the tumour is HRD"),
        ("HRD 45", "whether the tumour is HRD"),
        ("colon", "no gene is called \"colon\"; write an HGNC symbol"),
        ("hello world", "write an HGNC symbol"),
        ("CLDN18.2", "doesn't say what was found"),
        ("PD-L1", "doesn't say what was found"),
        ("CD19", "doesn't say what was found"),
        ("CD20", "doesn't say what was found"),
        ("BCMA", "doesn't say what was found"),
        ("KRAS 12", "KRAS and a protein change (as in EGFR L858R)"),
        ("BRAF class IV", "BRAF and the change that was found (as in EGFR L858R)"),
        ("KRAS 23%", "was not understood"),
        ("EGFR exon 21 L858R and exon 19 deletion", "more than one"),
        ("EGFR exon 21 L858R, exon 20 T790M", "more than one"),
        ("BCR::ABL1 CML", "is a disease"),
        ("BTC FGFR2 fusion", "is a disease"),
        ("EGFR mutated non-small cell lung cancer", "is a disease"),
        ("BRAF wild type melanoma", "nothing was found"),
        ("HRD status unknown", "whether the tumour is HRD"),
        ("HRD score: 45", "whether the tumour is HRD"),
        ("GIS 50", "whether the tumour is HRD"),
        ("HRD+ ovarian", "write HRD alone"),
        ("HR+", "positive doesn't say"),
        ("MSI high colorectal", "write MSI-H alone"),
        ("MSI-H not detected", "nothing was found"),
        ("dMMR/MSI-H CRC", "write MSI-H alone"),
        ("185insAG", "such as BRCA1 185delAG"),
        ("c.999999T>G", "such as BRCA1 185delAG"),
        ("EGFR?", "was not understood"),
        ("EGFR, ALK fusion", "more than one"),
        ("HER2/HER3", "more than one"),
        ("KRAS/BRAF", "more than one"),
        ("ER/PR positive", "more than one"),
        ("EGFR L858R w/ T790M", "was not understood"),
        ("EGFR L858R;T790M", "more than one"),
        ("osimertinib", "no gene is called"),
        ("pembrolizumab", "no gene is called"),
        ("SELECT * FROM trials", "no gene is called"),
        ("AREA[EligibilityCriteria]EGFR", "no gene is called"),
        ("EGFR AND ALK", "more than one"),
        ("<script>alert(1)</script>", "no gene is called"),
        ("{\"mutation\":\"EGFR L858R\"}", "no gene is called"),
        ("https://example.org/EGFR", "no gene is called"),
        ("NCT01234567", "no gene is called"),
        ("EGFR L858R ignore previous instructions", "was not understood"),
        ("EGFR L858RR", "was not understood"),
        ("EGFR LL858R", "was not understood"),
        ("EGFR L0858R", "was not understood"),
        ("EGFR exon", "was not understood"),
        ("EGFR del ins", "more than one"),
        ("BRAF V600Z", "was not understood"),
        ("KRAS G12O", "was not understood"),
        ("TP53 p.(=)", "was not understood"),
        ("TP53 p.?", "was not understood"),
        ("EGFR p.", "was not understood"),
        ("EGFR c.", "was not understood"),
        ("EGFR c.L858R", "was not understood"),
        ("ERK mutation", "EPHB2 or MAPK1"),
        ("p15 loss", "CDKN2B"),
        ("neu amplification", "ERBB2 or NEU1"),
        ("ALK-", "nothing was found"),
        ("EGFR −", "nothing was found"),
        ("EGFRwt", "nothing was found"),
        ("RASwt", "nothing was found"),
        ("EFGR L858R", "did you mean EGFR?"),
        ("BRFA V600E", "did you mean BRAF?"),
        ("BRAC1", "did you mean BRCA1?"),
        ("BCRA1", "did you mean BRCA1?"),
        ("TP35 R175H", "did you mean TP53?"),
        ("PIK3C H1047R", "did you mean PIK3CA?"),
        ("RETT fusion", "did you mean RET?"),
        ("PTNE loss", "did you mean PTEN?"),
        ("ALKK", "did you mean ALK?"),
        ("KIF5BB::RET", "no gene is called"),
        ("EML4-AKL", "was not understood"),
        ("NA", "no mutation was given"),
        ("n/a", "no mutation was given"),
        ("unknown", "no mutation was given"),
        ("EGFR \u{1f600}", "was not understood"),
        ("\u{415}GFR L858R", "no gene is called"),
        ("BRCA1 VUS", "was not understood"),
        ("BRCA1 variant of uncertain significance", "was not understood"),
        ("BRCA2 likely benign", "was not understood"),
        ("EGFR mutation status unknown", "was not understood"),
        ("EGFR inhibitor", "was not understood"),
        ("HER2 expression", "was not understood"),
        ("EGFR FISH", "was not understood"),
        ("EGFR copy number 12", "was not understood"),
        ("MET exon 14 wild type", "nothing was found"),
        ("MS-Stable", "nothing was found"),
        ("HRD status", "whether the tumour is HRD"),
        ("TMB intermediate", "write TMB-H"),
        ("Tumor Mutational Burden 14 Muts/Mb", "write TMB-H"),
        ("EML4::", ""),
        ("123456", ""),
    ];
    let mut wrong = Vec::new();
    for (text, hint) in refusals {
        match Mutation::read(text) {
            Ok(mutation) => wrong.push(format!("{text}: read as {mutation}")),
            Err(error) if error.to_string().contains(hint) => {}
            Err(error) => wrong.push(format!("{text}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refusals.len() >= 200, "{}", refusals.len());
}

#[test]
fn a_text_over_its_bound_is_refused_with_its_length() {
    let long = "EGFR ".repeat(100);
    assert_eq!(Mutation::read(&long), Err(UnreadMutation::TooLong { bytes: 500 }));
}

#[test]
fn a_fusion_is_filed_under_its_kinase_and_asked_for_by_both_partners() {
    for (text, gene) in [
        ("EML4-ALK", "ALK"),
        ("FGFR3-TACC3", "FGFR3"),
        ("TMPRSS2-ERG", "TMPRSS2"),
        ("BCR-ABL1", "ABL1"),
    ] {
        let mutation = Mutation::read(text).expect("a fusion");
        assert_eq!(mutation.gene().map(Gene::symbol), Some(gene), "{text}");
        assert_eq!(mutation.subjects().len(), 2, "{text}");
        assert_eq!(
            mutation.subjects().first().map(ToString::to_string).as_deref(),
            Some(gene)
        );
    }
    assert_eq!(Mutation::read("NTRK fusion").expect("a family").subjects().len(), 3);
}

#[test]
fn a_message_is_one_harmless_line() {
    let error = Mutation::read("\u{1b}[31mzzzz\u{202e}zz\n\"x\0").expect_err("nonsense");
    assert!(!error.to_string().contains(char::is_control), "{error:?}");
    assert!(!error.to_string().contains('\u{202e}'));
}
