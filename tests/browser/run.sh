#!/usr/bin/env bash
# The checker must refuse every faulty page, and pass a sound one; then the pages that are named.
#
#     tests/browser/run.sh [FOLDER_OR_FILE...]
#
# SCREENSHOTS names a folder for pictures of the latter. Needs Node.js 20 or later, and as root installs Chromium
# (Debian) where it is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
chromium=${CHROMIUM:-/usr/bin/chromium}

stop() {
    echo "tests/browser/run.sh: $*" >&2
    exit 4
}

command -v npm >/dev/null || stop "npm is missing; install Node.js 20 or later"
if [ ! -x "$chromium" ]; then
    [ -z "${CHROMIUM:-}" ] || stop "CHROMIUM=$CHROMIUM: no such program"
    command -v apt-get >/dev/null || stop "$chromium is missing; install Chromium, or name another one in CHROMIUM"
    [ "$(id -u)" = 0 ] || stop "$chromium is missing, and only root can install it: apt-get install chromium"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel error
export CHROMIUM=$chromium

node "$here/check.mjs" --expect-failure --max-mb 0.008 "$here/faulty"
node "$here/check.mjs" "$here/sound.html"
if [ $# -gt 0 ]; then
    node "$here/check.mjs" ${SCREENSHOTS:+--screenshots "$SCREENSHOTS"} "$@"
fi
