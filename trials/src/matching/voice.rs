//! What one phrase says for the patient, by where it stands and what is said around it.

use super::contains::contains;
use super::cues::{self, any};
use super::lexicon::Reach;
use super::phrase::Phrase;
use super::tumours;
use super::words::Said;
use super::{Evidence, Specificity};
use crate::class::Containment;
use crate::gene::Gene;
use crate::mutation::{Alteration, Mutation};

/// The longest full names of genes, one or two, that may stand between the patients and what they have, in words.
const FULL_NAME_MAX: usize = 20;

/// What one mention says for the patient. [`super::rules`] weighs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// A patient is enrolled because of it.
    Wants,
    /// A patient with it is shut out.
    Shuts,
    /// A patient with it is shut out of the cohort under whose heading it stands; the number is that heading's place.
    ShutsOf(u32),
    /// It asks for another alteration of the same gene.
    WantsAnother,
    /// It speaks of the alteration and shuts nobody out.
    Lets,
    /// The gene's status must be known or is measured, whichever it is.
    Known,
    /// It lets patients with the alteration in on a condition, so that no wild type can be demanded of everybody.
    LetsIf,
    /// It may contain the alteration; it would enrol.
    MayWant,
    /// It may contain the alteration; it would shut out.
    MayShut,
    /// It speaks of the gene for a cohort that takes nobody more.
    Closed,
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

/// Where a mention stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Under an exclusion.
    pub excluding: bool,
    /// One of several ways in or out.
    pub limited: bool,
    /// For some cohorts only.
    pub cohort: bool,
    /// Where the heading of its cohort begins, if it stands under one.
    pub heading: Option<u32>,
    /// Where its own criterion begins, if that is for one cohort: "Cohort 2: patients with …".
    pub own_cohort: Option<u32>,
    /// For a cohort that takes nobody more.
    pub closed: bool,
    /// Under a heading that makes it hang on something else.
    pub conditional: bool,
    /// What the criterion above says of everything that is listed under it: "mutation in one of these genes:".
    pub head: Option<Said>,
    /// The tumours that the trial takes, by [`tumours::named`].
    pub tumours: u16,
    /// The tumours that the criteria above name: "For breast cancer:".
    pub under: u16,
}

/// The sentence around a mention, in lower case.
#[derive(Clone, Copy)]
pub(super) struct Around<'t> {
    /// All of it.
    pub sentence: &'t str,
    /// What stands before the phrase.
    pub before: &'t str,
    /// The phrase.
    pub phrase: &'t str,
    /// What stands after it.
    pub after: &'t str,
}

impl<'t> Around<'t> {
    /// How far after a phrase a word still speaks of it, in bytes.
    const NEAR: usize = 60;
    /// The longest list that one word behind it may deny, in bytes.
    const LIST_MAX: usize = 100;

    /// What stands right after the phrase.
    fn near(&self) -> &'t str {
        let mut end = self.after.len().min(Self::NEAR);
        while !self.after.is_char_boundary(end) {
            end -= 1;
        }
        self.after.get(..end).unwrap_or(self.after)
    }

    /// The word or two after the phrase: "HER2-negative breast cancer".
    fn next_words(&self) -> &'t str {
        let words = self.after.trim_start();
        let mut ends = words.match_indices([' ', ',', ';', ')']).map(|(at, _)| at);
        words.get(..ends.nth(1).unwrap_or(words.len())).unwrap_or("")
    }

    /// What stands right before the phrase.
    fn just_before(&self) -> &'t str {
        let mut start = self.before.len().saturating_sub(Self::NEAR);
        while !self.before.is_char_boundary(start) {
            start += 1;
        }
        self.before.get(start..).unwrap_or(self.before)
    }

    /// Whether what follows narrows the mutation to those that drugs work on.
    pub(super) fn says_sensitive(&self) -> bool {
        let near = self.near();
        near.contains("sensitiv")
            && ["associated", "confer", "known", "with", "which are", "that are"]
                .iter()
                .any(|w| near.contains(w))
    }

    fn open(&self) -> bool {
        let near = self.near();
        // "Mutations that are eligible for afatinib": that is another treatment, and no door.
        let of_a_drug = near.contains("eligible for ") && !cues::is_of_the_trial(near);
        any(cues::OPEN, near) && !of_a_drug
    }

    /// "EGFR mutation and ALK fusion must both be negative": what stands behind the list is said of all of it.
    fn denied_after(&self, phrase: &Phrase) -> bool {
        let said = !phrase.said.contains(&Said::Positive) && !phrase.negative && !phrase.denied;
        said && any(cues::DENIED_AFTER, self.after)
            && cues::DENIED_AFTER.iter().any(|cue| {
                let between = self.after.find(cue).and_then(|at| self.after.get(..at));
                between.is_some_and(|b| b.len() < Self::LIST_MAX && !any(cues::ENDS_LIST, b))
            })
    }

    fn for_cohorts(&self) -> bool {
        any(cues::LIMITING, self.sentence)
    }

    fn both_values(&self) -> bool {
        any(cues::BOTH_VALUES, self.phrase) || any(cues::BOTH_VALUES, self.near())
    }
}

