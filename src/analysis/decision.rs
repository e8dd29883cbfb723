//! How strictly the noise of released decisions is closed.

use drempel_fhe::circuit::Bits;
use drempel_fhe::leveled::LeveledParams;
use drempel_fhe::leveled::noise::AnswerNoise;

use super::setting::Setting;
use crate::agreement::AgreementError;

/// The cheapest encryption of numbers up to `span` whose decisions tell no more by their noise than the agreement's
/// `noise_bits` allows; `noise` is that of one answer on numbers of so many bits.
///
/// # Errors
/// When there is none.
pub(super) fn bits(
    setting: &Setting<'_>,
    span: u64,
    noise: impl Fn(&LeveledParams, usize) -> AnswerNoise,
) -> Result<Bits, AgreementError> {
    let asked = setting.disclosure.noise_bits.map_or(f64::INFINITY, |bits| -f64::from(bits));
    let candidates = [LeveledParams::V25, LeveledParams::V35].map(|params| Bits::holding(span, params));
    let hides = |bits: &Bits| noise(&bits.params, bits.count).strict_leak_log2() <= asked;
    candidates.into_iter().find(hides).ok_or(AgreementError::Disclosure(
        "noise_bits is larger than what any parameters give these answers; docs/protocol.md, section 7, has the figures",
    ))
}
