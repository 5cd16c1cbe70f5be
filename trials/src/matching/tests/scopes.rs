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
    // A list is denied by what stands behind it.
    (
        "Inclusion Criteria:\n* BRAF mutation and RET fusion must both be absent",
        "BRAF V600E",
        "excludes",
        "BRAF",
    ),
    (
        "Inclusion Criteria:\n* MET exon 14 skipping, RET and NTRK fusions have been ruled out",
        "MET exon 14 skipping",
        "excludes",
        "MET",
    ),
    (
        "Inclusion Criteria:\n* BRAF mutation in the primary; RET and ROS1 are negative",
        "BRAF V600E",
        "targets",
        "BRAF",
    ),
    (
        "Inclusion Criteria:\n* A documented negative test result for BRAF mutation and RET fusion",
        "RET fusion",
        "excludes",
        "RET",
    ),
    (
        "Inclusion Criteria:\n* BRAF gene mutation test negative",
        "BRAF V600E",
        "excludes",
        "BRAF",
    ),
    // What happened "in" the next gene is said of that one.
    (
        "Inclusion Criteria:\n* Absence of activating mutations in the BRAF gene or translocations in the ALK gene",
        "BRAF V600E",
        "excludes",
        "BRAF",
    ),
    (
        "Inclusion Criteria:\n* Absence of activating mutations in the BRAF gene or translocations in the ALK gene",
        "ALK fusion",
        "excludes",
        "ALK",
    ),
    // A disease in a list of changes ends no denial, and examples are not what an exception spares.
    (
        "Inclusion Criteria:\n* Must not have other actionable alterations, such as BRAF-mutant NSCLC, RET fusion or ROS1 fusion",
        "ROS1 fusion",
        "excludes",
        "ROS1",
    ),
    (
        "Inclusion Criteria:\n* Those with an alteration other than BRAF mutation (e.g. RET fusion) must have had treatment for it",
        "RET fusion",
        "allows",
        "RET",
    ),
    // Both values, each with its gene, ask for neither.
    (
        "Inclusion Criteria:\n* HER2-positive or HER2-negative gastric tumour",
        "HER2 amplification",
        "allows",
        "HER2",
    ),
    (
        "Inclusion Criteria:\n* HER2neu amplified tumour",
        "HER2 amplification",
        "targets",
        "HER2neu",
    ),
    // A disease that a fusion defines, and the chromosome that it makes.
    (
        "Inclusion Criteria:\n* Myeloid leukaemia other than acute promyelocytic leukaemia",
        "PML::RARA fusion",
        "excludes",
        "promyelocytic",
    ),
    (
        "Exclusion Criteria:\n* APL with t(15;17)(q24;q21)",
        "PML::RARA fusion",
        "excludes",
        "APL",
    ),
    (
        "Inclusion Criteria:\n* Untreated acute promyelocytic leukemia",
        "PML::RARA fusion",
        "targets",
        "promyelocytic",
    ),
    (
        "Inclusion Criteria:\n* AML (non-APL)",
        "PML::RARA fusion",
        "excludes",
        "APL",
    ),
    (
        "Inclusion Criteria:\n* Ph+ lymphoblastic leukaemia",
        "BCR::ABL1 fusion",
        "targets",
        "Ph+",
    ),
    (
        "Inclusion Criteria:\n* Philadelphia chromosome-negative lymphoblastic leukaemia",
        "BCR::ABL1 fusion",
        "excludes",
        "negative",
    ),
    (
        "Inclusion Criteria:\n* Ph-like lymphoblastic leukaemia, seen by a Ph.D.",
        "BCR::ABL1 fusion",
        "silent",
        "",
    ),
    (
        "Exclusion Criteria:\n* Kinase inhibitors for people with Ph+ leukaemia in the last week",
        "BCR::ABL1 fusion",
        "silent",
        "",
    ),
    // A signature's status is known or makes no difference.
    (
        "Inclusion Criteria:\n* Any endometrial tumour, irrespective of MSI or mismatch repair status",
        "dMMR",
        "allows",
        "repair status",
    ),
    (
        "Inclusion Criteria:\n* MMR status must be known",
        "MSI-H",
        "allows",
        "MMR status",
    ),
    (
        "Inclusion Criteria:\n* Tumours with proficient MMR",
        "dMMR",
        "excludes",
        "proficient",
    ),
    (
        "Inclusion Criteria:\n* Any histology if known to be MSI-H",
        "MSI-H",
        "targets",
        "MSI-H",
    ),
    // A gene's result is asked for, whatever it is; a driver mutation is one of its gene.
    (
        "Inclusion Criteria:\n* People with NRAS and BRAF test results",
        "BRAF V600E",
        "allows",
        "BRAF",
    ),
    (
        "Inclusion Criteria:\n* A valid PIK3CA mutation result from a central laboratory is required",
        "PIK3CA H1047R",
        "allows",
        "PIK3CA",
    ),
    (
        "Exclusion Criteria:\n* BRAF driver mutation without prior BRAF inhibitor",
        "BRAF V600E",
        "allows",
        "BRAF",
    ),
    // Other drugs beside the trial's are no other alterations; those who may have had a drug are let in.
    (
        "Inclusion Criteria:\n* A drug in combination with other agents and therapies in adults with RET fusion",
        "RET fusion",
        "targets",
        "RET",
    ),
    (
        "Inclusion Criteria:\n* BRAF V600 mutated participants may have had treatment with a BRAF inhibitor",
        "BRAF V600E",
        "allows",
        "BRAF",
    ),
];
