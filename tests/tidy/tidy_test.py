#!/usr/bin/env python3
"""Every rule must flag its planted example, and leave the honest twin of it alone."""
import subprocess
import tempfile
import unittest
from pathlib import Path

import cpp_text
import rules
import tidy

LONG_BODY = "  x();\n" * 69


def found(rule, *files):
    return [(path, line) for path, line, _ in rule(list(files))]


class Sizes(unittest.TestCase):
    def test_a_file_of_601_lines_is_flagged_and_one_of_600_is_not(self):
        self.assertTrue(found(rules.lines_of_files, ("a.cpp", "\n" * 601)))
        self.assertFalse(found(rules.lines_of_files, ("a.cpp", "\n" * 600)))

    def test_a_function_of_71_lines_is_flagged_wherever_it_stands(self):
        for heading in ("void f() {", "int C::f(int a = 3) const noexcept {", 'TEST_CASE("a = b") {', "auto f() -> std::map<int, int> {",
                        "C::C(int a) : a_{a}, b_(2) {", "bool operator==(const A& a, const A& b) {", "template <class T>\nvoid f(T t) {"):
            with self.subTest(heading):
                source = f"namespace a {{\nstruct S {{\n{heading}\n{LONG_BODY}}}\n}};\n}}\n"
                self.assertTrue(found(rules.lines_of_functions, ("a.cpp", source)))
                shorter = source.replace("  x();\n", "", 1)
                self.assertFalse(found(rules.lines_of_functions, ("a.cpp", shorter)))

    def test_nested_blocks_and_lambdas_count_for_the_function_around_them(self):
        source = "void f() {\n  if (a) {\n" + "  x();\n" * 34 + "  }\n  g([] {\n" + "  x();\n" * 34 + "  });\n}\n"
        self.assertTrue(found(rules.lines_of_functions, ("a.cpp", source)))

    def test_long_tables_types_and_namespaces_are_no_functions(self):
        table = "constexpr int table[] = {\n" + "  f(1),\n" * 90 + "};\n"
        enum = "enum class E {\n" + "  a,\n" * 90 + "};\n"
        short = "struct S {\n" + "  void f() { g(); }\n" * 90 + "};\n"
        self.assertFalse(found(rules.lines_of_functions, ("a.cpp", table + enum + f"namespace n {{\n{short}}}\n")))

    def test_braces_in_literals_comments_and_directives_do_not_count(self):
        source = 'void f() {\n  g("}{", \'{\', R"x(}})x");  // }\n  /* { */\n}\n#define M {\nvoid h() { g(); }\n'
        self.assertEqual(cpp_text.functions(cpp_text.code_of(source)), [(1, 4), (6, 6)])

    def test_a_digit_separator_is_no_quote(self):
        self.assertEqual(len(cpp_text.functions("void f() { g(1'000'000); }\nvoid h() { g(0xffff'ffff); }\n")), 2)

    def test_a_python_function_of_71_lines_is_flagged(self):
        self.assertTrue(found(rules.lines_of_functions, ("a.py", "def f():\n" + "    x()\n" * 70)))
        self.assertFalse(found(rules.lines_of_functions, ("a.py", "def f():\n" + "    x()\n" * 69)))


