"""The rules of ARCHITECTURE.md that a machine can check. Each takes files and yields (path, line, what is wrong)."""
import ast
import re
import sys
from pathlib import Path

import cpp_text

sys.path.append(str(Path(__file__).resolve().parents[1] / "sim" / "planted"))
from patches import hunks_of  # noqa: E402

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70

STANDARD_IN_PROTOCOL_NOT = {
    "atomic", "barrier", "condition_variable", "ctime", "filesystem", "fstream", "future", "iostream", "latch", "mutex", "random",
    "semaphore", "shared_mutex", "stop_token", "thread", "time.h",
}
FOREIGN_IN_PROTOCOL = re.compile(r"boost/system/.*|utf8proc\.h|zstd\.h|zdict\.h|sodium\.h|sodium/.*")
MAY_INCLUDE = {
    "protocol": {"protocol"},
    "storage": {"storage", "protocol"},
    "runtime": {"runtime", "protocol"},
    "cli": {"cli", "runtime", "protocol"},
    "desk": {"desk", "runtime", "storage", "protocol"},
    "agent": {"agent", "desk", "cli", "runtime", "storage", "protocol"},
    "centre": {"centre", "desk", "cli", "runtime", "storage", "protocol"},
    "bench": {"bench", "agent", "centre", "desk", "cli", "runtime", "storage", "protocol"},
    "tests": {"tests", "bench", "agent", "centre", "desk", "cli", "runtime", "storage", "protocol"},
}
FOREIGN_NOT = {
    "storage": re.compile(r"(boost/(asio|beast|json|url)|CLI/|toml|spdlog/|sodium).*"),
    "runtime": re.compile(r"(sqlite3|CLI/).*"),
    "cli": re.compile(r"(sqlite3|sodium).*"),
    "desk": re.compile(r"(boost/(asio|beast)|sqlite3|zstd|utf8proc|sodium|CLI/).*"),
    "agent": re.compile(r"(sqlite3|zstd|utf8proc|sodium).*"),
    "centre": re.compile(r"(sqlite3|zstd|utf8proc|sodium).*"),
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>]+)>|"([^"]+)")', re.MULTILINE)

# What libsodium may do for the pure core: compute. No entropy, no memory protection, nothing that keeps state of its own.
SODIUM_ALLOWED = re.compile(
    r"crypto_(generichash_blake2b(_salt_personal|_init_salt_personal|_update|_final|_statebytes)?|hash_sha256(_init|_update|_final)?|auth_hmacsha256(_init|_update|_final)?"
    r"|stream_x?chacha20(_ietf)?(_xor(_ic)?)?|sign_ed25519(_seed_keypair|_detached|_verify_detached|_sk_to_pk|_sk_to_seed)?|sign_(seed_keypair|detached|verify_detached)"
    r"|scalarmult_curve25519(_base)?|scalarmult(_base)?|aead_chacha20poly1305_ietf_(en|de)crypt(_detached)?|verify_(16|32|64)|pwhash_argon2id)|sodium_(memcmp|memzero|is_zero)"
)
SODIUM = re.compile(r"(crypto|sodium|randombytes)_\w+|randombytes")
IMPURE = re.compile(
    r"std::(chrono::\S*clock::now|random_device|thread|filesystem::|basic_[io]?fstream)|std::_V2::.*clock::now|.*_clock::now\(\)"
    r"|(sqlite3_|pthread_(create|mutex|cond|rwlock)|ZDICT_train|SSL_)\w*"
    r"|(socket|connect|accept|bind|listen|send|sendto|recv|recvfrom|poll|select|epoll_\w+|open|open64|openat|fopen|fopen64|read|write|pread|pwrite|unlink|rename"
    r"|getrandom|getentropy|arc4random\w*|rand|srand|random|drand48|time|clock|clock_gettime|gettimeofday|localtime\w*|nanosleep|usleep|sleep"
    r"|getenv|setenv|fork|execve|system|kill|signal|sigaction|dlopen)"
)


def top_of(path):
    return path.split("/", 1)[0]


def lines_of_files(files):
    for path, text in files:
        count = text.count("\n")
        if count > FILE_LINES_MAX:
            yield path, count, f"{count} lines in one file; at most {FILE_LINES_MAX}"


