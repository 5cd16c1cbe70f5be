//! libFuzzer's door to `fuzz::study_json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::study_json(bytes));
