//! Fictional criteria that name classes, and classes asked of criteria that name their members.

/// Fictional criteria: the text, the mutation, the stance, and words that the first quote must hold.
pub(super) const CLASSES: &[(&str, &str, &str, &str)] = &[
    // A class asked for, by the class, by a wider one, by its members.
    (
        "Inclusion Criteria:\n* EGFR sensitizing mutation",
        "EGFR sensitizing mutation",
        "targets",
        "sensitizing",
    ),
    (
        "Inclusion Criteria:\n* EGFR mutation-positive lung cancer",
        "EGFR sensitizing mutation",
        "targets",
        "EGFR mutation",
    ),
    (
        "Inclusion Criteria:\n* EGFR L858R mutation",
        "EGFR sensitizing mutation",
        "allows",
        "L858R",
    ),
    (
        "Inclusion Criteria:\n* EGFR exon 19 deletion or L858R",
        "EGFR sensitizing mutation",
        "allows",
        "exon 19 deletion or L858R",
    ),
    (
        "Inclusion Criteria:\n* EGFR exon 19 deletion or L858R",
        "EGFR common mutation",
        "targets",
        "exon 19 deletion or L858R",
    ),
    (
        "Exclusion Criteria:\n* EGFR sensitizing mutation",
        "EGFR sensitizing mutation",
        "excludes",
        "sensitizing",
    ),
    (
        "Exclusion Criteria:\n* EGFR or ALK alterations",
        "EGFR uncommon mutation",
        "excludes",
        "EGFR",
    ),
    (
        "Inclusion Criteria:\n* Uncommon EGFR mutations",
        "EGFR uncommon mutation",
        "targets",
        "Uncommon",
    ),
    (
        "Inclusion Criteria:\n* Common EGFR mutations",
        "EGFR G719S",
        "excludes",
        "Common",
    ),
    (
        "Inclusion Criteria:\n* Common EGFR mutations",
        "EGFR L858R",
        "targets",
        "Common",
    ),
    (
        "Inclusion Criteria:\n* EGFR PACC mutation",
        "EGFR G719S",
        "targets",
        "PACC",
    ),
    (
        "Inclusion Criteria:\n* EGFR PACC mutation",
        "EGFR L858R",
        "excludes",
        "PACC",
    ),
    // BRAF by class.
    (
        "Inclusion Criteria:\n* BRAF class II or III mutation",
        "BRAF K601E",
        "targets",
        "class II or III",
    ),
    (
        "Inclusion Criteria:\n* BRAF class II or III mutation",
        "BRAF D594G",
        "targets",
        "class II or III",
    ),
    (
        "Inclusion Criteria:\n* BRAF class II or III mutation",
        "BRAF V600E",
        "excludes",
        "class II or III",
    ),
    (
        "Inclusion Criteria:\n* BRAF class II mutation",
        "BRAF class II mutation",
        "targets",
        "class II",
    ),
    (
        "Inclusion Criteria:\n* BRAF V600E mutation",
        "BRAF class II mutation",
        "excludes",
        "V600E",
    ),
    (
        "Inclusion Criteria:\n* BRAF non-V600 mutation",
        "BRAF class II mutation",
        "targets",
        "non-V600",
    ),
    (
        "Inclusion Criteria:\n* BRAF mutation\nExclusion Criteria:\n* Heart failure, NYHA class III",
        "BRAF V600E",
        "targets",
        "BRAF",
    ),
    // All but one.
    (
        "Inclusion Criteria:\n* KRAS G12C mutation",
        "KRAS non-G12C",
        "excludes",
        "G12C",
    ),
    (
        "Inclusion Criteria:\n* KRAS mutation other than G12C",
        "KRAS non-G12C",
        "targets",
        "other than",
    ),
    (
        "Inclusion Criteria:\n* KRAS G12D mutation",
        "KRAS non-G12C",
        "allows",
        "G12D",
    ),
    // Low is no amplification.
    (
        "Inclusion Criteria:\n* HER2-low breast cancer",
        "HER2-low",
        "targets",
        "HER2-low",
    ),
    (
        "Inclusion Criteria:\n* HER2-low breast cancer",
        "HER2 amplification",
        "excludes",
        "HER2-low",
    ),
    (
        "Inclusion Criteria:\n* HER2-positive breast cancer",
        "HER2-low",
        "excludes",
        "HER2-positive",
    ),
    // What no gene is altered in.
    (
        "Inclusion Criteria:\n* 1p/19q codeletion",
        "1p/19q codeletion",
        "targets",
        "1p/19q",
    ),
    (
        "Inclusion Criteria:\n* MGMT promoter methylated glioblastoma",
        "MGMT promoter methylation",
        "targets",
        "MGMT",
    ),
    (
        "Inclusion Criteria:\n* MGMT promoter unmethylated glioblastoma",
        "MGMT promoter methylation",
        "excludes",
        "MGMT",
    ),
    // Another gene's class says nothing.
    (
        "Inclusion Criteria:\n* Estrogen receptor at least 10% and HER2 low.",
        "ESR1 mutation",
        "silent",
        "",
    ),
];
