//! The sister cases, each against an oracle that is no part of drempel: on plaintext by the hundred thousand, with real
//! keys by the dozen, and its bootstraps as frozen numbers.

mod area_count;
mod scene;
