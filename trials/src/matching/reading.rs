//! What each criterion that names the gene says for the patient: one [`Voice`] a mention.

use super::contains::{Contains, contains};
use super::lexicon::{Hit, Lexicon, Reach};
use super::phrase::{Phrase, colours_genes, variant};
use super::words::{Kind, Said, Word, words};
use super::{Evidence, Source, Specificity};
use crate::eligibility::{Criterion, Eligibility, Section, Span};
use crate::mutation::Mutation;
use crate::study::Study;

/// What one mention says for the patient. [`super::rules`] weighs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// A patient is enrolled because of it.
    Wants,
    /// A patient with it is shut out.
    Shuts,
    /// It asks for another alteration of the same gene.
    WantsAnother,
    /// It speaks of the alteration and shuts nobody out.
    Lets,
    /// It lets patients with the alteration in on a condition, so that no wild type can be demanded of everybody.
    LetsIf,
    /// It may contain the alteration; it would enrol.
    MayWant,
    /// It may contain the alteration; it would shut out.
    MayShut,
    /// Named in a way that isn't understood.
    Unclear,
}

/// One mention, read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    /// What it says.
    pub says: Says,
    /// How exactly it names the alteration.
    pub specificity: Specificity,
    /// Whether it speaks for some cohorts, arms or tumour types only, or is one of several ways in.
    pub limited: bool,
    /// The words.
    pub evidence: Evidence,
}

/// Reads the criteria that name the gene.
pub(super) fn eligibility(mutation: &Mutation, lexicon: &Lexicon, text: &str, voices: &mut Vec<Voice>) {
    let hits = lexicon.find(text);
    if hits.is_empty() {
        return;
    }
    let read = Eligibility::read(text);
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
        let place = Place::of(text, &read, index, criterion);
        criterion_voices(mutation, text, criterion.span, &hits, place, voices);
    }
}

/// Reads titles, conditions and arms as what the trial is for: a phrase that says what happened counts as asked for.
pub(super) fn titles(mutation: &Mutation, lexicon: &Lexicon, study: &Study, voices: &mut Vec<Voice>) {
    let mut string = |text: &str, source: Source, limited: bool| {
        let hits = lexicon.find(text);
        if !hits.is_empty() {
            let place = Place {
                source,
                excluding: false,
                limited,
                cohort: false,
                conditional: false,
            };
            criterion_voices(mutation, text, Span::new(0, text.len()), &hits, place, voices);
        }
    };
    string(&study.brief_title, Source::BriefTitle, false);
    if let Some(title) = &study.official_title {
        string(title, Source::OfficialTitle, false);
    }
    for (i, condition) in (0u16..).zip(&study.conditions) {
        string(condition, Source::Condition(i), true);
    }
    for (i, arm) in (0u16..).zip(&study.arms) {
        string(&arm.label, Source::ArmLabel(i), true);
    }
}

/// Where a criterion stands.
#[derive(Clone, Copy)]
struct Place {
    source: Source,
    excluding: bool,
    /// One of several ways in or out.
    limited: bool,
    /// For some cohorts only.
    cohort: bool,
    conditional: bool,
}

impl Place {
    fn of(text: &str, read: &Eligibility, index: usize, criterion: &Criterion) -> Self {
        let mut place = Self {
            source: match criterion.section {
                Section::Inclusion => Source::Inclusion,
                Section::Exclusion => Source::Exclusion,
                Section::Neither => Source::Eligibility,
            },
            excluding: criterion.section == Section::Exclusion,
            limited: false,
            cohort: false,
            conditional: false,
        };
        for parent in read.parents(index) {
            let words = parent.span.of(text).to_ascii_lowercase();
            place.excluding |= SHUTTING.iter().any(|s| words.contains(s));
            place.cohort |= LIMITING.iter().any(|l| words.contains(l));
            place.limited |= place.cohort || ALTERNATIVE.iter().any(|a| words.contains(a));
            place.conditional |= CONDITIONAL.iter().any(|c| words.contains(c));
        }
        place
    }
}

/// The shortest criterion, in bytes, that is taken for a copy of an earlier one rather than for an equal list item.
const COPY_MIN: usize = 60;

