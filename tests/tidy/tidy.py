#!/usr/bin/env python3
"""Fails when the tree breaks a rule of rules.py. `--build DIR` also checks the symbols of the pure archives that were built there."""
import argparse
import subprocess
import sys
from pathlib import Path

import rules

CODE = (".cpp", ".hpp", ".py", ".sh", ".cmake", "CMakeLists.txt", "/dev", "/run")
TEXT = (*CODE, ".md", ".patch", ".json", ".yml", ".toml", ".html", ".js", ".mjs", ".css")
SKIPPED = {"build", "dist", ".git", "__pycache__", "node_modules"}


def tree(root):
    """(path from root, text); a file that is no text of ours has an empty one."""
    files = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if SKIPPED.isdisjoint(name.split("/")) and path.is_file():
            files.append((name, path.read_text(encoding="utf-8") if f"/{name}".endswith(TEXT) else ""))
    return files


def check_sources(root):
    files = tree(root)
    code = [(path, text) for path, text in files if f"/{path}".endswith(CODE)]
    for rule in rules.SOURCE_RULES:
        yield from rule(code if rule is rules.lines_of_files else files)


def check_archives(build):
    archives = sorted(build.glob("protocol/**/*.a"))
    if not archives:
        yield str(build), 0, "no archives of protocol/ here: build first"
    for archive in archives:
        listing = subprocess.run(["nm", "-uC", str(archive)], capture_output=True, text=True, check=True).stdout
        yield from rules.impure_symbols(archive.name, listing.splitlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--build", type=Path)
    options = parser.parse_args()
    found = list(check_sources(options.root))
    if options.build:
        found += check_archives(options.build)
    for path, line, what in found:
        print(f"{path}:{line}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
