#include "tests/storage/numbers.hpp"

#include <catch2/catch.hpp>

namespace ward::test {
namespace {

constexpr auto day = std::chrono::hours(24);

struct Kept {
  explicit Kept(Pc& pc) : path(pc.path + ".kept") {
    pc->store().db.checkpoint();
    std::filesystem::remove(path);
    std::filesystem::copy_file(pc.path, path);
  }
  void put_back(Pc& pc) const {
    pc.store.reset();
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(pc.path + end);
    std::filesystem::copy_file(path, pc.path);
    pc.reopen();
  }
  std::string path;
};

}  // namespace

TEST_CASE("numbering: a new dossier gets the day's next serial, to the last one of the block, then a provisional code") {
  Numbers n;
  for (std::uint32_t serial = 1; serial <= 4; ++serial) CHECK(n.serial() == serial);
  CHECK(n.serial() == 0);
  CHECK(n.why() == NoOfficialCode::used_up);
  n.city.pass(day);
  CHECK(n.serial() == 1);
}

TEST_CASE("numbering: a batch is numbered in one transaction, and what has a code keeps it") {
  Numbers n;
  const auto saved = must((*n.pc)->save(
      {new_dossier({set("ChuHoSo", "An")}), new_dossier({set("MaHoSo", "H57-1")}), new_dossier({set("ChuHoSo", "Bình")})}, n.city.now));
  CHECK(code::parse_official(saved[0].code)->serial == 1);
  CHECK(saved[1].code.empty());
  CHECK(n.codes_of(saved[1]) == std::vector<std::string>{"H57-1"});
  CHECK(code::parse_official(saved[2].code)->serial == 2);
}

TEST_CASE("numbering: a save that fails gives no code away") {
  Numbers n;
  CHECK((*n.pc)->save({new_dossier({set("ChuHoSo", "An")}), new_dossier({})}, n.city.now).has_error() == false);
  CHECK(n.serial() == 3);
  CHECK((*n.pc)->save({new_dossier({set("ChuHoSo", "An")}), edit(made<Did>(9), {set("ChuHoSo", "An")})}, n.city.now).error().fault ==
        Fault::not_found);
  CHECK(n.serial() == 4);
}

TEST_CASE("numbering: a dossier that fills its records has its code too") {
  Numbers n;
  std::vector<record::Op> ops;
  for (int i = 0; i < 40; ++i) ops.push_back(set("F" + std::to_string(i), std::string(1'000, 'x')));
  const auto saved = save(n.city, *n.pc, new_dossier(ops));
  CHECK(n.codes_of(saved) == std::vector{saved.code});
}

TEST_CASE("numbering: a restart goes on where it stopped") {
  Numbers n;
  CHECK(n.serial() == 1);
  n.pc->reopen();
  CHECK(n.serial() == 2);
}

TEST_CASE("numbering: two PCs of a unit never meet, nor one that was revoked and who came after it") {
  Numbers n;
  n.serial();
  must(n.city.centre->revoke((*n.pc)->membership().device, "lost", n.city.now.wall));
  auto other = n.city.enrol("W-VYDA", 2);
  other.keep_mark();
  CHECK(code::parse_official(save(n.city, other, new_dossier({set("ChuHoSo", "An")})).code)->serial == 5);
}

TEST_CASE("numbering: provisional codes become aliases behind the official ones, once those can be given") {
  Numbers n;
  for (int i = 0; i < 4; ++i) n.serial();
  const auto first = n.lodge(), second = n.lodge();
  CHECK(n.give() == 0);
  CHECK(must((*n.pc)->codes(n.city.now)).provisional == 2);
  n.city.pass(day);
  CHECK(n.give() == 2);
  CHECK(n.give() == 0);
  for (const auto& saved : {first, second}) {
    const auto codes = n.codes_of(saved);
    REQUIRE(codes.size() == 2);
    CHECK(code::parse_official(codes[0])->day == code::day_of(n.city.now.wall));
    CHECK(codes[1] == saved.code);
    CHECK(must(storage::find_dossier((*n.pc)->store(), code::grouped(saved.code))) == saved.did);
  }
  CHECK(n.serial() == 3);
  CHECK(must((*n.pc)->codes(n.city.now)).provisional == 0);
}

TEST_CASE("numbering: no official code by a clock that is not believed") {
  Numbers n;
  CHECK(n.serial() == 1);
  auto right = n.city.now;
  SECTION("1970") { n.city.now.wall = {1'000}; }
  SECTION("2099") { n.city.now.wall = {4'070'908'800'000}; }
  SECTION("it went back, and no centre was heard since the start") {
    n.pc->reopen();
    n.city.now.wall.ms -= std::chrono::milliseconds(day).count();
  }
  SECTION("ahead of the centre's") {
    sync(n.city, *n.pc);
    right = n.city.now;
    n.city.now.wall.ms += std::chrono::milliseconds(day).count();
  }
  CHECK(n.serial() == 0);
  CHECK(n.why() == NoOfficialCode::clock);
  CHECK(n.give() == 0);
  n.city.now.wall = right.wall;
  CHECK(n.give() == 1);
  CHECK(n.serial() == 3);
}

TEST_CASE("numbering: an older database beside the mark gives no code again") {
  Numbers n;
  n.serial();
  sync(n.city, *n.pc);
  const Kept kept(*n.pc);
  CHECK(n.serial() == 2);
  CHECK(n.serial() == 3);
  kept.put_back(*n.pc);
  CHECK(n.serial() == 0);
  CHECK(n.why() == NoOfficialCode::memory);
  n.pc->reopen();
  CHECK(n.why() == NoOfficialCode::memory);
  SECTION("once the centre was heard") {
    sync(n.city, *n.pc);
    CHECK(n.give() == 1);
    CHECK(n.why() == NoOfficialCode::used_up);
  }
  SECTION("the next day") {
    n.city.pass(day);
    CHECK(n.serial() == 1);
  }
}

TEST_CASE("numbering: what another copy of this PC gave is not given here, once it was heard of") {
  Numbers n;
  n.serial();
  sync(n.city, *n.pc);
  const Kept kept(*n.pc);
  const auto mark = *n.pc->mark;
  CHECK(n.serial() == 2);
  CHECK(n.serial() == 3);
  sync(n.city, *n.pc);
  *n.pc->mark = mark;  // the whole disk comes back: nothing here shows it
  kept.put_back(*n.pc);
  CHECK(n.why() == NoOfficialCode::none);
  sync(n.city, *n.pc);
  CHECK(n.serial() == 4);
}

TEST_CASE("numbering: without its mark a PC waits until the day is over, whatever the centre says") {
  Numbers n;
  n.serial();
  sync(n.city, *n.pc);
  SECTION("missing") { n.pc->mark->reset(); }
  SECTION("torn") { n.pc->mark->value().resize(5); }
  SECTION("empty") { n.pc->mark->emplace(); }
  SECTION("older") {
    const auto older = *n.pc->mark;
    n.serial();
    *n.pc->mark = older;
  }
  SECTION("of another PC") {
    Numbers other(9);
    other.serial();
    *n.pc->mark = *other.pc->mark;
  }
  n.pc->reopen();
  const auto waiting = n.lodge();
  CHECK(waiting.provisional);
  sync(n.city, *n.pc);
  CHECK(n.why() == NoOfficialCode::memory);
  n.pc->reopen();  // the mark is whole again, and the doubt stays
  CHECK(n.why() == NoOfficialCode::memory);
  n.city.pass(day);
  CHECK(n.give() == 1);
  CHECK(n.serial() == 2);
  n.city.pass(day);
  CHECK(n.serial() == 1);
}

TEST_CASE("numbering: PCs that are switched off each night before anything was numbered get their codes back") {
  Numbers n;
  n.serial();
  n.pc->mark->reset();
  n.pc->reopen();
  CHECK(n.give() == 0);  // the daemon's pulse: now the day of the start is known
  n.city.pass(day);
  n.pc->reopen();
  CHECK(n.serial() == 1);
}

TEST_CASE("numbering: a mark that cannot be written fails the save, and nothing of it is given") {
  Numbers n;
  n.serial();
  const auto held = n.pc->mark;
  bool full = true;
  must((*n.pc)->keep_codes_by({[held] { return Result<std::optional<Bytes>>(*held); },
                               [&](BytesView bytes) -> Result<void> {
                                 if (full) return fail(Fault::storage_full, "mark");
                                 *held = copy(bytes);
                                 return {};
                               }}));
  CHECK((*n.pc)->save({new_dossier({set("ChuHoSo", "An")})}, n.city.now).error().fault == Fault::storage_full);
  full = false;
  CHECK(n.serial() == 2);
}

TEST_CASE("numbering: without a block, without an identification code, or without a mark new dossiers get provisional codes") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  CHECK(save(city, pc, new_dossier({set("ChuHoSo", "An")})).provisional);
  pc.keep_mark();
  CHECK(save(city, pc, new_dossier({set("ChuHoSo", "An")})).provisional);
  CHECK(must(pc->codes(city.now)).why == NoOfficialCode::no_identification);

  Numbers n;
  n.city.pass(31 * day);
  CHECK(n.serial() == 0);
  CHECK(n.why() == NoOfficialCode::no_block);
}

TEST_CASE("codes at the centre: a PC gets its block when it is approved, and more before half of the days are over") {
  Numbers n;
  const auto now = [&] { return n.city.now.wall; };
  const auto today = code::day_of(now());
  CHECK_FALSE(must(n.city.centre->refill_codes(now())));
  auto codes = must(n.city.centre->codes(now())).front();
  CHECK(codes.until == today + std::chrono::days(29));
  n.city.pass(16 * day);
  CHECK(must(n.city.centre->refill_codes(now())));
  CHECK_FALSE(must(n.city.centre->refill_codes(now())));
  codes = must(n.city.centre->codes(now())).front();
  CHECK(codes.until == today + std::chrono::days(59));
  CHECK(codes.blocks.size() == 2);
  n.city.pass(60 * day);  // it was forgotten for long
  CHECK(must(n.city.centre->refill_codes(now())));
  CHECK(must(n.city.centre->codes(now())).front().until == code::day_of(now()) + std::chrono::days(29));
}

TEST_CASE("codes at the centre: who has given most of a day's serials gets more for the days that its block covers") {
  Numbers n;
  n.serial();
  n.serial();
  sync(n.city, *n.pc);
  CHECK_FALSE(must(n.city.centre->refill_codes(n.city.now.wall)));
  n.serial();
  sync(n.city, *n.pc);
  auto codes = must(n.city.centre->codes(n.city.now.wall)).front();
  CHECK(codes.given_today == 3);
  CHECK(codes.left_today == 1);
  CHECK(must(n.city.centre->refill_codes(n.city.now.wall)));
  CHECK_FALSE(must(n.city.centre->refill_codes(n.city.now.wall)));
  n.serial();
  CHECK(n.serial() == 0);
  sync(n.city, *n.pc);
  CHECK(must(n.city.centre->codes(n.city.now.wall)).front().provisional == 1);
  CHECK(n.give() == 1);
  CHECK(n.serial() == 6);
}

TEST_CASE("codes after a merger: the PCs of the unit that is no more number with the heir's code, from a block of the same transaction") {
  Numbers n;
  const std::string heirs = "000.46.22.H57";
  policy::Unit unit{"W-HEIR", "Phường", "Ward", "ward", "", heirs, 0, {}};
  must(n.city.centre->add_unit(unit, n.city.now.wall));
  auto heir = n.city.enrol(unit.code, 7);
  heir.keep_mark();
  CHECK(n.serial() == 1);
  sync(n.city, *n.pc);
  const auto numbered = [&](Pc& pc) {
    const auto saved = save(n.city, pc, new_dossier({set("ChuHoSo", "An")}));
    const auto code = code::parse_official(saved.code);
    CHECK(n.given.insert(saved.code).second);
    return code ? code->identification : saved.code;
  };
  must(n.city.centre->merge_unit("W-VYDA", unit.code, "sáp nhập", n.city.now.wall));
  CHECK(numbered(*n.pc) == identification);  // it has not heard of it
  sync(n.city, *n.pc);
  CHECK(must((*n.pc)->codes(n.city.now)).identification == heirs);
  CHECK(std::string(name_of(n.why())) == "none");
  CHECK(std::string(name_of(must(heir->codes(n.city.now)).why)) == "none");
  for (int i = 0; i < 4; ++i)
    for (auto* pc : {&*n.pc, &heir}) CHECK(numbered(*pc) == heirs);
  for (auto* pc : {&*n.pc, &heir}) sync(n.city, *pc);
  for (const auto& codes : must(n.city.centre->codes(n.city.now.wall))) {
    CHECK(codes.identification == heirs);
    CHECK(codes.given_today == 4);
  }
}

TEST_CASE("codes at the centre: by hand it gives only what is free, to who is there, for days that can be") {
  Numbers n;
  const auto device = (*n.pc)->membership().device;
  const auto today = code::day_of(n.city.now.wall);
  const auto give = [&](const DeviceId& to, code::Day from, code::Day until, std::uint32_t serials) {
    const auto given = n.city.centre->give_codes({to, from, until, serials}, n.city.now.wall);
    return given.has_error() ? std::optional(given.error().fault) : std::nullopt;
  };
  const auto one = std::chrono::days(1);
  CHECK_FALSE(give(device, today, today + 9 * one, 3));
  CHECK(must(n.city.centre->codes(n.city.now.wall)).front().blocks.back().first == 5);
  CHECK(give(device, today, today - one, 3) == Fault::invalid);
  CHECK(give(device, today, today + policy::code_block_days_max * one, 3) == Fault::invalid);
  CHECK(give(device, code::first_day - one, today, 3) == Fault::invalid);
  CHECK(give(device, today, code::last_day + one, 3) == Fault::invalid);
  CHECK(give(device, today, today, 0) == Fault::invalid);
  CHECK(give(device, today, today, storage::CodePlan::serials_max + 1) == Fault::invalid);
  CHECK(give(made<DeviceId>(4), today, today, 1) == Fault::not_found);
  for (int i = 0; i < 9; ++i) CHECK_FALSE(give(device, today, today, storage::CodePlan::serials_max));
  CHECK(give(device, today, today, storage::CodePlan::serials_max) == Fault::invalid);  // a million are not there
  must(n.city.centre->revoke(device, "lost", n.city.now.wall));
  CHECK(give(device, today, today, 1) == Fault::invalid);
}

TEST_CASE("codes at the centre: a PC is let in though its unit has no room or no identification code") {
  City city("Huế", identification);
  const auto one = city.enrol("W-VYDA", 1);
  const auto today = code::day_of(city.now.wall);
  for (int i = 0; i < 9; ++i)
    must(city.centre->give_codes({one.store->membership().device, today, today + std::chrono::days(365), storage::CodePlan::serials_max},
                                 city.now.wall));
  city.centre->set_code_plan({storage::CodePlan::serials_max, 30});
  auto two = city.enrol("W-VYDA", 2);
  two.keep_mark();
  CHECK(must(two->codes(city.now)).why == NoOfficialCode::no_block);
}

}  // namespace ward::test
