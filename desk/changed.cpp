#include "desk/changed.hpp"

#include "runtime/dossier_json.hpp"

#include <algorithm>
#include <set>

namespace ward::desk {
namespace {

namespace json = boost::json;

class Difference {
 public:
  [[nodiscard]] json::array take() && { return std::move(rows_); }

  void of_values(const record::Path& path, const record::Value* before, const record::Value* after) {
    if (before == nullptr && after == nullptr) return;
    if (before != nullptr && after != nullptr && *before == *after) return;
    row(path, before == nullptr ? json::value() : runtime::json_of(*before), after == nullptr ? json::value() : runtime::json_of(*after));
  }

  void of_fields(const record::Path& parent, const record::Map& before, const record::Map& after) {
    std::set<std::string> names;
    for (const auto* fields : {&before, &after})
      for (const auto& member : *fields) names.insert(member.name);
    for (const auto& name : names) {
      auto path = parent;
      path.push_back(record::Step::field(name));
      of_values(path, record::find(before, name), record::find(after, name));
    }
  }

  void of_elements(const std::string& collection, const std::vector<merge::Element>& before, const std::vector<merge::Element>& after) {
    const auto in = [](const std::vector<merge::Element>& all, const std::string& id) {
      const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
      return found == all.end() ? nullptr : &found->fields;
    };
    for (const auto& element : before) {
      const auto path = path_of(collection, element.id);
      if (const auto* now = in(after, element.id))
        of_fields(path, element.fields, *now);
      else
        row(path, runtime::json_of(record::Value(element.fields)), {});
    }
    for (const auto& element : after)
      if (in(before, element.id) == nullptr) row(path_of(collection, element.id), {}, runtime::json_of(record::Value(element.fields)));
  }

  void row(const record::Path& path, json::value before, json::value after) {
    rows_.push_back(json::object{{"field", runtime::path_text(path)}, {"before", std::move(before)}, {"after", std::move(after)}});
  }

 private:
  static record::Path path_of(const std::string& collection, const std::string& element) {
    return {record::Step::field(collection), record::Step::element(element)};
  }

  json::array rows_;
};

const std::vector<merge::Element>& elements_of(const merge::DossierState& state, const std::string& name) {
  static const std::vector<merge::Element> none;
  const auto found = std::find_if(state.collections.begin(), state.collections.end(), [&](const auto& one) { return one.name == name; });
  return found == state.collections.end() ? none : found->elements;
}

}  // namespace

json::array changes_between(const merge::DossierState& before, const merge::DossierState& after) {
  Difference out;
  out.of_fields({}, before.fields, after.fields);
  std::set<std::string> collections;
  for (const auto* state : {&before, &after})
    for (const auto& collection : state->collections) collections.insert(collection.name);
  for (const auto& name : collections) out.of_elements(name, elements_of(before, name), elements_of(after, name));
  if (before.custody.unit != after.custody.unit)
    out.row({record::Step::field("BanGiao")}, json::string(before.custody.unit), json::string(after.custody.unit));
  return std::move(out).take();
}

}  // namespace ward::desk
