#include "protocol/base/limits.hpp"
#include "tests/protocol/sync/messages_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::sync;
using fixture::ends;

namespace {

template <class M>
M again(const M& message) {
  const auto decoded = decode_message(encode_message(message), ends);
  REQUIRE(decoded.has_value());
  REQUIRE(std::holds_alternative<M>(*decoded));
  return std::get<M>(*decoded);
}

Fault fault_of(const Message& message) {
  const auto decoded = decode_message(encode_message(message), ends);
  REQUIRE(decoded.has_error());
  return decoded.error().fault;
}

bool fits(const Message& message) { return decode_message(encode_message(message), ends).has_value(); }

/// Those that end in a run or a segment end wherever that ends: its own decoder judges it.
bool has_open_end(const std::string& name) { return name == "push" || name == "delivery" || name == "fetched"; }

std::vector<fixture::Named> all_messages() {
  auto out = fixture::messages();
  for (auto& one : fixture::messages_of_version_3()) out.push_back(std::move(one));
  for (auto& one : fixture::messages_of_version_5()) out.push_back(std::move(one));
  for (auto& one : fixture::messages_of_version_6()) out.push_back(std::move(one));
  return out;
}

}  // namespace

TEST_CASE("messages: every message encodes again to the same bytes and stays of its kind") {
  const auto all = all_messages();
  CHECK(all.size() == std::variant_size_v<Message> + 2);  // a pull of either form
  for (const auto& [name, message] : all) {
    INFO(name);
    const auto bytes = encode_message(message);
    const auto decoded = decode_message(bytes, ends);
    REQUIRE(decoded.has_value());
    CHECK(decoded->index() == message.index());
    CHECK(encode_message(*decoded) == bytes);
  }
}

