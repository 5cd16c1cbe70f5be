//! A walk over a record: every mention of the gene, with its phrase and its place, becomes a [`Voice`].

use super::contains::contains;
use super::cues::{self, any};
use super::lexicon::{Hit, Lexicon, Reach};
use super::passage::Passage;
use super::phrase::{Phrase, variant};
use super::quoting::quote;
use super::tumours;
use super::unwrapped::Unwrapped;
use super::voice::{Place, Says, Voice, voice};
use super::words::{Kind, Said, Word};
use super::{Evidence, Source, Specificity};
use crate::class::Containment;
use crate::eligibility::{Criterion, Eligibility, Section, Span, begins_with_cohort};
use crate::mutation::Mutation;
use crate::study::{Record, Study};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// The shortest criterion, in bytes, that is taken for a copy of an earlier one rather than for an equal list item.
const COPY_MIN: usize = 60;
/// How many mentions of one criterion are read; a longer list of one gene is no criterion, and reading stays linear.
const MENTIONS_MAX: usize = 64;
/// The longest name of a tumour, with its number, that heads a criterion before a colon, in bytes.
const LEAD_MAX: usize = 60;

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

    /// An exclusion that is repeated under the heading of every cohort shuts out of the trial.
    fn shut_out_of_every_cohort(&mut self, text: &str) {
        if !self.voices.iter().any(|v| matches!(v.says, Says::ShutsOf(_))) {
            return;
        }
        let read = Eligibility::read(text);
        let cohorts = |section: Section| {
            let of_section = move |c: &&Criterion| c.heading && c.section == section;
            read.criteria().iter().filter(of_section).filter(|c| {
                let words = c.span.of(text).to_ascii_lowercase();
                any(cues::LIMITING, &words) && !any(cues::FOR_ALL, &words)
            })
        };
        let own = || {
            let criteria = read
                .criteria()
                .iter()
                .filter(|c| c.section == Section::Inclusion && !c.heading);
            criteria.filter(|c| begins_with_cohort(c.span.of(text).trim_start_matches(|c: char| !c.is_alphabetic())))
        };
        let shuts = |heading: u32| self.voices.iter().any(|v| v.says == Says::ShutsOf(heading));
        let excluding = cohorts(Section::Exclusion).count();
        let everywhere = excluding > 1
            && excluding >= cohorts(Section::Inclusion).count()
            && cohorts(Section::Exclusion).all(|c| shuts(c.span.start));
        let everywhere = everywhere || own().count() > 1 && own().all(|c| shuts(c.span.start));
        for voice in &mut self.voices {
            if matches!(voice.says, Says::ShutsOf(_)) {
                voice.says = if everywhere { Says::Shuts } else { Says::Lets };
                voice.limited &= !everywhere;
            }
        }
    }

    /// Whether the criteria leave it to the title whom the trial is for: they ask that the gene's status be known, say that
    /// it is positive, or ask some cohorts for another alteration, and let nobody in by name.
    pub(super) fn leaves_it_to_the_title(&self) -> bool {
        self.voices.iter().all(|v| match v.says {
            Says::Known | Says::Unclear | Says::MayShut => true,
            Says::WantsAnother => v.limited,
            Says::MayWant => v.specificity == Specificity::Gene,
            _ => false,
        })
    }

    /// Whether a class that may contain the alteration is shut out.
    pub(super) fn may_shut(&self) -> bool {
        self.voices.iter().any(|v| v.says == Says::MayShut)
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
        let unwrapped = Unwrapped::of(record.eligibility);
        let text = unwrapped.text();
        let record = Record {
            eligibility: text,
            ..record
        };
        let read = OnceCell::new();
        let hits = self.hits(record, &read);
        if hits.is_empty() {
            return heard;
        }
        let read = read.get_or_init(|| read_as_far_as(&hits, text));
        let tumours = trial_tumours(record);
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
                own_cohort: begins_with_cohort(words).then_some(criterion.span.start),
                ..place(text, read, index, criterion)
            };
            let source = match criterion.section {
                Section::Inclusion => Source::Inclusion,
                Section::Exclusion => Source::Exclusion,
                Section::Neither => Source::Eligibility,
            };
            self.criterion(&unwrapped, criterion.span, &hits, (source, place), &mut heard);
        }
        heard.shut_out_of_every_cohort(text);
        heard
    }

    /// Every name in the criteria of a record that names the gene. A change that stands for its gene, "de novo T790M", is one
    /// in a criterion that doesn't name it.
    fn hits(self, record: Record<'_>, read: &OnceCell<Eligibility>) -> Vec<Hit> {
        let text = record.eligibility;
        let mut hits = self.lexicon.find_with_changes(text);
        if hits.iter().all(|h| !h.bare) {
            return hits;
        }
        let read = read.get_or_init(|| read_as_far_as(&hits, text));
        let mut named: BTreeSet<Option<usize>> = hits.iter().filter(|h| !h.bare).map(|h| read.at(h.start)).collect();
        if named.is_empty() && !self.names_in_purpose(record.study) {
            return Vec::new();
        }
        hits.retain(|hit| {
            let criterion = read.at(hit.start);
            !hit.bare || named.insert(criterion)
        });
        hits
    }

    /// Whether a title or a condition names the gene.
    fn names_in_purpose(self, study: &Study) -> bool {
        let titles = [Some(&study.brief_title), study.official_title.as_ref()];
        let mut texts = titles.into_iter().flatten().chain(&study.conditions);
        texts.any(|text| !self.lexicon.find(text).is_empty())
    }

    /// Reads what the trial is for, in its titles, conditions, arms, keywords and interventions: there a phrase that
    /// says what happened counts as asked for.
    pub(super) fn purpose(self, study: &Study) -> Heard {
        let mut heard = self.titles(study);
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

    /// Reads what the titles say the trial is for.
    pub(super) fn titles(self, study: &Study) -> Heard {
        let mut heard = Heard::default();
        self.title(&study.brief_title, Source::BriefTitle, &mut heard);
        if let Some(title) = &study.official_title {
            self.title(title, Source::OfficialTitle, &mut heard);
        }
        heard
    }

    /// A title. One about knowledge asks for nobody, unless it names the patients who have it.
    fn title(self, text: &str, source: Source, heard: &mut Heard) {
        let from = heard.voices.len();
        self.string(text, source, false, heard);
        // "A trial with two cohorts in …": a title speaks for all of them.
        for voice in heard.voices.iter_mut().skip(from) {
            voice.limited = false;
        }
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
            let line = Unwrapped::line(text);
            self.criterion(&line, Span::new(0, text.len()), &hits, (source, place), heard);
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

    fn criterion(
        self,
        unwrapped: &Unwrapped<'_>,
        span: Span,
        hits: &[Hit],
        (source, place): (Source, Place),
        heard: &mut Heard,
    ) {
        let text = unwrapped.text();
        let passage = Passage::new(text, span, hits);
        let from_voice = heard.voices.len();
        let mut excepting: Vec<(usize, usize)> = Vec::new();
        let mut spared: Vec<(usize, usize)> = Vec::new();
        let mut extents: Vec<(usize, usize)> = Vec::new();
        for (mentions, (at, reach)) in passage.mentions().enumerate() {
            if mentions == MENTIONS_MAX {
                heard.cut = true;
                break;
            }
            let phrase = self.phrase(&passage, at, reach, place);
            let sentence = passage.sentence(at);
            if self.excepted(&phrase) {
                excepting.push(sentence);
            }
            if phrase.excepted
                && reach == Reach::Gene
                && phrase.contains(self.mutation, false).0 == Containment::Contains
            {
                spared.push(sentence);
            }
            let around = passage.around(&phrase, sentence);
            let Some((mut says, specificity, limited)) = voice(self.mutation, &phrase, place, around) else {
                continue;
            };
            let alone = !any(cues::ONLY_BESIDE, &passage.lower);
            if says == Says::WantsAnother && alone && self.named_elsewhere(&phrase, &passage.words) {
                says = Says::MayWant;
            }
            if !place.excluding && matches!(says, Says::Wants | Says::Shuts) && passage.names_both(&phrase, around) {
                says = Says::LetsIf;
            }
            let (start, end) = passage.extent(&phrase);
            extents.push((start, end));
            let (shown, phrase) = (unwrapped.place(sentence.0..sentence.1), unwrapped.place(start..end));
            heard.voices.push(Voice {
                says,
                specificity,
                limited: limited || place.limited,
                evidence: Evidence {
                    source,
                    span: quote(unwrapped.written, (shown.start, shown.end), phrase.start, phrase.end),
                },
            });
        }
        // "Glioblastoma, IDH wild-type, or astrocytoma, IDH-mutant": two ways in, of one sentence.
        let wishing: Vec<(usize, usize)> = heard
            .voices
            .iter()
            .skip(from_voice)
            .zip(&extents)
            .filter(|(v, _)| v.says == Says::Wants && !place.excluding)
            .map(|(_, extent)| *extent)
            .collect();
        for (voice, (start, end)) in heard.voices.iter_mut().skip(from_voice).zip(&extents) {
            let between = |wish: &(usize, usize)| text.get(wish.1.min(*end)..wish.0.max(*start)).unwrap_or("");
            // "Triple-negative, HER2-positive, or oestrogen-receptor-positive": a list that "or" closes behind them.
            let closes = |wish: &(usize, usize)| {
                let behind = text.get(wish.1.max(*end)..passage.to).unwrap_or("");
                let sentence = behind.split([';', '\n']).next().unwrap_or("");
                between(wish).contains(',') && sentence.contains(", or ")
            };
            let or = |between: &str| between.contains(" or ") && !between.contains([';', '\n']);
            voice.limited |= voice.says == Says::Shuts && wishing.iter().any(|wish| or(between(wish)) || closes(wish));
        }
        // "HER2-positive or HER2-negative": with nothing between the values but the gene, neither is asked for.
        let shutting: Vec<(usize, usize)> = heard
            .voices
            .iter()
            .skip(from_voice)
            .zip(&extents)
            .filter(|(v, _)| v.says == Says::Shuts && !place.excluding)
            .map(|(_, extent)| *extent)
            .filter(|(start, _)| !passage.tumours.contains(start))
            .collect();
        let beside = |one: &(usize, usize), other: &(usize, usize)| {
            let between = text.get(one.1.min(other.1)..one.0.max(other.0)).unwrap_or("").trim();
            ["or", "and", "/", "and/or", "or with", "or for"].contains(&between)
        };
        let both: Vec<(usize, usize)> = wishing
            .iter()
            .flat_map(|wish| {
                shutting
                    .iter()
                    .filter(|shut| beside(wish, shut))
                    .flat_map(|shut| [*wish, *shut])
            })
            .collect();
        for (voice, extent) in heard.voices.iter_mut().skip(from_voice).zip(&extents) {
            if both.contains(extent) {
                voice.says = Says::Lets;
            }
        }
        // "Any driver alteration, with the exception of a HER2 mutation": it is spared by name.
        for (voice, (at, _)) in heard.voices.iter_mut().skip(from_voice).zip(&extents) {
            let is_wide = voice.says == Says::Shuts && voice.specificity == Specificity::Pathway;
            if is_wide && spared.iter().any(|(start, end)| (start..end).contains(&at)) {
                voice.says = Says::Lets;
            }
        }
        // An exception holds for its whole sentence: "a RAS mutation (KRAS, NRAS or HRAS), KRAS non-G12C".
        for (voice, (at, _)) in heard.voices.iter_mut().skip(from_voice).zip(&extents) {
            if voice.says == Says::Wants && excepting.iter().any(|(start, end)| (start..end).contains(&at)) {
                voice.says = Says::WantsAnother;
            }
        }
    }

    /// The phrase around the name at `at`, with what the criteria above and the words behind add to it.
    fn phrase(self, passage: &Passage<'_>, at: usize, reach: Reach, place: Place) -> Phrase {
        let signature = matches!(self.mutation, Mutation::Signature(_));
        let tells = passage.words.get(at).is_some_and(|w| passage.tells.contains(&w.start));
        let mut phrase = Phrase::read(&passage.words, at, reach, signature || tells);
        phrase.tells = tells;
        // "AML other than the promyelocytic": who has the disease that is excepted is left out.
        if tells && phrase.excepted && !place.excluding {
            phrase.excepted = false;
            phrase.denied = true;
        }
        phrase.settle_classes(self.mutation);
        if let Some(name) = passage.words.get(at) {
            phrase.negative |= name.kind == Kind::Negative;
            // The tumour's name says all; what stands beside it is said of others.
            if name.kind == Kind::OtherGene {
                phrase.said.clear();
                phrase.status = false;
                phrase.drug = false;
                phrase.negative = true;
                phrase.last = at;
                if !phrase.denied {
                    phrase.first = at;
                }
            }
            let written = passage.text.get(name.start..name.end).unwrap_or("");
            phrase.status |= signature && (written.ends_with(" status") || phrase.status_read && neutral(written));
        }
        if let (false, Some(said)) = (phrase.speaks(), place.head) {
            phrase.said.push(said);
        }
        // "EGFR mutations known to be associated with sensitivity": the qualifier may stand behind.
        let around = passage.around(&phrase, passage.sentence(at));
        if phrase.said == [Said::Mutation] && around.says_sensitive() {
            phrase.said = vec![Said::Activating];
        }
        phrase
    }

    fn excepted(self, phrase: &Phrase) -> bool {
        phrase
            .except
            .iter()
            .any(|s| contains(*s, self.mutation) == Containment::Contains)
    }

    /// Whether the change itself stands elsewhere in the criterion: what was read as another one may be too little.
    fn named_elsewhere(self, phrase: &Phrase, words: &[Word]) -> bool {
        let is = |said: Said| contains(said, self.mutation) == Containment::Contains;
        let named = |w: &Word| matches!(w.kind, Kind::Said(said) if variant(said) && is(said));
        !self.excepted(phrase) && words.iter().any(named)
    }
}

/// The criteria up to that of the last name: what stands behind it is nothing to those before.
fn read_as_far_as(hits: &[Hit], text: &str) -> Eligibility {
    Eligibility::read_through(text, hits.last().map_or(0, |hit| hit.start))
}

/// Where a criterion stands, by the criteria and headings above it.
fn place(text: &str, read: &Eligibility, index: usize, criterion: &Criterion) -> Place {
    let mut place = Place {
        excluding: criterion.section == Section::Exclusion,
        ..Place::default()
    };
    // "Breast cancer: …" speaks for that tumour in every sentence of the criterion.
    let own = criterion.span.of(text);
    let lead = own.split_once(':').map_or("", |(lead, _)| lead);
    if lead.len() < LEAD_MAX {
        place.under |= tumours::named(&lead.to_ascii_lowercase());
    }
    for parent in read.parents(index) {
        let words = parent.span.of(text).to_ascii_lowercase();
        place.excluding |= cues::shuts(&unbracketed(&words)) || any(cues::DENYING, &words);
        place.under |= tumours::named(&words);
        let for_all = any(cues::FOR_ALL, &words);
        let cohort = !for_all && any(cues::LIMITING, &words);
        if cohort && parent.heading {
            place.heading = Some(parent.span.start);
        }
        place.cohort |= cohort;
        place.limited |= place.cohort || any(cues::ALTERNATIVE, &words);
        place.closed |= any(cues::LIMITING, &words) && any(cues::CLOSED, &words);
        place.conditional |= any(cues::CONDITIONAL, &words);
        place.head = place.head.or_else(|| head(&words));
    }
    // In a list of exclusions each shuts out by itself, whatever joins them.
    if !place.excluding {
        let before = index.checked_sub(1).and_then(|before| read.criteria().get(before));
        let before = before.filter(|before| (before.section, before.parent) == (criterion.section, criterion.parent));
        place.limited |= ends_with_or(own) || before.is_some_and(|before| ends_with_or(before.span.of(text)));
    }
    place
}

/// "MET amplification in a tumour sample; OR": what follows is another way in.
fn ends_with_or(words: &str) -> bool {
    let words = words.trim_end_matches(|c: char| !c.is_alphanumeric());
    let last = words.rsplit(|c: char| !c.is_alphanumeric()).next();
    last.is_some_and(|last| last.eq_ignore_ascii_case("or"))
}

/// `words` without its brackets: "solid tumours (prostate cancer is excluded) with one of:" shuts nobody else out.
fn unbracketed(words: &str) -> String {
    let mut depth = 0_u32;
    let outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    words.chars().filter(outside).collect()
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
    [
        "microsatellite instability",
        "tumor mutational burden",
        "tumour mutational burden",
        "tumor mutation burden",
        "hrd",
    ]
    .iter()
    .any(|n| name.eq_ignore_ascii_case(n))
}

/// The tumours that the trial takes, as far as its conditions tell, or its title, or at last its criteria.
fn trial_tumours(record: Record<'_>) -> u16 {
    let named_in = |text: &str| tumours::named(&text.to_ascii_lowercase());
    let conditions = record.study.conditions.iter();
    let in_conditions = conditions.fold(0, |set, condition| set | named_in(condition));
    let or = |named: u16, text: &str| if named == 0 { named_in(text) } else { named };
    or(or(in_conditions, &record.study.brief_title), record.eligibility)
}
