//! One whole record as JSON. Texts are the record's, byte for byte.

use super::Provenance;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use trials::NctId;
use trials::eligibility::Section;
use trials::record::{self, FullRecord, Milestone, Part, numbered};

/// How a section's shape is told in the list of tools, which every client reads whole: by the names in its description.
type Shape = BTreeMap<&'static str, serde_json::Value>;

/// One record, the sections that were asked for; those that were not are null.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Record<'a> {
    /// Its ClinicalTrials.gov number.
    pub nct_id: String,
    /// The number asked for; another where that is a former one.
    pub asked: String,
    /// The page where people read the record.
    pub url: String,
    /// The sections asked for.
    pub sections: Vec<&'static str>,
    /// brief, official, acronym, former_numbers, other_numbers.
    #[schemars(with = "Option<Shape>")]
    pub title: Option<Title<'a>>,
    /// overall, last_known, why_stopped; start, primary_completion, completion, each date and whether actual; first_posted,
    /// updated, verified.
    #[schemars(with = "Option<Shape>")]
    pub status: Option<Status<'a>>,
    /// brief, detailed: Markdown.
    #[schemars(with = "Option<Shape>")]
    pub summary: Option<Summary<'a>>,
    /// conditions, keywords.
    #[schemars(with = "Option<Shape>")]
    pub conditions: Option<Conditions<'a>>,
    /// study_type, phases, allocation, model, purpose, masking, time_perspective, enrollment, enrollment_actual.
    #[schemars(with = "Option<Shape>")]
    pub design: Option<Design<'a>>,
    /// Who can take part.
    pub eligibility: Option<Eligibility<'a>>,
    /// Of each arm: label, kind, description, interventions.
    #[schemars(with = "Option<Vec<Shape>>")]
    pub arms: Option<Vec<Arm<'a>>>,
    /// Of each: name, kind, description, other_names, arms.
    #[schemars(with = "Option<Vec<Shape>>")]
    pub interventions: Option<Vec<Intervention<'a>>>,
    /// Of each: rank (primary, secondary, other), measure, description, time_frame.
    #[schemars(with = "Option<Vec<Shape>>")]
    pub outcomes: Option<Vec<Outcome<'a>>>,
    /// total, open, contacts; sites, open ones first, each facility, status, open, city, state, country, contacts.
    #[schemars(with = "Option<Shape>")]
    pub sites: Option<Sites<'a>>,
    /// lead, kind, collaborators, officials.
    #[schemars(with = "Option<Shape>")]
    pub sponsor: Option<Sponsor<'a>>,
    /// As that of summarize_trials_async; query is the number asked for.
    #[schemars(with = "Shape")]
    pub provenance: Provenance<'a>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Title<'a> {
    pub brief: &'a str,
    pub official: Option<&'a str>,
    pub acronym: Option<&'a str>,
    /// NCT numbers it had before.
    pub former_numbers: &'a [Box<str>],
    pub other_numbers: &'a [Box<str>],
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Status<'a> {
    /// Of the whole trial; there is none for arms or cohorts.
    pub overall: Option<&'static str>,
    /// Where overall is UNKNOWN.
    pub last_known: Option<&'static str>,
    pub why_stopped: Option<&'a str>,
    pub start: Option<When>,
    pub primary_completion: Option<When>,
    pub completion: Option<When>,
    pub first_posted: Option<String>,
    pub updated: Option<String>,
    pub verified: Option<String>,
}

/// A date in the life of a trial.
#[derive(Debug, Serialize)]
pub struct When {
    /// yyyy-MM or yyyy-MM-dd.
    pub date: String,
    /// False: planned.
    pub actual: Option<bool>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Summary<'a> {
    pub brief: Option<&'a str>,
    pub detailed: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Conditions<'a> {
    pub conditions: &'a [Box<str>],
    pub keywords: &'a [Box<str>],
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Design<'a> {
    pub study_type: Option<&'a str>,
    pub phases: Vec<&'static str>,
    pub allocation: Option<&'a str>,
    pub model: Option<&'a str>,
    pub purpose: Option<&'a str>,
    pub masking: Option<&'a str>,
    pub time_perspective: Option<&'a str>,
    pub enrollment: Option<u32>,
    /// False: planned.
    pub enrollment_actual: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Eligibility<'a> {
    pub sex: Option<&'static str>,
    pub minimum_age: Option<&'a str>,
    pub maximum_age: Option<&'a str>,
    pub healthy_volunteers: Option<bool>,
    /// Of an observational study, who is observed.
    pub population: Option<&'a str>,
    /// In the order of the text.
    pub criteria: Vec<Criterion<'a>>,
}

