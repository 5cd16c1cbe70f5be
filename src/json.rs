//! Answers and reports as JSON: the shapes that clients and scripts rely on.
//!
//! A mirror of the domain's values, because `trials` and `actors` know no wire format. What the registry doesn't say is
//! `null` or `[]`; no field is ever left out.

mod explanation;
mod report;
mod trial;

pub use explanation::{Explained, Explanation};
pub use trial::Record;

pub use report::{
    Alert, Analytics, Breaker, Health, Invalidated, Metrics, Warmed, alerts, analytics, breaker, health, metrics,
    warmed,
};

#[cfg(test)]
pub(crate) use report::tests::report as test_report;

use crate::ask::{self, Answered};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use trials::answer;

/// The trials for one mutation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer<'a> {
    /// The mutation, as it was asked and as it was read.
    pub mutation: Mutation<'a>,
    /// How many trials have one of the stances asked for.
    pub total: usize,
    /// How many of them are on this page.
    pub returned: usize,
    /// The offset of the next page; null on the last.
    pub next_offset: Option<usize>,
    /// This page, best first.
    pub trials: Vec<Trial<'a>>,
    /// Up to five trials that a reader might expect and that a patient with the mutation can't enter.
    pub excluded: Vec<Excluded<'a>>,
    /// Where every candidate went: candidates = targets + allows + silent + excludes + all filtered + unreadable.
    pub funnel: Funnel<'a>,
    /// Where the answer comes from and how old it is.
    pub provenance: Provenance<'a>,
}

/// A mutation, as it was asked and as it was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Mutation<'a> {
    /// As it was asked.
    pub input: &'a str,
    /// Its canonical name.
    pub canonical: String,
    /// The HGNC symbol of the gene it is filed under; null for a signature or a family.
    pub gene: Option<&'static str>,
}

/// One trial.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Trial<'a> {
    /// Its ClinicalTrials.gov number.
    pub nct_id: String,
    /// Brief title.
    pub title: &'a str,
    /// Recruitment status, as the registry spells it.
    pub status: &'static str,
    /// Phases, as the registry spells them.
    pub phases: Vec<&'static str>,
    /// targets, allows, silent or excludes.
    pub stance: &'static str,
    /// The words of the record that decide, byte for byte; empty only for silent.
    pub evidence: Vec<Quote<'a>>,
    /// What a careful reader should look at again.
    pub doubts: &'a [String],
    /// Conditions.
    pub conditions: &'a [String],
    /// Interventions.
    pub interventions: &'a [String],
    /// Lead sponsor.
    pub sponsor: Option<&'a str>,
    /// Its sites.
    pub locations: Locations<'a>,
    /// The page where people read the record.
    pub url: String,
}

/// A trial that shuts the patient out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Excluded<'a> {
    /// Its ClinicalTrials.gov number.
    pub nct_id: String,
    /// Brief title.
    pub title: &'a str,
    /// The words of the record that shut the patient out, byte for byte.
    pub evidence: Vec<Quote<'a>>,
}

/// Words of the record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Quote<'a> {
    /// inclusion, exclusion, eligibility, title, summary, arm, intervention, condition or keyword.
    pub section: &'static str,
    /// The words, byte for byte.
    pub quote: &'a str,
}

/// The sites of a trial.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Locations<'a> {
    /// How many the record lists.
    pub total: usize,
    /// Open ones, the nearest first where the question says where the patient is.
    pub nearest: Vec<Site<'a>>,
}

/// An open site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Site<'a> {
    /// Facility.
    pub facility: Option<&'a str>,
    /// City.
    pub city: Option<&'a str>,
    /// Country.
    pub country: Option<&'a str>,
    /// Kilometres from the patient; null where the question doesn't say where they are.
    pub km: Option<f64>,
}

