//! The artefacts in drempel's own container.

use super::World;
use crate::container::{ContainerError, Kind};
use crate::language::Language;
use crate::units::SubjectId;
use crate::{
    Attestation, Blinding, DataProvider, EncryptedAnswer, EncryptedTable, EvaluationKey, Explanation,
    PublicKey, Transcript,
};
use drempel_fhe::bootstrap::InputTable as _;

/// What is written to memory.
fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), ContainerError>) -> Vec<Vec<u8>> {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("in memory");
    vec![bytes]
}

pub(super) mod public_key {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(key) = PublicKey::from_bytes(bytes.to_vec()) else {
            return false;
        };
        let own = world.owns(key.container());
        let provider = DataProvider::new(key, world.scene.parties.key("provider"));
        provider.encrypt(world.agreement(), &world.table).is_ok() && own
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        written(|bytes| world.scene.public.write(bytes))
    }
}

pub(super) mod evaluation_key {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        EvaluationKey::from_bytes(bytes.to_vec()).is_ok_and(|key| world.owns(key.container()))
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        written(|bytes| world.scene.evaluation_key.write(bytes))
    }
}

pub(super) mod encrypted_table {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(table) = EncryptedTable::from_bytes(bytes.to_vec()) else {
            return false;
        };
        for bin in 0..table.header().chunks() as usize {
            let _ = table.bin(bin);
        }
        let tables = [table];
        let planned = world.scene.evaluator.plan(world.agreement(), &world.households, &tables);
        planned.is_ok() && world.owns(tables[0].container())
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        written(|bytes| world.scene.tables[0].write(bytes))
    }
}

pub(super) mod encrypted_answer {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(answer) = EncryptedAnswer::from_bytes(bytes.to_vec()) else {
            return false;
        };
        // As if the gate were open.
        if let Ok(ciphertexts) = answer.ciphertexts() {
            let _ = world.scene.holder.open(&ciphertexts, world.agreement().shape().released());
        }
        let subject = SubjectId::try_from("h1").expect("an identifier");
        if let Ok(told) = Explanation::of(world.agreement(), &world.households, &answer, &subject, None) {
            told.to_text(Language::Dutch);
        }
        released(world, &answer, &world.attestation)
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        written(|bytes| world.answer.write(bytes))
    }
}

/// Whether the gate opens an answer. It must be the honest one then.
fn released(world: &World, answer: &EncryptedAnswer, attestation: &Attestation) -> bool {
    let opened = world.scene.release(answer, std::slice::from_ref(attestation));
    assert!(opened.as_ref().ok().is_none_or(|opened| *opened == world.released), "another answer");
    opened.is_ok()
}

pub(super) mod transcript {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(transcript) = Transcript::from_bytes(bytes.to_vec()) else {
            return false;
        };
        let words: usize = transcript.chunks().flatten().map(|(_, words)| words.len()).sum();
        assert_eq!(words, transcript.rows() * drempel_fhe::bootstrap::WORDS);
        world.owns(transcript.container())
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        let payload: Vec<u8> = (0..200 * 8_196).map(|i| (i * 31 % 251) as u8).collect();
        vec![world.signed(Kind::Transcript, 64 * 8_196, &[], &payload)]
    }
}

pub(super) mod attestation {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        Attestation::from_bytes(bytes.to_vec())
            .is_ok_and(|attestation| released(world, &world.answer, &attestation))
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        written(|bytes| world.attestation.write(bytes))
    }
}

pub(super) mod blinding {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(blinding) = Blinding::from_bytes(bytes.to_vec()) else {
            return false;
        };
        assert!(blinding.flip("h1", blinding.flip("h1", true)));
        world.owns(blinding.container())
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        vec![world.signed(Kind::Blinding, 32, &[], &[7; 32])]
    }
}
