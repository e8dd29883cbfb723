//! Measured noise beside the formulas.

use rayon::prelude::*;

use super::*;
use crate::leveled::decision::{DecisionScratch, sum_is_at_most};
use crate::leveled::fourier::{Ffts, Fourier, Transform};
use crate::leveled::selector::Selectors;

/// The FFT's own error, in units of 2⁻⁵³ of the product before it is reduced.
#[test]
fn the_error_of_the_fft_is_below_what_the_formula_allows() {
    let transform = Transform::new();
    let mut ffts = Ffts::new(&transform);
    let mut numbers = Numbers::new(1);
    for (levels, base_bits) in [(22, 2), (15, 3), (11, 4), (7, 6), (5, 8), (3, 13)] {
        let gadget = Gadget::new(levels, base_bits);
        let mask: Vec<u64> = (0..RING).map(|_| numbers.below(u64::MAX)).collect();
        let mut exact = vec![0_u64; RING];
        let mut sum = Fourier::zeros(1);
        let (mut digits, mut row) = (Fourier::zeros(1), Fourier::zeros(1));
        for level in 0..gadget.count() {
            // Rows that a transform holds exactly: 52 bits.
            let words: Vec<u64> = (0..RING).map(|_| numbers.below(1 << 52) << 12).collect();
            let cut: Vec<u64> = mask
                .iter()
                .map(|word| (word.wrapping_add(gadget.offset()) >> gadget.shift(level)) & gadget.mask())
                .map(|digit| digit.wrapping_sub(1 << (base_bits - 1)))
                .collect();
            let product = multiply(&cut, &words);
            exact.iter_mut().zip(product).for_each(|(sum, term)| *sum = sum.wrapping_add(term));
            ffts.digits(mask.first_chunk().expect("whole"), gadget, level, digits.get_mut(0));
            ffts.torus(words.first_chunk().expect("whole"), row.get_mut(0));
            let terms = digits.as_slice().iter().zip(row.as_slice());
            sum.as_mut_slice().iter_mut().zip(terms).for_each(|(sum, (left, right))| *sum += left * right);
        }
        let mut found = [0; RING];
        ffts.set_back(sum.get_mut(0), &mut found);
        let errors: Vec<f64> =
            found.iter().zip(&exact).map(|(found, exact)| off(found.wrapping_sub(*exact), false)).collect();
        let (measured, formula) = (deviation_log2(&errors), noise::fft(gadget).log2() / 2.0);
        eprintln!("{levels} x {base_bits}: error 2^{measured:.2}, by formula 2^{formula:.2}");
        assert!(measured < formula, "{levels} {base_bits}");
        assert!(measured > formula - 1.5, "{levels} {base_bits}: the formula is far too large");
    }
}

#[test]
fn rows_of_selectors_have_the_noise_of_the_formula() {
    let set = set();
    let params = *set.engine.params();
    let slots = params.slots(BITS);
    let mut worker = set.engine.worker();
    let (mut body, mut mask) = (vec![], vec![]);
    for bin in 0..4 {
        let numbers: Vec<u64> = (0..56).map(|place| (place * 4_711 + bin) & ((1 << BITS) - 1)).collect();
        let nodes = expanded(&mut worker, &set.bin(&numbers, BITS), 0..56 * slots);
        for (place, number) in numbers.iter().enumerate().step_by(7) {
            let hidden = HiddenNumber::new(&nodes, place * slots, BITS);
            let (key, leaves, ffts) = worker.parts_mut();
            let mut selectors = Selectors::new(key);
            selectors.begin(hidden);
            for bit in (0..BITS).step_by(5) {
                selectors.prepare(hidden, bit, key, leaves, ffts);
                for level in 0..params.selector().count() {
                    let matrix = selectors.get(bit).matrix(level);
                    let value = (number >> bit & 1) * params.selector().unit(level);
                    let mut ring = Ring::zero();
                    for row in 0..2 {
                        for part in 0..2 {
                            let mut values: Fourier = Fourier::zeros(1);
                            matrix.get(2 * part + row, values.get_mut(0));
                            ffts.set_back(values.get_mut(0), &mut ring.parts_mut()[part]);
                        }
                        let phases = set.phases(&ring);
                        for (index, (phase, t)) in phases.iter().zip(set.shifted.iter()).enumerate() {
                            let expected = match row {
                                0 => t.wrapping_mul(value).wrapping_neg(),
                                _ if index == 0 => value,
                                _ => 0,
                            };
                            let samples = if row == 0 { &mut mask } else { &mut body };
                            samples.push(off(phase.wrapping_sub(expected), false));
                        }
                    }
                }
            }
        }
    }
    let formula = noise::rows(&params);
    for (name, samples, formula) in [("body", body, formula.body), ("mask", mask, formula.mask)] {
        let (measured, formula) = (deviation_log2(&samples), formula.log2() / 2.0);
        eprintln!("{name} row: 2^{measured:.2}, by formula 2^{formula:.2} ({} samples)", samples.len());
        assert!((measured - formula).abs() < 0.3, "{name}");
    }
}

