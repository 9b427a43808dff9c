#include "desk/changed.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::desk;

namespace {

namespace json = boost::json;

merge::DossierState with(record::Map fields) {
  merge::DossierState out;
  out.fields = std::move(fields);
  out.custody.unit = "W-VYDA";
  return out;
}

}  // namespace

TEST_CASE("what differs: nothing between equal states") {
  CHECK(changes_between(with({{"GhiChu", "a"}}), with({{"GhiChu", "a"}})).empty());
}

TEST_CASE("what differs: fields that came, went, or changed") {
  const auto rows = changes_between(with({{"ChuHoSo", "A"}, {"GhiChu", "a"}}), with({{"ChuHoSo", "B"}, {"TongLePhi", 5}}));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == json::object{{"field", "ChuHoSo"}, {"before", "A"}, {"after", "B"}});
  CHECK(rows[1] == json::object{{"field", "GhiChu"}, {"before", "a"}, {"after", nullptr}});
  CHECK(rows[2] == json::object{{"field", "TongLePhi"}, {"before", nullptr}, {"after", 5}});
}

TEST_CASE("what differs: an element that came or went is one row, inside one that stayed each field is; who holds it is a row of its own") {
  auto before = with({}), after = with({});
  before.collections = {{"TaiLieuNop", {{record::element_id({record::Value("tk01")}), {{"TenTepDinhKem", "a.pdf"}}, {}, {}, {}}}}};
  after.collections = {{"TaiLieuNop",
                        {{record::element_id({record::Value("cccd")}), {{"TenTepDinhKem", "c.pdf"}}, {}, {}, {}},
                         {record::element_id({record::Value("tk01")}), {{"TenTepDinhKem", "b.pdf"}}, {}, {}, {}}}}};
  after.custody.unit = "W-KIMLONG";
  const auto rows = changes_between(before, after);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].at("field") == "TaiLieuNop/tk01/TenTepDinhKem");
  CHECK(rows[1].at("field") == "TaiLieuNop/cccd");
  CHECK(rows[1].at("before").is_null());
  CHECK(rows[2] == json::object{{"field", "BanGiao"}, {"before", "W-VYDA"}, {"after", "W-KIMLONG"}});
}
