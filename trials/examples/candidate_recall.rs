//! How many of the records that name a gene its expression brings, and how much of what is kept names it:
//! `cargo run -p trials --example candidate_recall -- BASE_URL STUDIES [GENE …]`
//!
//! `STUDIES` holds the records (JSON by NCT number or as a list, packed by gzip or not) that the registry at `BASE_URL`, on loopback and by plain HTTP, serves.
//! What a record names is read here by another way than in `query`: words in sequence, with their case, by lists of
//! this file. Genes given after the file are shown with each record that was missed or kept without need.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measuring tool for a terminal, not part of the server"
)]

mod records;

use records::{study, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use trials::mutation::{Signature, Subject};
use trials::query::{Essie, Naming, names};
use trials::study::{Record, Study};
use trials::{Gene, NctId};

/// A gene, and what prose calls it or its protein beside the symbol; words with a capital are read with their case.
const GENES: [(&str, &[&str]); 64] = [
    ("EGFR", &["epidermal growth factor receptor", "HER1", "ErbB1"]),
    ("ALK", &["anaplastic lymphoma kinase"]),
    ("MET", &["c-MET", "cMET", "c-Met"]),
    ("KIT", &["c-KIT", "cKIT", "c-Kit", "c-kit", "CKIT", "CD117"]),
    ("RET", &["multiple endocrine neoplasia"]),
    ("CAT", &[]),
    ("SET", &[]),
    ("REST", &[]),
    ("MAX", &[]),
    ("AR", &["androgen receptor"]),
    ("APC", &["familial adenomatous polyposis"]),
    ("FH", &["fumarate hydratase"]),
    ("POLE", &[]),
    ("ERG", &[]),
    ("KRAS", &["K-RAS", "Ki-ras"]),
    ("NRAS", &["N-RAS"]),
    ("HRAS", &["H-RAS"]),
    ("BRAF", &["B-RAF", "B-Raf"]),
    ("ROS1", &["ROS-1"]),
    ("ERBB2", &["HER2", "HER-2", "Her2", "Her-2", "her-2", "ErbB2"]),
    ("TP53", &["p53", "P53"]),
    ("ATM", &[]),
    ("BRCA1", &[]),
    ("BRCA2", &[]),
    ("PALB2", &[]),
    ("CHEK2", &[]),
    ("PIK3CA", &["PI3KCA"]),
    ("PTEN", &["Cowden", "PTEN hamartoma"]),
    ("AKT1", &[]),
    ("FGFR1", &[]),
    ("FGFR2", &[]),
    ("FGFR3", &[]),
    ("NTRK1", &["TrkA", "TRKA"]),
    ("NRG1", &[]),
    ("IDH1", &[]),
    ("IDH2", &[]),
    ("FLT3", &["FLT-3"]),
    ("NPM1", &[]),
    ("KMT2A", &["MLL", "MLL1"]),
    (
        "ABL1",
        &["BCR-ABL", "BCR-ABL1", "bcr-abl1", "ABL", "Philadelphia", "Ph-positive"],
    ),
    ("JAK2", &[]),
    ("MTAP", &[]),
    ("CDKN2A", &["p16", "p16INK4a"]),
    ("STK11", &["LKB1", "Peutz-Jeghers"]),
    ("KEAP1", &[]),
    ("SMARCA4", &["BRG1"]),
    ("ESR1", &["estrogen receptor", "oestrogen receptor"]),
    ("MLH1", &[]),
    ("PDGFRA", &[]),
    ("RB1", &[]),
    ("MYC", &["c-MYC", "cMYC", "c-Myc"]),
    ("MYCN", &["N-MYC", "NMYC", "N-Myc"]),
    ("CCND1", &["cyclin D1"]),
    ("CCNE1", &["cyclin E1"]),
    ("VHL", &["von Hippel-Lindau", "von Hippel Lindau"]),
    ("NF1", &["neurofibromatosis type 1", "neurofibromatosis 1", "NF-1"]),
    ("SMARCB1", &["INI1", "INI-1"]),
    ("EZH2", &[]),
    ("SF3B1", &[]),
    ("MYD88", &[]),
    ("CALR", &["calreticulin"]),
    ("GNAQ", &[]),
    ("TERT", &[]),
    ("NTRK3", &["TrkC", "TRKC"]),
];
/// A signature, and what prose calls it.
const SIGNATURES: [(Signature, &[&str]); 3] = [
    (
        Signature::MsiHigh,
        &[
            "MSI",
            "dMMR",
            "microsatellite instability",
            "mismatch repair",
            "mismatch-repair",
        ],
    ),
    (
        Signature::TmbHigh,
        &[
            "TMB",
            "tumor mutational burden",
            "tumour mutational burden",
            "tumor mutation burden",
        ],
    ),
    (Signature::Hrd, &["HRD", "homologous recombination"]),
];

/// Symbols that are also words in capitals, or a lab value that some write in capitals.
const WORDS_IN_CAPITALS: [&str; 13] = [
    "ALK", "MET", "KIT", "RET", "CAT", "SET", "REST", "MAX", "AR", "APC", "FH", "POLE", "ERG",
];

const DRIVERS: [&str; 25] = [
    "EGFR", "ALK", "ROS1", "RET", "NTRK1", "MET", "BRAF", "KRAS", "ERBB2", "NRG1", "FGFR1", "FGFR2", "FGFR3", "PIK3CA",
    "IDH1", "IDH2", "NRAS", "AKT1", "PTEN", "ESR1", "KIT", "BRCA1", "BRCA2", "PDGFRA", "NTRK3",
];

/// Classes and the genes in them: any of the first words, at most two words between, any of the second.
type Class = (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);
const CLASSES: [Class; 14] = [
    (&["EGFR"], &["sensitizing", "sensitising"], &["mutation", "mutations"]),
    (&["MLH1"], &["dMMR", "DMMR"], &[]),
    (&["SMARCA4", "SMARCB1"], &["SWI"], &["SNF"]),
    (&["NF1"], &["MAPK"], &["pathway"]),
    (&["SF3B1", "EZH2"], &["myelodysplasia"], &["gene", "genes"]),
    (
        &["MLH1"],
        &["mismatch", "dMMR", "Lynch"],
        &["repair", "syndrome", "deficient", "tumor", "tumors"],
    ),
    (
        &DRIVERS,
        &["driver", "actionable", "targetable", "druggable", "oncogenic"],
        &[
            "mutation",
            "mutations",
            "alteration",
            "alterations",
            "gene",
            "genes",
            "oncogene",
            "oncogenes",
            "aberration",
            "aberrations",
            "fusions",
            "positive",
            "negative",
        ],
    ),
    (
        &DRIVERS,
        &["oncogenic", "genomic", "molecular", "oncogene"],
        &["driver", "drivers", "driven", "addicted"],
    ),
    (&["KRAS", "NRAS", "HRAS"], &["RAS", "RASwt"], &[]),
    (&["NTRK1", "NTRK3"], &["NTRK"], &[]),
    (&["FGFR1", "FGFR2", "FGFR3"], &["FGFR"], &[]),
    (
        &["IDH1", "IDH2"],
        &["IDH"],
        &[
            "mutation",
            "mutations",
            "mutant",
            "mutated",
            "wildtype",
            "wild",
            "status",
        ],
    ),
    (
        &["BRCA1", "BRCA2"],
        &["BRCA", "gBRCA", "sBRCA", "tBRCA", "gBRCAm", "BRCAm"],
        &[],
    ),
    (
        &["ATM", "BRCA1", "BRCA2", "PALB2", "CHEK2", "MLH1"],
        &["HRR", "HRD", "DDR", "homologous"],
        &[],
    ),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(base), Some(file)) = (arguments.next(), arguments.next()) else {
        println!("left out: give the registry's base URL and a file of its records");
        return;
    };
    let shown: BTreeSet<String> = arguments.collect();
    let held: Value = serde_json::from_str(&text(&file)).unwrap();
    let records = match &held {
        Value::Object(by_number) => by_number.values().collect::<Vec<_>>(),
        listed => listed.as_array().unwrap().iter().collect(),
    };
    let records: Vec<Scanned> = records.into_iter().map(Scanned::of).collect();
    println!("gene      named brought  kept  missed  recall  needless  precision  bytes  in the address");
    let (mut named_all, mut met_all, mut kept_all, mut needless_all) = (0, 0, 0, 0);
    let genes = GENES.map(|(symbol, others)| (Subject::Gene(Gene::named(symbol).unwrap()), symbol.to_owned(), others));
    let signatures =
        SIGNATURES.map(|(signature, others)| (Subject::Signature(signature), signature.to_string(), others));
    for (subject, symbol, others) in genes.into_iter().chain(signatures) {
        let symbol = symbol.as_str();
        let expression = Essie::candidates(subject);
        let address = encoded(expression.as_str());
        let brought = ask(&base, &address);
        let naming = Naming::of(subject);
        let (mut named, mut kept, mut missed, mut needless) = (0, 0, Vec::new(), Vec::new());
        for record in &records {
            let is_named = record.says(symbol, others);
            let is_kept = brought.contains(&record.study.nct_id) && naming.stands_in(record.record());
            named += usize::from(is_named);
            kept += usize::from(is_kept);
            match (is_named, is_kept) {
                (true, false) => missed.push(record),
                (false, true) => needless.push(record),
                _ => {}
            }
        }
        let share = |part: usize, whole: usize| {
            if whole == 0 {
                100.0
            } else {
                100.0 * part as f64 / whole as f64
            }
        };
        println!(
            "{symbol:8} {named:6} {:7} {kept:5} {:7} {:6.1}% {:9} {:9.1}% {:6} {:7}",
            brought.len(),
            missed.len(),
            share(named - missed.len(), named),
            needless.len(),
            share(kept - needless.len(), kept),
            expression.as_str().len(),
            address.len(),
        );
        named_all += named;
        met_all += named - missed.len();
        kept_all += kept;
        needless_all += needless.len();
        if shown.contains(symbol) {
            for record in &missed {
                let why = if brought.contains(&record.study.nct_id) {
                    "not kept"
                } else {
                    "not brought"
                };
                println!(
                    "  missed, {why} {} {}",
                    record.study.nct_id,
                    record.around(symbol, others)
                );
            }
            for record in needless {
                println!(
                    "  needless {} {:?}",
                    record.study.nct_id,
                    naming.found_in(record.record())
                );
            }
        }
    }
    println!(
        "all: recall {met_all} of {named_all}, {:.2}%; precision {} of {kept_all}, {:.2}%",
        100.0 * met_all as f64 / named_all as f64,
        kept_all - needless_all,
        100.0 * (kept_all - needless_all) as f64 / kept_all as f64
    );
    speed(&records[..records.len().min(500)]);
}

