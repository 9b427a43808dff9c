#include "protocol/base/codec.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/merge/merge.hpp"

#include <algorithm>
#include <limits>
#include <utility>

/// WIRE.md §4.2: another layout gets another number; old states are then merged anew.
namespace ward::merge {
namespace {

using record::Value;

constexpr std::size_t any = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t depth_max = 32;  ///< a list of maps for each collection inside another, and what a value may hold

constexpr std::size_t near = 32;  ///< so many different ones back something is named instead of written again

/// By whom, when and where something was said: most operations of a dossier share it with another.
struct Mark {
  Position change;
  std::string user;
  UnitCode unit;
  Hlc hlc;
  bool clock_good = true;
  std::optional<Stamp> stamp;
  std::string reason, author;
  UnitCode author_unit;
  bool is_signed = false;
  friend bool operator==(const Mark&, const Mark&) = default;
};

/// How many back, from 1, it was said last; 0: it was not, or longer ago.
template <class T>
std::size_t back_to(const std::vector<T>& said, const T& one) {
  for (std::size_t back = 1; back <= std::min(said.size(), near); ++back)
    if (said[said.size() - back] == one) return back;
  return 0;
}

class StateWriter {
 public:
  void put(std::uint8_t byte) { to_.u8(byte); }
  void put(std::uint64_t number) { to_.varint(number); }
  void put(const std::string& text) { to_.text(text); }
  void put(const Did& did) { to_.raw(did); }
  void put(const std::pair<DeviceId, Incarnation>& origin) {
    to_.raw(origin.first);
    to_.raw(origin.second);
  }
  void put(const Position& position) {
    once(origins_, std::pair(position.device, position.incarnation));
    to_.varint(position.seq);
  }
  void put(const Mark& mark) {
    put(mark.change);
    put(mark.user);
    put(mark.unit);
    put(mark.hlc);
    put(std::uint8_t{mark.clock_good});
    put(mark.stamp);
    put(mark.reason);
    put(mark.author);
    put(mark.author_unit);
    put(std::uint8_t{mark.is_signed});
  }
  void put(const OpId& id) {
    put(id.change);
    to_.varint(id.index);
  }
  void put(const Value& value) {
    put(static_cast<std::uint8_t>(value.data.index()));
    std::visit(
        overloaded{[](std::monostate) {}, [&](bool flag) { put(std::uint8_t{flag}); }, [&](std::int64_t number) { to_.zigzag(number); },
                   [&](const record::Heads& heads) { put(heads.ops); }, [&](const auto& other) { put(other); }},
        value.data);
  }
  void put(const record::Member& member) {
    record::encode_name(to_, member.name, 1);
    put(member.value);
  }
  void put(const Said& said) {
    once(marks_, Mark{said.op.change, said.user, said.unit, said.hlc, said.clock_good, said.stamp, said.reason, said.author,
                      said.author_unit, said.is_signed});
    to_.varint(said.op.index);
    put(static_cast<std::uint8_t>(said.kind));
    record::encode(to_, said.path);
    put(said.value);
  }
  void put(const Stamp& stamp) {
    to_.varint(stamp.index);
    to_.zigzag(stamp.time.ms);
  }
  void put(Hlc hlc) { to_.u64(hlc.value); }
  void put(const Decider& decider) {
    put(static_cast<std::uint8_t>(decider.role));
    put(decider.user);
    put(decider.unit);
  }
  void put(const Unapplied& unapplied) {
    put(unapplied.said);
    put(static_cast<std::uint8_t>(unapplied.why));
    put(unapplied.decider);
  }
  void put(const Offer& offer) {
    put(offer.op);
    put(offer.from);
    put(offer.to);
    put(offer.user);
    put(offer.hlc);
    put(offer.stamp);
    put(offer.note);
    put(offer.expires);
  }
  void put(const Custody& custody) {
    put(custody.unit);
    put(custody.since);
    put(custody.hlc);
    put(custody.stamp);
    put(custody.pending);
  }
  void put(const Stay& stay) {
    put(stay.unit);
    put(stay.given_by_unit);
    put(stay.given_by);
    put(stay.taken_by);
    put(stay.note);
    put(stay.offered);
    put(stay.from);
    put(stay.from_stamp);
    put(stay.until);
    put(stay.until_stamp);
    put(std::uint8_t{stay.given_signed});
    put(std::uint8_t{stay.taken_signed});
  }
  void put(const Element& element) {
    put(element.id);
    put(element.fields);
    put(element.user);
    put(element.unit);
    put(element.hlc);
  }
  void put(const Collection& collection) {
    record::encode_name(to_, collection.name, 1);
    put(collection.elements);
  }
  void put(const Conflict& conflict) {
    to_.raw(conflict.id);
    put(static_cast<std::uint8_t>(conflict.kind));
    record::encode(to_, conflict.path);
    put(conflict.values);
    put(conflict.decider);
    put(conflict.blocks);
  }
  template <class T>
  void put(const std::optional<T>& one) {
    put(std::uint8_t{one.has_value()});
    if (one) put(*one);
  }
  template <class T>
  void put(const std::vector<T>& items) {
    to_.varint(items.size());
    for (const auto& item : items) put(item);
  }
  [[nodiscard]] Bytes take() && { return std::move(to_).take(); }

