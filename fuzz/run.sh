#!/usr/bin/env bash
# Coverage-guided fuzzing of everything that drempel reads (fuzz_targets/; what each does is in crates/drempel-attacks/src/hostile.rs).
#
#     fuzz/run.sh [SECONDS] [TARGET...]     SECONDS for each target (default: 10), two at a time; default: all targets
#
# With a stable toolchain, and with the project's build of tfhe: only the project's own crates are instrumented
# (instrumented.sh). `cargo fuzz run TARGET` instruments everything, and builds tfhe again.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-10}
shift || true
targets=("$@")
[ $# -gt 0 ] || for file in fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done

# Cargo tells the instrumented library from the other one.
RUSTC_WORKSPACE_WRAPPER="$PWD/instrumented.sh" cargo build --release --locked --package drempel-fuzz
programs=$PWD/../target/release
folder=$PWD/corpus
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
one() { # TARGET
    mkdir -p "$folder/$1"
    # Fixtures with one fault each are good to begin with.
    "$programs/$1" -max_total_time="$seconds" -max_len=40000 -timeout=60 -rss_limit_mb=1500 -print_final_stats=1 \
        -artifact_prefix="$folder/$1-" "$folder/$1" ../tests/fixtures/good ../tests/fixtures > "$logs/$1" 2>&1
}
export -f one
export programs folder logs seconds
code=0
printf '%s\n' "${targets[@]}" | xargs -P 2 -I TARGET bash -c 'one TARGET' || code=$?
total=0
for target in "${targets[@]}"; do
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/$target")
    if [ -z "$runs" ]; then
        echo "$target: failed"
        tail -40 "$logs/$target"
        code=1
        continue
    fi
    total=$((total + runs))
    printf '%-18s %10d executions, %s\n' "$target" "$runs" \
        "$(grep -o 'cov: [0-9]*' "$logs/$target" | tail -1 | sed 's/cov: /edges /')"
done
echo "$total executions, $([ $code = 0 ] && echo 0 || echo some) failed"
exit $code
