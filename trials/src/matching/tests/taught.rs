//! Fictional criteria of many kinds: what real records taught, in other words.

/// Fictional criteria: the text, the mutation, the stance, and words that the first quote must hold.
pub(super) const TAUGHT: &[(&str, &str, &str, &str)] = &[
    // What every cohort shuts out, the trial does; what one shuts out, another may take.
    (
        "Inclusion Criteria:\n\nCohort A:\n\n1. BRAF fusion\n\nCohort B:\n\n1. BRAF V600E\n\nExclusion Criteria:\n\nCohort A:\n\n1. RAS mutation\n\nCohort B:\n\n1. A change in a RAS gene, RAS mutation included",
        "KRAS G12D",
        "excludes",
        "RAS mutation",
    ),
    (
        "Inclusion Criteria:\n\nCohort A:\n\n1. BRAF fusion\n\nCohort B:\n\n1. BRAF V600E\n\nExclusion Criteria:\n\nCohort A:\n\n1. RAS mutation\n\nCohort B:\n\n1. Heart failure",
        "KRAS G12D",
        "allows",
        "RAS mutation",
    ),
    // One cohort that takes no driver lets nobody in by that; a denial that opens a sentence reaches to its end.
    (
        "Inclusion Criteria:\n* BRAF fusion\n\nExclusion Criteria:\n\nCohort A:\n\n1. Other co-occurring driver mutations\n\nCohort B:\n\n1. Heart failure",
        "RET M918T",
        "silent",
        "",
    ),
    (
        "Inclusion Criteria:\n* Absence of documented results, from tests done as part of the standard of the place, in any actionable driver oncogenes",
        "EGFR L858R",
        "silent",
        "",
    ),
    // Those who had a drug for it are shut out, and not all who have it.
    (
        "Inclusion Criteria:\n* EGFR L858R\n\nExclusion Criteria:\n* EGFR mutation previously treated with a third-generation inhibitor",
        "EGFR L858R",
        "targets",
        "L858R",
    ),
    // Each line of a list is for its tumour.
    (
        "Inclusion Criteria:\n* Renal cell cancer: progression on a doublet\n* Lung cancer: progression on an antibody\n* HER2-negative, hormone-sensitive breast cancer: progression on a CDK inhibitor",
        "HER2 amplification",
        "allows",
        "HER2-negative",
    ),
    // A syndrome is of those born with the alteration; a tumour's own doesn't tell.
    (
        "Inclusion Criteria:\n* Von Hippel-Lindau disease with a renal tumour",
        "VHL mutation",
        "allows",
        "Von Hippel-Lindau",
    ),
    (
        "Exclusion Criteria:\n* Neurofibromatosis type 1",
        "NF1 mutation",
        "silent",
        "",
    ),
    (
        "Inclusion Criteria:\n* A tumour with an inactivating NF1 mutation",
        "NF1 mutation",
        "targets",
        "NF1",
    ),
    // A gene's whole name, where its symbol is left out; another gene's name that begins so.
    (
        "Exclusion Criteria:\n* Participants with epidermal growth factor receptor mutations",
        "EGFR L858R",
        "excludes",
        "epidermal growth factor receptor",
    ),
    (
        "Exclusion Criteria:\n* Human epidermal growth factor receptor 2 positive tumours",
        "EGFR L858R",
        "silent",
        "",
    ),
    // Changes before "activating" say which; others of the gene are not meant.
    (
        "Inclusion Criteria:\n* NSCLC with either the L858R or exon 19 deletion activating EGFR mutation",
        "EGFR exon 20 insertion",
        "excludes",
        "L858R",
    ),
    // A drug that somebody is eligible for is no door to the trial.
    (
        "Inclusion Criteria:\n* NSCLC with uncommon EGFR mutations that are eligible for afatinib therapy",
        "EGFR L858R",
        "excludes",
        "uncommon",
    ),
    // The denial ends with what it denies.
    (
        "Inclusion Criteria:\n* No effective therapy, or participants with a KRAS mutant tumour",
        "KRAS G12V",
        "targets",
        "KRAS",
    ),
    (
        "Inclusion Criteria:\n* Triple-negative (by the guideline), HER2-positive, or oestrogen-receptor-positive tumour",
        "HER2 amplification",
        "targets",
        "HER2-positive",
    ),
    // What is shut out is another alteration of the gene: this one may come.
    ("Exclusion Criteria:\n* KRAS G12C", "KRAS G12D", "allows", "KRAS G12C"),
    // Whoever has the disease has the fusion, in whatever line of a list it is shut out.
    (
        "Inclusion Criteria:\nOne of the following:\n* Untreated AML (excluding APL)\n* Relapsed MDS",
        "PML::RARA fusion",
        "excludes",
        "excluding APL",
    ),
    // What knowledge tells of is asked of nobody.
    (
        "Inclusion Criteria:\n* Liposarcoma; the rate of RB1 loss in it is 1 %, and needs no test",
        "RB1 loss",
        "silent",
        "",
    ),
    // A measure in brackets ends no list of findings.
    (
        "Inclusion Criteria:\n* CCNE1 overexpression (H score > 50) or amplification (more than 7 copies)",
        "CCNE1 amplification",
        "targets",
        "amplification",
    ),
    // A minus that is written onto the next word; a tumour of a list.
    (
        "Inclusion Criteria:\n* Pancreatic cancer, HR+/HER2-breast cancer, lung cancer",
        "HER2 amplification",
        "allows",
        "HER2-breast",
    ),
    // A drug that isn't indicated: whoever has what it is given for can't bring that.
    (
        "Inclusion Criteria:\n* Confirmation that EGFR-directed therapy is not indicated as primary therapy",
        "EGFR L858R",
        "excludes",
        "not indicated",
    ),
    (
        "Inclusion Criteria:\n* Confirmation that ALK-directed therapy is not indicated as primary therapy",
        "ALK R1275Q",
        "allows",
        "not indicated",
    ),
    // Triple-negative says that HER2 is; nothing of its mutations.
    (
        "Inclusion Criteria:\n* Metastatic TNBC",
        "HER2 amplification",
        "excludes",
        "TNBC",
    ),
    (
        "Inclusion Criteria:\n* Metastatic TNBC",
        "ERBB2 exon 20 insertion",
        "allows",
        "TNBC",
    ),
    (
        "Inclusion Criteria:\n* Lung cancer, TNBC, pancreatic cancer",
        "HER2 amplification",
        "allows",
        "TNBC",
    ),
    (
        "Inclusion Criteria:\n* Breast cancer that is HER2 positive or triple negative",
        "HER2 amplification",
        "targets",
        "HER2 positive",
    ),
    // What each cohort denies, the trial does.
    (
        "Inclusion Criteria:\n\nCohort 1: NSCLC with wild-type EGFR and negative ALK fusion gene\n\nCohort 2: NSCLC with an EGFR mutation and negative ALK fusion gene",
        "ALK fusion",
        "excludes",
        "negative ALK",
    ),
    (
        "Inclusion Criteria:\n\nCohort 1: NSCLC with negative ALK fusion gene\n\nCohort 2: NSCLC after a doublet",
        "ALK fusion",
        "allows",
        "negative ALK",
    ),
    // A class by its name alone, a gene by its former one, a signature by the tumour's.
    (
        "Inclusion Criteria:\n* NSCLC with EGFR testing done\n* Presence of a PACC mutation",
        "EGFR L858R",
        "excludes",
        "PACC",
    ),
    (
        "Inclusion Criteria:\n* Ewing sarcoma with evidence of an EWS translocation",
        "EWSR1::FLI1 fusion",
        "targets",
        "EWS",
    ),
    (
        "Inclusion Criteria:\n* All patients who present an MSI CRC",
        "MSI-H",
        "targets",
        "MSI CRC",
    ),
    // What those with the wild type had before, the gene spelled out.
    (
        "Inclusion Criteria:\n* Prior anti-EGFR therapy for rat sarcoma viral oncogene homolog (RAS) wild-type patients",
        "NRAS Q61K",
        "allows",
        "wild-type",
    ),
    // Resistance of a fused kinase stands beside its fusion; neuroblastoma's change stands alone.
    (
        "Inclusion Criteria:\n* Documented ALK rearrangement",
        "ALK G1202R",
        "allows",
        "ALK rearrangement",
    ),
    (
        "Inclusion Criteria:\n* Documented ALK rearrangement",
        "ALK F1174L",
        "excludes",
        "ALK rearrangement",
    ),
    // A line that was full goes on in the next; what is excepted there is left out, whatever subtypes are welcome.
    (
        "\n        Inclusion Criteria:\n\n          1. Acute myeloid leukemia, of any subtype and at any stage, other than acute promyelocytic\n             leukemia, that has come back\n\n          2. Age of 18 years or older\n",
        "PML-RARA fusion",
        "excludes",
        "promyelocytic",
    ),
    (
        "Inclusion Criteria:\n* Acute leukaemia, any subtype, except acute promyelocytic leukaemia (APL)",
        "PML-RARA fusion",
        "excludes",
        "except acute promyelocytic",
    ),
    // A tumour's abbreviation behind a minus is no gene.
    (
        "Inclusion Criteria:\n* A diagnosis of ER+, HER2- ABC by local guidelines",
        "HER2 amplification",
        "excludes",
        "HER2- ABC",
    ),
    // An exon glued to its change asks for no other.
    (
        "Inclusion Criteria:\n* EGFR with an Ex19del or Ex21-L858R substitution",
        "EGFR L861Q",
        "excludes",
        "Ex21-L858R",
    ),
    // What everybody must have is not made up for by what speaks of the gene as a whole.
    (
        "Inclusion Criteria:\n* Treatment-naive, EGFR-mutated lung cancer\n* The tumour harbours EGFR exon 19 deletion or L858R",
        "EGFR exon 20 insertion",
        "excludes",
        "L858R",
    ),
    (
        "Inclusion Criteria:\n* MET amplification in a sample of the tumour; OR\n* Another MET alteration in a sample of blood",
        "MET exon 14 skipping",
        "targets",
        "Another MET alteration",
    ),
    (
        "Inclusion Criteria:\n* For Part 5 only: a tumour with MET amplification\n* For Part 6 only: a tumour with MET mutations",
        "MET exon 14 skipping",
        "targets",
        "MET mutations",
    ),
    // How it is found is said of the alteration, and no status that may be either.
    (
        "Inclusion Criteria:\n* Detection of a specified mutation(s) of PIK3CA via a specified test",
        "PIK3CA E545K",
        "targets",
        "mutation(s) of PIK3CA",
    ),
    // Protein in excess is what a stain is positive for.
    (
        "Inclusion Criteria:\n* CLDN18.2-positive by central pathology",
        "CLDN18 overexpression",
        "targets",
        "CLDN18.2-positive",
    ),
    // Who may also come doesn't come because of it.
    (
        "Inclusion Criteria:\n* Patients known to have EGFR sensitive mutations may also be enrolled if they cannot get the drugs for them",
        "EGFR L858R",
        "allows",
        "may also be enrolled",
    ),
    // A duty of those with the wild type, whose genes are spelled out.
    (
        "Inclusion Criteria:\n* Patients who have a known Kirsten rat sarcoma viral oncogene homolog (KRAS)/v-raf murine sarcoma viral oncogene homolog B (BRAF) wild type tumor should have progressed on cetuximab",
        "BRAF V600E",
        "allows",
        "wild type",
    ),
    // In a list of exclusions each shuts out by itself, whatever joins them.
    (
        "Inclusion Criteria:\n* EGFR mutation\n\nExclusion Criteria:\n* EGFR T790M; or\n* EGFR exon 20 insertion",
        "EGFR T790M",
        "excludes",
        "T790M",
    ),
    // Who is let in by name needn't have what is demanded of the others.
    (
        "Inclusion Criteria:\n* EGFR-mutated lung cancer\n* EGFR exon 19 deletion or L858R\n* Patients with EGFR exon 20 insertions may also be enrolled",
        "EGFR exon 20 insertion",
        "targets",
        "EGFR-mutated",
    ),
    (
        "Inclusion Criteria:\n* RAS-mutant lung cancer\n* KRAS G12C in a sample of the tumour",
        "KRAS G12D",
        "excludes",
        "G12C",
    ),
];
