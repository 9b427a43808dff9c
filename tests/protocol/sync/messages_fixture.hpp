#pragma once

#include "protocol/sync/messages.hpp"

/// One of every message, with every field set to something of its own.
namespace ward::sync::fixture {

inline const Ends ends{OrgId{{0x0a}}, DeviceId{{0x0d}}};
inline const Incarnation incarnation{{0x11}};
inline const Hash statement{{0x22}};

template <class F>
F filled(std::uint8_t byte) {
  F out;
  out.bytes.fill(byte);
  return out;
}

inline Receipted receipted() {
  Receipted out;
  out.receipt.org = ends.org;
  out.receipt.device = ends.device;
  out.receipt.role = log::Role::registry;
  out.receipt.centre = Incarnation{{0x33}};
  out.receipt.size = 1'000;
  out.receipt.root = filled<Hash>(0x44);
  out.receipt.time = {1'597'219'200'000};
  out.receipt.archived = 900;
  out.receipt.heads = {{incarnation, 77, statement}, {Incarnation{{0x12}}, 5, Hash{{0x23}}}};
  out.signature = filled<Signature>(0x55);
  out.stamps = {{incarnation, 64, {999, {1'597'219'199'990}}}, {Incarnation{{0x13}}, 0, {1'002, {1'597'219'200'001}}}};
  out.policy_count = 300;
  return out;
}

inline Report report() {
  Report out;
  out.queue_records = 1;
  out.queue_bytes = 200;
  out.queue_oldest = {1'597'219'200'002};
  out.conflicts = 3;
  out.waiting = 4;
  out.quarantined = 5;
  out.wall = {1'597'219'200'003};
  out.disk_free_bytes = std::uint64_t{6} << 30U;
  out.version = "0.1.0";
  out.restored = true;
  return out;
}

inline policy::Entry policy_entry() {
  policy::Entry out;
  out.epoch = 7;
  out.previous = filled<Hash>(0x66);
  out.from_index = 8;
  out.time = {1'597'219'200'004};
  out.body = policy::RevokeDevice{DeviceId{{0x0e}}, "mat may"};
  out.signature = filled<Signature>(0x77);
  return out;
}

struct Named {
  const char* name;
  Message message;
};

inline std::vector<Named> messages() {
  return {
      {"pull", Pull{1'234, 300, report()}},
      {"push", Push{{1, 2, 3}}},
      {"delivery", Delivery{1'235, {4, 5, 6}}},
      {"policy", PolicyEntries{{policy_entry()}}},
      {"need_sealed", NeedSealed{{{incarnation, 64}, {Incarnation{{0x12}}, 0}}}},
      {"applied", Applied{998, {Did{{0x88}}}, filled<Signature>(0x99)}},
      {"segment_refused", SegmentRefused{incarnation, 64, Fault::bad_signature}},
      {"ask_heads", AskHeads{}},
      {"all_heads", AllHeads{{{incarnation, 77, statement}}}},
      {"ping", Ping{}},
      {"pong", Pong{}},
      {"receipted", receipted()},
      {"refusal", Refusal{Fault::revoked}},
      {"enrol_request", EnrolRequest{filled<SignKey>(0xa1), filled<DhKey>(0xa2), filled<DhKey>(0xa3), "Quầy 1", filled<Signature>(0xa4)}},
      {"enrol_answer", EnrolAnswer{true, "W-VYDA", 12}}};
}

/// What version 3 of the link added.
inline std::vector<Named> messages_of_version_3() {
  return {{"pull", Pull{1'234, 300, report(), 700}},
          {"fetch_dossiers", FetchDossiers{{Did{{0x89}}, Did{{0x88}}}, 999}},
          {"fetched", Fetched{1'001, {7, 8}}}};
}

/// What version 5 added.
inline std::vector<Named> messages_of_version_5() {
  auto receipt = receipted().receipt;
  receipt.heads.clear();
  return {
      {"ask_joins", AskJoins{{{Incarnation{{0x33}}, 900}, {Incarnation{{0x34}}, 300}}}},
      {"joins", Joins{receipt, filled<Signature>(0x55), {{true, {filled<Hash>(0xc1), filled<Hash>(0xc2)}}, {}}, filled<Signature>(0xc3)}},
      {"audit_end", AuditEnd{1'002, filled<Hash>(0xc4)}}};
}

/// What version 6 added.
inline std::vector<Named> messages_of_version_6() { return {{"fetch_summaries", FetchDossiers{{Did{{0x89}}, Did{{0x88}}}, 999, true}}}; }

inline Hello hello() {
  Hello out;
  out.version = oldest_version;
  out.policy_count = 300;
  out.unreceipted = {{incarnation, 40}, {Incarnation{{0x12}}, 0}};
  out.segment = copy(incarnation.view());
  append(out.segment, Bytes{7, 8, 9});
  return out;
}

inline EnrolHello enrol_hello() {
  EnrolHello out;
  out.ticket = filled<KeyId>(0xb1);
  return out;
}

}  // namespace ward::sync::fixture
