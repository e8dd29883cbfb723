use rayon::prelude::*;

use super::*;

/// People in a bin.
fn people(bits: usize) -> usize {
    RING / set().engine.params().slots(bits)
}

/// Cases of `addends` numbers drawn by `draw`, each decided at its own line by `line`; gives (wrong, all, Σ
/// noise²).
fn decide(
    addends: usize,
    bits: usize,
    bins: usize,
    draw: impl Fn(&mut Numbers, usize) -> u64 + Sync,
    line: impl Fn(&mut Numbers, u64, usize) -> u64 + Sync,
) -> (usize, usize, f64) {
    let set = set();
    let per_bin = people(bits) / addends;
    let results = (0..bins).into_par_iter().map(|bin| {
        let mut numbers = Numbers::new((bin * 100 + addends) as u64);
        let amounts: Vec<u64> = (0..per_bin * addends).map(|place| draw(&mut numbers, place)).collect();
        let encrypted = set.bin(&amounts, bits);
        let mut worker = set.engine.worker();
        let slots = set.engine.params().slots(bits);
        let nodes = expanded(&mut worker, &encrypted, 0..per_bin * addends * slots);
        let (mut wrong, mut squares) = (0, 0.0);
        for (case, amounts) in amounts.chunks_exact(addends).enumerate() {
            let first = case * addends;
            let hidden: Vec<HiddenNumber<'_>> = (first..first + addends)
                .map(|place| HiddenNumber::new(&nodes, place * slots, bits))
                .collect();
            let sum: u64 = amounts.iter().sum();
            let line = line(&mut numbers, sum, case);
            let streams = streams(1);
            let decided = Decided::Released((bin * 1_000 + case) as u64, &streams);
            let answer = worker.sum_is_below(&hidden, bits, line + 1, decided).expect("decides");
            let error = off(set.phase(answer.ring()), sum <= line);
            wrong += usize::from(error.abs() >= 0.25);
            squares += error * error;
        }
        (wrong, per_bin, squares)
    });
    results.reduce(|| (0, 0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2))
}

fn highest(bits: usize) -> u64 {
    (1 << bits) - 1
}

/// The line below, at and above the sum, and any.
fn around(numbers: &mut Numbers, sum: u64, case: usize) -> u64 {
    match case % 4 {
        0 => sum,
        1 => sum.saturating_sub(1),
        2 => sum + 1,
        _ => numbers.below(2 * sum + 2),
    }
}

#[test]
fn sums_of_1_to_8_numbers_are_decided_rightly_at_their_line() {
    for addends in [1, 2, 3, 4, 5, 6, 7, 8] {
        let (wrong, all, squares) = decide(addends, BITS, 2, |numbers, _| numbers.below(1 << BITS), around);
        let (found, formula) = (
            (squares / all as f64).log2() / 2.0,
            noise::decision(&LeveledParams::V25, addends, BITS).log2() / 2.0,
        );
        eprintln!("{addends} addends: {wrong} wrong of {all}, noise 2^{found:.2}, by formula 2^{formula:.2}");
        assert_eq!(wrong, 0, "{addends}");
        assert!(found < formula + 1.5);
    }
}

#[test]
fn numbers_of_zeros_and_of_ones_are_decided_rightly() {
    for pattern in 0..4 {
        let draw = |_: &mut Numbers, place: usize| match pattern {
            0 => 0,
            1 => highest(BITS),
            2 => highest(BITS) * (place as u64 % 2),
            _ => 1 << (place % BITS),
        };
        let (wrong, all, _) = decide(2, BITS, 1, draw, around);
        assert_eq!(wrong, 0, "{pattern}: of {all}");
    }
}

/// COUPLES in the environment sets how many (20,000 were run by hand; docs/benchmarks.md has the outcome).
#[test]
fn hundreds_of_couples_are_decided_rightly_at_their_line() {
    let couples: usize = std::env::var("COUPLES").map_or(400, |count| count.parse().expect("a number"));
    let draw = |numbers: &mut Numbers, place: usize| match place / 2 % 4 {
        0 => 0,
        1 => highest(BITS),
        _ => numbers.below(1 << BITS),
    };
    let (wrong, all, squares) = decide(2, BITS, couples.div_ceil(people(BITS) / 2), draw, |_, sum, case| {
        // 0, 1, 2 of each pattern: case / 4 is not in step with the patterns.
        match case / 4 % 3 {
            0 => sum,
            1 => sum.saturating_sub(1),
            _ => sum + 1,
        }
    });
    eprintln!("{wrong} wrong of {all}, noise 2^{:.3}", (squares / all as f64).log2() / 2.0);
    assert_eq!(wrong, 0);
}

#[test]
fn short_and_long_numbers_are_decided_rightly() {
    for bits in [1, 5, 9, 10, 11, 32] {
        for addends in [1, 2, 3] {
            let (wrong, _, _) = decide(addends, bits, 1, |numbers, _| numbers.below(1 << bits), around);
            assert_eq!(wrong, 0, "{bits} {addends}");
        }
    }
}

