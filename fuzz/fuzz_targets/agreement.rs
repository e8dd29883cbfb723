#![no_main]

use drempel::Rehearsal;
use drempel::analysis::Question;
use drempel::attacks::hostile::{World, run};
use drempel_report::Language;
use drempel_report::dpia::document;

libfuzzer_sys::fuzz_target!(
    init: { World::get(); },
    |bytes: &[u8]| {
        run("agreement", bytes);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        if let Ok(rehearsal) = Rehearsal::<Question>::of(text) {
            for language in [Language::Dutch, Language::English] {
                document(rehearsal.agreement(), None, language);
            }
        }
    }
);
