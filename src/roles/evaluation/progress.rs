/// How far a long work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Answers that are done.
    pub done: usize,
    /// Answers in all.
    pub of: usize,
}
