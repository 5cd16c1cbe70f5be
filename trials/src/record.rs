//! A whole record as people read it: what the registry holds of one trial, part by part, in the record's own words.
//!
//! [`crate::study::Study`] is what judging reads of a record and what is held by the thousand; this is what one reader
//! asks for by number. Nothing here is judged. What the record doesn't say is none or empty, and a text is kept byte
//! for byte; only [`crate::summary`] makes it fit for people.

mod criteria;

pub use criteria::{NumberedCriterion, numbered};

use crate::study::{Age, Date, NctId, OverallStatus, Phase, Sex};

/// A part of a record that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Titles, acronym and other numbers.
    Title,
    /// Recruitment status and dates.
    Status,
    /// Brief summary and detailed description.
    Summary,
    /// Conditions and keywords.
    Conditions,
    /// Type, phases, design and size.
    Design,
    /// Who can take part: sex, ages, criteria.
    Eligibility,
    /// Arms.
    Arms,
    /// What is given, done or measured.
    Interventions,
    /// What is measured to judge the result.
    Outcomes,
    /// Sites and contacts.
    Sites,
    /// Who is responsible.
    Sponsor,
}

impl Part {
    /// Every part, in the order in which a record is read.
    pub const ALL: [Self; 11] = [
        Self::Title,
        Self::Status,
        Self::Summary,
        Self::Conditions,
        Self::Design,
        Self::Eligibility,
        Self::Arms,
        Self::Interventions,
        Self::Outcomes,
        Self::Sites,
        Self::Sponsor,
    ];

    /// As parameters and answers spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Status => "status",
            Self::Summary => "summary",
            Self::Conditions => "conditions",
            Self::Design => "design",
            Self::Eligibility => "eligibility",
            Self::Arms => "arms",
            Self::Interventions => "interventions",
            Self::Outcomes => "outcomes",
            Self::Sites => "sites",
            Self::Sponsor => "sponsor",
        }
    }

    /// The part of that name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        Self::ALL
            .into_iter()
            .find(|part| part.as_str().eq_ignore_ascii_case(name))
    }
}

/// All that is shown of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullRecord {
    /// The number under which the registry holds it.
    pub nct_id: NctId,
    /// Titles and other numbers.
    pub title: Title,
    /// Status and dates.
    pub status: Status,
    /// Brief summary.
    pub brief_summary: Option<Box<str>>,
    /// Detailed description.
    pub detailed_description: Option<Box<str>>,
    /// Conditions.
    pub conditions: Vec<Box<str>>,
    /// Keywords.
    pub keywords: Vec<Box<str>>,
    /// Design.
    pub design: Design,
    /// Who can take part.
    pub eligibility: Eligibility,
    /// Arms.
    pub arms: Vec<Arm>,
    /// Interventions.
    pub interventions: Vec<Intervention>,
    /// Outcomes, the primary first.
    pub outcomes: Vec<Outcome>,
    /// Whom to ask about the trial as a whole.
    pub contacts: Vec<Contact>,
    /// Sites, in the record's order.
    pub sites: Vec<Site>,
    /// Who is responsible.
    pub sponsor: Sponsor,
}

/// What a trial is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Brief title; the official one where there is no other.
    pub brief: Box<str>,
    /// Official title.
    pub official: Option<Box<str>>,
    /// Acronym.
    pub acronym: Option<Box<str>>,
    /// NCT numbers that it was registered under before.
    pub former_numbers: Vec<Box<str>>,
    /// The sponsor's own number, and those of other registries.
    pub other_numbers: Vec<Box<str>>,
}

/// How far a trial is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Recruitment status of the whole trial. There is none for arms or cohorts.
    pub overall: Option<OverallStatus>,
    /// Of a trial whose status is unknown: what it last was.
    pub last_known: Option<OverallStatus>,
    /// Why it was stopped.
    pub why_stopped: Option<Box<str>>,
    /// When it begins or began.
    pub start: Option<Milestone>,
    /// When the primary outcome is known.
    pub primary_completion: Option<Milestone>,
    /// When it ends.
    pub completion: Option<Milestone>,
    /// When the record was first posted.
    pub first_posted: Option<Date>,
    /// When the record was last renewed.
    pub updated: Option<Date>,
    /// When the sponsor last confirmed it.
    pub verified: Option<Date>,
}

