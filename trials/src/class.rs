//! Classes: what a wide word contains. "Sensitizing EGFR mutation" contains L858R, "BRAF class II" contains K601E, and a
//! gene's mutation contains each of its codons.
//!
//! The knowledge lies in tables beside this file, one kind a table, each line with its source, to be read and corrected
//! by a clinician: `class/alterations.tsv` (classes of one gene's alterations), `class/groups.tsv` (groups of genes and
//! what records call them), `class/exons.tsv`. Containment has three values: where the words don't decide, a class
//! *may* contain an alteration, and nobody is shut out or let in by a guess.

mod exons;
pub(crate) mod groups;
mod relation;

pub(crate) use exons::codons_of;
pub(crate) use relation::{contains, is_small};

use crate::gene::Gene;
use crate::mutation::{Alteration, Mutation};
use std::fmt;
use std::sync::LazyLock;

/// Whether a class contains an alteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Containment {
    /// It does.
    Contains,
    /// It may: the words of the class or of the report leave it open.
    MayContain,
    /// It doesn't.
    No,
}

/// A class of alterations of one gene, by its line in the table.
#[derive(Clone, Copy)]
pub struct Class(&'static Row);

/// A class that contains a mutation, as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Containing {
    /// What trials call it: `EGFR sensitizing mutation`, `RAS`.
    pub name: String,
    /// Whether it contains the mutation or may.
    pub containment: Containment,
    /// Where that stands.
    pub source: &'static str,
}

/// Every class that contains or may contain a mutation: those that surely do first, then as the tables have them.
pub fn containing(mutation: &Mutation) -> impl Iterator<Item = Containing> {
    let mut found = Vec::new();
    let (gene, alteration) = match mutation {
        Mutation::OfGene { gene, alteration } => (Some(*gene), alteration.clone()),
        Mutation::Fusion { gene, .. } => (Some(*gene), Alteration::Fusion),
        Mutation::OfFamily { alteration, .. } => (None, alteration.clone()),
        Mutation::Signature(_) => (None, Alteration::Any),
    };
    for class in gene.into_iter().flat_map(Class::of_gene) {
        let containment = class.contains(&alteration);
        let is_itself = alteration == Alteration::Class(class);
        if containment != Containment::No && !is_itself {
            found.push(Containing {
                name: format!("{} {class}", class.gene()),
                containment,
                source: class.source(),
            });
        }
    }
    for group in mutation.subjects().into_iter().flat_map(groups::of) {
        let containing = Containing {
            name: group.name.to_owned(),
            containment: if group.is_sure {
                Containment::Contains
            } else {
                Containment::MayContain
            },
            source: group.source,
        };
        if !found.contains(&containing) {
            found.push(containing);
        }
    }
    found.sort_by_key(|class| class.containment);
    found.into_iter()
}

