//! Writes `src/mutation/coding.tsv`, the embedded table of known coding-DNA changes.
//!
//! ```sh
//! cargo run -p trials --example coding_table < civic-variants.tsv > trials/src/mutation/coding.tsv
//! ```
//!
//! Source: CIViC's variant summaries (civicdb.org, CC0): the HGVS expressions of a variant that give both the change
//! of a RefSeq transcript (`NM_…:c.`) and of its protein (`NP_…:p.`), substitutions only: other expressions there name residues that don't
//! fit the transcript. A change that leads to two proteins is left out.
//! A line is `GENE<tab>change without c.<tab>protein without p.`, sorted by its first two columns.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut civic = String::new();
    io::stdin().read_to_string(&mut civic)?;
    let mut known: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for line in civic.lines().skip(1) {
        let column: Vec<&str> = line.split('\t').collect();
        let (Some(gene), Some(expressions)) = (column.get(2), column.get(20)) else {
            continue;
        };
        let of = |prefix: &str, kind: &str| {
            expressions
                .split(',')
                .filter(|e| e.starts_with(prefix))
                .find_map(|e| e.split_once(kind).map(|(_, change)| change.to_owned()))
        };
        if let (Some(coding), Some(protein)) = (of("NM_", ":c."), of("NP_", ":p."))
            && coding.contains('>')
        {
            known.entry(((*gene).to_owned(), coding)).or_default().insert(protein);
        }
    }
    let mut out = io::stdout().lock();
    for ((gene, coding), proteins) in &known {
        if let (Some(protein), 1) = (proteins.first(), proteins.len()) {
            writeln!(out, "{gene}\t{coding}\t{protein}")?;
        }
    }
    Ok(())
}
