#!/usr/bin/env bash
# One screening, as an agency would schedule it. Each function is one organisation and touches only its own folder and
# what others sent it; in earnest each runs on its own machines and the copies are transfers.
#
#     DREMPEL_PASSPHRASE=... examples/svb_uwv.sh FOLDER INCOMES.csv HOUSEHOLDS.csv
#
# DREMPEL names the program (default: drempel, on the PATH). In earnest every party has a passphrase of its own. Stops
# at the first error with drempel's exit code:
# 1 the input is wrong, 2 usage, 3 refused by the agreement, 4 the system failed.
set -euo pipefail

folder=${1:?folder for everybody\'s files}
incomes=${2:?UWV\'s incomes, CSV}
households=${3:?the households, CSV}
: "${DREMPEL_PASSPHRASE:?the passphrase of the key files}"
here=$(cd "$(dirname "$0")" && pwd)
drempel=${DREMPEL:-drempel}
agreement=$folder/agreement.toml

# A party makes its signing key, and the line with its public half goes under its name in the agreement.
joins() { # PARTY KEY
    line=$("$drempel" party keygen --out "$2" | grep '^signing_key')
    sed -i.bak "s|^name = \"$1\"\$|&\n$line|" "$agreement"
    rm "$agreement.bak"
}

signs() { # PARTY KEY
    "$drempel" agreement sign "$agreement" --party "$1" --signing-key "$2"
}

svb_makes_keys() {
    "$drempel" keygen --agreement "$agreement" --signing-key "$folder/svb/svb.key" --out "$folder/svb"
    cp "$folder/svb/public.key" "$folder/uwv/"
    cp "$folder/svb/evaluation.key" "$folder/centre/"
    cp "$folder/svb/evaluation.key" "$folder/uwv/"
}

uwv_encrypts() {
    "$drempel" encrypt --agreement "$agreement" --dataset income --signing-key "$folder/uwv/uwv.key" \
        --public-key "$folder/uwv/public.key" --input "$incomes" --out "$folder/uwv/income.enc"
    cp "$folder/uwv/income.enc" "$folder/centre/"
}

# The centre's seed and UWV's nonce give the randomness that covers the answers' noise. What crosses over before the nonce
# is made is the seed's digest alone.
centre_commits() {
    "$drempel" noise --agreement "$agreement" --evaluation-key "$folder/centre/evaluation.key" \
        --signing-key "$folder/centre/centre.key" --out "$folder/centre/noise.seed" | tee "$folder/uwv/commitment"
}

uwv_makes_nonce() {
    "$drempel" nonce --agreement "$agreement" --evaluation-key "$folder/uwv/evaluation.key" \
        --signing-key "$folder/uwv/uwv.key" --commitment "$(sed -n 's/^commitment //p' "$folder/uwv/commitment")" \
        --out "$folder/uwv/nonce"
    cp "$folder/uwv/nonce" "$folder/centre/"
}

centre_evaluates() {
    "$drempel" plan --agreement "$agreement" --cases "$households"
    "$drempel" evaluate --agreement "$agreement" --evaluation-key "$folder/centre/evaluation.key" \
        --signing-key "$folder/centre/centre.key" --cases "$households" \
        --input "$folder/centre/income.enc" --noise "$folder/centre/noise.seed" --nonce "$folder/centre/nonce" \
        --out "$folder/centre/answer.enc"
    cp "$folder/centre/answer.enc" "$folder/svb/"
    cp "$folder/centre/answer.enc" "$folder/centre/noise.seed" "$folder/uwv/"
}

uwv_audits() {
    "$drempel" audit --agreement "$agreement" --evaluation-key "$folder/uwv/evaluation.key" \
        --signing-key "$folder/uwv/uwv.key" --cases "$households" --input "$folder/uwv/income.enc" \
        --noise "$folder/uwv/noise.seed" --nonce "$folder/uwv/nonce" \
        --answer "$folder/uwv/answer.enc" --out "$folder/uwv/answer.attest"
    cp "$folder/uwv/answer.attest" "$folder/svb/"
}

svb_releases() {
    "$drempel" release --agreement "$agreement" --secret-key "$folder/svb/secret.key" \
        --signing-key "$folder/svb/svb.key" --answer "$folder/svb/answer.enc" \
        --attestation "$folder/svb/answer.attest" --out "$folder/svb/decisions.csv"
}

mkdir -p "$folder"/{svb,uwv,centre}
cp "$here/agreements/svb_uwv.toml" "$agreement"
joins UWV "$folder/uwv/uwv.key"
joins computing-centre "$folder/centre/centre.key"
joins SVB "$folder/svb/svb.key"
"$drempel" agreement check "$agreement"
signs UWV "$folder/uwv/uwv.key"
signs computing-centre "$folder/centre/centre.key"
signs SVB "$folder/svb/svb.key"
svb_makes_keys
uwv_encrypts
centre_commits
uwv_makes_nonce
centre_evaluates
uwv_audits
svb_releases
