//! A study as we hold it: the leaf fields that judging and answering read, and nothing of the registry's wire format.

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

/// An age in days, by the registry's units; months and years are those of the Gregorian mean.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Age {
    days: f64,
}

/// An age in a unit that the registry knows is `18`, `18 years`, `6 months`, `3 weeks`, `2 days`, `5 hours`, `30 minutes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAge;

impl Age {
    /// The age in days.
    #[must_use]
    pub fn days(self) -> f64 {
        self.days
    }
}

impl FromStr for Age {
    type Err = NotAnAge;

    /// Reads `18 Years`, `6 months`, and a bare number as years.
    fn from_str(text: &str) -> Result<Self, NotAnAge> {
        let text = text.trim();
        let digits = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: f64 = number.parse().map_err(|_| NotAnAge)?;
        let unit = unit.trim().to_ascii_lowercase();
        let days = match unit.strip_suffix('s').unwrap_or(&unit) {
            "" | "year" => 365.2425,
            "month" => 365.2425 / 12.0,
            "week" => 7.0,
            "day" => 1.0,
            "hour" => 1.0 / 24.0,
            "minute" => 1.0 / (24.0 * 60.0),
            _ => return Err(NotAnAge),
        };
        Ok(Self { days: number * days })
    }
}

impl fmt::Display for NotAnAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an age is a number of years, or a number with years, months, weeks, days, hours or minutes")
    }
}

impl std::error::Error for NotAnAge {}

/// A calendar date as the registry gives it, `yyyy-MM` or `yyyy-MM-dd`. Ordered; a missing day counts as the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `yyyy-MM` or `yyyy-MM-dd`; anything else is no date.
    #[must_use]
    pub fn from_registry(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok().filter(|m| (1..=12).contains(m))?;
        let day = match parts.next() {
            None => 1,
            Some(day) => day.parse().ok().filter(|d| (1..=31).contains(d))?,
        };
        parts.next().is_none().then_some(Self { year, month, day })
    }

    /// Days on a calendar of equal months: right for ordering, not for counting.
    #[must_use]
    pub fn ordinal(self) -> u32 {
        (u32::from(self.year) * 12 + u32::from(self.month)) * 31 + u32::from(self.day)
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