/// A date in the life of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// The date.
    pub date: Date,
    /// Whether it has come rather than being planned; none where the record doesn't say.
    pub is_actual: Option<bool>,
}

/// How a trial is built. Values are the registry's own, such as `NON_RANDOMIZED`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Design {
    /// `INTERVENTIONAL`, `OBSERVATIONAL`, `EXPANDED_ACCESS`.
    pub study_type: Option<Box<str>>,
    /// Phases; empty where the record names none.
    pub phases: Vec<Phase>,
    /// How patients come into an arm.
    pub allocation: Option<Box<str>>,
    /// How arms relate; of an observational study, how patients are observed.
    pub model: Option<Box<str>>,
    /// What it is for.
    pub purpose: Option<Box<str>>,
    /// Who doesn't know the arm.
    pub masking: Option<Box<str>>,
    /// Of an observational study, whether it looks ahead or back.
    pub time_perspective: Option<Box<str>>,
    /// How many take part.
    pub enrollment: Option<u32>,
    /// Whether that is how many did rather than an estimate; none where the record doesn't say.
    pub is_enrollment_actual: Option<bool>,
}

/// Who can take part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Eligibility {
    /// Sex.
    pub sex: Option<Sex>,
    /// Youngest age, as written.
    pub minimum_age: Option<Box<str>>,
    /// Oldest age, as written.
    pub maximum_age: Option<Box<str>>,
    /// Whether healthy people can take part.
    pub healthy_volunteers: Option<bool>,
    /// Of an observational study, who is observed.
    pub population: Option<Box<str>>,
    /// The criteria, Markdown with escapes; empty where there are none. [`numbered`] takes them apart.
    pub criteria: Box<str>,
}

/// An arm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// Label.
    pub label: Box<str>,
    /// The registry's kind, such as `EXPERIMENTAL`.
    pub kind: Option<Box<str>>,
    /// Description.
    pub description: Option<Box<str>>,
    /// What it is given, as `Drug: name`.
    pub interventions: Vec<Box<str>>,
}

/// What is given, done or measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intervention {
    /// Name.
    pub name: Box<str>,
    /// The registry's kind, such as `DRUG`.
    pub kind: Option<Box<str>>,
    /// Description.
    pub description: Option<Box<str>>,
    /// Other names.
    pub other_names: Vec<Box<str>>,
    /// Labels of the arms that get it.
    pub arms: Vec<Box<str>>,
}

/// How much an outcome weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What the trial is for.
    Primary,
    /// What it also asks.
    Secondary,
    /// Anything else.
    Other,
}

impl Rank {
    /// As answers spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Other => "other",
        }
    }
}

/// What is measured to judge the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How much it weighs.
    pub rank: Rank,
    /// What is measured.
    pub measure: Box<str>,
    /// How.
    pub description: Option<Box<str>>,
    /// When.
    pub time_frame: Option<Box<str>>,
}

/// Whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Name of a person or an office.
    pub name: Option<Box<str>>,
    /// The registry's role, such as `CONTACT`.
    pub role: Option<Box<str>>,
    /// Telephone number, with its extension where there is one.
    pub phone: Option<Box<str>>,
    /// E-mail address.
    pub email: Option<Box<str>>,
}

/// A site of the trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Facility.
    pub facility: Option<Box<str>>,
    /// Whether it enrols; where the record doesn't say, the trial's status stands for it.
    pub status: Option<OverallStatus>,
    /// City.
    pub city: Option<Box<str>>,
    /// State or region.
    pub state: Option<Box<str>>,
    /// Country, by the registry's own name.
    pub country: Option<Box<str>>,
    /// Whom to ask there.
    pub contacts: Vec<Contact>,
}

/// Who is responsible for a trial.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sponsor {
    /// Lead sponsor.
    pub lead: Option<Box<str>>,
    /// The registry's kind of sponsor, such as `INDUSTRY`.
    pub kind: Option<Box<str>>,
    /// Collaborators.
    pub collaborators: Vec<Box<str>>,
    /// The people who answer for it, as `name, affiliation`.
    pub officials: Vec<Box<str>>,
}

