//! Tests of a difference between groups, on plaintext: after the release.

use statrs::distribution::{Continuous, ContinuousCDF, StudentsT};

/// What a test needs of one group beside its mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// How many: at least two.
    pub(crate) number: u32,
    /// The sample variance.
    pub(crate) variance: f64,
}

/// What the amounts say about a difference of two means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Welch {
    /// The lower end of the confidence interval.
    pub(crate) low: f64,
    /// Its upper end.
    pub(crate) high: f64,
    /// How likely a difference as large as this, of either sign, would be if there were none.
    pub(crate) p: f64,
}

impl Welch {
    /// A group beside itself: no difference, for certain.
    pub(crate) const WITH_ITSELF: Self = Self { low: 0.0, high: 0.0, p: 1.0 };

    /// Welch's t-test of a difference of means, with the degrees of freedom of Welch and Satterthwaite.
    ///
    /// Source: B. L. Welch, Biometrika 34 (1947), 28-35. Without any spread in either group the interval is the
    /// difference itself, and p is 1 for no difference and else 0: what the test tends to when the spread goes to zero.
    pub(crate) fn test(difference: f64, one: Sample, other: Sample, confidence: f64) -> Self {
        let [a, b] = [one, other].map(|sample| sample.variance / f64::from(sample.number));
        let error = (a + b).sqrt();
        if error == 0.0 {
            return Self { low: difference, high: difference, p: f64::from(u8::from(difference == 0.0)) };
        }
        // In shares of the sum, so that no square is too small or too large.
        let [a, b] = [(a, one), (b, other)]
            .map(|(part, sample)| (part / (error * error)).powi(2) / f64::from(sample.number - 1));
        let t = StudentsT::new(0.0, 1.0, 1.0 / (a + b)).expect("degrees of freedom are positive");
        let tail = (1.0 - confidence) / 2.0;
        // Exact to about seven digits; two steps of Newton make it as exact as the tail itself.
        let quantile = (0..2).fold(t.inverse_cdf(1.0 - tail), |q, _| q + (t.sf(q) - tail) / t.pdf(q));
        let margin = error * quantile;
        let p = 2.0 * t.sf((difference / error).abs());
        Self { low: difference - margin, high: difference + margin, p }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The density of Student's t with `df` degrees of freedom.
    fn density(t: f64, df: f64) -> f64 {
        let constant = libm::lgamma((df + 1.0) / 2.0) - libm::lgamma(df / 2.0);
        constant.exp() / (df * std::f64::consts::PI).sqrt() * (-(df + 1.0) / 2.0 * (t * t / df).ln_1p()).exp()
    }

    /// The probability of |T| > t, by Simpson's rule over the density.
    fn outside(t: f64, df: f64) -> f64 {
        let steps = 20_000;
        let width = t / f64::from(steps);
        let weight = |i: i32| match i {
            0 => 1.0,
            i if i == steps => 1.0,
            i => 2.0 + 2.0 * f64::from(i % 2),
        };
        let sum: f64 = (0..=steps).map(|i| weight(i) * density(f64::from(i) * width, df)).sum();
        1.0 - 2.0 * sum * width / 3.0
    }

    /// Two samples of equal size and spread have 2 (n - 1) degrees of freedom.
    fn equal(t: f64, n: u32, confidence: f64) -> Welch {
        let sample = Sample { number: n, variance: f64::from(n) / 2.0 };
        Welch::test(t, sample, sample, confidence)
    }

    #[test]
    fn p_is_the_area_under_the_density_outside_the_difference() {
        for n in [2, 3, 5, 10, 100, 1_000, 30_000, 1_000_000] {
            for t in [0.0, 0.01, 0.5, 1.0, 1.5, 1.7, 1.732, 1.75, 2.0, 3.0, 5.0, 8.0] {
                let (p, area) = (equal(t, n, 0.95).p, outside(t, 2.0 * f64::from(n) - 2.0));
                assert!((p - area).abs() < 1e-8, "{n} {t}: {p} {area}");
            }
        }
    }

    #[test]
    fn the_interval_leaves_out_as_much_as_agreed() {
        for n in [2, 3, 5, 10, 100, 1_000, 30_000, 1_000_000] {
            for confidence in [0.5, 0.8, 0.9, 0.95, 0.99, 0.999] {
                let Welch { low, high, .. } = equal(0.0, n, confidence);
                let left = 1.0 - outside(high, 2.0 * f64::from(n) - 2.0);
                assert!((left - confidence).abs() < 1e-8, "{n} {confidence}: {left}");
                assert!((low + high).abs() < 1e-12);
            }
        }
    }

    /// Critical values as in every printed table of the t distribution.
    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        let printed =
            [(2, 0.95, 4.303), (6, 0.95, 2.228), (6, 0.99, 3.169), (16, 0.95, 2.042), (61, 0.95, 1.980)];
        for (n, confidence, expected) in printed {
            let Welch { high, .. } = equal(0.0, n, confidence);
            assert!((high - expected).abs() < 5e-4, "{n} {confidence}: {high}");
        }
    }

    #[test]
    fn without_any_spread_a_difference_is_certain() {
        let sample = Sample { number: 10, variance: 0.0 };
        let same = Welch::test(0.0, sample, sample, 0.95);
        assert_eq!((same.low, same.high, same.p), (0.0, 0.0, 1.0));
        let other = Welch::test(-3.0, sample, sample, 0.95);
        assert_eq!((other.low, other.high, other.p), (-3.0, -3.0, 0.0));
    }
}