fn speed(records: &[Scanned]) {
    let subject = Subject::Gene(Gene::named("EGFR").unwrap());
    let each = |took: Duration| took.as_micros() as f64 / records.len() as f64;
    let start = Instant::now();
    let one_by_one = records.iter().filter(|r| names(r.record(), subject)).count();
    let by_names = each(start.elapsed());
    let start = Instant::now();
    let naming = Naming::of(subject);
    let made = start.elapsed();
    let at_once = records.iter().filter(|r| naming.stands_in(r.record())).count();
    assert_eq!(one_by_one, at_once);
    println!(
        "EGFR: names() {by_names:.1} us a record, a held Naming {:.1} us; made in {made:?}",
        each(start.elapsed())
    );
}

/// A record and its words.
struct Scanned {
    study: Study,
    eligibility: String,
    /// Of each text its words, in the order written.
    texts: Vec<Vec<String>>,
}

impl Scanned {
    fn of(value: &Value) -> Self {
        let protocol = &value["protocolSection"];
        let study = study(protocol);
        let eligibility = protocol["eligibilityModule"]["eligibilityCriteria"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let mut texts = vec![words(&eligibility), words(&study.brief_title)];
        texts.extend(study.official_title.iter().map(|t| words(t)));
        texts.extend(study.summary.iter().map(|t| words(t)));
        texts.extend(study.conditions.iter().chain(&study.keywords).map(|t| words(t)));
        texts.extend(study.interventions.iter().map(|i| words(&i.name)));
        texts.extend(study.arms.iter().map(|a| words(&a.label)));
        texts.extend(study.arms.iter().flat_map(|a| &a.description).map(|t| words(t)));
        Self {
            study,
            eligibility,
            texts,
        }
    }

    fn record(&self) -> Record<'_> {
        Record {
            study: &self.study,
            eligibility: &self.eligibility,
        }
    }

