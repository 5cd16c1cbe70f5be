//! The phrase around a gene's name: what is said to have happened to it, and whether that is denied.

mod surroundings;

pub(super) use surroundings::{colours_genes, variant};

use surroundings::*;

use super::contains::{class_of, contains};
use super::lexicon::Reach;
use super::words::{Kind, Said, Word};
use crate::class::{Class, Containment};
use crate::gene::Gene;
use crate::matching::Specificity;
use crate::mutation::{Alteration, Mutation};

/// How many words without a meaning may stand between a gene and what happened to it.
const STRANGERS_MAX: usize = 2;
/// The longest full name of a gene, in words, up to its symbol.
const FULL_NAME_MAX: usize = 6;
/// How far a phrase is followed, in words: lists of genes are long.
const REACH_MAX: usize = 150;
/// How many words without a meaning may stand between "no" and what it denies.
const DENIAL_STRANGERS_MAX: usize = 4;

/// What a phrase says of the gene.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    /// Its first word.
    pub first: usize,
    /// Its last word.
    pub last: usize,
    /// How wide the name reaches.
    pub reach: Reach,
    /// What happened to the gene; empty where the gene is only named.
    pub said: Vec<Said>,
    /// What it is not: "other than G12C".
    pub except: Vec<Said>,
    /// "any other mutation" after exact ones: the class is asked for after all.
    pub any_other: bool,
    /// "wild-type", "negative".
    pub negative: bool,
    /// "no", "without" before it.
    pub denied: bool,
    /// "with or without", "regardless of" before it.
    pub either: bool,
    /// "no" stands before it, with too much between to say what it denies.
    pub perhaps_denied: bool,
    /// "other than" before it.
    pub excepted: bool,
    /// Its status or test is spoken of, not an alteration.
    pub status: bool,
    /// Its test is spoken of, right beside it.
    pub tested: bool,
    /// A word for status was read, whatever came of it.
    pub status_read: bool,
    /// The gene is a drug's target here.
    pub drug: bool,
    /// It is a disease that the alteration defines: who has the one has the other.
    pub tells: bool,
}

impl Phrase {
    /// Reads the phrase around the gene at `words[at]`.
    pub(super) fn read(words: &[Word], at: usize, reach: Reach, signature: bool) -> Self {
        let mut phrase = Self {
            first: at,
            last: at,
            reach,
            said: Vec::new(),
            except: Vec::new(),
            any_other: false,
            negative: false,
            denied: false,
            either: false,
            perhaps_denied: false,
            excepted: false,
            status: false,
            tested: false,
            status_read: false,
            drug: false,
            tells: false,
        };
        // A signature's name says all: what stands behind another gene isn't said of it.
        if signature {
            phrase.said.push(Said::Alteration);
        }
        phrase.read_right(words, at);
        phrase.read_left(words, at);
        phrase.read_spelled_out(words);
        phrase.negative |= glosses_wild_type(words, at);
        if signature {
            // "MSI-H status" is high; "HRD testing" says nothing.
            phrase.status &= phrase.tested;
        } else if matches!(reach, Reach::Driver | Reach::Syndrome) && phrase.said.is_empty() && !phrase.drug {
            phrase.said.push(Said::Alteration);
        }
        phrase.read_denial(words);
        phrase
    }

    /// Whether it says anything of the gene but its name.
    pub(super) fn speaks(&self) -> bool {
        self.negative || self.status || !self.said.is_empty()
    }

    /// Whether the class that it names contains `mutation`, and how exactly it names it. Where it is `asked` for, the
    /// narrower word counts, "a sensitising mutation"; where it shuts out, either.
    pub(super) fn contains(&self, mutation: &Mutation, asked: bool) -> (Containment, Specificity) {
        if self
            .except
            .iter()
            .any(|s| contains(*s, mutation) == Containment::Contains)
        {
            return (Containment::No, Specificity::Alteration);
        }
        // "EGFR mutation (L858R)" asks for L858R; "KRAS mutation or amplification" for either.
        let exact = !self.any_other && self.said.iter().any(|s| variant(*s));
        // A report that knows no more than the gene can't be held to a class.
        let gene_level = matches!(
            mutation,
            Mutation::OfGene {
                alteration: Alteration::Any,
                ..
            }
        );
        let classed = |said: &Said| *said == Said::Uncommon || matches!(said, Said::Class(_)) && !gene_level;
        let narrowed = self.said.iter().any(classed) || (asked && self.said.contains(&Said::Activating));
        let said = self.said.iter().filter(|s| match s {
            Said::Mutation | Said::Alteration if narrowed => false,
            Said::Positive => self.said.len() == 1,
            said => !exact || !general(**said),
        });
        let mut best = (Containment::No, Specificity::None);
        for one in said {
            let specificity = match (self.reach, one) {
                (Reach::Family | Reach::Driver | Reach::Syndrome, _) => Specificity::Pathway,
                (_, Said::Alteration | Said::Mutation | Said::Positive) => Specificity::Gene,
                _ if names(*one, mutation) => Specificity::Alteration,
                (
                    _,
                    Said::Activating
                    | Said::Uncommon
                    | Said::Class(_)
                    | Said::Codon(_)
                    | Said::Exon(..)
                    | Said::Exons(..)
                    | Said::KinaseDomain,
                ) => Specificity::Class,
                _ => Specificity::Alteration,
            };
            match contains(*one, mutation) {
                Containment::Contains if best.0 != Containment::Contains || specificity < best.1 => {
                    best = (Containment::Contains, specificity)
                }
                Containment::MayContain if best.0 == Containment::No => best = (Containment::MayContain, specificity),
                _ => {}
            }
        }
        if let Mutation::OfGene {
            alteration: Alteration::Class(class),
            ..
        } = mutation
            && best.0 == Containment::MayContain
            && self.contains_class(*class, asked) == Containment::Contains
        {
            best.0 = Containment::Contains;
        }
        if self.reach == Reach::Syndrome || self.reach != Reach::Gene && best.0 == Containment::No {
            best.0 = Containment::MayContain;
        }
        best
    }