TEST_CASE("messages: every field arrives") {
  const Report report = fixture::report();
  const auto pull = again(Pull{1'234, 300, report});
  CHECK((pull.cursor == 1'234 && pull.policy_count == 300 && pull.report == report));
  CHECK(again(Push{{1, 2, 3}}).run == Bytes{1, 2, 3});
  const auto delivery = again(Delivery{1'235, {4}});
  CHECK((delivery.cursor == 1'235 && delivery.run == Bytes{4}));
  CHECK(again(PolicyEntries{{fixture::policy_entry()}}).entries == std::vector{fixture::policy_entry()});
  const std::vector<std::pair<Incarnation, Seq>> segments{{fixture::incarnation, 64}};
  CHECK(again(NeedSealed{segments}).segments == segments);
  const auto applied = again(Applied{998, {Did{{8}}}, fixture::filled<Signature>(9)});
  CHECK((applied.index == 998 && applied.exceptions == std::vector{Did{{8}}} && applied.signature == fixture::filled<Signature>(9)));
  const auto refused = again(SegmentRefused{fixture::incarnation, 64, Fault::fork});
  CHECK((refused.incarnation == fixture::incarnation && refused.first == 64 && refused.fault == Fault::fork));
  const std::vector<log::DeviceHead> heads{{fixture::incarnation, 77, fixture::statement}};
  CHECK(again(AllHeads{heads}).heads == heads);
  CHECK(again(Refusal{Fault::ticket_used}).fault == Fault::ticket_used);
  const auto request = again(EnrolRequest{SignKey{{1}}, DhKey{{2}}, DhKey{{3}}, "Quầy 1", Signature{{4}}});
  CHECK((request.sign == SignKey{{1}} && request.noise == DhKey{{2}} && request.sealing == DhKey{{3}} && request.label == "Quầy 1"));
  CHECK(request.signature == Signature{{4}});
  const auto answer = again(EnrolAnswer{true, "W-VYDA", 12});
  CHECK((answer.approved && answer.unit == "W-VYDA" && answer.policy_count == 12));
  CHECK_FALSE(again(EnrolAnswer{false, "W-VYDA", 12}).approved);
  const std::vector<log::HeadName> heads_asked{{fixture::incarnation, 77}};
  CHECK(again(AskJoins{heads_asked}).heads == heads_asked);
  const auto joins = std::get<Joins>(fixture::messages_of_version_5().at(1).message);
  const auto heard = again(joins);
  CHECK((heard.receipt == joins.receipt && heard.receipt_signature == joins.receipt_signature && heard.joins == joins.joins));
  CHECK(heard.signature == joins.signature);
  CHECK(again(AuditEnd{5, fixture::statement}) == AuditEnd{5, fixture::statement});
}

TEST_CASE("messages: a question about no log, about one of no size or about too many, and an answer that is too long are refused") {
  CHECK(fault_of(AskJoins{}) == Fault::malformed);
  CHECK(fault_of(AskJoins{{{fixture::incarnation, 0}}}) == Fault::malformed);
  CHECK(fault_of(AskJoins{std::vector<log::HeadName>(log::asked_heads_max + 1, {fixture::incarnation, 1})}) == Fault::too_large);
  auto joins = std::get<Joins>(fixture::messages_of_version_5().at(1).message);
  joins.joins.resize(log::asked_heads_max + 1);
  CHECK(fault_of(joins) == Fault::too_large);
  joins.joins = {{true, std::vector<Hash>(log::path_hashes_max + 1)}};
  CHECK(fault_of(joins) == Fault::too_large);
}

TEST_CASE("messages: a receipt travels without what both ends know, and comes back whole") {
  const auto sent = fixture::receipted();
  const auto arrived = again(sent);
  CHECK(arrived.receipt == sent.receipt);
  CHECK((arrived.signature == sent.signature && arrived.stamps == sent.stamps && arrived.policy_count == sent.policy_count));
  const auto elsewhere = decode_message(encode_message(sent), {OrgId{{1}}, DeviceId{{2}}}).value();
  CHECK(std::get<Receipted>(elsewhere).receipt != sent.receipt);
}

TEST_CASE("messages: a cut at any byte fails") {
  for (const auto& [name, message] : all_messages()) {
    const auto bytes = encode_message(message);
    const auto shortest = has_open_end(name) ? bytes.size() - 3 : bytes.size();
    const auto* pull = std::get_if<Pull>(&message);
    const auto without_fill = pull == nullptr ? 0 : encode_message(Pull{pull->cursor, pull->policy_count, pull->report}).size();
    for (std::size_t size = 0; size < shortest; ++size) {
      if (size == without_fill && size != 0) continue;  // a whole pull of the other form
      INFO(name << ", first " << size << " of " << bytes.size());
      CHECK(decode_message(BytesView(bytes).first(size), ends).has_error());
    }
  }
}

TEST_CASE("messages: a byte more fails") {
  for (const auto& [name, message] : all_messages()) {
    if (has_open_end(name)) continue;
    INFO(name);
    auto bytes = encode_message(message);
    bytes.push_back(0);
    CHECK(decode_message(bytes, ends).error().fault == Fault::malformed);
  }
}

TEST_CASE("messages: an unknown kind or fault is unsupported") {
  for (unsigned kind = 0; kind < 256; ++kind) {
    if (kind >= 1 && kind <= std::variant_size_v<Message> + 1) continue;  // one has two
    CHECK(decode_message(Bytes{static_cast<std::uint8_t>(kind)}, ends).error().fault == Fault::unsupported);
  }
  auto bytes = encode_message(Refusal{Fault::timeout});
  CHECK(decode_message(bytes, ends).has_value());
  ++bytes.back();
  CHECK(decode_message(bytes, ends).error().fault == Fault::unsupported);
}

TEST_CASE("messages: a flag is 0 or 1") {
  auto answer = encode_message(EnrolAnswer{true, "W", 0});
  REQUIRE(answer[1] == 1);
  answer[1] = 2;
  CHECK(decode_message(answer, ends).error().fault == Fault::malformed);
  auto pull = encode_message(Pull{0, 0, fixture::report()});
  REQUIRE(pull.back() == 1);
  pull.back() = 2;
  CHECK(decode_message(pull, ends).error().fault == Fault::malformed);
}

TEST_CASE("messages: counts hold up to their bounds and no further") {
  PolicyEntries entries{std::vector<policy::Entry>(policy_message_entries_max, fixture::policy_entry())};
  CHECK(fits(entries));
  entries.entries.push_back(fixture::policy_entry());
  CHECK(fault_of(entries) == Fault::too_large);

  NeedSealed need{std::vector<std::pair<Incarnation, Seq>>(limits::run_segments_max)};
  CHECK(fits(need));
  need.segments.emplace_back();
  CHECK(fault_of(need) == Fault::too_large);

  Applied applied{0, std::vector<Did>(applied_exceptions_max), {}};
  CHECK(fits(applied));
  applied.exceptions.emplace_back();
  CHECK(fault_of(applied) == Fault::too_large);

  AllHeads heads{std::vector<log::DeviceHead>(65'536)};
  CHECK(fits(heads));
  heads.heads.emplace_back();
  CHECK(fault_of(heads) == Fault::too_large);

  auto receipted = fixture::receipted();
  receipted.stamps.resize(own_stamps_max);
  CHECK(fits(receipted));
  receipted.stamps.emplace_back();
  CHECK(fault_of(receipted) == Fault::too_large);

  for (const bool over : {false, true}) {
    const Epoch count = limits::policy_entries_max + (over ? 1 : 0);
    const std::size_t length = limits::name_bytes_max + (over ? 1 : 0);
    Report report;
    report.version = std::string(length, 'v');
    auto late = fixture::receipted();
    late.policy_count = count;
    EnrolRequest request;
    request.label = std::string(length, 'l');
    for (const Message& message : {Message(Pull{0, count, {}}), Message(Pull{0, 0, report}), Message(late), Message(request),
                                   Message(EnrolAnswer{true, std::string(length, 'U'), 0}), Message(EnrolAnswer{true, "W", count})}) {
      if (over)
        CHECK(fault_of(message) == Fault::too_large);
      else
        CHECK(fits(message));
    }
  }
}

TEST_CASE("messages: a head past the last number, and text that no screen should show, are malformed") {
  CHECK(fault_of(AllHeads{{{fixture::incarnation, limits::seq_max + 1, {}}}}) == Fault::malformed);
  EnrolRequest request;
  request.label = "Quay\x1b[2J";
  CHECK(fault_of(request) == Fault::malformed);
  Report report;
  report.version = "\xff";
  CHECK(fault_of(Pull{0, 0, report}) == Fault::malformed);
}

TEST_CASE("messages: what is wrong inside a policy entry or a receipt fails the message") {
  auto bytes = encode_message(PolicyEntries{{fixture::policy_entry()}});
  bytes[2] = static_cast<std::uint8_t>(bytes[2] - 1);  // the entry's length: one byte less
  CHECK(decode_message(bytes, ends).has_error());
  auto receipted = encode_message(fixture::receipted());
  receipted[2] = 9;  // the receipt's first byte: its role
  CHECK(decode_message(receipted, ends).has_error());
}

TEST_CASE("messages: a stamp's incarnation is told from the receipt where it can be, and its time is a time") {
  auto receipted = fixture::receipted();
  receipted.stamps = {{fixture::incarnation, 7, {0, {0}}},
                      {Incarnation{{0x12}}, ~Seq{0}, {~std::uint64_t{0}, {(std::int64_t{1} << 48) - 1}}}};
  CHECK(again(receipted).stamps == receipted.stamps);

  receipted = fixture::receipted();
  receipted.stamps = {{fixture::incarnation, 64, Stamp{999, receipted.receipt.time}}};
  const auto bytes = encode_message(receipted);
  const auto end_of_stamps = bytes.size() - 2;  // policy_count 300 is two bytes
  const std::size_t stamp = 4;                  // place 1, first 64, one before the end, at the same time
  REQUIRE(bytes[end_of_stamps - stamp] == 1);
  Bytes spelled{bytes.begin(), bytes.end() - 2 - stamp};
  spelled.push_back(0);
  append(spelled, fixture::incarnation.view());
  spelled.insert(spelled.end(), bytes.end() - 2 - stamp + 1, bytes.end());
  CHECK(decode_message(spelled, ends).error().fault == Fault::malformed);

  receipted.stamps[0].stamp.time = {-1};
  CHECK(fault_of(receipted) == Fault::malformed);
  receipted.stamps[0].stamp.time = {std::int64_t{1} << 48};
  CHECK(fault_of(receipted) == Fault::malformed);
}

TEST_CASE("hello: the segment's incarnation is told from the list where it can be") {
  auto hello = fixture::hello();
  const auto named = encode_hello(hello);
  hello.segment = copy(Incarnation{{0x77}}.view());
  CHECK(encode_hello(hello).size() == named.size() + Incarnation::size - 3);
  CHECK(decode_hello(encode_hello(hello)).value().segment == hello.segment);
  hello.segment.clear();
  CHECK(decode_hello(encode_hello(hello)).value().segment.empty());
  for (const std::size_t size : {1U, 15U}) {
    hello.segment = copy(fixture::incarnation.view().first(size));
    CHECK(decode_hello(encode_hello(hello)).value().segment == hello.segment);
  }
  auto spelled = encode_hello(hello);
  spelled.resize(spelled.size() - hello.segment.size());
  append(spelled, fixture::incarnation.view());
  CHECK(decode_hello(spelled).error().fault == Fault::malformed);
}

TEST_CASE("hello: reads back, and a cut, another version or too many incarnations fail") {
  const auto hello = fixture::hello();
  const auto bytes = encode_hello(hello);
  const auto arrived = decode_hello(bytes).value();
  CHECK((arrived.version == hello.version && arrived.policy_count == 300 && arrived.unreceipted == hello.unreceipted &&
         arrived.segment == hello.segment));
  for (std::size_t size = 0; size + 3 < bytes.size(); ++size) CHECK(decode_hello(BytesView(bytes).first(size)).has_error());
  auto later = bytes;
  later[0] = protocol_version + 1;
  CHECK(decode_hello(later).error().fault == Fault::unsupported);
  for (auto version = oldest_version; version <= protocol_version; ++version) {
    later[0] = version;
    CHECK(decode_hello(later).value().version == version);
  }
  auto many = hello;
  many.unreceipted.resize(unreceipted_max);
  CHECK(decode_hello(encode_hello(many)).has_value());
  many.unreceipted.emplace_back();
  CHECK(decode_hello(encode_hello(many)).error().fault == Fault::too_large);
  many = hello;
  many.policy_count = limits::policy_entries_max + 1;
  CHECK(decode_hello(encode_hello(many)).error().fault == Fault::too_large);
}

TEST_CASE("enrolment hello: reads back, and a cut or a byte more fails; of a newer version the ticket is read, whatever follows") {
  const auto bytes = encode_enrol_hello(fixture::enrol_hello());
  CHECK(decode_enrol_hello(bytes).value().ticket == fixture::enrol_hello().ticket);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(decode_enrol_hello(BytesView(bytes).first(size)).has_error());
  auto changed = bytes;
  changed.push_back(0);
  CHECK(decode_enrol_hello(changed).has_error());
  changed[0] = 0;
  CHECK(decode_enrol_hello(changed).error().fault == Fault::malformed);
  changed[0] = protocol_version + 1;
  const auto newer = decode_enrol_hello(changed).value();
  CHECK(newer.version == protocol_version + 1);
  CHECK(newer.ticket == fixture::enrol_hello().ticket);
}

TEST_CASE("welcome: a receipt or a refusal reads back, and a cut, a byte more or another kind fails") {
  for (const Welcome& welcome : {Welcome(fixture::receipted()), Welcome(Refusal{Fault::revoked})}) {
    const auto bytes = encode_welcome(welcome);
    const auto arrived = decode_welcome(bytes, ends).value();
    CHECK(arrived.index() == welcome.index());
    CHECK(encode_welcome(arrived) == bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(decode_welcome(BytesView(bytes).first(size), ends).has_error());
    auto longer = bytes;
    longer.push_back(0);
    CHECK(decode_welcome(longer, ends).has_error());
    longer = bytes;
    longer[0] = 3;
    CHECK(decode_welcome(longer, ends).error().fault == Fault::unsupported);
  }
}

TEST_CASE("preface: reads back, and anything else is not a peer, another version or an unknown purpose") {
  for (const auto purpose : {Purpose::sync, Purpose::enrol, Purpose::introduce})
    CHECK(decode_preface(encode_preface(purpose)).value() == purpose);
  CHECK(hex(encode_preface(Purpose::sync)) == "5753590101");
  const auto with = [](std::size_t at, std::uint8_t byte) {
    auto bytes = encode_preface(Purpose::sync);
    bytes[at] = byte;
    return decode_preface(bytes).error().fault;
  };
  for (const std::size_t at : {0U, 1U, 2U}) CHECK(with(at, 'X') == Fault::malformed);
  CHECK(with(3, 2) == Fault::unsupported);
  CHECK(with(4, 0) == Fault::unsupported);
  CHECK(with(4, 4) == Fault::unsupported);
  CHECK(decode_preface(view("WSY\x01")).error().fault == Fault::malformed);
  CHECK(decode_preface(view("GET / HTTP/1.1")).error().fault == Fault::malformed);
}

TEST_CASE("prologue: binds purpose, organisation and the centre's key") {
  const auto one = prologue(Purpose::sync, OrgId{{1}}, DhKey{{2}});
  CHECK(one.size() == 5 + 16 + 32);
  CHECK(one != prologue(Purpose::enrol, OrgId{{1}}, DhKey{{2}}));
  CHECK(one != prologue(Purpose::sync, OrgId{{2}}, DhKey{{2}}));
  CHECK(one != prologue(Purpose::sync, OrgId{{1}}, DhKey{{3}}));
}

TEST_CASE("applied: the signature covers organisation, index and every exception") {
  const crypto::SignSeed seed(Array<32>{1});
  const auto key = crypto::public_of(seed);
  Applied applied{10, {Did{{1}}, Did{{2}}}, {}};
  applied.signature = sign_applied(applied, ends.org, seed);
  CHECK(verify_applied(again(applied), ends.org, key).has_value());
  auto changed = applied;
  changed.index = 11;
  CHECK(verify_applied(changed, ends.org, key).error().fault == Fault::bad_signature);
  changed = applied;
  changed.exceptions.pop_back();
  CHECK(verify_applied(changed, ends.org, key).has_error());
  CHECK(verify_applied(applied, OrgId{{9}}, key).has_error());
  CHECK(verify_applied(applied, ends.org, crypto::public_of(crypto::SignSeed(Array<32>{2}))).has_error());
}

TEST_CASE("enrolment: what is signed covers the handshake and all three keys") {
  EnrolRequest request;
  request.sign = SignKey{{1}};
  request.noise = DhKey{{2}};
  request.sealing = DhKey{{3}};
  const auto bytes = enrol_signed_bytes(Hash{{4}}, request);
  CHECK(bytes.size() == 4 * 32);
  CHECK(bytes != enrol_signed_bytes(Hash{{5}}, request));
  for (auto* key : {&request.noise, &request.sealing}) {
    const auto before = *key;
    key->bytes[31] = 1;
    CHECK(bytes != enrol_signed_bytes(Hash{{4}}, request));
    *key = before;
  }
  request.sign = SignKey{{9}};
  CHECK(bytes != enrol_signed_bytes(Hash{{4}}, request));
}

TEST_CASE("messages: a pull's fill and a fetch have one form, and their bounds") {
  const auto pull = again(Pull{1, 2, fixture::report(), 700});
  CHECK(pull.fill == 700);
  auto bytes = encode_message(Pull{1, 2, fixture::report()});
  bytes.push_back(0);
  CHECK(decode_message(bytes, ends).error().fault == Fault::malformed);

  FetchDossiers fetch{std::vector<Did>(fetched_dossiers_max, Did{{7}}), 5};
  const auto back = again(fetch);
  CHECK((back.dossiers == fetch.dossiers && back.from == 5 && !back.summaries));
  fetch.summaries = true;
  CHECK(again(fetch).summaries);
  CHECK(fault_of(FetchDossiers{{}, 5, true}) == Fault::malformed);
  fetch.dossiers.push_back(Did{{8}});
  CHECK(fault_of(fetch) == Fault::too_large);
  CHECK(fault_of(FetchDossiers{}) == Fault::malformed);
  const auto fetched = again(Fetched{9, {1, 2}});
  CHECK((fetched.next == 9 && fetched.run == Bytes{1, 2}));
}
