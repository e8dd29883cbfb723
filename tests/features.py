#!/usr/bin/env python3
"""Each member of the workspace builds by itself, and with each of its features by itself, without a warning.

    tests/features.py            checks
    tests/features.py --list     prints the commands

In a build of the whole workspace one member can lean on what another one switches on. The list comes from cargo:
each member with its defaults, without any feature, and with one at a time; a program with what it requires. All
features together are the ordinary lint run. What is built already costs nothing.
"""

import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Compiles tfhe anew; CI checks it once, with the bench that it is for.
ELSEWHERE = {"peer-tfhe-integer"}


def commands(package):
    features = sorted(set(package["features"]) - ELSEWHERE - {"default"})
    libraries = any("lib" in kind for target in package["targets"] for kind in target["kind"])
    programs = [target for target in package["targets"] if target["kind"] == ["bin"]]
    member = ["-p", package["name"]]
    yield member + ["--lib"] * libraries + ["--bins"] * bool(programs)
    if features and libraries:
        yield [*member, "--lib", "--no-default-features"]
        for feature in features:
            yield [*member, "--lib", "--no-default-features", "--features", feature]
    if features:
        for required in sorted({",".join(target.get("required-features", [])) for target in programs}):
            yield [*member, "--bins", "--no-default-features", *(["--features", required] if required else [])]


metadata = json.loads(
    subprocess.check_output(["cargo", "metadata", "--format-version=1", "--no-deps", "--locked"], cwd=ROOT)
)
# The fuzz targets need `--cfg fuzzing`: fuzz/run.sh builds them.
packages = [package for package in metadata["packages"] if not (package["metadata"] or {}).get("cargo-fuzz")]
found = [
    ["cargo", "clippy", "--release", "--locked", "--quiet", *arguments, "--", "-D", "warnings"]
    for package in sorted(packages, key=lambda package: package["name"])
    for arguments in commands(package)
]
failed = []
for command in found:
    print(shlex.join(command), flush=True)
    if "--list" not in sys.argv[1:] and subprocess.run(command, cwd=ROOT).returncode:
        failed.append(command)
if failed:
    print("\nThese fail by themselves:")
    for command in failed:
        print(f"    {shlex.join(command)}")
    sys.exit(1)
