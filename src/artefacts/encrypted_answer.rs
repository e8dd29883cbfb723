//! The encrypted answers of one job. The key holder decrypts them without a bootstrap.

use drempel_fhe::packing::{PackedAnswers, chunk_bytes, payload_bytes, values_per_chunk};
#[cfg(feature = "key-holder")]
use drempel_fhe::{
    packing::{self, PackedRing},
    params::Scale,
};

use super::Provenance;
use super::provenance::check_name;
use crate::analysis::MAX_FIELDS;
use crate::files::container::{Container, ContainerError, Header, Kind, artefact, to_bytes};
use crate::signature::SigningKey;
use crate::units::{AgreementId, KeyId};

/// The encrypted answers of one job.
#[derive(Debug)]
pub struct EncryptedAnswer {
    container: Container,
    provenance: Provenance,
}

artefact!(EncryptedAnswer, Shared);

impl EncryptedAnswer {
    fn read(container: Container) -> Result<Self, ContainerError> {
        let provenance: Provenance = container.metadata()?;
        check_name(&provenance.program)?;
        let header = container.header();
        if provenance.fields == 0 || provenance.fields as usize > MAX_FIELDS {
            return Err(ContainerError::BadContents("an impossible number of values per answer"));
        }
        let bytes = payload_bytes(provenance.scale, provenance.values()) as u64;
        let chunk_bytes = chunk_bytes(provenance.scale);
        if header.chunk_bytes as usize != chunk_bytes || header.payload_bytes != bytes {
            return Err(ContainerError::BadContents("rows and length of the answers contradict each other"));
        }
        if !provenance.subjects.is_distinct() {
            return Err(ContainerError::BadContents("two answers are about the same subject"));
        }
        Ok(Self { container, provenance })
    }

    pub(crate) fn new(
        agreement: AgreementId,
        key: KeyId,
        provenance: Provenance,
        answers: &PackedAnswers,
        signer: &SigningKey,
    ) -> Result<Self, ContainerError> {
        let payload = answers.to_bytes();
        let chunk_bytes = chunk_bytes(answers.scale());
        let header = Header::new(Kind::EncryptedAnswer, agreement, key, payload.len(), chunk_bytes);
        Self::from_bytes(to_bytes(header, &provenance, &payload, signer)?)
    }

    /// The first chunk that other answers would fill otherwise: its first and last answer, counted from one.
    pub(crate) fn first_difference(
        &self,
        answers: &PackedAnswers,
    ) -> Result<Option<(usize, usize)>, ContainerError> {
        let (per_chunk, values) = (values_per_chunk(answers.scale()), self.provenance.values());
        let answer = |value: usize| value / self.provenance.fields as usize + 1;
        for (index, expected) in answers.to_bytes().chunks(chunk_bytes(answers.scale())).enumerate() {
            if self.container.chunk(index as u64)? != expected {
                let last = values.min((index + 1) * per_chunk) - 1;
                return Ok(Some((answer(index * per_chunk), answer(last))));
            }
        }
        Ok(None)
    }

    /// A packing with space for as many answers of the same form.
    pub(crate) fn empty_packing(&self) -> PackedAnswers {
        PackedAnswers::new(self.provenance.scale, self.provenance.values())
    }

    /// What the answers were made from, and whom they are about.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// What a key holder decrypts.
#[cfg(feature = "key-holder")]
pub(crate) enum PackedValues {
    /// Up to 2,048 small values each.
    Rings(Vec<PackedRing>),
    /// Up to 2,048 decisions each.
    Decisions(Vec<PackedRing>),
    /// Some ciphertexts of one sum each, one after the other.
    Rows(Vec<Vec<u32>>),
}

#[cfg(feature = "key-holder")]
impl EncryptedAnswer {
    /// Everything that is to be decrypted.
    pub(crate) fn ciphertexts(&self) -> Result<PackedValues, ContainerError> {
        let chunks = 0..self.header().chunks() as usize;
        let rings = || chunks.clone().map(|index| self.ring(index)).collect::<Result<_, _>>();
        Ok(match self.provenance.scale {
            Scale::Slots => PackedValues::Rings(rings()?),
            Scale::Halves => PackedValues::Decisions(rings()?),
            Scale::Sums => {
                PackedValues::Rows(chunks.map(|index| self.rows(index)).collect::<Result<_, _>>()?)
            }
        })
    }

    fn rows(&self, index: usize) -> Result<Vec<u32>, ContainerError> {
        Ok(packing::read_rows(&self.container.chunk(index as u64)?))
    }

    fn ring(&self, index: usize) -> Result<PackedRing, ContainerError> {
        packing::read_ring(&self.container.chunk(index as u64)?)
            .ok_or(ContainerError::BadContents("a ring element lacks its mask"))
    }
}

#[cfg(all(test, feature = "key-holder"))]
mod tests {
    use super::*;
    use crate::units::{Digest, SubjectId};

    fn provenance(scale: Scale, fields: u32, subjects: usize) -> Provenance {
        let subject = |i: usize| SubjectId::try_from(i.to_string()).expect("an identifier");
        Provenance {
            program: String::new(),
            evaluation_key: Digest::ZERO,
            tables: vec![],
            cases: Digest::ZERO,
            transcript: None,
            blinding: None,
            noise: None,
            scale,
            fields,
            subjects: (0..subjects).map(subject).collect(),
        }
    }

    #[test]
    fn a_file_whose_fields_scale_and_length_contradict_each_other_is_refused() {
        let write = |provenance: Provenance, answers: &PackedAnswers| {
            let id = Digest::of(b"agreement");
            EncryptedAnswer::new(id, id, provenance, answers, &SigningKey::generate())
        };
        for (scale, other) in [(Scale::Slots, Scale::Sums), (Scale::Sums, Scale::Slots)] {
            let six = PackedAnswers::new(scale, 6);
            assert!(write(provenance(scale, 3, 2), &six).is_ok());
            for (scale, fields) in [(scale, 0), (scale, 2), (scale, 65), (scale, u32::MAX), (other, 3)] {
                let error = write(provenance(scale, fields, 2), &six).err();
                assert!(
                    matches!(error, Some(ContainerError::BadContents(_))),
                    "{scale:?} {fields}: {error:?}"
                );
            }
        }
    }
}