    fn says(&self, symbol: &str, others: &[&str]) -> bool {
        self.place(symbol, others).is_some()
    }

    /// Text and word at which the gene or its class is named.
    fn place(&self, symbol: &str, others: &[&str]) -> Option<(usize, usize)> {
        let others: Vec<Vec<String>> = others.iter().map(|other| words(other)).collect();
        self.texts.iter().enumerate().find_map(|(i, text)| {
            (0..text.len())
                .find(|at| {
                    is_symbol(symbol, text, *at)
                        || others.iter().any(|o| is_name(o, text, *at))
                        || is_class(symbol, text, *at)
                })
                .map(|at| (i, at))
        })
    }

    fn around(&self, symbol: &str, others: &[&str]) -> String {
        let Some((text, at)) = self.place(symbol, others) else {
            return String::new();
        };
        let words = &self.texts[text];
        format!(
            "[{text}] {}",
            words[at.saturating_sub(5)..(at + 7).min(words.len())].join(" ")
        )
    }
}

/// Runs of letters and digits.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The symbol as one word, perhaps with what is written against it.
fn is_symbol(symbol: &str, text: &[String], at: usize) -> bool {
    let Some(after) = text[at].strip_prefix(symbol) else {
        return false;
    };
    let letters = after.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
    let is_change = letters.is_empty()
        && symbol.len() > 2
        && after.len() >= 4
        && after[1..].starts_with(|c: char| c.is_ascii_digit())
        && after.chars().filter(char::is_ascii_digit).count() >= 2;
    let is_whole = matches!(
        after,
        "" | "s" | "m" | "mut" | "wt" | "WT" | "ITD" | "vIII" | "ex14" | "amp"
    ) || is_change;
    let is_word = WORDS_IN_CAPITALS.contains(&symbol) && is_shouted(text, at);
    let is_lab_value = symbol == "EGFR" && is_filtration(text, at);
    let is_scan = text.get(at + 1).is_some_and(|next| next.starts_with("scan"));
    is_whole && !(is_word || is_lab_value || is_scan)
}

