//! Fictional criteria by how far a word reaches: brackets, lists of numbers, changes that stand for their gene.

/// Fictional criteria: the text, the mutation, the stance, and words that the first quote must hold.
pub(super) const SCOPES: &[(&str, &str, &str, &str)] = &[
    // A bracket that is closed denies nothing behind it.
    (
        "Inclusion Criteria:\n* KRAS wild-type (no change in codon 12) and wild-type NRAS (no change in codon 61)",
        "NRAS Q61K",
        "excludes",
        "wild-type NRAS",
    ),
    // "Negative for" a bare gene is the wild type; "negative for mutations" denies them.
    (
        "Inclusion Criteria:\n* Biopsy tested negative for ROS1 and ALK",
        "ALK fusion",
        "excludes",
        "negative",
    ),
    (
        "Inclusion Criteria:\n* BRAF V600E mutation and negative for ALK and ROS1",
        "BRAF V600E",
        "targets",
        "V600E",
    ),
    (
        "Inclusion Criteria:\n* NSCLC that is negative for ROS1 and RET rearrangements",
        "RET fusion",
        "excludes",
        "negative",
    ),
    // Numbers after a family name its members, however they are joined.
    (
        "Inclusion Criteria:\n* Tumour with an aberration within FGFR 1, 3 or 4",
        "FGFR3 S249C",
        "targets",
        "FGFR",
    ),
    (
        "Inclusion Criteria:\n* Tumour with an aberration within FGFR 1, 3 or 4",
        "FGFR2 fusion",
        "silent",
        "",
    ),
    (
        "Inclusion Criteria:\n* Germline BRCA1 and/or 2 mutation",
        "BRCA2 mutation",
        "targets",
        "BRCA1 and/or 2",
    ),
    // A change stands for its gene where the record names that elsewhere.
    (
        "Inclusion Criteria:\n* The tumour carries L858R or an exon 19 deletion\n* Tissue for central EGFR testing",
        "EGFR amplification",
        "excludes",
        "L858R",
    ),
    (
        "Inclusion Criteria:\n* The tumour carries L858R or an exon 19 deletion\n* Tissue for central EGFR testing",
        "EGFR exon 19 deletion",
        "targets",
        "exon 19",
    ),
    // The plural is left open by many hands.
    (
        "Inclusion Criteria:\n* Proof of eligible mutation(s) of PIK3CA in plasma",
        "PIK3CA H1047R",
        "targets",
        "PIK3CA",
    ),
    // A deficiency is a loss of function, however it came about.
    (
        "Inclusion Criteria:\n* BRCA2-deficient prostate cancer",
        "BRCA2 mutation",
        "targets",
        "BRCA2",
    ),
    (
        "Inclusion Criteria:\n* Sarcoma deficient in SMARCB1",
        "SMARCB1 loss",
        "targets",
        "SMARCB1",
    ),
    // A bracket in the list of diseases may be what shuts out.
    (
        "Inclusion Criteria:\n* T-cell lymphoma of any kind (those that are ALK+ were excluded)",
        "ALK fusion",
        "excludes",
        "ALK+",
    ),
    // A low value of a signature is its opposite.
    (
        "Inclusion Criteria:\n* Colorectal cancer with microsatellite instability (MSI)-low or a stable phenotype",
        "MSI-H",
        "excludes",
        "low",
    ),
    // What the wild type must have had, the mutated needn't.
    (
        "Inclusion Criteria:\n* Patients who have a documented KRAS wild-type tumour must have failed cetuximab",
        "KRAS G12D",
        "allows",
        "KRAS",
    ),
    // Several at once are shut out, one is not.
    (
        "Exclusion Criteria:\n* Carriers of more than one BRCA1 or BRCA2 mutation",
        "BRCA1 mutation",
        "silent",
        "",
    ),
    // "i.e." spells out what is asked for.
    (
        "Inclusion Criteria:\n* A common mutation of the EGFR gene, i.e., L858R or exon 19 deletion",
        "EGFR S768I",
        "excludes",
        "L858R",
    ),
    // What is taken beside another alteration is not taken alone.
    (
        "Inclusion Criteria:\n* EGFR L858R. Rare EGFR mutations such as S768I are permitted if they co-occur with it",
        "EGFR S768I",
        "excludes",
        "L858R",
    ),
    // An exclusion of all drivers spares what it excepts by name.
    (
        "Inclusion Criteria:\n* HER2 mutation\nExclusion Criteria:\n* Driver alterations with the exception of an activating HER2 mutation",
        "HER2 V777L",
        "targets",
        "HER2 mutation",
    ),
    // Tissue for a test of the status asks for no status.
    (
        "Inclusion Criteria:\n* A tissue block for determination of KRAS status",
        "KRAS G12D",
        "silent",
        "",
    ),
    (
        "Inclusion Criteria:\n* Known KRAS status",
        "KRAS G12D",
        "allows",
        "KRAS status",
    ),
    // The value of a status may stand behind it.
    (
        "Inclusion Criteria:\n* EGFR mutational status negative or not determinable",
        "EGFR L861Q",
        "excludes",
        "negative",
    ),
    (
        "Inclusion Criteria:\n* Progression on an EGFR inhibitor\n* Central proof of T790M+ status",
        "EGFR amplification",
        "excludes",
        "T790M+",
    ),
    // A fusion is asked for: a resistance mutation stands beside one, any other does not.
    (
        "Inclusion Criteria:\n* Documented ALK rearrangement",
        "ALK G1202R",
        "allows",
        "ALK rearrangement",
    ),
    (
        "Inclusion Criteria:\n* Documented ALK rearrangement",
        "ALK R1275Q",
        "excludes",
        "ALK rearrangement",
    ),
    // HER2's protein says nothing of its mutation.
    (
        "Inclusion Criteria:\n* HER2 overexpression",
        "HER2 V777L",
        "excludes",
        "overexpression",
    ),
    // A requirement that is dropped for some shuts nobody out.
    (
        "Inclusion Criteria:\n* HER2 positivity by IHC (this requirement is excluded at the first dose level)",
        "HER2 amplification",
        "targets",
        "HER2 positivity",
    ),
    // The exon behind a change says where it lies.
    (
        "Inclusion Criteria:\n* Rare EGFR mutations: G719X, or one of the L861Q mutations in exon 21",
        "EGFR L858R",
        "excludes",
        "L861Q",
    ),
    // In the bracket behind a tumour it is asked of that tumour alone.
    (
        "Inclusion Criteria:\n* Melanoma, gastric cancer (HER2-positive), ovarian cancer",
        "HER2 V777L",
        "allows",
        "HER2-positive",
    ),
    // K-RAS is a gene, and not its family.
    (
        "Inclusion Criteria:\n* K-RAS wild-type tumour",
        "NRAS Q61R",
        "silent",
        "",
    ),
];