/// Where every candidate went.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Funnel<'a> {
    /// All records that name the gene or a class that contains it.
    pub candidates: usize,
    /// After the filters.
    pub targets: usize,
    /// After the filters.
    pub allows: usize,
    /// After the filters.
    pub silent: usize,
    /// After the filters.
    pub excludes: usize,
    /// Turned away, by the first filter that did.
    pub filtered: &'a BTreeMap<&'static str, usize>,
    /// Records that could not be decoded.
    pub unreadable: usize,
    /// Whether the registry has more candidates than are kept.
    pub capped: bool,
}

/// Where an answer comes from and how old it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Provenance<'a> {
    /// memory or registry.
    pub source: &'static str,
    /// Age in seconds of what was judged.
    pub age_s: u64,
    /// Whether it may be out of date.
    pub stale: bool,
    /// Why it is stale; null where it isn't.
    pub reason: Option<&'a str>,
    /// The registry's data version; null where it isn't known.
    pub registry_version: Option<&'a str>,
    /// How many seconds ago that version was looked up; null where it wasn't.
    pub version_checked_s: Option<u64>,
    /// The expression sent to the registry.
    pub query: &'a str,
}

/// The trials for several mutations.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Batch<'a> {
    /// Those that were answered, in the order asked, each the same as the output of summarize_trials_async.
    #[schemars(with = "Vec<BTreeMap<&str, serde_json::Value>>")]
    pub results: Vec<Answer<'a>>,
    /// Those that failed, in the order asked.
    pub failed: Vec<Failed<'a>>,
}

/// A mutation that got no answer, which says nothing about its trials.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Failed<'a> {
    /// As it was asked.
    pub mutation: &'a str,
    /// What happened, whose fault it is and what to do.
    pub error: String,
}

impl<'a> From<&'a Answered> for Answer<'a> {
    fn from(answered: &'a Answered) -> Self {
        let Answered {
            question,
            answer,
            provenance,
            ..
        } = answered;
        Self {
            mutation: Mutation {
                input: &question.input,
                canonical: question.mutation.to_string(),
                gene: question.mutation.gene().map(trials::Gene::symbol),
            },
            total: answer.total,
            returned: answer.trials.len(),
            next_offset: answer.next_offset,
            trials: answer.trials.iter().map(Trial::from).collect(),
            excluded: answer.excluded.iter().map(Excluded::from).collect(),
            funnel: Funnel::from(&answer.funnel),
            provenance: Provenance::from(provenance),
        }
    }
}

impl<'a> From<&'a ask::Batch> for Batch<'a> {
    fn from(batch: &'a ask::Batch) -> Self {
        Self {
            results: batch.results.iter().map(Answer::from).collect(),
            failed: batch
                .failed
                .iter()
                .map(|(mutation, error)| Failed {
                    mutation,
                    error: error.to_string(),
                })
                .collect(),
        }
    }
}

impl<'a> From<&'a answer::Trial> for Trial<'a> {
    fn from(trial: &'a answer::Trial) -> Self {
        Self {
            nct_id: trial.nct_id.to_string(),
            title: &trial.title,
            status: trial.status.as_str(),
            phases: trial.phases.iter().map(|phase| phase.as_str()).collect(),
            stance: trial.stance.as_str(),
            evidence: trial.evidence.iter().map(Quote::from).collect(),
            doubts: &trial.doubts,
            conditions: &trial.conditions,
            interventions: &trial.interventions,
            sponsor: trial.sponsor.as_deref(),
            locations: Locations {
                total: trial.sites_total,
                nearest: trial.nearest.iter().map(Site::from).collect(),
            },
            url: trial.nct_id.url(),
        }
    }
}

impl<'a> From<&'a answer::Trial> for Excluded<'a> {
    fn from(trial: &'a answer::Trial) -> Self {
        Self {
            nct_id: trial.nct_id.to_string(),
            title: &trial.title,
            evidence: trial.evidence.iter().map(Quote::from).collect(),
        }
    }
}

impl<'a> From<&'a answer::Quote> for Quote<'a> {
    fn from(quote: &'a answer::Quote) -> Self {
        Self {
            section: quote.section,
            quote: &quote.quote,
        }
    }
}

