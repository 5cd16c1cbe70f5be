//! libFuzzer's door to `fuzz::mutation`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::mutation(bytes));
