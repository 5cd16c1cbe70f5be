//! Fictional criteria by how they deny, condition or only mention a gene.

/// Fictional criteria: the text, the mutation, the stance, and words that the first quote must hold.
pub(super) const CONDITIONS: &[(&str, &str, &str, &str)] = &[
    // Wild type, denial and exception.
    (
        "Inclusion Criteria:\n* KRAS, NRAS and BRAF wild-type",
        "KRAS G12C",
        "excludes",
        "wild-type",
    ),
    (
        "Inclusion Criteria:\n* No known EGFR mutation",
        "EGFR L858R",
        "excludes",
        "No known",
    ),
    (
        "Inclusion Criteria:\n* Without EGFR mutation or ALK rearrangement",
        "ALK fusion",
        "excludes",
        "Without",
    ),
    (
        "Inclusion Criteria:\n* Negative for EGFR mutations",
        "EGFR L858R",
        "excludes",
        "EGFR",
    ),
    (
        "Inclusion Criteria:\n* Any KRAS mutation other than G12C",
        "KRAS G12D",
        "targets",
        "KRAS",
    ),
    (
        "Inclusion Criteria:\n* Any KRAS mutation other than G12C",
        "KRAS G12C",
        "excludes",
        "other than",
    ),
    (
        "Inclusion Criteria:\n* Patients with EGFR mutation are not eligible",
        "EGFR L858R",
        "excludes",
        "not eligible",
    ),
    // Conditions, status, cohorts.
    (
        "Inclusion Criteria:\n* Patients with EGFR mutations must have progressed on targeted therapy",
        "EGFR L858R",
        "allows",
        "EGFR",
    ),
    (
        "Exclusion Criteria:\n* EGFR mutation, unless progressed on a TKI",
        "EGFR L858R",
        "allows",
        "unless",
    ),
    (
        "Inclusion Criteria:\n* Known BRAF V600 mutation status",
        "BRAF V600E",
        "allows",
        "status",
    ),
    (
        "Inclusion Criteria:\n* Any HER2 status is allowed",
        "HER2 amplification",
        "allows",
        "HER2",
    ),
    (
        "Inclusion Criteria:\n\nCohort A:\n\n* KRAS G12C mutation\n\nCohort B:\n\n* Any tumor",
        "KRAS G12D",
        "allows",
        "G12C",
    ),
    (
        "Inclusion Criteria:\n* EGFR mutation\n\nExclusion Criteria:\n* EGFR exon 20 insertion",
        "EGFR exon 20 insertion",
        "excludes",
        "exon 20",
    ),
    (
        "Inclusion Criteria:\n* BRAF wild type: after PD-1\n* Patients with BRAF mutation must have received BRAF therapy",
        "BRAF V600E",
        "allows",
        "BRAF mutation",
    ),
    (
        "Inclusion Criteria:\n* Trastuzumab is required for patients who have HER2 overexpressing tumors",
        "HER2 amplification",
        "allows",
        "HER2",
    ),
    (
        "Inclusion Criteria:\n* EGFR exon 19 deltion or exon 21 (L858R)",
        "EGFR L858R",
        "targets",
        "L858R",
    ),
    (
        "Inclusion Criteria:\n* Negative for EGFR, ALK and ROS1 actionable genomic alterations",
        "RET fusion",
        "silent",
        "",
    ),
    (
        "Inclusion Criteria:\n* Confirmed positive PIK3CA mutation status",
        "PIK3CA H1047R",
        "targets",
        "PIK3CA",
    ),
    (
        "Exclusion Criteria:\n* Inability to document a PIK3CA mutation",
        "PIK3CA H1047R",
        "silent",
        "",
    ),
    // Mere mention.
    (
        "Inclusion Criteria:\n* eGFR of at least 60 mL/min, no mutation",
        "EGFR L858R",
        "silent",
        "",
    ),
    (
        "Inclusion Criteria:\n* Prior EGFR inhibitor",
        "EGFR L858R",
        "silent",
        "",
    ),
    (
        "Exclusion Criteria:\n* Prior KRAS G12C inhibitor",
        "KRAS G12C",
        "silent",
        "",
    ),
    (
        "Exclusion Criteria:\n* Prior anti-HER2 therapy",
        "HER2 amplification",
        "silent",
        "",
    ),
    (
        "Inclusion Criteria:\n* All criteria met, rested and set",
        "MET amplification",
        "silent",
        "",
    ),
    ("Inclusion Criteria:\n* Age 18 or older", "EGFR L858R", "silent", ""),
    (
        "Inclusion Criteria:\n* ER negative, PR negative",
        "ESR1 D538G",
        "silent",
        "",
    ),
];
