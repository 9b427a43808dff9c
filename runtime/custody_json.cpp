#include "runtime/custody_json.hpp"

#include "runtime/dossier_json.hpp"
#include "runtime/inbox_words.hpp"

#include <boost/json/array.hpp>

namespace ward::runtime {

namespace json = boost::json;

WallTime time_of(Hlc hlc, const std::optional<Stamp>& stamp) { return stamp ? stamp->time : hlc.wall(); }

json::object json_of(const merge::Decider& decider) {
  json::object out{{"role", merge::name_of(decider.role)}};
  if (!decider.user.empty()) out["user"] = decider.user;
  if (!decider.unit.empty()) out["unit"] = decider.unit;
  return out;
}

json::object json_of(const merge::Offer& offer) {
  return {{"id", op_text(offer.op)},
          {"from", offer.from},
          {"to", offer.to},
          {"by", offer.user},
          {"at", time_text(time_of(offer.hlc, offer.stamp))},
          {"note", offer.note},
          {"expires", offer.expires}};
}

json::object json_of(const merge::Custody& custody) {
  json::array pending;
  for (const auto& offer : custody.pending) pending.push_back(json_of(offer));
  return {{"unit", custody.unit}, {"since", time_text(time_of(custody.hlc, custody.stamp))}, {"pending", std::move(pending)}};
}

json::object json_of(const merge::Unapplied& unapplied) {
  auto out = json_of(unapplied.said);
  out["refusal"] = merge::name_of(unapplied.why);
  out["decider"] = json_of(unapplied.decider);
  add_words(out, words_of(unapplied.why));
  return out;
}

}  // namespace ward::runtime
