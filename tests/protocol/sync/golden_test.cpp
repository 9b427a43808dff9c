#include "tests/protocol/sync/messages_fixture.hpp"
#include "tests/support/golden_sheet.hpp"

using namespace ward;
using namespace ward::sync;

TEST_CASE("golden: one of every message") {
  test::GoldenSheet sheet("messages_v1.txt");
  sheet.note("WIRE.md section 8: what the two ends say; the values are those of check_sealing.py");
  sheet.put("preface_sync", BytesView(encode_preface(Purpose::sync)));
  sheet.put("preface_enrol", BytesView(encode_preface(Purpose::enrol)));
  sheet.put("prologue_enrol", prologue(Purpose::enrol, fixture::ends.org, fixture::filled<DhKey>(0xc1)));
  sheet.put("hello", encode_hello(fixture::hello()));
  sheet.put("enrol_hello", encode_enrol_hello(fixture::enrol_hello()));
  sheet.put("welcome_receipted", encode_welcome(fixture::receipted()));
  sheet.put("welcome_refused", encode_welcome(Refusal{Fault::not_member}));
  for (const auto& [name, message] : fixture::messages()) sheet.put(name, encode_message(message));
  sheet.check();
}

TEST_CASE("golden: what version 3 of the link added") {
  test::GoldenSheet sheet("messages_v3.txt");
  sheet.note("WIRE.md section 8.2: a pull that names a fill, and the fetching of dossiers");
  for (const auto& [name, message] : fixture::messages_of_version_3()) sheet.put(name, encode_message(message));
  sheet.check();
}

TEST_CASE("golden: what version 6 of the link added") {
  test::GoldenSheet sheet("messages_v6.txt");
  sheet.note("WIRE.md section 8.2: the summaries of dossiers whose records could be let go");
  for (const auto& [name, message] : fixture::messages_of_version_6()) sheet.put(name, encode_message(message));
  sheet.check();
}

TEST_CASE("golden: what version 5 of the link added") {
  test::GoldenSheet sheet("messages_v5.txt");
  sheet.note("WIRE.md section 8.2: how the log of now goes on from others, and where an audit log ends");
  for (const auto& [name, message] : fixture::messages_of_version_5()) sheet.put(name, encode_message(message));
  sheet.check();
}
