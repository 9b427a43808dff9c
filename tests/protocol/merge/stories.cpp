#include "tests/protocol/merge/stories.hpp"

#include <cstdlib>

/// RapidCheck allocates at ever new depths: with whole stacks kept, the sanitizer takes most of the time.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "malloc_context_size=3"; }

namespace ward::merge::test {
namespace {

const char* const papers[]{"p", "q"};

/// Before the first property reads it.
const bool everyday_cases = [] {
  static char params[] = "RC_PARAMS=max_success=2000";
  if (std::getenv("RC_PARAMS") == nullptr) putenv(params);
  return true;
}();

}  // namespace

Story::Story(std::uint64_t seed, std::size_t steps, Mix mix) : random_(seed), mix_(mix) {
  Scene scene({set("ChuHoSo", "first"), set("SoDienThoai", "first"), paper("p", "first"), payment("1", 5), append("notes", "first")});
  did_ = scene.did();
  facts_.push_back(scene.facts().front());
  past_.push_back(1);
  for (auto& known : known_) known = 1;
  for (std::size_t i = 0; i < steps; ++i) step();
  if (mix_.clocks) stamp_some();
  facts_.insert(facts_.end(), forks_.begin(), forks_.end());
}

std::vector<Position> Story::heads(Known known) const {
  Known covered = 0;
  for (std::size_t i = 0; i < past_.size(); ++i)
    if ((known >> i & 1U) != 0) covered |= past_[i] & ~(Known{1} << i);
  std::vector<Position> out;
  for (std::size_t i = 0; i < past_.size(); ++i)
    if (((known & ~covered) >> i & 1U) != 0) out.push_back(facts_[i].position);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<OpId> Story::known_on(const Path& path, Known known) {
  std::vector<OpId> out;
  for (std::size_t i = 0; i < facts_.size(); ++i)
    for (std::size_t op = 0; (known >> i & 1U) != 0 && op < facts_[i].change.ops.size(); ++op)
      if (facts_[i].change.ops[op].path == path && draw(3) != 0) out.push_back({facts_[i].position, static_cast<std::uint16_t>(op)});
  std::sort(out.begin(), out.end());
  return out;
}

Op Story::random_set(Known known) {
  auto op = set(scalar_fields()[draw(scalar_fields().size())], std::string(1, static_cast<char>('a' + draw(4))));
  if (mix_.undos && draw(5) == 0) op.value = record::Heads{known_on(op.path, known)};
  if (mix_.undos && draw(6) == 0) op.replaces = known_on(op.path, known);
  return op;
}

Op Story::random_in_collections() {
  const auto* name = papers[draw(2)];
  const Path round_papers{Step::field("DanhSachHoSoBoSung"), Step::element(record::element_id(std::vector<Value>{"1"})),
                          Step::field("DanhSachGiayToBoSung")};
  switch (draw(10)) {
    case 0: return paper(name, "again");
    case 1:
    case 2: return set(at("TaiLieuNop", paper_id(name), "TenTepDinhKem"), std::string(1, static_cast<char>('a' + draw(3))));
    case 3:
    case 4: return remove("TaiLieuNop", paper_id(name));
    case 5: return add("DanhSachTepDinhKemKhac", {{"TenGiayTo", "x"}});
    case 6: return payment(draw(2) == 0 ? "1" : "2", static_cast<int>(5 + draw(2)));
    case 7: return append("notes", std::string(1, static_cast<char>('a' + draw(20))));
    case 8:
      return append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "1"}, {"NoiDungBoSung", std::string(1, static_cast<char>('a' + draw(2)))}});
    default: return {OpKind::add, round_papers, Map{{"TepDinhKemId", name}}, std::nullopt};
  }
}

Op Story::random_oddity() {
  switch (draw(5)) {
    case 0: return {static_cast<OpKind>(200), at("ChuHoSo"), "future", std::nullopt};
    case 1: return set("TaiLieuNop", "not a list");
    case 2: return set("MaHoSo", std::string(1, static_cast<char>('a' + draw(3))));
    case 3: return add("Tomorrow", {{"x", static_cast<int>(draw(3))}});
    default: return remove("notes", "x");
  }
}

Op Story::random_op(Known known) {
  const auto kind = draw(10);
  if (kind < 5) return random_set(known);
  if (kind == 9 && mix_.oddities) return random_oddity();
  return random_in_collections();
}

Hlc Story::random_clock() {
  const auto good = hlc_at(static_cast<std::int64_t>(draw(4)) * 1000);
  if (!mix_.clocks) return good;
  switch (draw(8)) {
    case 0: return Hlc::at({static_cast<std::int64_t>(draw(1000))});
    case 1: return Hlc::at({4'070'908'800'000 + static_cast<std::int64_t>(draw(1000))});
    case 2: return hlc_at(1'000'000'000);
    default: return good;
  }
}

/// A writer hears some of what another knows, then writes.
void Story::step() {
  const auto writer = 1 + draw(3);
  if (draw(3) == 0) known_[writer] |= known_[1 + draw(3)];
  if (draw(4) == 0) known_[writer] |= past_[draw(past_.size())];
  const auto number = facts_.size();
  Fact fact;
  fact.position = {device_of(static_cast<std::uint8_t>(writer)), Incarnation{}, number};
  fact.rid.bytes.fill(static_cast<std::uint8_t>(number + 1));
  fact.hlc = random_clock();
  fact.unit = home;
  fact.change.user = "user" + std::to_string(writer);
  fact.change.seen = heads(known_[writer]);
  for (auto ops = 1 + draw(2); ops > 0; --ops) fact.change.ops.push_back(random_op(known_[writer]));
  if (mix_.strangers) disturb(fact);
  facts_.push_back(std::move(fact));
  known_[writer] |= Known{1} << number;
  past_.push_back(known_[writer]);
}

void Story::disturb(Fact& fact) {
  switch (draw(24)) {
    case 0: fact.admission = Admission::waiting; break;
    case 1:
    case 2: fact.admission = Admission::proposal; break;
    case 3:
      forks_.push_back(fact);
      forks_.back().rid.bytes.fill(static_cast<std::uint8_t>(200 + forks_.size()));
      forks_.back().change.ops = {set("ChuHoSo", "fork")};
      break;
    default: break;
  }
}

void Story::stamp_some() {
  std::vector<std::size_t> order(facts_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random_);
  for (std::size_t i = 0; i < order.size(); ++i)
    if (draw(2) == 0) facts_[order[i]].stamp = Stamp{i, {hlc_at(0).wall().ms + static_cast<std::int64_t>(i) * 60'000}};
}

Position Story::say(std::vector<Position> seen, std::vector<Op> ops) {
  Fact fact;
  fact.position = {device_of(4), Incarnation{}, facts_.size()};
  fact.rid.bytes.fill(static_cast<std::uint8_t>(100 + facts_.size()));
  fact.hlc = hlc_at(2'000'000'000 + static_cast<std::int64_t>(facts_.size()));
  fact.unit = home;
  fact.change = {"user4", std::move(seen), std::move(ops), "", {}};
  facts_.push_back(std::move(fact));
  return facts_.back().position;
}

}  // namespace ward::merge::test
