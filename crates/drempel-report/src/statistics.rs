//! The interval that a chart of means draws.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The confidence interval of the mean of so many amounts with this sample variance, by Student's t; `None` for less than
/// two amounts or a variance that is none.
pub(crate) fn mean_interval(mean: f64, number: u32, variance: f64, confidence: f64) -> Option<(f64, f64)> {
    if number < 2 || variance.is_nan() || variance < 0.0 {
        return None;
    }
    let t = StudentsT::new(0.0, 1.0, f64::from(number - 1)).ok()?;
    let margin = t.inverse_cdf((1.0 + confidence) / 2.0) * (variance / f64::from(number)).sqrt();
    Some((mean - margin, mean + margin))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 2, 11 and 31 people, as every printed table of the t distribution has the quantiles.
    #[test]
    fn the_interval_of_a_mean_is_that_of_the_printed_tables() {
        for (number, quantile) in [(2, 12.706), (11, 2.228), (31, 2.042)] {
            let (low, high) = mean_interval(100.0, number, f64::from(number), 0.95).expect("an interval");
            assert!(
                (high - 100.0 - quantile).abs() < 5e-4 && (low + high - 200.0).abs() < 1e-9,
                "{low} {high}"
            );
        }
        assert!(mean_interval(0.0, 1, 1.0, 0.95).is_none());
        assert!(mean_interval(0.0, 9, -1.0, 0.95).is_none());
    }
}
