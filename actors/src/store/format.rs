//! An entry as it lies in a store: a candidate set or a whole record, with when and under which version it was fetched.
//!
//! # What it promises
//!
//! What is read back is what was written, or nothing. Nothing, and no error, is also what comes of an entry that is
//! damaged, of another format, from another registry, under another key, found by another expression than would be sent
//! now, or cut at another bound on candidates: each is fetched anew.
//!
//! # The form
//!
//! `ctmcp`, the number of the format in two bytes, and a zstd frame with a checksum, in which postcard's bytes of an
//! [`Envelope`] lie. The types here mirror those of the domain and are nobody else's: a field that the domain gains
//! changes what is written only where it is added here, and then [`FORMAT`] goes up.

use crate::candidates::{Candidates, FlightNumber, HeldStudy};
use crate::key::{Content, HeldRecord, Key};
use crate::places::{self, PLACES};
use crate::registry::RegistryVersion;
use crate::store::{PERIOD, unix_ms};
use crate::version::{Sighting, Vintage};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use trials::NctId;
use trials::query::Essie;
use trials::record::{
    Arm, Contact, Design, Eligibility, FullRecord, Intervention, Milestone, Outcome, Rank, Site, Sponsor, Status, Title,
};
use trials::study::{
    self, Age, Arm as StudyArm, Date, Intervention as StudyIntervention, OverallStatus, Phase, Place, Point, Sex, Study,
};

/// What every entry begins with.
const MAGIC: &[u8] = b"ctmcp";
/// The form of what follows. One that is not this one is not read.
const FORMAT: u16 = 1;
/// Level 3 packs a set to a quarter; higher ones gain little for much more time.
const ZSTD_LEVEL: i32 = 3;
/// The largest entry that is unpacked, in bytes.
const UNPACKED_MAX: usize = 512 << 20;

/// One moment by both clocks: the one that never jumps, and the one that other processes and machines share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    instant: Instant,
    unix_ms: u64,
}

impl Moment {
    /// This one.
    pub(crate) fn now() -> Self {
        Self {
            instant: Instant::now(),
            unix_ms: unix_ms(),
        }
    }

    /// Another moment by the shared clock.
    pub(crate) fn millis(self, at: Instant) -> u64 {
        let ago = self.instant.saturating_duration_since(at).as_millis();
        self.unix_ms.saturating_sub(u64::try_from(ago).unwrap_or(u64::MAX))
    }

    /// Another moment by our own clock; one that a clock elsewhere puts into the future is now. None where our own
    /// does not reach back so far.
    pub(crate) fn instant(self, unix_ms: u64) -> Option<Instant> {
        self.instant
            .checked_sub(Duration::from_millis(self.unix_ms.saturating_sub(unix_ms)))
    }

    /// The period of counts that it lies in.
    pub(crate) fn period(self) -> u64 {
        self.unix_ms / 1000 / PERIOD.as_secs()
    }
}

/// Packs what was fetched.
///
/// # Errors
/// Where the compressor fails.
pub(super) fn encode(content: &Content, registry: &str, candidates_max: usize, now: Moment) -> io::Result<Vec<u8>> {
    let Some(vintage) = content.vintage() else {
        return Err(io::Error::other("a version is not kept as an entry"));
    };
    let (key, content) = match content {
        Content::Candidates(candidates) => (
            candidates.key.to_string(),
            StoredContent::Candidates(StoredCandidates::of(candidates)),
        ),
        Content::Record(held) => (
            Key::Trial(held.asked).to_string(),
            StoredContent::Record(Box::new(Mirror::of(&held.record))),
        ),
        Content::Version => return Err(io::Error::other("a version is not kept as an entry")),
    };
    let envelope = Envelope {
        registry: registry.into(),
        key: key.into(),
        candidates_max,
        fetched_ms: now.millis(vintage.fetched_at),
        under: vintage
            .under
            .as_ref()
            .map(|seen| (seen.version.as_str().into(), now.millis(seen.at))),
        content,
    };
    let bytes = postcard::to_stdvec(&envelope).map_err(io::Error::other)?;
    let mut compressor = zstd::bulk::Compressor::new(ZSTD_LEVEL)?;
    compressor.include_checksum(true)?;
    compressor.include_contentsize(true)?;
    let mut entry = [MAGIC, &FORMAT.to_le_bytes()].concat();
    entry.extend(compressor.compress(&bytes)?);
    Ok(entry)
}

