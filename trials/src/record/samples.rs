//! A record for unit tests.

use super::*;

pub(crate) fn record() -> FullRecord {
    let date = |text| Date::from_registry(text);
    FullRecord {
        nct_id: crate::answer::samples::nct_id(99_000_001),
        title: Title {
            brief: "Fictinib in Lung Cancer".into(),
            official: Some("A Randomised Trial of Fictinib".into()),
            acronym: Some("FICT-1".into()),
            former_numbers: vec![],
            other_numbers: vec!["FT-001".into()],
        },
        status: Status {
            overall: Some(OverallStatus::Recruiting),
            start: date("2025-03").map(|date| Milestone {
                date,
                is_actual: Some(true),
            }),
            updated: date("2026-11-01"),
            ..Status::default()
        },
        brief_summary: Some("It is made up.".into()),
        detailed_description: Some("First.\n\nThen:\n\n* one\n* two".into()),
        conditions: vec!["Lung Cancer".into()],
        keywords: vec!["EGFR".into()],
        design: Design {
            study_type: Some("INTERVENTIONAL".into()),
            phases: vec![Phase::Phase1, Phase::Phase2],
            allocation: Some("NON_RANDOMIZED".into()),
            enrollment: Some(120),
            is_enrollment_actual: Some(false),
            ..Design::default()
        },
        eligibility: Eligibility {
            sex: Some(Sex::All),
            minimum_age: Some("18 Years".into()),
            criteria: "Inclusion Criteria:\n\n* EGFR L858R\n* One of:\n\n  * stage \\>= III\n  * metastatic\n\n\
                       Exclusion Criteria:\n\n1. Prior fictinib"
                .into(),
            ..Eligibility::default()
        },
        arms: vec![Arm {
            label: "Escalation".into(),
            kind: Some("EXPERIMENTAL".into()),
            description: None,
            interventions: vec!["Drug: Fictinib".into()],
        }],
        interventions: vec![Intervention {
            name: "Fictinib".into(),
            kind: Some("DRUG".into()),
            description: Some("80 mg once a day".into()),
            other_names: vec!["FT-1".into()],
            arms: vec!["Escalation".into()],
        }],
        outcomes: vec![Outcome {
            rank: Rank::Primary,
            measure: "Response".into(),
            description: None,
            time_frame: Some("24 weeks".into()),
        }],
        contacts: vec![Contact {
            name: Some("Study Desk".into()),
            role: Some("CONTACT".into()),
            phone: Some("+43 1 5550100".into()),
            email: None,
        }],
        sites: vec![
            site("Lyon", Some(OverallStatus::Withdrawn)),
            site("Graz", Some(OverallStatus::Recruiting)),
            site("Seoul", None),
        ],
        sponsor: Sponsor {
            lead: Some("Nobody (fictional)".into()),
            kind: Some("OTHER".into()),
            ..Sponsor::default()
        },
    }
}

fn site(city: &str, status: Option<OverallStatus>) -> Site {
    Site {
        facility: None,
        status,
        city: Some(city.into()),
        state: None,
        country: None,
        contacts: vec![],
    }
}
