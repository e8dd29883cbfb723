//! Makes `tests/fixtures`: files with one fault each, and the list of what the program must say of them.
//!
//! The keys are made anew each time, so the files are made once and kept. `FIXTURES=$PWD/tests/fixtures cargo test
//! --release --package drempel-attacks fixtures` makes them again; without it, the list that is kept is compared with the
//! one that would be made.

use std::fs;
use std::path::{Path, PathBuf};

use bytes_of::{header, list, number};
use drempel::files::Kind;
use drempel::units::Digest;
use drempel_attacks::forge::{AGREEMENT, HOUSEHOLDS, INCOMES};
use drempel_attacks::hostile::{World, target};
use drempel_test_support::{encrypted, repository};

mod texts;

/// A file with a fault, or several that belong together, and a command that must refuse it.
pub(super) struct Fixture {
    /// The file that the list names, which says the fault.
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    /// In the folder of the fixtures; `{}` is the file.
    pub(super) command: &'static str,
    pub(super) code: u8,
    /// A part of what the program says.
    pub(super) message: &'static str,
}

const INSPECT: &str = "inspect {}";
const EXPLAIN: &str =
    "explain --agreement good/agreement.toml --cases good/households.csv --answer {} --subject h1";
pub(super) const ENCRYPT: &str = "encrypt --agreement good/agreement.toml --dataset income --public-key good/public.key \
                                  --signing-key good/provider.key --input {} --out out";

/// Encoding by hand, as a stranger would (docs/format.md, 1.4).
mod bytes_of {
    /// A list of texts, of fewer than 251 elements and bytes each.
    pub(super) fn list(texts: &[&str]) -> Vec<u8> {
        let text = |text: &&str| [&[text.len() as u8], text.as_bytes()].concat();
        std::iter::once(texts.len() as u8).chain(texts.iter().flat_map(text)).collect()
    }

    /// Bytes of a header changed, and its digest made right again.
    pub(super) fn header(mut file: Vec<u8>, offset: usize, bytes: &[u8]) -> Vec<u8> {
        file[offset..offset + bytes.len()].copy_from_slice(bytes);
        let digest = *blake3::hash(&file[..96]).as_bytes();
        file[96..128].copy_from_slice(&digest);
        file
    }

    pub(super) fn number(number: u64) -> [u8; 8] {
        number.to_le_bytes()
    }
}

fn good(name: &str) -> Vec<u8> {
    (target(name).good)(World::get()).swap_remove(0)
}

fn table(dataset: &str, width: u8, subjects: &[&str], payload: usize) -> Vec<u8> {
    let name = [&[dataset.len() as u8], dataset.as_bytes()].concat();
    // Rows that follow one another across bins.
    let metadata = [name, vec![width, 0], list(subjects)].concat();
    World::get().signed(Kind::EncryptedTable, 1 << 15, &metadata, &vec![1; payload])
}

/// A table of two rows, so many in a bin.
fn whole_rows(rows_per_bin: u8, payload: usize) -> Vec<u8> {
    let metadata = [&[6][..], b"income", &[36, 1, rows_per_bin], &list(&["a", "b"])].concat();
    World::get().signed(Kind::EncryptedTable, 1 << 15, &metadata, &vec![1; payload])
}

/// An answer of `fields` per subject, with the scale's number.
fn answer(program: &str, scale: u8, fields: u8, subjects: &[&str], payload: usize) -> Vec<u8> {
    let metadata = metadata_of_answer(program, scale, fields, subjects);
    World::get().signed(Kind::EncryptedAnswer, 1 << 13, &metadata, &vec![1; payload])
}

fn metadata_of_answer(program: &str, scale: u8, fields: u8, subjects: &[&str]) -> Vec<u8> {
    let program = [&[program.len() as u8], program.as_bytes()].concat();
    let digests = [&[7; 32][..], &[0], &[7; 32], &[0, 0, 0, scale, fields]].concat();
    [program, digests, list(subjects)].concat()
}

fn statement(program: &str) -> Vec<u8> {
    [&[7; 64][..], &[2, 2], &[program.len() as u8], program.as_bytes()].concat()
}

