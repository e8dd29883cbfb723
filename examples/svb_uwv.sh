#!/usr/bin/env bash
# One screening, as an agency would schedule it. Each function is one organisation and touches only its own folder and
# what others sent it; in earnest each runs on its own machines and the copies are transfers.
#
#     examples/svb_uwv.sh FOLDER INCOMES.csv HOUSEHOLDS.csv
#
# DREMPEL names the program (default: drempel, on the PATH). Stops at the first error with drempel's exit code:
# 1 the input is wrong, 2 usage, 3 refused by the agreement, 4 the system failed.
set -euo pipefail

folder=${1:?folder for everybody\'s files}
incomes=${2:?UWV\'s incomes, CSV}
households=${3:?the households, CSV}
here=$(cd "$(dirname "$0")" && pwd)
drempel=${DREMPEL:-drempel}
agreement=$folder/agreement.toml

svb_makes_keys() {
    "$drempel" keygen --agreement "$agreement" --out "$folder/svb"
    cp "$folder/svb/public.key" "$folder/uwv/"
    cp "$folder/svb/evaluation.key" "$folder/centre/"
}

uwv_encrypts() {
    "$drempel" encrypt --agreement "$agreement" --dataset income \
        --public-key "$folder/uwv/public.key" --input "$incomes" --out "$folder/uwv/income.enc"
    cp "$folder/uwv/income.enc" "$folder/centre/"
}

centre_evaluates() {
    "$drempel" plan --agreement "$agreement" --households "$households"
    "$drempel" evaluate --agreement "$agreement" --evaluation-key "$folder/centre/evaluation.key" \
        --households "$households" --input "$folder/centre/income.enc" --out "$folder/centre/answer.enc"
    cp "$folder/centre/answer.enc" "$folder/svb/"
}

svb_releases() {
    "$drempel" release --agreement "$agreement" --secret-key "$folder/svb/secret.key" \
        --answer "$folder/svb/answer.enc" --out "$folder/svb/decisions.csv"
}

mkdir -p "$folder"/{svb,uwv,centre}
cp "$here/agreements/svb_uwv.toml" "$agreement"
"$drempel" agreement check "$agreement"
svb_makes_keys
uwv_encrypts
centre_evaluates
svb_releases
