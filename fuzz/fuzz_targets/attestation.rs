#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drempel::attacks::hostile::run("attestation", bytes));
