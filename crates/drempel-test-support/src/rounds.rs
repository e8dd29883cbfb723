//! How often something is tried.

/// Enough for the suite, more with the environment variable.
pub fn rounds(variable: &str, few: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(few)
}
