//! The one plan of the fast Fourier transform, the same in every process.

use std::sync::Once;

use tfhe::core_crypto::fft_impl::fft64::math::fft::{FftAlgo, Method, Plan, setup_custom_fft_plan};

use crate::params::RING;

/// Fixes which FFT algorithm is used. tfhe would race them against each other at first use, and the winner decides
/// the low bits of every result; with one plan, the same inputs give the same bytes in every process.
pub(crate) fn pin_fft_plan() {
    static PIN: Once = Once::new();
    PIN.call_once(|| setup_custom_fft_plan(fft_plan()));
}

/// The plan of a ring element's transform: half as many complex points as it has coefficients.
pub(crate) fn fft_plan() -> Plan {
    let size = RING / 2;
    Plan::new(size, Method::UserProvided { base_algo: FftAlgo::Dif4, base_n: size })
}
