//! Writes `src/gene/table.tsv`, the embedded table of gene names.
//!
//! ```sh
//! zcat hgnc.tsv.gz | cargo run -p trials --example gene_table -- civic-variants.tsv > trials/src/gene/table.tsv
//! ```
//!
//! Sources, both CC0: HGNC's custom download (genenames.org; columns approved symbol, status, alias and previous
//! symbols, locus type) on stdin, and CIViC's variant summaries (civicdb.org), whose gene column says which genes
//! matter in oncology. The hand-made names in `src/gene/curated.tsv` are merged in.
//!
//! A line is a folded name (see [`fold`]), and what it stands for:
//! - `KEY<tab>SYMBOL<tab>*<tab>spelling|spelling`: an approved symbol; `*` marks a gene that matters in oncology, the
//!   spellings are those that prose can be searched for;
//! - `KEY<tab>SYMBOL SYMBOL`: an alias or previous symbol, and every gene that bears it.
//!
//! Lines are sorted by key, byte by byte, and keys are unique, so the table is searched in place.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

/// Loci that a tumour report can name; pseudogenes and most RNA genes only add aliases that collide.
const LOCI: [&str; 5] = [
    "gene with protein product",
    "immunoglobulin gene",
    "T cell receptor gene",
    "complex locus constituent",
    "region",
];

/// RNA genes that cancer reports name all the same.
const RNA_GENES: [&str; 6] = ["H19", "MALAT1", "NEAT1", "PVT1", "RMRP", "TERC"];

struct Entry {
    symbol: String,
    aliases: Vec<String>,
    previous: Vec<String>,
}

fn main() -> io::Result<()> {
    let civic = std::fs::read_to_string(std::env::args().nth(1).unwrap_or_default())?;
    let in_civic: BTreeSet<&str> = civic
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').nth(2))
        .collect();
    let mut hgnc = String::new();
    io::stdin().read_to_string(&mut hgnc)?;
    let entries: Vec<Entry> = hgnc.lines().skip(1).filter_map(|line| entry(line, &in_civic)).collect();
    let curated = curated();
    io::stdout()
        .lock()
        .write_all(table(&entries, &curated, &in_civic).as_bytes())
}

/// A line of HGNC, if it is an approved gene that a report can name.
fn entry(line: &str, in_civic: &BTreeSet<&str>) -> Option<Entry> {
    let column: Vec<&str> = line.split('\t').collect();
    let (symbol, locus) = (*column.get(1)?, *column.get(11)?);
    let nameable = LOCI.contains(&locus) || RNA_GENES.contains(&symbol) || in_civic.contains(symbol);
    let list = |i: usize| {
        column
            .get(i)
            .map_or_else(Vec::new, |c| c.split(", ").map(str::to_owned).collect())
    };
    (column.get(3) == Some(&"Approved") && nameable).then(|| Entry {
        symbol: symbol.to_owned(),
        aliases: list(4),
        previous: list(9),
    })
}

fn curated() -> BTreeMap<&'static str, Vec<&'static str>> {
    include_str!("../src/gene/curated.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.collect()))
        })
        .collect()
}

fn table(entries: &[Entry], curated: &BTreeMap<&str, Vec<&str>>, in_civic: &BTreeSet<&str>) -> String {
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for Entry { symbol, previous, .. } in entries {
        let by_hand = curated.get(symbol.as_str());
        let mark = if by_hand.is_some() || in_civic.contains(symbol.as_str()) {
            "*"
        } else {
            ""
        };
        let mut spellings: Vec<&str> = by_hand
            .into_iter()
            .flatten()
            .copied()
            .filter(|name| !name.starts_with('~'))
            .collect();
        for name in previous {
            if safe_in_prose(name) && !spellings.contains(&name.as_str()) {
                spellings.push(name);
            }
        }
        let clash = lines.insert(fold(symbol), format!("{symbol}\t{mark}\t{}", spellings.join("|")));
        assert!(clash.is_none(), "two approved symbols fold to {}", fold(symbol));
    }
    for (symbol, names) in curated {
        assert!(lines.contains_key(&fold(symbol)), "{symbol} is no approved symbol");
        for name in names {
            let old = lines.insert(fold(name), (*symbol).to_owned());
            // `H-RAS` folds to the symbol itself; its own line must stay.
            if let Some(old) = old {
                assert!(
                    old.starts_with(&format!("{symbol}\t")) || old == *symbol,
                    "{name} is another gene's symbol"
                );
                lines.insert(fold(name), old);
            }
        }
    }
    let mut aliases: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for Entry {
        symbol,
        aliases: names,
        previous,
    } in entries
    {
        for key in names
            .iter()
            .chain(previous)
            .map(|name| fold(name))
            .filter(|key| key.len() > 1)
        {
            if !lines.contains_key(&key) {
                aliases.entry(key).or_default().insert(symbol);
            }
        }
    }
    for (key, symbols) in aliases {
        lines.insert(key, symbols.into_iter().collect::<Vec<_>>().join(" "));
    }
    lines.iter().map(|(key, value)| format!("{key}\t{value}\n")).collect()
}

/// Whether a previous symbol can be searched for in prose without being mistaken: long enough, and with a digit, so
/// that it is neither a word nor a lab value.
fn safe_in_prose(name: &str) -> bool {
    name.len() >= 5
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().any(|c| c.is_ascii_digit())
        && name.chars().filter(char::is_ascii_uppercase).count() >= 3
}

/// Letters and digits in upper case, Greek letters as Latin ones: the same as `fold` in `src/gene.rs`.
fn fold(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c {
            'α' | 'Α' => Some('A'),
            'β' | 'Β' => Some('B'),
            'γ' | 'Γ' => Some('G'),
            'δ' | 'Δ' => Some('D'),
            'ε' | 'Ε' => Some('E'),
            'ζ' | 'Ζ' => Some('Z'),
            'κ' | 'Κ' => Some('K'),
            c if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
            _ => None,
        })
        .collect()
}
