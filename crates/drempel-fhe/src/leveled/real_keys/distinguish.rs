//! A key holder who looks at the noise of opened answers: does it tell incomes far below the line from such at it?

use rayon::prelude::*;

use super::*;
use crate::leveled::decision::{DecisionScratch, sum_is_at_most};
use crate::leveled::measure;
use crate::leveled::noise::AnswerNoise;

/// The offsets of what is opened from its value, of couples far below their line and of such at it. All are eligible.
/// Of so many bins of 28 couples, each decided at two lines.
fn opened(bins: usize, is_closed: bool) -> [Vec<f64>; 2] {
    let set = set();
    let slots = set.engine.params().slots(BITS);
    let offsets = (0..bins).into_par_iter().map(|bin| {
        let mut numbers = Numbers::new(bin as u64 + 40_000);
        let amounts: Vec<u64> = (0..56).map(|_| numbers.below(1 << 15)).collect();
        let mut worker = set.engine.worker();
        let nodes = expanded(&mut worker, &set.bin(&amounts, BITS), 0..56 * slots);
        let mut offsets = [vec![], vec![]];
        let mut ring = OpenRing::default();
        let (streams, mut scratch) = (streams(31), DecisionScratch::new(worker.parts().0));
        for (case, pair) in amounts.chunks_exact(2).enumerate() {
            let hidden = [0, 1].map(|side| HiddenNumber::new(&nodes, (2 * case + side) * slots, BITS));
            let sum = pair[0] + pair[1];
            for (kind, line) in [sum + (1 << 17), sum].into_iter().enumerate() {
                if is_closed {
                    let number = (bin * 56 + 2 * case + kind) as u64;
                    let decided = Decided::Released(number, &streams);
                    let answer = worker.sum_is_below(&hidden, BITS, line + 1, decided).expect("decides");
                    measure::put(&answer, set.engine.shift(), &mut ring);
                } else {
                    let (key, leaves, ffts) = worker.parts_mut();
                    let state = sum_is_at_most(&hidden, line, |_| 0, key, &mut scratch, leaves, ffts);
                    offsets[kind].push(off(set.phase(state), true));
                }
            }
        }
        if is_closed {
            let packed = worker.pack(&mut ring, bin as u64, &streams);
            for (place, phase) in set.secret.phases(&packed).iter().enumerate() {
                offsets[place % 2].push(off(u64::from(*phase) << 48, true));
            }
        }
        offsets
    });
    offsets.reduce(Default::default, |mut all, more| {
        all.iter_mut().zip(more).for_each(|(all, more)| all.extend(more));
        all
    })
}

/// The best rule that the first half of the answers gives ("far below when the offset's size is on this side of that
/// size"), tried on the second half: how much more often it says so of the ones than of the others, in deviations of chance.
fn advantage(kinds: &[Vec<f64>; 2]) -> f64 {
    let share = |offsets: &[f64], size: f64| {
        offsets.iter().filter(|offset| offset.abs() < size).count() as f64 / offsets.len() as f64
    };
    let halves = |kind: usize| kinds[kind].split_at(kinds[kind].len() / 2);
    let ([far, near], [far_after, near_after]) = ([halves(0).0, halves(1).0], [halves(0).1, halves(1).1]);
    let gain = |size: f64| share(far, size) - share(near, size);
    let mut sizes: Vec<f64> = far.iter().chain(near).map(|offset| offset.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let best = sizes.iter().step_by(97).copied().max_by(|a, b| gain(*a).abs().total_cmp(&gain(*b).abs()));
    let best = best.expect("answers");
    let found = (share(far_after, best) - share(near_after, best)) * gain(best).signum();
    let by_chance = (2.0 * 0.25 / far_after.len() as f64).sqrt();
    found / by_chance
}

#[test]
fn a_key_holder_does_not_tell_far_below_from_at_the_line_by_the_noise_of_20_000_answers() {
    let (closed, open) = (opened(370, true), opened(40, false));
    let count: usize = closed.iter().map(Vec::len).sum();
    assert!(count >= 20_000);
    let [closed, open] = [advantage(&closed), advantage(&open)];
    let bound = AnswerNoise::of_sum(set().engine.params(), 2, BITS).total_variation_log2();
    eprintln!(
        "{count} answers: {closed:+.1} deviations of chance closed, {open:+.1} open; total variation 2^{bound:.1}"
    );
    assert!(open > 8.0, "without noisy constants and flood it wins");
    // One-sided: by chance once in 30,000.
    assert!(closed < 4.0, "{closed}");
}
