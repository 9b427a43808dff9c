#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

std::vector<storage::Saved> write(City& city, const std::vector<storage::NewChange>& changes) {
  city.pass(std::chrono::seconds(1));
  return must(city.centre->save(changes, city.now));
}

merge::DossierState at_centre(City& city, const Did& did) { return must(storage::show_dossier(city.centre->store(), did)).state; }

}  // namespace

TEST_CASE("centre's desk: what is saved is in the log and merged at once, by a device that is in no list of PCs") {
  City city;
  const auto entries = city.policy().size();
  const auto saved = write(city, {sample_dossier("H57-C1", "Nguyễn Thị Trung Tâm")});
  REQUIRE(saved.size() == 1);
  CHECK(city.policy().size() == entries + 1);
  CHECK(must(city.centre->devices()).empty());
  const auto state = at_centre(city, saved.front().did);
  CHECK(state.custody.unit == "C-TTHCC");
  CHECK(state.codes == std::vector<std::string>{"H57-C1"});
  const auto log = city.centre->log_view(city.now.wall);
  CHECK(log.size == 1);
  CHECK(log.applied == 1);
  CHECK(must(storage::verify_store(city.centre->store())).damage.empty());
}

TEST_CASE("centre's desk: an edit of what a ward holds is a proposal there, a note is a note") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto made = save(city, pc, sample_dossier("H57-1", "A"));
  test::sync(city, pc);
  must(city.centre->apply_pending(10));
  write(city, {edit(made.did, {set("SoDienThoai", "0905999888"),
                               {record::OpKind::append, {record::Step::field("notes")}, record::Value("đã gọi"), std::nullopt}})});
  test::sync(city, pc);
  for (auto* store : {&city.centre->store(), &pc->store()}) {
    const auto state = must(storage::show_dossier(*store, made.did)).state;
    REQUIRE(state.proposals.size() == 1);
    CHECK(state.proposals.front().said.unit == "C-TTHCC");
    CHECK(state.proposals.front().why == merge::Refusal::outside_custody);
    CHECK(state.waiting == 0);
  }
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
}

TEST_CASE("centre's desk: each run is an incarnation of its own, and goes on where the last one ended") {
  City city;
  const auto did = write(city, {sample_dossier("H57-C1", "A")}).front().did;
  const auto entries = city.policy().size();
  city.reopen_centre();
  const auto second = write(city, {edit(did, {set("GhiChu", "sau")})}).front();
  CHECK(city.policy().size() == entries);
  CHECK(shown(city.centre->store(), did, "GhiChu") == "sau");
  const auto first = must(storage::dossier_history(city.centre->store(), did)).front().said.op.change;
  CHECK(first.device == second.position.device);
  CHECK(first.incarnation != second.position.incarnation);
  CHECK(must(storage::verify_store(city.centre->store())).damage.empty());
}

TEST_CASE("centre's desk: what cannot be taken leaves nothing behind, the device's entry included") {
  City city;
  const auto entries = city.policy().size();
  const auto nothing = fixed_from<Did>(Bytes(16, 9));
  for (const auto& wrong : {edit(nothing, {set("GhiChu", "x")}), new_dossier({set("GhiChu", std::string(9000, 'x'))}), new_dossier({})}) {
    const auto saved = city.centre->save({sample_dossier("H57-C1", "A"), wrong}, city.now);
    CHECK(saved.has_error());
  }
  CHECK(city.policy().size() == entries);
  CHECK(city.centre->log_view(city.now.wall).size == 0);
  CHECK(all_states(city.centre->store()).empty());
  CHECK(write(city, {sample_dossier("H57-C1", "A")}).size() == 1);
}

TEST_CASE("centre's desk: more than one segment holds is several, in order") {
  City city;
  std::vector<storage::NewChange> many;
  for (int i = 0; i < 200; ++i) many.push_back(sample_dossier("H57-C" + std::to_string(i), "A"));
  CHECK(write(city, many).size() == 200);
  CHECK(city.centre->log_view(city.now.wall).size == 2);
  CHECK(all_states(city.centre->store()).size() == 200);
}
