#!/usr/bin/env bash
# Spelling, by _typos.toml. The program comes from PyPI as a wheel, into a folder of target/.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.52.0
tool=target/typos/bin/typos
if ! "$tool" --version 2>/dev/null | grep -qF "$version"; then
    python3 -m venv target/typos
    target/typos/bin/pip install --quiet "typos==$version"
fi
"$tool"
