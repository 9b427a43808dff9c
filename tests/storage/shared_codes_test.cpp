#include "storage/shared_codes.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

namespace ward::test {
namespace {

std::vector<std::string> names(storage::Store& store) {
  std::vector<std::string> out;
  for (const auto& shared : must(storage::shared_codes(store))) out.push_back(shared.code);
  return out;
}

void merge(City& city) {
  while (must(city.centre->apply_pending(8))) {
  }
}

/// One code at two wards, which the centre has merged and told them.
struct Twice {
  Twice() {
    first = save(city, one, sample_dossier("H57-1", "An")).did;
    second = save(city, two, sample_dossier("H57-1", "Bình")).did;
    settle();
  }
  void settle() {
    for (auto* pc : {&one, &two}) sync(city, *pc);
    merge(city);
    told = must(city.centre->tell_shared_codes(city.now.wall));
    for (auto* pc : {&one, &two}) sync(city, *pc);
  }

  City city{"Huế", "000.45.22.H57"};
  Pc one = city.enrol("W-VYDA", 1), two = city.enrol("W-THUANHOA", 2);
  Did first, second;
  bool told = false;
};

}  // namespace

TEST_CASE("shared codes: two dossiers of a ward with one code are shown there, with both ids") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto first = save(city, pc, sample_dossier("H57-1", "An")).did;
  CHECK(names(pc->store()).empty());
  const auto second = save(city, pc, sample_dossier("H57-1", "Bình")).did;
  const auto shared = must(storage::shared_codes(pc->store()));
  REQUIRE(shared.size() == 1);
  CHECK(shared[0].code == "H57-1");
  REQUIRE(shared[0].dossiers.size() == 2);
  CHECK(shared[0].dossiers[0].did == std::min(first, second));
  CHECK(shared[0].dossiers[1].did == std::max(first, second));
  CHECK(shared[0].dossiers[0].here);
  CHECK(must(storage::show_dossier(pc->store(), first)).state.codes == std::vector<std::string>{"H57-1"});  // nothing is renumbered
}

TEST_CASE("shared codes: what one unit has twice is not told to others") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "An"));
  (void)save(city, pc, sample_dossier("H57-1", "Bình"));
  sync(city, pc);
  merge(city);
  CHECK(names(city.centre->store()) == std::vector<std::string>{"H57-1"});
  CHECK_FALSE(must(city.centre->tell_shared_codes(city.now.wall)));
}

TEST_CASE("shared codes: both wards and the centre show one code of two units, and each names the dossier that is not here") {
  Twice twice;
  CHECK(twice.told);
  CHECK(names(twice.city.centre->store()) == std::vector<std::string>{"H57-1"});
  for (auto* pc : {&twice.one, &twice.two}) {
    const auto shared = must(storage::shared_codes((*pc)->store()));
    REQUIRE(shared.size() == 1);
    REQUIRE(shared[0].dossiers.size() == 2);
    for (const auto& one : shared[0].dossiers) {
      CHECK(one.here == (one.unit == (*pc)->membership().unit));
      CHECK(one.owner.empty() != one.here);
    }
  }
  CHECK_FALSE(must(twice.city.centre->tell_shared_codes(twice.city.now.wall)));
}

TEST_CASE("shared codes: they are settled everywhere when one dossier is void, and open again when it is not") {
  Twice twice;
  (void)save(twice.city, twice.two, edit(twice.second, {set("LyDoHuy", "lập nhầm")}));
  twice.settle();
  CHECK(twice.told);
  CHECK(names(twice.city.centre->store()).empty());
  CHECK(names(twice.one->store()).empty());
  CHECK(names(twice.two->store()).empty());
  (void)save(twice.city, twice.two, edit(twice.second, {set("LyDoHuy", "")}));
  twice.settle();
  CHECK(names(twice.one->store()) == std::vector<std::string>{"H57-1"});
}

TEST_CASE("shared codes: another official code tells a dossier apart") {
  Twice twice;
  twice.one.keep_mark();
  storage::NewChange wanted{{}, twice.first};
  wanted.change.user = "lan";
  wanted.change.reason = "trùng mã";
  wanted.another_code = true;
  const auto saved = save(twice.city, twice.one, wanted);
  CHECK(code::parse_official(saved.code));
  twice.settle();
  CHECK(names(twice.city.centre->store()).empty());
  CHECK(names(twice.two->store()).empty());
  CHECK(must(storage::show_dossier(twice.one->store(), twice.first)).state.codes == std::vector<std::string>{"H57-1", saved.code});
}

TEST_CASE("shared codes: no provisional code is given where another official one was asked for") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "An")).did;
  storage::NewChange wanted{{}, did};
  wanted.change.user = "lan";
  wanted.another_code = true;
  CHECK(pc->save({wanted}, city.now).error().fault == Fault::invalid);
  wanted.did = made<Did>(7);
  CHECK(pc->save({wanted}, city.now).has_error());
}

}  // namespace ward::test
