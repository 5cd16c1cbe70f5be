//! What every reader of foreign bytes keeps to, whatever the bytes are. Called by libFuzzer with what it makes up, and
//! by `tests/hostile` with the corpus that is kept, so that these promises are tried without it too.

use clinical_trials_mcp::registry::foreign;
use std::sync::LazyLock;
use trials::eligibility::Eligibility;
use trials::matching::{Evidence, Finding, Judge, Stance};
use trials::mutation::Subject;
use trials::query::Naming;
use trials::study::{NctId, OverallStatus};
use trials::{Mutation, Record, Study};

/// A text is a mutation, which its canonical name and its spellings lead back to, or it is refused in one harmless line.
pub fn mutation(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Mutation::read(&text) {
        Ok(mutation) => {
            let canonical = mutation.to_string();
            assert_eq!(Mutation::read(&canonical), Ok(mutation.clone()), "{canonical}");
            for spelling in mutation.spellings() {
                assert_eq!(Mutation::read(&spelling), Ok(mutation.clone()), "{spelling}");
            }
            assert!(!mutation.subjects().is_empty(), "{canonical} is asked for by nothing");
        }
        Err(refusal) => {
            let message = refusal.to_string();
            assert!(
                !message.is_empty() && !message.contains(char::is_control),
                "{message:?}"
            );
        }
    }
}

/// Criteria stand in the text, one behind the other, and so does every quote of a finding.
pub fn eligibility(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    criteria_stand_in(&text);
    let study = study();
    judged(Record {
        study: &study,
        eligibility: &text,
    });
}

/// JSON is a page or a record or neither; what is read of it can be judged and shown.
pub fn study_json(bytes: &[u8]) {
    if let Some(page) = foreign::page(bytes) {
        for (study, eligibility) in &page.studies {
            criteria_stand_in(eligibility);
            judged(Record { study, eligibility });
        }
    }
    if let Some(record) = foreign::record(bytes) {
        assert!(
            record.bytes_held() < 64 * bytes.len() + 4096,
            "{} bytes",
            record.bytes_held()
        );
    }
}

fn criteria_stand_in(text: &str) {
    let read = Eligibility::read(text);
    let mut from = 0;
    for (index, criterion) in read.criteria().iter().enumerate() {
        let (start, end) = (criterion.span.start as usize, criterion.span.end as usize);
        assert!(from <= start && start < end, "{start}..{end} behind {from}");
        assert!(text.get(start..end).is_some(), "{start}..{end} of {}", text.len());
        assert_eq!(read.at(start), Some(index));
        assert!(criterion.parent.is_none_or(|parent| (parent as usize) < index));
        from = end;
    }
    for criterion in trials::record::numbered(text) {
        assert!(text.contains(criterion.text));
        assert!(criterion.heading == criterion.number.is_none());
    }
}

fn judged(record: Record<'_>) {
    for (judge, naming) in READY.iter() {
        quoted(&judge.judge(record), record);
        if let Some(name) = naming.found_in(record) {
            assert!(!name.is_empty());
        }
    }
}

fn quoted(finding: &Finding, record: Record<'_>) {
    assert_eq!(
        finding.evidence.is_empty(),
        finding.stance == Stance::Silent,
        "{finding:?}"
    );
    assert!(finding.evidence.len() <= Finding::EVIDENCE_MAX);
    for evidence in &finding.evidence {
        let quote = evidence.quote(record);
        assert!(!quote.is_empty(), "{finding:?}");
        assert!(quote.chars().count() <= Evidence::QUOTE_MAX, "{finding:?}");
        assert!(evidence.source.text(record).contains(quote), "{finding:?}");
    }
}

/// One mutation of each way of reading a record.
static READY: LazyLock<Vec<(Judge, Naming)>> = LazyLock::new(|| {
    [
        "EGFR L858R",
        "ERBB2 amplification",
        "EML4::ALK fusion",
        "MSI-H",
        "NTRK fusion",
        "KRAS G12C",
        "BRCA1 mutation",
    ]
    .into_iter()
    .filter_map(|name| Mutation::read(name).ok())
    .map(|mutation| {
        let subject = mutation.subjects().first().copied();
        (
            Judge::new(&mutation),
            Naming::of(subject.unwrap_or(Subject::Signature(trials::mutation::Signature::MsiHigh))),
        )
    })
    .collect()
});

/// A record that says nothing but its eligibility text.
fn study() -> Study {
    Study {
        status: OverallStatus::Recruiting,
        ..Study::bare(
            NUMBER.parse::<NctId>().unwrap_or_else(|_| unreachable!("{NUMBER}")),
            "A Fictional Study".into(),
        )
    }
}

const NUMBER: &str = "NCT99000001";
