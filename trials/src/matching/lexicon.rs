//! The names by which records speak of a mutation's gene and of the classes that contain it, compiled once.
//!
//! Case matters: EGFR is a gene, eGFR a kidney's lab value; MET and KIT are genes, "met" and "kit" are words.

mod finder;

use self::finder::Finder;
use crate::class::groups::{self, Group};
use crate::mutation::{Alteration, Mutation, Signature, Subject};

/// How wide a name reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// The gene itself, or the signature.
    Gene,
    /// A family that records name as one: RAS, NTRK, BRCA, HRR.
    Family,
    /// "driver", "actionable", "targetable": some genes, it isn't said which.
    Driver,
    /// The syndrome of those born with an altered gene: whose tumour has one may have it or not.
    Syndrome,
}

/// A name found in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How wide it reaches.
    pub reach: Reach,
    /// Whether it says that the tumour does not have it: MSS, pMMR.
    pub negative: bool,
    /// Whether it is a change that stands for its gene; it has no length, so that the change is read behind it.
    pub bare: bool,
    /// Whether it says by itself that the tumour has it: a disease that the fusion defines.
    pub tells: bool,
    /// Whether it is a tumour in which the gene is negative, named beside others: "triple-negative".
    pub is_tumour: bool,
}

struct Name {
    text: String,
    reach: Reach,
    negative: bool,
    bare: bool,
    tells: bool,
    is_tumour: bool,
    /// Whether it is the whole name, of which other genes' names are made, too: the symbol behind it says whose.
    is_full: bool,
    /// Whether it counts only where its sign follows: "Ph+", and no "Ph.D.".
    signed: bool,
    exact_case: bool,
}

/// The compiled names of one mutation.
pub(super) struct Lexicon {
    finder: Option<Finder>,
    names: Vec<Name>,
    /// Of a gene of a numbered family, its number: 2 of BRCA2 in "BRCA1/2".
    number: Option<u32>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon")
            .field("names", &self.names.len())
            .finish_non_exhaustive()
    }
}

/// Said of alterations, and of much else: "metastases targetable with radiotherapy".
const TARGETABLE: [&str; 2] = ["targetable", "druggable"];
/// How far after [`TARGETABLE`] the alteration stands that it is said of, in words.
const TARGETABLE_REACH: usize = 6;
/// What alterations are called, in lower case, by the beginnings of words.
const ALTERATION_WORDS: [&str; 12] = [
    "mutation",
    "alteration",
    "aberration",
    "abnormalit",
    "genotype",
    "genom",
    "genetic",
    "driver",
    "oncogen",
    "fusion",
    "rearrangement",
    "translocation",
];

/// What makes one gene of the family out of "RAS".
const MEMBERS: [&str; 6] = ["K", "N", "H", "k", "n", "h"];

/// Changes that prose writes without their gene.
const TELLING: [(&str, &[&str]); 4] = [
    (
        "EGFR",
        &[
            "L858R",
            "T790M",
            "L861Q",
            "S768I",
            "C797S",
            "PACC",
            "ex19del",
            "19del",
            "exon 19 deletion",
            "exon 19 deletions",
        ],
    ),
    ("BRAF", &["V600E", "V600K", "V600"]),
    ("MET", &["exon 14 skipping"]),
    ("FLT3", &["ITD"]),
];

/// Diseases that a fusion defines and changes that name it without its genes (WHO classification of haematolymphoid
/// tumours, 2022): a gene of the fusion, the names, those which say that it isn't there.
const TELLING_DISEASES: [(&str, &[&str], &[&str]); 3] = [
    (
        "PML",
        &[
            "acute promyelocytic leukemia",
            "acute promyelocytic leukaemia",
            "promyelocytic leukemia",
            "promyelocytic leukaemia",
            "APL",
            "APML",
            "AML M3",
            "AML-M3",
            "FAB M3",
            "FAB-M3",
            "M3 AML",
            "t(15;17)",
            "t(15; 17)",
        ],
        &["non-APL", "non APL", "non-M3", "non-promyelocytic"],
    ),
    ("ABL1", &["t(9;22)", "t(9; 22)"], &[]),
    ("BCR", &["t(9;22)", "t(9; 22)"], &[]),
];

/// Breast cancer in which HER2, like the hormone receptors, is negative (ASCO/CAP, 2023).
const TRIPLE_NEGATIVE: [&str; 4] = ["triple-negative", "triple negative", "TNBC", "mTNBC"];
/// A gene's former name with what happened to it, where the name alone means too much.
const PROSE_NAMES: [(&str, &[&str]); 1] = [("EWSR1", &["EWS translocation", "EWS rearrangement", "EWS fusion"])];

