#!/usr/bin/env python3
"""The public API of each library of the workspace, as lists that change only on purpose (tests/api/*.txt).

    tests/api.py            compares; a difference is printed, and fails
    tests/api.py --bless    writes the lists anew

A member is listed if it has a library and may be published. What is listed is what rustdoc shows with the
default features. A path is cut to its last part, with its crate before it if that is another one.
"""

import difflib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT / "tests" / "api"
# The version of rustdoc's JSON that this was written for. A later one seldom differs in what is read here.
FORMAT = 57
AUTO = {"Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"}


class Api:
    """One crate's items, as lines."""

    def __init__(self, rustdoc):
        self.rustdoc, self.index = rustdoc, rustdoc["index"]
        self.crates, self.lines, self.homes = set(), [], set()
        root = self.item(rustdoc["root"])
        # What a public module holds is listed there; what is only re-exported, where it is re-exported.
        self.find_homes(root)
        self.module(root, root["name"])

    def text(self):
        other = ", ".join(sorted(self.crates)) or "none"
        return "\n".join([f"# types of other crates: {other}", *self.lines]) + "\n"

    def item(self, key):
        return self.index.get(str(key))

    def find_homes(self, module):
        for key in module["inner"]["module"]["items"]:
            item = self.item(key)
            if item and item["visibility"] == "public":
                self.homes.add(item["id"])
                if "module" in item["inner"]:
                    self.find_homes(item)

    def module(self, module, path):
        self.lines += ["", f"mod {path}"]
        below = []
        for name, item in sorted(self.items(module), key=lambda pair: (kind(pair[1]), pair[0])):
            if kind(item) == "module":
                below.append((name, item))
            else:
                getattr(self, f"write_{kind(item)}")(item, name)
        for name, item in below:
            self.module(item, f"{path}::{name}")

    def items(self, module):
        for key in module["inner"]["module"]["items"]:
            item = self.item(key)
            if not item or item["visibility"] != "public":
                continue
            if kind(item) == "use":
                use = item["inner"]["use"]
                target = self.item(use["id"]) if use["id"] is not None else None
                if target and use["is_glob"] and kind(target) == "module":
                    yield from self.items(target)
                    continue
                if target and target["id"] not in self.homes:
                    yield use["name"], target
                    continue
            yield item["name"] or item["inner"]["use"]["name"], item

    def write_use(self, item, name):
        use = item["inner"]["use"]
        renamed = "" if last(use["source"]) == name else f" as {name}"
        self.lines.append(f"  use {use['source']}" + ("::*" if use["is_glob"] else renamed))

    def write_function(self, item, name, indent="  "):
        function = item["inner"]["function"]
        header = function["header"]
        words = [word for word in ("const", "async", "unsafe") if header[f"is_{word}"]]
        inputs = ", ".join(self.argument(*argument) for argument in function["sig"]["inputs"])
        output = function["sig"]["output"]
        generics, where = self.generics(function["generics"])
        end = f" -> {self.type(output)}" if output else ""
        # A method of a trait that need not be written.
        body = " { .. }" if item["visibility"] == "default" and function["has_body"] else ""
        start = indent + " ".join([*words, "fn", name])
        self.lines.append(f"{start}{generics}({inputs}){end}{where}{body}")

    def argument(self, name, type_):
        if name == "self":
            return {"Self": "self", "&Self": "&self", "&mut Self": "&mut self"}.get(
                self.type(type_), f"self: {self.type(type_)}"
            )
        return f"{name}: {self.type(type_)}"

    def write_constant(self, item, name):
        constant = item["inner"]["constant"]
        value = constant["const"]["value"] or constant["const"]["expr"]
        self.lines.append(f"  const {name}: {self.type(constant['type'])} = {value}")

    def write_static(self, item, name):
        self.lines.append(f"  static {name}: {self.type(item['inner']['static']['type'])}")

    def write_type_alias(self, item, name):
        alias = item["inner"]["type_alias"]
        self.lines.append(f"  type {name}{self.generics(alias['generics'])[0]} = {self.type(alias['type'])}")

    def write_macro(self, item, name):
        self.lines.append(f"  macro {name}")

    write_proc_macro = write_macro

    def write_struct(self, item, name):
        struct = item["inner"]["struct"]
        shape = struct["kind"]
        if "tuple" in shape:
            fields = [self.item(key) for key in shape["tuple"]]
            shown = ", ".join(self.type(field["inner"]["struct_field"]) if field else "_" for field in fields)
            shape_text, fields = f"({shown})", []
        elif "plain" in shape:
            shape_text = " { .. }" if shape["plain"]["has_stripped_fields"] else " {}"
            fields = [self.item(key) for key in shape["plain"]["fields"]]
        else:
            shape_text, fields = "", []
        generics, where = self.generics(struct["generics"])
        self.lines.append(f"  {marks(item)}struct {name}{generics}{shape_text}{where}")
        for field in fields:
            self.lines.append(f"    {field['name']}: {self.type(field['inner']['struct_field'])}")
        self.impls(name, struct["impls"])

    def write_enum(self, item, name):
        enum = item["inner"]["enum"]
        generics, where = self.generics(enum["generics"])
        self.lines.append(f"  {marks(item)}enum {name}{generics}{where}")
        for key in enum["variants"]:
            variant = self.item(key)
            if variant:
                shape = self.variant(variant["inner"]["variant"]["kind"])
                self.lines.append(f"    {marks(variant)}{name}::{variant['name']}{shape}")
        self.impls(name, enum["impls"])

    def variant(self, shape):
        if "tuple" in shape:
            fields = [self.item(key) for key in shape["tuple"]]
            shown = (self.type(field["inner"]["struct_field"]) if field else "_" for field in fields)
            return f"({', '.join(shown)})"
        if "struct" in shape:
            fields = [self.item(key) for key in shape["struct"]["fields"]]
            shown = [f"{field['name']}: {self.type(field['inner']['struct_field'])}" for field in fields]
            return f" {{ {', '.join(shown + ['..'] * shape['struct']['has_stripped_fields'])} }}"
        return ""

    def write_trait(self, item, name):
        trait = item["inner"]["trait"]
        generics, where = self.generics(trait["generics"])
        bounds = self.bounds(trait["bounds"])
        self.lines.append(f"  trait {name}{generics}{': ' + bounds if bounds else ''}{where}")
        self.members(name, trait["items"])

    def write_trait_alias(self, item, name):
        self.lines.append(f"  trait {name} = {self.bounds(item['inner']['trait_alias']['params'])}")

    def members(self, owner, keys):
        """What is written as Owner::member: functions, constants and types."""
        for item in sorted(filter(None, map(self.item, keys)), key=lambda item: (kind(item), item["name"])):
            name, inner = f"{owner}::{item['name']}", item["inner"][kind(item)]
            if kind(item) == "function":
                self.write_function(item, name, "    ")
            elif kind(item) == "assoc_const":
                value = f" = {inner['value']}" if inner["value"] else ""
                self.lines.append(f"    const {name}: {self.type(inner['type'])}{value}")
            elif kind(item) == "assoc_type":
                bounds = self.bounds(inner["bounds"])
                default = f" = {self.type(inner['type'])}" if inner["type"] else ""
                self.lines.append(f"    type {name}{': ' + bounds if bounds else ''}{default}")

    def impls(self, owner, keys):
        traits, methods = [], {}
        for impl in (item["inner"]["impl"] for item in map(self.item, keys) if item):
            trait = impl["trait"]
            if trait is None:
                # Methods that only some parameters have are listed with them.
                name = self.type(impl["for"]) if has_arguments(impl["for"]) else owner
                methods.setdefault(name, []).extend(impl["items"])
            elif impl["is_negative"] and last(trait["path"]) in AUTO - {"UnwindSafe", "RefUnwindSafe"}:
                traits.append(f"!{last(trait['path'])}")
            elif not (impl["is_synthetic"] or impl["blanket_impl"] or impl["is_negative"]):
                traits.append(self.implemented(impl))
        if traits := sorted(set(traits) - {"StructuralPartialEq"}):
            self.lines.append(f"    impl {', '.join(traits)}")
        for name, items in sorted(methods.items()):
            self.members(name, items)

    def implemented(self, impl):
        """A trait with what it is told: its parameters and its associated types."""
        text = self.path(impl["trait"])
        types = []
        for item in filter(None, map(self.item, impl["items"])):
            if kind(item) == "assoc_type":
                types.append(f"{item['name']} = {self.type(item['inner']['assoc_type']['type'])}")
        if types:
            start = f"{text[:-1]}, " if text.endswith(">") else f"{text}<"
            text = f"{start}{', '.join(types)}>"
        return text + ("" if "resolved_path" in impl["for"] else f" for {self.type(impl['for'])}")

    def generics(self, generics):
        """What stands in angle brackets, and what stands after `where`."""
        shown = []
        for parameter in generics["params"]:
            (what, detail), = parameter["kind"].items()
            if what == "lifetime":
                shown.append(parameter["name"])
            elif what == "const":
                shown.append(f"const {parameter['name']}: {self.type(detail['type'])}")
            elif not detail["is_synthetic"]:
                bounds = self.bounds(detail["bounds"])
                default = f" = {self.type(detail['default'])}" if detail["default"] else ""
                shown.append(parameter["name"] + (f": {bounds}" if bounds else "") + default)
        where = []
        for predicate in generics["where_predicates"]:
            (what, detail), = predicate.items()
            if what == "bound_predicate":
                where.append(f"{self.type(detail['type'])}: {self.bounds(detail['bounds'])}")
            elif what == "lifetime_predicate":
                where.append(f"{detail['lifetime']}: {' + '.join(detail['outlives'])}")
            else:
                where.append(f"{self.type(detail['lhs'])} == {self.type(detail['rhs']['type'])}")
        brackets = f"<{', '.join(shown)}>" if shown else ""
        return brackets, f" where {', '.join(where)}" if where else ""

    def bounds(self, bounds):
        shown = []
        for bound in bounds:
            (what, detail), = bound.items()
            if what == "trait_bound":
                shown.append(("?" if detail["modifier"] == "maybe" else "") + self.path(detail["trait"]))
            else:
                shown.append(detail if isinstance(detail, str) else "use<..>")
        return " + ".join(shown)

    def path(self, path):
        """A type or trait by name, and with its crate unless that is this one or std."""
        known = self.rustdoc["paths"].get(str(path["id"]))
        name = last(path["path"]) if path["path"] else known["path"][-1]
        if known and known["crate_id"] != 0 and known["path"][0] not in ("std", "core", "alloc"):
            self.crates.add(known["path"][0])
            name = f"{known['path'][0]}::{name}"
        return name + self.arguments(path.get("args"))

    def arguments(self, arguments):
        if not arguments:
            return ""
        if "parenthesized" in arguments:
            inputs = ", ".join(map(self.type, arguments["parenthesized"]["inputs"]))
            output = arguments["parenthesized"]["output"]
            return f"({inputs})" + (f" -> {self.type(output)}" if output else "")
        shown = []
        for argument in arguments["angle_bracketed"]["args"]:
            (what, detail), = argument.items() if isinstance(argument, dict) else ((argument, "_"),)
            if what == "type":
                detail = self.type(detail)
            shown.append(detail["expr"] if what == "const" else detail)
        for constraint in arguments["angle_bracketed"]["constraints"]:
            (what, detail), = constraint["binding"].items()
            if what == "constraint":
                shown.append(f"{constraint['name']}: {self.bounds(detail)}")
            else:
                shown.append(f"{constraint['name']} = {self.type(detail.get('type', detail))}")
        return f"<{', '.join(shown)}>" if shown else ""

    def type(self, type_):
        if isinstance(type_, str):
            return type_
        (what, detail), = type_.items()
        if what == "resolved_path":
            return self.path(detail)
        if what in ("generic", "primitive"):
            return {"never": "!", "unit": "()"}.get(detail, detail)
        if what in ("borrowed_ref", "raw_pointer"):
            start = "*const " if what == "raw_pointer" else "&"
            lifetime = f"{detail['lifetime']} " if detail.get("lifetime") else ""
            mutable = "mut " if detail["is_mutable"] else ""
            if what == "raw_pointer" and mutable:
                start = "*"
            return f"{start}{lifetime}{mutable}{self.type(detail['type'])}"
        if what == "tuple":
            return f"({', '.join(map(self.type, detail))})"
        if what == "slice":
            return f"[{self.type(detail)}]"
        if what == "array":
            return f"[{self.type(detail['type'])}; {detail['len']}]"
        if what == "impl_trait":
            return f"impl {self.bounds(detail)}"
        if what == "dyn_trait":
            traits = [self.path(one["trait"]) for one in detail["traits"]]
            return f"dyn {' + '.join(traits + [detail['lifetime']] * bool(detail['lifetime']))}"
        if what == "qualified_path":
            of = self.type(detail["self_type"])
            if detail["trait"] and of != "Self":
                of = f"<{of} as {self.path(detail['trait'])}>"
            return f"{of}::{detail['name']}{self.arguments(detail['args'])}"
        if what == "function_pointer":
            inputs = ", ".join(self.type(argument[1]) for argument in detail["sig"]["inputs"])
            output = detail["sig"]["output"]
            return f"fn({inputs})" + (f" -> {self.type(output)}" if output else "")
        return what