#[test]
fn two_hidden_numbers_are_compared_rightly() {
    let (set, bits) = (set(), 16);
    let slots = set.engine.params().slots(bits);
    let mut numbers = Numbers::new(9);
    let per_bin = people(bits);
    let amounts: Vec<u64> = (0..per_bin / 2)
        .flat_map(|case| {
            let one = numbers.below(1 << bits);
            match case % 8 {
                0 => [one, one],
                1 => [one, (one + 1).min(highest(bits))],
                2 => [(one + 1).min(highest(bits)), one],
                3 => [0, highest(bits)],
                4 => [highest(bits), 0],
                5 => [0, 0],
                _ => [one, numbers.below(1 << bits)],
            }
        })
        .collect();
    let mut worker = set.engine.worker();
    let nodes = expanded(&mut worker, &set.bin(&amounts, bits), 0..amounts.len() * slots);
    let (before, streams) = (worker.executed(), streams(2));
    let mut errors = vec![];
    for (case, pair) in amounts.chunks_exact(2).enumerate() {
        let number = |side: usize| HiddenNumber::new(&nodes, (2 * case + side) * slots, bits);
        let decided = Decided::Released(case as u64, &streams);
        let answer = worker.is_at_most(number(0), number(1), decided).expect("decides");
        let error = off(set.phase(answer.ring()), pair[0] <= pair[1]);
        assert!(error.abs() < 0.01, "{pair:?}: {error}");
        errors.push(error);
    }
    let formula = noise::compared(set.engine.params(), bits, 5).log2() / 2.0;
    let measured = deviation_log2(&errors);
    eprintln!("compared: 2^{measured:.2}, by formula 2^{formula:.2}");
    assert!((measured - formula).abs() < 0.8);
    let params = set.engine.params();
    let each = Counts::comparison(params, bits) + Counts::selectors(params, 0, bits) * 2;
    assert_eq!(worker.executed(), before + each * (amounts.len() as u64 / 2));
}

#[test]
fn what_is_executed_is_what_was_counted() {
    let set = set();
    let params = set.engine.params();
    let slots = params.slots(BITS);
    let bin = set.bin(&[77; 20], BITS);
    for range in [0..20 * slots, 3 * slots..9 * slots, 5 * slots..6 * slots] {
        let mut worker = set.engine.worker();
        let _ = expanded(&mut worker, &bin, range.clone());
        let both = Counts::expansion(params, range.clone()) + Counts::refinement(params, range);
        assert_eq!(worker.executed(), both);
    }
    let mut worker = set.engine.worker();
    let nodes = expanded(&mut worker, &bin, 0..20 * slots);
    for addends in 1..=8 {
        for line in [0, 77 * addends as u64, 1 << 17, (1 << 18) + 5, u64::MAX] {
            let before = worker.executed();
            let numbers: Vec<HiddenNumber<'_>> =
                (0..addends).map(|place| HiddenNumber::new(&nodes, place * slots, BITS)).collect();
            worker.sum_is_below(&numbers, BITS, line.saturating_add(1), Decided::Slots(1)).expect("decides");
            let expected = Counts::decision(params, addends, BITS, line)
                + Counts::selectors(params, 0, BITS) * addends as u64;
            assert_eq!(worker.executed(), before + expected, "{addends} {line}");
        }
    }
}

#[test]
fn impossible_decisions_are_refused_by_name() {
    let set = set();
    let mut worker = set.engine.worker();
    let nodes = expanded(&mut worker, &set.bin(&[1, 2], BITS), 0..72);
    let number = |slot: usize, bits: usize| HiddenNumber::new(&nodes, slot, bits);
    let mut refused = |numbers: &[HiddenNumber<'_>]| {
        worker.sum_is_below(numbers, numbers[0].bits(), 5, Decided::Slots(1)).err()
    };
    assert_eq!(refused(&[number(0, BITS); 9]), Some(DecisionError::Addends { found: 9 }));
    assert_eq!(
        refused(&[number(0, BITS), number(0, 17)]),
        Some(DecisionError::Bits { expected: 18, found: 17 })
    );
    assert_eq!(refused(&[number(0, 0)]), Some(DecisionError::Bits { expected: 0, found: 0 }));
    assert_eq!(
        refused(&[number(72, BITS)]),
        Some(DecisionError::NotExpanded { needed: (72, 108), there: (0, 72) })
    );
}

#[test]
fn one_level_and_three_levels_decide_rightly_too() {
    for params in [LeveledParams::V15, LeveledParams::V35] {
        let (set, streams) = (Set::new(params), streams(7));
        let slots = params.slots(BITS);
        let mut numbers = Numbers::new(4);
        let amounts: Vec<u64> = (0..RING / slots / 2 * 2).map(|_| numbers.below(1 << BITS)).collect();
        let mut worker = set.engine.worker();
        let nodes = expanded(&mut worker, &set.bin(&amounts, BITS), 0..amounts.len() * slots);
        let mut errors = vec![];
        for (case, pair) in amounts.chunks_exact(2).enumerate() {
            let hidden = [0, 1].map(|side| HiddenNumber::new(&nodes, (2 * case + side) * slots, BITS));
            let line = pair[0] + pair[1] + 1 - case as u64 % 3;
            let decided = Decided::Released(case as u64, &streams);
            let answer = worker.sum_is_below(&hidden, BITS, line + 1, decided).expect("decides");
            errors.push(off(set.phase(answer.ring()), pair[0] + pair[1] <= line));
        }
        let (measured, formula) = (deviation_log2(&errors), noise::decision(&params, 2, BITS).log2() / 2.0);
        eprintln!("{} levels: 2^{measured:.2}, by formula 2^{formula:.2}", params.selector().levels);
        assert!(errors.iter().all(|error| error.abs() < 0.25));
        assert!((measured - formula).abs() < 0.8);
    }
}
