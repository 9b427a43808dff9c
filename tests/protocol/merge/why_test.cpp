#include "protocol/merge/why.hpp"

#include "tests/protocol/merge/scene.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;

namespace {

Because because(const Scene& scene, const Path& path) { return why(scene.history(), path).because; }
std::vector<Value> values(const Scene& scene, const Path& path) {
  std::vector<Value> out;
  for (const auto& entry : why(scene.history(), path).values) out.push_back(entry.said.value);
  return out;
}

}  // namespace

TEST_CASE("why: nothing, one value, a newer one") {
  Scene scene({set("ChuHoSo", "An")});
  CHECK(because(scene, at("Email")) == Because::nothing_entered);
  CHECK(because(scene, at("ChuHoSo")) == Because::only_value);
  scene.say(1, {scene.root()}, set("ChuHoSo", "Ân"));
  CHECK(because(scene, at("ChuHoSo")) == Because::newest);
  CHECK(values(scene, at("ChuHoSo")) == std::vector<Value>{"An", "Ân"});
}

TEST_CASE("why: values that had not seen each other are decided by clock, agree, or wait for a person") {
  Scene scene;
  scene.say(1, {scene.root()}, {set("SoDienThoai", "1"), set("ChuHoSo", "An"), set("GioiTinhChuHoSo", "1")});
  scene.say(2, {scene.root()}, {set("SoDienThoai", "2"), set("ChuHoSo", "Ân"), set("GioiTinhChuHoSo", "1")});
  CHECK(because(scene, at("SoDienThoai")) == Because::later_clock);
  CHECK(because(scene, at("ChuHoSo")) == Because::undecided);
  CHECK(because(scene, at("GioiTinhChuHoSo")) == Because::agreed);
  CHECK(values(scene, at("ChuHoSo")) == std::vector<Value>{"An", "Ân"});
}

TEST_CASE("why: a later clock that was wrong is named as the reason") {
  Scene scene;
  scene.say(1, {scene.root()}, set("SoDienThoai", "right"));
  scene.say(2, {scene.root()}, set("SoDienThoai", "wrong"));
  scene.last().hlc = Hlc::at({4'000'000'000'000});
  CHECK(because(scene, at("SoDienThoai")) == Because::believed_clock);
}

TEST_CASE("why: what was taken back is told as such") {
  Scene scene({set("ChuHoSo", "An")});
  const auto second = scene.say(1, {scene.root()}, set("ChuHoSo", "Ân"));
  scene.say(1, {second}, undo(entry_of(scene.history(), second)));
  CHECK(shows(scene.state(), "ChuHoSo", "An"));
  CHECK(because(scene, at("ChuHoSo")) == Because::taken_back);
}

TEST_CASE("why: a field of an element has the value of its add, an element its removal, a list each of its own") {
  Scene scene({paper("a", "a.pdf")});
  const auto name = at("TaiLieuNop", paper_id("a"), "TenTepDinhKem");
  CHECK(because(scene, name) == Because::only_value);
  CHECK(values(scene, at("TaiLieuNop", paper_id("b"), "TenTepDinhKem")).empty());
  CHECK(values(scene, at("TaiLieuNop", paper_id("a"), "SHA256")).empty());
  const auto renamed = scene.say(1, {scene.root()}, set(name, "b.pdf"));
  CHECK(values(scene, name).size() == 2);
  CHECK(because(scene, at("TaiLieuNop")) == Because::each_element);
  scene.say(1, {renamed}, remove("TaiLieuNop", paper_id("a")));
  CHECK(because(scene, at("TaiLieuNop", paper_id("a"))) == Because::removed);
  CHECK(because(scene, name) == Because::removed);
}

TEST_CASE("why: what does not apply is told as not merged") {
  Scene scene;
  scene.say(1, {scene.root()}, set("TaiLieuNop", "text where a list stands"));
  CHECK(because(scene, at("ChuHoSo", "x")) == Because::nothing_entered);
  scene.say(1, {scene.root()}, set("Email", "a@b.vn"));
  scene.last().admission = Admission::proposal;
  CHECK(because(scene, at("Email")) == Because::not_merged);
}
