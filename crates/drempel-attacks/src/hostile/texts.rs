//! Key files, and everything that is text.

use std::sync::OnceLock;
use std::{fs, io};

use drempel::agreement::{Role, Signatures};
use drempel::analysis::{Eligibility, Program, Question};
use drempel::cases::Cases;
use drempel::pseudonym::{IdCheck, PseudonymKey, PseudonymiseError, pseudonymise};
use drempel::rows::CsvRows;
use drempel::units::{Cents, Digest, SubjectId};
use drempel::{
    Agreement, Household, Households, KeyHolder, Ledger, Plan, Rehearsal, SecretKey, SignedAgreement,
    SigningKey, Table, job, plaintext,
};
use drempel_report::{Language, dpia};
use drempel_test_support::{PASSPHRASE, encrypted};

use super::{KINDS, World};
use crate::forge::INCOMES;

pub(super) mod key_file {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let path = world.file("secret.key", bytes);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("sets");
        }
        let secret = drempel::files::key_file::read(&path, &PASSPHRASE.to_owned().into());
        secret.is_ok_and(|secret| secrets::read(world, &secret))
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        secrets::good(world).iter().map(|secret| encrypted(secret)).collect()
    }
}

pub(super) mod secrets {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let agreement = world.agreement().id();
        let pseudonyms = PseudonymKey::from_bytes(agreement, bytes);
        let signing = SigningKey::from_bytes(bytes);
        let secret = SecretKey::from_bytes(bytes);
        let read = pseudonyms.is_some() || signing.is_some() || secret.is_some();
        if let Some(key) = secret {
            let holder = KeyHolder::new(key, world.scene.key("holder"));
            let attestations = std::slice::from_ref(&world.attestation);
            let mut ledger = world.scene.fresh_ledger();
            let opened = holder.release(world.agreement(), &world.answer, attestations, &mut ledger);
            if holder.key().to_bytes() == world.scene.holder.key().to_bytes() {
                assert_eq!(opened.ok().as_ref(), Some(&world.released));
            }
        }
        read
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        let agreement = world.agreement().id();
        vec![
            world.scene.key("holder").to_bytes().to_vec(),
            world.scene.holder.key().to_bytes().to_vec(),
            PseudonymKey::generate(agreement).to_bytes().to_vec(),
        ]
    }
}

pub(super) mod ledger {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let path = world.file("ledger.jsonl", bytes);
        let Ok(ledger) = Ledger::verify(&path, &world.key_of(Role::KeyHolder)) else {
            return false;
        };
        dpia::document(world.agreement(), Some(&ledger), Language::English);
        // Lines that are missing at the end: the head tells.
        ledger
            .expect_head(Digest::of(
                good(world)[0].split_inclusive(|b| *b == b'\n').next_back().unwrap_or(&[]),
            ))
            .is_ok()
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        static LINES: OnceLock<Vec<u8>> = OnceLock::new();
        let lines = LINES.get_or_init(|| {
            let path = world.folder.path().join("ledger.jsonl");
            let mut ledger = Ledger::create(&path).expect("a new one");
            for entry in world.scene.ledger.entries() {
                ledger.append(entry.event.clone(), &world.scene.key("holder")).expect("writes");
            }
            let attestations = std::slice::from_ref(&world.attestation);
            let opened =
                world.scene.holder.release(world.agreement(), &world.answer, attestations, &mut ledger);
            opened.expect("honest");
            fs::read(&path).expect("written")
        });
        vec![lines.clone()]
    }
}

pub(super) mod agreement {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return false;
        };
        if let Ok(rehearsal) = Rehearsal::<Question>::of(text) {
            let agreement = rehearsal.agreement();
            for language in [Language::Dutch, Language::English] {
                dpia::document(agreement, None, language);
            }
            Plan::of_samples(agreement);
            for dataset in agreement.inputs() {
                let csv =
                    format!("{},{}\nx,{}\n", dataset.subject.column(), dataset.amount, dataset.min().value());
                let _ = Table::from_csv(agreement, &dataset.name, csv.as_bytes());
            }
        }
        let genuine = world.scene.parties.signatures();
        Agreement::<Question>::parse(text).is_ok_and(|read| SignedAgreement::new(read, genuine).is_ok())
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        vec![world.agreement().text().as_bytes().to_vec()]
    }
}

pub(super) mod signatures {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        // Beside an agreement of that name.
        let path = world.file("agreement.toml.sig", bytes);
        let Ok(signatures) = Signatures::open(&path.with_extension("")) else {
            return false;
        };
        let agreement: Agreement<Eligibility> =
            Agreement::parse(world.agreement().text()).expect("a sound agreement");
        let accepted = SignedAgreement::new(agreement, &signatures).is_ok();
        let sorted = |signatures: &Signatures| {
            let mut lines: Vec<String> = signatures.to_text().lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        // Order and comments do not matter; what was signed does.
        assert!(!accepted || sorted(&signatures) == sorted(world.scene.parties.signatures()));
        accepted
    }

