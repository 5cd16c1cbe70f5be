//! The studies that name a subject, as they are held: decoded, trimmed, their eligibility text compressed.
//!
//! A set is made off every mailbox, never changed afterwards, and shared by all who judge or answer from it. A study
//! that several genes found is held once (see [`crate::cache::memory`]).

use crate::registry::Set;
use crate::version::Vintage;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use trials::matching::{Finding, Judge, Specificity, Stance};
use trials::mutation::Subject;
use trials::query::{Essie, Naming};
use trials::study::{Record, Study};

/// Level 1 packs eligibility prose to half at a few microseconds a text; higher levels gain little on texts this short.
const ZSTD_LEVEL: i32 = 1;

/// Names one candidate set: `gene:EGFR`, `gene:EGFR:closed`, `signature:MSI-H`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SetKey {
    pub(crate) subject: Subject,
    pub(crate) set: Set,
}

impl fmt::Display for SetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.subject {
            Subject::Gene(_) => "gene",
            Subject::Signature(_) => "signature",
        };
        let closed = match self.set {
            Set::Open => "",
            Set::Closed => ":closed",
        };
        write!(f, "{kind}:{}{closed}", self.subject)
    }
}

/// Tells the flights of one process apart, across incarnations of the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FlightNumber(pub(crate) u64);

/// The studies that name a subject, and how they were found.
#[derive(Clone, Debug)]
pub(crate) struct Candidates {
    pub(crate) key: SetKey,
    /// The flight that brought them.
    pub(crate) flight: FlightNumber,
    /// In the registry's order of relevance.
    pub(crate) studies: Vec<Arc<HeldStudy>>,
    /// The expression that was sent.
    pub(crate) expression: Essie,
    /// When its first page was asked for, and under which version.
    pub(crate) vintage: Vintage,
    /// Records that could not be decoded.
    pub(crate) unreadable: usize,
    /// Whether the registry has more than are kept.
    pub(crate) capped: bool,
}

/// A study with its eligibility text compressed.
#[derive(Debug, PartialEq)]
pub(crate) struct HeldStudy {
    pub(crate) study: Study,
    /// A zstd frame; empty for an empty text.
    eligibility: Box<[u8]>,
    /// Bytes of the text unpacked.
    eligibility_len: usize,
    /// Bytes this study holds, but for its sites' places, which many studies share.
    pub(crate) bytes: usize,
}

/// Packs the records of a page that name the subject; the others are no candidates.
pub(crate) struct Packer {
    naming: Naming,
    compressor: zstd::bulk::Compressor<'static>,
}

/// Unpacks eligibility texts, one after the other, into one buffer.
pub(crate) struct Unpacker {
    decompressor: zstd::bulk::Decompressor<'static>,
    text: Vec<u8>,
}

/// A mutation judged against a candidate set: two bytes for each silent study, a [`Finding`] for the rest.
#[derive(Debug)]
pub(crate) struct Findings {
    /// By the study's place in its set.
    places: Box<[u16]>,
    decided: Box<[Finding]>,
    silent: Finding,
}

/// The place of a study whose judging failed.
const UNREAD: u16 = u16::MAX;

impl Packer {
    /// A packer for the candidates of a subject.
    ///
    /// # Errors
    /// Where the compressor can't be set up.
    pub(crate) fn new(subject: Subject) -> io::Result<Self> {
        Ok(Self {
            naming: Naming::of(subject),
            compressor: zstd::bulk::Compressor::new(ZSTD_LEVEL)?,
        })
    }

    /// The record as it is held; none where, read with its case, it doesn't name the subject.
    ///
    /// # Errors
    /// Where the compressor fails.
    pub(crate) fn pack(&mut self, study: Study, eligibility: &str) -> io::Result<Option<HeldStudy>> {
        if !self.naming.stands_in(Record {
            study: &study,
            eligibility,
        }) {
            return Ok(None);
        }
        let packed = match eligibility {
            "" => Box::default(),
            text => self.compressor.compress(text.as_bytes())?.into_boxed_slice(),
        };
        Ok(Some(HeldStudy::new(study, packed, eligibility.len())))
    }
}