def kind(item):
    return next(iter(item["inner"]))


def last(path):
    return path.rsplit("::", 1)[-1]


def marks(item):
    return "#[non_exhaustive] " if "non_exhaustive" in item["attrs"] else ""


def has_arguments(type_):
    """Whether a type stands with arguments that are no parameters: `Answer<Yes>` and not `Answer<A>`."""
    arguments = (type_.get("resolved_path") or {}).get("args") or {}
    return any(
        isinstance(argument, dict) and "generic" not in argument.get("type", {"generic": ""})
        for argument in arguments.get("angle_bracketed", {}).get("args", [])
    )


def libraries():
    """Each listed member, and where rustdoc writes what it sees."""
    command = ["cargo", "metadata", "--format-version=1", "--no-deps", "--locked"]
    metadata = json.loads(subprocess.check_output(command, cwd=ROOT))
    for package in sorted(metadata["packages"], key=lambda package: package["name"]):
        names = [target["name"] for target in package["targets"] if "lib" in target["kind"]]
        if names and package["publish"] != []:
            yield package["name"], Path(metadata["target_directory"]) / "doc" / f"{names[0]}.json"


def main():
    bless, found = "--bless" in sys.argv[1:], list(libraries())
    packages = [argument for package, _ in found for argument in ("-p", package)]
    # This very file stands in for rustdoc, to set a variable for it alone: set for the whole build, that
    # variable would make the procedural macros anew, and with them tfhe.
    environment = os.environ | {
        "RUSTDOC": __file__,
        "AS_RUSTDOC": os.environ.get("RUSTDOC", "rustdoc"),
        "RUSTDOCFLAGS": "-Zunstable-options --output-format json",
    }
    command = ["cargo", "doc", "--release", "--locked", "--no-deps", "--lib", "--quiet", *packages]
    if code := subprocess.run(command, cwd=ROOT, env=environment).returncode:
        sys.exit(code)
    differences = []
    expected = set()
    for package, path in found:
        rustdoc = json.loads(path.read_text())
        if rustdoc["format_version"] != FORMAT:
            print(f"rustdoc's JSON has version {rustdoc['format_version']}; this was written for {FORMAT}")
        new = Api(rustdoc).text()
        listed = LISTS / f"{package}.txt"
        expected.add(listed)
        if bless:
            LISTS.mkdir(exist_ok=True)
            listed.write_text(new)
        old = listed.read_text() if listed.exists() else ""
        name = str(listed.relative_to(ROOT))
        before, after = old.splitlines(), new.splitlines()
        differences += difflib.unified_diff(before, after, name, "what is public now", lineterm="")
        print(f"{package}: {sum(line.startswith(' ') for line in after)} lines")
    for listed in set(LISTS.glob("*.txt")) - expected:
        if bless:
            listed.unlink()
        else:
            differences.append(f"{listed.relative_to(ROOT)}: there is no such library")
    if differences:
        print("\n".join(differences))
        sys.exit(
            "\nThe public API has changed. If that is meant: tests/api.py --bless, and a line in CHANGELOG.md"
            " if a user can notice it."
        )


if "AS_RUSTDOC" in os.environ:
    os.environ["RUSTC_BOOTSTRAP"] = "1"
    os.execvp(os.environ["AS_RUSTDOC"], [os.environ["AS_RUSTDOC"], *sys.argv[1:]])
main()