def lines_of_functions(files):
    for path, text in files:
        if path.endswith((".cpp", ".hpp")):
            spans = cpp_text.functions(cpp_text.code_of(text))
        elif path.endswith(".py"):
            nodes = (n for n in ast.walk(ast.parse(text)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
            spans = [(n.lineno, n.end_lineno) for n in nodes]
        else:
            continue
        for first, last in spans:
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield path, first, f"a function of {last - first + 1} lines; at most {FUNCTION_LINES_MAX}"


def wrong_foreign(top, name):
    if top == "protocol":
        if "/" not in name and "." not in name:
            return name in STANDARD_IN_PROTOCOL_NOT
        return not FOREIGN_IN_PROTOCOL.fullmatch(name)
    return top in FOREIGN_NOT and FOREIGN_NOT[top].fullmatch(name) is not None


def include_arrows(files):
    known = {path for path, _ in files}
    for path, text in files:
        top = top_of(path)
        if not path.endswith((".cpp", ".hpp")) or top not in MAY_INCLUDE:
            continue
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            foreign, own = match.groups()
            if foreign and wrong_foreign(top, foreign):
                yield path, line, f"{top} must not include <{foreign}>"
            elif own and own not in known and f"{path.rsplit('/', 1)[0]}/{own}" not in known:
                yield path, line, f'"{own}" is neither a path from the top of the repository nor a neighbour'
            elif own in known and top_of(own) not in MAY_INCLUDE[top]:
                yield path, line, f"{top} must not include {top_of(own)}"


def links_of_protocol(files):
    """Each folder's own links, as its CMakeLists.txt names them: {"ward_run": {"ward_segment", …}}."""
    links = {}
    for path, text in files:
        if path.startswith("protocol/") and path.endswith("/CMakeLists.txt"):
            for name, rest in re.findall(r"ward_library\(\s*(\w+)([^)]*)\)", text):
                links[name] = set(re.findall(r"\bward_\w+", rest))
    return links


def reachable(links, name, seen=None):
    seen = set() if seen is None else seen
    if name not in seen:
        seen.add(name)
        for other in links.get(name, ()):
            reachable(links, other, seen)
    return seen


def arrows_inside_protocol(files):
    """A folder of protocol/ includes only folders that its target links."""
    links = links_of_protocol(files)
    for path, text in files:
        parts = path.split("/")
        if parts[0] != "protocol" or len(parts) < 3 or not path.endswith((".cpp", ".hpp")):
            continue
        allowed = reachable(links, f"ward_{parts[1]}")
        for match in re.finditer(r'#include "protocol/(\w+)/', text):
            if f"ward_{match.group(1)}" not in allowed:
                line = text.count("\n", 0, match.start()) + 1
                yield path, line, f"protocol/{parts[1]} does not link ward_{match.group(1)}, but includes it"


def awaited_temporaries(files):
    """gcc 12 destroys some temporaries of an awaited call twice: aggregates in braces, lambdas that capture by value."""
    for path, text in files:
        if not path.endswith((".cpp", ".hpp")) or "co_await" not in text:
            continue
        for line, call in cpp_text.awaited_calls(cpp_text.code_of(text)):
            captures = re.findall(r"(?<![\w\])])\[([^\]]*)\]\s*(?:\(|\{|mutable)", call)
            by_value = [c for c in captures if any(not re.fullmatch(r"\s*(&.*|this|)\s*", part) for part in c.split(","))]
            bodies_gone = re.sub(r"\[[^\]]*\]\s*(\([^()]*\))?\s*(mutable|noexcept|\s)*(->\s*[\w:<>]+\s*)?\{.*\}", "", call, flags=re.DOTALL)
            if by_value:
                yield path, line, "co_await of a call with a lambda that captures by value: name the lambda first, then move it"
            elif "{" in bodies_gone:
                yield path, line, "co_await of a call with a braced temporary: name the value first, then move it"


def unfinished_marks(files):
    for path, text in files:
        for match in re.finditer(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", text):
            yield path, text.count("\n", 0, match.start()) + 1, f"{match.group(1)}: finish it, or file it"


def file_names(files):
    for path, _ in files:
        if not re.fullmatch(r"[A-Za-z0-9._/+-]+", path):
            yield path, 1, "a file name that is not plain ASCII without spaces"


def folders_without_readme(files):
    paths = {path for path, _ in files}
    folders = {path.rsplit("/", 1)[0] for path in paths if path.endswith((".hpp", ".cpp")) and not path.startswith("tests/")}
    for folder in sorted(folders):
        if f"{folder}/README.md" not in paths:
            yield folder, 1, "a folder without a README.md that says its purpose and what it must never do"


def impure_symbols(archive, lines):
    """`lines`: what `nm -uC` prints of an archive of protocol/."""
    for text in lines:
        match = re.match(r"\s+[Uw] (.+?)(@.*)?$", text)
        if not match:
            continue
        symbol = match.group(1)
        if SODIUM.fullmatch(symbol):
            if not SODIUM_ALLOWED.fullmatch(symbol):
                yield archive, 0, f"{symbol}: not among the functions of libsodium that the pure core may call"
        elif IMPURE.match(symbol) and (IMPURE.fullmatch(symbol) or "::" in symbol):
            yield archive, 0, f"{symbol}: the pure core has no clock, threads, entropy, files or network"


def bugs_that_do_not_fit(files):
    """A planted bug whose place is gone would be noticed by nobody until the night."""
    texts = dict(files)
    for path, text in files:
        if not path.endswith(".patch"):
            continue
        for target, before, _ in hunks_of(text):
            if texts.get(target, "").count(before) != 1:
                yield path, 1, f"does not fit {target} as it is now"


def bugs_that_nobody_would_notice(files):
    """A patch that names a program names a test of it."""
    tests = "".join(text for path, text in files if path.startswith("tests/") and path.endswith(".cpp"))
    for path, text in files:
        for found in re.finditer(r"^Noticed by: test_\w+: (.+)$", text if path.endswith(".patch") else "", re.MULTILINE):
            if f'TEST_CASE("{found[1]}"' not in tests:
                yield path, text.count("\n", 0, found.start()) + 1, f"is to be noticed by a test that is not there: {found[1]}"


def promises_without_their_test(files):
    """docs/SECURITY.md names the test that shows each claim, as `FILE: name of the test`."""
    texts = dict(files)
    promised = texts.get("docs/SECURITY.md", "")
    for found in re.finditer(r"`(tests/[^`]+)`", promised):
        path, _, name = found[1].partition(": ")
        there = path in texts or any(file.startswith(f"{path}/") for file in texts)
        forms = (f'TEST_CASE("{name}"', f"def {name}(", f"it('{name}'")
        if not there or (name and not any(form in texts.get(path, "") for form in forms)):
            yield "docs/SECURITY.md", promised.count("\n", 0, found.start()) + 1, f"names a test that is not there: {found[1]}"


SOURCE_RULES = [lines_of_files, lines_of_functions, include_arrows, arrows_inside_protocol, awaited_temporaries, unfinished_marks, file_names,
                folders_without_readme, bugs_that_do_not_fit, bugs_that_nobody_would_notice,
                promises_without_their_test]