/// What is said, how exactly, and whether only for some.
pub(super) type Heard = (Says, Specificity, bool);

/// What `phrase` says for a patient with `mutation`; none where it says nothing.
pub(super) fn voice(mutation: &Mutation, phrase: &Phrase, place: Place, around: Around<'_>) -> Option<Heard> {
    if phrase.drug && !place.excluding && any(cues::NOT_INDICATED, around.near()) {
        return not_indicated(mutation);
    }
    if phrase.drug || phrase.excepted {
        return None;
    }
    if stains(mutation) && (phrase.said.is_empty() || phrase.said == [Said::Positive]) {
        return None;
    }
    if !phrase.speaks() {
        return (phrase.reach == Reach::Gene).then_some((Says::Unclear, Specificity::None, false));
    }
    let limited = around.for_cohorts() || any(cues::ALTERNATIVE, around.before);
    let not_out = any(
        &["not an exclusion", "not be excluded", "not to be excluded"],
        around.near(),
    );
    let shut = cues::shuts(around.after) || around.near().contains(" excluded");
    // "The requirement is excluded in part 1" shuts nobody out.
    let shut = shut && !any(&["requirement is excluded", "requirement excluded"], around.after);
    let not_out = not_out || any(&["not excluded", "not exclude"], around.near());
    let excluding = place.excluding || (shut && !not_out);
    if phrase.status && !phrase.negative {
        let heard = status(phrase, excluding, around).filter(|_| !any(cues::ADDRESSED, around.sentence));
        return heard.map(|(says, specificity)| (says, specificity, limited));
    }
    let (contains, specificity) = if phrase.said.is_empty() {
        wild_type(mutation)
    } else {
        phrase.contains(mutation, !excluding && !phrase.denied && !phrase.negative)
    };
    let undocumented = excluding && any(&["inability", "unable to"], around.before);
    let denied = (phrase.negative != phrase.denied) != undocumented || around.denied_after(phrase);
    let heard = Hearing {
        phrase,
        place,
        around,
        contains,
        limited: limited || place.limited,
        conditional: place.conditional || any(cues::CONDITIONAL, around.sentence),
    };
    let says = if !excluding && (phrase.either || around.both_values()) {
        (contains != Containment::No).then_some(Says::Lets)
    } else {
        match (excluding, denied) {
            (true, false) => heard.shut_out(),
            // "Excluded: no EGFR mutation": a double denial that asks for it, in words too rare to build on.
            (true, true) => (contains == Containment::Contains).then_some(Says::Unclear),
            (false, true) => heard.wild_type_demanded(),
            (false, false) => heard.wished(),
        }
    };
    let says = says.filter(|_| !any(cues::ADDRESSED, around.sentence));
    // One cohort that takes nobody with a driver lets nobody in by that, in a trial that doesn't name the gene.
    let shuts_some = (excluding || denied) && !heard.conditional && !around.open() && !phrase.either;
    let says = match says? {
        Says::Lets | Says::ShutsOf(_) if phrase.reach == Reach::Driver && shuts_some => Says::MayShut,
        says => says,
    };
    let closed = place.closed || (around.for_cohorts() && any(cues::CLOSED, around.sentence));
    let says = match says {
        // What a closed cohort took, the trial takes no more, unless another cohort does.
        Says::Wants if closed => return Some((Says::Shuts, specificity, true)),
        Says::Shuts if !closed || excluding => Says::Shuts,
        _ if closed => Says::Closed,
        says => says,
    };
    // "HER2 mutation in patients with NSCLC": other tumours come in by another way.
    let limited = limited || (says == Says::WantsAnother && (heard.for_tumours_after() || heard.glosses_a_tumour()));
    // A germline alteration that is shut out leaves the tumour's own, where that is what is asked for.
    let germline = any(&["germline"], around.phrase) || around.just_before().trim_end().ends_with("germline");
    let limited = limited || (says == Says::Shuts && germline && !around.sentence.contains("somatic"));
    Some((says, specificity, limited))
}

