#!/usr/bin/env bash
# The wall in the build: with the evaluator's features alone, the secret key and `release` do not exist, so a
# program that names them does not compile; with the key holder's feature, the same program does.
set -euo pipefail
cd "$(dirname "$0")/.."

probe=target/no_secret_key
mkdir -p "$probe/src"
cp Cargo.lock "$probe/"
cat > "$probe/src/lib.rs" <<'RUST'
pub use drempel::Evaluator;
#[cfg(feature = "try")]
pub use drempel::{KeyHolder, SecretKey};
RUST
cat > "$probe/Cargo.toml" <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2024"

[features]
try = []
key-holder = ["drempel/key-holder"]

[dependencies]
drempel = { path = "../..", default-features = false, features = ["evaluator"] }

[workspace]
TOML
check() { CARGO_TARGET_DIR=target cargo check --release --manifest-path "$probe/Cargo.toml" --features "$1" 2>&1; }

check "" >/dev/null
check "try,key-holder" >/dev/null
if output=$(check try); then
    echo "the evaluator's build has a secret key type" >&2
    exit 1
fi
grep -q 'no `KeyHolder` in the root' <<<"$output" && grep -q 'no `SecretKey` in the root' <<<"$output" || {
    echo "the probe failed for another reason:" >&2
    echo "$output" >&2
    exit 1
}
echo "no secret key type and no key holder in the evaluator's build"
