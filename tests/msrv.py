#!/usr/bin/env python3
"""The oldest Rust that builds drempel: one number, kept by every member and every dependency.

    tests/msrv.py

Reads what cargo knows; compiles only where that very toolchain is installed. Which functions of the standard
library are too new, clippy's `incompatible_msrv` tells in the ordinary lint run; this checks that it is on.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def output(*command):
    return subprocess.check_output(command, cwd=ROOT, text=True)


def numbers(version):
    return tuple(int(part) for part in version.split("-")[0].split(".")) + (0,) * (2 - version.count("."))


metadata = json.loads(output("cargo", "metadata", "--format-version=1", "--locked"))
members = [package for package in metadata["packages"] if package["id"] in metadata["workspace_members"]]
others = [package for package in metadata["packages"] if package["id"] not in metadata["workspace_members"]]
workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]
oldest = workspace.get("package", {}).get("rust-version")
if not oldest:
    sys.exit("Cargo.toml: [workspace.package] has no rust-version; every member inherits it from there")

wrong = []
for member in members:
    manifest = tomllib.loads(Path(member["manifest_path"]).read_text())
    path = Path(member["manifest_path"]).relative_to(ROOT)
    if manifest["package"].get("rust-version") != {"workspace": True}:
        wrong.append(f"{path}: write `rust-version.workspace = true` under [package]")
    lints = manifest.get("lints", {})
    lints = workspace.get("lints", {}) if lints.get("workspace") else lints
    if lints.get("clippy", {}).get("incompatible_msrv") != "deny":
        wrong.append(f'{path}: write incompatible_msrv = "deny" under [lints.clippy], or inherit it')
for page in ("README.md", "CONTRIBUTING.md"):
    if oldest not in (ROOT / page).read_text():
        wrong.append(f"{page}: say that Rust {oldest} or later is needed")
declared = [package for package in others if package["rust_version"]]
for package in declared:
    if numbers(package["rust_version"]) > numbers(oldest):
        wrong.append(
            f"{package['name']} {package['version']} needs Rust {package['rust_version']}, and drempel promises"
            f" {oldest}: take an older one (cargo update -p {package['name']} --precise VERSION), or raise"
            " rust-version in Cargo.toml, README.md and CONTRIBUTING.md, with a line in CHANGELOG.md"
        )
if wrong:
    sys.exit("\n".join(wrong))
newest = max(declared, key=lambda package: numbers(package["rust_version"]))
print(
    f"Rust {oldest}: {len(members)} members inherit it; of {len(others)} dependencies {len(declared)} declare"
    f" theirs, at most {newest['rust_version']} ({newest['name']})"
)

installed = output("rustup", "toolchain", "list") if shutil.which("rustup") else ""
if any(line.startswith(f"{oldest}-") for line in installed.splitlines()):
    check = ["cargo", f"+{oldest}", "check", "--release", "--locked", "--workspace"]
    sys.exit(subprocess.run(check, cwd=ROOT).returncode)
print(f"Rust {oldest} is not installed here, so nothing was compiled with it: rustup toolchain install {oldest}")
