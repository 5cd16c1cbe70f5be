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

impl Sex {
    /// Whether a study for this sex takes a patient of sex `patient`.
    #[must_use]
    pub fn takes(self, patient: Self) -> bool {
        self == Self::All || self == patient
    }
}

/// An age as the registry and people write it, `18 years`; compared in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Age {
    number: f64,
    unit: AgeUnit,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum AgeUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
}

/// An age in a unit that the registry knows is `18`, `18 years`, `6 months`, `3 weeks`, `2 days`, `5 hours`, `30 minutes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAge;

impl Age {
    /// An age in whole years.
    #[must_use]
    pub fn years(years: u32) -> Self {
        Self {
            number: f64::from(years),
            unit: AgeUnit::Year,
        }
    }

    /// The age in days; months and years are those of the Gregorian mean.
    #[must_use]
    pub fn days(self) -> f64 {
        self.number * self.unit.days()
    }

    /// Whether someone of age `patient` is not yet too old where this is the oldest eligible age.
    ///
    /// A limit of 75 years holds until the 76th birthday, one of 18 months until the 19th month: a limit ends with the
    /// unit in which it is written.
    #[must_use]
    pub fn is_not_passed_by(self, patient: Self) -> bool {
        patient.days() < self.days() + self.unit.days()
    }
}

impl AgeUnit {
    fn days(self) -> f64 {
        match self {
            Self::Year => 365.2425,
            Self::Month => 365.2425 / 12.0,
            Self::Week => 7.0,
            Self::Day => 1.0,
            Self::Hour => 1.0 / 24.0,
            Self::Minute => 1.0 / (24.0 * 60.0),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
        }
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
        let unit = match unit.strip_suffix('s').unwrap_or(&unit) {
            "" | "year" | "yr" | "y" => AgeUnit::Year,
            "month" => AgeUnit::Month,
            "week" => AgeUnit::Week,
            "day" => AgeUnit::Day,
            "hour" => AgeUnit::Hour,
            "minute" => AgeUnit::Minute,
            _ => return Err(NotAnAge),
        };
        Ok(Self { number, unit })
    }
}

/// `18 years`, `1 month`.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.number == 1.0 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.number, self.unit.name())
    }
}

impl fmt::Display for NotAnAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an age is a number of years, or a number with years, months, weeks, days, hours or minutes")
    }
}

impl std::error::Error for NotAnAge {}

/// A calendar date as the registry gives it, `yyyy-MM` or `yyyy-MM-dd`. Ordered; a month comes before its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    /// 0 where the registry gives none, so that none is ever invented.
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
            None => 0,
            Some(day) => day.parse().ok().filter(|d| (1..=31).contains(d))?,
        };
        parts.next().is_none().then_some(Self { year, month, day })
    }

    /// Days on a calendar of equal months: right for ordering, not for counting.
    #[must_use]
    pub fn ordinal(self) -> u32 {
        (u32::from(self.year) * 12 + u32::from(self.month)) * 32 + u32::from(self.day)
    }
}

/// As the registry writes it.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)?;
        match self.day {
            0 => Ok(()),
            day => write!(f, "-{day:02}"),
        }
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
    fn ages_are_read_in_every_unit_of_the_registry() {
        for (text, shown) in [
            ("18", "18 years"),
            ("18 Years", "18 years"),
            ("1 Year", "1 year"),
            ("65y", "65 years"),
            ("6 Months", "6 months"),
            ("30 Minutes", "30 minutes"),
            ("2.5 years", "2.5 years"),
        ] {
            assert_eq!(
                text.parse::<Age>().map(|age| age.to_string()),
                Ok(shown.into()),
                "{text}"
            );
        }
        for text in ["", "years", "-3", "1.2.3", "18 parsecs", "18 years old", "NaN", "1e3"] {
            assert_eq!(text.parse::<Age>(), Err(NotAnAge), "{text}");
        }
    }

    #[test]
    fn an_upper_age_holds_until_its_unit_is_over() {
        let limit: Age = "75 Years".parse().unwrap();
        assert!(limit.is_not_passed_by("75".parse().unwrap()));
        assert!(limit.is_not_passed_by("910 months".parse().unwrap()));
        assert!(!limit.is_not_passed_by("76".parse().unwrap()));
    }

    #[test]
    fn dates_are_ordered_and_invent_no_day() {
        let (month, day) = (
            Date::from_registry("2026-08").unwrap(),
            Date::from_registry("2026-08-31").unwrap(),
        );
        let next = Date::from_registry("2026-09").unwrap();
        assert!(month < day && day < next);
        assert!(month.ordinal() < day.ordinal() && day.ordinal() < next.ordinal());
        assert_eq!(
            (month.to_string(), day.to_string()),
            ("2026-08".into(), "2026-08-31".into())
        );
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00-01",
            "2026-01-32",
            "2026-01-01-01",
            "soon",
        ] {
            assert_eq!(Date::from_registry(text), None, "{text}");
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