/// Kinds of data: (numbers, line) from random draws.
fn class(kind: usize, numbers: &mut Numbers) -> ([u64; 2], u64) {
    let max = (1_u64 << BITS) - 1;
    let mut random = || [numbers.below(1 << BITS), numbers.below(1 << BITS)];
    let [x, y] = match kind {
        7 | 8 | 13 => [0, 0],
        9 | 10 | 12 => [max, max],
        11 => [max, 0],
        _ => random(),
    };
    let sum = x + y;
    let line = match kind {
        0 | 9 | 11 => sum,
        1 | 12 => sum.saturating_sub(1),
        2 => (sum + (1 << 17) + numbers.below(1 << 17)).min(2 * max),
        3 => sum.saturating_sub((1 << 17) + numbers.below(1 << 17)),
        5 => sum + (1 << 14),
        6 => sum.saturating_sub(1 << 14),
        7 => 0,
        13 => max,
        _ => numbers.below(2 * max + 1),
    };
    ([x, y], line)
}

/// ANSWERS in the environment sets how many of each class (600 were run by hand).
#[test]
fn noise_does_not_depend_on_the_class_of_data() {
    let answers: usize = std::env::var("ANSWERS").map_or(84, |count| count.parse().expect("a number"));
    const KINDS: usize = 14;
    let set = set();
    let slots = set.engine.params().slots(BITS);
    let bins = (answers * KINDS).div_ceil(28);
    let samples: Vec<(usize, f64)> = (0..bins)
        .into_par_iter()
        .flat_map_iter(|bin| {
            let mut numbers = Numbers::new(bin as u64 + 1_000);
            let cases: Vec<_> = (0..28).map(|case| class(case % KINDS, &mut numbers)).collect();
            let amounts: Vec<u64> = cases.iter().flat_map(|(amounts, _)| *amounts).collect();
            let mut worker = set.engine.worker();
            let nodes = expanded(&mut worker, &set.bin(&amounts, BITS), 0..56 * slots);
            let decide = |(case, (amounts, line)): (usize, &([u64; 2], u64))| {
                let hidden = [0, 1].map(|side| HiddenNumber::new(&nodes, (2 * case + side) * slots, BITS));
                let streams = streams(8);
                let decided = Decided::Released((bin * 28 + case) as u64, &streams);
                let answer = worker.sum_is_below(&hidden, BITS, *line + 1, decided);
                let phase = set.phase(answer.expect("decides").ring());
                (case % KINDS, off(phase, amounts[0] + amounts[1] <= *line))
            };
            let decided: Vec<(usize, f64)> = cases.iter().enumerate().map(decide).collect();
            decided
        })
        .collect();
    let formula = noise::decision(set.engine.params(), 2, BITS).log2() / 2.0;
    let mut all = vec![];
    for kind in 0..KINDS {
        let own: Vec<f64> = samples.iter().filter(|(of, _)| *of == kind).map(|(_, error)| *error).collect();
        let (deviation, mean) = (deviation_log2(&own), own.iter().sum::<f64>() / own.len() as f64);
        let relative = mean / deviation.exp2();
        eprintln!("class {kind:>2}: 2^{deviation:.3}, mean {relative:+.3} deviations, {} answers", own.len());
        assert!(own.iter().all(|error| error.abs() < 0.01));
        all.push(deviation);
    }
    let error = 1.0 / (2.0 * answers as f64).sqrt() / std::f64::consts::LN_2;
    let spread = all.iter().fold(f64::MIN, |a, b| a.max(*b)) - all.iter().fold(f64::MAX, |a, b| a.min(*b));
    let mean = all.iter().sum::<f64>() / KINDS as f64;
    eprintln!("formula 2^{formula:.3}, mean 2^{mean:.3}, spread {spread:.3}, one deviation is {error:.3}");
    assert!((mean - formula).abs() < 0.3);
    // Fourteen classes lie 3.4 deviations apart on average when they are the same; six happen once in 2,000
    // times.
    assert!(spread < 0.08 + 6.0 * error, "{spread}");
}

/// What the noisy constants are for: with exact ones the noise tells how far a sum is from its line.
#[test]
fn exact_constants_would_tell_a_sum_far_below_its_line() {
    let set = set();
    let slots = set.engine.params().slots(BITS);
    let mut numbers = Numbers::new(31);
    let mut worker = set.engine.worker();
    let [mut near, mut far] = [vec![], vec![]];
    for _ in 0..4 {
        let amounts: Vec<u64> = (0..56).map(|_| numbers.below(1 << 15)).collect();
        let nodes = expanded(&mut worker, &set.bin(&amounts, BITS), 0..56 * slots);
        let (key, leaves, ffts) = worker.parts_mut();
        let mut scratch = DecisionScratch::new(key);
        for (case, pair) in amounts.chunks_exact(2).enumerate() {
            let hidden = [0, 1].map(|side| HiddenNumber::new(&nodes, (2 * case + side) * slots, BITS));
            let sum = pair[0] + pair[1];
            for (line, errors) in [(sum, &mut near), (sum + (1 << 17), &mut far)] {
                let state = sum_is_at_most(&hidden, line, |_| 0, key, &mut scratch, leaves, ffts);
                errors.push(off(set.phase(state), true));
            }
        }
    }
    let [near, far] = [deviation_log2(&near), deviation_log2(&far)];
    eprintln!("exact constants: at the line 2^{near:.2}, far below it 2^{far:.2}");
    assert!(near - far > 0.7);
}
