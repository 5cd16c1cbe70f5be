//! The studies that name a subject, as they are held: decoded, trimmed, their eligibility text compressed.
//!
//! A set is made off every mailbox, never changed afterwards, and shared by all who judge or answer from it. A study
//! that several genes found is held once (see [`crate::cache::memory`]).

use crate::registry::Set;
use std::fmt;
use std::io;
use std::sync::Arc;
use tokio::time::Instant;
use trials::matching::{Finding, Judge, Specificity, Stance};
use trials::mutation::Subject;
use trials::query::{Essie, Naming};
use trials::study::{Record, Study};

/// What a site of a study costs beside its pointer: its share of a place that, on average, dozens of studies hold.
const PLACE_SHARE_BYTES: usize = 16;
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

/// The studies that name a subject, and how they were found.
#[derive(Debug)]
pub(crate) struct Candidates {
    pub(crate) key: SetKey,
    /// In the registry's order of relevance.
    pub(crate) studies: Vec<Arc<HeldStudy>>,
    /// The expression that was sent.
    pub(crate) expression: Essie,
    /// When its last page came.
    pub(crate) fetched_at: Instant,
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

/// A mutation judged against a candidate set: a byte for each silent study, a [`Finding`] for the rest.
#[derive(Debug)]
pub(crate) struct Findings {
    /// By the study's place in its set: the place in `decided` plus one, or 0 for a plain silent.
    places: Box<[u16]>,
    decided: Box<[Finding]>,
    silent: Finding,
}

impl HeldStudy {
    /// Bytes this study holds, its share of its sites' places included.
    pub(crate) fn bytes(&self) -> usize {
        self.study.bytes_held() + self.study.sites.len() * PLACE_SHARE_BYTES + self.eligibility.len()
    }
}

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
        Ok(Some(HeldStudy {
            study,
            eligibility: packed,
            eligibility_len: eligibility.len(),
        }))
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
    /// Where a record can't be unpacked.
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
            let finding = judge.judge(unpacker.record(held)?);
            let place = if finding == silent {
                0
            } else {
                decided.push(finding);
                u16::try_from(decided.len()).map_err(io::Error::other)?
            };
            places.push(place);
        }
        Ok(Self {
            places: places.into(),
            decided: decided.into(),
            silent,
        })
    }

    /// The finding of the study at this place of the set.
    pub(crate) fn of(&self, index: usize) -> &Finding {
        let place = self.places.get(index).copied().unwrap_or(0);
        match place.checked_sub(1) {
            None => &self.silent,
            Some(place) => self.decided.get(usize::from(place)).unwrap_or(&self.silent),
        }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let evidence: usize = self
            .decided
            .iter()
            .map(|f| size_of_val(&*f.evidence) + size_of_val(&*f.doubts))
            .sum();
        size_of::<Self>() + size_of_val(&*self.places) + size_of_val(&*self.decided) + evidence
    }
}