fn containers() -> Vec<Fixture> {
    let world = World::get();
    let enc = good("encrypted_table");
    let end = enc.len();
    let flipped = |mut bytes: Vec<u8>, place: usize| {
        bytes[place] ^= 1;
        bytes
    };
    let flip = |place| flipped(enc.clone(), place);
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 1].to_vec();
    let three = {
        // Three ring elements, the last with one value; what they are about does not matter to a digest.
        let payload: Vec<u8> = (0..2 * (3 * 2_048 + 4_097)).map(|i: usize| (i % 241) as u8).collect();
        world.signed(Kind::EncryptedAnswer, 1 << 13, &[0; 9], &payload)
    };
    let swapped = {
        let (first, second) = (128 + 9, 128 + 9 + 8_192 + 32);
        let mut bytes = three.clone();
        bytes[first..first + 8_224].copy_from_slice(&three[second..second + 8_224]);
        bytes[second..second + 8_224].copy_from_slice(&three[first..first + 8_224]);
        bytes
    };
    let (long_id, lengths) = ("x".repeat(65), "the header's lengths are not possible");
    let sign = |kind, chunk, metadata: &[u8], payload: &[u8]| world.signed(kind, chunk, metadata, payload);
    let fixture = |name, bytes, message| Fixture { name, bytes, command: INSPECT, code: 1, message };
    let mut all = vec![
        fixture("empty.enc", vec![], "no drempel file"),
        fixture("magic.enc", flip(0), "no drempel file"),
        fixture("header-cut.enc", enc[..100].to_vec(), "truncated: 128 bytes expected, 100 found"),
        fixture("version-old.enc", header(enc.clone(), 8, &[3]), "format version 3 is not known"),
        fixture("version-new.enc", header(enc.clone(), 8, &[5]), "format version 5 is not known"),
        fixture("header-digest.enc", flip(40), "the trailer's digest does not match"),
        fixture("kind-unknown.enc", header(enc.clone(), 10, &[99]), "the kind of this file is not known"),
        fixture("kind-retired.enc", header(enc.clone(), 10, &[1]), "the kind of this file is not known"),
        fixture("chunk-zero.enc", header(enc.clone(), 12, &[0; 4]), lengths),
        fixture("chunk-one.enc", header(enc.clone(), 12, &[1, 0, 0, 0]), lengths),
        fixture("chunk-huge.enc", header(enc.clone(), 12, &[255; 4]), lengths),
        fixture("metadata-huge.enc", header(enc.clone(), 16, &number(1 << 63)), lengths),
        fixture("metadata-overflow.enc", header(enc.clone(), 16, &number(u64::MAX)), lengths),
        fixture("metadata-of-a-key.key", header(good("public_key"), 16, &number(1)), lengths),
        fixture("payload-overflow.enc", header(enc.clone(), 24, &number(u64::MAX)), lengths),
        fixture("payload-tebibyte.enc", header(enc.clone(), 24, &number(1 << 40)), "truncated: "),
        fixture("payload-short.enc", header(enc.clone(), 24, &number(8)), "bytes follow the end"),
        fixture("cut-metadata.enc", enc[..130].to_vec(), "truncated: "),
        fixture("cut-chunk.enc", enc[..5_000].to_vec(), "truncated: "),
        fixture("cut-trailer.enc", enc[..end - 1].to_vec(), "truncated: "),
        fixture("trailing-byte.enc", [&enc[..], b"\n"].concat(), "1 bytes follow the end"),
        fixture("twice.enc", enc.repeat(2), "bytes follow the end"),
        fixture("flip-metadata.enc", flip(140), "the trailer's digest does not match"),
        fixture("flip-chunk.enc", flip(3_000), "chunk 0 is damaged"),
        fixture("flip-chunk-digest.enc", flip(end - 97), "chunk 0 is damaged"),
        fixture("flip-trailer.enc", flip(end - 70), "the trailer's digest does not match"),
        fixture("chunks-swapped.enc", swapped, "chunk 0 is damaged"),
        fixture("table-nameless.enc", table("", 1, &["a"], 16_392), "not show"),
        fixture("table-name-hidden.enc", table("in\u{202e}come", 1, &["a"], 16_392), "not show"),
        fixture("table-unsorted.enc", table("income", 1, &["b", "a"], 16_400), "not in ascending order"),
        fixture(
            "table-twice-a-subject.enc",
            table("income", 1, &["a", "a"], 16_400),
            "not in ascending order",
        ),
        fixture("table-rows.enc", table("income", 1, &["a", "b"], 16_392), "contradict each other"),
        fixture("table-width.enc", table("income", 250, &["a"], 16_392), "contradict each other"),
        fixture("table-no-rows-per-bin.enc", whole_rows(0, 32_768), "contradict each other"),
        fixture("table-rows-per-bin.enc", whole_rows(1, 32_768), "contradict each other"),
        fixture("table-short-bin.enc", whole_rows(2, 16_392), "contradict each other"),
        fixture("table-id-with-space.enc", table("income", 1, &["a b"], 16_392), "metadata is not valid"),
        fixture("table-id-empty.enc", table("income", 1, &[""], 16_392), "metadata is not valid"),
        fixture("table-id-long.enc", table("income", 1, &[&long_id], 16_392), "metadata is not valid"),
        fixture(
            "metadata-garbage.enc",
            sign(Kind::EncryptedTable, 1 << 15, &[255; 40], &[]),
            "metadata is not valid",
        ),
        fixture(
            "metadata-trailing.enc",
            sign(Kind::EncryptedTable, 1 << 15, &[1, b'x', 1, 0, 0, 0], &[]),
            "metadata is not valid",
        ),
        fixture(
            "table-mask-of-zeros.enc",
            {
                let metadata = [&[6][..], b"income", &[1, 0], &list(&["a"])].concat();
                sign(Kind::EncryptedTable, 1 << 15, &metadata, &[0; 16_392])
            },
            "a mask of zeros",
        ),
        fixture("answer-no-fields.enc", answer("drempel 0", 0, 0, &["a"], 0), "impossible number of values"),
        fixture(
            "answer-fields.enc",
            answer("drempel 0", 0, 65, &["a"], 4_226),
            "impossible number of values",
        ),
        fixture("answer-rows.enc", answer("drempel 0", 0, 1, &["a", "b"], 4_098), "contradict each other"),
        fixture("answer-scale.enc", answer("drempel 0", 1, 1, &["a"], 4_098), "contradict each other"),
        fixture(
            "answer-scale-unknown.enc",
            answer("drempel 0", 3, 1, &["a"], 4_098),
            "metadata is not valid",
        ),
        fixture(
            "answer-twice-a-subject.enc",
            answer("drempel 0", 0, 1, &["a", "a"], 4_100),
            "the same subject",
        ),
        fixture("answer-program-hidden.enc", answer("drempel\x1b[2J", 0, 1, &["a"], 4_098), "does not show"),
        fixture("answer-program-long.enc", answer(&long_id, 0, 1, &["a"], 4_098), "too long"),
        fixture(
            "transcript-ragged.rows",
            sign(Kind::Transcript, 64 * 8_196, &[], &[1; 8_195]),
            "another shape",
        ),
        fixture("transcript-metadata.rows", header(good("blinding"), 10, &[6]), lengths),
        fixture(
            "attestation-payload.attest",
            sign(Kind::Attestation, 1, &statement("drempel 0"), &[1]),
            "another length",
        ),
        fixture(
            "attestation-program.attest",
            sign(Kind::Attestation, 1, &statement("a\nb"), &[]),
            "does not show",
        ),
        fixture("attestation-long.attest", sign(Kind::Attestation, 1, &[7; 1_025], &[]), lengths),
        fixture("blinding-short", sign(Kind::Blinding, 32, &[], &[1; 31]), "another length"),
        fixture("noise-short.seed", sign(Kind::Noise, 32, &[], &[1; 31]), "another length"),
        fixture("noise-long.seed", sign(Kind::Noise, 32, &[], &[1; 33]), "another length"),
        fixture("noise-cut.seed", cut(good("noise")), "truncated: "),
        fixture("noise-flip.seed", flipped(good("noise"), 140), "chunk 0 is damaged"),
        fixture("noise-metadata.seed", header(good("noise"), 16, &number(1)), lengths),
        fixture("nonce-short", sign(Kind::Nonce, 32, &[7; 32], &[1; 31]), "another length"),
        fixture("nonce-cut", cut(good("nonce")), "truncated: "),
        fixture("nonce-flip", flipped(good("nonce"), 140), "the trailer's digest does not match"),
        fixture("nonce-for-nothing", sign(Kind::Nonce, 32, &[], &[1; 32]), "metadata is not valid"),
        fixture("nonce-for-much", header(good("nonce"), 16, &number(33)), lengths),
        fixture("public-key-short.key", sign(Kind::PublicKey, 1 << 20, &[], &[1; 16_399]), "another length"),
        fixture(
            "public-key-of-zeros.key",
            sign(Kind::PublicKey, 1 << 20, &[], &[0; 16_400]),
            "a public key of zeros",
        ),
        fixture(
            "public-key-id.key",
            {
                let own = world.scene.evaluation_key.header();
                world.signed_for(Kind::PublicKey, (own.agreement, own.key), 1 << 20, &[], &[1; 16_400])
            },
            "made under key",
        ),
        fixture(
            "evaluation-key-short.key",
            sign(Kind::EvaluationKey, 1 << 20, &[1, 0], &[1; 32]),
            "another length",
        ),
        fixture(
            "evaluation-key-too-much.key",
            sign(Kind::EvaluationKey, 1 << 20, &[0, 0], &[1; 32]),
            "another length",
        ),
        fixture(
            "evaluation-key-no-parts.key",
            sign(Kind::EvaluationKey, 1 << 20, &[], &[1; 32]),
            "metadata is not valid",
        ),
        fixture(
            "evaluation-key-unknown-part.key",
            sign(Kind::EvaluationKey, 1 << 20, &[0, 1, 2, b'V', b'9'], &[1; 32]),
            "a part that this version does not know",
        ),
    ];
    let (mut unsigned, honest) = (good("encrypted_answer"), good("encrypted_answer"));
    *unsigned.last_mut().expect("a signature") ^= 1;
    let refused = |name, bytes, command, code, message| Fixture { name, bytes, command, code, message };
    all.extend([
        refused("answer-signature.enc", unsigned, EXPLAIN, 3, "must be signed by party"),
        refused(
            "answer-of-another-agreement.enc",
            {
                let stranger = Digest::of(b"another");
                world.signed_for(
                    Kind::EncryptedAnswer,
                    (stranger, stranger),
                    1 << 13,
                    &metadata_of_answer("drempel 0", 0, 1, &["a"]),
                    &[1; 4_098],
                )
            },
            EXPLAIN,
            1,
            "made for agreement",
        ),
        refused(
            "wrong-kind.enc",
            honest,
            "encrypt --agreement good/agreement.toml --dataset income --public-key {} \
            --signing-key good/provider.key --input good/incomes.csv --out out",
            1,
            "but this file is an encrypted answer",
        ),
    ]);
    all
}

