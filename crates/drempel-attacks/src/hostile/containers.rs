//! The artefacts in drempel's own container.

use drempel::files::{ContainerError, Kind};
use drempel::units::SubjectId;
use drempel::{
    Attestation, Blinding, DataProvider, EncryptedAnswer, EncryptedTable, EvaluationKey, Noise, Nonce,
    PublicKey, Transcript, verify,
};
use drempel_fhe::bootstrap::WORDS;
use drempel_report::{Explanation, Language};

use super::World;
use crate::forge::{decrypt, transcript_rows};

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
        let own = world.owns(bytes, key.header(), key.digest());
        let provider = DataProvider::new(key, world.scene.key("provider"));
        provider.encrypt(world.agreement(), &world.table).is_ok() && own
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        written(|bytes| world.scene.public.write(bytes))
    }
}

pub(super) mod evaluation_key {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        EvaluationKey::from_bytes(bytes.to_vec())
            .is_ok_and(|key| world.owns(bytes, key.header(), key.digest()))
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
        let _ = table.check();
        let own = world.owns(bytes, table.header(), table.digest());
        let tables = [table];
        let planned = world.scene.evaluator.plan(world.agreement(), &world.households, &tables);
        planned.is_ok() && own
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
        decrypt(world.scene.holder.key(), &answer);
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
        assert_eq!(transcript_rows(&transcript).len(), transcript.rows() * WORDS);
        world.owns(bytes, transcript.header(), transcript.digest())
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
        world.owns(bytes, blinding.header(), blinding.digest())
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        vec![world.signed(Kind::Blinding, 32, &[], &[7; 32])]
    }
}

pub(super) mod noise {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(noise) = Noise::from_bytes(bytes.to_vec()) else {
            return false;
        };
        world.owns(bytes, noise.header(), noise.digest())
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        let (noise, _) = world.scene.evaluator.noise().expect("a scene has noise");
        written(|bytes| noise.write(bytes))
    }
}

pub(super) mod nonce {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(nonce) = Nonce::from_bytes(bytes.to_vec()) else {
            return false;
        };
        let (noise, _) = world.scene.evaluator.noise().expect("a scene has noise");
        let key = world.scene.evaluation_key.header().key;
        let accepted = verify::nonce(world.agreement(), key, &nonce, noise.digest()).is_ok();
        assert!(!accepted || world.owns(bytes, nonce.header(), nonce.digest()), "signed by an auditor");
        accepted
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        let (_, nonce) = world.scene.evaluator.noise().expect("a scene has noise");
        written(|bytes| nonce.write(bytes))
    }
}
