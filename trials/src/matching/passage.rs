//! A criterion or another string cut into words: where names stand in it, and what stands around them.

use super::lexicon::{Hit, Reach};
use super::phrase::{Phrase, colours_genes};
use super::voice::Around;
use super::words::{Kind, Word, words};
use crate::eligibility::Span;

/// How near to a signature its opposite stands that is named with it, in characters.
const NEAR_OPPOSITE: usize = 60;
/// How far a sentence reaches on either side of a mention, in words.
const SENTENCE_MAX: usize = 300;

/// A criterion or another string, cut into words.
pub(super) struct Passage<'t> {
    pub text: &'t str,
    pub from: usize,
    pub to: usize,
    /// The passage in lower case and one line; both keep every offset.
    pub lower: String,
    pub words: Vec<Word>,
    /// Where names stand that say the signature isn't there, such as MSS.
    pub lacks: Vec<usize>,
    /// Where names stand that say by themselves that it is there.
    pub tells: Vec<usize>,
    /// Where tumours are named in which the gene is negative.
    pub tumours: Vec<usize>,
}

impl<'t> Passage<'t> {
    pub(super) fn new(text: &'t str, span: Span, hits: &[Hit]) -> Self {
        let (from, to) = (span.start as usize, span.end as usize);
        let hits = hits.get(hits.partition_point(|h| h.start < from)..).unwrap_or(&[]);
        let hits = hits.get(..hits.partition_point(|h| h.start < to)).unwrap_or(hits);
        let mut lower = span.of(text).to_ascii_lowercase();
        if lower.contains('\n') {
            lower = lower.replace('\n', " ");
        }
        Self {
            text,
            from,
            to,
            words: words(text, (from, to), &lower, hits),
            lower,
            lacks: hits.iter().filter(|h| h.negative).map(|h| h.start).collect(),
            tells: hits.iter().filter(|h| h.tells).map(|h| h.start).collect(),
            tumours: hits.iter().filter(|h| h.is_tumour).map(|h| h.start).collect(),
        }
    }

    /// Every name of the gene or of a class that contains it: which word, and how wide it reaches.
    pub(super) fn mentions(&self) -> impl Iterator<Item = (usize, Reach)> {
        self.words.iter().enumerate().filter_map(|(at, word)| match word.kind {
            Kind::Gene(Reach::Driver) if colours_genes(&self.words, at) || self.refers_back(word) => None,
            Kind::Gene(reach) => Some((at, reach)),
            Kind::Negative | Kind::OtherGene if self.lacks.contains(&word.start) => Some((at, Reach::Gene)),
            _ => None,
        })
    }

    /// "Including MSI-H and MSS": a signature beside its opposite, and neither is asked for.
    pub(super) fn names_both(&self, phrase: &Phrase, around: Around<'_>) -> bool {
        if self.lacks.is_empty() {
            return false;
        }
        let (start, _) = self.extent(phrase);
        let before: String = around.before.chars().rev().take(NEAR_OPPOSITE).collect();
        let takes_both = ["including", "both", "either"]
            .iter()
            .any(|word| before.contains(&word.chars().rev().collect::<String>()));
        takes_both
            && self
                .lacks
                .iter()
                .any(|at| (start + 1..start + 2 * NEAR_OPPOSITE).contains(at))
    }

    /// "These driver alterations": those that were named, and are read there.
    pub(super) fn refers_back(&self, word: &Word) -> bool {
        let before = self.lower.get(..word.start.saturating_sub(self.from)).unwrap_or("");
        ["these ", "those "].iter().any(|these| before.ends_with(these))
    }

    /// The sentence around the word at `at`, in bytes of the text.
    pub(super) fn sentence(&self, at: usize) -> (usize, usize) {
        let words = &self.words;
        let stop = |w: &&Word| w.kind == Kind::Stop;
        let nearby = |at: usize| words.get(at).map(|w| w.end);
        let start = words.iter().take(at).rev().take(SENTENCE_MAX).find(stop).map(|w| w.end);
        let start = start
            .or_else(|| nearby(at.checked_sub(SENTENCE_MAX)?))
            .unwrap_or(self.from);
        let end = words.iter().skip(at + 1).take(SENTENCE_MAX).find(stop).map(|w| w.end);
        let end = end.or_else(|| nearby(at + SENTENCE_MAX)).unwrap_or(self.to);
        (start, end.max(start))
    }

    /// The phrase, in bytes of the text.
    pub(super) fn extent(&self, phrase: &Phrase) -> (usize, usize) {
        let start = self.words.get(phrase.first).map_or(self.from, |w| w.start);
        let end = self.words.get(phrase.last).map_or(self.to, |w| w.end);
        (start, end.max(start))
    }

    pub(super) fn around(&self, phrase: &Phrase, (from, to): (usize, usize)) -> Around<'_> {
        let (start, end) = self.extent(phrase);
        let piece = |start: usize, end: usize| {
            let local = |at: usize| at.saturating_sub(self.from);
            self.lower.get(local(start)..local(end)).unwrap_or("")
        };
        Around {
            sentence: piece(from, to),
            before: piece(from, start),
            phrase: piece(start, end),
            after: piece(end, to),
        }
    }
}