/// Unpacks an entry for the flight that looks for it; none where it is not what is looked for.
pub(super) fn decode(
    entry: &[u8],
    key: Key,
    flight: FlightNumber,
    registry: &str,
    candidates_max: usize,
    now: Moment,
) -> Option<Content> {
    let frame = entry.strip_prefix(MAGIC)?.strip_prefix(&FORMAT.to_le_bytes())?;
    let unpacked = zstd::zstd_safe::get_frame_content_size(frame).ok()??;
    let unpacked = usize::try_from(unpacked).ok().filter(|bytes| *bytes <= UNPACKED_MAX)?;
    let bytes = zstd::bulk::decompress(frame, unpacked).ok()?;
    let envelope: Envelope = postcard::from_bytes(&bytes).ok()?;
    if *envelope.registry != *registry || *envelope.key != *key.to_string() {
        return None;
    }
    let under = match envelope.under {
        None => None,
        Some((version, at)) => Some(Sighting {
            version: RegistryVersion::read(&version)?,
            at: now.instant(at)?,
        }),
    };
    let vintage = Vintage {
        fetched_at: now.instant(envelope.fetched_ms)?,
        under,
    };
    match (key, envelope.content) {
        (Key::Candidates(key), StoredContent::Candidates(stored)) => {
            let expression = Essie::candidates(key.subject);
            if *stored.expression != *expression.to_string() || envelope.candidates_max != candidates_max {
                return None;
            }
            Some(Content::Candidates(Arc::new(Candidates {
                key,
                flight,
                unreadable: stored.unreadable,
                capped: stored.capped,
                studies: stored.studies()?,
                expression,
                vintage,
            })))
        }
        (Key::Trial(asked), StoredContent::Record(stored)) => Some(Content::Record(Arc::new(HeldRecord {
            asked,
            record: stored.back()?,
            vintage,
        }))),
        _ => None,
    }
}

/// An entry, unpacked.
#[derive(Serialize, Deserialize)]
struct Envelope {
    registry: Box<str>,
    key: Box<str>,
    candidates_max: usize,
    /// Milliseconds since 1970, as all times here.
    fetched_ms: u64,
    under: Option<(Box<str>, u64)>,
    content: StoredContent,
}

#[derive(Serialize, Deserialize)]
enum StoredContent {
    Candidates(StoredCandidates),
    Record(Box<StoredRecord>),
}

#[derive(Serialize, Deserialize)]
struct StoredCandidates {
    expression: Box<str>,
    unreadable: usize,
    capped: bool,
    /// Each place once; sites name it by its number.
    places: Vec<StoredPlace>,
    studies: Vec<StoredHeld>,
}

#[derive(Serialize, Deserialize)]
struct StoredHeld {
    study: StoredStudy,
    /// The number of its place, and its status.
    sites: Vec<(u32, Option<Spelled<OverallStatus>>)>,
    /// Packed as in memory.
    eligibility: Box<[u8]>,
    eligibility_len: usize,
}

impl StoredCandidates {
    fn of(candidates: &Candidates) -> Self {
        let mut places = Vec::new();
        let mut numbers: HashMap<usize, u32> = HashMap::new();
        let mut number_of = |place: &Arc<Place>| {
            *numbers.entry(Arc::as_ptr(place).addr()).or_insert_with(|| {
                places.push(Mirror::of(&**place));
                // A set has some hundred thousand sites at most.
                u32::try_from(places.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let studies = candidates
            .studies
            .iter()
            .map(|held| {
                let (eligibility, eligibility_len) = held.packed_eligibility();
                let sites = held.study.sites.iter();
                StoredHeld {
                    study: Mirror::of(&held.study),
                    sites: sites
                        .map(|site| (number_of(&site.place), site.status.map(Spelled)))
                        .collect(),
                    eligibility: eligibility.into(),
                    eligibility_len,
                }
            })
            .collect();
        Self {
            expression: candidates.expression.to_string().into(),
            unreadable: candidates.unreadable,
            capped: candidates.capped,
            places,
            studies,
        }
    }

    /// The studies, with places that are held already shared with those who hold them.
    fn studies(self) -> Option<Vec<Arc<HeldStudy>>> {
        let places = PLACES.share(self.places.iter().map(StoredPlace::spelled));
        let held = |stored: StoredHeld| {
            let mut study: Study = stored.study.back()?;
            let site = |(number, status): (u32, Option<Spelled<OverallStatus>>)| {
                Some(study::Site {
                    place: Arc::clone(places.get(usize::try_from(number).ok()?)?),
                    status: status.map(|status| status.0),
                })
            };
            study.sites = Vec::with_capacity(stored.sites.len());
            for stored in stored.sites {
                study.sites.push(site(stored)?);
            }
            Some(Arc::new(HeldStudy::new(
                study,
                stored.eligibility,
                stored.eligibility_len,
            )))
        };
        self.studies.into_iter().map(held).collect()
    }
}

/// A type of this file that stands for one of the domain.
trait Mirror<T>: Sized {
    fn of(domain: &T) -> Self;
    /// None where what was stored is not possible in the domain.
    fn back(self) -> Option<T>;
}

/// A value that is stored as it is spelled.
struct Spelled<T>(T);

/// A value that has one spelling.
trait Spelling: Sized {
    fn spell(&self) -> Cow<'static, str>;
    fn read(text: &str) -> Option<Self>;
}

impl<T: Spelling> Serialize for Spelled<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.spell())
    }
}

impl<'de, T: Spelling> Deserialize<'de> for Spelled<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        T::read(text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("not one of its spellings"))
    }
}