impl HeldStudy {
    /// A study with its packed eligibility text, which is so many bytes long unpacked.
    pub(crate) fn new(study: Study, eligibility: Box<[u8]>, eligibility_len: usize) -> Self {
        Self {
            bytes: study.bytes_held() + size_of::<usize>() * 4 + eligibility.len(),
            study,
            eligibility,
            eligibility_len,
        }
    }

    /// The packed eligibility text, and how many bytes long it is unpacked.
    pub(crate) fn packed_eligibility(&self) -> (&[u8], usize) {
        (&self.eligibility, self.eligibility_len)
    }
}

impl Unpacker {
    /// An unpacker with an empty buffer.
    ///
    /// # Errors
    /// Where the decompressor can't be set up.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            decompressor: zstd::bulk::Decompressor::new()?,
            text: Vec::new(),
        })
    }

    /// The whole record.
    ///
    /// # Errors
    /// Where the frame is damaged, which only a fault of this process can bring about.
    pub(crate) fn record<'r>(&'r mut self, held: &'r HeldStudy) -> io::Result<Record<'r>> {
        self.text.clear();
        if held.eligibility_len > 0 {
            self.text.reserve(held.eligibility_len);
            self.decompressor
                .decompress_to_buffer(&held.eligibility, &mut self.text)?;
        }
        let eligibility = std::str::from_utf8(&self.text).map_err(io::Error::other)?;
        Ok(Record {
            study: &held.study,
            eligibility,
        })
    }
}

impl Findings {
    /// Judges every candidate. Takes milliseconds for hundreds of them: never to be called on a mailbox.
    ///
    /// # Errors
    /// Where the decompressor can't be set up, or there are more findings than can be numbered.
    pub(crate) fn judge(judge: &Judge, candidates: &Candidates) -> io::Result<Self> {
        let silent = Finding {
            stance: Stance::Silent,
            specificity: Specificity::None,
            evidence: Box::default(),
            doubts: Box::default(),
        };
        let mut unpacker = Unpacker::new()?;
        let mut decided = Vec::new();
        let mut places = Vec::with_capacity(candidates.studies.len());
        for held in &candidates.studies {
            let place = match judge_one(judge, &mut unpacker, held) {
                None => UNREAD,
                Some(finding) if finding == silent => 0,
                Some(finding) => {
                    decided.push(finding);
                    let place = u16::try_from(decided.len()).map_err(io::Error::other)?;
                    if place == UNREAD {
                        return Err(io::Error::other("more findings than can be numbered"));
                    }
                    place
                }
            };
            places.push(place);
        }
        Ok(Self {
            places: places.into(),
            decided: decided.into(),
            silent,
        })
    }

    /// The finding of the study at this place of the set; none where its judging failed.
    pub(crate) fn of(&self, index: usize) -> Option<&Finding> {
        match self.places.get(index).copied()? {
            0 => Some(&self.silent),
            UNREAD => None,
            place => self.decided.get(usize::from(place) - 1),
        }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let evidence: usize = self
            .decided
            .iter()
            .map(|finding| size_of_val(&*finding.evidence) + size_of_val(&*finding.doubts))
            .sum();
        size_of::<Self>() + size_of_val(&*self.places) + size_of_val(&*self.decided) + evidence
    }
}

/// Judges one study. One record that can't be unpacked or that the judge stumbles over must not take the answers about
/// all the others with it: it is logged and counted as unreadable.
fn judge_one(judge: &Judge, unpacker: &mut Unpacker, held: &HeldStudy) -> Option<Finding> {
    let nct_id = held.study.nct_id;
    let record = unpacker
        .record(held)
        .inspect_err(|error| tracing::error!(%nct_id, %error, "a record that is held can't be unpacked"))
        .ok()?;
    // The judge keeps nothing between two records, so that there is nothing to be left half done.
    catch_unwind(AssertUnwindSafe(|| judge.judge(record)))
        .inspect_err(|_| tracing::error!(%nct_id, "judging a record failed"))
        .ok()
}
