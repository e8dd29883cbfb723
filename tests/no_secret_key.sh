#!/usr/bin/env bash
# The wall in the build: without the feature `key-holder` the secret key and `release` do not exist, so a program that
# names them does not compile; with the feature, the same program does. Nor does the evaluator's command have them.
set -euo pipefail
cd "$(dirname "$0")/.."

# A package outside the workspace: inside it, another member's features would count for this one too.
probe=target/no_secret_key
mkdir -p "$probe/src"
cp Cargo.lock "$probe/"
cat > "$probe/src/lib.rs" <<'RUST'
pub use drempel::Evaluator;
pub use drempel_fhe::keys::EvaluationKey;
#[cfg(feature = "try")]
pub use drempel::{KeyHolder, SecretKey};
#[cfg(feature = "try")]
pub use drempel_fhe::keys::{KeySet, SecretKey as BareSecretKey};
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
drempel = { path = "../..", default-features = false }
drempel-fhe = { path = "../../crates/drempel-fhe" }

[workspace]
TOML
check() { CARGO_TARGET_DIR=target cargo check --release --manifest-path "$probe/Cargo.toml" --features "$1" 2>&1; }

check "" >/dev/null
check "try,key-holder" >/dev/null
if output=$(check try); then
    echo "the evaluator's build has a secret key type" >&2
    exit 1
fi
for name in 'no `KeyHolder` in the root' 'no `SecretKey` in the root' \
    'no `KeySet` in `keys`' 'no `SecretKey` in `keys`'; do
    grep -q "$name" <<<"$output" || {
        echo "the probe failed for another reason than \"$name\":" >&2
        echo "$output" >&2
        exit 1
    }
done

# What the command is built with. A test may ask for more; a build does not.
features() { cargo tree --locked --package drempel-cli --edges features,normal,build --invert drempel-fhe "$@"; }
if features --no-default-features | grep 'feature "secret-key"'; then
    echo "the evaluator's command is built with the secret key" >&2
    exit 1
fi
features | grep -q 'feature "secret-key"' || {
    echo "the key holder's command is built without the secret key: this check sees nothing" >&2
    exit 1
}
echo "no secret key type and no key holder in the evaluator's build, library and command"
