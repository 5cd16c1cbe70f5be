//! One trial as answers show it.

use super::filter;
use crate::matching::{Finding, Specificity, Stance};
use crate::question::{Detail, Question};
use crate::study::{Age, Date, NctId, OverallStatus, Phase, Record, Sex, Site, Study};

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
    /// Open sites, of the country asked for where it has any, the nearest first where the question says where the
    /// patient is; at most [`NearSite::max`].
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
    let is_there = |site: &&Site| filters.country.is_none_or(|country| filter::is_in(site, country));
    let anywhere_else = study.open_sites().find(is_there).is_none();
    let mut sites: Vec<(f64, &Site)> = study
        .open_sites()
        .filter(|site| anywhere_else || is_there(site))
        .map(|site| {
            let km = filters
                .near
                .zip(site.place.point)
                .map(|(near, point)| near.point.km_to(point));
            (km.unwrap_or(f64::INFINITY), site)
        })
        .collect();
    // Stable: what nothing tells apart stays in the record's order.
    sites.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    sites
        .into_iter()
        .take(NearSite::max(filters.detail))
        .map(|(km, site)| NearSite {
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
    use super::super::samples::{finding, question, site, study};
    use super::*;
    use crate::matching::Judge;
    use crate::question::RawFilters;

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
    fn sites_of_the_country_asked_for_are_shown_and_no_others() {
        let mut trial = study(1);
        trial.sites = vec![
            site("Lyon", "France", 45.76, 4.84, None),
            site("Berlin", "Germany", 52.52, 13.405, None),
        ];
        let cities = |country: &str| -> Vec<String> {
            let raw = RawFilters {
                country: Some(country.into()),
                ..RawFilters::default()
            };
            let record = Record {
                study: &trial,
                eligibility: "",
            };
            let shown = present(&question(&raw), record, &finding(Stance::Targets)).nearest;
            shown.into_iter().filter_map(|site| site.city).collect()
        };
        assert_eq!(cities("Germany"), ["Berlin"]);
        // A trial that is shown all the same, among those that shut out, has its sites where they are.
        assert_eq!(cities("Japan"), ["Lyon", "Berlin"]);
    }

    #[test]
    fn quotes_are_the_records_own_bytes_and_brief_shows_the_first_alone() {
        let trial = study(1);
        let eligibility = "Inclusion Criteria:\n\n* Tumor is MSI-H \\(by PCR\n  or NGS\\)\n* MSI-H in blood \\>= 1%\n";
        let record = Record {
            study: &trial,
            eligibility,
        };
        let question = question(&RawFilters::default());
        let found = Judge::new(&question.mutation).judge(record);
        let shown = present(&question, record, &found);
        assert_eq!(shown.stance, Stance::Targets);
        assert!(!shown.evidence.is_empty());
        assert!(shown.evidence.iter().all(|quote| eligibility.contains(&quote.quote)));
        let brief = RawFilters {
            detail: Some("brief".into()),
            ..RawFilters::default()
        };
        let brief = present(&super::super::samples::question(&brief), record, &found);
        assert_eq!(brief.evidence, shown.evidence.get(..1).unwrap());
    }

    #[test]
    fn words_that_are_not_in_the_record_are_not_shown() {
        let (trial, other) = (study(1), study(2));
        let question = question(&RawFilters::default());
        let record = Record {
            study: &trial,
            eligibility: "Inclusion Criteria:\n\n* Tumor is MSI-H\n",
        };
        let found = Judge::new(&question.mutation).judge(record);
        let elsewhere = Record {
            study: &other,
            eligibility: "",
        };
        assert_eq!(present(&question, elsewhere, &found).evidence, []);
    }
}
