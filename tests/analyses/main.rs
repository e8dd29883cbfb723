//! All analyses, each against an oracle that is no part of drempel: on plaintext by the hundred thousand, with real
//! keys by the dozen, and its bootstraps as frozen numbers.

mod agencies;
mod area_count;
mod debt_alarm;
mod debt_count;
mod eligibility;
mod encrypted_norms;
mod examples;
mod group_comparison;
mod group_mean;
mod groups;
mod matching;
mod presence;
mod ranking;
