//! Protein changes in HGVS and in the short forms of reports: `p.(Leu858Arg)`, `L858R`, `E746_A750delELREA`, `R213fs*34`.
//!
//! Canonical: one-letter codes, without `p.`, without the residues that a deletion or duplication names again.

use super::{Alteration, ExonEvent};

/// What a word turned out to be.
pub(super) enum Word {
    /// A protein change.
    Change(Alteration),
    /// A codon followed by `X`: any change or, in older reports, a stop.
    AnyOrStop {
        /// The reference amino acid.
        from: char,
        /// The codon.
        position: u32,
    },
}

/// Reads one word as a protein change; none if it isn't one.
pub(super) fn read(word: &str) -> Option<Word> {
    let word = word
        .strip_prefix("p.")
        .or_else(|| word.strip_prefix("P."))
        .unwrap_or(word);
    let word = word.trim_matches(|c| matches!(c, '(' | ')' | '[' | ']'));
    // `pL858R`, without the point.
    let word = word
        .strip_prefix('p')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        .unwrap_or(word);
    if let Some(extension) = extension(word) {
        return Some(extension);
    }
    let (from, rest) = residue(word)?;
    let (position, rest) = number(rest)?;
    if let Some(rest) = rest.strip_prefix('_') {
        let (last, rest) = residue(rest)?;
        let (end, rest) = number(rest)?;
        return (end > position).then(|| in_frame(&format!("{from}{position}_{last}{end}"), position, end, rest))?;
    }
    // `L858>R`.
    let rest = rest.strip_prefix('>').filter(|to| single(to).is_some()).unwrap_or(rest);
    if let Some(gained) = rest.strip_prefix('>') {
        // `G776>VC`.
        return in_frame(
            &format!("{from}{position}"),
            position,
            position,
            &format!("delins{gained}"),
        );
    }
    let lower = rest.to_ascii_lowercase();
    let change = match lower.as_str() {
        "" => Alteration::Codon { from, position },
        "x" | "xaa" => return Some(Word::AnyOrStop { from, position }),
        "mut" => Alteration::Codon { from, position },
        "*" | "ter" | "stop" => Alteration::Substitution {
            from,
            position,
            to: '*',
        },
        _ => match single(rest) {
            Some(to) if to != from => Alteration::Substitution { from, position, to },
            Some(_) => return None,
            None if is_frameshift(rest) => Alteration::Frameshift { from, position },
            None => return in_frame(&format!("{from}{position}"), position, position, rest),
        },
    };
    Some(Word::Change(change))
}

/// `*394Qext*9`, `Ter394GlnextTer9`: the stop is lost and the protein goes on; how far says nothing more.
fn extension(word: &str) -> Option<Word> {
    let (place, tail) = word.split_at(word.to_ascii_lowercase().find("ext")?);
    let tail = strip(tail, "ext")?;
    let rest = strip(place, "Ter").or_else(|| place.strip_prefix('*'))?;
    let (position, rest) = number(rest)?;
    let to = single(rest)?;
    let count = strip(tail, "Ter").or_else(|| tail.strip_prefix('*')).unwrap_or(tail);
    let is_count = count.bytes().all(|b| b.is_ascii_digit() || b == b'?');
    let hgvs = is_count.then(|| format!("*{position}{to}ext"))?;
    Some(Word::Change(Alteration::InFrame {
        hgvs: hgvs.into(),
        start: position,
        end: position,
        event: ExonEvent::Insertion,
    }))
}

/// A deletion, duplication, insertion or delins of the residues named by `place`.
fn in_frame(place: &str, start: u32, end: u32, rest: &str) -> Option<Word> {
    let (event, operation, inserted) = if let Some(residues) = strip(rest, "delins") {
        (
            ExonEvent::Mutation,
            "delins",
            letters(residues).filter(|l| !l.is_empty())?,
        )
    } else if let Some(residues) = strip(rest, "del") {
        if let Some(at) = residues.to_ascii_lowercase().find("ins") {
            // `delELREAinsA` says again what was lost.
            letters(residues.get(..at)?)?;
            (
                ExonEvent::Mutation,
                "delins",
                letters(residues.get(at + 3..)?).filter(|l| !l.is_empty())?,
            )
        } else {
            named_again(residues)?;
            (ExonEvent::Deletion, "del", String::new())
        }
    } else if let Some(residues) = strip(rest, "dup") {
        named_again(residues)?;
        (ExonEvent::Insertion, "dup", String::new())
    } else {
        // An insertion stands between two neighbours.
        let residues = strip(rest, "ins").filter(|_| end == start + 1)?;
        (
            ExonEvent::Insertion,
            "ins",
            letters(residues).filter(|l| !l.is_empty())?,
        )
    };
    Some(Word::Change(Alteration::InFrame {
        hgvs: format!("{place}{operation}{inserted}").into(),
        start,
        end,
        event,
    }))
}

