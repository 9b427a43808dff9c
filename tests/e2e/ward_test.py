#!/usr/bin/env python3
"""The ward's program: what it does for a clerk, and what it says when something is wrong."""
import json
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import unicodedata
import unittest

import invented
from city import Site, wait_until, WithCity

WARD = {"name": "phường Vỹ Dạ", "identification": "000.45.22.H57"}


class WithWard(WithCity):
    """One centre and one ward PC for all tests of a class; the tests use dossiers of their own."""

    serial = 0

    def dossiers(self, count=1):
        type(self).serial += 10_000
        return invented.dossiers(1, WARD, self.serial, count)

    def file_of(self, lines, name="lines.jsonl"):
        path = self.city.folder / name
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines), encoding="utf-8")
        return path

    def says(self, words, exit_code, *parts):
        self.a.command(*words, expect=exit_code)
        for part in parts:
            self.assertIn(part, self.a.said)

    def show(self, code):
        return self.a.ask("dossier", "show", code)


class Desk(WithWard):
    def test_new_edit_show_history(self):
        made = self.dossiers()[0]
        code = made["MaHoSo"]
        self.a.command("dossier", "new", "--set", f"MaHoSo={code}", "--set", "ChuHoSo=Nguyễn Thị Lan", "--set", "SoDienThoai=0905123456")
        self.a.command("dossier", "edit", code, "--set", "SoDienThoai=0905654321")
        shown = self.show(code)
        self.assertEqual(shown["fields"]["SoDienThoai"], "0905654321")
        self.assertEqual(shown["fields"]["ChuHoSo"], "Nguyễn Thị Lan")
        self.assertIn(shown["state"], ("on_this_pc", "at_centre", "applied"))
        values = [entry["value"] for entry in self.a.ask("dossier", "history", code)["history"] if entry["field"] == "SoDienThoai"]
        self.assertEqual(sorted(values), ["0905123456", "0905654321"])
        self.assertIn("Nguyễn Thị Lan", self.a.command("dossier", "show", code))
        why = self.a.ask("dossier", "why", code, "SoDienThoai")
        self.assertEqual((why["because"], len(why["history"])), ("newest", 2))
        self.assertIn("had seen what it replaced", self.a.command("dossier", "why", code, "SoDienThoai"))
        self.says(("dossier", "why", code, "ChuHoSo/"), 1, "a path is FIELD or LIST/ID/FIELD")
        self.says(("dossier", "new", "--set", f"MaHoSo={code}"), 1, "exists here already")

    def test_a_stale_edit_is_a_concurrent_edit_and_merges(self):
        made = self.dossiers()[0]
        self.a.command("dossier", "import", self.file_of([made]))
        seen = self.show(made["MaHoSo"])["version"]
        self.a.command("dossier", "edit", made["MaHoSo"], "--set", "ChuHoSo=Trần Văn Một", "--seen", seen)
        self.a.command("dossier", "edit", made["MaHoSo"], "--set", "ChuHoSo=Trần Văn Hai", "--seen", seen)
        self.a.command("sync", "wait", "--timeout", "60")  # until then the state says that it is on this PC only
        shown = self.show(made["MaHoSo"])
        self.assertEqual(shown["state"], "needs_you")
        self.assertEqual({value["value"] for value in shown["conflicts"][0]["values"]}, {"Trần Văn Một", "Trần Văn Hai"})
        self.says(("inbox", "resolve", shown["conflicts"][0]["id"], "--keep", "C", "--why", "x"), 1, "A to B")
        self.says(("inbox", "resolve", "00", "--keep", "A", "--why", "x"), 1)
        self.a.command("inbox", "resolve", shown["conflicts"][0]["id"], "--keep", "A", "--why", "as printed")
        self.assertEqual(self.show(made["MaHoSo"])["conflicts"], [])

    def test_import_is_create_only(self):
        path = self.file_of(self.dossiers(5))
        self.a.command("dossier", "import", path)
        before = len(self.a.dossiers())
        self.a.command("dossier", "import", path)
        self.assertEqual(len(self.a.dossiers()), before)

    def test_a_broken_line_saves_all_before_it_and_names_itself(self):
        dossiers = self.dossiers(1_203)
        lines = dossiers[:1_200] + ['{"MaHoSo": "broken'] + dossiers[1_201:]
        self.says(("dossier", "import", self.file_of(lines)), 1, "1201", "Safe:", "To do:")
        held = {line["code"] for line in self.a.dossiers()}
        self.assertTrue({d["MaHoSo"] for d in dossiers[:1_200]} <= held)
        self.assertFalse({d["MaHoSo"] for d in dossiers[1_201:]} & held)
        lines[1_200] = dossiers[1_200]
        self.a.command("dossier", "import", self.file_of(lines))
        self.assertTrue({d["MaHoSo"] for d in dossiers} <= {line["code"] for line in self.a.dossiers()})

    def test_words_and_numbers_for_codes_and_decomposed_names_are_taken(self):
        one, two = self.dossiers(2)
        one.update(GioiTinhChuHoSo="Nam", TrangThaiHoSo=2, ChuHoSo=unicodedata.normalize("NFD", "Nguyễn Phước Bửu Lộc"))
        two.update(GioiTinhChuHoSo="1")
        self.a.command("dossier", "import", self.file_of([one, two]))
        fields = [self.show(d["MaHoSo"])["fields"] for d in (one, two)]
        self.assertEqual([f["GioiTinhChuHoSo"] for f in fields], ["1", "1"])
        self.assertEqual(fields[0]["TrangThaiHoSo"], "2")
        self.assertEqual(fields[0]["ChuHoSo"], "Nguyễn Phước Bửu Lộc")

    def test_values_that_cannot_be_are_refused_by_name_and_never_repeated(self):
        secret = "không phải giới tính"
        made = self.dossiers()[0] | {"GioiTinhChuHoSo": secret}
        self.says(("dossier", "import", self.file_of([made])), 1, "GioiTinhChuHoSo", "1")
        self.assertNotIn(secret, self.a.said)
        self.says(("dossier", "edit", "no-such-code", "--set", "GhiChu=x"), 1, "Nothing was changed")
        for junk in ("[]", "7", '"text"', "{", '{"MaHoSo": {"a": 1}}', '{"ChuHoSo": ["a"]}', "\x00"):
            self.a.command("dossier", "import", self.file_of([junk]), expect=1)

    def test_a_code_that_two_dossiers_share_asks_for_an_id(self):
        made = self.dossiers()[0]
        self.a.command("dossier", "import", self.file_of([made]))
        other = self.dossiers()[0]
        self.a.command("dossier", "import", self.file_of([other]))
        self.a.command("dossier", "apply", self.file_of([{"dossier": other["MaHoSo"], "add": {"MaHoSo": made["MaHoSo"]}}]))
        self.says(("dossier", "show", made["MaHoSo"]), 7, "id:")
        self.assertIn(self.show(f"id:{self.id_of(other['MaHoSo'])}")["code"], (made["MaHoSo"], other["MaHoSo"]))

    def id_of(self, code):
        return self.show(code)["id"].removeprefix("id:")

    def test_apply_takes_every_kind_of_operation(self):
        made = self.dossiers()[0]
        code = made["MaHoSo"]
        paper = {"TepDinhKemId": "0123456789abcdef", "TenTepDinhKem": "giấy ủy quyền.pdf", "MaThanhPhanHoSo": "TP09"}
        payment = {"KyHieu": "HUE-20", "SoBienLai": "0099999", "SoTien": 15000, "NgayThu": "20200812101500", "NguoiThu": "Văn Ngọc Lan"}
        self.a.command("dossier", "import", self.file_of([made]))
        self.a.command("dossier", "apply", self.file_of([
            {"dossier": code, "set": {"GhiChu": "đã sửa"}, "add": {"TaiLieuNop": paper}, "append": {"BienLai": payment, "notes": "đã thu tiền"}},
            {"dossier": code, "set": {"TaiLieuNop/0123456789abcdef/TenTepDinhKem": "ủy quyền (bản mới).pdf"}},
            {"dossier": code, "remove": {"TaiLieuNop": made["TaiLieuNop"][0]["TepDinhKemId"]}},
        ]))
        shown = self.show(code)
        self.assertEqual(shown["fields"]["GhiChu"], "đã sửa")
        papers = {part["id"]: part["TenTepDinhKem"] for part in shown["parts"]}
        self.assertEqual(papers["0123456789abcdef"], "ủy quyền (bản mới).pdf")
        self.assertNotIn(made["TaiLieuNop"][0]["TepDinhKemId"], papers)
        self.assertIn("0099999", [payment["SoBienLai"] for payment in shown["payments"]])
        self.assertEqual([note["text"] for note in shown["notes"]], ["đã thu tiền"])

    def test_search_finds_without_marks_and_by_the_last_digits(self):
        made = self.dossiers()[0] | {"ChuHoSo": "Hoàng Phủ Ngọc Đường", "SoDienThoai": "0905007788"}
        self.a.command("dossier", "import", self.file_of([made]))
        for text in ("hoang phu ngoc duong", "Đường", "Ngọc", "7788", "hoàng"):
            found = [line["code"] for line in self.a.ask("dossier", "list", "--search", text)["dossiers"]]
            self.assertIn(made["MaHoSo"], found, text)
        self.assertEqual(self.a.ask("dossier", "list", "--search", "xyzxyz")["dossiers"], [])

    def test_export_is_what_import_takes(self):
        dossiers = self.dossiers(3)
        self.a.command("dossier", "import", self.file_of(dossiers))
        out = self.city.folder / "out.jsonl"
        self.a.command("dossier", "export", "-o", out)
        exported = {row["MaHoSo"]: row for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
        for made in dossiers:
            self.assertEqual(exported[made["MaHoSo"]]["ChuHoSo"], made["ChuHoSo"])
            self.assertEqual(len(exported[made["MaHoSo"]]["TaiLieuNop"]), len(made["TaiLieuNop"]))

    def test_idempotency(self):
        made = self.dossiers()[0]
        keys = [{"Idempotency-Key": "one"}, {"Idempotency-Key": "one"}, {"Idempotency-Key": "two"}]
        answers = [self.a.call("POST", "/v1/dossiers", made, key) for key in keys]
        self.assertEqual(answers[0][0], 201)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[2][0], 409)
        status, problem = self.a.call("POST", "/v1/dossiers", self.dossiers()[0], {"Idempotency-Key": "one"})
        self.assertEqual((status, problem["type"]), (422, "urn:wardsync:problem:invalid"))


