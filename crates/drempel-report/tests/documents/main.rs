//! What people read, from the outside: reports, explanations and documents for an impact assessment.

use drempel_test_support::repository;

mod dpia;
mod explain;
mod forged;
mod report;

/// A file of the repository's examples.
fn example(path: &str) -> String {
    std::fs::read_to_string(repository("examples").join(path)).expect(path)
}
