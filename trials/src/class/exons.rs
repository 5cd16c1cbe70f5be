//! Which exon a codon lies in, of the genes whose exons reports and records name.

/// Gene, exon, first and last codon, one exon a line.
const TABLE: &str = include_str!("exons.tsv");

/// The exon in which a codon lies, where the gene's exons are known; the first of two that share it.
pub(crate) fn exon_of(symbol: &str, codon: u32) -> Option<u8> {
    of(symbol)
        .find(|(_, first, last)| (*first..=*last).contains(&codon))
        .map(|(exon, ..)| exon)
}

/// The first and last codon of an exon, where they are known.
pub(crate) fn codons_of(symbol: &str, exon: u8) -> Option<(u32, u32)> {
    of(symbol)
        .find(|(number, ..)| *number == exon)
        .map(|(_, first, last)| (first, last))
}

/// The exons of a gene: number, first and last codon.
fn of(symbol: &str) -> impl Iterator<Item = (u8, u32, u32)> {
    TABLE
        .lines()
        .filter_map(move |line| line.strip_prefix(symbol)?.strip_prefix('\t'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((
                columns.next()?.parse().ok()?,
                columns.next()?.parse().ok()?,
                columns.next()?.parse().ok()?,
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_exon_of_a_gene() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let symbol = line.split('\t').next().unwrap();
            assert!(
                crate::Gene::named(symbol).is_some_and(|gene| gene.symbol() == symbol),
                "{line}"
            );
            assert!(of(symbol).all(|(_, first, last)| first < last), "{line}");
            assert_eq!(
                TABLE.matches(&format!("{symbol}\t")).count(),
                of(symbol).count(),
                "{line}"
            );
        }
    }

    #[test]
    fn a_codon_lies_in_its_exon() {
        assert_eq!(exon_of("EGFR", 858), Some(21));
        assert_eq!(exon_of("EGFR", 746), Some(19));
        assert_eq!(exon_of("KRAS", 12), Some(2));
        assert_eq!(exon_of("EGFR", 1), None);
        assert_eq!(exon_of("TP53", 175), None);
        assert_eq!(codons_of("KIT", 11), Some((550, 592)));
    }
}
