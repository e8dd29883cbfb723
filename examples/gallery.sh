#!/usr/bin/env bash
# A report of each kind of question, from CSV files to a page: with real keys, all parties' files in one folder.
#
#     DREMPEL_PASSPHRASE=... examples/gallery.sh FOLDER
#
# FOLDER gets KIND.en.html and KIND.nl.html for each kind, with the numbers as KIND.csv, KIND.json and KIND.parquet and the charts in
# KIND.svg/; the parties' own files lie in FOLDER/parties. KINDS chooses kinds (default: all). DREMPEL names the program
# (default: drempel, on the PATH).
set -euo pipefail

out=${1:?folder for the reports}
: "${DREMPEL_PASSPHRASE:?the passphrase of the key files}"
here=$(cd "$(dirname "$0")" && pwd)
drempel=${DREMPEL:-drempel}
mkdir -p "$out/parties"
out=$(cd "$out" && pwd)

for kind in ${KINDS:-svb_uwv debt_count debt_alarm presence matching ranking group_mean group_comparison area_count}; do
    work=$out/parties/$kind data=$here/data/$kind
    [ -e "$work/answers.csv" ] || "$here/one_analysis.sh" "$kind" "$work"
    inputs=(--agreement "$work/agreement.toml" --answer "$work/answer.enc" --answers "$work/answers.csv"
        --attestation "$work/answer.attest" --ledger "$work/keys/ledger.jsonl")
    case $kind in
    svb_uwv) inputs+=(--regions "$data/regions.csv") ;;
    area_count)
        # The same areas a year before, under an agreement of that time.
        before=$out/parties/area_count.before
        [ -e "$before/answers.csv" ] || DATA=$data/before "$here/one_analysis.sh" "$kind" "$before"
        inputs+=(--cases "$data/cases.csv" --map "$data/areas.geojson" --map-key postcode
            --before-agreement "$before/agreement.toml" --before-answer "$before/answer.enc"
            --before-answers "$before/answers.csv" --before-cases "$data/before/cases.csv")
        ;;
    esac
    for language in en nl; do
        page=$out/$kind.$language.html
        "$drempel" report "${inputs[@]}" --language "$language" --out "$page" --csv "$out/$kind.csv" \
            --json-file "$out/$kind.json" --parquet "$out/$kind.parquet" --svg "$out/$kind.svg"
        "$drempel" report verify "$page" "${inputs[@]}"
    done
done