class Arrows(unittest.TestCase):
    def check(self, path, include, flagged):
        there = [("storage/s.hpp", ""), ("agent/a.hpp", ""), ("centre/c.hpp", ""), ("runtime/r.hpp", ""), ("protocol/base/p.hpp", ""),
                 ("tests/t.hpp", "")]
        with self.subTest(f"{path} includes {include}"):
            self.assertEqual(bool(found(rules.include_arrows, (path, f"#include {include}\n"), *there)), flagged)

    def test_arrows_between_folders(self):
        for path, own in (("protocol/base/x.cpp", "storage/s.hpp"), ("protocol/base/x.cpp", "runtime/r.hpp"), ("storage/x.cpp", "runtime/r.hpp"),
                          ("runtime/x.cpp", "storage/s.hpp"), ("agent/x.cpp", "centre/c.hpp"), ("centre/x.cpp", "agent/a.hpp"),
                          ("agent/x.cpp", "tests/t.hpp"), ("bench/x.cpp", "tests/t.hpp"), ("agent/x.cpp", "missing.hpp")):
            self.check(path, f'"{own}"', True)
        for path, own in (("agent/x.cpp", "storage/s.hpp"), ("centre/x.cpp", "runtime/r.hpp"), ("storage/x.cpp", "protocol/base/p.hpp"),
                          ("tests/agent/x.cpp", "agent/a.hpp")):
            self.check(path, f'"{own}"', False)

    def test_arrows_to_foreign_headers(self):
        for path, foreign in (("protocol/base/x.cpp", "boost/asio.hpp"), ("protocol/base/x.cpp", "thread"), ("protocol/base/x.cpp", "sqlite3.h"),
                              ("protocol/base/x.cpp", "unistd.h"), ("storage/x.cpp", "boost/json.hpp"), ("agent/x.cpp", "sqlite3.h")):
            self.check(path, f"<{foreign}>", True)
        for path, foreign in (("protocol/base/x.cpp", "boost/system/result.hpp"), ("protocol/base/x.cpp", "vector"),
                              ("protocol/base/x.cpp", "sodium.h"), ("storage/x.cpp", "sqlite3.h"), ("agent/x.cpp", "CLI/CLI.hpp")):
            self.check(path, f"<{foreign}>", False)

    def test_inside_protocol_an_include_needs_a_link(self):
        lists = [("protocol/a/CMakeLists.txt", "ward_library(ward_a LINK ward_b)"), ("protocol/b/CMakeLists.txt", "ward_library(ward_b LINK ward_c)"),
                 ("protocol/c/CMakeLists.txt", "ward_library(ward_c)")]
        through = ("protocol/a/a.cpp", '#include "protocol/a/a.hpp"\n#include "protocol/c/c.hpp"\n')
        against = ("protocol/c/c.cpp", '\n#include "protocol/a/a.hpp"\n')
        self.assertEqual(found(rules.arrows_inside_protocol, *lists, through, against), [("protocol/c/c.cpp", 2)])


class Awaits(unittest.TestCase):
    def check(self, statement, flagged):
        with self.subTest(statement):
            self.assertEqual(bool(found(rules.awaited_temporaries, ("a.cpp", f"task f() {{\n  {statement};\n}}\n"))), flagged)

    def test_braced_temporaries_and_captures_by_value_are_flagged(self):
        for statement in ("co_await send(Frame{kind, body})", "auto x = co_await g(h(Frame{}))", "co_await send({kind, body})",
                          "co_await g([body](int n) { return n; })", "co_await g([=] { return 1; })", "co_await g([b = move(b)]() mutable { return b; })"):
            self.check(statement, True)

    def test_named_values_and_references_are_not(self):
        for statement in ("co_await send(std::move(frame))", "co_await g([&](int n) { return table[n]; })", "co_await g([this, &a] { return a; })",
                          "co_await timer.async_wait(use)", "if (co_await next()) { x = Frame{}; }", "co_await (read() || write())"):
            self.check(statement, False)


class Others(unittest.TestCase):
    def test_unfinished_marks(self):
        for mark in ("TO" "DO", "FIX" "ME", "XX" "X"):
            self.assertEqual(found(rules.unfinished_marks, ("a.md", f"one\n{mark}: two\n")), [("a.md", 2)])
        self.assertFalse(found(rules.unfinished_marks, ("a.md", "todo lists in AXXXB\n")))

    def test_file_names(self):
        self.assertTrue(found(rules.file_names, ("docs/phường.md", "")))
        self.assertTrue(found(rules.file_names, ("docs/a b.md", "")))
        self.assertFalse(found(rules.file_names, (".ci/run", ""), ("tests/a-b_c+d.cpp", "")))

    def test_a_folder_of_code_needs_its_readme(self):
        self.assertEqual(found(rules.folders_without_readme, ("a/x.hpp", "")), [("a", 1)])
        self.assertFalse(found(rules.folders_without_readme, ("a/x.hpp", ""), ("a/README.md", "")))

    def test_every_rule_for_sources_is_run_over_the_tree(self):
        planted = {"protocol/x/bad name.cpp": "#include <thread>\n#include \"protocol/y/y.hpp\"\n// TO" "DO\nvoid f() {\n" + "x();\n" * 600
                   + "co_await g(A{});\n}\n", "protocol/y/y.hpp": ""}
        with tempfile.TemporaryDirectory() as root:
            for name, text in planted.items():
                Path(root, name).parent.mkdir(parents=True, exist_ok=True)
                Path(root, name).write_text(text, encoding="utf-8")
            said = "\n".join(what for _, _, what in tidy.check_sources(Path(root)))
        for part in ("lines in one file", "a function of", "include <thread>", "does not link", "co_await", "TO" "DO", "ASCII", "README"):
            self.assertIn(part, said)


