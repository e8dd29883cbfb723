#!/usr/bin/env bash
# Compiles the project's own crates for coverage-guided fuzzing (cargo's RUSTC_WORKSPACE_WRAPPER). tfhe and the other
# dependencies stay as they are: building them again takes many minutes, and it is our own reading that is tried here.
exec "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Clink-dead-code
