#include "tests/protocol/merge/stories.hpp"

#include "protocol/schema/schema.hpp"

namespace ward::merge::test {
namespace {

const char* const papers[]{"p", "q"};
const char* const receipts[]{"1", "2", "3"};
const char* const people[]{"an", "lan", "lan", "ke", "quan", "moi"};
const UnitCode centre = "C-9";

}  // namespace

Story::Story(std::uint64_t seed, std::size_t steps, Mix mix) : random_(seed), mix_(mix) {
  theme_ = mix.acts ? static_cast<Theme>(draw(7)) : one_of(std::vector{Theme::fields, Theme::elements, Theme::money});
  make_context();
  begin();
  for (std::size_t i = 0; i < steps; ++i) step();
  stamp_some();
  facts_.insert(facts_.end(), forks_.begin(), forks_.end());
}

void Story::begin() {
  std::vector<Op> ops{set("ChuHoSo", "first"), set("SoDienThoai", "first"), set("MaTTHC", "1.004859"),
                      set("TongLePhi", 15000), paper("p", "first"),         payment("1", 5),
                      append("notes", "first")};
  if (!one_in(5)) ops.push_back(one_in(2) ? set("TrangThaiHoSo", "4") : status("2"));
  Scene scene(std::move(ops));
  did_ = scene.did();
  facts_.push_back(scene.facts().front());
  facts_.front().unit = unit_[one_in(3) ? 3 : 1];
  facts_.front().change.user = "lan";
  past_.push_back(1);
  for (auto& known : known_) known = 1;
}

void Story::give_standing(const Person& who, const Context::Standing& standing) {
  if (!context_.names_users_of(who.unit, std::nullopt))
    for (const auto& fact : facts_)
      if (fact.unit == who.unit) context_.users[{who.unit, fact.change.user}] = {{0, true, true, true, true}};
  context_.users[{who.unit, who.user}] = {standing};
}

void Story::make_users(const UnitCode& unit) {
  using Standing = Context::Standing;
  context_.users[{unit, chief({}).user}] = {{0, true, true, true, true}};
  context_.users[{unit, "an"}] = {{0, true, false, false, false}};
  context_.users[{unit, "lan"}] = {{0, true, true, false, false}};
  context_.users[{unit, "ke"}] = {{0, true, false, true, false}};
  context_.users[{unit, "quan"}] = {{0, true, false, false, true}};
  if (one_in(4)) context_.users[{unit, "lan"}].front().key = SignKey{};
  if (!mix_.strangers) return;
  if (one_in(4)) context_.users[{unit, "an"}].push_back({draw(12), false, false, false, false});
  if (one_in(6))
    context_.users[{unit, "lan"}] = {Standing{draw(8), true, true, false, false}, Standing{8 + draw(6), true, false, false, false}};
}

void Story::make_context() {
  unit_[1] = "W-1";
  unit_[2] = mix_.acts ? "W-2" : "W-1";
  unit_[3] = mix_.acts ? centre : "W-1";
  context_.centres = {centre};
  if (!mix_.politics) return;
  for (const auto& unit : {UnitCode("W-1"), UnitCode("W-2"), centre, UnitCode("W-8")})
    if (!one_in(3)) make_users(unit);
  if (one_in(4)) context_.successions["W-1"] = {"W-8", draw(12)};
  if (one_in(6)) context_.successions["W-8"] = {one_in(2) ? "W-2" : centre, draw(12)};
  if (one_in(6)) context_.successions["W-2"] = {centre, draw(12)};
  using schema::Policy;
  for (std::uint16_t version = 2; version <= 3; ++version)
    for (const auto* field : {"ChuHoSo", "SoDienThoai", "CanBoXuLy", "NgayTra"})
      if (one_in(3))
        context_.policy_changes.push_back({version, "", field, one_of(std::vector{Policy::latest, Policy::ask, Policy::owner})});
  if (one_in(3)) context_.policy_changes.push_back({2, "TaiLieuNop", "TenTepDinhKem", Policy::ask});
  if (one_in(40)) context_.erased = {did_};  // of another dossier; this one's name is not known yet
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

std::vector<OpId> Story::known_kind(OpKind kind, Known known) const {
  std::vector<OpId> out;
  for (std::size_t i = 0; i < facts_.size(); ++i)
    for (std::size_t op = 0; (known >> i & 1U) != 0 && op < facts_[i].change.ops.size(); ++op)
      if (facts_[i].change.ops[op].kind == kind) out.push_back({facts_[i].position, static_cast<std::uint16_t>(op)});
  return out;
}

/// One to three operations of whatever kind.
std::vector<OpId> Story::known_any(Known known) {
  std::vector<OpId> all, out;
  for (std::size_t i = 0; i < facts_.size(); ++i)
    for (std::size_t op = 0; (known >> i & 1U) != 0 && op < facts_[i].change.ops.size(); ++op)
      all.push_back({facts_[i].position, static_cast<std::uint16_t>(op)});
  for (auto left = 1 + draw(3); left > 0; --left) out.push_back(all[all.size() - 1 - draw(std::min<std::size_t>(all.size(), 8))]);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// What the writer sees on the screen, when he looks.
std::optional<DossierState> Story::look(Known known) {
  if (!one_in(2)) return std::nullopt;
  std::vector<Fact> held;
  for (std::size_t i = 0; i < facts_.size(); ++i)
    if ((known >> i & 1U) != 0) held.push_back(facts_[i]);
  return merge(did_, held, context_);
}

Op Story::random_field(Known known) {
  const auto& name = one_of(scalar_fields());
  auto value = random_text();
  if (one_in(8)) value = Value();
  auto op = set(name, std::move(value));
  if (mix_.undos && one_in(6)) op.value = record::Heads{known_on(op.path, known)};
  if (mix_.undos && one_in(8)) op.replaces = known_on(op.path, known);
  return op;
}

Op Story::random_element(Known known) {
  const auto* name = one_of(papers);
  const auto round = record::element_id(std::vector<Value>{"1"});
  const Path round_papers{Step::field("DanhSachHoSoBoSung"), Step::element(round), Step::field("DanhSachGiayToBoSung")};
  switch (draw(14)) {
    case 0:
    case 1: return paper(name, one_in(2) ? "again" : "once");
    case 2:
    case 3: return set(at("TaiLieuNop", paper_id(name), "TenTepDinhKem"), random_text());
    case 4:
    case 5: return remove("TaiLieuNop", paper_id(name));
    case 6: return add("DanhSachTepDinhKemKhac", {{"TenGiayTo", "x"}});
    case 7: return append("notes", random_text());
    case 8: return append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "1"}, {"NoiDungBoSung", random_text()}});
    case 9: return {OpKind::add, round_papers, Map{{"TepDinhKemId", name}, {"TenTepDinhKem", random_text()}}, std::nullopt};
    case 10: {
      auto inner = round_papers;
      inner.push_back(Step::element(paper_id(name)));
      return {OpKind::remove, std::move(inner), {}, std::nullopt};
    }
    case 11: return set(at("TaiLieuNop", paper_id(name), "Tomorrow"), random_text());
    case 12: {
      auto op = set(at("TaiLieuNop", paper_id(name)), record::Heads{known_on(at("TaiLieuNop", paper_id(name)), known)});
      return mix_.undos ? op : remove("TaiLieuNop", paper_id(name));
    }
    default: return add("ListOfTomorrow", {{"x", static_cast<int>(draw(3))}});
  }
}