class Process(WithWard):
    def test_status_has_what_scripts_rely_on(self):
        status = self.a.ask("status")
        for name in ("device", "unit", "incarnation", "link", "queue", "receipted", "conflicts", "quarantined", "clock", "disk", "version"):
            self.assertIn(name, status)
        for name, inner in (("link", "state"), ("link", "since"), ("link", "rtt_ms"), ("link", "last_error"), ("queue", "records"), ("queue", "bytes"),
                            ("queue", "oldest_at"), ("receipted", "through"), ("receipted", "at"), ("clock", "offset_ms"), ("clock", "trusted"),
                            ("disk", "free_bytes")):
            self.assertIn(inner, status[name])

    def test_sync_wait_gives_up_with_exit_6_when_the_line_is_cut(self):
        self.city.lines.tell("cut", "a")
        self.a.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Văn Chờ")
        self.a.command("sync", "wait", "--timeout", 1, expect=6)
        self.city.lines.tell("heal", "a")
        self.a.command("sync", "wait", "--timeout", 60)

    def test_a_silent_line_is_noticed_and_redialled(self):
        self.a.command("sync", "wait", "--timeout", 60)
        before = int(self.city.lines.tell("count", "a").split()[2])
        self.city.lines.tell("stall", "a")
        self.a.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Văn Lặng")
        wait_until("another connection", lambda: int(self.city.lines.tell("count", "a").split()[2]) > before, 90)
        self.city.lines.tell("heal", "a")
        self.a.command("sync", "wait", "--timeout", 60)

    def test_a_port_that_is_taken_is_named(self):
        self.a.stop()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.says(("run", "--http", address), 1, address, "in use")
        self.a.start()

    def test_a_second_process_on_the_same_data_is_turned_away(self):
        self.says(("run",), 1, "wardsync run, process", "Nothing was changed")

    def test_data_of_a_newer_version_is_left_alone_and_rubbish_is_damage(self):
        self.a.stop()
        path = self.a.data / "wardsync.db"
        with sqlite3.connect(path) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("PRAGMA user_version = 9999")
        db.close()
        self.says(("run",), 1, "newer version", "Nothing was changed")
        with sqlite3.connect(path) as db:
            db.execute(f"PRAGMA user_version = {version}")
        db.close()
        sound = path.read_bytes()
        path.write_bytes(b"\xff" * len(sound))
        self.says(("run",), 5, "To do:")
        self.says(("verify",), 5)
        path.write_bytes(sound)
        self.assertEqual(self.a.ask("verify")["damage"], [])
        self.a.start()

    def test_keys_and_database_of_different_devices_do_not_mix(self):
        other = Site(self.a.program, self.city.folder / "other")
        other.command("enrol", "--ticket", self.city.ticket("a", "W-KIMLONG", "--pre-approved"), "--yes")
        (other.data / "device.key").write_bytes((self.a.data / "device.key").read_bytes())
        other.command("run", expect=None)
        self.assertNotEqual(other.said, "")

    def test_a_damaged_record_is_found_by_verify(self):
        self.a.command("dossier", "new", "--set", "ChuHoSo=Nguyễn Văn Hỏng")
        self.a.stop()
        path = self.a.data / "wardsync.db"
        with sqlite3.connect(path) as db:
            rowid, body = db.execute("SELECT id, body FROM record WHERE body IS NOT NULL ORDER BY id DESC LIMIT 1").fetchone()
            db.execute("UPDATE record SET body = ? WHERE id = ?", (bytes([body[0] ^ 1]) + body[1:], rowid))
        db.close()
        self.says(("verify",), 5)
        with sqlite3.connect(path) as db:
            db.execute("UPDATE record SET body = ? WHERE id = ?", (body, rowid))
        db.close()
        self.a.start()

    def test_private_files_are_private(self):
        self.assertEqual(stat.S_IMODE((self.a.data / "device.key").stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.a.data.stat().st_mode), 0o700)

    def test_clients_say_when_no_daemon_runs(self):
        self.a.stop()
        for words in (("status",), ("sync", "now"), ("dossier", "list"), ("dossier", "show", "x"), ("inbox", "list")):
            self.says(words, 3, "not running", "wardsync run")
        self.a.start()
        self.assertEqual(self.a.stop(signal.SIGTERM), 0)
        self.a.start()
        self.assertEqual(self.a.stop(signal.SIGINT), 130)
        self.a.start()

    def test_wrong_usage_is_exit_2(self):
        for words in ((), ("frobnicate",), ("dossier",), ("dossier", "show"), ("enrol", "now"), ("inbox", "resolve"), ("sync", "wait", "--timeout", "soon")):
            done = subprocess.run([self.a.program, *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(done.stdout, "")
        for words in (("--help",), ("dossier", "--help"), ("run", "--help")):
            self.assertEqual(subprocess.run([self.a.program, *words], capture_output=True, check=False).returncode, 0)

    def test_a_path_too_long_for_a_socket_works(self):
        deep = self.city.folder / ("d" * 60) / ("e" * 60)
        pc = Site(self.a.program, deep / "data")
        pc.command("enrol", "--ticket", self.city.ticket("a", "W-KIMLONG", "--pre-approved"), "--yes")
        process = subprocess.Popen([pc.program, "run", "--data", pc.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until("it to answer", lambda: pc.command("status", expect=None) != "")
        finally:
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    sys.exit(unittest.main())