 private:
  template <class T>
  void once(std::vector<T>& said, const T& one) {
    const auto back = back_to(said, one);
    to_.varint(back);
    if (back != 0) return;
    put(one);
    said.push_back(one);
  }

  Writer to_;
  std::vector<std::pair<DeviceId, Incarnation>> origins_;
  std::vector<Mark> marks_;
};

class StateReader {
 public:
  explicit StateReader(BytesView bytes) : from_(bytes) {}

  void get(std::uint8_t& out) { out = from_.u8(); }
  void get(std::uint64_t& out) { out = from_.varint(); }
  void get(std::int64_t& out) { out = from_.zigzag(); }
  void get(bool& out) { out = choice(2) == 1; }
  void get(std::string& out) { out = from_.text(any); }
  void get(Did& out) { out = from_.fixed_value<Did>(); }
  void get(std::pair<DeviceId, Incarnation>& out) {
    out.first = from_.fixed_value<DeviceId>();
    out.second = from_.fixed_value<Incarnation>();
  }
  void get(Position& out) {
    std::pair<DeviceId, Incarnation> origin;
    once(origins_, origin);
    out = {origin.first, origin.second, from_.varint()};
  }
  void get(Mark& out) {
    get(out.change);
    get(out.user);
    get(out.unit);
    get(out.hlc);
    get(out.clock_good);
    get(out.stamp);
    get(out.reason);
    get(out.author);
    get(out.author_unit);
    get(out.is_signed);
  }
  void get(OpId& out) {
    get(out.change);
    out.index = static_cast<std::uint16_t>(from_.count(std::numeric_limits<std::uint16_t>::max()));
  }
  void get(Value& out) {
    if (++depth_ > depth_max) from_.reject(Fault::too_large);
    switch (choice(std::variant_size_v<decltype(out.data)>)) {
      case 0: out = Value(); break;
      case 1: get(out.data.emplace<1>()); break;
      case 2: get(out.data.emplace<2>()); break;
      case 3: get(out.data.emplace<3>()); break;
      case 4: get(out.data.emplace<4>()); break;
      case 5: get(out.data.emplace<5>()); break;
      case 6: get(out.data.emplace<6>().ops); break;
    }
    --depth_;
  }
  void get(record::Member& out) {
    out.name = record::decode_name(from_, from_.varint(), 1);
    get(out.value);
  }
  void get(Said& out) {
    Mark mark;
    once(marks_, mark);
    out.op.change = mark.change;
    out.op.index = static_cast<std::uint16_t>(from_.count(std::numeric_limits<std::uint16_t>::max()));
    out.kind = static_cast<record::OpKind>(from_.u8());
    out.path = record::decode_path(from_);
    get(out.value);
    out.user = std::move(mark.user);
    out.unit = std::move(mark.unit);
    out.hlc = mark.hlc;
    out.clock_good = mark.clock_good;
    out.stamp = mark.stamp;
    out.reason = std::move(mark.reason);
    out.author = std::move(mark.author);
    out.author_unit = std::move(mark.author_unit);
    out.is_signed = mark.is_signed;
  }
  void get(Stamp& out) {
    get(out.index);
    get(out.time.ms);
  }
  void get(Hlc& out) { out.value = from_.u64(); }
  void get(Decider& out) {
    out.role = static_cast<Decider::Role>(choice(static_cast<std::size_t>(Decider::Role::centre_admin) + 1));
    get(out.user);
    get(out.unit);
  }
  void get(Unapplied& out) {
    get(out.said);
    out.why = static_cast<Refusal>(choice(static_cast<std::size_t>(Refusal::unsigned_act) + 1));
    get(out.decider);
  }
  void get(Offer& out) {
    get(out.op);
    get(out.from);
    get(out.to);
    get(out.user);
    get(out.hlc);
    get(out.stamp);
    get(out.note);
    get(out.expires);
  }
  void get(Custody& out) {
    get(out.unit);
    get(out.since);
    get(out.hlc);
    get(out.stamp);
    get(out.pending);
  }
  void get(Stay& out) {
    get(out.unit);
    get(out.given_by_unit);
    get(out.given_by);
    get(out.taken_by);
    get(out.note);
    get(out.offered);
    get(out.from);
    get(out.from_stamp);
    get(out.until);
    get(out.until_stamp);
    get(out.given_signed);
    get(out.taken_signed);
  }
  void get(Element& out) {
    get(out.id);
    get(out.fields);
    get(out.user);
    get(out.unit);
    get(out.hlc);
  }
  void get(Collection& out) {
    out.name = record::decode_name(from_, from_.varint(), 1);
    get(out.elements);
  }
  void get(Conflict& out) {
    out.id = from_.fixed_value<ConflictId>();
    out.kind = static_cast<ConflictKind>(choice(static_cast<std::size_t>(ConflictKind::fee_does_not_fit_procedure) + 1));
    out.path = record::decode_path(from_);
    get(out.values);
    get(out.decider);
    get(out.blocks);
  }
  template <class T>
  void get(std::vector<T>& out) {
    const auto size = from_.count(any);
    for (std::size_t i = 0; i < size && from_.ok(); ++i) get(out.emplace_back());
  }
  template <class T>
  void get(std::optional<T>& out) {
    if (choice(2) == 1) get(out.emplace());
  }
  [[nodiscard]] Reader& reader() noexcept { return from_; }

