//! A walk over a record: every mention of the gene, with its phrase and its place, becomes a [`Voice`].

use super::contains::{Contains, contains};
use super::cues::{self, any};
use super::lexicon::{Hit, Lexicon, Reach};
use super::phrase::{Phrase, colours_genes, variant};
use super::voice::{Around, Place, Says, Voice, voice};
use super::words::{Kind, Said, Word, words};
use super::{Evidence, Source, Specificity};
use crate::eligibility::{Criterion, Eligibility, Section, Span};
use crate::mutation::Mutation;
use crate::study::{Record, Study};

/// The shortest criterion, in bytes, that is taken for a copy of an earlier one rather than for an equal list item.
const COPY_MIN: usize = 60;
/// How many mentions of one criterion are read; a longer list of one gene is no criterion, and reading stays linear.
const MENTIONS_MAX: usize = 64;
/// How far a sentence reaches on either side of a mention, in words.
const SENTENCE_MAX: usize = 300;

/// What was heard in a record.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// One a mention.
    pub voices: Vec<Voice>,
    /// Whether mentions were left unread, past the bound.
    pub cut: bool,
}

impl Heard {
    /// Whether the criteria ask for another alteration of the gene in some cohort: a title that speaks of the gene as a
    /// whole is no better than they are.
    pub(super) fn names_another(&self) -> bool {
        self.voices
            .iter()
            .any(|v| matches!(v.says, Says::WantsAnother | Says::Closed))
    }
}

/// Reads one mutation's mentions.
#[derive(Clone, Copy)]
pub(super) struct Reader<'j> {
    /// What the patient has.
    pub mutation: &'j Mutation,
    /// Its names.
    pub lexicon: &'j Lexicon,
}

