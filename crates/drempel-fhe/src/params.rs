//! The one frozen parameter set: tfhe's `V1_8_PARAM_MESSAGE_2_CARRY_2_KS32_PBS_TUNIFORM_2M128`.
//!
//! At least 128 bits of security by the lattice estimator, and a failure probability of at most 2⁻¹²⁸ for
//! each bootstrap that stays within its noise bound, as tfhe's authors state for the set. Released answers are
//! decrypted and seen, so no weaker set is offered (docs/protocol.md, section 2).

use tfhe::core_crypto::prelude::{
    CiphertextModulus, DecompositionBaseLog, DecompositionLevelCount, DynamicDistribution, GlweSize,
    LweDimension, LweSize, PolynomialSize,
};
use tfhe::shortint::parameters::KeySwitch32PBSParameters;
use tfhe::shortint::parameters::v1_8::V1_8_PARAM_MESSAGE_2_CARRY_2_KS32_PBS_TUNIFORM_2M128;

pub mod noise;
mod scale;

pub use scale::Scale;

/// A set of parameters: everything that sizes, noise and security follow from. Sizes are constants below, because arrays
/// and loops have them at compile time; a second set beside this one would be a second engine's.
#[derive(Debug)]
pub struct ParameterSet {
    /// Its name, as `plan` and `inspect` show it.
    pub name: &'static str,
    /// The hardness that the lattice estimator gives it, in bits.
    pub security_bits: u32,
    /// Bits that are kept of each word of a packed answer.
    pub answer_bits: u32,
    /// The set as tfhe has it.
    pub(crate) tfhe: KeySwitch32PBSParameters,
    /// Packing of answers: one level of 20 bits. Its noise, and that of rounding to `answer_bits`, stay a hundred
    /// deviations away from the next value (see [`noise::answer_failure`]).
    pub(crate) packing_base: DecompositionBaseLog,
    pub(crate) packing_levels: DecompositionLevelCount,
}

/// The set that everything is computed with. In a build for tests its key is small and not secure.
pub const V1_8_2_2: ParameterSet = ParameterSet {
    name: if cfg!(insecure_parameters) { "insecure, for tests" } else { "V1_8 2_2 KS32 TUniform 2M128" },
    security_bits: if cfg!(insecure_parameters) { 0 } else { 128 },
    answer_bits: 16,
    tfhe: V1_8_PARAM_MESSAGE_2_CARRY_2_KS32_PBS_TUNIFORM_2M128,
    packing_base: DecompositionBaseLog(20),
    packing_levels: DecompositionLevelCount(1),
};

/// The set's name.
pub const NAME: &str = V1_8_2_2.name;

/// The hardness that the lattice estimator gives the set, in bits.
pub const SECURITY_BITS: u32 = V1_8_2_2.security_bits;

/// What is computed with: the set, or with a small key of eight bits, for which a bootstrap takes a hundredth of the time.
pub(crate) const TFHE: KeySwitch32PBSParameters = KeySwitch32PBSParameters {
    lwe_dimension: if cfg!(insecure_parameters) { LweDimension(8) } else { V1_8_2_2.tfhe.lwe_dimension },
    ..V1_8_2_2.tfhe
};

/// Slots over half the torus: a hidden value is one of `0..SLOTS` before a lookup.
pub const SLOTS: i64 = 16;

/// The distance between two hidden values on the 64-bit torus.
pub(crate) const DELTA: u64 = 1 << 59;

/// Coefficients of one ring element, and so the number of ciphertexts in one full compact list.
pub const RING: usize = TFHE.polynomial_size.0;

pub(crate) const POLYNOMIAL: PolynomialSize = TFHE.polynomial_size;
pub(crate) const GLWE_SIZE: GlweSize = GlweSize(TFHE.glwe_dimension.0 + 1);
pub(crate) const SMALL_DIMENSION: LweDimension = TFHE.lwe_dimension;
pub(crate) const BIG_DIMENSION: LweDimension = LweDimension(RING * TFHE.glwe_dimension.0);
/// Words of one ciphertext under the big key: its mask and its body.
pub(crate) const BIG_SIZE: LweSize = LweSize(BIG_DIMENSION.0 + 1);
pub(crate) const BIG_NOISE: DynamicDistribution<u64> = TFHE.glwe_noise_distribution;
/// The bound (log2) of the uniform noise of a ring ciphertext.
pub(crate) const BIG_NOISE_LOG2: u32 = match BIG_NOISE {
    DynamicDistribution::TUniform(noise) => noise.bound_log2(),
    DynamicDistribution::Gaussian(_) => panic!("the set's noise is uniform"),
};
pub(crate) const MODULUS: CiphertextModulus<u64> = TFHE.ciphertext_modulus;

pub(crate) const PACKING_BASE: DecompositionBaseLog = V1_8_2_2.packing_base;
pub(crate) const PACKING_LEVELS: DecompositionLevelCount = V1_8_2_2.packing_levels;
/// Bits that are kept of each word of a packed answer.
pub const ANSWER_BITS: u32 = V1_8_2_2.answer_bits;