    /// Classes that the gene doesn't have say nothing of it; low and ultralow are a negative to all who aren't (ASCO/CAP,
    /// 2023: immunohistochemistry 0 to 2+, not amplified in situ).
    pub(super) fn settle_classes(&mut self, mutation: &Mutation) {
        let symbol = mutation.gene().map_or("", Gene::symbol);
        let is_class = matches!(
            mutation,
            Mutation::OfGene {
                alteration: Alteration::Class(_),
                ..
            }
        );
        let mut low = false;
        self.said.retain(|said| match said {
            Said::Class("low" | "ultralow") if symbol == "ERBB2" && !is_class => {
                low = true;
                false
            }
            Said::Class(_) => class_of(*said, symbol).is_some(),
            _ => true,
        });
        self.negative |= low;
    }

    /// Whether the words contain whichever alteration of the patient's class is meant: "exon 19 deletion or L858R" all
    /// that are common, though neither does by itself.
    fn contains_class(&self, class: Class, asked: bool) -> Containment {
        let gene = class.gene();
        let of = |alteration: &Alteration| {
            let alteration = alteration.clone();
            self.contains(&Mutation::OfGene { gene, alteration }, asked).0
        };
        class.is_within(&of, &|_| false)
    }

    fn read_right(&mut self, words: &[Word], at: usize) {
        let governed = governed_from_left(words, at);
        let mut strangers = 0;
        let mut passed_gene = false;
        let mut excepting = false;
        let mut another = false;
        let mut detached = false;
        let mut paired = false;
        let mut passed = 0;
        for (j, word) in words.iter().enumerate().skip(at + 1).take(REACH_MAX) {
            if j < passed {
                continue;
            }
            let got = !self.said.is_empty() || self.negative || self.status;
            match word.kind {
                Kind::Stop | Kind::Negator | Kind::Clause | Kind::Verb | Kind::Either | Kind::DrugOf => break,
                Kind::Gene(_) | Kind::OtherGene if got => {
                    self.negative |= self.shares_denial(words, at, j);
                    break;
                }
                Kind::Gene(_) | Kind::OtherGene if governed => break,
                // "BRAF driver mutation": an alteration of this gene.
                Kind::Gene(Reach::Driver) if j == at + 1 && self.reach == Reach::Gene => {
                    self.said.push(Said::Alteration);
                }
                Kind::Gene(_) => {}
                Kind::OtherGene => {
                    passed_gene = true;
                    strangers = 0;
                }
                Kind::Another => {
                    another = true;
                    continue;
                }
                // "HER2 x HER3 in NRG1 fusion-positive tumours": what follows "in" is said of other genes.
                Kind::Of if !got && !matches!(words.get(j + 1).map(|w| w.kind), Some(Kind::Said(s)) if variant(s)) => {
                    break;
                }
                Kind::Open if got => {
                    passed = past_a_measure(words, j).unwrap_or(passed);
                    continue;
                }
                Kind::Link | Kind::Of | Kind::Comma | Kind::Open | Kind::Close => continue,
                Kind::Except => {
                    excepting = true;
                    continue;
                }
                Kind::Example if got => break,
                Kind::Example => continue,
                // "activating mutations in EGFR or rearrangements in ALK": these happened to the next gene.
                Kind::Said(said) if governed && !variant(said) && is_of_a_gene(words, j) => break,
                Kind::Said(said) => {
                    paired |= !got && of_a_pair(words, at, j);
                    let shared = paired
                        || matches!(
                            said,
                            Said::Fusion | Said::Amplification | Said::Loss | Said::Inactivation
                        );
                    if passed_gene && !general(said) && !shared {
                        continue;
                    }
                    // "non-V600 mutation": the general word is what is asked for.
                    if excepting && (self.except.is_empty() || !general(said)) {
                        self.except.push(said);
                    } else {
                        self.any_other |= another && general(said);
                        self.said.push(said);
                    }
                }
                // "EGFR mutation and negative ALK fusion": what stands before the next gene is said of that one.
                Kind::Negative if got && begins_another(words, j) => break,
                Kind::Negative => self.negative = true,
                // "HER2 overexpression (IHC 3+)", "ALK fusion (FISH)": how a value was found, in a bracket behind it.
                Kind::Test
                    if words.get(j - 1).is_some_and(|w| w.kind == Kind::Open)
                        && self
                            .said
                            .iter()
                            .any(|s| !matches!(s, Said::Mutation | Said::Alteration)) =>
                {
                    break;
                }
                // "EGFR status negative or unknown", "EGFR mutation test negative".
                Kind::Status | Kind::Test
                    if words
                        .iter()
                        .skip(j + 1)
                        .find(|w| w.kind != Kind::Link)
                        .is_some_and(|w| w.kind == Kind::Negative) =>
                {
                    self.status_read = true;
                }
                // "mutation of PIK3CA via a specified test": what stands before the gene is said of it, and how it is found.
                Kind::Status | Kind::Test if governed && strangers > 0 => break,
                Kind::Status | Kind::Test => {
                    self.status_read = true;
                    self.tested = word.kind == Kind::Test && strangers == 0;
                    // "HER2-positive status": what is positive decides.
                    self.status = !self.negative && !self.said.contains(&Said::Positive);
                    self.last = j;
                    break;
                }
                Kind::Drug => {
                    self.drug = (!passed_gene || !got || paired) && !detached;
                    break;
                }
                // A misspelt or rare word in a list of changes: "exon 19 deltion or exon 21 (L858R)".
                Kind::Other if got => {
                    let next = words.iter().skip(j + 1).find(|w| !w.kind.binds()).map(|w| w.kind);
                    if !matches!(next, Some(Kind::Said(said)) if variant(said)) || passed_gene {
                        break;
                    }
                    detached = true;
                    continue;
                }
                Kind::Other => {
                    strangers += 1;
                    // Another gene's full name: "EGFR, anaplastic lymphoma kinase (ALK) mutation".
                    let full_name = words
                        .iter()
                        .skip(j)
                        .take(FULL_NAME_MAX)
                        .any(|w| w.kind == Kind::OtherGene);
                    if strangers > STRANGERS_MAX && !full_name {
                        break;
                    }
                    continue;
                }
            }
            if !matches!(word.kind, Kind::OtherGene | Kind::Gene(_)) {
                self.last = j;
            }
        }
    }

