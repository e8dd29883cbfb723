# The recipes a contributor needs; `just ci` is what CI runs.

ci:
    .ci/run

demo:
    cargo run --release -- demo

# Everything, or one package and what to look for in the names of its tests: `just test drempel-report areas`.
test CRATE="" *NAMES:
    cargo test --release {{ if CRATE == "" { "" } else { "--package " + CRATE } }} {{NAMES}}

# Everything that needs no real keys: `Clear` and `Cost`, formats, agreements, pages. Compiled for speed of compiling; the
# core, and tfhe's one build, stay as they are.
fast *NAMES:
    cargo test --release --config profile.release.incremental=true \
        --config profile.release.package.drempel.opt-level=1 --config profile.release.package.drempel-report.opt-level=1 \
        -p drempel -p drempel-fhe -p drempel-report --lib --test analyses --test rows --test documents \
        -- --skip real_keys {{NAMES}}

# The docs as a book, in target/book, with every link checked.
book:
    PATH=$(.ci/tools.sh):$PATH tests/book.sh

# Pages in a headless Chromium: `just browser target/reports`.
browser *PAGES:
    tests/browser/run.sh {{PAGES}}

# Every fuzz target, so many seconds each.
fuzz SECONDS="10":
    fuzz/run.sh {{SECONDS}}

lint:
    cargo fmt --all
    $(.ci/tools.sh)/typos
    cargo clippy --release --workspace --exclude drempel-fuzz --all-targets -- -D warnings

# The lists of the public API anew: look at the difference before you commit it.
api:
    tests/api.py --bless

bench:
    cargo bench

# Beside tfhe's own high-level integers; builds tfhe again, in a folder of its own.
bench-peer:
    cargo bench --target-dir target/peer --features peer-tfhe-integer --bench household