/// "EGFR-directed therapy is not indicated": whoever has what it is given for can't bring that.
fn not_indicated(mutation: &Mutation) -> Option<Heard> {
    let symbol = mutation.gene().map_or("", Gene::symbol);
    let given_for = match symbol {
        "ALK" | "ROS1" | "RET" | "NTRK1" | "NTRK2" | "NTRK3" => Said::Fusion,
        _ => Said::Activating,
    };
    let says = match contains(given_for, mutation) {
        Containment::Contains => Says::Shuts,
        Containment::MayContain => Says::MayShut,
        Containment::No => Says::Lets,
    };
    Some((says, Specificity::Class, false))
}

/// A gene's status or test: whoever must only know it may have either.
fn status(phrase: &Phrase, excluding: bool, around: Around<'_>) -> Option<(Says, Specificity)> {
    let open =
        around.open() || phrase.either || any(cues::KNOWN, around.sentence) || any(cues::STRATIFYING, around.sentence);
    let stratifies = any(cues::STRATIFYING, around.sentence);
    // "Tissue for determination of FGFR status": whatever it is.
    let sampled = any(cues::TESTED_FOR, around.just_before()) && any(cues::SAMPLES, around.before);
    let measured = (any(cues::MEASURING, around.sentence) || sampled) && !stratifies;
    // What opens a list decides nothing; the list does.
    let opens_list = around.sentence.trim_end().ends_with(':');
    let lets = open && !opens_list && !measured && !phrase.denied && !excluding && phrase.reach != Reach::Driver;
    lets.then_some((Says::Known, Specificity::Gene))
}

/// A phrase that says what happened to the gene, with what its place and its sentence say of it.
struct Hearing<'t> {
    phrase: &'t Phrase,
    place: Place,
    around: Around<'t>,
    contains: Containment,
    limited: bool,
    conditional: bool,
}

