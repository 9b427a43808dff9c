#include "protocol/schema/schema.hpp"

#include "protocol/schema/csv.hpp"
#include "protocol/schema/tables.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

namespace ward::embedded {
extern const std::string_view schema_fields, schema_policy_changes, schema_codes, schema_statuses, schema_transitions, schema_procedures,
    schema_linked;
}  // namespace ward::embedded

namespace ward::schema {
namespace {

constexpr std::array policy_names{"latest", "ask", "owner", "workflow", "set", "ledger", "log"};
constexpr std::array type_names{"string", "enum", "date", "datetime", "money", "int", "bool", "list"};
constexpr std::array clock_names{"not_started", "running", "suspended", "stopped"};

/// The tables are part of the program: one that cannot be read is our own mistake.
std::vector<Row> rows_of(std::string_view file, std::string_view header) {
  auto rows = read_csv(file, header);
  WARD_ASSERT(rows.has_value());
  return *std::move(rows);
}

template <class E, std::size_t N>
E parse_name(const std::array<const char*, N>& names, const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name);
  WARD_ASSERT(at != names.end());
  return static_cast<E>(at - names.begin());
}

int parse_int(const std::string& text) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  WARD_ASSERT(error == std::errc{} && end == text.data() + text.size());
  return out;
}

bool parse_flag(const std::string& text, std::string_view yes, std::string_view no) {
  WARD_ASSERT(text == yes || text == no);
  return text == yes;
}

Field parse_field(const Row& row) {
  return {row[0],
          row[1],
          parse_name<Type>(type_names, row[2]),
          parse_flag(row[3], "y", "n"),
          row[4],
          row[5],
          parse_flag(row[6], "y", "n"),
          parse_name<Policy>(policy_names, row[7]),
          parse_flag(row[8], "y", "n")};
}

/// Collections that the national message describes as "the same shape as" another.
struct Shape {
  std::string_view collection, like;
};
constexpr std::array shapes{Shape{"DanhSachGiayToBoSung", "TaiLieuNop"}, Shape{"DanhSachLePhiBoSung", "DanhSachLePhi"}};

/// The collection whose rows describe the fields of `collection`.
std::string_view shape_of(std::string_view collection) {
  const auto* found = std::find_if(shapes.begin(), shapes.end(), [&](const Shape& s) { return s.collection == collection; });
  return found == shapes.end() ? collection : found->like;
}

std::vector<Field> parse_fields() {
  std::vector<Field> out;
  for (const auto& row :
       rows_of(embedded::schema_fields, "name,parent,type,required,vi_label,en_label,personal_data,merge_policy,key,notes"))
    out.push_back(parse_field(row));
  const auto named = out.size();
  for (const auto& shape : shapes)
    for (std::size_t i = 0; i < named; ++i) {
      if (out[i].parent != shape.like) continue;
      auto field = out[i];
      field.parent = shape.collection;
      out.push_back(std::move(field));
    }
  return out;
}

const std::vector<Field>& all_fields() {
  static const auto parsed = parse_fields();
  return parsed;
}

struct Name {
  std::string_view parent, name;
  friend bool operator==(const Name&, const Name&) = default;
};
struct NameHash {
  std::size_t operator()(const Name& n) const noexcept {
    const std::hash<std::string_view> hash;
    return hash(n.name) * 31U + hash(n.parent);
  }
};
using Index = std::unordered_map<Name, const Field*, NameHash>;

