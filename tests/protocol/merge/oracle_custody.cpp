#include "tests/protocol/merge/oracle.hpp"

#include <algorithm>
#include <tuple>

/// Who holds the papers (MERGE.md §3).
namespace ward::merge::test {

bool Oracle::good(std::size_t op, Sense sense) const { return judged_[op].sense == sense && judged_[op].outcome == Outcome::applies; }

std::size_t Oracle::offer_named(std::size_t act) const { return *find(references_of(ops_[act].op->value).front()); }

bool Oracle::names_good_offer(std::size_t op) const { return good(offer_named(op), Sense::offer); }

/// Good accepts of an offer, the first first.
std::vector<std::size_t> Oracle::accepts(std::size_t offer, const Ops& in) const {
  std::vector<std::size_t> out;
  for (std::size_t op = 0; op < ops_.size(); ++op)
    if (in.has(op) && good(op, Sense::accept) && offer_named(op) == offer) out.push_back(op);
  std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [&](std::size_t op) {
      const auto& fact = *ops_[op].fact;
      return std::tuple{!fact.stamp.has_value(), fact.stamp ? fact.stamp->index : 0, fact.rid, ops_[op].id.index};
    };
    return key(a) < key(b);
  });
  return out;
}

int Oracle::tenure(const Ops& in) const {
  int here = root;
  for (;;) {
    std::optional<std::size_t> first;
    for (std::size_t op = 0; op < ops_.size(); ++op) {
      if (!in.has(op) || !good(op, Sense::accept) || judged_[offer_named(op)].tenure != here) continue;
      if (!first) {
        first = op;
        continue;
      }
      const auto key = [&](std::size_t accept) {
        const auto& fact = *ops_[accept].fact;
        return std::tuple{!fact.stamp.has_value(), fact.stamp ? fact.stamp->index : 0, fact.rid, ops_[accept].id.index};
      };
      if (key(op) < key(*first)) first = op;
    }
    if (!first) return here;
    here = static_cast<int>(offer_named(*first));
  }
}

UnitCode Oracle::holder(const Ops& in) const {
  const auto here = tenure(in);
  if (here == root) return order_.front()->unit;
  return ops_[accepts(static_cast<std::size_t>(here), in).front()].fact->unit;
}

bool Oracle::open(std::size_t offer, const Ops& in) const {
  if (tenure(in) != judged_[offer].tenure) return false;
  for (std::size_t op = 0; op < ops_.size(); ++op)
    if (in.has(op) && (good(op, Sense::decline) || good(op, Sense::recall)) && offer_named(op) == offer) return false;
  return true;
}

std::vector<int> Oracle::line_of_custody() const {
  std::vector<int> out{tenure(everything_)};
  while (out.back() != root) out.push_back(judged_[static_cast<std::size_t>(out.back())].tenure);
  std::reverse(out.begin(), out.end());
  return out;
}

Oracle::Judgement Oracle::judge_custody(std::size_t op, Judgement about) const {
  const auto& said = ops_[op];
  const auto& at = said.fact->stamp;
  const auto own = house(said.fact->unit, at);
  const auto refuse = [&](Refusal why) {
    about.outcome = Outcome::refused;
    about.why = why;
    return about;
  };
  if (about.sense == Sense::offer) return about.inside ? about : refuse(Refusal::outside_custody);
  const auto offer = offer_named(op);
  if (about.sense == Sense::recall) {
    if (own != house(holder(ops_[offer].past), at)) return refuse(Refusal::outside_custody);
  } else if (own != house(*record::find(*ops_[offer].op->value.map(), "to")->text(), at)) {
    return refuse(Refusal::not_offered);
  }
  return open(offer, said.past) ? about : refuse(Refusal::offer_closed);
}

}  // namespace ward::merge::test