impl Class {
    /// Every class, in the table's order.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(Self)
    }

    /// The classes of a gene's alterations.
    pub fn of_gene(gene: Gene) -> impl Iterator<Item = Self> {
        Self::all().filter(move |class| class.gene() == gene)
    }

    /// The gene's class of this name, without the gene: `sensitizing mutation`.
    pub(crate) fn named(symbol: &str, name: &str) -> Option<Self> {
        ROWS.iter()
            .find(|row| row.gene.symbol() == symbol && row.name == name)
            .map(Self)
    }

    /// The class of the gene that a report's words stand for, written beside the gene.
    pub(crate) fn spelled(gene: Gene, words: &str) -> Option<Self> {
        let mut rows = ROWS.iter().filter(|row| row.gene == gene).peekable();
        rows.peek()?;
        let words = core(words);
        rows.find(|row| row.spellings.iter().any(|spelling| *spelling == words))
            .map(Self)
    }

    /// How reports write it behind the gene, its name among them.
    pub(crate) fn spellings(self) -> impl Iterator<Item = &'static str> {
        self.0.spellings.iter().map(AsRef::as_ref)
    }

    /// Whether its name is read as the class: `ERBB2 positive` is read as an amplification.
    pub(crate) fn can_be_asked_for(self) -> bool {
        !self.0.spellings.is_empty()
    }

    /// The gene whose alterations it holds.
    #[must_use]
    pub fn gene(self) -> Gene {
        self.0.gene
    }

    /// Where it stands what the class contains.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.0.source
    }

    /// Whether it contains an alteration of its gene.
    #[must_use]
    pub fn contains(self, alteration: &Alteration) -> Containment {
        use Containment::{Contains, MayContain, No};
        if *alteration == Alteration::Class(self) {
            return Contains;
        }
        if let Alteration::Class(narrow) = alteration {
            let never = self.members().never.iter();
            if never.map(|p| p.contains(self.symbol(), alteration)).min() == Some(Contains) {
                return No;
            }
            let members = |member: &Alteration| self.contains(member);
            // What the narrower class rules out says nothing of a wider one as a whole.
            let surely_another = |excluded: &Alteration| {
                self.members()
                    .contains
                    .iter()
                    .all(|pattern| pattern.is_within(self.symbol(), excluded))
                    && self.0.others == Others::No
            };
            let itself = Pattern::Alteration(Alteration::Class(*narrow));
            let holds_it = self.members().contains.contains(&itself);
            return if holds_it {
                Contains
            } else {
                narrow.is_within(&members, &surely_another)
            };
        }
        let members = self.members();
        let best = |patterns: &[Pattern]| {
            let each = patterns
                .iter()
                .map(|pattern| pattern.contains(self.symbol(), alteration));
            each.min().unwrap_or(No)
        };
        let never = best(&members.never);
        let small = is_small(alteration);
        let found = match (best(&members.contains), best(&members.may), self.0.others) {
            _ if never == Contains => return No,
            (Contains, ..) => Contains,
            (MayContain, ..) | (_, Contains | MayContain, _) => MayContain,
            (.., Others::Mutation) if small => Contains,
            (.., Others::May) if small => MayContain,
            _ => No,
        };
        if never == MayContain && found == Contains {
            MayContain
        } else {
            found
        }
    }

    /// Whether something wider contains whichever alteration of the class is meant, by what it says of each member
    /// (`wide`) and of what the class rules out (`excluded`: whether that holds all of the wider).
    pub(crate) fn is_within(
        self,
        wide: &dyn Fn(&Alteration) -> Containment,
        excluded: &dyn Fn(&Alteration) -> bool,
    ) -> Containment {
        use Containment::{Contains, MayContain, No};
        let members = self.members();
        let rules_out = members.never.iter().any(|pattern| match pattern {
            Pattern::Alteration(alteration) => excluded(alteration),
            Pattern::Codons(..) => false,
        });
        if rules_out {
            return No;
        }
        let each = |patterns: &[Pattern]| -> Vec<Containment> {
            let of = |pattern: &Pattern| match pattern {
                Pattern::Alteration(alteration) => wide(alteration),
                Pattern::Codons(..) => wide(&Alteration::Any).max(MayContain),
            };
            patterns.iter().map(of).collect()
        };
        let (sure, perhaps) = (each(&members.contains), each(&members.may));
        let open = match self.0.others {
            Others::No => None,
            Others::May | Others::Mutation => Some(wide(&Alteration::Any)),
        };
        let mut all = sure.iter().chain(&perhaps).chain(&open);
        let has_members = !sure.is_empty() || open.is_some();
        if has_members && all.all(|containment| *containment == Contains) {
            return Contains;
        }
        // Of a class without end what is nowhere named is no more than possible, as of what it may contain.
        let some = sure.iter().chain(&perhaps).any(|containment| *containment != No);
        if some || self.0.others == Others::Mutation && open.is_some_and(|any| any != No) {
            MayContain
        } else {
            No
        }
    }

    fn symbol(self) -> &'static str {
        self.0.gene.symbol()
    }

    fn members(self) -> &'static Members {
        static NOTHING: Members = Members {
            contains: Vec::new(),
            may: Vec::new(),
            never: Vec::new(),
        };
        MEMBERS.get(self.0.number).unwrap_or(&NOTHING)
    }
}

/// The name without the gene: `sensitizing mutation`.
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.gene, self.0.name)
    }
}