class PlantedBugs(unittest.TestCase):
    def test_a_bug_must_fit_one_place(self):
        bug = ("a.patch", "What.\n\n--- a/x.cpp\n+++ b/x.cpp\n@@ -1,1 +1,1 @@\n-  right();\n+  wrong();\n")
        self.assertFalse(found(rules.bugs_that_do_not_fit, bug, ("x.cpp", "  right();\n")))
        for text in ("", "  right();\n  right();\n", "  other();\n"):
            self.assertEqual(found(rules.bugs_that_do_not_fit, bug, ("x.cpp", text)), [("a.patch", 1)])
        self.assertEqual(found(rules.bugs_that_do_not_fit, bug), [("a.patch", 1)])


    def test_the_test_that_must_notice_is_there(self):
        test = ("tests/a_test.cpp", 'TEST_CASE("a: b") {\n')
        for named, wrong in (("test_a: a: b", []), ("a law", []), ("test_a: a: c", [("a.patch", 2)])):
            self.assertEqual(found(rules.bugs_that_nobody_would_notice, ("a.patch", f"What.\nNoticed by: {named}\n"), test), wrong)


class Promises(unittest.TestCase):
    def test_a_promise_names_a_test_that_is_there(self):
        tests = (("tests/a_test.cpp", 'TEST_CASE("a: b, c") {\n'), ("tests/e2e/b_test.py", "    def test_b(self):\n"), ("tests/p.mjs", "it('does', async"))
        for named in ("tests/a_test.cpp: a: b, c", "tests/e2e/b_test.py: test_b", "tests/p.mjs: does", "tests/a_test.cpp", "tests/e2e"):
            self.assertFalse(found(rules.promises_without_their_test, ("docs/SECURITY.md", f"It holds: `{named}`.\n"), *tests))
        for named in ("tests/a_test.cpp: a: b", "tests/e2e/b_test.py: test_c", "tests/gone_test.cpp", "tests/gone_test.cpp: a", "tests/e2e: test_b"):
            self.assertEqual(found(rules.promises_without_their_test, ("docs/SECURITY.md", f"x\n`{named}`\n"), *tests), [("docs/SECURITY.md", 2)])


class Symbols(unittest.TestCase):
    def test_symbols_of_the_pure_core(self):
        for symbol in ("randombytes_buf", "crypto_sign_keypair", "crypto_box_seal", "sodium_init", "std::chrono::_V2::system_clock::now()", "socket",
                       "open", "getrandom", "sqlite3_open_v2", "pthread_create", "clock_gettime@GLIBC_2.17", "std::random_device::_M_getval()"):
            with self.subTest(symbol):
                self.assertTrue(list(rules.impure_symbols("x.a", [f"                 U {symbol}"])))
        for symbol in ("memcpy", "crypto_generichash_blake2b_salt_personal", "crypto_pwhash_argon2id", "sodium_memcmp", "ward::Writer::varint(unsigned long)",
                       "ward::record::open(ward::Bytes)", "std::string::compare(char const*) const", "ZSTD_decompress", "abort"):
            with self.subTest(symbol):
                self.assertFalse(list(rules.impure_symbols("x.a", [f"                 U {symbol}"])))

    def test_a_real_archive_that_asks_the_time_is_flagged(self):
        source = "#include <chrono>\nlong f() { return std::chrono::system_clock::now().time_since_epoch().count(); }\n"
        with tempfile.TemporaryDirectory() as folder:
            build = Path(folder)
            (build / "protocol").mkdir()
            (build / "f.cpp").write_text(source, encoding="utf-8")
            subprocess.run(["g++", "-c", "f.cpp", "-o", "f.o"], cwd=folder, check=True)
            subprocess.run(["ar", "rc", "protocol/libf.a", "f.o"], cwd=folder, check=True)
            self.assertTrue(list(tidy.check_archives(build)))

    def test_a_build_without_archives_is_no_proof(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertTrue(list(tidy.check_archives(Path(folder))))


if __name__ == "__main__":
    unittest.main()