impl Reader<'_> {
    /// Reads the criteria that name the gene.
    pub(super) fn eligibility(self, record: Record<'_>) -> Heard {
        let mut heard = Heard::default();
        let text = record.eligibility;
        let hits = self.lexicon.find(text);
        if hits.is_empty() {
            return heard;
        }
        let read = Eligibility::read(text);
        let tumours = trial_tumours(record.study);
        let mut last = None;
        let mut wished: Vec<&str> = Vec::new();
        for hit in &hits {
            let Some(index) = read.at(hit.start) else { continue };
            if last == Some(index) {
                continue;
            }
            last = Some(index);
            let Some(criterion) = read.criteria().get(index) else {
                continue;
            };
            // Some records repeat their inclusion criteria under a stray heading for exclusion.
            let words = criterion.span.of(text).trim_start_matches(|c: char| !c.is_alphabetic());
            match criterion.section {
                Section::Inclusion => wished.push(words),
                Section::Exclusion if words.len() > COPY_MIN && wished.contains(&words) => continue,
                _ => {}
            }
            let place = Place {
                tumours,
                ..place(text, &read, index, criterion)
            };
            let source = match criterion.section {
                Section::Inclusion => Source::Inclusion,
                Section::Exclusion => Source::Exclusion,
                Section::Neither => Source::Eligibility,
            };
            self.criterion(text, criterion.span, &hits, (source, place), &mut heard);
        }
        heard
    }

    /// Reads what the trial is for, in its titles, conditions, arms, keywords and interventions: there a phrase that
    /// says what happened counts as asked for.
    pub(super) fn purpose(self, study: &Study) -> Heard {
        let mut heard = Heard::default();
        self.title(&study.brief_title, Source::BriefTitle, &mut heard);
        if let Some(title) = &study.official_title {
            self.title(title, Source::OfficialTitle, &mut heard);
        }
        let one_of_many = study.conditions.len() > 1;
        for (i, condition) in (0u16..).zip(&study.conditions) {
            self.string(condition, Source::Condition(i), one_of_many, &mut heard);
        }
        for (i, arm) in (0u16..).zip(&study.arms) {
            self.string(&arm.label, Source::ArmLabel(i), true, &mut heard);
            if let Some(description) = &arm.description {
                self.mention(description, Source::ArmDescription(i), &mut heard);
            }
        }
        for (i, intervention) in (0u16..).zip(&study.interventions) {
            self.mention(&intervention.name, Source::Intervention(i), &mut heard);
        }
        for (i, keyword) in (0u16..).zip(&study.keywords) {
            self.mention(keyword, Source::Keyword(i), &mut heard);
        }
        heard
    }

    /// A title. One about knowledge asks for nobody, unless it names the patients who have it.
    fn title(self, text: &str, source: Source, heard: &mut Heard) {
        let from = heard.voices.len();
        self.string(text, source, false, heard);
        if heard.voices.len() > from && any(cues::STUDYING, &text.to_ascii_lowercase()) {
            let patients = ["with ", "harboring ", "harbouring "];
            for voice in heard.voices.iter_mut().skip(from) {
                let before = text.get(..voice.evidence.span.start as usize).unwrap_or("");
                if !patients.iter().any(|p| before.ends_with(p)) {
                    voice.says = Says::Unclear;
                }
            }
        }
    }

    fn string(self, text: &str, source: Source, limited: bool, heard: &mut Heard) {
        let hits = self.lexicon.find(text);
        if !hits.is_empty() {
            let place = Place {
                limited,
                closed: any(cues::CLOSED, &text.to_ascii_lowercase()),
                ..Place::default()
            };
            self.criterion(text, Span::new(0, text.len()), &hits, (source, place), heard);
        }
    }

    /// A string in which a gene may stand without being asked for: it counts only where it says who is enrolled, or, as
    /// a keyword, names the alteration itself, and never against a patient.
    fn mention(self, text: &str, source: Source, heard: &mut Heard) {
        let from = heard.voices.len();
        self.string(text, source, true, heard);
        if heard.voices.len() == from {
            return;
        }
        let enrols = any(cues::ENROLLING, &text.to_ascii_lowercase());
        let keyword = matches!(source, Source::Keyword(_));
        for voice in heard.voices.iter_mut().skip(from) {
            voice.says = match voice.says {
                Says::Wants if enrols => Says::Wants,
                Says::Wants if keyword && voice.specificity == Specificity::Alteration => Says::MayWant,
                _ => Says::Unclear,
            };
        }
    }

    fn criterion(self, text: &str, span: Span, hits: &[Hit], (source, place): (Source, Place), heard: &mut Heard) {
        let (from, to) = (span.start as usize, span.end as usize);
        let first = hits.partition_point(|h| h.start < from);
        let hits = hits.get(first..).unwrap_or(&[]);
        let hits = hits.get(..hits.partition_point(|h| h.start < to)).unwrap_or(hits);
        let words = words(text, from, to, hits);
        // Lowering ASCII keeps every offset.
        let lower = span.of(text).to_ascii_lowercase();
        let piece = |start: usize, end: usize| {
            lower
                .get(start.saturating_sub(from)..end.saturating_sub(from))
                .unwrap_or("")
        };
        let signature = matches!(self.mutation, Mutation::Signature(_));
        let mut mentions = 0;
        let from_voice = heard.voices.len();
        let mut excepting: Vec<(usize, usize)> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let reach = match word.kind {
                Kind::Gene(reach) => reach,
                Kind::Negative if signature => Reach::Gene,
                _ => continue,
            };
            if reach == Reach::Driver && colours_genes(&words, at) {
                continue;
            }
            mentions += 1;
            if mentions > MENTIONS_MAX {
                heard.cut = true;
                break;
            }
            let mut phrase = Phrase::read(&words, at, reach, signature);
            if signature && phrase.status_read && neutral(text.get(word.start..word.end).unwrap_or("")) {
                phrase.status = true;
            }
            phrase.negative |= word.kind == Kind::Negative;
            if let (false, Some(said)) = (phrase.speaks(), place.head) {
                phrase.said.push(said);
            }
            let sentence = sentence(&words, at, from, to);
            if phrase
                .except
                .iter()
                .any(|s| contains(*s, self.mutation) == Contains::Yes)
            {
                excepting.push(sentence);
            }
            let start = words.get(phrase.first).map_or(word.start, |w| w.start);
            let tail = words.get(phrase.last).map_or(sentence.1, |w| w.end);
            let around = Around {
                sentence: piece(sentence.0, sentence.1),
                before: piece(sentence.0, start),
                phrase: piece(start, tail),
                after: piece(tail, sentence.1),
            };
            // "EGFR mutations known to be associated with sensitivity": the qualifier may stand behind.
            if phrase.said == [Said::Mutation] && around.says_sensitive() {
                phrase.said = vec![Said::Activating];
            }
            let Some((mut says, specificity, limited)) = voice(self.mutation, &phrase, place, around) else {
                continue;
            };
            if says == Says::WantsAnother && self.named_elsewhere(&phrase, &words) {
                says = Says::MayWant;
            }
            heard.voices.push(Voice {
                says,
                specificity,
                limited: limited || place.limited,
                evidence: Evidence {
                    source,
                    span: quote(text, sentence, start, tail.max(word.end)),
                },
            });
        }
        // An exception holds for its whole sentence: "a RAS mutation (KRAS, NRAS or HRAS), KRAS non-G12C".
        for voice in heard.voices.iter_mut().skip(from_voice) {
            let at = voice.evidence.span.start as usize;
            if voice.says == Says::Wants && excepting.iter().any(|(start, end)| (*start..*end).contains(&at)) {
                voice.says = Says::WantsAnother;
            }
        }
    }

    /// Whether the change itself stands elsewhere in the criterion: what was read as another one may be too little.
    fn named_elsewhere(self, phrase: &Phrase, words: &[Word]) -> bool {
        let is = |said: Said| contains(said, self.mutation) == Contains::Yes;
        let named = |w: &Word| matches!(w.kind, Kind::Said(said) if variant(said) && is(said));
        !phrase.except.iter().any(|s| is(*s)) && words.iter().any(named)
    }
}

