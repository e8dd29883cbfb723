#!/usr/bin/env bash
# Any of drempel's questions on the command line, from CSV files to released answers. All parties' files lie in one
# folder here; examples/svb_uwv.sh shows who has what.
#
#     DREMPEL_PASSPHRASE=... examples/one_analysis.sh KIND FOLDER
#
# KIND is a folder of examples/data: a CSV file for each dataset, cases.csv for the evaluator, and answers.csv, what must
# come out; DATA names another one. DREMPEL names the program (default: drempel, on the PATH).
set -euo pipefail

kind=${1:?a kind, such as debt_count}
folder=${2:?folder for all files}
: "${DREMPEL_PASSPHRASE:?the passphrase of the key files}"
here=$(cd "$(dirname "$0")" && pwd)
data=${DATA:-$here/data/$kind}
drempel=${DREMPEL:-drempel}

mkdir -p "$folder"
cp "$here/agreements/$kind.toml" "$folder/agreement.toml"
cd "$folder"

# Names as the agreement has them, one per line.
parties() { # [ROLE]
    awk -F'"' -v role="\"${1:-}" '/^\[\[/ { kind = $0 } /^name = / { name = $2 }
        /^roles = / && kind == "[[party]]" && index($0, role) { print name }' agreement.toml
}
datasets() {
    awk -F'"' '/^\[\[/ { kind = $0 } /^name = / && kind == "[[dataset]]" { print $2 }' agreement.toml
}
provider_of() { # DATASET
    awk -F'"' -v dataset="$1" '/^name = / { name = $2 } /^provider = / && name == dataset { print $2 }' agreement.toml
}

mapfile -t all < <(parties)
for party in "${all[@]}"; do
    line=$("$drempel" party keygen --out "$party.key" | grep '^signing_key')
    awk -v name="name = \"$party\"" -v line="$line" '/^\[\[/ { kind = $0 } { print }
        kind == "[[party]]" && $0 == name { print line }' agreement.toml > keyed.toml
    mv keyed.toml agreement.toml
done
for party in "${all[@]}"; do
    "$drempel" agreement sign agreement.toml --party "$party" --signing-key "$party.key"
done
"$drempel" keygen --agreement agreement.toml --signing-key "$(parties key-holder).key" --out keys

inputs=()
for dataset in $(datasets); do
    "$drempel" encrypt --agreement agreement.toml --dataset "$dataset" --public-key keys/public.key \
        --signing-key "$(provider_of "$dataset").key" --input "$data/$dataset.csv" --out "$dataset.enc"
    inputs+=(--input "$dataset.enc")
done
job=(--agreement agreement.toml --evaluation-key keys/evaluation.key --cases "$data/cases.csv" "${inputs[@]}")
case $(awk -F'"' '/^\[/ { table = $0 } /^kind = / && table == "[analysis]" { print $2 }' agreement.toml) in
eligibility | matching)
    # Decisions: their noise is covered by randomness of the evaluator and an auditor together.
    about=(--agreement agreement.toml --evaluation-key keys/evaluation.key)
    commitment=$("$drempel" noise "${about[@]}" --signing-key "$(parties evaluator).key" --out noise.seed |
        sed -n 's/^commitment //p')
    "$drempel" nonce "${about[@]}" --signing-key "$(parties auditor | head -1).key" --commitment "$commitment" --out nonce
    job+=(--noise noise.seed --nonce nonce)
    ;;
esac
"$drempel" plan --agreement agreement.toml --cases "$data/cases.csv"
"$drempel" evaluate "${job[@]}" --signing-key "$(parties evaluator).key" --out answer.enc
"$drempel" audit "${job[@]}" --signing-key "$(parties auditor | head -1).key" --answer answer.enc --out answer.attest
"$drempel" release --agreement agreement.toml --secret-key keys/secret.key \
    --signing-key "$(parties key-holder).key" --answer answer.enc --attestation answer.attest --out answers.csv
cmp answers.csv "$data/answers.csv"
