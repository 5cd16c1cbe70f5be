//! What is written is read back as it was, and nothing else is.

use super::*;
use crate::candidates::{Packer, SetKey};
use crate::registry::Set;
use proptest::prelude::*;
use trials::Mutation;

const REGISTRY: &str = "https://registry.example/api/v2";

fn key() -> Key {
    let subject = Mutation::read("EGFR L858R").unwrap().subjects()[0];
    Key::Candidates(SetKey {
        subject,
        set: Set::Open,
    })
}

fn vintage() -> Vintage {
    Vintage {
        fetched_at: Instant::now(),
        under: Some(Sighting {
            version: RegistryVersion::read("2026-11-20T09:00:05").unwrap(),
            at: Instant::now(),
        }),
    }
}

/// A set of two studies that says something in every field.
fn set() -> Content {
    let Key::Candidates(key) = key() else { unreachable!() };
    let mut packer = Packer::new(key.subject).unwrap();
    let study = |number: u32| Study {
        nct_id: format!("NCT{number:08}").parse().unwrap(),
        brief_title: "Fictimab in EGFR-mutated lung cancer".into(),
        official_title: Some("A study of fictimab".into()),
        acronym: Some("FICTION".into()),
        status: OverallStatus::Recruiting,
        last_known_status: Some(OverallStatus::Suspended),
        start: Date::from_registry("2026-02"),
        updated: Date::from_registry("2026-11-03"),
        phases: vec![Phase::Phase1, Phase::Phase2],
        conditions: vec!["Lung Cancer".into()],
        keywords: vec!["EGFR".into()],
        condition_terms: vec!["Lung Neoplasms".into()],
        arms: vec![StudyArm {
            label: "Cohort A".into(),
            description: Some("fictimab daily".into()),
        }],
        interventions: vec![StudyIntervention {
            name: "fictimab".into(),
            other_names: vec!["FB-1".into()],
        }],
        summary: Some("Whether fictimab helps.".into()),
        sponsor: Some("Nobody".into()),
        sex: Sex::Female,
        minimum_age: Some(Age::years(18)),
        maximum_age: "6 months".parse().ok(),
        sites: PLACES
            .share(
                [places::Spelled {
                    facility: Some("North Clinic"),
                    city: Some("Lyon"),
                    state: None,
                    country: Some("France"),
                    point: Some(Point {
                        latitude: 45.76,
                        longitude: 4.84,
                    }),
                }]
                .into_iter(),
            )
            .into_iter()
            .map(|place| study::Site {
                place,
                status: Some(OverallStatus::Withdrawn),
            })
            .collect(),
    };
    let eligibility = "Inclusion Criteria:\n\n* EGFR L858R or exon 19 deletion, ≥ 18 years";
    let studies = [1, 2].map(|number| Arc::new(packer.pack(study(number), eligibility).unwrap().unwrap()));
    Content::Candidates(Arc::new(Candidates {
        key,
        flight: FlightNumber(7),
        studies: studies.into(),
        expression: Essie::candidates(key.subject),
        vintage: vintage(),
        unreadable: 3,
        capped: true,
    }))
}

fn read(entry: &[u8]) -> Option<Content> {
    decode(entry, key(), FlightNumber(8), REGISTRY, 2000, Moment::now())
}

fn entry() -> Vec<u8> {
    encode(&set(), REGISTRY, 2000, Moment::now()).unwrap()
}

#[tokio::test]
async fn a_set_is_read_back_as_it_was_written() {
    let written = set();
    let (Content::Candidates(written), Some(Content::Candidates(back))) = (&written, read(&entry())) else {
        panic!("a set")
    };
    assert_eq!(written.studies, back.studies);
    assert!(Arc::ptr_eq(
        &written.studies[0].study.sites[0].place,
        &back.studies[1].study.sites[0].place
    ));
    assert_eq!((back.unreadable, back.capped, back.flight), (3, true, FlightNumber(8)));
    let (at, was) = (back.vintage.fetched_at, written.vintage.fetched_at);
    assert!(at.max(was) - at.min(was) < Duration::from_secs(1));
    let version = |of: &Vintage| of.under.as_ref().map(|seen| seen.version.clone());
    assert_eq!(version(&written.vintage), version(&back.vintage));
}

#[tokio::test]
async fn what_another_registry_said_or_another_bound_cut_is_not_taken() {
    let entry = entry();
    assert!(
        decode(
            &entry,
            key(),
            FlightNumber(1),
            "https://elsewhere.example",
            2000,
            Moment::now()
        )
        .is_none()
    );
    assert!(decode(&entry, key(), FlightNumber(1), REGISTRY, 100, Moment::now()).is_none());
    let trial = Key::Trial("NCT00000001".parse().unwrap());
    assert!(decode(&entry, trial, FlightNumber(1), REGISTRY, 2000, Moment::now()).is_none());
    let mut other_format = entry;
    other_format[MAGIC.len()] += 1;
    assert!(read(&other_format).is_none());
}

#[tokio::test]
async fn an_entry_with_a_byte_changed_or_missing_is_nothing_or_as_it_was() {
    let entry = entry();
    let Content::Candidates(written) = set() else {
        unreachable!()
    };
    for at in 0..entry.len() {
        let mut damaged = entry.clone();
        damaged[at] ^= 0x20;
        // A bit that the packer does not use changes nothing.
        if let Some(Content::Candidates(back)) = read(&damaged) {
            assert_eq!(back.studies, written.studies, "byte {at}");
        }
        assert!(read(&entry[..at]).is_none(), "cut at {at}");
    }
}

#[tokio::test]
async fn an_entry_from_before_the_machine_started_keeps_its_age() {
    let now = Moment::now();
    let week_ago = now.unix_ms - 7 * 24 * 3600 * 1000;
    let at = now.instant(week_ago).unwrap();
    assert_eq!(now.millis(at), week_ago);
    // A clock that is ahead elsewhere does not put a fetch into our future.
    assert_eq!(now.instant(now.unix_ms + 5000), Some(now.instant));
}

proptest! {
    #[test]
    fn no_bytes_bring_more_than_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(read(&bytes).is_none());
        prop_assert!(read(&[MAGIC, &FORMAT.to_le_bytes(), &bytes].concat()).is_none());
    }
}
