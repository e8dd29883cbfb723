#!/usr/bin/env bash
# 20 processes, on 1 and 2 threads, of a native, a portable and an AVX2-only build: one digest of the answer file, or
# this fails. Builds tfhe two more times, in folders of their own (about ten minutes on two cores).
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release
RUSTFLAGS="" cargo build --release --target-dir target/portable
RUSTFLAGS="-C target-cpu=x86-64-v3" cargo build --release --target-dir target/avx2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp docs/cli.in/* "$folder"
chmod 600 "$folder"/*.key
export DREMPEL_PASSPHRASE="an example"
native=$PWD/target/release/drempel
programs=("$native" "$PWD/target/portable/release/drempel" "$PWD/target/avx2/release/drempel")
cd "$folder"
for party in UWV:uwv computing-centre:centre SVB:svb; do
    "$native" agreement sign agreement.toml --party "${party%%:*}" --signing-key "${party##*:}.key"
done
"$native" keygen --agreement agreement.toml --signing-key svb.key --out keys
"$native" encrypt --agreement agreement.toml --dataset income --public-key keys/public.key --signing-key uwv.key \
    --input incomes.csv --out t.enc
about=(--agreement agreement.toml --evaluation-key keys/evaluation.key)
commitment=$("$native" noise "${about[@]}" --signing-key centre.key --out noise.seed | sed -n 's/^commitment //p')
"$native" nonce "${about[@]}" --signing-key uwv.key --commitment "$commitment" --out nonce
for run in $(seq 0 19); do
    RAYON_NUM_THREADS=$((run % 2 + 1)) "${programs[run % 3]}" evaluate "${about[@]}" --signing-key centre.key \
        --cases households.csv --input t.enc --noise noise.seed --nonce nonce --out answer.enc --json |
        grep '"digest"'
done | sort | uniq -c | tee digests
test "$(wc -l < digests)" -eq 1