/// Residues or their count after `del` or `dup`, which say nothing new.
fn named_again(residues: &str) -> Option<()> {
    (residues.bytes().all(|b| b.is_ascii_digit()) || letters(residues).is_some()).then_some(())
}

/// `fs`, `fs*34`, `fsTer34`, `fsX34`, and the same after the new residue: `Pfs*34`, `ProfsTer34`.
fn is_frameshift(rest: &str) -> bool {
    let after = |rest: &str| {
        strip(rest, "fs").is_some_and(|tail| {
            let tail = strip(tail, "*")
                .or_else(|| strip(tail, "-"))
                .or_else(|| strip(tail, "Ter"))
                .or_else(|| strip(tail, "X"))
                .unwrap_or(tail);
            tail.bytes().all(|b| b.is_ascii_digit() || b == b'?')
        })
    };
    rest.eq_ignore_ascii_case("frameshift") || after(rest) || residue(rest).is_some_and(|(_, rest)| after(rest))
}

/// Whether a text is a residue and its number: `E746`.
pub(super) fn is_codon(text: &str) -> bool {
    residue(text)
        .and_then(|(_, rest)| number(rest))
        .is_some_and(|(_, rest)| rest.is_empty())
}

/// Whether a text is two codons and no more: `E746_A750`.
pub(super) fn is_range(text: &str) -> bool {
    text.split_once(['_', '-'])
        .is_some_and(|(first, last)| is_codon(first) && is_codon(last))
}

/// Whether a text is one residue or a stop.
pub(super) fn is_residue(text: &str) -> bool {
    text == "*" || single(text).is_some()
}

/// Whether a text is a run of residues in capitals: `SVD`.
pub(super) fn is_run(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase()) && letters(text).is_some()
}

/// The whole text as one residue.
fn single(text: &str) -> Option<char> {
    residue(text)
        .filter(|(_, rest)| rest.is_empty())
        .map(|(letter, _)| letter)
}

/// A run of residues in one- or three-letter codes as one-letter codes.
fn letters(mut text: &str) -> Option<String> {
    // `ALA` is three residues, `Ala` is one.
    let three = text.contains(|c: char| c.is_ascii_lowercase()) && text.len() >= 3 && text.len().is_multiple_of(3) && {
        let mut rest = text;
        std::iter::from_fn(|| (!rest.is_empty()).then(|| three_letters(rest).map(|(_, tail)| rest = tail)))
            .all(|r| r.is_some())
    };
    let mut letters = String::new();
    while !text.is_empty() {
        let (letter, rest) = if three { three_letters(text)? } else { one_letter(text)? };
        letters.push(letter);
        text = rest;
    }
    Some(letters)
}

/// The first residue of a text, three-letter codes before one-letter ones, in any case, and the rest.
fn residue(text: &str) -> Option<(char, &str)> {
    three_letters(text).or_else(|| one_letter(text))
}

fn three_letters(text: &str) -> Option<(char, &str)> {
    let (code, rest) = (text.get(..3)?, text.get(3..)?);
    AMINO_ACIDS
        .iter()
        .chain([&SELENOCYSTEINE])
        .find(|(three, _)| three.eq_ignore_ascii_case(code))
        .map(|(_, letter)| (*letter, rest))
}

fn one_letter(text: &str) -> Option<(char, &str)> {
    let letter = text.chars().next()?.to_ascii_uppercase();
    AMINO_ACIDS
        .iter()
        .chain([&SELENOCYSTEINE])
        .any(|(_, known)| *known == letter)
        .then(|| (letter, text.get(1..).unwrap_or_default()))
}

/// A codon's number: 1 to 99999; the longest human protein, titin, has 35991 residues.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let well_formed = (1..=5).contains(&digits) && !number.starts_with('0');
    Some((number.parse().ok().filter(|_| well_formed)?, rest))
}

/// `text` without a prefix in any case.
fn strip<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..))?
}

/// The 21st, which some human proteins hold.
const SELENOCYSTEINE: (&str, char) = ("Sec", 'U');

/// IUPAC codes of the 20 standard amino acids.
pub(crate) const AMINO_ACIDS: [(&str, char); 20] = [
    ("Ala", 'A'),
    ("Arg", 'R'),
    ("Asn", 'N'),
    ("Asp", 'D'),
    ("Cys", 'C'),
    ("Gln", 'Q'),
    ("Glu", 'E'),
    ("Gly", 'G'),
    ("His", 'H'),
    ("Ile", 'I'),
    ("Leu", 'L'),
    ("Lys", 'K'),
    ("Met", 'M'),
    ("Phe", 'F'),
    ("Pro", 'P'),
    ("Ser", 'S'),
    ("Thr", 'T'),
    ("Trp", 'W'),
    ("Tyr", 'Y'),
    ("Val", 'V'),
];
