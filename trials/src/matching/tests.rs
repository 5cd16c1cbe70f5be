//! What the judge says of fictional records, in tables, and what holds of any text.

mod alterations;
mod classes;
mod conditions;
mod rules;
mod scopes;
mod taught;

use self::alterations::ALTERATIONS;
use self::classes::CLASSES;
use self::conditions::CONDITIONS;
use self::rules::RULES;
use self::scopes::SCOPES;
use self::taught::TAUGHT;
use super::*;
use crate::study::{Arm, OverallStatus, Study};
use proptest::prelude::*;

fn study(title: &str) -> Study {
    Study {
        status: OverallStatus::Recruiting,
        conditions: vec!["Cancer".into()],
        arms: vec![Arm {
            label: "Drug".into(),
            description: None,
        }],
        ..Study::bare("NCT00000001".parse().unwrap(), title.into())
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
    for (text, mutation, stance, words) in ALTERATIONS
        .iter()
        .chain(CLASSES)
        .chain(CONDITIONS)
        .chain(RULES)
        .chain(SCOPES)
        .chain(TAUGHT)
    {
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
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
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