/// Where a criterion stands, by the criteria and headings above it.
fn place(text: &str, read: &Eligibility, index: usize, criterion: &Criterion) -> Place {
    let mut place = Place {
        excluding: criterion.section == Section::Exclusion,
        ..Place::default()
    };
    for parent in read.parents(index) {
        let words = parent.span.of(text).to_ascii_lowercase();
        place.excluding |= cues::shuts(&words) || any(cues::DENYING, &words);
        place.under |= cues::tumours(&words);
        let for_all = any(cues::FOR_ALL, &words);
        place.cohort |= !for_all && any(cues::LIMITING, &words);
        place.limited |= place.cohort || any(cues::ALTERNATIVE, &words);
        place.closed |= any(cues::LIMITING, &words) && any(cues::CLOSED, &words);
        place.conditional |= any(cues::CONDITIONAL, &words);
        place.head = place.head.or_else(|| head(&words));
    }
    place
}

/// What a criterion that ends in a colon says of the genes listed under it.
fn head(words: &str) -> Option<Said> {
    if !words.trim_end().ends_with(':') {
        return None;
    }
    let says: [(&[&str], Said); 4] = [
        (&["alteration", "aberration", "defect", "abnormalit"], Said::Alteration),
        (&["mutation", "mutated", "variant"], Said::Mutation),
        (&["fusion", "rearrangement", "translocation"], Said::Fusion),
        (&["amplification", "amplified"], Said::Amplification),
    ];
    says.iter().find(|(names, _)| any(names, words)).map(|(_, said)| *said)
}

/// Whether a signature's name says nothing of its value: "microsatellite instability status".
fn neutral(name: &str) -> bool {
    ["microsatellite instability", "tumor mutational burden", "tumour mutational burden", "tumor mutation burden", "hrd"]
        .iter()
        .any(|n| name.eq_ignore_ascii_case(n))
}

/// The tumours that the trial takes, as far as its conditions and title tell.
fn trial_tumours(study: &Study) -> u16 {
    let condition = |text: &str| cues::tumours(&text.to_ascii_lowercase());
    let named = study.conditions.iter().fold(0, |set, c| set | condition(c));
    if named == 0 {
        condition(&study.brief_title)
    } else {
        named
    }
}

/// The sentence around `words[at]`, in bytes.
fn sentence(words: &[Word], at: usize, from: usize, to: usize) -> (usize, usize) {
    let stop = |w: &&Word| w.kind == Kind::Stop;
    let nearby = |at: usize| words.get(at).map(|w| w.end);
    let start = words.iter().take(at).rev().take(SENTENCE_MAX).find(stop).map(|w| w.end);
    let start = start.or_else(|| nearby(at.checked_sub(SENTENCE_MAX)?)).unwrap_or(from);
    let end = words.iter().skip(at + 1).take(SENTENCE_MAX).find(stop).map(|w| w.end);
    let end = end.or_else(|| nearby(at + SENTENCE_MAX)).unwrap_or(to);
    (start, end.max(start))
}

/// The sentence, or where it is too long, the piece of it around `start..end`; never more than a quote may be.
fn quote(text: &str, (mut from, mut to): (usize, usize), start: usize, end: usize) -> Span {
    let end = end.max(start);
    if text
        .get(from..to)
        .is_none_or(|s| s.chars().count() > Evidence::QUOTE_MAX)
    {
        // Bytes are at least as many as characters, so a window in bytes keeps the bound.
        let room = Evidence::QUOTE_MAX.saturating_sub(end - start);
        from = from.max(start.saturating_sub(room / 2));
        to = to.min(from + Evidence::QUOTE_MAX);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        while !text.is_char_boundary(to) {
            to -= 1;
        }
    }
    let words = text.get(from..to).unwrap_or("");
    let lead = words.len() - words.trim_start().len();
    Span::new(from + lead, (from + words.trim_end().len()).max(from + lead))
}
