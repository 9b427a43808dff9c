#include "protocol/base/limits.hpp"
#include "protocol/record/record.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace ward;
using namespace ward::record;

namespace {

const OrgId org{{0x0a}};
const crypto::DossierKey key(Array<32>{0x0b});

Header header() {
  Header out;
  out.position = {DeviceId{{1}}, Incarnation{{2}}, 3};
  out.policy_epoch = 4;
  out.did = Did{{5}};
  out.hlc = Hlc{0x0102030405060708};
  return out;
}

const Bytes body = copy(view("a body of forty-one bytes, whatever it is."));

}  // namespace

TEST_CASE("headers: golden bytes") {
  auto fixed = header();
  fixed.key_id = KeyId{{6}};
  fixed.length = 64;
  CHECK(hex(encode_header(fixed)) ==
        "01"
        "01"
        "01000000000000000000000000000000"
        "02000000000000000000000000000000"
        "0300000000000000"
        "04000000"
        "05000000000000000000000000000000"
        "0600000000000000"
        "0100"
        "0100"
        "0807060504030201"
        "40000000");
}

TEST_CASE("headers: every header reads back, an unknown type too") {
  CHECK(rc::check("header", [](const Array<16>& device, std::uint64_t seq, std::uint8_t type, std::uint16_t writer, std::uint64_t hlc,
                               std::uint8_t blocks) {
    auto in = header();
    in.position.device.bytes = device;
    in.position.seq = seq & limits::seq_max;
    in.type = static_cast<Type>(type);
    in.writer = writer;
    in.hlc.value = hlc;
    in.length = std::uint32_t{blocks} * 32;
    RC_ASSERT(decode_header(encode_header(in)).value() == in);
  }));
}

TEST_CASE("headers: a length that is no multiple of 32 or over the bound, a number over its bound, another suite are refused") {
  auto bad = header();
  bad.length = 33;
  CHECK(decode_header(encode_header(bad)).error().fault == Fault::malformed);
  bad.length = limits::body_bytes_max + 32;
  CHECK(decode_header(encode_header(bad)).error().fault == Fault::too_large);
  bad = header();
  bad.position.seq = limits::seq_max + 1;
  CHECK(decode_header(encode_header(bad)).error().fault == Fault::malformed);
  bad = header();
  bad.suite = 2;
  CHECK(decode_header(encode_header(bad)).error().fault == Fault::unsupported);
}

TEST_CASE("headers: cut or longer is malformed") {
  const auto bytes = encode_header(header());
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(decode_header(BytesView(bytes).first(size)).has_error());
  Bytes longer = copy(bytes);
  longer.push_back(0);
  CHECK(decode_header(longer).error().fault == Fault::malformed);
}

TEST_CASE("records: a record belongs to the dossier that it names, or creates") {
  auto named = header();
  CHECK(dossier_of(named) == named.did);
  named.did = {};
  CHECK(dossier_of(named) == did_created_by(named.position));
  CHECK_FALSE(dossier_of(named).is_zero());
  named.type = Type::incarnation;
  CHECK(dossier_of(named).is_zero());
  auto next = named.position;
  ++next.seq;
  CHECK(did_created_by(next) != did_created_by(named.position));
}

TEST_CASE("records: what was sealed opens, padded to 32 bytes") {
  CHECK(rc::check("round trip", [](Bytes plain, const Array<32>& any_key) {
    plain.push_back(1);
    const crypto::DossierKey sealed_by(any_key);
    const auto sealed = seal(header(), plain, sealed_by, org);
    RC_ASSERT(sealed.header.length % 32 == 0U);
    RC_ASSERT(sealed.header.length < plain.size() + 32);
    RC_ASSERT(sealed.header.key_id == crypto::key_id_of(sealed_by));
    RC_ASSERT(sealed.body.size() == sealed.header.length + tag_size);
    auto padded = plain;
    padded.resize(sealed.header.length);
    RC_ASSERT(open(sealed, sealed_by, org).value() == padded);
  }));
}

TEST_CASE("records: the same record seals to the same bytes") { CHECK(seal(header(), body, key, org) == seal(header(), body, key, org)); }

TEST_CASE("records: one flipped bit in header or body fails, and makes another rid") {
  const auto sealed = seal(header(), body, key, org);
  const auto rid = rid_of(sealed);
  for (std::size_t at = 0; at < sealed.body.size() * 8; ++at) {
    auto changed = sealed;
    changed.body[at / 8] = static_cast<std::uint8_t>(changed.body[at / 8] ^ (1U << (at % 8)));
    CHECK(open(changed, key, org).error().fault == Fault::bad_signature);
    CHECK(rid_of(changed) != rid);
  }
  const auto head = encode_header(sealed.header);
  for (std::size_t at = 0; at < head.size() * 8; ++at) {
    auto bytes = head;
    bytes[at / 8] = static_cast<std::uint8_t>(bytes[at / 8] ^ (1U << (at % 8)));
    const auto changed = decode_header(bytes);
    if (changed.has_error()) continue;
    INFO("bit " << at);
    CHECK(open({*changed, sealed.body}, key, org).has_error());
    CHECK(rid_of(*changed, body_hash_of(sealed.body)) != rid);
  }
}

TEST_CASE("records: another key is named as such, another organisation does not open") {
  const auto sealed = seal(header(), body, key, org);
  CHECK(open(sealed, crypto::DossierKey(Array<32>{0x0c}), org).error().fault == Fault::wrong_key);
  CHECK(open(sealed, key, OrgId{{0x0d}}).error().fault == Fault::bad_signature);
}

TEST_CASE("records: a body of another length than the header's is malformed") {
  const auto sealed = seal(header(), body, key, org);
  for (std::size_t size = 0; size < sealed.body.size(); ++size) {
    auto cut = sealed;
    cut.body.resize(size);
    CHECK(open(cut, key, org).error().fault == Fault::malformed);
  }
}

TEST_CASE("records: keys of two positions differ, so that equal bodies do not show") {
  auto next = header();
  ++next.position.seq;
  CHECK(seal(header(), body, key, org).body != seal(next, body, key, org).body);
}

TEST_CASE("records: an erased body leaves an id that still verifies") {
  const auto sealed = seal(header(), body, key, org);
  CHECK(rid_of(sealed) == rid_of(sealed.header, body_hash_of(sealed.body)));
}

TEST_CASE("records: the open key is the organisation's and no other's") {
  CHECK(crypto::equal(open_key(org).view(), open_key(org).view()));
  CHECK_FALSE(crypto::equal(open_key(org).view(), open_key(OrgId{{0x0d}}).view()));
}
