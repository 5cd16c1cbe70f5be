//! A study as we hold it: the leaf fields that judging and answering read, and nothing of the registry's wire format.

mod age;
mod date;

pub use age::{Age, NotAnAge};
pub use date::Date;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A ClinicalTrials.gov identifier: `NCT` and eight digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NctId(u32);

/// The text is not `NCT` and eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnNctId;

impl NctId {
    /// A number that no study has.
    pub(crate) const NONE: Self = Self(0);

    /// The page where people read the record.
    #[must_use]
    pub fn url(self) -> String {
        format!("https://clinicaltrials.gov/study/{self}")
    }
}

impl FromStr for NctId {
    type Err = NotAnNctId;

    fn from_str(text: &str) -> Result<Self, NotAnNctId> {
        let prefix = text.get(..3).ok_or(NotAnNctId)?;
        let digits = text.get(3..).ok_or(NotAnNctId)?;
        let well_formed =
            prefix.eq_ignore_ascii_case("NCT") && digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit());
        if !well_formed {
            return Err(NotAnNctId);
        }
        digits.parse().map(Self).map_err(|_| NotAnNctId)
    }
}

impl fmt::Display for NctId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NCT{:08}", self.0)
    }
}

impl fmt::Debug for NctId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for NotAnNctId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an NCT number is NCT and eight digits, such as NCT01234567")
    }
}

impl std::error::Error for NotAnNctId {}

/// Defines an enum whose variants stand for the registry's own values, with both directions from one list.
macro_rules! registry_values {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in the order above.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The registry's own spelling.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value,)+ }
            }

            /// The value with the registry's spelling `text`, exactly.
            #[must_use]
            pub fn from_registry(text: &str) -> Option<Self> {
                match text { $($value => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

registry_values! {
    /// Overall recruitment status of a study (v2 `overallStatus`).
    OverallStatus {
        /// Taking patients.
        Recruiting = "RECRUITING",
        /// Will take patients.
        NotYetRecruiting = "NOT_YET_RECRUITING",
        /// Taking those it invites.
        EnrollingByInvitation = "ENROLLING_BY_INVITATION",
        /// Treating, no longer enrolling.
        ActiveNotRecruiting = "ACTIVE_NOT_RECRUITING",
        /// Halted, may go on.
        Suspended = "SUSPENDED",
        /// Ended as planned.
        Completed = "COMPLETED",
        /// Ended early.
        Terminated = "TERMINATED",
        /// Ended before the first patient.
        Withdrawn = "WITHDRAWN",
        /// Expanded access, available.
        Available = "AVAILABLE",
        /// Expanded access, over.
        NoLongerAvailable = "NO_LONGER_AVAILABLE",
        /// Expanded access, paused.
        TemporarilyNotAvailable = "TEMPORARILY_NOT_AVAILABLE",
        /// Expanded access, now marketed.
        ApprovedForMarketing = "APPROVED_FOR_MARKETING",
        /// Withheld by the sponsor.
        Withheld = "WITHHELD",
        /// Not updated for two years past its planned end.
        Unknown = "UNKNOWN",
    }
}

impl OverallStatus {
    /// Whether a patient can be or soon will be enrolled: recruiting, not yet recruiting, by invitation.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Recruiting | Self::NotYetRecruiting | Self::EnrollingByInvitation
        )
    }
}

registry_values! {
    /// Phase (v2 `phases`). `NA`, a study without phases, is not the same as a missing field.
    Phase {
        /// Exploratory, before phase 1.
        EarlyPhase1 = "EARLY_PHASE1",
        /// Phase 1.
        Phase1 = "PHASE1",
        /// Phase 2.
        Phase2 = "PHASE2",
        /// Phase 3.
        Phase3 = "PHASE3",
        /// Phase 4.
        Phase4 = "PHASE4",
        /// Without phases: devices, behaviour, observation.
        NotApplicable = "NA",
    }
}

registry_values! {
    /// Sex of those eligible (v2 `sex`).
    Sex {
        /// Both.
        All = "ALL",
        /// Women only.
        Female = "FEMALE",
        /// Men only.
        Male = "MALE",
    }
}

impl Sex {
    /// Whether a study for this sex takes a patient of sex `patient`.
    #[must_use]
    pub fn takes(self, patient: Self) -> bool {
        self == Self::All || self == patient
    }
}

/// A study without its eligibility text, which is by far its largest string and which a holder may keep compressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Its number.
    pub nct_id: NctId,
    /// Brief title.
    pub brief_title: Box<str>,
    /// Official title.
    pub official_title: Option<Box<str>>,
    /// Acronym.
    pub acronym: Option<Box<str>>,
    /// Recruitment status of the whole study. There is none for arms or cohorts.
    pub status: OverallStatus,
    /// Of a study whose status is unknown: what it last was.
    pub last_known_status: Option<OverallStatus>,
    /// Start, planned or actual.
    pub start: Option<Date>,
    /// When the record was last renewed.
    pub updated: Option<Date>,
    /// Phases; empty where the record names none.
    pub phases: Vec<Phase>,
    /// Conditions.
    pub conditions: Vec<Box<str>>,
    /// Keywords.
    pub keywords: Vec<Box<str>>,
    /// The registry's MeSH terms for the conditions, and their ancestors.
    pub condition_terms: Vec<Box<str>>,
    /// Arms.
    pub arms: Vec<Arm>,
    /// Interventions.
    pub interventions: Vec<Intervention>,
    /// Brief summary.
    pub summary: Option<Box<str>>,
    /// Lead sponsor.
    pub sponsor: Option<Box<str>>,
    /// Sex of those eligible.
    pub sex: Sex,
    /// Youngest eligible age.
    pub minimum_age: Option<Age>,
    /// Oldest eligible age.
    pub maximum_age: Option<Age>,
    /// Sites.
    pub sites: Vec<Site>,
}

