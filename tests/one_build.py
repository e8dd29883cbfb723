#!/usr/bin/env python3
"""One build of tfhe: whatever part of the workspace is built, tested or checked, tfhe comes out the same.

    tests/one_build.py

Cargo builds a crate again when its features differ, or those of any crate below it, build-dependencies and
procedural macros included. tfhe takes minutes, so it must not happen. This asks cargo for its plan of every
command that people and CI use (nothing is compiled: a tenth of a second each), and compares the plans below
tfhe. Where two differ, it names the crate, the feature, and the member that asks for it, and prints the lines
for the manifest that make them the same.
"""

import functools
import json
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = "tfhe"
# These build tfhe again because that is what they are for; CONTRIBUTING.md says where they do it.
OWN_BUILD = {"peer-tfhe-integer"}


def cargo(*arguments):
    # `--unit-graph` is cargo's own plan, unit by unit; a stable cargo prints it only when told to.
    command = ["cargo", *arguments, "--locked"]
    environment = os.environ | {"RUSTC_BOOTSTRAP": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return json.loads(done.stdout)


def selections(members):
    """The commands to compare; the first is the one that the others are held against."""
    yield "build"
    yield "test"
    yield "bench"
    yield "check --all-targets"
    yield "doc --no-deps"
    yield "test --workspace"
    yield "check --workspace --all-targets"
    for member in members:
        package = f"-p {member['name']}"
        yield f"build {package}"
        yield f"test {package}"
        yield f"check {package} --all-targets"
        features = sorted(set(member["features"]) - OWN_BUILD - {"default"})
        for some in ["", *features] if member["features"] else []:
            chosen = f"{package} --no-default-features" + (f" --features {some}" if some else "")
            yield f"build {chosen}"
            yield f"check {chosen}"
        if features:
            yield f"check {package} --features {','.join(features)}"


class Plan:
    """What cargo would build for one command."""

    def __init__(self, selection):
        self.selection = selection
        release = [] if selection.startswith("bench") else ["--release"]
        self.units = cargo(*selection.split(), *release, "--unit-graph", "-Zunstable-options")["units"]

    def has(self, pkg_id):
        return any(unit["pkg_id"] == pkg_id for unit in self.units)

    def features(self, pkg_id):
        return {feature for unit in self.units if unit["pkg_id"] == pkg_id for feature in unit["features"]}

    def command(self):
        return f"cargo {self.selection}"

    def key(self, index):
        """Which unit it is, whatever its features and settings."""
        unit = self.units[index]
        profile = "host" if unit["profile"]["opt_level"] == "0" else "target"
        return unit["pkg_id"], unit["target"]["name"], tuple(unit["target"]["kind"]), unit["mode"], profile

    @functools.cache
    def build(self, index):
        """A value that is equal only where cargo need not build twice."""
        unit = self.units[index]
        profile = {name: value for name, value in unit["profile"].items() if name != "name"}
        below = sorted(self.build(dependency["index"]) for dependency in unit["dependencies"])
        own = [self.key(index), unit["features"], profile, unit["platform"]]
        return hash(json.dumps([own, below], sort_keys=True))

    def heavy(self):
        """The units of tfhe itself: one of each way to compile it."""
        for index, unit in enumerate(self.units):
            target, compiled = unit["target"], unit["mode"] in ("build", "check")
            if compiled and target["name"] == HEAVY and "lib" in target["kind"]:
                yield index

    def below(self, index):
        """The unit and all it is built on, by key."""
        found, queue = {}, [index]
        while queue:
            unit = queue.pop()
            if self.key(unit) not in found:
                found[self.key(unit)] = unit
                queue += [dependency["index"] for dependency in self.units[unit]["dependencies"]]
        return found


def switched_on(package, asked):
    """The features that these ones bring with them, in their own package."""
    on, queue = set(), list(asked)
    while queue:
        feature = queue.pop()
        if feature in package["features"] and feature not in on:
            on.add(feature)
            queue += package["features"][feature]
    return on


def asks(manifest, own_features, wanted, feature):
    """Whether a package with these features of its own on asks for another's feature."""
    for dependency in manifest["dependencies"]:
        if dependency["name"] != wanted["name"]:
            continue
        asked = list(dependency["features"]) + ["default"] * dependency["uses_default_features"]
        called = dependency["rename"] or dependency["name"]
        for own in own_features:
            for value in manifest["features"].get(own, []):
                crate, slash, of_crate = value.partition("/")
                if slash and crate.rstrip("?") == called:
                    asked.append(of_crate)
        if feature in switched_on(wanted, asked):
            return True
    return False


def who_asks(pkg_id, feature, plan, other):
    """The shortest chains from a crate's feature, on in one plan and off in the other, up to the members."""
    wanted, chains = PACKAGES[pkg_id], {}
    for asker in PARENTS.get(pkg_id, ()):
        if not asks(PACKAGES[asker], FEATURES[asker] | plan.features(asker), wanted, feature):
            continue
        if asks(PACKAGES[asker], other.features(asker), wanted, feature) and other.has(asker):
            continue
        queue, seen = deque([[asker]]), {asker}
        while queue:
            chain = queue.popleft()
            if chain[-1] in MEMBERS:
                names = " <- ".join(PACKAGES[package]["name"] for package in chain)
                chains[names] = PACKAGES[chain[-1]]["manifest_path"]
                break
            for parent in PARENTS.get(chain[-1], ()):
                if parent not in seen:
                    seen.add(parent)
                    queue.append([*chain, parent])
    return [f"{names} ({Path(manifest).relative_to(ROOT)})" for names, manifest in sorted(chains.items())]


def differences(held, plan, heavy_held, heavy):
    """What makes two builds of tfhe: each a title to count by, and a line about it."""
    ours, theirs = held.below(heavy_held), plan.below(heavy)
    alone = []
    for key in sorted(ours.keys() | theirs.keys()):
        package = PACKAGES[key[0]]
        crate = f"{package['name']} {package['version']}"
        if key not in theirs or key not in ours:
            where, other = (held, plan) if key in ours else (plan, held)
            alone.append((crate, f"is below {HEAVY} in `{where.command()}`, not in `{other.command()}`"))
            continue
        a, b = held.units[ours[key]], plan.units[theirs[key]]
        if a["target"]["kind"] == ["custom-build"]:
            # Its features are those of the library beside it.
            continue
        for feature in sorted(set(a["features"]) ^ set(b["features"])):
            where, other = (held, plan) if feature in a["features"] else (plan, held)
            chains = who_asks(key[0], feature, where, other)
            lines = [f"has the feature `{feature}` in `{where.command()}`, not in `{other.command()}`"]
            lines += [f"asked for by {chain}" for chain in chains[:3]]
            lines += [f"and by {len(chains) - 3} more"] if len(chains) > 3 else []
            yield f"{crate} {feature}", f"{crate} " + "\n        ".join(lines)
        for setting in sorted(a["profile"]):
            if setting != "name" and a["profile"][setting] != b["profile"][setting]:
                line = f"has another `{setting}` in `{plan.command()}` than in `{held.command()}`"
                yield f"profile {setting}", f"{crate} {line}"
    # A crate comes and goes with a feature of another, which is said above.
    for crate, line in alone:
        yield None, f"{crate} {line}"


def pins(plans):
    """Lines for a manifest that ask for every feature which only some plans have, below tfhe."""
    seen = {}
    for plan, heavy in plans:
        for key, index in plan.below(heavy).items():
            if key[2] != ("custom-build",):
                seen.setdefault((key[-1] == "host", key[0]), []).append(set(plan.units[index]["features"]))
    table = None
    for (host, pkg_id), features in sorted(seen.items()):
        package = PACKAGES[pkg_id]
        everywhere, somewhere = set.intersection(*features), set.union(*features)
        alone = len(features) < len(plans)
        if alone:
            # It comes below only with a feature of another crate.
            everywhere = set()
        if everywhere == somewhere:
            continue
        # What another feature or the default brings need not be said.
        said = sorted(
            feature
            for feature in somewhere - everywhere - switched_on(package, {"default"} & somewhere)
            if not any(
                feature in switched_on(package, {other}) for other in somewhere - {"default", feature}
            )
        )
        if alone and not said:
            continue
        major, minor, _ = package["version"].split(".", 2)
        version = major if major != "0" else f"0.{minor}"
        several = sum(other["name"] == package["name"] for other in PACKAGES.values()) > 1
        fields = [f'package = "{package["name"]}"'] if several else []
        fields.append(f'version = "{version}"')
        if "default" in package["features"] and "default" not in somewhere:
            fields.append("default-features = false")
        fields += ["features = [" + ", ".join(f'"{feature}"' for feature in said) + "]"] if said else []
        if table is not host:
            table = host
            yield "[build-dependencies]" if host else "[dependencies]"
        called = f"{package['name']}-{version.replace('.', '-')}" if several else package["name"]
        yield f"{called} = {{ {', '.join(fields)} }}" if len(fields) > 1 else f'{called} = "{version}"'


host = subprocess.check_output(["rustc", "--print", "host-tuple"], text=True).strip()
metadata = cargo("metadata", "--format-version=1", f"--filter-platform={host}")
PACKAGES = {package["id"]: package for package in metadata["packages"]}
MEMBERS = set(metadata["workspace_members"])
PARENTS, FEATURES = {}, {}
for node in metadata["resolve"]["nodes"]:
    FEATURES[node["id"]] = set(node["features"])
    for dependency in node["deps"]:
        PARENTS.setdefault(dependency["pkg"], []).append(node["id"])
members = sorted((PACKAGES[member] for member in MEMBERS), key=lambda member: member["name"])

reference, found, plans = {}, {}, []
for selection in selections(members):
    plan = Plan(selection)
    for heavy in plan.heavy():
        plans.append((plan, heavy))
        held, heavy_held = reference.setdefault(plan.key(heavy), (plan, heavy))
        if plan.build(heavy) == held.build(heavy_held):
            continue
        causes = list(differences(held, plan, heavy_held, heavy))
        for title, line in [cause for cause in causes if cause[0]] or causes:
            found.setdefault(title or line, []).append(line)

if not reference:
    sys.exit(f"no command builds {HEAVY}: has it another name?")
if found:
    print(f"{HEAVY} would be built more than once:")
    for lines in found.values():
        print(f"\n    {lines[0]}" + (f"\n        and {len(lines) - 1} more" if len(lines) > 1 else ""))
    if lines := list(pins(plans)):
        print("\nDo without what asks for it, or ask for it always, in the manifest of the member that")
        print(f"depends on {HEAVY} (CONTRIBUTING.md):\n")
        print("\n".join(f"    {line}" for line in lines))
    sys.exit(1)
print(f"{len(plans)} plans, one build of {HEAVY}")