Op Story::random_money(Known known) {
  const auto* number = one_of(receipts);
  const auto amount = static_cast<int>(one_in(3) ? 15000 : 5 + draw(2));
  switch (draw(9)) {
    case 0:
    case 1:
    case 2: return payment(number, amount);
    case 3:
      return append("BienLai",
                    record::canonical({{"KyHieu", "AA"}, {"SoBienLai", number}, {"SoTien", amount}, {"NguoiThu", random_text()}}));
    case 4: return set(at("BienLai", receipt_id(number)), record::canonical({{"KyHieu", "AA"}, {"SoBienLai", number}, {"SoTien", amount}}));
    case 5:
      if (mix_.undos) return set(at("BienLai", receipt_id(number)), record::Heads{known_on(at("BienLai"), known)});
      return payment(number, amount);
    case 6: return set("TongLePhi", one_in(3) ? 30000 : 15000);
    case 7: return set("MaTTHC", one_of(std::vector<std::string>{"1.004859", "1.004884", "1.001193"}));
    default:
      return append("BienLai", record::canonical({{"KyHieu", "AA"}, {"SoBienLai", number}, {"SoTien", Value(std::int64_t{1} << 62U)}}));
  }
}

/// What somebody does who reads what is on the screen.
std::optional<Op> Story::sensible_custody(Known known) {
  const auto seen = look(known);
  if (!seen) return std::nullopt;
  const auto& own = unit_[writer_];
  for (const auto& one : seen->custody.pending)
    if (one.to == own) return one_in(6) ? decline(one.op) : accept(one.op);
  if (seen->custody.unit != own) return std::nullopt;
  if (!seen->custody.pending.empty() && one_in(3)) return recall(one_of(seen->custody.pending).op);
  std::vector<UnitCode> others{"W-8"};
  for (const auto& unit : unit_)
    if (!unit.empty() && unit != own) others.insert(others.end(), 3, unit);
  return offer(one_of(others), one_in(2) ? "note" : "", one_in(2) ? "20210101000000" : "");
}

