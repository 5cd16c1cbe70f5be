//! Which words name a disease. Many an abbreviation of one is also an old alias of a gene: ALL and CML of BCR, MTC of
//! NTRK1, RCC of XRCC1. Who writes one alone means the disease.

use super::words;

/// Abbreviations of the WHO classification of tumours and the NCI Thesaurus, as reports and registries write them. None is
/// the symbol or the usual name of a gene that matters in oncology. Sorted.
const ABBREVIATIONS: [&str; 96] = [
    "ABC", "ACC", "AITL", "ALCL", "ALL", "AML", "APL", "ATC", "ATLL", "BC", "BCC", "BTC", "CCA", "CCRCC", "CHL", "CLL",
    "CML", "CMML", "CRC", "CRPC", "CSCC", "CTCL", "CUP", "DIPG", "DLBCL", "DMG", "DSRCT", "DTC", "EAC", "ECD", "EOC",
    "ESCC", "ET", "FTC", "GBM", "GC", "GEJ", "GEJC", "GIST", "GISTS", "HCC", "HCL", "HGG", "HGSOC", "HL", "HNSC",
    "HNSCC", "ICC", "ICCA", "JMML", "LCH", "LGG", "LMS", "LUAD", "LUSC", "MBC", "MCC", "MCL", "MCRC", "MCRPC", "MDS",
    "MF", "MIBC", "MM", "MPN", "MPNST", "MTC", "MZL", "NB", "NEC", "NEN", "NET", "NETS", "NHL", "NMIBC", "NPC",
    "NSCLC", "OS", "PC", "PDAC", "PLGG", "PMF", "PNET", "PTC", "PTCL", "PV", "RCC", "RMS", "SCC", "SCCHN", "SCLC",
    "SLL", "STS", "TC", "TNBC", "UTUC",
];

/// Whether a word is the abbreviation of a disease.
pub(crate) fn is_abbreviation(word: &str) -> bool {
    ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The first disease that a text names, as far as its own words show it: an abbreviation, or the words up to `cancer` or a
/// name in -oma or -emia.
pub(super) fn named_in(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_between =
        |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '/' | '+' | '"');
    let mut from = 0;
    for piece in text.split_inclusive(is_between) {
        let start = from;
        from += piece.len();
        let word = piece.trim_end_matches(is_between);
        let last = word.rsplit('-').next().unwrap_or(word);
        if is_abbreviation(word) || is_abbreviation(last) {
            return Some(word);
        }
        if is_name(last) {
            let organ = organ(text.get(..start)?);
            return text.get(organ..start + word.len());
        }
    }
    None
}

/// Where the words begin that say which cancer, at the end of `before`: `Merkel cell`, `small cell lung`.
fn organ(before: &str) -> usize {
    let mut from = before.len();
    while let Some(word) = before.get(..from).and_then(|text| text.split_whitespace().next_back()) {
        let is_word = word.chars().skip(1).all(|c| c.is_ascii_lowercase() || c == '-')
            && word.starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_word || words::knows(word) {
            break;
        }
        let Some(at) = before.get(..from).and_then(|text| text.rfind(word)) else {
            break;
        };
        from = at;
    }
    from
}

fn is_name(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_singular = |word: &str| {
        matches!(
            word,
            "cancer" | "carcinoma" | "neoplasm" | "malignancy" | "mastocytosis" | "histiocytosis"
        ) || word.len() > 6 && ["oma", "emia", "aemia"].iter().any(|end| word.ends_with(end))
    };
    is_singular(&lower) || lower.strip_suffix('s').is_some_and(is_singular)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gene::Gene;

    #[test]
    fn no_abbreviation_is_the_symbol_of_a_gene_that_matters_in_oncology() {
        assert!(ABBREVIATIONS.is_sorted());
        for word in ABBREVIATIONS {
            let gene = Gene::named(word).filter(|gene| gene.symbol() == word);
            assert!(gene.is_none_or(|gene| !gene.matters_in_oncology()), "{word}");
        }
    }

    #[test]
    fn a_disease_is_found_by_its_words() {
        for (text, disease) in [
            ("CML", Some("CML")),
            ("lung cancer", Some("lung cancer")),
            ("EGFR L858R NSCLC", Some("NSCLC")),
            ("Merkel cell carcinoma", Some("Merkel cell carcinoma")),
            ("FGFR2 fusion cholangiocarcinoma", Some("cholangiocarcinoma")),
            ("BRAF V600E, papillary thyroid cancer", Some("papillary thyroid cancer")),
            ("B-ALL", Some("B-ALL")),
            ("BRAF V600E melanoma", Some("melanoma")),
            ("EGFR L858R", None),
            ("", None),
        ] {
            assert_eq!(named_in(text), disease, "{text}");
        }
    }
}
