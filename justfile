# The recipes a contributor needs; `just ci` is what CI runs.

ci:
    .ci/run

demo:
    cargo run --release -- demo

test:
    cargo test --release

# The docs as a book, in target/book, with every link checked.
book:
    tests/book.sh

# Pages in a headless Chromium: `just browser target/reports`.
browser *PAGES:
    tests/browser/run.sh {{PAGES}}

# Every fuzz target, so many seconds each.
fuzz SECONDS="10":
    fuzz/run.sh {{SECONDS}}

lint:
    cargo fmt --all
    cargo clippy --release --all-targets -- -D warnings

bench:
    cargo bench

# Beside tfhe's own high-level integers; builds tfhe again, in a folder of its own.
bench-peer:
    cargo bench --target-dir target/peer --features peer-tfhe-integer --bench household
