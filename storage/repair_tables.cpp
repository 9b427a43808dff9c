#include "storage/repair_tables.hpp"

#include "storage/readable.hpp"
#include "storage/ward_parts.hpp"

namespace ward::storage {
namespace {

/// What nothing is built on: a row that is lost there is no more than that.
void carry_plain(Store& from, Store& to, const std::map<std::int64_t, std::int64_t>& writers) {
  (void)each_row(from, "SELECT centre, size, root FROM root ORDER BY centre, size",
                 "SELECT centre, size, root FROM root ORDER BY centre DESC, size DESC", [&](const Query& row) {
                   to.db.query("INSERT OR IGNORE INTO root (centre, size, root) VALUES (?, ?, ?)")
                       .bind(row.bytes(0))
                       .bind(row.number(1))
                       .bind(row.bytes(2))
                       .run();
                 });
  (void)each_row(from, "SELECT writer, receipt, signature FROM receipt ORDER BY writer",
                 "SELECT writer, receipt, signature FROM receipt ORDER BY writer DESC", [&](const Query& row) {
                   const auto writer = writers.find(row.number(0));
                   const auto receipt = log::decode_receipt(row.bytes(1));
                   if (writer == writers.end() || receipt.has_error() || !is_signed(to, *receipt, row.fixed<Signature>(2))) return;
                   to.db.query("INSERT OR IGNORE INTO receipt (writer, receipt, signature) VALUES (?, ?, ?)")
                       .bind(writer->second)
                       .bind(row.bytes(1))
                       .bind(row.bytes(2))
                       .run();
                 });
  (void)each_row(from, "SELECT who, failed, activation, salt, hash FROM pin ORDER BY id",
                 "SELECT who, failed, activation, salt, hash FROM pin ORDER BY id DESC", [&](const Query& row) {
                   auto put = to.db.query("INSERT OR IGNORE INTO pin (who, failed, activation, salt, hash) VALUES (?, ?, ?, ?, ?)");
                   put.bind(row.bytes(0)).bind(row.number(1));
                   row.is_null(2) ? put.bind_null() : put.bind(row.number(2));
                   for (const int column : {3, 4}) row.is_null(column) ? put.bind_null() : put.bind(row.bytes(column));
                   put.run();
                 });
  (void)each_row(from, "SELECT key, request, answer, at_ms FROM answered ORDER BY key",
                 "SELECT key, request, answer, at_ms FROM answered ORDER BY key DESC", [&](const Query& row) {
                   const auto key = row.text(0);
                   to.db.query("INSERT OR IGNORE INTO answered (key, request, answer, at_ms) VALUES (?, ?, ?, ?)")
                       .bind(std::string_view(key))
                       .bind(row.bytes(1))
                       .bind(row.bytes(2))
                       .bind(row.number(3))
                       .run();
                 });
}

/// Each entry as it stands: `verify` tells which are not those that were written.
void carry_audit(Store& from, Store& to) {
  (void)each_row(from, "SELECT number, kind, at_ms, entry, hash FROM audit ORDER BY number",
                 "SELECT number, kind, at_ms, entry, hash FROM audit ORDER BY number DESC", [&](const Query& row) {
                   to.db.query("INSERT OR IGNORE INTO audit (number, kind, at_ms, entry, hash) VALUES (?, ?, ?, ?, ?)")
                       .bind(row.number(0))
                       .bind(row.number(1))
                       .bind(row.number(2))
                       .bind(row.bytes(3))
                       .bind(row.bytes(4))
                       .run();
                 });
}

}  // namespace

void carry_tables(Store& from, Store& to, const std::map<std::int64_t, std::int64_t>& writers) {
  carry_plain(from, to, writers);
  carry_audit(from, to);
}

}  // namespace ward::storage