    pub(in super::super) fn good(world: &World) -> Vec<Vec<u8>> {
        vec![world.scene.parties.signatures().to_text().into_bytes()]
    }
}

pub(super) mod manifest {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let job = world.file("1-of-1/manifest", bytes);
        let folder = job::Folder::new(job.ancestors().nth(2).expect("the job's folder").to_owned());
        job::status(&folder).is_ok_and(|status| !status.shards.is_empty())
    }

    pub(in super::super) fn good(_: &World) -> Vec<Vec<u8>> {
        let digest = Digest::of(b"x");
        let begun = format!(
            "{{\"program\":\"drempel 0\",\"agreement\":\"{digest}\",\"evaluation_key\":\"{digest}\",\"tables\":[\"{digest}\"],\
             \"cases\":\"{digest}\",\"blinding\":null,\"noise\":null,\"answers\":300,\"chunk\":64,\"shard\":\"1/1\"}}\n"
        );
        let chunk = |n: usize, answers: usize| {
            format!(
                "{{\"number\":{n},\"answers\":{answers},\"digest\":\"{digest}\",\"time\":\"2025-03-01T09:00:00Z\"}}\n"
            )
        };
        vec![[begun, chunk(0, 64), chunk(4, 44)].concat().into_bytes()]
    }
}

pub(super) mod table_csv {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let agreement = world.agreement();
        let Ok(table) = Table::from_csv(agreement, "income", bytes) else {
            return false;
        };
        assert!(table.rows() > 0);
        // Each amount can be computed with.
        let household = |(row, person): (usize, &str)| {
            let id = |text: &str| SubjectId::try_from(text).expect("an identifier");
            let line = Cents::try_from(1).expect("an amount");
            Household::new(id(&format!("h{row}")), vec![id(person)], line, Cents::ZERO)
        };
        let households = Households::new(table.subjects().iter().enumerate().map(household));
        let answers = plaintext::answers(agreement, &households.expect("valid"), &[table]);
        answers.is_ok()
    }

    pub(in super::super) fn good(_: &World) -> Vec<Vec<u8>> {
        vec![INCOMES.as_bytes().to_vec(), b"\xef\xbb\xbfnote,person,cents\r\n\"x,y\",a,1\r\n\r\n".to_vec()]
    }
}

pub(super) mod cases_csv {
    use super::*;

    /// The first byte says of which analysis they are.
    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let Some((kind, mut csv)) = bytes.split_first() else {
            return false;
        };
        let agreement = &world.kinds[usize::from(*kind) % KINDS.len()];
        let Ok(cases) = agreement.analysis().read_cases(&mut csv) else {
            return false;
        };
        cases.digest();
        if cases.answers().len() <= 32
            && let Ok(plan) = Plan::of_cases(agreement, &cases)
        {
            let _ = plan.check(agreement);
        }
        true
    }

    pub(in super::super) fn good(_: &World) -> Vec<Vec<u8>> {
        let household =
            "household,person,poverty_line_cents,known_cents\nh1,a,150107,0\nh2,b,205348,0\nh2,c,205348,0\n";
        let csv: [&str; 9] = [
            household,
            include_str!("../../../../examples/data/area_count/cases.csv"),
            include_str!("../../../../examples/data/debt_alarm/cases.csv"),
            include_str!("../../../../examples/data/debt_count/cases.csv"),
            include_str!("../../../../examples/data/group_comparison/cases.csv"),
            include_str!("../../../../examples/data/group_mean/cases.csv"),
            include_str!("../../../../examples/data/matching/cases.csv"),
            include_str!("../../../../examples/data/presence/cases.csv"),
            include_str!("../../../../examples/data/ranking/cases.csv"),
        ];
        (0..).zip(csv).map(|(kind, csv)| [&[kind], csv.as_bytes()].concat()).collect()
    }
}

pub(super) mod pseudonyms_csv {
    use super::*;

    pub(in super::super) fn read(world: &World, bytes: &[u8]) -> bool {
        let key = PseudonymKey::from_bytes(world.agreement().id(), &pseudonym_key(world)).expect("a key");
        let read = |check| {
            let mut rows = CsvRows::open(bytes).map_err(PseudonymiseError::from)?;
            pseudonymise(&key, check, "person", &mut rows, io::sink())
        };
        let (any, bsn) = (read(IdCheck::Any), read(IdCheck::Bsn));
        assert!(any.is_ok() || bsn.is_err(), "a citizen's number is an identifier");
        any.is_ok()
    }

    fn pseudonym_key(world: &World) -> Vec<u8> {
        [b"drempel pseudonym key 1\n".as_slice(), world.agreement().id().as_bytes(), &[9; 32]].concat()
    }

    pub(in super::super) fn good(_: &World) -> Vec<Vec<u8>> {
        vec![b"person,x\n111222333,1\n123456782,\"a,b\"\n".to_vec()]
    }
}
