use std::fmt;

pub(super) const VERSION: u16 = if cfg!(insecure_parameters) { 0xffff } else { 4 };

/// What an artefact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// What data providers encrypt with.
    PublicKey,
    /// What evaluators and auditors compute with.
    EvaluationKey,
    /// One dataset, encrypted.
    EncryptedTable,
    /// The encrypted answers of one job.
    EncryptedAnswer,
    /// An evaluator's answers before packing, for an auditor who evaluates a share of them again.
    Transcript,
    /// An auditor's word on an encrypted answer.
    Attestation,
    /// What unblinds blinded answers.
    Blinding,
    /// What closes the noise of decisions.
    Noise,
    /// An auditor's random bytes for a noise seed.
    Nonce,
}

impl Kind {
    /// Number 1 was a secret key's: those lie in key files now.
    const ALL: [KindRow; 9] = [
        KindRow(Self::PublicKey, 2, "a public key", &[1 << 20], 0),
        KindRow(Self::EvaluationKey, 3, "an evaluation key", &[1 << 20], 64),
        KindRow(Self::EncryptedTable, 4, "an encrypted table", &[1 << 15], 64 << 20),
        // Slots; sums.
        KindRow(Self::EncryptedAnswer, 5, "an encrypted answer", &[1 << 13, 64 * 8_196], 64 << 20),
        KindRow(Self::Transcript, 6, "a transcript", &[64 * 8_196], 0),
        KindRow(Self::Attestation, 7, "an attestation", &[1], 1 << 10),
        KindRow(Self::Blinding, 8, "a blinding", &[32], 0),
        KindRow(Self::Noise, 9, "a noise seed", &[32], 0),
        KindRow(Self::Nonce, 10, "a nonce", &[32], 32),
    ];

    /// The number that stands for the kind in a file.
    pub(crate) fn number(self) -> u16 {
        self.row().1
    }

    pub(super) fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == number).map(|row| row.0)
    }

    /// The lengths that a chunk of a file of this kind may have.
    pub(super) fn chunk_lengths(self) -> &'static [u32] {
        self.row().3
    }

    /// The most metadata that a file of this kind can have.
    pub(super) fn max_metadata(self) -> u64 {
        self.row().4
    }

    fn row(self) -> &'static KindRow {
        Self::ALL.iter().find(|row| row.0 == self).expect("every kind is in the list")
    }
}

/// A kind, its number, what it is called, the lengths that its chunks may have, and the most metadata that a file of it
/// can have: a million identifiers of the longest kind, pseudonyms, or none. So no header can ask for much memory.
struct KindRow(Kind, u16, &'static str, &'static [u32], u64);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().2)
    }
}