impl Study {
    /// A study of which nothing is known but its number and its title.
    #[must_use]
    pub fn bare(nct_id: NctId, brief_title: Box<str>) -> Self {
        Self {
            nct_id,
            brief_title,
            official_title: None,
            acronym: None,
            status: OverallStatus::Unknown,
            last_known_status: None,
            start: None,
            updated: None,
            phases: Vec::new(),
            conditions: Vec::new(),
            keywords: Vec::new(),
            condition_terms: Vec::new(),
            arms: Vec::new(),
            interventions: Vec::new(),
            summary: None,
            sponsor: None,
            sex: Sex::All,
            minimum_age: None,
            maximum_age: None,
            sites: Vec::new(),
        }
    }

    /// Memory that the study takes, in bytes: itself and what it owns on the heap. A place is shared by many studies,
    /// so each counts a pointer to it; [`Place::bytes_held`] is for whoever holds the places.
    #[must_use]
    pub fn bytes_held(&self) -> usize {
        let options = [&self.official_title, &self.acronym, &self.summary, &self.sponsor];
        let lists = [&self.conditions, &self.keywords, &self.condition_terms];
        size_of::<Self>()
            + self.brief_title.len()
            + options.into_iter().flatten().map(|text| text.len()).sum::<usize>()
            + lists.into_iter().map(texts_held).sum::<usize>()
            + self.phases.capacity() * size_of::<Phase>()
            + self.arms.capacity() * size_of::<Arm>()
            + self.arms.iter().map(Arm::heap).sum::<usize>()
            + self.interventions.capacity() * size_of::<Intervention>()
            + self.interventions.iter().map(Intervention::heap).sum::<usize>()
            + self.sites.capacity() * size_of::<Site>()
    }

    /// The sites that enrol now or soon. A site that says nothing of itself goes with its study; a study that isn't
    /// open has none, whatever an old record still says of a site.
    pub fn open_sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().filter(|site| site.is_open(self.status))
    }
}

impl Site {
    /// Whether the site enrols now or soon, in a study of this status.
    #[must_use]
    pub fn is_open(&self, study: OverallStatus) -> bool {
        study.is_open() && self.status.is_none_or(OverallStatus::is_open)
    }
}

impl Place {
    /// Memory that the place takes, in bytes: itself and what it owns on the heap.
    #[must_use]
    pub fn bytes_held(&self) -> usize {
        let texts = [&self.facility, &self.city, &self.state, &self.country];
        size_of::<Self>() + texts.into_iter().flatten().map(|text| text.len()).sum::<usize>()
    }
}

impl Arm {
    fn heap(&self) -> usize {
        self.label.len() + self.description.as_ref().map_or(0, |text| text.len())
    }
}

impl Intervention {
    fn heap(&self) -> usize {
        self.name.len() + texts_held(&self.other_names)
    }
}

/// What a list of texts owns on the heap, in bytes.
fn texts_held(texts: &Vec<Box<str>>) -> usize {
    texts.capacity() * size_of::<Box<str>>() + texts.iter().map(|text| text.len()).sum::<usize>()
}

