//! Filters, paging and the funnel over judged candidates; what a caller is given, before any wire format.
//!
//! No candidate is lost: each is counted once, under its stance, under the first filter that turned it away, or as
//! unreadable.

mod filter;
#[cfg(test)]
pub(crate) mod samples;
mod trial;

pub use trial::{NearSite, Quote, Trial, present};

use crate::matching::{Finding, Stance};
use crate::question::Question;
use crate::ranking::Rank;
use crate::study::Study;
use std::collections::BTreeMap;

/// One candidate and its finding.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The study.
    pub study: &'a Study,
    /// What it means for the mutation.
    pub finding: &'a Finding,
}

/// Which candidates a page shows, and where all the others went. Numbers index the judged slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// This page, best first.
    pub trials: Vec<usize>,
    /// Up to [`Selection::EXCLUDED_MAX`] that a reader might otherwise expect.
    pub excluded: Vec<usize>,
    /// How many trials have a stance that was asked for.
    pub total: usize,
    /// Where the next page starts; none on the last.
    pub next_offset: Option<usize>,
    /// Where every candidate went.
    pub funnel: Funnel,
}

/// Where every candidate went: `candidates = targets + allows + silent + excludes + Σ filtered + unreadable`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// All records fetched that name the subject, and those that couldn't be decoded.
    pub candidates: usize,
    /// After the filters.
    pub targets: usize,
    /// After the filters.
    pub allows: usize,
    /// After the filters.
    pub silent: usize,
    /// After the filters.
    pub excludes: usize,
    /// By the first filter that turned them away, of [`Funnel::FILTERS`].
    pub filtered: BTreeMap<&'static str, usize>,
    /// Records that could not be decoded.
    pub unreadable: usize,
    /// Whether more candidates exist than are kept.
    pub capped: bool,
}

/// What a caller is given: the page, what was shut out, and the funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How many trials have a stance that was asked for.
    pub total: usize,
    /// Where the next page starts; none on the last.
    pub next_offset: Option<usize>,
    /// This page, best first.
    pub trials: Vec<Trial>,
    /// Up to [`Selection::EXCLUDED_MAX`] that a reader might otherwise expect.
    pub excluded: Vec<Trial>,
    /// Where every candidate went.
    pub funnel: Funnel,
}

impl Selection {
    /// The most excluded trials an answer shows.
    pub const EXCLUDED_MAX: usize = 5;
}

impl Funnel {
    /// Every filter by the name it is counted under, in the order in which they are applied.
    pub const FILTERS: [&str; 7] = filter::NAMES;

    /// How many candidates have this stance, after the filters.
    #[must_use]
    pub fn of(&self, stance: Stance) -> usize {
        match stance {
            Stance::Targets => self.targets,
            Stance::Allows => self.allows,
            Stance::Silent => self.silent,
            Stance::Excludes => self.excludes,
        }
    }

    fn count(&mut self, stance: Stance) {
        *match stance {
            Stance::Targets => &mut self.targets,
            Stance::Allows => &mut self.allows,
            Stance::Silent => &mut self.silent,
            Stance::Excludes => &mut self.excludes,
        } += 1;
    }
}

