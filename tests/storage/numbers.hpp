#pragma once

#include "storage/numbering.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ward::test {

using storage::NoOfficialCode;

inline const std::string identification = "000.45.22.H57";

/// A city whose PCs get four serials a day.
struct Numbers {
  explicit Numbers(std::uint64_t seed = 1) {
    city.centre->set_code_plan({4, 30});
    pc.emplace(city.enrol("W-VYDA", seed));
    pc->keep_mark();
  }

  storage::Saved lodge() { return save(city, *pc, new_dossier({set("ChuHoSo", "An")})); }
  /// The serial of an official code; 0 of a provisional one.
  std::uint32_t serial() {
    const auto saved = lodge();
    const auto official = code::parse_official(saved.code);
    CHECK(saved.provisional == !official.has_value());
    if (!official) {
      CHECK(code::parse_provisional(saved.code));
      return 0;
    }
    CHECK(official->identification == identification);
    CHECK(official->day == code::day_of(city.now.wall));
    CHECK(given.insert(saved.code).second);
    return official->serial;
  }
  NoOfficialCode why() { return must((*pc)->codes(city.now)).why; }
  std::size_t give() { return must((*pc)->give_official_codes(city.now)).size(); }
  std::vector<std::string> codes_of(const storage::Saved& saved) {
    return must(storage::show_dossier((*pc)->store(), saved.did)).state.codes;
  }

  City city{"Huế", identification};
  std::optional<Pc> pc;
  std::set<std::string> given;  ///< officially, by this PC
};

}  // namespace ward::test
