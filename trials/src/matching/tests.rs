use super::*;
use crate::study::{Arm, OverallStatus, Sex, Study};
use proptest::prelude::*;

/// Fictional criteria: the text, the mutation, the stance, and words that the first quote must hold.
const TABLE: &[(&str, &str, &str, &str)] = &[
    // Substitutions.
    (
        "Inclusion Criteria:\n* EGFR L858R mutation",
        "EGFR L858R",
        "targets",
        "EGFR L858R",
    ),
    (
        "Inclusion Criteria:\n* EGFR p.Leu858Arg",
        "EGFR L858R",
        "targets",
        "Leu858Arg",
    ),
    (
        "Inclusion Criteria:\n* EGFR mutation (L858R and/or ex19del)",
        "EGFR L858R",
        "targets",
        "L858R",
    ),
    (
        "Inclusion Criteria:\n* EGFR mutation (L858R and/or ex19del)",
        "EGFR G719S",
        "excludes",
        "L858R",
    ),
    (
        "Inclusion Criteria:\n* KRAS p.G12C mutation",
        "KRAS G12C",
        "targets",
        "p.G12C",
    ),
    (
        "Inclusion Criteria:\n* KRAS G12C/D/V",
        "KRAS G12V",
        "targets",
        "G12C/D/V",
    ),
    (
        "Inclusion Criteria:\n* KRAS G12C/D/V",
        "KRAS G13D",
        "excludes",
        "G12C/D/V",
    ),
    (
        "Inclusion Criteria:\n* A G12A, G12D or G13D KRAS mutation",
        "KRAS G12D",
        "targets",
        "G12D",
    ),
    ("Inclusion Criteria:\n* KRAS G12X", "KRAS G12D", "targets", "G12X"),
    (
        "Inclusion Criteria:\n* BRAF V600 mutation",
        "BRAF V600K",
        "targets",
        "V600",
    ),
    (
        "Inclusion Criteria:\n* BRAFV600 mutation",
        "BRAF V600E",
        "targets",
        "BRAFV600",
    ),
    (
        "Inclusion Criteria:\n* BRAF V600E/K mutant melanoma",
        "BRAF V600K",
        "targets",
        "V600E/K",
    ),
    (
        "Inclusion Criteria:\n* BRAF V600 mutation",
        "BRAF K601E",
        "excludes",
        "V600",
    ),
    (
        "Inclusion Criteria:\n* KRAS exon 2 mutation",
        "KRAS G12C",
        "targets",
        "exon 2",
    ),
    (
        "Inclusion Criteria:\n* FLT3 TKD mutation",
        "FLT3 D835Y",
        "targets",
        "TKD",
    ),
    ("Inclusion Criteria:\n* FLT3-ITD", "FLT3 D835Y", "excludes", "FLT3-ITD"),
    (
        "Inclusion Criteria:\n* FLT3-ITD positive AML",
        "FLT3-ITD",
        "targets",
        "FLT3-ITD",
    ),
    // Exon events.
    (
        "Inclusion Criteria:\n* EGFR exon 19 deletion",
        "EGFR exon 19 deletion",
        "targets",
        "exon 19",
    ),
    (
        "Inclusion Criteria:\n* EGFR ex20ins",
        "EGFR exon 20 insertion",
        "targets",
        "ex20ins",
    ),
    (
        "Inclusion Criteria:\n* EGFR exon 20 insertion mutation",
        "EGFR L858R",
        "excludes",
        "exon 20",
    ),
    (
        "Inclusion Criteria:\n* MET exon 14 skipping",
        "MET exon 14 skipping",
        "targets",
        "exon 14",
    ),
    (
        "Inclusion Criteria:\n* METex14 skipping mutation",
        "MET exon 14 skipping",
        "targets",
        "METex14",
    ),
    (
        "Exclusion Criteria:\n* EGFR exon 20 insertion",
        "EGFR exon 20 insertion",
        "excludes",
        "exon 20",
    ),
    // Fusions.
    (
        "Inclusion Criteria:\n* ALK rearrangement",
        "ALK fusion",
        "targets",
        "ALK",
    ),
    (
        "Inclusion Criteria:\n* ALK-positive NSCLC",
        "ALK fusion",
        "targets",
        "ALK-positive",
    ),
    (
        "Inclusion Criteria:\n* NTRK1/2/3 gene fusion",
        "NTRK1 fusion",
        "targets",
        "NTRK1/2/3",
    ),
    (
        "Inclusion Criteria:\n* ROS1 translocation",
        "ROS1 fusion",
        "targets",
        "ROS1",
    ),
    (
        "Inclusion Criteria:\n* RET fusion",
        "RET M918T",
        "excludes",
        "RET fusion",
    ),
    (
        "Exclusion Criteria:\n* EGFR sensitizing mutation or ALK translocation",
        "ALK fusion",
        "excludes",
        "ALK",
    ),
    (
        "Exclusion Criteria:\n* Known ALK, ROS1 or RET rearrangement",
        "ROS1 fusion",
        "excludes",
        "ROS1",
    ),
    // Amplification, loss.
    (
        "Inclusion Criteria:\n* HER2-positive gastric cancer",
        "HER2 amplification",
        "targets",
        "HER2-positive",
    ),
    (
        "Inclusion Criteria:\n* HER2 overexpression or amplification",
        "HER2 amplification",
        "targets",
        "amplification",
    ),
    (
        "Inclusion Criteria:\n* HER2-negative breast cancer",
        "HER2 amplification",
        "excludes",
        "HER2-negative",
    ),
    (
        "Inclusion Criteria:\n* MET amplification",
        "MET amplification",
        "targets",
        "MET amplification",
    ),
    (
        "Inclusion Criteria:\n* KRAS mutation or amplification",
        "KRAS G12D",
        "targets",
        "KRAS",
    ),
    (
        "Inclusion Criteria:\n* Homozygous loss of MTAP",
        "MTAP deletion",
        "targets",
        "loss of MTAP",
    ),
    (
        "Inclusion Criteria:\n* MTAP-deficient tumor",
        "MTAP deletion",
        "targets",
        "MTAP-deficient",
    ),
    (
        "Inclusion Criteria:\n* PTEN deletion",
        "PTEN loss",
        "targets",
        "PTEN deletion",
    ),
    (
        "Inclusion Criteria:\n* SWI/SNF alterations",
        "SMARCB1 loss",
        "targets",
        "SWI/SNF",
    ),
    // Gene level and classes.
    (
        "Inclusion Criteria:\n* EGFR mutation-positive NSCLC",
        "EGFR L858R",
        "targets",
        "EGFR mutation-positive",
    ),
    (
        "Inclusion Criteria:\n* Activating EGFR mutation",
        "EGFR L858R",
        "targets",
        "EGFR mutation",
    ),
    (
        "Inclusion Criteria:\n* Mutation in BRCA1, BRCA2 or PALB2",
        "PALB2 mutation",
        "targets",
        "PALB2",
    ),
    (
        "Inclusion Criteria:\n* BRCA1/2 mutation",
        "BRCA2 mutation",
        "targets",
        "BRCA1/2",
    ),
    (
        "Inclusion Criteria:\n* HRR gene mutation",
        "BRCA1 mutation",
        "targets",
        "HRR",
    ),
    (
        "Inclusion Criteria:\n* RAS mutant tumor",
        "NRAS Q61R",
        "targets",
        "RAS mutant",
    ),
    (
        "Inclusion Criteria:\n* At least one TP53 mutation",
        "TP53 R175H",
        "targets",
        "TP53",
    ),
    ("Exclusion Criteria:\n* RAS mutation", "KRAS G12D", "excludes", "RAS"),
    (
        "Exclusion Criteria:\n* Targetable driver alterations",
        "ROS1 fusion",
        "excludes",
        "driver",
    ),
    // Signatures.
    (
        "Inclusion Criteria:\n* MSI-H or dMMR tumor",
        "MSI-H",
        "targets",
        "MSI-H",
    ),
    ("Exclusion Criteria:\n* dMMR tumor", "dMMR", "excludes", "dMMR"),
    ("Inclusion Criteria:\n* MSS or pMMR", "MSI-H", "excludes", "MSS"),
    ("Inclusion Criteria:\n* TMB-H", "TMB-H", "targets", "TMB-H"),
    (
        "Exclusion Criteria:\n* Tumors that are HRD positive",
        "HRD",
        "excludes",
        "HRD",
    ),
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
    ("Inclusion Criteria:\n* BRAF wild type: after PD-1\n* Patients with BRAF mutation must have received BRAF therapy", "BRAF V600E", "allows", "BRAF mutation"),
    ("Inclusion Criteria:\n* Trastuzumab is required for patients who have HER2 overexpressing tumors", "HER2 amplification", "allows", "HER2"),
    ("Inclusion Criteria:\n* EGFR exon 19 deltion or exon 21 (L858R)", "EGFR L858R", "targets", "L858R"),
    ("Inclusion Criteria:\n* Negative for EGFR, ALK and ROS1 actionable genomic alterations", "RET fusion", "silent", ""),
    ("Inclusion Criteria:\n* Confirmed positive PIK3CA mutation status", "PIK3CA H1047R", "targets", "PIK3CA"),
    ("Exclusion Criteria:\n* Inability to document a PIK3CA mutation", "PIK3CA H1047R", "silent", ""),
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

fn study(title: &str) -> Study {
    Study {
        nct_id: "NCT00000001".parse().unwrap(),
        brief_title: title.into(),
        official_title: None,
        acronym: None,
        status: OverallStatus::Recruiting,
        last_known_status: None,
        start: None,
        updated: None,
        phases: Vec::new(),
        conditions: vec!["Cancer".into()],
        keywords: Vec::new(),
        condition_terms: Vec::new(),
        arms: vec![Arm {
            label: "Drug".into(),
            description: None,
        }],
        interventions: Vec::new(),
        summary: None,
        sponsor: None,
        sex: Sex::All,
        minimum_age: None,
        maximum_age: None,
        sites: Vec::new(),
    }
}

fn check(record: Record<'_>, finding: &Finding) {
    assert_eq!(finding.evidence.is_empty(), finding.stance == Stance::Silent);
    assert!(finding.evidence.len() <= Finding::EVIDENCE_MAX);
    for evidence in &finding.evidence {
        let quote = evidence.quote(record);
        assert!(!quote.is_empty());
        assert!(evidence.source.text(record).contains(quote));
        assert!(quote.chars().count() <= Evidence::QUOTE_MAX);
    }
}

#[test]
fn fictional_criteria_are_judged_as_a_tumour_board_would() {
    let study = study("A trial");
    let mut wrong = Vec::new();
    for (text, mutation, stance, words) in TABLE {
        let record = Record {
            study: &study,
            eligibility: text,
        };
        let finding = Judge::new(&Mutation::read(mutation).unwrap()).judge(record);
        check(record, &finding);
        let quote = finding.evidence.first().map_or("", |e| e.quote(record));
        if finding.stance.as_str() != *stance || !quote.contains(words) {
            wrong.push(format!(
                "{mutation}: {text:?}\n    {} expected, judged {finding:?}",
                stance
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        TABLE.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_title_decides_where_the_criteria_are_silent() {
    let study = study("Drug in KRAS G12C-mutated lung cancer");
    let record = Record {
        study: &study,
        eligibility: "Adults.",
    };
    let stance = |name| Judge::new(&Mutation::read(name).unwrap()).judge(record).stance;
    assert_eq!(stance("KRAS G12C"), Stance::Targets);
    assert_eq!(stance("KRAS G12D"), Stance::Excludes);
}

#[test]
fn a_quote_of_a_foreign_record_is_empty_or_its_own() {
    let (one, other) = (study("A trial"), study("B"));
    let record = Record {
        study: &one,
        eligibility: "Inclusion Criteria:\n* EGFR L858R",
    };
    let finding = Judge::new(&Mutation::read("EGFR L858R").unwrap()).judge(record);
    for evidence in &finding.evidence {
        assert_eq!(
            evidence.quote(Record {
                study: &other,
                eligibility: "é"
            }),
            ""
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_and_quoted_within_bounds(
        text in "(?s)(EGFR|HER2|KRAS|BRAF V600E?|L858R| mutation|exon 19 |deletion|no |without |wild-type|other than |\\(|\\)|; |\\. |\n\\* |Exclusion Criteria:\n|Inclusion Criteria|≥é|if |/D|, |status|[a-zA-Z0-9 ]{0,9}|.){0,80}",
        name in prop::sample::select(vec!["EGFR L858R", "HER2 amplification", "KRAS G12D", "BRAF V600E", "MSI-H"]),
    ) {
        let study = study(&text);
        let record = Record { study: &study, eligibility: &text };
        check(record, &Judge::new(&Mutation::read(name).unwrap()).judge(record));
    }
}