/// Filters, ranks and pages the judged candidates of a question.
///
/// `judged` must hold each study once. `unreadable` and `capped` are of the fetch.
#[must_use]
pub fn select(question: &Question, judged: &[Judged<'_>], unreadable: usize, capped: bool) -> Selection {
    let filters = &question.filters;
    let mut funnel = Funnel {
        candidates: judged.len() + unreadable,
        unreadable,
        capped,
        ..Funnel::default()
    };
    let mut listed = Vec::new();
    let mut excluded = Vec::new();
    for (index, Judged { study, finding }) in judged.iter().enumerate() {
        let km = match filter::pass(filters, study) {
            Ok(km) => km,
            Err(filter) => {
                *funnel.filtered.entry(filter).or_default() += 1;
                continue;
            }
        };
        funnel.count(finding.stance);
        let ranked = (Rank::of(study, finding, km), index);
        if filters.stances.contains(&finding.stance) {
            listed.push(ranked);
        }
        if finding.stance == Stance::Excludes {
            excluded.push(ranked);
        }
    }
    listed.sort_unstable();
    excluded.sort_unstable();
    let next = filters.offset.saturating_add(filters.limit);
    Selection {
        total: listed.len(),
        next_offset: (next < listed.len()).then_some(next),
        trials: page(&listed, filters.offset, filters.limit),
        excluded: page(&excluded, 0, Selection::EXCLUDED_MAX),
        funnel,
    }
}

fn page(ranked: &[(Rank, usize)], offset: usize, limit: usize) -> Vec<usize> {
    ranked
        .iter()
        .skip(offset)
        .take(limit)
        .map(|(_, index)| *index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::samples::{ask, finding, question, site, study};
    use super::*;
    use crate::question::{Filters, RawFilters};
    use crate::study::{NctId, OverallStatus, Phase, Sex};
    use proptest::prelude::*;

    #[test]
    fn each_filter_turns_away_what_it_should_under_its_own_name() {
        let raw = RawFilters::default;
        let text = |value: &str| Some(value.to_owned());
        let mut trial = study(1);
        trial.sex = Sex::Female;
        trial.minimum_age = "18 Years".parse().ok();
        trial.maximum_age = "75 Years".parse().ok();
        trial.sites = vec![
            site("Berlin", "Germany", 52.52, 13.405, None),
            site(
                "Seoul",
                "Korea, Republic of",
                37.57,
                126.98,
                Some(OverallStatus::Completed),
            ),
        ];
        for (filters, outcome) in [
            (raw(), None),
            (
                RawFilters {
                    status: vec!["not yet recruiting".into()],
                    ..raw()
                },
                Some("status"),
            ),
            (
                RawFilters {
                    phase: vec!["1/2".into()],
                    ..raw()
                },
                None,
            ),
            (
                RawFilters {
                    phase: vec!["3".into()],
                    ..raw()
                },
                Some("phase"),
            ),
            (
                RawFilters {
                    condition: text("uveal melanoma"),
                    ..raw()
                },
                None,
            ),
            (
                RawFilters {
                    condition: text("AML"),
                    ..raw()
                },
                Some("condition"),
            ),
            (
                RawFilters {
                    country: text("DE"),
                    ..raw()
                },
                None,
            ),
            (
                RawFilters {
                    country: text("South Korea"),
                    ..raw()
                },
                Some("country"),
            ),
            (
                RawFilters {
                    near: Some((52.4, 13.07, Some(30.0))),
                    ..raw()
                },
                None,
            ),
            (
                RawFilters {
                    near: Some((52.4, 13.07, Some(20.0))),
                    ..raw()
                },
                Some("near"),
            ),
            (
                RawFilters {
                    near: Some((37.57, 126.98, Some(20.0))),
                    ..raw()
                },
                Some("near"),
            ),
            (
                RawFilters {
                    age: text("75"),
                    ..raw()
                },
                None,
            ),
            (
                RawFilters {
                    age: text("76"),
                    ..raw()
                },
                Some("age"),
            ),
            (
                RawFilters {
                    age: text("6 months"),
                    ..raw()
                },
                Some("age"),
            ),
            (
                RawFilters {
                    sex: text("female"),
                    ..raw()
                },
                None,
            ),
            (
                RawFilters {
                    sex: text("male"),
                    ..raw()
                },
                Some("sex"),
            ),
            (
                RawFilters {
                    sex: text("male"),
                    country: text("France"),
                    ..raw()
                },
                Some("country"),
            ),
        ] {
            let passed = filter::pass(&filters.check().unwrap(), &trial);
            assert_eq!(passed.err(), outcome, "{filters:?}");
        }
    }

    #[test]
    fn what_shuts_the_patient_out_is_listed_only_where_it_is_asked_for_but_always_shown_apart() {
        let studies: Vec<Study> = (0..8).map(study).collect();
        let shuts_out = finding(Stance::Excludes);
        let judged: Vec<Judged<'_>> = studies
            .iter()
            .map(|study| Judged {
                study,
                finding: &shuts_out,
            })
            .collect();
        let selection = select(&question(&RawFilters::default()), &judged, 0, false);
        assert_eq!(
            (selection.total, selection.trials.len(), selection.excluded.len()),
            (0, 0, 5)
        );
        let raw = RawFilters {
            stances: vec!["excludes".into()],
            ..RawFilters::default()
        };
        let selection = select(&question(&raw), &judged, 0, false);
        assert_eq!(
            (selection.total, selection.trials.len(), selection.excluded.len()),
            (8, 8, 5)
        );
    }

    fn any_candidate() -> impl Strategy<Value = (Study, Finding)> {
        let status = proptest::sample::select(OverallStatus::ALL);
        let phases = proptest::collection::vec(proptest::sample::select(Phase::ALL), 0..3);
        let stance = proptest::sample::select(&Stance::ALL[..]);
        let sex = proptest::sample::select(Sex::ALL);
        let country = proptest::sample::select(vec!["Germany", "France", ""]);
        (status, phases, stance, sex, country, -90.0..90.0).prop_map(
            |(status, phases, stance, sex, country, latitude)| {
                let sites = vec![site("Town", country, latitude, 10.0, None)];
                (
                    Study {
                        status,
                        phases,
                        sex,
                        sites,
                        ..study(0)
                    },
                    finding(stance),
                )
            },
        )
    }

    fn any_filters() -> impl Strategy<Value = Filters> {
        let raw = (
            proptest::sample::select(vec!["open", "all", "completed", "recruiting, unknown"]),
            proptest::option::of(proptest::sample::select(vec!["1/2", "3", "NA"])),
            proptest::option::of(Just("Germany".to_owned())),
            proptest::option::of(-90.0..90.0),
            proptest::option::of(Just("male".to_owned())),
            proptest::collection::vec(
                proptest::sample::select(vec!["targets", "allows", "silent", "excludes"]),
                0..4,
            ),
            1_i64..=50,
        );
        raw.prop_map(|(status, phase, country, latitude, sex, stances, limit)| {
            let raw = RawFilters {
                status: vec![status.into()],
                phase: phase.map(String::from).into_iter().collect(),
                country,
                near: latitude.map(|latitude| (latitude, 0.0, Some(5000.0))),
                sex,
                stances: stances.into_iter().map(String::from).collect(),
                limit: Some(limit),
                ..RawFilters::default()
            };
            raw.check().unwrap()
        })
    }

    proptest! {
        #[test]
        fn the_funnel_adds_up_and_pages_join_into_the_whole_list(
            mut candidates in proptest::collection::vec(any_candidate(), 0..120),
            filters in any_filters(),
            unreadable in 0_usize..5,
        ) {
            for ((study, _), number) in candidates.iter_mut().zip(1..) {
                study.nct_id = samples::nct_id(number);
            }
            let judged: Vec<Judged<'_>> =
                candidates.iter().map(|(study, finding)| Judged { study, finding }).collect();
            let whole = select(&ask(Filters { limit: usize::MAX, ..filters.clone() }), &judged, unreadable, false);

            let funnel = &whole.funnel;
            let counted: usize = Stance::ALL.into_iter().map(|stance| funnel.of(stance)).sum();
            let filtered: usize = funnel.filtered.values().sum();
            prop_assert_eq!(funnel.candidates, counted + filtered + funnel.unreadable);
            let asked: usize = filters.stances.iter().map(|stance| funnel.of(*stance)).sum();
            prop_assert_eq!(whole.total, asked);
            prop_assert_eq!(whole.trials.len(), asked);

            let mut pages = Vec::new();
            let mut offset = Some(0);
            while let Some(at) = offset {
                let page = select(&ask(Filters { offset: at, ..filters.clone() }), &judged, unreadable, false);
                prop_assert_eq!(page.total, whole.total);
                prop_assert!(page.trials.len() <= filters.limit);
                pages.extend(page.trials);
                offset = page.next_offset;
            }
            prop_assert_eq!(&pages, &whole.trials);
            pages.sort_unstable();
            pages.dedup();
            prop_assert_eq!(pages.len(), asked);

            let excluded: Vec<Stance> = whole.excluded.iter().map(|index| judged[*index].finding.stance).collect();
            prop_assert!(excluded.iter().all(|stance| *stance == Stance::Excludes));
            prop_assert_eq!(excluded.len(), funnel.excludes.min(Selection::EXCLUDED_MAX));
        }

        #[test]
        fn the_order_does_not_depend_on_the_order_of_the_candidates(
            candidates in proptest::collection::vec(any_candidate(), 0..40),
            filters in any_filters(),
        ) {
            let numbered: Vec<(Study, Finding)> = candidates.into_iter().zip(1..).map(|((study, finding), number)| {
                (Study { nct_id: samples::nct_id(number), ..study }, finding)
            }).collect();
            let question = ask(filters);
            let listed = |judged: Vec<Judged<'_>>| -> Vec<NctId> {
                select(&question, &judged, 0, false).trials.iter().map(|index| judged[*index].study.nct_id).collect()
            };
            let judged = |(study, finding)| Judged { study, finding };
            let forward = numbered.iter().map(|(study, finding)| judged((study, finding))).collect();
            let backward = numbered.iter().rev().map(|(study, finding)| judged((study, finding))).collect();
            prop_assert_eq!(listed(forward), listed(backward));
        }
    }
}
