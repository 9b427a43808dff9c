#!/usr/bin/env python3
"""Checks protocol/WIRE.md against the sources and the golden files: its tables of names, faults and labels, and the bytes of its examples.

`--write` writes the tables anew: for a label or fault that was added, never for a number that changed.
"""
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIRE = ROOT / "protocol/WIRE.md"
COLUMNS = 6


def names():
    source = (ROOT / "protocol/record/names.cpp").read_text(encoding="utf-8")
    table = re.search(r"frozen_names\{(.*?)\};", source, re.DOTALL).group(1)
    return re.findall(r'"([^"]+)"', table)


def faults():
    source = (ROOT / "protocol/base/error.hpp").read_text(encoding="utf-8")
    body = re.search(r"enum class Fault \{(.*?)\};", source, re.DOTALL).group(1)
    return re.findall(r"^\s*(\w+),\s*///<\s*(.*)$", body, re.MULTILINE)


def labels():
    found = set()
    for path in (ROOT / "protocol").rglob("*.[ch]pp"):
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        found.update(re.findall(r'"(wsync-[a-z0-9-]+)(?:\\0)?"', code))
    return sorted(found)


def kinds():
    source = (ROOT / "protocol/audit/audit.cpp").read_text(encoding="utf-8")
    return re.findall(r'"(\w+)"', re.search(r"constexpr std::array names\{(.*?)\};", source, re.DOTALL).group(1))


def table_of_kinds():
    return textwrap.fill(", ".join(f"{number} `{name}`" for number, name in enumerate(kinds(), 1)) + ".", 150, break_on_hyphens=False)


def table_of_names():
    rows = ["| | " + " | ".join(f"+{i}" for i in range(COLUMNS)) + " |", "|" + "---|" * (COLUMNS + 1)]
    all_names = names()
    for first in range(0, len(all_names), COLUMNS):
        part = all_names[first:first + COLUMNS]
        rows.append(f"| **{first}** | " + " | ".join(part + [""] * (COLUMNS - len(part))) + " |")
    return "\n".join(rows)


def table_of_faults():
    rows = ["| number | fault | meaning |", "|---|---|---|"]
    return "\n".join(rows + [f"| {number} | `{name}` | {meaning} |" for number, (name, meaning) in enumerate(faults())])


def table_of_labels():
    return textwrap.fill(", ".join(f"`{label}`" for label in labels()) + ".", 150, break_on_hyphens=False)


TABLES = {"kinds": table_of_kinds, "names": table_of_names, "faults": table_of_faults, "labels": table_of_labels}


def with_tables(text):
    for name, table in TABLES.items():
        text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m, t=table: m.group(1) + t() + "\n" + m.group(2), text, flags=re.DOTALL)
    return text


def golden(file, name):
    for line in (ROOT / "tests/golden" / file).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return value
    sys.exit(f"check_wire: {file} has no {name}")


def check_examples(text):
    examples = re.findall(r"<!-- golden: (\S+) (\S+) -->\n```\n(.*?)```", text, re.DOTALL)
    for file, name, block in examples:
        shown = "".join(re.match(r"[0-9a-f]*", line).group() for line in block.splitlines())
        if shown != golden(file, name):
            sys.exit(f"check_wire: WIRE.md shows other bytes than {file} for {name}")
    return len(examples)


def main():
    text = WIRE.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--write"]:
        WIRE.write_text(with_tables(text), encoding="utf-8")
        return
    for name in TABLES:
        if f"<!-- {name} -->" not in text:
            sys.exit(f"check_wire: WIRE.md has no table of {name}")
    if with_tables(text) != text:
        sys.exit("check_wire: a table of WIRE.md differs from the sources; see check_wire.py --write")
    # The labels of wraps stand in section 6 as a pattern: "wsync-…-eph" for two kinds of wrap, "wsync-…-key" for four.
    patterns = [(kind, part) for kind in ("wrap", "seed") for part in ("eph", "dh")]
    patterns += [(kind, part) for kind in ("wrap", "seed", "before", "held") for part in ("key", "siv")]
    spelled = text + "".join(f'"wsync-{kind}-{part}"' for kind, part in patterns)
    missing = [label for label in labels() if f'"{label}' not in spelled]
    examples = check_examples(text)
    if missing or examples == 0:
        sys.exit(f"check_wire: WIRE.md does not use {missing}, or shows no example")
    print(f"check_wire: {len(names())} names, {len(faults())} faults, {len(labels())} labels and {examples} examples as in the sources")


if __name__ == "__main__":
    main()