const SHUTTING: [&str; 7] = [
    "not eligible",
    "ineligible",
    "are excluded",
    "be excluded",
    "is excluded",
    "not allowed",
    "not permitted",
];
const LIMITING: [&str; 14] = [
    "cohort",
    "arm ",
    "arm #",
    "part a",
    "part b",
    "part c",
    "part 1",
    "part 2",
    "part 3",
    "subprotocol",
    "expansion",
    "module",
    "sub-study",
    "group ",
];
const ALTERNATIVE: [&str; 7] = [
    "one of the following",
    "any of the following",
    "either of the following",
    "one or more of the following",
    "at least one",
    "following tumor",
    "following cohorts",
];
const CONDITIONAL: [&str; 15] = [
    "unless",
    "have not received",
    "has not received",
    "not previously",
    "not previously treated",
    "who have not",
    "untreated with",
    "without prior",
    "if they have not",
    "and have not",
    "previously untreated",
    "directed therapy is indicated",
    "they will be ineligible",
    "have not yet",
    "must have received",
];
const THERAPY: [&str; 8] = [
    "progress",
    "receiv",
    "treat",
    "therap",
    "intoleran",
    "failed",
    "inhibitor",
    "refractory",
];
const DUTY: [&str; 9] = [
    " must ",
    " should ",
    "are required",
    "is required",
    "are allowed",
    "are eligible",
    "may be",
    "will be allowed",
    "need to",
];
const OPEN: [&str; 12] = [
    "regardless",
    "may be known or unknown",
    "are eligible",
    "is eligible",
    "are allowed",
    "is allowed",
    "may enroll",
    "may be enrolled",
    "are permitted",
    "status is allowed",
    "not required",
    "irrespective",
];
const TUMOURS: [&str; 12] = [
    "crc",
    "colorectal",
    "nsclc",
    "non-small",
    "melanoma",
    "breast",
    "gastric",
    "ovarian",
    "for patients with",
    "lung",
    "pancrea",
    "adenocarcinoma",
];

fn criterion_voices(mutation: &Mutation, text: &str, span: Span, hits: &[Hit], place: Place, voices: &mut Vec<Voice>) {
    let (from, to) = (span.start as usize, span.end as usize);
    let words = words(text, from, to, hits);
    let signature = matches!(mutation, Mutation::Signature(_));
    for (at, word) in words.iter().enumerate() {
        let reach = match word.kind {
            Kind::Gene(reach) => reach,
            Kind::Negative if signature => Reach::Gene,
            _ => continue,
        };
        if reach == Reach::Driver && colours_genes(&words, at) {
            continue;
        }
        let mut phrase = Phrase::read(&words, at, reach, signature);
        phrase.negative |= word.kind == Kind::Negative;
        let sentence = sentence(&words, at, from, to);
        let lower = text.get(sentence.0..sentence.1).unwrap_or("").to_ascii_lowercase();
        let tail = words.get(phrase.last).map_or(sentence.1, |w| w.end);
        let after = text.get(tail..sentence.1).unwrap_or("").to_ascii_lowercase();
        let before = words
            .get(phrase.first)
            .and_then(|w| text.get(sentence.0..w.start))
            .unwrap_or("")
            .to_ascii_lowercase();
        let Some((mut says, specificity, limited)) = voice(mutation, &phrase, place, &lower, &before, &after) else {
            continue;
        };
        // The change itself stands elsewhere in the criterion: what was read as another one may be too little.
        let named = |w: &Word| matches!(w.kind, Kind::Said(said) if variant(said) && contains(said, mutation) == Contains::Yes);
        if says == Says::WantsAnother && !phrase.except.iter().any(|s| contains(*s, mutation) == Contains::Yes) && words.iter().any(named) {
            says = Says::MayWant;
        }
        let start = words.get(phrase.first).map_or(word.start, |w| w.start);
        voices.push(Voice {
            says,
            specificity,
            limited: limited || place.limited,
            evidence: Evidence {
                source: place.source,
                span: quote(text, sentence, start, tail.max(word.end)),
            },
        });
    }
}