/// What the commands need that is as it should be.
fn good_files() -> Vec<(&'static str, Vec<u8>)> {
    let world = World::get();
    vec![
        ("agreement.toml", good("agreement")),
        ("agreement.toml.sig", good("signatures")),
        ("public.key", good("public_key")),
        ("provider.key", encrypted(&world.scene.key("provider").to_bytes())),
        ("answer.enc", good("encrypted_answer")),
        ("income.enc", good("encrypted_table")),
        ("answer.attest", good("attestation")),
        ("noise.seed", good("noise")),
        ("nonce", good("nonce")),
        ("ledger.jsonl", good("ledger")),
        ("draft.toml", AGREEMENT.as_bytes().to_vec()),
        ("incomes.csv", INCOMES.as_bytes().to_vec()),
        ("households.csv", HOUSEHOLDS.as_bytes().to_vec()),
    ]
}

fn all() -> Vec<Fixture> {
    containers().into_iter().chain(texts::all()).collect()
}

fn text_of(fixtures: &[Fixture]) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["file", "exit_code", "message", "command"]).expect("in memory");
    for Fixture { name, command, code, message, .. } in fixtures {
        let command = command.split_whitespace().collect::<Vec<_>>().join(" ").replace("{}", name);
        csv.write_record([*name, &code.to_string(), *message, &command]).expect("in memory");
    }
    String::from_utf8(csv.into_inner().expect("in memory")).expect("text")
}

fn write(folder: &Path, fixtures: &[Fixture]) -> std::io::Result<()> {
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, bytes)
    };
    for (name, bytes) in good_files() {
        put(&format!("good/{name}"), &bytes)?;
    }
    for fixture in fixtures {
        put(fixture.name, &fixture.bytes)?;
    }
    for (name, bytes) in texts::beside() {
        put(&name, &bytes)?;
    }
    put("list.csv", text_of(fixtures).as_bytes())
}

#[test]
fn the_list_is_that_of_the_files() {
    let fixtures = all();
    assert!(fixtures.len() >= 60, "{}", fixtures.len());
    if let Some(folder) = std::env::var_os("FIXTURES") {
        write(&PathBuf::from(folder), &fixtures).expect("writes");
    }
    let folder = repository("tests/fixtures");
    assert_eq!(fs::read_to_string(folder.join("list.csv")).expect("kept"), text_of(&fixtures));
    for fixture in fixtures {
        assert!(folder.join(fixture.name).exists(), "{}", fixture.name);
    }
}