/// A criterion, or a heading over criteria.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Criterion<'a> {
    /// As written, else by place; 2.a is a under 2. Null for a heading. Begins anew under each heading.
    pub number: Option<String>,
    /// inclusion, exclusion, or neither where no heading says which.
    pub section: &'static str,
    /// Place in this list, from 0, of what it is nested under.
    pub parent: Option<usize>,
    /// Whether it is a heading.
    pub heading: bool,
    /// Verbatim, with its bullet.
    pub text: &'a str,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Arm<'a> {
    pub label: &'a str,
    pub kind: Option<&'a str>,
    pub description: Option<&'a str>,
    pub interventions: &'a [Box<str>],
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Intervention<'a> {
    pub name: &'a str,
    pub kind: Option<&'a str>,
    pub description: Option<&'a str>,
    pub other_names: &'a [Box<str>],
    pub arms: &'a [Box<str>],
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Outcome<'a> {
    /// primary, secondary or other.
    pub rank: &'static str,
    pub measure: &'a str,
    pub description: Option<&'a str>,
    pub time_frame: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Sites<'a> {
    pub total: usize,
    /// Open or about to be.
    pub open: usize,
    /// For the trial as a whole.
    pub contacts: Vec<Contact<'a>>,
    /// Open ones first.
    pub sites: Vec<Site<'a>>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Site<'a> {
    pub facility: Option<&'a str>,
    /// Null: the trial's stands for it.
    pub status: Option<&'static str>,
    pub open: bool,
    pub city: Option<&'a str>,
    pub state: Option<&'a str>,
    pub country: Option<&'a str>,
    pub contacts: Vec<Contact<'a>>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Contact<'a> {
    pub name: Option<&'a str>,
    pub role: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub email: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the registry's own")]
pub struct Sponsor<'a> {
    pub lead: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub collaborators: &'a [Box<str>],
    /// Name, affiliation.
    pub officials: &'a [Box<str>],
}

impl<'a> Record<'a> {
    /// The parts of a record that was asked for by this number.
    #[must_use]
    pub fn new(record: &'a FullRecord, asked: NctId, parts: &[Part], provenance: &'a actors::Provenance) -> Self {
        let wants = |part: Part| parts.contains(&part);
        Self {
            nct_id: record.nct_id.to_string(),
            asked: asked.to_string(),
            url: record.nct_id.url(),
            sections: parts.iter().map(|part| part.as_str()).collect(),
            title: wants(Part::Title).then(|| Title {
                brief: &record.title.brief,
                official: record.title.official.as_deref(),
                acronym: record.title.acronym.as_deref(),
                former_numbers: &record.title.former_numbers,
                other_numbers: &record.title.other_numbers,
            }),
            status: wants(Part::Status).then(|| Status::from(&record.status)),
            summary: wants(Part::Summary).then_some(Summary {
                brief: record.brief_summary.as_deref(),
                detailed: record.detailed_description.as_deref(),
            }),
            conditions: wants(Part::Conditions).then_some(Conditions {
                conditions: &record.conditions,
                keywords: &record.keywords,
            }),
            design: wants(Part::Design).then(|| Design::from(&record.design)),
            eligibility: wants(Part::Eligibility).then(|| Eligibility::from(&record.eligibility)),
            arms: wants(Part::Arms).then(|| record.arms.iter().map(Arm::from).collect()),
            interventions: wants(Part::Interventions)
                .then(|| record.interventions.iter().map(Intervention::from).collect()),
            outcomes: wants(Part::Outcomes).then(|| record.outcomes.iter().map(Outcome::from).collect()),
            sites: wants(Part::Sites).then(|| Sites::from(record)),
            sponsor: wants(Part::Sponsor).then(|| Sponsor {
                lead: record.sponsor.lead.as_deref(),
                kind: record.sponsor.kind.as_deref(),
                collaborators: &record.sponsor.collaborators,
                officials: &record.sponsor.officials,
            }),
            provenance: Provenance::from(provenance),
        }
    }
}

impl<'a> From<&'a record::Status> for Status<'a> {
    fn from(status: &'a record::Status) -> Self {
        let when = |milestone: Option<Milestone>| {
            milestone.map(|milestone| When {
                date: milestone.date.to_string(),
                actual: milestone.is_actual,
            })
        };
        Self {
            overall: status.overall.map(|status| status.as_str()),
            last_known: status.last_known.map(|status| status.as_str()),
            why_stopped: status.why_stopped.as_deref(),
            start: when(status.start),
            primary_completion: when(status.primary_completion),
            completion: when(status.completion),
            first_posted: status.first_posted.map(|date| date.to_string()),
            updated: status.updated.map(|date| date.to_string()),
            verified: status.verified.map(|date| date.to_string()),
        }
    }
}

impl<'a> From<&'a record::Design> for Design<'a> {
    fn from(design: &'a record::Design) -> Self {
        Self {
            study_type: design.study_type.as_deref(),
            phases: design.phases.iter().map(|phase| phase.as_str()).collect(),
            allocation: design.allocation.as_deref(),
            model: design.model.as_deref(),
            purpose: design.purpose.as_deref(),
            masking: design.masking.as_deref(),
            time_perspective: design.time_perspective.as_deref(),
            enrollment: design.enrollment,
            enrollment_actual: design.is_enrollment_actual,
        }
    }
}

