#include "protocol/course/filling.hpp"

#include "protocol/course/course.hpp"
#include "protocol/schema/schema.hpp"

#include <algorithm>

namespace ward::course {
namespace {

using deadline::Moment;
using deadline::moment_of;
using record::Op;
using record::OpKind;
using record::Step;

constexpr std::string_view round_key = "HoSoBoSungId";
constexpr std::string_view asked_at = "NgayBoSung", received_at = "NgayTiepNhanBoSung", due_before = "NgayHenTraTruoc",
                           due_after = "NgayHenTraMoi";

/// What the act says by itself.
class Given {
 public:
  explicit Given(const std::vector<Op>& ops) : ops_(ops) {}

  /// The last `set` of a field of the dossier.
  [[nodiscard]] const record::Value* field(std::string_view name) const { return set_at({Step::field(std::string(name))}); }
  [[nodiscard]] bool has(const record::Path& path) const { return set_at(path) != nullptr; }
  /// A round that the act appends; null: none.
  [[nodiscard]] const record::Map* round() const {
    const auto is_one = [](const Op& op) {
      return op.kind == OpKind::append && op.path.size() == 1 && op.path.front().text == rounds_list && op.value.map() != nullptr;
    };
    const auto found = std::find_if(ops_.rbegin(), ops_.rend(), is_one);
    return found == ops_.rend() ? nullptr : found->value.map();
  }

 private:
  [[nodiscard]] const record::Value* set_at(const record::Path& path) const {
    const auto found = std::find_if(ops_.rbegin(), ops_.rend(), [&](const Op& op) { return op.kind == OpKind::set && op.path == path; });
    return found == ops_.rend() ? nullptr : &found->value;
  }

  const std::vector<Op>& ops_;
};

record::Path round_path(const std::string& id, std::string_view field) {
  return {Step::field(std::string(rounds_list)), Step::element(record::element_id({record::Value(id)})), Step::field(std::string(field))};
}

/// Works one act out.
class Filler {
 public:
  Filler(const merge::DossierState& before, const Act& act, const Rules& rules)
      : before_(before), row_(row_of(before)), act_(act), given_(act.ops), rules_(rules) {}