Index index_fields() {
  Index out;
  for (const auto& field : all_fields()) WARD_ASSERT(out.emplace(Name{field.parent, field.name}, &field).second);
  return out;
}

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> out;
  while (!words.empty()) {
    const auto end = std::min(words.find('|'), words.size());
    out.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

void add_code(CodeList& to, std::string code, std::vector<std::string> words) {
  std::vector<std::string> folded;
  folded.reserve(words.size());
  for (const auto& word : words) folded.push_back(text::fold(word));
  to.codes.push_back({code, std::move(folded)});
  to.choices.push_back({std::move(code), std::move(words)});
}

using CodeIndex = std::unordered_map<const Field*, CodeList>;

CodeIndex parse_codes() {
  CodeIndex out;
  for (const auto& row : rows_of(embedded::schema_codes, "field,parent,code,words,open,notes")) {
    for (const auto& field : all_fields()) {
      if (field.name != row[0] || shape_of(field.parent) != row[1]) continue;
      auto& list = out[&field];
      list.open = parse_flag(row[4], "y", "n");
      add_code(list, row[2], split(row[3]));
    }
  }
  for (const auto* field : {find("", "TrangThaiHoSo"), find("QuaTrinhXuLy", "TrangThai")}) {
    auto& list = out[field];
    list.open = false;
    for (const auto& status : statuses()) add_code(list, std::to_string(status.code), {status.vi, status.en});
  }
  return out;
}

Edition parse_edition() {
  Edition out;
  for (const auto& row : rows_of(embedded::schema_policy_changes, "version,parent,field,merge_policy,notes")) {
    out.policy_changes.push_back({static_cast<std::uint16_t>(parse_int(row[0])), row[1], row[2], parse_name<Policy>(policy_names, row[3])});
    WARD_ASSERT(out.policy_changes.back().version >= out.version && find(row[1], row[2]) != nullptr);
    out.version = out.policy_changes.back().version;
  }
  return out;
}

std::vector<Status> parse_statuses() {
  std::vector<Status> out;
  for (const auto& row :
       rows_of(embedded::schema_statuses, "code,vi,en,terminal,clock,successors,counts_as_end_of_processing,note,certainty"))
    out.push_back({parse_int(row[0]), row[1], row[2], parse_flag(row[3], "yes", "no"), parse_name<Clock>(clock_names, row[4])});
  return out;
}

std::vector<Transition> parse_transitions() {
  std::vector<Transition> out;
  for (const auto& row : rows_of(embedded::schema_transitions, "from,to,who,condition,concurrent_priority,certainty"))
    out.push_back({row[0].empty() ? 0 : parse_int(row[0]), parse_int(row[1]), parse_int(row[4])});
  return out;
}

std::vector<Procedure> parse_procedures() {
  std::vector<Procedure> out;
  for (auto& row : rows_of(embedded::schema_procedures,
                           "code,name_vi,field,level,time_value,time_unit,working,same_day,fee_vnd,online,papers,lien_thong,"
                           "handler_unit,certainty_code_name,certainty_rest,payment_waits"))
    out.push_back({row[0], row[1], row[2], row[3], row[12], parse_int(row[4]), row[5], parse_flag(row[6], "y", "n"),
                   parse_flag(row[7], "y", "n"), parse_int(row[8]), row[9] != "no", parse_flag(row[15], "y", "n")});
  return out;
}

std::span<const LinkedPart> linked_among(std::span<const LinkedPart> all, std::string_view procedure) {
  const auto is = [&](const LinkedPart& one) { return one.procedure == procedure; };
  const auto first = std::find_if(all.begin(), all.end(), is);
  return {first, std::find_if_not(first, all.end(), is)};
}

bool is_earlier(const std::vector<LinkedPart>& parts, const LinkedPart& later) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const auto& one) { return one.procedure == later.procedure && one.key == later.after; });
}

/// Parts of one procedure stand together, each behind the one that it waits for.
std::vector<LinkedPart> parse_linked() {
  std::vector<LinkedPart> out;
  for (auto& row : rows_of(embedded::schema_linked, "procedure,part,name_vi,name_en,part_procedure,kind,unit,after,certainty")) {
    LinkedPart part{row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]};
    WARD_ASSERT(find_procedure(part.procedure) != nullptr && !part.key.empty());
    WARD_ASSERT(part.part_procedure.empty() || find_procedure(part.part_procedure) != nullptr);
    WARD_ASSERT(part.after.empty() || is_earlier(out, part));
    WARD_ASSERT(linked_among(out, part.procedure).empty() || out.back().procedure == part.procedure);
    out.push_back(std::move(part));
  }
  return out;
}

}  // namespace

std::span<const Field> fields() { return all_fields(); }

const Field* find(std::string_view parent, std::string_view name) {
  static const auto index = index_fields();
  const auto found = index.find({parent, name});
  return found == index.end() ? nullptr : found->second;
}

const Field* field_at(const record::Path& path) {
  const Field* field = nullptr;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool want_name = i % 2 == 0;
    if ((path[i].kind == record::Step::Kind::name) != want_name) return nullptr;
    if (!want_name) {
      if (field->type != Type::list) return nullptr;
      continue;
    }
    field = find(field == nullptr ? std::string_view{} : field->name, path[i].text);
    if (field == nullptr) return nullptr;
  }
  return field;
}

std::vector<const Field*> key_fields(std::string_view collection) {
  static const auto index = [] {
    std::unordered_map<std::string_view, std::vector<const Field*>> out;
    for (const auto& field : all_fields())
      if (field.key) out[field.parent].push_back(&field);
    return out;
  }();
  const auto found = index.find(collection);
  return found == index.end() ? std::vector<const Field*>{} : found->second;
}

Policy policy_at(const record::Path& path) {
  const auto* field = field_at(path);
  return field == nullptr ? Policy::ask : field->policy;
}

const char* name_of(Policy policy) noexcept { return policy_names[static_cast<std::size_t>(policy)]; }
const char* name_of(Type type) noexcept { return type_names[static_cast<std::size_t>(type)]; }

const Edition& edition() {
  static const auto parsed = parse_edition();
  return parsed;
}

std::span<const Status> statuses() {
  static const auto parsed = parse_statuses();
  return parsed;
}

std::span<const Transition> transitions() {
  static const auto parsed = parse_transitions();
  return parsed;
}

std::span<const Procedure> procedures() {
  static const auto parsed = parse_procedures();
  return parsed;
}

const Procedure* find_procedure(std::string_view code) {
  const auto all = procedures();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Procedure& one) { return one.code == code; });
  return found == all.end() ? nullptr : &*found;
}

std::span<const LinkedPart> linked_parts(std::string_view procedure) {
  static const auto parsed = parse_linked();
  return linked_among(parsed, procedure);
}

const CodeList& codes_of(const Field& field) {
  static const auto index = parse_codes();
  static const CodeList unknown;
  const auto found = index.find(find(field.parent, field.name));
  return found == index.end() ? unknown : found->second;
}

std::span<const Choice> choices(const Field& field) { return codes_of(field).choices; }

}  // namespace ward::schema
