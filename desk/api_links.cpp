#include "desk/api.hpp"
#include "protocol/course/course.hpp"
#include "protocol/text/text.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/duplicates.hpp"
#include "storage/shared_codes.hpp"

/// Dossiers that look like one matter, lodged twice: suggested, linked or told apart, never merged. Codes that several dossiers have:
/// shown.
namespace ward::desk {
namespace {

namespace json = boost::json;
using course::shown_text;
using runtime::respond;

json::object json_of(const merge::DossierState& state) {
  return {{"id", runtime::id_text(state.did)},
          {"code", course::code_of(state)},
          {"owner", shown_text(state, "ChuHoSo")},
          {"procedure", shown_text(state, "MaTTHC")},
          {"procedure_name", shown_text(state, "TenTTHC")},
          {"status", shown_text(state, "TrangThaiHoSo")},
          {"received", shown_text(state, "NgayTiepNhan")},
          {"unit", state.custody.unit}};
}

json::object json_of(const storage::Sharer& one) {
  json::object out{{"id", runtime::id_text(one.did)}, {"unit", one.unit}, {"here", one.here}, {"owner", one.owner}};
  if (!one.voided.empty()) out["void"] = one.voided;
  return out;
}

/// What is said of `other` in `of`.
Result<storage::NewChange> change_about(const runtime::Request& request, const Asked& of, const Did& other, bool same,
                                        const std::string& why) {
  WARD_TRY(auto change, change_of(request, of, {{storage::relate(other, same, why)}, why}));
  change.seen.clear();  // the request speaks of two dossiers, and a version only of one
  return storage::NewChange{std::move(change), of.did};
}

struct Related {
  Asked one, other;
  bool same = true;
  std::string why;
};
Result<Related> related(Site& site, const runtime::Request& request) {
  Related out;
  WARD_TRY(out.one, asked_for(site, request, request.parameters.at("code")));
  WARD_TRY(const auto other, runtime::text_member(out.one.body, "other", {}));
  WARD_TRY(out.same, runtime::truth_member(out.one.body, "same", true));
  WARD_TRY(const auto why, runtime::text_member(out.one.body, "why", {}));
  WARD_TRY(out.why, text::to_nfc(why));
  if (out.why.empty()) return fail(Fault::invalid, "say why they are one matter, or two: `why`");
  WARD_TRY(out.other, asked_for(site, request, other));
  if (out.one.did == out.other.did) return fail(Fault::invalid, "`other` must be another dossier");
  return out;
}

}  // namespace

runtime::Response Api::shared_codes(const Request&) {
  const auto all = storage::shared_codes(site_.store());
  if (all.has_error()) return refuse(all.error());
  json::array out;
  for (const auto& shared : *all) {
    json::array dossiers;
    for (const auto& one : shared.dossiers) dossiers.push_back(json_of(one));
    out.push_back(json::object{{"code", shared.code}, {"dossiers", std::move(dossiers)}});
  }
  return respond(json::object{{"shared", std::move(out)}});
}

runtime::Response Api::duplicates(const Request& request) {
  const auto limit = runtime::limit_of(request);
  if (limit.has_error()) return refuse(limit.error());
  const auto page = storage::list_duplicates(site_.store(), request.query_or("cursor", ""), *limit);
  if (page.has_error()) return refuse(page.error());
  json::array out;
  for (const auto& pair : page->pairs) out.push_back(json::object{{"one", json_of(pair.one)}, {"other", json_of(pair.other)}});
  return respond(json::object{{"duplicates", std::move(out)}, {"next", page->next}});
}

runtime::Response Api::link(const Request& request) {
  const auto wanted = related(site_, request);
  if (wanted.has_error()) return refuse(wanted.error());
  auto here = change_about(request, wanted->one, wanted->other.did, wanted->same, wanted->why);
  if (here.has_error()) return refuse(here.error());
  auto there = change_about(request, wanted->other, wanted->one.did, wanted->same, wanted->why);
  if (there.has_error()) return refuse(there.error());
  const auto saved = save(site_, request, {*std::move(here), *std::move(there)}, [&](const auto& all) {
    return respond(json::object{{"id", runtime::id_text(all.front().did)},
                                {"other", runtime::id_text(wanted->other.did)},
                                {"version", runtime::version_text({all.front().position})},
                                {"same", wanted->same}},
                   201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

}  // namespace ward::desk
