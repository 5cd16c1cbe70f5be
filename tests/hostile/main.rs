//! What foreign bytes can't do: the corpus that is kept for the fuzzer, through the same functions, and the registry's
//! JSON in linear time.

#![allow(
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test takes the time and fails by panicking"
)]

// What every reader keeps to; libFuzzer calls the same.
#[expect(unreachable_pub, reason = "the fuzz targets call them from another package")]
#[path = "../../fuzz/src/readers.rs"]
mod readers;

use clinical_trials_mcp::registry::foreign;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn every_input_of_the_corpus_is_read_as_the_fuzzer_would_read_it() {
    for (name, read) in [
        ("mutation", readers::mutation as fn(&[u8])),
        ("eligibility", readers::eligibility),
        ("study_json", readers::study_json),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let (mut files, mut bytes) = (0, 0);
        for file in std::fs::read_dir(folder).expect("a corpus") {
            let input = std::fs::read(file.expect("a file").path()).expect("its bytes");
            read(&input);
            (files, bytes) = (files + 1, bytes + input.len());
        }
        assert!(files >= 8, "{name}: {files} files");
        assert!(bytes < 64 << 10, "{name}: {bytes} bytes; what is kept is kept small");
    }
}

/// What is repeated within a page, between two halves of JSON.
const PAGES: [(&str, &str, &str); 10] = [
    ("[", "", ""),
    ("{\"a\":", "", ""),
    ("{\"studies\":[", "{},", "{}]}"),
    ("{\"studies\":[", "[],", "[]]}"),
    (
        "{\"studies\":[",
        "{\"protocolSection\":{\"identificationModule\":{\"nctId\":\"NCT99000001\",\"briefTitle\":\"A\"}}},",
        "{}]}",
    ),
    (
        "{\"studies\":[{\"protocolSection\":{\"identificationModule\":{\"nctId\":\"NCT99000001\",\"briefTitle\":\"",
        "\\u0041\\n",
        "\"}}}]}",
    ),
    (
        "{\"studies\":[{\"protocolSection\":{\"identificationModule\":{\"nctId\":\"NCT99000001\",\"briefTitle\":\"A\"},\
         \"contactsLocationsModule\":{\"locations\":[",
        "{\"city\":\"B\",\"geoPoint\":{\"lat\":1,\"lon\":2}},",
        "{}]}}}]}",
    ),
    (
        "{\"studies\":[{\"protocolSection\":{\"identificationModule\":{\"nctId\":\"NCT99000001\",\"briefTitle\":\"A\"},\
         \"conditionsModule\":{\"keywords\":[",
        "\"EGFR\",",
        "\"\"]}}}]}",
    ),
    ("{\"studies\":[],\"nextPageToken\":\"", "a", "\"}"),
    ("", " ", ""),
];

#[test]
fn a_page_and_a_record_are_read_in_linear_time() {
    for (before, piece, after) in PAGES {
        let of = |bytes: usize| {
            let repeated = if piece.is_empty() { before } else { piece };
            let middle = repeated.repeat(bytes / repeated.len());
            format!("{before}{middle}{after}").into_bytes()
        };
        let (short, long) = (of(128 << 10), of(1 << 20));
        let is_linear = (0..4).any(|_| time(&long) <= time(&short).max(Duration::from_millis(8)) * 24);
        assert!(is_linear, "{before} {piece}: {:?} and {:?}", time(&short), time(&long));
    }
}

fn time(body: &[u8]) -> Duration {
    let times = (0..3).map(|_| {
        let begun = Instant::now();
        black_box(foreign::page(body).is_some());
        black_box(foreign::record(body).is_some());
        begun.elapsed()
    });
    times.min().unwrap_or_default()
}
