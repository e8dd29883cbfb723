use std::ops::ControlFlow;

/// How far a long work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Answers that are done.
    pub done: usize,
    /// Answers in all.
    pub of: usize,
}

/// What a caller answers who is told how far a work is: nothing, or whether to go on.
///
/// A closure that returns nothing lets the work run to its end; one that returns [`ControlFlow`] can stop it.
pub trait Proceed {
    /// Whether to go on.
    fn proceeds(self) -> bool;
}

impl Proceed for () {
    fn proceeds(self) -> bool {
        true
    }
}

impl Proceed for ControlFlow<()> {
    fn proceeds(self) -> bool {
        self.is_continue()
    }
}