    /// "RAS, BRAF V600E and EGFR S492R wild-type": a list whose first member is bare has one predicate, its last word.
    fn shares_denial(&self, words: &[Word], at: usize, from: usize) -> bool {
        let bare_first = words
            .iter()
            .take(at)
            .rev()
            .find(|w| !w.kind.binds())
            .is_some_and(|w| w.kind.is_gene());
        if !bare_first || !self.said.iter().all(|s| variant(*s)) {
            return false;
        }
        let mut strangers = 0;
        for word in words.iter().skip(from) {
            match word.kind {
                Kind::Negative => return true,
                Kind::Said(said) if variant(said) => {}
                Kind::Other if strangers < STRANGERS_MAX => strangers += 1,
                kind if kind.is_gene() || kind.binds() => {}
                _ => return false,
            }
        }
        false
    }

    /// "one of the two common EGFR mutations known to respond (ex19del or L858R)": a general word whose changes are
    /// spelled out in the next bracket asks for these.
    fn read_spelled_out(&mut self, words: &[Word]) {
        if self.reach != Reach::Gene || self.said.is_empty() || !self.said.iter().all(|s| general(*s)) {
            return;
        }
        // What stands in the open bracket; none where it holds more than changes, such as "and other mutations".
        let mut spelled: Option<Vec<Said>> = None;
        for word in words.iter().skip(self.last + 1).take(REACH_MAX) {
            match word.kind {
                Kind::Stop | Kind::OtherGene | Kind::Negator => return,
                Kind::Open => spelled = Some(Vec::new()),
                Kind::Close => {
                    let mut found = spelled.take().unwrap_or_default();
                    if !found.is_empty() {
                        self.said.append(&mut found);
                        return;
                    }
                }
                Kind::Said(said) if variant(said) => spelled.iter_mut().for_each(|s| s.push(said)),
                Kind::Link | Kind::Comma => {}
                _ => spelled = None,
            }
        }
    }

