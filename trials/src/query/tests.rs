//! Escaping, the bound of an expression, and that a record names a gene only where its case says so.

use super::*;
use crate::gene::Gene;
use crate::mutation::Signature;
use crate::study::{NctId, OverallStatus, Study};

fn study(title: &str) -> Study {
    Study {
        status: OverallStatus::Recruiting,
        ..Study::bare("NCT01234567".parse::<NctId>().expect("a number"), title.into())
    }
}

fn subject(symbol: &str) -> Subject {
    Subject::Gene(Gene::named(symbol).expect("a gene"))
}

#[test]
fn a_quote_or_operator_in_a_text_stays_text() {
    assert_eq!(
        Essie::phrase(r#"a" OR AREA[Phase]"b"#).as_str(),
        r#""a\" OR AREA[Phase]\"b""#
    );
    assert_eq!(Essie::phrase(r"a\").as_str(), r#""a\\""#);
    assert_eq!(Essie::phrase("a\nb\0").as_str(), "\"a b \"");
}

#[test]
fn parts_are_bracketed_when_joined() {
    let any = Essie::any([Essie::phrase("a"), Essie::phrase("b")]);
    assert_eq!(any.as_str(), r#"("a" OR "b")"#);
    assert_eq!(
        Essie::area(Area::Keyword, &any).as_str(),
        r#"AREA[Keyword]("a" OR "b")"#
    );
    assert_eq!(
        Essie::all([any, Essie::phrase("c")]).as_str(),
        r#"(("a" OR "b") AND "c")"#
    );
}

#[test]
fn every_expression_is_within_its_bound() {
    let genes = [
        "EGFR", "ALK", "MET", "KIT", "RET", "ERBB2", "BRCA1", "BRCA2", "KRAS", "FGFR2", "NTRK1", "ATM", "TP53", "MLH1",
        "PIK3CA", "NRG1", "A1BG", "SET", "REST", "IMPACT", "AR", "ABL1", "BCR", "HRAS", "IDH1",
    ];
    let subjects = genes
        .map(subject)
        .into_iter()
        .chain(Signature::ALL.map(Subject::Signature));
    for subject in subjects {
        let expression = Essie::candidates(subject);
        assert!(
            expression.as_str().len() <= Essie::LENGTH_MAX,
            "{subject}: {}",
            expression.as_str().len()
        );
        // As a form's field, in which it is sent, a quote takes three bytes.
        let quotes = expression
            .as_str()
            .bytes()
            .filter(|b| !b.is_ascii_alphanumeric() && *b != b' ')
            .count();
        assert!(
            expression.as_str().len() + 2 * quotes < 6000,
            "{subject}: {quotes} signs"
        );
        assert!(!expression.as_str().contains("\"\""), "{subject}: {expression}");
    }
}

#[test]
fn a_lab_value_or_a_word_is_no_gene() {
    let named = |eligibility: &str, symbol: &str| {
        names(
            Record {
                study: &study("A study"),
                eligibility,
            },
            subject(symbol),
        )
    };
    for (text, symbol, is) in [
        ("eGFR above 60 ml/min", "EGFR", false),
        ("EGFR > 60 mL/min/1.73 m2", "EGFR", false),
        ("estimated glomerular filtration rate (EGFR)", "EGFR", false),
        ("anti-EGFr antibody", "EGFR", true),
        ("mEGFR NSCLC", "EGFR", true),
        ("Epidermal Growth Factor\n   Receptor mutations", "EGFR", true),
        ("human epidermal growth factor receptor 2 (HER2)", "EGFR", false),
        ("human epidermal growth factor receptor-2", "EGFR", false),
        ("EGFR MUTATION POSITIVE LUNG CANCER", "EGFR", true),
        ("ALL CRITERIA MET BEFORE ENTRY", "MET", false),
        ("THE FOLLOWING MUST BE MET: 1. AGE", "MET", false),
        ("MET AMPLIFICATION REQUIRED", "MET", true),
        ("MAP3K1, MED12, MET, MSH2", "MET", true),
        ("METΔex14", "MET", true),
        ("anti-c-Met", "MET", true),
        ("PREGNANCY TEST KIT PROVIDED", "KIT", false),
        ("a TP53WT tumour", "TP53", true),
        ("gBRCA1 carriers", "BRCA1", true),
        ("KRAS-mutated", "KRAS", true),
        ("EGFR\\-mutated", "EGFR", true),
        ("ARX788 or AREN1721", "AR", false),
        ("Androgen Receptor inhibitor", "AR", true),
        ("an alarm", "AR", false),
        ("CAT scans", "CAT", false),
        ("CAT mutations", "CAT", true),
        ("a cat scan", "CAT", false),
        ("Anaplastic lymphoma kinase", "ALK", true),
        ("actionable\n  molecular tumour alterations", "RET", true),
        ("a driver. Mutations are", "RET", false),
        ("sensitizing mutations", "EGFR", true),
        ("sensitizing mutations", "ALK", false),
        ("RAS MUTANT SOLID TUMORS", "KRAS", true),
        ("Philadelphia chromosome-positive", "ABL1", true),
        ("Philadelphia, Pennsylvania", "ABL1", false),
        ("EGFR L858R", "EGFR", true),
        ("an EGFRm tumour", "EGFR", true),
        ("EGFRvIII", "EGFR", true),
        ("criteria are met", "MET", false),
        ("METex14 skipping", "MET", true),
        ("c-MET amplification", "MET", true),
        ("alk phos", "ALK", false),
        ("her2-positive", "ERBB2", true),
        ("HER-2/neu", "ERBB2", true),
        ("an actionable genomic alteration", "EGFR", true),
        ("a Driver-Mutation", "ALK", true),
        ("HRR genes", "ATM", true),
        ("RAS-mutant", "KRAS", true),
        ("KRASG12C", "KRAS", true),
        ("nothing of the kind", "KRAS", false),
    ] {
        assert_eq!(named(text, symbol), is, "{text}: {symbol}");
    }
    let titled = study("Osimertinib in EGFR mutated lung cancer");
    assert!(names(
        Record {
            study: &titled,
            eligibility: ""
        },
        subject("EGFR")
    ));
}