impl<T: Spelling + Copy> Mirror<T> for Spelled<T> {
    fn of(domain: &T) -> Self {
        Self(*domain)
    }

    fn back(self) -> Option<T> {
        Some(self.0)
    }
}

macro_rules! spelled_by_the_registry {
    ($($name:ident),+) => {
        $(impl Spelling for $name {
            fn spell(&self) -> Cow<'static, str> {
                self.as_str().into()
            }

            fn read(text: &str) -> Option<Self> {
                Self::from_registry(text)
            }
        })+
    };
}

spelled_by_the_registry!(OverallStatus, Phase, Sex);

impl Spelling for Date {
    fn spell(&self) -> Cow<'static, str> {
        self.to_string().into()
    }

    fn read(text: &str) -> Option<Self> {
        Self::from_registry(text)
    }
}

impl Spelling for Age {
    fn spell(&self) -> Cow<'static, str> {
        self.to_string().into()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Spelling for NctId {
    fn spell(&self) -> Cow<'static, str> {
        self.to_string().into()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Spelling for Rank {
    fn spell(&self) -> Cow<'static, str> {
        self.as_str().into()
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Primary, Self::Secondary, Self::Other]
            .into_iter()
            .find(|rank| rank.as_str() == text)
    }
}

macro_rules! stored_as_they_are {
    ($($name:ty),+) => {
        $(impl Mirror<$name> for $name {
            fn of(domain: &$name) -> Self {
                domain.clone()
            }

            fn back(self) -> Option<$name> {
                Some(self)
            }
        })+
    };
}

stored_as_they_are!(Box<str>, bool, u32, f64);

impl<T, M: Mirror<T>> Mirror<Option<T>> for Option<M> {
    fn of(domain: &Option<T>) -> Self {
        domain.as_ref().map(M::of)
    }

    fn back(self) -> Option<Option<T>> {
        match self {
            None => Some(None),
            Some(mirror) => mirror.back().map(Some),
        }
    }
}

impl<T, M: Mirror<T>> Mirror<Vec<T>> for Vec<M> {
    fn of(domain: &Vec<T>) -> Self {
        domain.iter().map(M::of).collect()
    }

    fn back(self) -> Option<Vec<T>> {
        // As long as it has to be: what is held is counted by what was allocated.
        let mut domain = Vec::with_capacity(self.len());
        for mirror in self {
            domain.push(mirror.back()?);
        }
        Some(domain)
    }
}

/// Defines mirrors, and both ways between them and the domain, from one list of fields. What a domain type has beside
/// them is filled in by whoever reads it back.
macro_rules! mirrors {
    ($($mirror:ident of $domain:ident { $($field:ident: $kind:ty),+ $(,)? $(; $rest:ident: $filling:expr)? })+) => {
        $(
            #[derive(Serialize, Deserialize)]
            struct $mirror { $($field: $kind),+ }

            impl Mirror<$domain> for $mirror {
                fn of(domain: &$domain) -> Self {
                    Self { $($field: Mirror::of(&domain.$field)),+ }
                }

                fn back(self) -> Option<$domain> {
                    Some($domain { $($field: self.$field.back()?,)+ $($rest: $filling)? })
                }
            }
        )+
    };
}

