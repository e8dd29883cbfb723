//! Random cases, with proptest.

use std::fmt::Debug;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

/// Tries a property on so many cases. One that fails is made as small as it can be, and then shown.
///
/// # Panics
/// When the property does not hold.
pub fn for_all<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value))
where
    S::Value: Debug,
{
    // A failure prints its case; a file of seeds beside the test would add nothing.
    let config = Config { cases, failure_persistence: None, max_shrink_time: 60_000, ..Config::default() };
    let outcome = TestRunner::new(config).run(&strategy, |case| {
        property(case);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// Cases that are the same in every run, for what is too slow to be tried often.
pub fn samples<S: Strategy>(strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    std::iter::repeat_with(move || strategy.new_tree(&mut runner).expect("nothing is rejected").current())
}

/// The first of [`samples`].
pub fn sample<S: Strategy>(strategy: S) -> S::Value {
    samples(strategy).next().expect("one at least")
}