/// Among words in capitals that are no symbols.
fn is_shouted(text: &[String], at: usize) -> bool {
    let near = &text[at.saturating_sub(4)..(at + 5).min(text.len())];
    let is_long =
        |word: &&String| word.len() >= 5 && **word != "NSCLC" && word.chars().all(|c| c.is_ascii_alphabetic());
    let is_upper = |word: &String| word.chars().all(|c| c.is_ascii_uppercase());
    let long: Vec<_> = near.iter().filter(is_long).collect();
    let genetic = ["MUTATION", "MUTATED", "POSITIVE", "AMPLIFICATION", "FUSION", "EXON"];
    !long.is_empty()
        && long.iter().all(|word| is_upper(word))
        && !long.iter().any(|word| genetic.contains(&word.as_str()))
}

/// The estimated glomerular filtration rate, in capitals.
fn is_filtration(text: &[String], at: usize) -> bool {
    let near = &text[at.saturating_sub(8)..(at + 9).min(text.len())];
    near.iter()
        .any(|word| ["glomerular", "ml", "mL", "ML", "creatinine", "renal"].contains(&word.as_str()))
}

fn is_name(name: &[String], text: &[String], at: usize) -> bool {
    // HER2's own name begins with EGFR's.
    let relatives = ["2", "3", "type", "HER2", "HER", "HER3"];
    let is_relative = name.ends_with(&["receptor".to_owned()])
        && text
            .get(at + name.len())
            .is_some_and(|next| relatives.contains(&next.as_str()));
    !is_relative
        && name.iter().enumerate().all(|(i, word)| {
            let with_case = word.chars().any(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
            text.get(at + i).is_some_and(|found| {
                if with_case {
                    found == word
                } else {
                    found.eq_ignore_ascii_case(word)
                }
            })
        })
}

fn is_class(symbol: &str, text: &[String], at: usize) -> bool {
    let is = |found: &String, word: &&str| {
        if word.chars().any(|c| c.is_ascii_uppercase()) {
            found == word
        } else {
            found.eq_ignore_ascii_case(word)
        }
    };
    CLASSES.iter().any(|(genes, first, second)| {
        genes.contains(&symbol)
            && first.iter().any(|word| is(&text[at], word))
            && (second.is_empty()
                || text[at + 1..(at + 4).min(text.len())]
                    .iter()
                    .any(|found| second.iter().any(|word| is(found, word))))
    })
}

/// As a form field is encoded, which is how the expression is sent.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b' ' => "+".to_owned(),
            b if b.is_ascii_alphanumeric() || b"*-._".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// Every record that the registry has for the encoded expression, of any status.
fn ask(base: &str, expression: &str) -> BTreeSet<NctId> {
    let (host, path) = base.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let (mut found, mut token) = (BTreeSet::new(), String::new());
    loop {
        let mut stream = TcpStream::connect(host).unwrap();
        let page = format!("/{path}/studies?query.term={expression}&fields=NCTId&pageSize=1000&sort=@relevance{token}");
        write!(
            stream,
            "GET {page} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head} {body}");
        let body: Value = serde_json::from_str(body).unwrap();
        found.extend(body["studies"].as_array().unwrap().iter().map(|study| {
            let id = &study["protocolSection"]["identificationModule"]["nctId"];
            id.as_str().unwrap().parse::<NctId>().unwrap()
        }));
        match body["nextPageToken"].as_str() {
            Some(next) => token = format!("&pageToken={next}"),
            None => return found,
        }
    }
}
