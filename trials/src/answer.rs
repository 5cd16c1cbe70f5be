//! Filters, paging and the funnel over judged candidates; what a caller is given, before any wire format.
//!
//! No candidate is lost: each is counted once, under its stance, under the first filter that turned it away, or as
//! unreadable.

mod filter;
#[cfg(test)]
pub(crate) mod samples;

use crate::matching::{Finding, Specificity, Stance};
use crate::question::{Detail, Question};
use crate::ranking::Rank;
use crate::study::{Age, Date, NctId, OverallStatus, Phase, Record, Sex, Site, Study};
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

/// A trial as answers show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Number.
    pub nct_id: NctId,
    /// Brief title.
    pub title: String,
    /// Official title.
    pub official_title: Option<String>,
    /// Acronym.
    pub acronym: Option<String>,
    /// Status.
    pub status: OverallStatus,
    /// Of a study whose status is unknown: what it last was.
    pub last_known_status: Option<OverallStatus>,
    /// Start, planned or actual.
    pub start: Option<Date>,
    /// When the record was last renewed.
    pub updated: Option<Date>,
    /// Phases.
    pub phases: Vec<Phase>,
    /// Stance.
    pub stance: Stance,
    /// How exactly the words that decide name the alteration.
    pub specificity: Specificity,
    /// The words that decide; for [`Detail::Brief`] the first alone.
    pub evidence: Vec<Quote>,
    /// What to look at again.
    pub doubts: Vec<String>,
    /// Conditions.
    pub conditions: Vec<String>,
    /// Interventions.
    pub interventions: Vec<String>,
    /// Labels of the arms. Whether an arm still enrols is nowhere in the registry.
    pub arms: Vec<String>,
    /// Brief summary.
    pub summary: Option<String>,
    /// Lead sponsor.
    pub sponsor: Option<String>,
    /// Sex of those eligible.
    pub sex: Sex,
    /// Youngest eligible age.
    pub minimum_age: Option<Age>,
    /// Oldest eligible age.
    pub maximum_age: Option<Age>,
    /// How many sites it has.
    pub sites_total: usize,
    /// How many of them are open.
    pub sites_open: usize,
    /// Open sites, the nearest first where the question says where the patient is, else those of the country asked for
    /// first; at most [`NearSite::max`].
    pub nearest: Vec<NearSite>,
}

/// Words of the record and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The section's name.
    pub section: &'static str,
    /// The words, byte for byte.
    pub quote: String,
}

