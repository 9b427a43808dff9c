#!/usr/bin/env python3
"""Plants one bug after another in a copy of the sources and requires that the simulation, or the tests that it names, notice each (README.md here)."""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

from patches import hunks_of

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MERGE = ROOT / "tests" / "protocol" / "merge" / "planted"
SECURITY = ROOT / "tests" / "security" / "planted"
COPY = ROOT / "build" / "planted" / "src"
BUILD = COPY / "build" / "planted"  # as deep as build/dev, so that what the compiler is told looks the same
SEEDS_AT_ONCE = 20
SECONDS_PER_SEED_MAX = 60
LAW_ENVIRONMENT = {"RC_PARAMS": "seed=20240229 max_success=2000"}
LAW_SECONDS_MAX = 600


def copy_sources():
    """What git tracks, or would if asked; a file that did not change keeps its time, so that it is not compiled again."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    wanted = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    for held in COPY.rglob("*"):
        name = held.relative_to(COPY).as_posix()
        if held.is_file() and not name.startswith("build/") and name not in wanted:
            held.unlink()
    for name in wanted:
        content = (ROOT / name).read_bytes()
        to = COPY / name
        if to.is_file() and to.read_bytes() == content:
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)


def build(programs):
    """False when it does not compile. Warnings are not what this is about."""
    if not (BUILD / "build.ninja").is_file():
        subprocess.run(["cmake", "-G", "Ninja", "-S", COPY, "-B", BUILD, "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-w",
                        "-DWARD_TESTS=ON"], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["cmake", "--build", BUILD, "-j", str(os.cpu_count()), "--target", *programs], capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout[-4000:], file=sys.stderr)
    return done.returncode == 0


def run_seeds(first, seeds):
    """What the judge said of the first seed that failed; nothing when all passed."""
    command = [BUILD / "bin" / "ward_sim", "--stop", "--first", str(first), "--seeds", str(seeds)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seeds * SECONDS_PER_SEED_MAX)
    except subprocess.TimeoutExpired:
        return f"seeds {first} to {first + seeds - 1}: the simulation does not end"
    if done.returncode == 0:
        return None
    said = [line for line in done.stdout.splitlines() if line.startswith("seed ")]
    return said[0] if said else f"seeds {first} to {first + seeds - 1}: exit {done.returncode}, {done.stderr[-300:]}"


def first_complaint(seeds):
    for first in range(1, seeds + 1, SEEDS_AT_ONCE):
        said = run_seeds(first, min(SEEDS_AT_ONCE, seeds + 1 - first))
        if said:
            return said
    return None


def passes(program, tests):
    """Whether these tests of a program do, each law on a few histories that stay the same."""
    try:
        done = subprocess.run([BUILD / "bin" / program, re.sub(r"([,\[\]])", r"\\\1", tests)], capture_output=True, text=True, errors="replace", timeout=LAW_SECONDS_MAX,
                              env=os.environ | LAW_ENVIRONMENT, cwd=COPY)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and "No test cases matched" not in done.stdout


def named_by(patch, program):
    """The (program, test) pairs that must notice; without a program before it, a test is of this one."""
    for line in patch.splitlines():
        if found := re.fullmatch(r"Noticed by: (?:(test_\w+): )?(.*)", line):
            yield found[1] or program, found[2]


def plant(patch):
    """The files as they were; nothing, and nothing changed, when the patch does not apply."""
    were = {}
    changed = {}
    for path, before, after in hunks_of(patch):
        text = changed.get(path) or (COPY / path).read_text()
        were.setdefault(path, text)
        if text.count(before) != 1:
            return None
        changed[path] = text.replace(before, after)
    for path, text in changed.items():
        (COPY / path).write_text(text)
    return were


class Simulation:
    """Seeds run until one fails."""

    bugs = sorted(HERE.glob("*.patch"))

    def __init__(self, wanted):
        self.wanted = wanted

    def programs(self, _):
        return {"ward_sim"}

    def sound(self, _):
        print(f"{self.wanted.sound_seeds} seeds without a bug", flush=True)
        return first_complaint(self.wanted.sound_seeds)

    def notices(self, _):
        said = first_complaint(self.wanted.seeds)
        return (said is not None, said or f"{self.wanted.seeds} seeds noticed nothing")


class Named:
    """Each test that the patch names must fail, and pass without it."""

    def __init__(self, folder, program=None):
        self.bugs = sorted(folder.glob("*.patch"))
        self.program = program

    def programs(self, patch):
        return {program for program, _ in named_by(patch, self.program)}

    def sound(self, patches):
        print("the tests that they name, without a bug", flush=True)
        named = sorted({one for patch in patches for one in named_by(patch, self.program)})
        failed = [f"{program}: {test}" for program, test in named if not passes(program, test)]
        return f"these fail: {failed}" if failed else None

    def notices(self, patch):
        named = list(named_by(patch, self.program))
        blind = [test for program, test in named if passes(program, test)]
        return (bool(named) and not blind, f"not noticed by {blind}" if blind else "; ".join(test for _, test in named) or "the patch names no test")


def try_bug(judge, file):
    """Plants it, looks whether it is noticed, takes it out again."""
    patch = file.read_text()
    print(f"{file.stem}: {patch.splitlines()[0]}", flush=True)
    began = time.monotonic()
    were = plant(patch)
    if were is None:
        print("  FAILED: the patch does not apply any more; write it anew for the code as it is now", flush=True)
        return False
    try:
        if not build(judge.programs(patch)):
            print("  FAILED: it does not compile", flush=True)
            return False
        noticed, said = judge.notices(patch)
    finally:
        for path, text in were.items():
            (COPY / path).write_text(text)
    seconds = time.monotonic() - began
    print(f"  {'noticed by' if noticed else 'FAILED:'} {said} ({seconds:.0f} s)", flush=True)
    return noticed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=400, help="how many each bug may survive (default %(default)s)")
    parser.add_argument("--sound-seeds", type=int, default=60, help="how many must pass without any bug (default %(default)s)")
    parser.add_argument("names", nargs="*", help="which bugs, or simulation, merging, security; all when none is named")
    wanted = parser.parse_args()
    sets = {"simulation": Simulation(wanted), "merging": Named(MERGE, "test_protocol_merge"), "security": Named(SECURITY)}
    known = {bug.stem for judge in sets.values() for bug in judge.bugs}
    if unknown := set(wanted.names) - known - set(sets):
        parser.error("no such bug: " + ", ".join(sorted(unknown)))

    COPY.mkdir(parents=True, exist_ok=True)
    copy_sources()
    tried, missed = 0, []
    for name, judge in sets.items():
        bugs = [bug for bug in judge.bugs if not wanted.names or name in wanted.names or bug.stem in wanted.names]
        if not bugs:
            continue
        patches = [bug.read_text() for bug in bugs]
        if not build(set().union(*map(judge.programs, patches))):
            sys.exit("the sources do not compile")
        if said := judge.sound(patches):
            sys.exit(f"without any bug, {said}")
        tried += len(bugs)
        missed += [bug.stem for bug in bugs if not try_bug(judge, bug)]
    print(f"{tried - len(missed)} of {tried} planted bugs noticed" + (": not " + ", ".join(missed) if missed else ""))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