 private:
  template <class T>
  void once(std::vector<T>& said, T& out) {
    const auto back = from_.count(std::min(said.size(), near));
    if (back != 0) {
      out = said[said.size() - back];
      return;
    }
    get(out);
    if (back_to(said, out) != 0) from_.reject();  // it has one form
    said.push_back(out);
  }

  /// A byte below `count`; 0 after a fault.
  std::size_t choice(std::size_t count) {
    const auto byte = from_.u8();
    if (byte >= count) from_.reject();
    return byte < count ? byte : 0;
  }

  Reader from_;
  std::size_t depth_ = 0;
  std::vector<std::pair<DeviceId, Incarnation>> origins_;
  std::vector<Mark> marks_;
};

}  // namespace

Bytes encode_state(const DossierState& state) {
  StateWriter to;
  to.put(state_layout);
  to.put(state.did);
  to.put(state.version);
  to.put(state.codes);
  to.put(state.fields);
  to.put(state.collections);
  to.put(state.conflicts);
  to.put(state.proposals);
  to.put(state.not_applied);
  to.put(state.custody);
  to.put(state.slip);
  to.put(state.created);
  to.put(std::uint8_t{state.erased});
  to.put(state.changes);
  to.put(state.waiting);
  return std::move(to).take();
}

Result<DossierState> decode_state(BytesView bytes) {
  StateReader from(bytes);
  if (from.reader().u8() != state_layout) from.reader().reject(Fault::unsupported);
  DossierState out;
  from.get(out.did);
  from.get(out.version);
  from.get(out.codes);
  from.get(out.fields);
  from.get(out.collections);
  from.get(out.conflicts);
  from.get(out.proposals);
  from.get(out.not_applied);
  from.get(out.custody);
  from.get(out.slip);
  from.get(out.created);
  from.get(out.erased);
  from.get(out.changes);
  from.get(out.waiting);
  WARD_CHECK(from.reader().finish("decoding a dossier's state"));
  return out;
}

}  // namespace ward::merge