/// An open site.
#[derive(Clone, Debug, PartialEq)]
pub struct NearSite {
    /// Facility.
    pub facility: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Kilometres from the patient; none where the question doesn't say where they are.
    pub km: Option<f64>,
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

impl NearSite {
    /// The most sites shown of one trial.
    #[must_use]
    pub fn max(detail: Detail) -> usize {
        match detail {
            Detail::Brief => 1,
            Detail::Standard => 3,
            Detail::Full => 20,
        }
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

/// One selected trial as an answer shows it.
#[must_use]
pub fn present(question: &Question, record: Record<'_>, finding: &Finding) -> Trial {
    let study = record.study;
    let detail = question.filters.detail;
    let pieces = if detail == Detail::Brief {
        1
    } else {
        Finding::EVIDENCE_MAX
    };
    let quotes = finding.evidence.iter().map(|evidence| Quote {
        section: evidence.source.section(),
        quote: evidence.quote(record).to_owned(),
    });
    Trial {
        nct_id: study.nct_id,
        title: study.brief_title.to_string(),
        official_title: owned(study.official_title.as_deref()),
        acronym: owned(study.acronym.as_deref()),
        status: study.status,
        last_known_status: study.last_known_status,
        start: study.start,
        updated: study.updated,
        phases: study.phases.clone(),
        stance: finding.stance,
        specificity: finding.specificity,
        // Words that are not there prove nothing.
        evidence: quotes.filter(|quote| !quote.quote.is_empty()).take(pieces).collect(),
        doubts: finding.doubts.iter().map(ToString::to_string).collect(),
        conditions: study.conditions.iter().map(ToString::to_string).collect(),
        interventions: study.interventions.iter().map(|given| given.name.to_string()).collect(),
        arms: study.arms.iter().map(|arm| arm.label.to_string()).collect(),
        summary: owned(study.summary.as_deref()),
        sponsor: owned(study.sponsor.as_deref()),
        sex: study.sex,
        minimum_age: study.minimum_age,
        maximum_age: study.maximum_age,
        sites_total: study.sites.len(),
        sites_open: study.open_sites().count(),
        nearest: nearest(question, study),
    }
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

/// Open sites in the order in which they are of use to the patient; where nothing tells them apart, in the record's.
fn nearest(question: &Question, study: &Study) -> Vec<NearSite> {
    let filters = &question.filters;
    let elsewhere = |site: &Site| {
        let name = site.place.country.as_deref();
        filters
            .country
            .is_some_and(|country| !name.is_some_and(|name| country.is_called(name)))
    };
    let mut sites: Vec<(bool, f64, &Site)> = study
        .open_sites()
        .map(|site| {
            let km = filters
                .near
                .zip(site.place.point)
                .map(|(near, point)| near.point.km_to(point));
            (elsewhere(site), km.unwrap_or(f64::INFINITY), site)
        })
        .collect();
    sites.sort_by(|(a_elsewhere, a_km, _), (b_elsewhere, b_km, _)| {
        a_km.total_cmp(b_km).then(a_elsewhere.cmp(b_elsewhere))
    });
    sites
        .into_iter()
        .take(NearSite::max(filters.detail))
        .map(|(_, km, site)| NearSite {
            facility: owned(site.place.facility.as_deref()),
            city: owned(site.place.city.as_deref()),
            country: owned(site.place.country.as_deref()),
            // The registry knows the city, not the street: more than a tenth of a kilometre would be made up.
            km: km.is_finite().then(|| (km * 10.0).round() / 10.0),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::samples::{ask, finding, question, site, study};
    use super::*;
    use crate::question::{Filters, RawFilters};
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
    fn any_site_of_a_closed_trial_counts_for_its_place_but_none_is_shown_as_open() {
        let mut trial = study(1);
        trial.status = OverallStatus::Completed;
        trial.sites = vec![site("Berlin", "Germany", 52.52, 13.405, None)];
        let raw = RawFilters {
            country: Some("Germany".into()),
            status: vec!["all".into()],
            ..RawFilters::default()
        };
        let question = question(&raw);
        assert!(filter::pass(&question.filters, &trial).is_ok());
        let record = Record {
            study: &trial,
            eligibility: "",
        };
        let shown = present(&question, record, &finding(Stance::Targets));
        assert_eq!((shown.sites_total, shown.sites_open, shown.nearest), (1, 0, vec![]));
    }

    #[test]
    fn the_nearest_open_sites_come_first_and_unknown_places_last() {
        let mut trial = study(1);
        let mut nowhere = site("Nowhere", "Germany", 0.0, 0.0, None);
        nowhere.place = std::sync::Arc::new(crate::study::Place {
            point: None,
            ..(*nowhere.place).clone()
        });
        trial.sites = vec![
            nowhere,
            site("Munich", "Germany", 48.137, 11.575, None),
            site("Hamburg", "Germany", 53.55, 9.99, Some(OverallStatus::Withdrawn)),
            site("Potsdam", "Germany", 52.4, 13.07, Some(OverallStatus::Recruiting)),
        ];
        let raw = RawFilters {
            near: Some((52.52, 13.405, Some(20_000.0))),
            ..RawFilters::default()
        };
        let record = Record {
            study: &trial,
            eligibility: "",
        };
        let shown = present(&question(&raw), record, &finding(Stance::Targets)).nearest;
        let cities: Vec<_> = shown
            .iter()
            .map(|site| (site.city.as_deref().unwrap(), site.km))
            .collect();
        assert_eq!(
            cities,
            [("Potsdam", Some(26.3)), ("Munich", Some(504.3)), ("Nowhere", None)]
        );
        let brief = RawFilters {
            detail: Some("brief".into()),
            ..raw
        };
        assert_eq!(
            present(&question(&brief), record, &finding(Stance::Targets))
                .nearest
                .len(),
            1
        );
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