impl<'a> From<&'a record::Eligibility> for Eligibility<'a> {
    fn from(eligibility: &'a record::Eligibility) -> Self {
        let criteria = numbered(&eligibility.criteria).into_iter().map(|criterion| Criterion {
            number: criterion.number,
            section: match criterion.section {
                Section::Inclusion => "inclusion",
                Section::Exclusion => "exclusion",
                Section::Neither => "neither",
            },
            parent: criterion.parent,
            heading: criterion.heading,
            text: criterion.text,
        });
        Self {
            sex: eligibility.sex.map(|sex| sex.as_str()),
            minimum_age: eligibility.minimum_age.as_deref(),
            maximum_age: eligibility.maximum_age.as_deref(),
            healthy_volunteers: eligibility.healthy_volunteers,
            population: eligibility.population.as_deref(),
            criteria: criteria.collect(),
        }
    }
}

impl<'a> From<&'a record::Arm> for Arm<'a> {
    fn from(arm: &'a record::Arm) -> Self {
        Self {
            label: &arm.label,
            kind: arm.kind.as_deref(),
            description: arm.description.as_deref(),
            interventions: &arm.interventions,
        }
    }
}

impl<'a> From<&'a record::Intervention> for Intervention<'a> {
    fn from(intervention: &'a record::Intervention) -> Self {
        Self {
            name: &intervention.name,
            kind: intervention.kind.as_deref(),
            description: intervention.description.as_deref(),
            other_names: &intervention.other_names,
            arms: &intervention.arms,
        }
    }
}

impl<'a> From<&'a record::Outcome> for Outcome<'a> {
    fn from(outcome: &'a record::Outcome) -> Self {
        Self {
            rank: outcome.rank.as_str(),
            measure: &outcome.measure,
            description: outcome.description.as_deref(),
            time_frame: outcome.time_frame.as_deref(),
        }
    }
}

impl<'a> From<&'a FullRecord> for Sites<'a> {
    fn from(record: &'a FullRecord) -> Self {
        let sites: Vec<Site<'_>> = record
            .sites_open_first()
            .into_iter()
            .map(|(site, open)| Site {
                facility: site.facility.as_deref(),
                status: site.status.map(|status| status.as_str()),
                open,
                city: site.city.as_deref(),
                state: site.state.as_deref(),
                country: site.country.as_deref(),
                contacts: site.contacts.iter().map(Contact::from).collect(),
            })
            .collect();
        Self {
            total: sites.len(),
            open: sites.iter().filter(|site| site.open).count(),
            contacts: record.contacts.iter().map(Contact::from).collect(),
            sites,
        }
    }
}

impl<'a> From<&'a record::Contact> for Contact<'a> {
    fn from(contact: &'a record::Contact) -> Self {
        Self {
            name: contact.name.as_deref(),
            role: contact.role.as_deref(),
            phone: contact.phone.as_deref(),
            email: contact.email.as_deref(),
        }
    }
}