/// Names of the chromosome that BCR::ABL1 makes. The short ones are many other things, unless their sign follows.
const PHILADELPHIA: [(&str, bool); 3] = [("Philadelphia chromosome", false), ("Philadelphia", true), ("Ph", true)];
/// Signs of a chromosome that is there or isn't.
const SIGNS: [&str; 12] = [
    "+",
    "(+)",
    "-pos",
    " pos",
    "-neg",
    " neg",
    "(-)",
    "- ",
    "-)",
    "-,",
    "\\+",
    " chromosome",
];

impl Lexicon {
    pub(super) fn new(mutation: &Mutation) -> Self {
        let mut names = Vec::new();
        let mut genes = Vec::new();
        match mutation {
            Mutation::OfGene { gene, .. } => genes.push(*gene),
            Mutation::Fusion { gene, .. } => genes.push(*gene),
            Mutation::OfFamily { family, .. } => {
                if let Some(group) = groups::named(family.name()) {
                    for name in group.judged_by.iter().chain(&group.genes) {
                        names.push(named(name, Reach::Gene, false));
                    }
                }
            }
            Mutation::Signature(signature) => signature_names(*signature, &mut names),
        }
        let mut number = None;
        for gene in genes {
            let symbol = gene.symbol();
            for name in gene.names() {
                if name.len() >= 2 {
                    names.push(named(name, Reach::Gene, false));
                }
            }
            names.extend(gene.full_names().iter().map(|name| Name {
                is_full: true,
                ..named(name, Reach::Gene, false)
            }));
            for group in groups::of(Subject::Gene(gene)) {
                let reach = match group {
                    Group { is_sure: true, .. } => Reach::Family,
                    Group { is_inherited: true, .. } => Reach::Syndrome,
                    _ => Reach::Driver,
                };
                for name in &group.judged_by {
                    names.push(named(name, reach, false));
                    if let Some(own) = symbol.strip_prefix(name).filter(|_| group.is_sure) {
                        number = own.parse().ok();
                    }
                }
            }
        }
        let fused = matches!(
            mutation,
            Mutation::Fusion { .. }
                | Mutation::OfGene {
                    alteration: Alteration::Fusion,
                    ..
                }
        );
        if let Some(symbol) = mutation.gene().map(|g| g.symbol()) {
            if symbol == "ERBB2" {
                names.extend(TRIPLE_NEGATIVE.iter().map(|name| Name {
                    is_tumour: true,
                    ..named(name, Reach::Gene, true)
                }));
            }
            let in_prose = PROSE_NAMES.iter().filter(|(of, _)| *of == symbol);
            names.extend(in_prose.flat_map(|(_, names)| *names).map(|name| Name {
                tells: true,
                ..named(name, Reach::Gene, false)
            }));
            let told = TELLING_DISEASES.iter().filter(|(gene, ..)| fused && *gene == symbol);
            for (_, has, lacks) in told {
                names.extend(has.iter().map(|n| Name {
                    tells: true,
                    ..named(n, Reach::Gene, false)
                }));
                names.extend(lacks.iter().map(|n| named(n, Reach::Gene, true)));
            }
            if symbol == "ABL1" || (symbol == "BCR" && fused) {
                names.extend(PHILADELPHIA.iter().map(|(name, signed)| Name {
                    signed: *signed,
                    ..named(name, Reach::Gene, false)
                }));
            }
        }
        if let Mutation::OfGene { gene, alteration } = mutation {
            let telling = TELLING.iter().filter(|(symbol, _)| *symbol == gene.symbol());
            names.extend(telling.flat_map(|(_, changes)| *changes).map(|change| bare(change)));
            // Only codons past 99 are as good as a name: many genes have a G12.
            if let Alteration::Substitution {
                from,
                position: position @ 100..,
                to,
            } = alteration
            {
                names.push(bare(&format!("{from}{position}{to}")));
            }
        }
        let finder = Finder::new(names.iter().map(|n| n.text.as_str()));
        Self { finder, names, number }
    }

