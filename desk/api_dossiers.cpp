#include "desk/api.hpp"
#include "desk/edits.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

/// New dossiers, and changes of any of their fields.
namespace ward::desk {

using runtime::respond;

runtime::Response Api::create(const Request& request) {
  auto begun = beginning_of(site_.store(), request);
  if (begun.has_error()) return refuse(begun.error());
  if (begun->trouble) return respond(*begun->trouble);
  const auto saved = save(site_, request, {{std::move(begun->change), std::nullopt}}, [&](const auto& all) {
    auto out = saved_json(all.front());
    out["code"] = begun->code.empty() ? all.front().code : begun->code;
    out["provisional"] = all.front().provisional;
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

runtime::Response Api::change(const Request& request) {
  auto edit = edit_of(site_.store(), request);
  if (edit.has_error()) return refuse(edit.error());
  const auto looked = look_at_edit(site_, edit->did, edit->change);
  if (looked.has_error()) return refuse(looked.error());
  if (looked->trouble) return respond(*looked->trouble);
  const auto saved = save(site_, request, {{std::move(edit->change), edit->did}}, [&](const auto& all) {
    auto out = saved_json(all.front());
    out["proposed"] = looked->proposed;
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

}  // namespace ward::desk