Op Story::random_custody(Known known) {
  if (auto op = sensible_custody(known)) return *std::move(op);
  const auto offers = known_kind(OpKind::offer, known);
  const auto kind = offers.empty() ? 0 : draw(6);
  const auto& offered = offers.empty() ? OpId{} : one_in(3) ? one_of(offers) : offers.back();
  switch (kind) {
    case 0:
    case 1:
      return offer(one_of(std::vector<UnitCode>{"W-1", "W-2", centre, centre, "W-8"}), one_in(2) ? "note" : "",
                   one_in(2) ? "20210101000000" : "");
    case 2:
    case 3: return accept(offered);
    case 4: return decline(offered);
    default: return recall(offered);
  }
}

Op Story::random_status(Known known) {
  const auto seen = look(known);
  std::string to = one_of(std::vector<std::string>{"3", "4", "5", "5", "7", "8", "8", "9", "9", "10"});
  if (seen && one_in(2)) {
    const auto* now = record::find(seen->fields, "TrangThaiHoSo");
    std::vector<int> next;
    for (const auto& row : schema::transitions())
      if (now != nullptr && Value(std::to_string(row.from)) == *now) next.push_back(row.to);
    if (!next.empty()) to = std::to_string(one_of(next));
  }
  if (mix_.undos && one_in(10)) return set("TrangThaiHoSo", record::Heads{known_on(at("TrangThaiHoSo"), known)});
  if (one_in(6)) return set("TrangThaiHoSo", to);
  Map rides;
  if (one_in(2)) rides.push_back({"NgayTra", random_text()});
  if (one_in(4)) rides.push_back({"QuyetDinh", random_text()});
  if (one_in(6)) rides.push_back({"CanBoXuLy", random_text()});
  auto op = status(to, record::canonical(std::move(rides)));
  if (mix_.undos && one_in(12)) op.replaces = known_on(at("TrangThaiHoSo"), known);
  return op;
}