    /// Every name of the gene or of a class in `text`, in order.
    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = self.find_with_changes(text);
        hits.retain(|hit| !hit.bare);
        hits
    }

    /// Every name in `text`, and every change that may stand for one, in order.
    pub(super) fn find_with_changes(&self, text: &str) -> Vec<Hit> {
        let Some(finder) = &self.finder else { return Vec::new() };
        finder
            .find_iter(text)
            .filter_map(|found| {
                let name = self.names.get(found.pattern().as_usize())?;
                let mut hit = Hit {
                    start: found.start(),
                    end: found.end(),
                    reach: name.reach,
                    negative: name.negative,
                    bare: name.bare,
                    tells: name.tells,
                    is_tumour: name.is_tumour,
                };
                let written = text.get(hit.start..hit.end)?;
                if name.exact_case && written != name.text {
                    return None;
                }
                let before = text.get(..hit.start)?.chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric()) {
                    return None;
                }
                // "K-RAS" is one gene, and not the family.
                let lead = text.get(..hit.start)?.strip_suffix('-');
                let member = lead.is_some_and(|l| MEMBERS.iter().any(|m| l.ends_with(m)));
                if name.text == "RAS" && member {
                    return None;
                }
                let rest = text.get(hit.end..)?;
                if name.bare {
                    hit.end = hit.start;
                    return (!rest.starts_with(char::is_alphanumeric)).then_some(hit);
                }
                let numbers = rest.strip_prefix(' ').unwrap_or(rest);
                let numbered = numbers.starts_with(|c: char| c.is_ascii_digit())
                    && (numbers.len() == rest.len()
                        || !numbers.get(1..).is_some_and(|r| r.starts_with(char::is_alphanumeric)));
                if name.reach == Reach::Family && name.exact_case && numbered {
                    hit.end += rest.len() - numbers.len() + number_list(numbers, self.number?)?;
                    hit.reach = Reach::Gene;
                    return Some(hit);
                }
                // "BRCA1-associated protein 1" is another gene, a constitutional deficiency no tumour's signature.
                let another = ["associated protein", "binding protein", "interacting protein"];
                let after = rest.get(1..20).unwrap_or("").to_ascii_lowercase();
                let inborn = text.get(..hit.start)?.ends_with("onstitutional ");
                if inborn || another.iter().any(|a| after.starts_with(a)) {
                    return None;
                }
                if name.is_full && is_another_gene_or_its_symbol(rest) {
                    return None;
                }
                let signed = !name.signed || SIGNS.iter().any(|sign| rest.starts_with(sign));
                if !signed || name.text.starts_with("Ph") && rest.starts_with("-like") {
                    return None;
                }
                let meant = !TARGETABLE.contains(&name.text.as_str()) || speaks_of_alterations(rest);
                (meant && ends_a_name(rest)).then_some(hit)
            })
            .collect()
    }
}

fn named(text: &str, reach: Reach, negative: bool) -> Name {
    let symbol = !text.contains(' ') && (text.len() <= 6 && text.bytes().all(|b| b.is_ascii_alphabetic()));
    Name {
        text: text.to_owned(),
        reach,
        negative,
        bare: false,
        tells: false,
        is_tumour: false,
        is_full: false,
        signed: false,
        exact_case: symbol,
    }
}

fn bare(change: &str) -> Name {
    Name {
        text: change.to_owned(),
        reach: Reach::Gene,
        negative: false,
        bare: true,
        tells: false,
        is_tumour: false,
        is_full: false,
        signed: false,
        exact_case: change.starts_with(char::is_uppercase),
    }
}

/// Whether a symbol in brackets or a number follows a gene's whole name: "epidermal growth factor receptor 2", "… (EGFR)".
fn is_another_gene_or_its_symbol(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '-', '\n']);
    rest.starts_with(['(', '[', '2', '3', '4', '/'])
        || rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("type"))
}

/// Whether an alteration is spoken of in the words that `rest` begins with.
fn speaks_of_alterations(rest: &str) -> bool {
    let mut words = rest
        .split_whitespace()
        .take(TARGETABLE_REACH)
        .map(str::to_ascii_lowercase);
    words.any(|word| ALTERATION_WORDS.iter().any(|w| word.contains(w)))
}

/// Whether a name may end before `rest`: at a word's end, or before an alteration that is written onto it.
fn ends_a_name(rest: &str) -> bool {
    let run = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let glued = rest.get(..run).unwrap_or("");
    let variant = glued.len() >= 3
        && glued.starts_with(|c: char| c.is_ascii_uppercase())
        && glued.get(1..3).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()));
    glued.is_empty()
        || variant
        || glued.starts_with("ex1")
        || glued.starts_with("ex2")
        || ["m", "mt", "mut", "neu", "s", "wt"]
            .iter()
            .any(|end| glued.eq_ignore_ascii_case(end))
}