/// A class is its name within its gene.
impl PartialEq for Class {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Class {}

impl std::hash::Hash for Class {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Class {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Class {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Class {
    fn key(self) -> (Gene, &'static str) {
        (self.0.gene, self.0.name)
    }
}

/// The table of classes, where its columns are explained.
const TABLE: &str = include_str!("class/alterations.tsv");

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows = lines(TABLE).enumerate();
    rows.filter_map(|(number, line)| Row::read(number, line)).collect()
});

/// What each line names, in the table's order. Read after the lines themselves, since classes may hold each other.
static MEMBERS: LazyLock<Vec<Members>> = LazyLock::new(|| {
    let of = |row: &Row| Members {
        contains: patterns(row.gene, row.contains),
        may: patterns(row.gene, row.may),
        never: patterns(row.gene, row.never),
    };
    ROWS.iter().map(of).collect()
});

/// A line of the table.
struct Row {
    gene: Gene,
    name: &'static str,
    contains: &'static str,
    may: &'static str,
    never: &'static str,
    others: Others,
    spellings: Vec<&'static str>,
    source: &'static str,
    /// Its place in the table, and that of what it names in [`MEMBERS`].
    number: usize,
}

/// What a class says of a small change that it doesn't name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    Mutation,
    May,
    No,
}

/// What a line names.
struct Members {
    contains: Vec<Pattern>,
    may: Vec<Pattern>,
    never: Vec<Pattern>,
}

/// One entry of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Alteration(Alteration),
    /// Any small change of these codons.
    Codons(u32, u32),
}

impl Row {
    fn read(number: usize, line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        let gene = Gene::named(columns.next()?)?;
        let (name, contains, may, never) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
        let others = match columns.next()? {
            "mutation" => Others::Mutation,
            "may" => Others::May,
            "no" => Others::No,
            _ => return None,
        };
        let spellings = columns.next()?.split(" | ").filter(|text| !text.is_empty()).collect();
        Some(Self {
            gene,
            name,
            contains,
            may,
            never,
            others,
            spellings,
            source: columns.next().filter(|text| !text.is_empty())?,
            number,
        })
    }
}

impl Pattern {
    fn read(gene: Gene, text: &'static str) -> Option<Self> {
        if let Some(codons) = text.strip_prefix("codons ") {
            let (first, last) = codons.split_once('-')?;
            return Some(Self::Codons(first.parse().ok()?, last.parse().ok()?));
        }
        if let Some(class) = Class::named(gene.symbol(), text) {
            return Some(Self::Alteration(Alteration::Class(class)));
        }
        match Mutation::read(&format!("{gene} {text}")) {
            Ok(Mutation::OfGene { alteration, .. }) => Some(Self::Alteration(alteration)),
            _ => None,
        }
    }

    fn contains(&self, symbol: &str, narrow: &Alteration) -> Containment {
        match self {
            // In the table "mutation" is said of small changes alone.
            Self::Alteration(Alteration::Any) if !is_small(narrow) && !matches!(narrow, Alteration::Class(_)) => {
                Containment::No
            }
            Self::Alteration(wide) => relation::contains(symbol, wide, narrow),
            Self::Codons(first, last) => relation::in_codons(*first, *last, narrow),
        }
    }

    fn is_within(&self, symbol: &str, wide: &Alteration) -> bool {
        match self {
            Self::Alteration(narrow) => relation::contains(symbol, wide, narrow) == Containment::Contains,
            Self::Codons(..) => false,
        }
    }
}

fn patterns(gene: Gene, column: &'static str) -> Vec<Pattern> {
    let texts = column.split(", ").filter(|text| !text.is_empty());
    texts.filter_map(|text| Pattern::read(gene, text)).collect()
}

/// The lines of a table without its header.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// The words of a report in the form of the column of spellings: small letters, one blank between words, without those that
/// only say that it is a mutation.
fn core(words: &str) -> String {
    const SAYS_LITTLE: [&str; 16] = [
        "positive",
        "detected",
        "mutation",
        "mutations",
        "mutated",
        "mutant",
        "mut",
        "variant",
        "variants",
        "alteration",
        "alterations",
        "gene",
        "a",
        "an",
        "the",
        "in",
    ];
    let lower = words.to_lowercase().replace('α', "alpha");
    let parted = lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | ')' | '/' | '"'));
    let words = parted.flat_map(|word| {
        // `ISH-` says that it is negative, `non-V600` is two words, as is `nonV600`.
        if let Some(change) = word
            .strip_prefix("non")
            .filter(|change| change.contains(|c: char| c.is_ascii_digit()))
        {
            return vec!["non".to_owned(), change.trim_start_matches('-').to_owned()];
        }
        let minus = word.ends_with('-') && word.len() > 1;
        let mut parts: Vec<String> = word.split('-').filter(|p| !p.is_empty()).map(str::to_owned).collect();
        if let Some(last) = parts.last_mut().filter(|_| minus) {
            last.push('-');
        }
        parts
    });
    let kept: Vec<String> = words.filter(|word| !SAYS_LITTLE.contains(&word.as_str())).collect();
    kept.join(" ")
}

#[cfg(test)]
mod tests;