  Filling run() {
    const auto status = after("TrangThaiHoSo");
    if (given_.field("TrangThaiHoSo") == nullptr || status.empty() || status == row_.status) return {};
    const bool waited = deadline::waits_in(row_.status, row_.procedure);
    if (status == "2" && row_.received.empty()) accept();
    if (status == "3") date("NgayTuChoi", act_.now);
    if (status == "5") open_round();
    if (waited && (status == "2" || status == "4")) go_on();
    if (status == "8" || status == "9") date("NgayKetThucXuLy", act_.now);
    if (status == "10") date("NgayTra", act_.now);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string after(std::string_view field) const {
    const auto* value = given_.field(field);
    if (value == nullptr) return shown_text(before_, field);
    const auto* text = value->text();
    return text == nullptr ? std::string() : *text;
  }
  [[nodiscard]] deadline::Term term() const {
    const auto* procedure = schema::find_procedure(after("MaTTHC"));
    return procedure == nullptr ? deadline::Term{} : deadline::term_of(*procedure);
  }

  /// Where neither the act nor the dossier has one.
  void date(std::string_view field, Moment moment) {
    if (given_.field(field) == nullptr && shown_text(before_, field).empty()) out_.dates.emplace_back(field, deadline::stored(moment));
  }
  void promise(Moment from, Moment due) {
    out_.certain = rules_.calendar.decided(deadline::day_of(from), std::max(deadline::day_of(from), deadline::day_of(due)));
  }

  void accept() {
    date("NgayTiepNhan", act_.now);
    const auto* given = given_.field("NgayTiepNhan");
    const auto received = given == nullptr ? act_.now : moment_of(after("NgayTiepNhan"));
    if (!received || given_.field("NgayHenTra") != nullptr || !row_.due.empty()) return;
    if (schema::find_procedure(after("MaTTHC")) == nullptr) return;
    const auto due = deadline::appointment(rules_.calendar, rules_.office, term(), *received);
    out_.dates.emplace_back("NgayHenTra", deadline::stored(due));
    promise(*received, due);
  }

  void open_round() {
    const auto* given = given_.round();
    Filling::Round round{given == nullptr ? next_round() : text_in(*given, round_key), given == nullptr, {}};
    if (round.id.empty()) return;
    const auto put = [&](std::string_view name, record::Value value) {
      if (given == nullptr || record::find(*given, name) == nullptr) round.fields.push_back({std::string(name), std::move(value)});
    };
    if (round.is_new) put(round_key, round.id);
    put("NguoiYeuCauBoSung", act_.user);
    if (!act_.reason.empty()) put("NoiDungBoSung", act_.reason);
    put(asked_at, deadline::stored(act_.now));
    put("TrangThaiBoSung", false);
    if (!row_.due.empty()) put(due_before, row_.due);
    keep(std::move(round));
  }

  void keep(Filling::Round round) {
    if (round.fields.empty()) return;
    round.fields = record::canonical(std::move(round.fields));
    out_.round = std::move(round);
  }

  /// Two PCs that ask at once use one name, so their texts reach one letter.
  [[nodiscard]] std::string next_round() const {
    const auto& rounds = elements_of(before_, rounds_list);
    const auto is_there = [&](const std::string& id) {
      return std::any_of(rounds.begin(), rounds.end(), [&](const auto& one) { return text_in(one.fields, round_key) == id; });
    };
    auto number = rounds.size() + 1;
    while (is_there(std::to_string(number))) ++number;
    return std::to_string(number);
  }

  void go_on() {
    const auto* round = open_round_held();
    const auto id = round == nullptr ? std::string() : text_in(round->fields, round_key);
    const auto began = round == nullptr ? act_.status_since : moment_of(text_in(round->fields, asked_at));
    const auto ended = id.empty() ? std::optional(act_.now) : received_of(id);
    std::string due;
    if (const auto held = moment_of(row_.due); held && began && ended) {
      const auto moved = deadline::resume(rules_.calendar, rules_.office, term(), *held, *began, *ended);
      due = deadline::stored(moved);
      if (given_.field("NgayHenTra") == nullptr && due != row_.due) out_.dates.emplace_back("NgayHenTra", due);
      promise(*ended, moved);
    }
    if (id.empty()) return;
    Filling::Round closed{id, false, {}};
    const auto put = [&](std::string_view name, record::Value value) {
      if (!given_.has(round_path(id, name))) closed.fields.push_back({std::string(name), std::move(value)});
    };
    put(received_at, deadline::stored(act_.now));
    put("NguoiTiepNhanBoSung", act_.user);
    put("TrangThaiBoSung", true);
    const auto* promised = given_.field("NgayHenTra");
    if (promised != nullptr && promised->text() != nullptr) due = *promised->text();
    if (!due.empty()) put(due_after, due);
    keep(std::move(closed));
  }

  [[nodiscard]] std::optional<Moment> received_of(const std::string& id) const {
    for (auto op = act_.ops.rbegin(); op != act_.ops.rend(); ++op)
      if (op->kind == OpKind::set && op->path == round_path(id, received_at))
        return op->value.text() == nullptr ? std::nullopt : moment_of(*op->value.text());
    return act_.now;
  }

  [[nodiscard]] const merge::Element* open_round_held() const {
    const auto& rounds = elements_of(before_, rounds_list);
    const auto is_open = [](const merge::Element& one) {
      return text_in(one.fields, received_at).empty() && !text_in(one.fields, round_key).empty();
    };
    const auto found = std::find_if(rounds.rbegin(), rounds.rend(), is_open);
    return found == rounds.rend() ? nullptr : &*found;
  }

  const merge::DossierState& before_;
  Row row_;
  const Act& act_;
  Given given_;
  const Rules& rules_;
  Filling out_;
};

}  // namespace

Filling filling_of(const merge::DossierState& before, const Act& act, const Rules& rules) { return Filler(before, act, rules).run(); }

std::vector<Op> ops_of(const Filling& filling) {
  std::vector<Op> out;
  out.reserve(filling.dates.size() + 1);
  for (const auto& [field, value] : filling.dates) out.push_back({OpKind::set, {Step::field(field)}, record::Value(value), std::nullopt});
  if (!filling.round) return out;
  const auto& round = *filling.round;
  if (round.is_new)
    out.push_back({OpKind::append, {Step::field(std::string(rounds_list))}, record::Value(round.fields), std::nullopt});
  else
    for (const auto& [name, value] : round.fields) out.push_back({OpKind::set, round_path(round.id, name), value, std::nullopt});
  return out;
}

}  // namespace ward::course