impl<'a> From<&'a answer::NearSite> for Site<'a> {
    fn from(site: &'a answer::NearSite) -> Self {
        Self {
            facility: site.facility.as_deref(),
            city: site.city.as_deref(),
            country: site.country.as_deref(),
            km: site.km,
        }
    }
}

impl<'a> From<&'a answer::Funnel> for Funnel<'a> {
    fn from(funnel: &'a answer::Funnel) -> Self {
        Self {
            candidates: funnel.candidates,
            targets: funnel.targets,
            allows: funnel.allows,
            silent: funnel.silent,
            excludes: funnel.excludes,
            filtered: &funnel.filtered,
            unreadable: funnel.unreadable,
            capped: funnel.capped,
        }
    }
}

impl<'a> From<&'a actors::Provenance> for Provenance<'a> {
    fn from(provenance: &'a actors::Provenance) -> Self {
        Self {
            source: provenance.source.as_str(),
            age_s: provenance.age.as_secs(),
            stale: provenance.stale,
            reason: provenance.reason.as_deref(),
            registry_version: provenance.registry_version.as_deref(),
            version_checked_s: provenance.version_checked.map(|ago| ago.as_secs()),
            query: &provenance.query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::time::Duration;
    use trials::matching::{Specificity, Stance};
    use trials::study::{OverallStatus, Sex};

    #[test]
    fn what_the_registry_does_not_say_is_null_or_empty_and_never_left_out() {
        let trial = answer::Trial {
            nct_id: "NCT00000001".parse().expect("a number"),
            title: "A trial".to_owned(),
            official_title: None,
            acronym: None,
            status: OverallStatus::Recruiting,
            last_known_status: None,
            start: None,
            updated: None,
            phases: Vec::new(),
            stance: Stance::Silent,
            specificity: Specificity::None,
            arms: Vec::new(),
            summary: None,
            sex: Sex::All,
            minimum_age: None,
            maximum_age: None,
            sites_open: 0,
            evidence: Vec::new(),
            doubts: Vec::new(),
            conditions: Vec::new(),
            interventions: Vec::new(),
            sponsor: None,
            sites_total: 1,
            nearest: vec![answer::NearSite {
                facility: None,
                city: None,
                country: None,
                km: None,
            }],
        };
        assert_eq!(
            serde_json::to_value(Trial::from(&trial)).expect("JSON"),
            json!({
                "nct_id": "NCT00000001", "title": "A trial", "status": "RECRUITING", "phases": [], "stance": "silent",
                "evidence": [], "doubts": [], "conditions": [], "interventions": [], "sponsor": null,
                "locations": {"total": 1, "nearest": [{"facility": null, "city": null, "country": null, "km": null}]},
                "url": "https://clinicaltrials.gov/study/NCT00000001",
            })
        );
    }

    #[test]
    fn provenance_says_null_where_nothing_is_known() {
        let provenance = actors::Provenance {
            source: actors::Source::Memory,
            age: Duration::from_millis(12_900),
            stale: false,
            reason: None,
            registry_version: None,
            version_checked: None,
            query: "EGFR".into(),
        };
        assert_eq!(
            serde_json::to_value(Provenance::from(&provenance)).expect("JSON"),
            json!({
                "source": "memory", "age_s": 12, "stale": false, "reason": null,
                "registry_version": null, "version_checked_s": null, "query": "EGFR",
            })
        );
    }

    #[test]
    fn the_schema_requires_every_field() {
        let schema = schemars::generate::SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<Answer<'_>>();
        let schema = Value::from(schema);
        for definition in schema["$defs"]
            .as_object()
            .expect("definitions")
            .values()
            .chain([&schema])
        {
            let properties = definition["properties"].as_object().expect("properties").len();
            let required = definition["required"].as_array().expect("required").len();
            assert_eq!(properties, required, "{definition}");
        }
    }
}
