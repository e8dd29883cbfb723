#![no_main]

use drempel_attacks::hostile::{World, run};

libfuzzer_sys::fuzz_target!(
    init: { World::get(); },
    |bytes: &[u8]| run("noise", bytes)
);