/// What somebody does about what he is shown.
Op Story::answer_to(const DossierState& state) {
  std::vector<Op> ops;
  for (const auto& one : state.proposals) {
    ops.push_back(approve(one));
    ops.push_back(approve(one));
    ops.push_back(dismiss(one));
  }
  for (const auto& one : state.not_applied) ops.push_back(dismiss(one));
  for (const auto& conflict : state.conflicts) {
    if (can_keep(conflict)) ops.push_back(keep(conflict, draw(conflict.values.size())));
    if (!is_question(conflict.kind)) ops.push_back(dismiss(conflict));
  }
  for (const auto& one : state.custody.pending) {
    ops.push_back(accept(one.op));
    ops.push_back(one_in(2) ? decline(one.op) : recall(one.op));
  }
  return ops.empty() ? append("notes", "nothing to do") : one_of(ops);
}

Op Story::random_answer(Known known) {
  if (const auto state = look(known)) return answer_to(*state);
  return {one_in(2) ? OpKind::approve : OpKind::dismiss, at("TrangThaiHoSo"), record::Heads{known_any(known)}, std::nullopt};
}

Op Story::random_undo(Known known) {
  std::vector<Fact> held;
  for (std::size_t i = 0; i < facts_.size(); ++i)
    if ((known >> i & 1U) != 0) held.push_back(facts_[i]);
  const auto told = merge::history(did_, held, context_);
  std::vector<Op> ops;
  for (const auto& entry : told)
    if (can_undo(entry)) ops.push_back(undo(entry));
  return ops.empty() ? append("notes", "nothing to take back") : ops[ops.size() - 1 - draw(std::min<std::size_t>(ops.size(), 4))];
}

Op Story::random_oddity(Known known) {
  const OpId absent{{device_of(77), {}, 5}, 0};
  OpId beyond{facts_.front().position, 99};
  switch (draw(16)) {
    case 0: return {static_cast<OpKind>(200), at("ChuHoSo"), "future", std::nullopt};
    case 1: return set("TaiLieuNop", "not a list");
    case 2: return set("MaHoSo", random_text());
    case 3: return remove("notes", "x");
    case 4: return set("TongLePhi", "no number");
    case 5: return status("11");
    case 6: return set("TrangThaiHoSo", Value());
    case 7: return {OpKind::offer, at("BanGiao"), Map{{"to", "lower case"}}, std::nullopt};
    case 8: return {OpKind::offer, at("ChuHoSo"), Map{{"to", "W-2"}}, std::nullopt};
    case 9: return {OpKind::dismiss, at("GhiChu"), record::Heads{{beyond}}, std::nullopt};
    case 10: return set("ChuHoSo", record::Heads{{absent}});
    case 11: return accept(one_in(2) ? beyond : OpId{facts_.front().position, 0});
    case 12: return set(at("TaiLieuNop", paper_id("p")), "an element");
    case 13: return set(at("BienLai", receipt_id("1"), "SoTien"), 1);
    case 14: return set(at("TaiLieuNop", paper_id("p"), "IsDeleted"), one_in(2));
    default: {
      auto op = set("Email", random_text());
      op.replaces = std::vector<OpId>{one_in(2) ? absent : beyond};
      (void)known;
      return op;
    }
  }
}

Op Story::random_op(Known known) {
  if (mix_.oddities && one_in(20)) return random_oddity(known);
  if (mix_.undos && one_in(14)) return random_undo(known);
  auto theme = one_in(4) ? static_cast<Theme>(draw(7)) : theme_;
  if (!mix_.acts && (theme == Theme::custody || theme == Theme::status || theme == Theme::proposals)) theme = Theme::fields;
  if (theme == Theme::everything) theme = mix_.acts ? static_cast<Theme>(1 + draw(6)) : Theme::elements;
  switch (theme) {
    case Theme::custody: return one_in(3) ? random_field(known) : random_custody(known);
    case Theme::status: return one_in(5) ? random_answer(known) : random_status(known);
    case Theme::elements: return random_element(known);
    case Theme::money: return random_money(known);
    case Theme::proposals: return one_in(2) ? random_answer(known) : one_in(2) ? random_field(known) : random_element(known);
    case Theme::everything:
    case Theme::fields: break;
  }
  return random_field(known);
}