impl Hearing<'_> {
    /// An exclusion names it.
    fn shut_out(&self) -> Option<Says> {
        // "prior chemotherapy for ALK-positive disease": the treatment shuts out, not the alteration.
        if self.treatment_for() || any(cues::HARMLESS, self.around.near()) || any(cues::HARMLESS, self.around.before) {
            return None;
        }
        let near = self.around.near();
        if any(cues::RELATIVES, self.around.before) || any(cues::SEVERAL, self.around.before) {
            return None;
        }
        let open = self.around.open() && !cues::shuts(near);
        let not_out = any(&["not an exclusion", "not be excluded"], self.around.near());
        let for_some = self.place.cohort || self.around.for_cohorts() || self.for_some_tumours();
        match self.contains {
            _ if open || not_out => Some(Says::Lets),
            Containment::Contains if self.conditional => Some(Says::Lets),
            Containment::Contains if self.phrase.tells => Some(Says::Shuts),
            Containment::Contains if for_some => Some(match self.place.heading {
                Some(heading) if !self.around.for_cohorts() && !self.for_some_tumours() => Says::ShutsOf(heading),
                _ => Says::Lets,
            }),
            // "HER2 amplification in the absence of HER2 protein is excluded": both together are not.
            Containment::Contains if near.contains("in the absence of") => Some(Says::Lets),
            Containment::Contains if self.shut_out_with_more() => Some(Says::Lets),
            Containment::Contains => Some(Says::Shuts),
            Containment::MayContain => Some(Says::MayShut),
            // Another alteration of the gene is what is shut out.
            Containment::No => (self.place.excluding && self.phrase.reach == Reach::Gene).then_some(Says::Lets),
        }
    }

    /// Whether the exclusion is for those only who have the alteration and something more: a treatment that is open to
    /// them or that they had, or what the criteria below a "For carriers of …" say.
    fn shut_out_with_more(&self) -> bool {
        let Around { before, .. } = self.around;
        let near = self.around.near();
        let elsewhere = any(cues::ELIGIBLE_ELSEWHERE, near) && !near.contains("not eligible");
        let heads = before
            .trim_start_matches(|c: char| !c.is_ascii_lowercase())
            .starts_with("for ");
        any(cues::CANDIDATE, before) || any(cues::AND_TREATED, near) || elsewhere || heads
    }

    /// Whether an earlier treatment is what the sentence speaks of, and the alteration only says for what it was.
    fn treatment_for(&self) -> bool {
        let before = self.around.before;
        let treated = any(cues::THERAPY_NOUNS, before) && any(cues::EARLIER, before);
        let drug = ["mab ", "nib "].iter().any(|end| before.contains(end));
        // "… for locally advanced HER2-positive disease": a few words may colour the disease.
        let disease = before.trim_end().ends_with(" for")
            || before.rsplit_once(" for ").is_some_and(|(had, which)| {
                treated && any(cues::EARLIER, had) && !which.contains([',', '(', ':']) && which.split(' ').count() < 7
            });
        // "Tyrosine kinase inhibitors for individuals with Ph+ leukaemia": who takes them, not who is shut out.
        let taken = ["inhibitors for ", "inhibitor for ", "tkis for ", "tki for "]
            .iter()
            .any(|given| {
                let whom = before.rsplit_once(given).map(|(_, whom)| whom);
                whom.is_some_and(|w| !w.contains([',', ':']) && w.split(' ').count() < 7)
            });
        (treated || drug) && disease || taken
    }

    /// Whether the criterion is for one tumour of several that the trial takes: "CRC patients with KRAS mutation" shuts
    /// out of a trial in colorectal cancer, and out of no other.
    fn for_some_tumours(&self) -> bool {
        let named = tumours::named(self.around.before) & !tumours::ANY;
        let people = ["participants", "patients", "subjects", "for "]
            .iter()
            .any(|p| self.around.before.contains(p));
        let trial = self.place.tumours;
        named != 0 && people && (trial == 0 || trial & !named != 0)
    }

    /// "… in patients with NSCLC", of a trial that takes other tumours, too.
    fn for_tumours_after(&self) -> bool {
        let near = self.around.near();
        let named = tumours::named(near) & !tumours::ANY;
        let trial = self.place.tumours;
        named != 0 && near.contains("in ") && near.contains(" with") && (trial == 0 || trial & !named != 0)
    }

    /// "NSCLC, breast cancer (HER2-positive), pancreatic cancer": in its bracket it speaks for one tumour of the list.
    fn glosses_a_tumour(&self) -> bool {
        let Around { sentence, before, .. } = self.around;
        let Some((lead, inside)) = before.rsplit_once('(') else {
            return false;
        };
        let listed = lead.rsplit([',', ';', ':']).next().unwrap_or(lead);
        let its = tumours::named(listed) & !tumours::ANY;
        its != 0 && !inside.contains(')') && tumours::named(sentence) & !tumours::ANY & !its != 0
    }

    /// Whether the sentence is for one tumour of several that the trial's conditions name.
    fn one_of_the_tumours(&self) -> bool {
        let named = (tumours::named(self.around.sentence) | self.place.under) & !tumours::ANY;
        // "HCC, TNBC, pancreatic cancer": a tumour in a list of tumours.
        let its = tumours::named(self.around.phrase) | tumours::named(self.around.next_words());
        if its != 0 && named & !its != 0 {
            return true;
        }
        named != 0 && self.place.tumours & !named != 0
    }

    /// The wild type, or its absence, is asked for.
    fn wild_type_demanded(&self) -> Option<Says> {
        let only = self.around.before.contains("only ");
        let open = (self.around.open() && !only) || any(cues::STRATIFYING, self.around.sentence);
        match self.contains {
            Containment::Contains if self.phrase.tells && !self.conditional && !open => Some(Says::Shuts),
            // "Breast cancer of any subtype, including triple-negative".
            Containment::Contains if any(cues::INDIFFERENT, self.around.before) => Some(Says::Lets),
            Containment::Contains if self.conditional || open || self.one_of_the_tumours() => Some(Says::Lets),
            Containment::Contains if self.limited => Some(self.place.own_cohort.map_or(Says::Lets, Says::ShutsOf)),
            Containment::Contains if self.wild_type_has_a_duty() || self.treatment_of_wild_type() => Some(Says::Lets),
            Containment::Contains => Some(Says::Shuts),
            // HER2-negative is said of copies and protein: a mutated HER2 may well be negative.
            Containment::MayContain if self.limited || self.phrase.said.is_empty() => Some(Says::Lets),
            Containment::MayContain => Some(Says::MayShut),
            Containment::No => (self.phrase.reach == Reach::Gene).then_some(Says::Lets),
        }
    }

    /// "Anti-EGFR therapy (if RAS wild-type)", "cetuximab for KRAS wild-type": what those with the wild type had before.
    fn treatment_of_wild_type(&self) -> bool {
        let before = self.around.just_before();
        let who = before.trim_end();
        let for_them = [
            " for",
            " in",
            "for patients with",
            "in patients with",
            "whose tumors are",
            "whose tumours are",
        ];
        let treated = any(cues::THERAPY, self.around.before) || any(&["mab", "nib", "platin"], self.around.before);
        before.contains("if ")
            || before.contains("in case of")
            || (treated && for_them.iter().any(|f| who.ends_with(f)))
            || (treated && self.is_spelled_out_after(" for "))
    }

    /// "… for rat sarcoma viral oncogene homolog (RAS)": only the gene's whole name stands between.
    fn is_spelled_out_after(&self, word: &str) -> bool {
        let between = self
            .around
            .before
            .trim_end()
            .rsplit_once(word)
            .map(|(_, between)| between);
        between.is_some_and(|b| {
            let name = b.strip_suffix('(').unwrap_or("");
            name.contains("oncogen") && name.split_whitespace().count() < FULL_NAME_MAX && !name.contains([',', '('])
        })
    }

    /// "Patients with wild-type KRAS must have received cetuximab": others needn't.
    fn wild_type_has_a_duty(&self) -> bool {
        let people = ["patients with", "participants with", "subjects with", "those with"];
        let who = ["patients who have", "participants who have", "subjects who have"];
        let before = self.around.before.trim_end();
        // "Participants without driver alterations: progression on chemotherapy".
        let heads = self.around.after.trim_start().starts_with(':')
            && ["patients", "participants", "subjects", "those"]
                .iter()
                .any(|p| before.ends_with(p));
        // "Patients who have a known Kirsten rat sarcoma (KRAS) wild-type tumour": the gene may be spelled out.
        let named = who.iter().any(|w| {
            let between = before.rsplit_once(w).map(|(_, between)| between);
            between.is_some_and(|b| {
                b.split_whitespace().count() < FULL_NAME_MAX && !b.contains(',') && tumours::named(b) == 0
            })
        });
        heads || (named || people.iter().any(|p| before.ends_with(p))) && self.subject_of_a_duty()
    }

    /// It is named as something that a patient has.
    fn wished(&self) -> Option<Says> {
        let Around { sentence, before, .. } = self.around;
        if any(cues::STRATIFYING, sentence) {
            return (self.contains != Containment::No).then_some(Says::Known);
        }
        let beside = any(cues::BESIDE, before)
            && cues::BESIDE.iter().any(|cue| {
                let other = before.rsplit_once(cue).map(|(_, other)| other);
                // "in combination with other therapies in patients with …": other drugs are no alteration.
                other.is_some_and(|o| !any(cues::THERAPY, o))
            });
        let beside = beside || any(cues::ONLY_BESIDE, self.around.after);
        if any(cues::MEASURING, sentence) || any(cues::BACKGROUND, before) || any(cues::RELATIVES, before) || beside {
            return None;
        }
        if any(cues::TESTED_FOR, self.around.just_before()) {
            return (self.contains != Containment::No).then_some(Says::Known);
        }
        let opening = sentence.trim_start_matches(|c: char| !c.is_alphabetic());
        if self.phrase.reach == Reach::Driver && cues::OPENS_DENIAL.iter().any(|cue| opening.starts_with(cue)) {
            return Some(Says::MayShut);
        }
        if self.phrase.perhaps_denied {
            return (self.contains != Containment::No).then_some(Says::Unclear);
        }
        let if_altered = self.lets_if();
        match self.contains {
            _ if self.phrase.reach == Reach::Gene && any(cues::INDIFFERENT, before) && !self.asks_if_known() => {
                Some(Says::Lets)
            }
            Containment::Contains if if_altered => Some(Says::LetsIf),
            // "harboring a targetable genotype" asks for one; else a driver is spoken of for many reasons.
            Containment::Contains
                if self.phrase.reach == Reach::Driver && !before.trim_end().ends_with("harboring a") =>
            {
                Some(Says::MayWant)
            }
            Containment::Contains => Some(Says::Wants),
            Containment::MayContain => Some(Says::MayWant),
            Containment::No if self.phrase.reach != Reach::Gene => None,
            Containment::No if if_altered => Some(Says::Lets),
            Containment::No => Some(Says::WantsAnother),
        }
    }

    fn subject_of_a_duty(&self) -> bool {
        let Around { before, after, .. } = self.around;
        // "Mutations that are eligible for afatinib" have a treatment, and no duty.
        let after = after.trim_start().strip_prefix("that are eligible").unwrap_or(after);
        !before.contains("must") && any(cues::DUTY, after) && any(cues::THERAPY, after)
    }

    /// "A prior PARP inhibitor for disease with a BRCA2 mutation": what those who have it had, as nobody else can.
    fn drug_for_some(&self) -> bool {
        let before = self.around.before;
        let given = before.split_once("inhibitor for ");
        given.is_some_and(|(had, whom)| any(cues::EARLIER, had) && any(&[" with ", " harbo"], whom))
    }

    /// "Any histology if known to be MSI-H" asks for it: nothing that hangs on it is said.
    fn asks_if_known(&self) -> bool {
        let clause = self.around.before.rsplit_once(" if ");
        clause.is_some_and(|(lead, rest)| rest.starts_with("known to") && !any(cues::THERAPY, lead))
    }

    /// Whether the sentence says what those who have it must or may do, rather than asking for it.
    fn lets_if(&self) -> bool {
        let before = self.around.before;
        let required = cues::REQUIRED.iter().filter_map(|cue| before.find(cue)).min();
        let for_some = required.is_some_and(|at| any(cues::FOR_SOME, before.get(at..).unwrap_or("")));
        // "If IHC is equivocal, a negative test for HER2": past the comma stands what follows, not the condition.
        let clause = before
            .rsplit_once("if ")
            .map(|(lead, rest)| (lead.chars().next_back(), rest));
        let condition = clause.is_some_and(|(mark, rest)| {
            mark.is_none_or(|c| !c.is_alphanumeric()) && ![", a ", ", the "].iter().any(|then| rest.contains(then))
        }) && !before.contains("eligible if");
        let has_duty = any(cues::REQUIRED, before) || any(cues::DUTY, self.around.after);
        let condition = condition && !self.asks_if_known();
        let condition = condition || (any(cues::IN_CASE, self.around.just_before()) && has_duty);
        self.subject_of_a_duty()
            || for_some
            || self.drug_for_some()
            || condition
            || before.contains("in those with")
            || self.around.open()
    }
}

/// Whether pathologists stain for the gene's protein: "ER-negative" is said of the stain, not of ESR1, and "p16-negative"
/// of a virus's trace (CAP, 2018), not of CDKN2A.
fn stains(mutation: &Mutation) -> bool {
    mutation
        .gene()
        .is_some_and(|g| matches!(g.symbol(), "ESR1" | "PGR" | "AR" | "CDKN2A"))
}

/// What a wild-type or negative gene denies: HER2-negative an amplification, any other gene all that may happen to it.
fn wild_type(mutation: &Mutation) -> (Containment, Specificity) {
    match mutation {
        Mutation::OfGene { gene, alteration } if gene.symbol() == "ERBB2" => match alteration {
            Alteration::Amplification | Alteration::Overexpression => (Containment::Contains, Specificity::Gene),
            // Low and ultralow are HER2-negative by the older reading (ASCO/CAP, 2023).
            Alteration::Class(_) => (Containment::No, Specificity::Gene),
            _ => (Containment::MayContain, Specificity::Gene),
        },
        _ => (Containment::Contains, Specificity::Gene),
    }
}
