#!/usr/bin/env bash
# Builds docs/ as a book into target/book, and checks every link of it and of the Markdown files beside it. Needs mdbook
# and Node.js.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf target/book
mdbook build
# The inputs of the page about the command line are for its test, not for a reader.
rm -r target/book/cli.in
node tests/links.mjs target/book docs README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md