/// The length of `1/2/3`, `1-3`, `1, 2 or 3` if it names `number`.
fn number_list(rest: &str, number: u32) -> Option<usize> {
    const BETWEEN: [&str; 10] = [
        "/", "-", ", and ", ", or ", ", ", " and/or ", " and ", " or ", " & ", " / ",
    ];
    let mut length = 0;
    let mut found = false;
    let mut last: Option<u32> = None;
    let mut range = false;
    while let Some(digit) = rest.as_bytes().get(length).filter(|b| b.is_ascii_digit()) {
        let value = u32::from(digit - b'0');
        found |= value == number || (range && last.is_some_and(|l| (l..=value).contains(&number)));
        last = Some(value);
        length += 1;
        let after = rest.get(length..).unwrap_or("");
        let Some((mark, next)) = BETWEEN.iter().find_map(|mark| Some((*mark, after.strip_prefix(mark)?))) else {
            break;
        };
        // "BRCA1, 2 lines of therapy" would be read amiss; a longer number is none of a gene.
        let mut next = next.chars();
        if !next.next().is_some_and(|c| c.is_ascii_digit()) || next.next().is_some_and(char::is_alphanumeric) {
            break;
        }
        range = mark == "-";
        length += mark.len();
    }
    found.then_some(length)
}

fn signature_names(signature: Signature, names: &mut Vec<Name>) {
    let (has, lacks): (&[&str], &[&str]) = match signature {
        // A tumour that is MSI-high is mismatch-repair deficient, and nearly always the other way round; records use either.
        Signature::MsiHigh | Signature::MismatchRepairDeficient => (
            &[
                "MSI-H",
                "MSI-High",
                "MSI high",
                "MSIH",
                "dMMR",
                "MMR-D",
                "MMRd",
                "MMR deficient",
                "microsatellite instability-high",
                "microsatellite instability high",
                "high microsatellite instability",
                "mismatch repair deficient",
                "mismatch repair-deficient",
                "deficient mismatch repair",
                "mismatch repair deficiency",
                "microsatellite instability",
                "microsatellite unstable",
                "MSI CRC",
                "MSI colorectal",
                "MSI tumor",
                "MSI tumors",
                "MSI tumour",
                "MSI tumours",
                "MSI cancer",
                "MSI cancers",
                "MMR deficiency",
                "deficient MMR",
                // Not of the tumour but of what is known of it: see `neutral`.
                "MSI status",
                "MMR status",
                "mismatch repair status",
                "mismatch-repair status",
                "microsatellite status",
                "MMR/MSI status",
                "MSI/MMR status",
            ],
            &[
                "MSS",
                "pMMR",
                "MMRp",
                "microsatellite stable",
                "microsatellite-stable",
                "MSI-stable",
                "mismatch repair proficient",
                "proficient mismatch repair",
                "proficient MMR",
                "MMR proficient",
                "MMR-proficient",
                "mismatch repair-proficient",
                "MSI-L",
                "MSI-low",
                "MSI low",
                "microsatellite instability-low",
                "microsatellite instability low",
                "microsatellite instability (MSI)-low",
                "microsatellite instability (MSI) low",
                "low microsatellite instability",
                "low-frequency microsatellite instability",
            ],
        ),
        Signature::TmbHigh => (
            &[
                "TMB-H",
                "TMB-High",
                "TMB high",
                "TMB ≥",
                "TMB>",
                "TMB >",
                "high TMB",
                "tumor mutational burden",
                "tumour mutational burden",
                "high tumor mutation burden",
                "tumor mutation burden",
            ],
            &[],
        ),
        Signature::Hrd => (
            &[
                "HRD",
                "homologous recombination deficiency",
                "homologous recombination deficient",
                "homologous recombination repair deficiency",
                "homologous recombination-deficient",
            ],
            &["HRP", "homologous recombination proficient", "HR-proficient"],
        ),
        Signature::Codeletion1p19q => (
            &[
                "1p/19q codeletion",
                "1p/19q co-deletion",
                "1p/19q-codeletion",
                "1p/19q codeleted",
                "1p/19q co-deleted",
                "1p/19q-codeleted",
                "1p/19q-co-deleted",
                "1p19q codeletion",
                "1p19q co-deletion",
                "1p19q codeleted",
                "1p19q co-deleted",
                "1p/19q deletion",
                "1p/19q loss",
                "codeletion of 1p/19q",
                "codeletion of 1p and 19q",
                "co-deletion of 1p/19q",
                "co-deletion of 1p and 19q",
                "1p and 19q codeletion",
            ],
            &[
                "1p/19q non-codeleted",
                "1p/19q-non-codeleted",
                "1p/19q noncodeleted",
                "1p/19q intact",
                "1p19q non-codeleted",
                "1p19q intact",
                "non-codeleted",
            ],
        ),
        Signature::Trisomy12 => (&["trisomy 12", "trisomy of chromosome 12"], &[]),
    };
    names.extend(has.iter().map(|n| named(n, Reach::Gene, false)));
    names.extend(lacks.iter().map(|n| named(n, Reach::Gene, true)));
}