/// An arm of a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// Label.
    pub label: Box<str>,
    /// Description.
    pub description: Option<Box<str>>,
}

/// What is given, done or measured in a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intervention {
    /// Name.
    pub name: Box<str>,
    /// Other names.
    pub other_names: Vec<Box<str>>,
}

/// One site of one study: a shared place and whether it recruits for this study.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Where it is; many studies share a place.
    pub place: Arc<Place>,
    /// Whether this site enrols; where the record doesn't say, the study's status stands for it.
    pub status: Option<OverallStatus>,
}

/// A hospital or practice.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Facility.
    pub facility: Option<Box<str>>,
    /// City.
    pub city: Option<Box<str>>,
    /// State or region.
    pub state: Option<Box<str>>,
    /// Country, by the registry's own name.
    pub country: Option<Box<str>>,
    /// Where it is; the registry gives the city's coordinates.
    pub point: Option<Point>,
}

/// A point on Earth in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Point {
    /// Great-circle distance in kilometres (haversine, mean Earth radius 6371 km).
    #[must_use]
    pub fn km_to(self, other: Self) -> f64 {
        let latitudes = (other.latitude - self.latitude).to_radians() / 2.0;
        let longitudes = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = latitudes.sin().powi(2)
            + self.latitude.to_radians().cos() * other.latitude.to_radians().cos() * longitudes.sin().powi(2);
        2.0 * 6371.0 * chord.sqrt().min(1.0).asin()
    }
}

/// A study together with its eligibility text.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    /// All but the eligibility text.
    pub study: &'r Study,
    /// The eligibility text as the registry gives it: Markdown with escapes; empty where the record has none.
    pub eligibility: &'r str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_nct_number_is_read_in_any_case_and_nothing_else_is() {
        assert_eq!(
            "nct01234567".parse::<NctId>().map(|id| id.to_string()),
            Ok("NCT01234567".into())
        );
        for text in [
            "",
            "NCT",
            "NCT1234567",
            "NCT012345678",
            "NCT0123456x",
            "ÑCT01234567",
            "NCT+1234567",
        ] {
            assert_eq!(text.parse::<NctId>(), Err(NotAnNctId), "{text}");
        }
    }

    #[test]
    fn distances_are_those_of_the_map() {
        let (berlin, munich) = (point(52.52, 13.405), point(48.137, 11.575));
        assert!((berlin.km_to(munich) - 504.0).abs() < 2.0);
        assert!((point(0.0, 179.9).km_to(point(0.0, -179.9)) - 22.2).abs() < 0.1);
        assert!((point(90.0, 0.0).km_to(point(-90.0, 0.0)) - 20_015.0).abs() < 1.0);
    }

    #[test]
    fn what_a_study_holds_grows_with_each_of_its_texts_but_not_with_its_places() {
        let small = crate::answer::samples::study(1);
        let mut large = small.clone();
        large.summary = Some("x".repeat(1000).into());
        large.arms = vec![Arm {
            label: "arm".into(),
            description: Some("y".repeat(500).into()),
        }];
        let grown = large.bytes_held() - small.bytes_held();
        assert_eq!(grown, 1000 + size_of::<Arm>() + 3 + 500);
        let site = crate::answer::samples::site("Berlin", "Germany", 52.5, 13.4, None);
        assert_eq!(
            site.place.bytes_held(),
            size_of::<Place>() + "Berlin".len() + "Germany".len()
        );
        large.sites = vec![site];
        assert_eq!(large.bytes_held() - small.bytes_held(), grown + size_of::<Site>());
    }

    #[test]
    fn a_site_without_a_status_goes_with_its_study() {
        use OverallStatus::{ActiveNotRecruiting, NotYetRecruiting, Recruiting, Unknown};
        let site = |status| Site {
            place: Arc::new(Place {
                facility: None,
                city: None,
                state: None,
                country: None,
                point: None,
            }),
            status,
        };
        assert!(site(None).is_open(Recruiting));
        assert!(site(Some(NotYetRecruiting)).is_open(Recruiting));
        assert!(!site(Some(ActiveNotRecruiting)).is_open(Recruiting));
        assert!(!site(None).is_open(ActiveNotRecruiting));
        // What an abandoned record last said of its sites is no invitation.
        assert!(!site(Some(Recruiting)).is_open(Unknown));
    }

    fn point(latitude: f64, longitude: f64) -> Point {
        Point { latitude, longitude }
    }
}
