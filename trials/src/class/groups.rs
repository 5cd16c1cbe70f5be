//! Groups of genes that records name as one: their members, and what records call them.

use super::lines;
use crate::mutation::Subject;
use std::sync::LazyLock;

/// The table of groups, where its columns are explained.
const TABLE: &str = include_str!("groups.tsv");

/// A group of genes.
pub(crate) struct Group {
    /// Its name.
    pub name: &'static str,
    /// HGNC symbols of its members.
    pub genes: Vec<&'static str>,
    /// Whether its name says of each member what it says of one; else it isn't said which are meant.
    pub is_sure: bool,
    /// Whether it is the syndrome of those born with an altered gene.
    pub is_inherited: bool,
    /// Names by which a criterion is judged.
    pub judged_by: Vec<&'static str>,
    /// Phrases by which a record is a candidate.
    pub phrases: Vec<&'static str>,
    /// What the registry is asked for in place of the phrases; empty where it is asked for these.
    pub sought: Vec<&'static str>,
    /// Where it stands.
    pub source: &'static str,
}

static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| lines(TABLE).filter_map(Group::read).collect());

/// Every group, in the table's order.
pub(crate) fn all() -> impl Iterator<Item = &'static Group> {
    GROUPS.iter()
}

/// The groups that a gene belongs to; a signature to none.
pub(crate) fn of(subject: Subject) -> impl Iterator<Item = &'static Group> {
    all().filter(move |group| matches!(subject, Subject::Gene(gene) if group.genes.contains(&gene.symbol())))
}

/// The group of this name.
pub(crate) fn named(name: &str) -> Option<&'static Group> {
    all().find(|group| group.name == name)
}

impl Group {
    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        let list = |column: &'static str| column.split('|').filter(|text| !text.is_empty()).collect();
        let (name, genes, contains) = (columns.next()?, columns.next()?, columns.next()?);
        Some(Self {
            name,
            genes: genes.split(' ').collect(),
            is_sure: contains == "contains",
            is_inherited: contains == "inherited",
            judged_by: list(columns.next()?),
            phrases: list(columns.next()?),
            sought: list(columns.next()?),
            source: columns.next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gene;

    #[test]
    fn every_line_is_a_group_of_genes_with_a_source() {
        assert_eq!(all().count(), lines(TABLE).count());
        for (group, line) in all().zip(lines(TABLE)) {
            assert_eq!(line.split('\t').count(), 7, "{}", group.name);
            assert!(
                matches!(line.split('\t').nth(2), Some("contains" | "may" | "inherited")),
                "{}",
                group.name
            );
            assert!(group.source.len() > 10, "{}", group.name);
            for symbol in &group.genes {
                let gene = Gene::named(symbol).filter(|gene| gene.symbol() == *symbol);
                assert!(gene.is_some(), "{}: {symbol}", group.name);
            }
        }
    }

    #[test]
    fn a_group_holds_its_genes_and_no_other() {
        for (name, within, without) in [
            ("RAS", "NRAS", "BRAF"),
            ("NTRK", "NTRK3", "ALK"),
            ("HRR", "PALB2", "TP53"),
            ("BRCA", "BRCA2", "ATM"),
            ("MAPK pathway", "MAP2K1", "PIK3CA"),
            ("PI3K pathway", "PTEN", "KRAS"),
            ("mismatch repair", "MSH6", "POLE"),
            ("SWI/SNF", "ARID1A", "EZH2"),
            ("driver alteration", "RET", "KRAS"),
            ("actionable alteration", "KRAS", "TP53"),
            ("cell-cycle pathway", "CDK4", "MDM2"),
            ("core-binding factor AML", "CBFB", "NPM1"),
            ("FGFR", "FGFR4", "FGF19"),
            ("IDH", "IDH2", "TET2"),
        ] {
            let group = named(name).unwrap_or_else(|| panic!("{name}"));
            assert!(
                group.genes.contains(&within) && !group.genes.contains(&without),
                "{name}"
            );
        }
    }
}