Hlc Story::random_clock() {
  if (!mix_.clocks) return hlc_at(static_cast<std::int64_t>(facts_.size()) * 1000);
  const auto good = hlc_at(static_cast<std::int64_t>(draw(4)) * 1000);
  switch (draw(10)) {
    case 0: return Hlc::at({static_cast<std::int64_t>(draw(1000))});
    case 1: return Hlc::at({4'070'908'800'000 + static_cast<std::int64_t>(draw(1000))});
    case 2: return hlc_at(1'000'000'000);
    default: return good;
  }
}

/// A writer hears some of what another knows, then writes.
void Story::step() {
  writer_ = 1 + draw(3);
  const auto writer = writer_;
  if (one_in(3)) known_[writer] |= known_[1 + draw(3)];
  if (one_in(4)) known_[writer] |= past_[draw(past_.size())];
  const auto number = facts_.size();
  Fact fact;
  fact.position = {device_of(static_cast<std::uint8_t>(writer)), Incarnation{}, number};
  fact.position.incarnation.bytes[0] = static_cast<std::uint8_t>(draw(2));
  fact.rid.bytes[0] = static_cast<std::uint8_t>(draw(256));
  fact.rid.bytes[1] = static_cast<std::uint8_t>(number);
  fact.hlc = random_clock();
  fact.unit = unit_[writer];
  fact.schema = static_cast<std::uint16_t>(mix_.politics ? 1 + draw(3) : 1);
  fact.change.user = mix_.politics ? one_of(people) : "user" + std::to_string(writer);
  fact.change.seen = heads(known_[writer]);
  for (auto ops = 1 + draw(2); ops > 0; --ops) fact.change.ops.push_back(random_op(known_[writer]));
  if (mix_.strangers) disturb(fact);
  fact.act_verified = !one_in(3);
  facts_.push_back(std::move(fact));
  known_[writer] |= Known{1} << number;
  past_.push_back(known_[writer]);
}

void Story::disturb(Fact& fact) {
  switch (draw(36)) {
    case 0: fact.admission = Admission::waiting; break;
    case 1:
    case 2: fact.admission = Admission::proposal; break;
    case 3:
      forks_.push_back(fact);
      forks_.back().rid.bytes.fill(static_cast<std::uint8_t>(200 + forks_.size()));
      forks_.back().change.ops = {set("ChuHoSo", "fork")};
      break;
    case 4: fact.unit = "W-8"; break;  // a device of another unit, which saw the same
    default: break;
  }
}

/// None, all in the order of writing, or some in any order; segments hold several.
void Story::stamp_some() {
  const auto way = mix_.clocks ? draw(4) : draw(2);
  if (way == 0) return;
  std::vector<std::size_t> order(facts_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (way == 3) std::shuffle(order.begin(), order.end(), random_);
  std::uint64_t index = 0;
  for (const auto i : order) {
    if (!one_in(4)) ++index;
    if (way == 1 || draw(3) != 0) facts_[i].stamp = Stamp{index, {hlc_at(0).wall().ms + static_cast<std::int64_t>(index) * 60'000}};
  }
}

std::vector<Fact> Story::some() {
  std::vector<Fact> out;
  for (const auto& fact : facts_)
    if (draw(3) != 0) out.push_back(fact);
  return out;
}

Position Story::say(const Person& by, std::vector<Position> seen, std::vector<Op> ops) {
  Fact fact;
  const auto number = facts_.size();
  fact.position = {device_of(9), Incarnation{}, number};
  fact.rid.bytes[0] = 99;
  fact.rid.bytes[1] = static_cast<std::uint8_t>(number);
  fact.hlc = hlc_at(2'000'000'000 + static_cast<std::int64_t>(number));
  fact.unit = by.unit;
  fact.schema = 1;
  fact.change = {by.user, std::move(seen), std::move(ops), "", {}};
  facts_.push_back(std::move(fact));
  return facts_.back().position;
}

}  // namespace ward::merge::test
