#!/usr/bin/env bash
# Fails one call of the system at a time while a long job runs: writing (disk full), syncing and renaming (input/output
# error), making a folder (read-only file system). Each time there must be a named error and no answer, and the job must go on to the same bytes.
#
#     tests/failing_disk.sh [STEPS]     at most STEPS calls of each kind, one after the other (default: 4)
#
# Needs Linux, strace, and a release build (target/release/drempel, or DREMPEL).
set -euo pipefail
cd "$(dirname "$0")/.."
steps=${1:-4}
drempel=$(realpath "${DREMPEL:-target/release/drempel}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export DREMPEL_PASSPHRASE=test
cp -r tests/fixtures/good/. "$folder"
cd "$folder"
chmod -R go= .

# The fixtures' parties, with keys of their own: 300 households of one, chunks of 64.
cp draft.toml job.toml
rm answer.enc noise.seed
for party in provider evaluator holder receiver; do
    line=$("$drempel" party keygen --out "job.$party.key" | grep '^signing_key')
    sed -i "s|^name = \"$party\"\$|&\n$line|" job.toml
done
for party in provider evaluator holder receiver; do
    "$drempel" agreement sign job.toml --party "$party" --signing-key "job.$party.key" > /dev/null
done
"$drempel" keygen --agreement job.toml --signing-key job.holder.key --out keys > /dev/null
{ echo person,cents; for i in $(seq 300); do echo "p$i,$((i % 2))"; done; } > incomes.csv
{ echo household,person,poverty_line_cents; for i in $(seq 300); do echo "h$i,p$i,1"; done; } > households.csv
"$drempel" encrypt --agreement job.toml --dataset income --public-key keys/public.key --signing-key job.provider.key \
    --input incomes.csv --out income.enc > /dev/null
about=(--agreement job.toml --evaluation-key keys/evaluation.key)
commitment=$("$drempel" noise "${about[@]}" --signing-key job.evaluator.key --out noise.seed | sed -n 's/^commitment //p')
"$drempel" nonce "${about[@]}" --signing-key job.provider.key --commitment "$commitment" --out nonce > /dev/null
evaluate=("$drempel" evaluate "${about[@]}" --signing-key job.evaluator.key --cases households.csv --input income.enc
    --noise noise.seed --nonce nonce --chunk 64 --resume --out)
"${evaluate[@]}" whole.enc > /dev/null

passed=0 failed=0
for fault in fsync:EIO rename,renameat,renameat2:EIO write,pwrite64:ENOSPC mkdir:EROFS; do
    calls=${fault%:*} before=$((passed + failed)) harmless=0
    for when in $(seq "$steps"); do
        code=0
        strace -f -qq -o calls --seccomp-bpf -e trace="$calls" -e inject="$calls:error=${fault#*:}:when=$when" \
            "${evaluate[@]}" answer.enc > said 2>&1 || code=$?
        if ! grep -q INJECTED calls; then
            # So many calls there are not.
            rm answer.enc
            break
        fi
        if [ "$code" = 0 ] && cmp -s answer.enc whole.enc && [ ! -e answer.enc.job ]; then
            # A line of progress, say.
            harmless=$((harmless + 1))
            rm answer.enc
            continue
        fi
        # What is there is whole.
        if [ "$code" != 0 ] && [ "$code" != 101 ] && grep -q '^error: ' said \
            && { [ ! -e answer.enc ] || cmp -s answer.enc whole.enc; } \
            && "${evaluate[@]}" answer.enc > said 2>&1 && cmp answer.enc whole.enc && [ ! -e answer.enc.job ]; then
            passed=$((passed + 1))
        else
            echo "$fault, call $when: exit code $code: $(cat said)"
            failed=$((failed + 1))
        fi
        rm -rf answer.enc answer.enc.job
    done
    echo "$fault: $((passed + failed - before)) stopped the job, $harmless did not matter"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -ge "$steps" ]
