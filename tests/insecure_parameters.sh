#!/usr/bin/env bash
# Compiles the project's own crates with keys of eight bits, for tests of long jobs: a bootstrap takes a hundredth of the
# time, and nothing is protected. Files have a format version of their own, which no other build reads. It is cargo's
# RUSTC_WORKSPACE_WRAPPER, so that tfhe is not built again:
#
#     RUSTC_WORKSPACE_WRAPPER=$PWD/tests/insecure_parameters.sh cargo test --release --package drempel-cli --test jobs
exec "$@" --cfg insecure_parameters