impl FullRecord {
    /// The sites, those that enrol now or soon first, else in the record's order; with each, whether it does.
    #[must_use]
    pub fn sites_open_first(&self) -> Vec<(&Site, bool)> {
        let is_open = |site: &Site| {
            self.status.overall.is_some_and(OverallStatus::is_open) && site.status.is_none_or(OverallStatus::is_open)
        };
        let mut sites: Vec<(&Site, bool)> = self.sites.iter().map(|site| (site, is_open(site))).collect();
        sites.sort_by_key(|(_, is_open)| !is_open);
        sites
    }

    /// Memory that the record takes, in bytes: itself and what it owns on the heap.
    #[must_use]
    pub fn bytes_held(&self) -> usize {
        size_of::<Self>() + self.heap()
    }
}

impl Eligibility {
    /// The youngest age; none where there is no bound, or none that can be read.
    #[must_use]
    pub fn youngest(&self) -> Option<Age> {
        self.minimum_age.as_deref()?.parse().ok()
    }

    /// The oldest age; none where there is no bound, or none that can be read.
    #[must_use]
    pub fn oldest(&self) -> Option<Age> {
        self.maximum_age.as_deref()?.parse().ok()
    }
}

/// What a value owns on the heap, in bytes.
trait Heap {
    fn heap(&self) -> usize;
}

impl Heap for Box<str> {
    fn heap(&self) -> usize {
        self.len()
    }
}

impl<T: Heap> Heap for Option<T> {
    fn heap(&self) -> usize {
        self.as_ref().map_or(0, Heap::heap)
    }
}

impl<T: Heap> Heap for Vec<T> {
    fn heap(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(Heap::heap).sum::<usize>()
    }
}

/// Sums the fields of a type that own something.
macro_rules! heap {
    ($($name:ident { $($field:ident),+ })+) => {
        $(impl Heap for $name {
            fn heap(&self) -> usize {
                0 $(+ self.$field.heap())+
            }
        })+
    };
}

heap! {
    FullRecord {
        title, status, brief_summary, detailed_description, conditions, keywords, design, eligibility, arms,
        interventions, outcomes, contacts, sites, sponsor
    }
    Title { brief, official, acronym, former_numbers, other_numbers }
    Status { why_stopped }
    Design { study_type, allocation, model, purpose, masking, time_perspective }
    Eligibility { minimum_age, maximum_age, population, criteria }
    Arm { label, kind, description, interventions }
    Intervention { name, kind, description, other_names, arms }
    Outcome { measure, description, time_frame }
    Contact { name, role, phone, email }
    Site { facility, city, state, country, contacts }
    Sponsor { lead, kind, collaborators, officials }
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_known_by_its_name_alone() {
        for part in Part::ALL {
            assert_eq!(Part::named(part.as_str()), Some(part));
            assert_eq!(Part::named(&format!(" {} ", part.as_str().to_uppercase())), Some(part));
        }
        assert_eq!(Part::named("everything"), None);
    }

    #[test]
    fn open_sites_come_first_and_none_of_a_closed_trial_is_open() {
        let mut record = samples::record();
        let names = |record: &FullRecord| -> Vec<(String, bool)> {
            let sites = record.sites_open_first();
            sites
                .into_iter()
                .map(|(site, open)| (site.city.as_deref().unwrap_or_default().to_owned(), open))
                .collect()
        };
        assert_eq!(
            names(&record),
            [("Graz".into(), true), ("Seoul".into(), true), ("Lyon".into(), false)]
        );
        record.status.overall = Some(OverallStatus::Completed);
        assert!(names(&record).iter().all(|(_, open)| !open));
    }

    #[test]
    fn what_a_record_holds_grows_with_each_of_its_texts() {
        let small = samples::record();
        let mut large = small.clone();
        large.detailed_description = Some("x".repeat(1000).into());
        let before = small.detailed_description.as_ref().map_or(0, |text| text.len());
        assert_eq!(large.bytes_held() - small.bytes_held(), 1000 - before);
        large.sites[0].contacts.push(Contact {
            name: Some("abc".into()),
            role: None,
            phone: None,
            email: None,
        });
        assert!(large.bytes_held() >= small.bytes_held() + 1000 - before + 3 + size_of::<Contact>());
    }
}