    fn read_left(&mut self, words: &[Word], at: usize) {
        let got = self.speaks();
        let mut passed_gene = false;
        for j in (0..at).rev().take(REACH_MAX) {
            let Some(word) = words.get(j) else { break };
            match word.kind {
                // "a driver alteration (EGFR, ALK)": the class says what happened to its members.
                Kind::Gene(Reach::Driver) if !got => {
                    self.said.push(Said::Alteration);
                    self.first = j;
                    break;
                }
                Kind::OtherGene | Kind::Gene(_) => passed_gene = true,
                Kind::Example => {}
                kind if kind.binds() => {}
                // "Confirmed positive PIK3CA mutation status": what is positive decides.
                Kind::Said(Said::Positive) if self.status && !passed_gene && !self.said.is_empty() => {
                    self.status = false;
                    break;
                }
                // "MET exon 14 skipping or RET": the change is MET's.
                Kind::Said(said) if variant(said) && belongs_to_an_earlier_gene(words, j) => passed_gene = true,
                Kind::Said(said) if !general(said) && !passed_gene && (!got || variant(said)) => {
                    self.said.push(said);
                    self.first = j;
                }
                Kind::Said(said) if !got && (general(said) || !variant(said)) => {
                    self.said.push(said);
                    self.first = j;
                    // "G12D mutated NRAS": the change before says which.
                    let before = j.checked_sub(1).and_then(|b| words.get(b)).map(|w| w.kind);
                    if passed_gene || !matches!(before, Some(Kind::Said(said)) if variant(said)) {
                        break;
                    }
                }
                // "uncommon EGFR mutations": what stands before the gene narrows what stands behind it.
                Kind::Said(class @ (Said::Uncommon | Said::Class(_)))
                    if !passed_gene && self.said == [Said::Mutation] =>
                {
                    self.said.push(class);
                    self.first = j;
                    break;
                }
                // "L858R or exon 19 deletion activating EGFR mutation": the changes say which.
                Kind::Said(Said::Activating) if !passed_gene && follows_a_change(words, j) => {
                    self.said.push(Said::Activating);
                    self.first = j;
                }
                Kind::Said(_) if passed_gene && !got => {}
                Kind::Negative if !got => {
                    self.negative = true;
                    self.first = j;
                    break;
                }
                Kind::Status | Kind::Test if !got && !passed_gene => {
                    self.status = true;
                    break;
                }
                // "a mutation in breast cancer susceptibility genes: BRCA1".
                Kind::Other if !got && names_genes(words, j) => {}
                _ => break,
            }
        }
    }

    fn read_denial(&mut self, words: &[Word]) {
        let mut strangers = 0;
        let mut comma = false;
        let mut clause = false;
        let mut depth = 0_u32;
        for j in (0..self.first).rev().take(REACH_MAX) {
            let Some(word) = words.get(j) else { break };
            // "wild-type KRAS (without mutation in exon 2) and NRAS": a bracket that is closed denies nothing behind it.
            match word.kind {
                Kind::Close => depth += 1,
                Kind::Open => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > 0 {
                continue;
            }
            match word.kind {
                // "no prior therapy", "has not progressed": the denial is of what was done.
                Kind::Stop | Kind::Verb => break,
                Kind::DrugOf => {
                    self.drug = strangers == 0 && !clause;
                    break;
                }
                Kind::Clause => clause = true,
                Kind::Either => {
                    self.either = true;
                    break;
                }
                Kind::Negator if comma => {
                    self.perhaps_denied = true;
                    break;
                }
                Kind::Negator => {
                    self.denied = true;
                    self.first = j;
                    break;
                }
                // "without brain metastases, EGFR L858R": another thing ends at the comma; "not KRAS, NRAS" goes on.
                Kind::Comma => {
                    let kind = |back: usize| j.checked_sub(back).and_then(|b| words.get(b)).map(|w| w.kind);
                    // "no effective therapy, or participants with a KRAS mutation": the denial is of the treatment.
                    if kind(1) == Some(Kind::Drug) {
                        break;
                    }
                    // "MET-mutant NSCLC, ALK fusion": a member of the list, and not another thing.
                    comma |= kind(1) == Some(Kind::Other) && !matches!(kind(2), Some(Kind::Said(_)));
                }
                // "alterations other than EGFR mutations (e.g. ALK fusion)": examples of what is left, not of the exception.
                Kind::Except => {
                    self.excepted = !exemplifies(words, j, self.first);
                    break;
                }
                Kind::Negative if strangers == 0 && !belongs_to_a_gene(words, j) && !ends_a_member(words, j) => {
                    self.negative = true;
                    self.first = j;
                    break;
                }
                Kind::Other | Kind::Drug => {
                    strangers += 1;
                    if strangers > DENIAL_STRANGERS_MAX {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
}