mirrors! {
    StoredPoint of Point { latitude: f64, longitude: f64 }
    StoredPlace of Place {
        facility: Option<Box<str>>,
        city: Option<Box<str>>,
        state: Option<Box<str>>,
        country: Option<Box<str>>,
        point: Option<StoredPoint>,
    }
    StoredStudyArm of StudyArm { label: Box<str>, description: Option<Box<str>> }
    StoredStudyIntervention of StudyIntervention { name: Box<str>, other_names: Vec<Box<str>> }
    StoredStudy of Study {
        nct_id: Spelled<NctId>,
        brief_title: Box<str>,
        official_title: Option<Box<str>>,
        acronym: Option<Box<str>>,
        status: Spelled<OverallStatus>,
        last_known_status: Option<Spelled<OverallStatus>>,
        start: Option<Spelled<Date>>,
        updated: Option<Spelled<Date>>,
        phases: Vec<Spelled<Phase>>,
        conditions: Vec<Box<str>>,
        keywords: Vec<Box<str>>,
        condition_terms: Vec<Box<str>>,
        arms: Vec<StoredStudyArm>,
        interventions: Vec<StoredStudyIntervention>,
        summary: Option<Box<str>>,
        sponsor: Option<Box<str>>,
        sex: Spelled<Sex>,
        minimum_age: Option<Spelled<Age>>,
        maximum_age: Option<Spelled<Age>>;
        sites: Vec::new()
    }
    StoredTitle of Title {
        brief: Box<str>,
        official: Option<Box<str>>,
        acronym: Option<Box<str>>,
        former_numbers: Vec<Box<str>>,
        other_numbers: Vec<Box<str>>,
    }
    StoredMilestone of Milestone { date: Spelled<Date>, is_actual: Option<bool> }
    StoredStatus of Status {
        overall: Option<Spelled<OverallStatus>>,
        last_known: Option<Spelled<OverallStatus>>,
        why_stopped: Option<Box<str>>,
        start: Option<StoredMilestone>,
        primary_completion: Option<StoredMilestone>,
        completion: Option<StoredMilestone>,
        first_posted: Option<Spelled<Date>>,
        updated: Option<Spelled<Date>>,
        verified: Option<Spelled<Date>>,
    }
    StoredDesign of Design {
        study_type: Option<Box<str>>,
        phases: Vec<Spelled<Phase>>,
        allocation: Option<Box<str>>,
        model: Option<Box<str>>,
        purpose: Option<Box<str>>,
        masking: Option<Box<str>>,
        time_perspective: Option<Box<str>>,
        enrollment: Option<u32>,
        is_enrollment_actual: Option<bool>,
    }
    StoredEligibility of Eligibility {
        sex: Option<Spelled<Sex>>,
        minimum_age: Option<Box<str>>,
        maximum_age: Option<Box<str>>,
        healthy_volunteers: Option<bool>,
        population: Option<Box<str>>,
        criteria: Box<str>,
    }
    StoredArm of Arm {
        label: Box<str>,
        kind: Option<Box<str>>,
        description: Option<Box<str>>,
        interventions: Vec<Box<str>>,
    }
    StoredIntervention of Intervention {
        name: Box<str>,
        kind: Option<Box<str>>,
        description: Option<Box<str>>,
        other_names: Vec<Box<str>>,
        arms: Vec<Box<str>>,
    }
    StoredOutcome of Outcome {
        rank: Spelled<Rank>,
        measure: Box<str>,
        description: Option<Box<str>>,
        time_frame: Option<Box<str>>,
    }
    StoredContact of Contact {
        name: Option<Box<str>>,
        role: Option<Box<str>>,
        phone: Option<Box<str>>,
        email: Option<Box<str>>,
    }
    StoredSite of Site {
        facility: Option<Box<str>>,
        status: Option<Spelled<OverallStatus>>,
        city: Option<Box<str>>,
        state: Option<Box<str>>,
        country: Option<Box<str>>,
        contacts: Vec<StoredContact>,
    }
    StoredSponsor of Sponsor {
        lead: Option<Box<str>>,
        kind: Option<Box<str>>,
        collaborators: Vec<Box<str>>,
        officials: Vec<Box<str>>,
    }
    StoredRecord of FullRecord {
        nct_id: Spelled<NctId>,
        title: StoredTitle,
        status: StoredStatus,
        brief_summary: Option<Box<str>>,
        detailed_description: Option<Box<str>>,
        conditions: Vec<Box<str>>,
        keywords: Vec<Box<str>>,
        design: StoredDesign,
        eligibility: StoredEligibility,
        arms: Vec<StoredArm>,
        interventions: Vec<StoredIntervention>,
        outcomes: Vec<StoredOutcome>,
        contacts: Vec<StoredContact>,
        sites: Vec<StoredSite>,
        sponsor: StoredSponsor,
    }
}

impl StoredPlace {
    fn spelled(&self) -> places::Spelled<'_> {
        places::Spelled {
            facility: self.facility.as_deref(),
            city: self.city.as_deref(),
            state: self.state.as_deref(),
            country: self.country.as_deref(),
            point: self.point.as_ref().map(|point| Point {
                latitude: point.latitude,
                longitude: point.longitude,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