fn voice(
    mutation: &Mutation,
    phrase: &Phrase,
    place: Place,
    sentence: &str,
    before: &str,
    after: &str,
) -> Option<(Says, Specificity, bool)> {
    let any = |list: &[&str], text: &str| list.iter().any(|l| text.contains(l));
    if phrase.drug || phrase.excepted {
        return None;
    }
    if stains(mutation) && (phrase.said.is_empty() || phrase.said == [Said::Positive]) {
        return None;
    }
    if !phrase.speaks() {
        return (phrase.reach == Reach::Gene).then_some((Says::Unclear, Specificity::None, false));
    }
    let excluding = place.excluding || any(&SHUTTING, after);
    let limited = any(&LIMITING, sentence) || any(&ALTERNATIVE, sentence);
    if phrase.status && !phrase.negative {
        let open = any(&OPEN, sentence)
            || sentence.contains("known")
            || sentence.contains("any ")
            || sentence.contains("status");
        return (open && !phrase.denied && !excluding && phrase.reach == Reach::Gene).then_some((
            Says::Lets,
            Specificity::Gene,
            limited,
        ));
    }
    let (contains, specificity) = if phrase.said.is_empty() {
        wild_type(mutation)
    } else {
        phrase.contains(mutation)
    };
    let undocumented = excluding && any(&["inability", "unable to"], before);
    let denied = (phrase.negative != phrase.denied) != undocumented;
    let conditional = place.conditional || any(&CONDITIONAL, sentence);
    let says = match (excluding, denied) {
        (true, false) => {
            let open = !any(&SHUTTING, after) && any(&OPEN, after);
            let some_tumours = any(&TUMOURS, before)
                && (before.contains("participants") || before.contains("patients") || before.contains("for "));
            match contains {
                _ if open => Says::Lets,
                Contains::Yes if conditional || some_tumours || place.cohort || any(&LIMITING, sentence) => Says::Lets,
                Contains::Yes => Says::Shuts,
                Contains::May => Says::MayShut,
                Contains::No => return None,
            }
        }
        // "Excluded: no EGFR mutation": a double denial that asks for it, in words too rare to build on.
        (true, true) => return (contains == Contains::Yes).then_some((Says::Unclear, specificity, limited)),
        (false, true) => match contains {
            Contains::Yes
                if conditional
                    || any(&OPEN, sentence)
                    || limited
                    || place.limited
                    || sentence.contains(" or unknown") =>
            {
                Says::Lets
            }
            Contains::Yes => Says::Shuts,
            Contains::May if limited || place.limited => Says::Lets,
            Contains::May => Says::MayShut,
            Contains::No => return None,
        },
        (false, false) => {
            let subject = !before.contains("must") && any(&DUTY, after) && any(&THERAPY, after);
            let duty = ["required", "must", "should", "prior"].iter().any(|d| before.contains(d));
            let for_some = ["for patients ", "for those ", "for participants ", "for subjects ", "in patients "].iter().any(|f| before.contains(f));
            let if_altered = (duty && for_some) || ((before.contains(" if ") || before.starts_with("if "))
                && !before.contains("eligible if"))
                || before.contains("in those with")
                || subject
                || any(&OPEN, sentence);
            match contains {
                Contains::Yes if if_altered => Says::LetsIf,
                Contains::Yes if phrase.reach == Reach::Driver => Says::MayWant,
                Contains::Yes => Says::Wants,
                Contains::May => Says::MayWant,
                Contains::No if phrase.reach != Reach::Gene => return None,
                Contains::No if if_altered => Says::Lets,
                Contains::No => Says::WantsAnother,
            }
        }
    };
    Some((says, specificity, limited))
}

/// Whether the gene's protein is a receptor that pathologists stain for: "ER-negative" is said of the stain, not of ESR1.
fn stains(mutation: &Mutation) -> bool {
    mutation
        .gene()
        .is_some_and(|g| matches!(g.symbol(), "ESR1" | "PGR" | "AR"))
}

/// What a wild-type or negative gene denies: HER2-negative an amplification, any other gene all that may happen to it.
fn wild_type(mutation: &Mutation) -> (Contains, Specificity) {
    use crate::mutation::Alteration;
    match mutation {
        Mutation::OfGene { gene, alteration } if gene.symbol() == "ERBB2" => match alteration {
            Alteration::Amplification | Alteration::Overexpression => (Contains::Yes, Specificity::Gene),
            _ => (Contains::May, Specificity::Gene),
        },
        _ => (Contains::Yes, Specificity::Gene),
    }
}

/// The sentence around `words[at]`, in bytes.
fn sentence(words: &[Word], at: usize, from: usize, to: usize) -> (usize, usize) {
    let stop = |w: &&Word| w.kind == Kind::Stop;
    let start = words.iter().take(at).rev().find(stop).map_or(from, |w| w.end);
    let end = words.iter().skip(at + 1).find(stop).map_or(to, |w| w.end);
    (start, end)
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
