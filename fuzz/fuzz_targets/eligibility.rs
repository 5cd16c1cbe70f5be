//! libFuzzer's door to `fuzz::eligibility`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::eligibility(bytes));
