#pragma once

#include "protocol/base/bytes.hpp"

#include <array>
#include <string_view>

/// Kinds of bytes from outside, each with the laws that hold whatever the bytes are. A broken law aborts (WARD_ASSERT), as a sanitizer
/// does. Each says whether it took the bytes: a seed that is not taken is stale.
namespace ward::fuzz {

bool body(BytesView bytes);       ///< headers, bodies of records, statements
bool message(BytesView bytes);    ///< greetings and messages of a link
bool run(BytesView bytes);        ///< segments on the wire, and what checks them
bool policy(BytesView bytes);     ///< policy entries, receipts, the log's frontier, audit logs, what root keys sign, recovery files
bool ticket(BytesView bytes);     ///< tickets, as files and as typed
bool engine(BytesView bytes);     ///< strangers and hostile members against each engine
bool people(BytesView bytes);     ///< unit tables, versions, dossiers and edits as JSON
bool handshake(BytesView bytes);  ///< preface, the messages of both patterns, transport frames
bool proof(BytesView bytes);      ///< sealed records, rows with the proof of a subset
bool evidence(BytesView bytes);   ///< evidence, contradictions, what is handed in, ends of backups, key files
bool http(BytesView bytes);       ///< targets up to their handlers, who asks, bodies
bool settings(BytesView bytes);   ///< configuration files

struct Target {
  std::string_view name;
  bool (*run)(BytesView bytes);
};
inline constexpr std::array<Target, 12> targets{{{"body", body},
                                                 {"message", message},
                                                 {"run", run},
                                                 {"policy", policy},
                                                 {"ticket", ticket},
                                                 {"engine", engine},
                                                 {"people", people},
                                                 {"handshake", handshake},
                                                 {"proof", proof},
                                                 {"evidence", evidence},
                                                 {"http", http},
                                                 {"settings", settings}}};

/// The first byte chooses one of several forms; the rest is theirs.
struct Chosen {
  std::size_t which = 0;
  BytesView rest;
};
inline Chosen choose(BytesView bytes, std::size_t among) { return bytes.empty() ? Chosen{} : Chosen{bytes[0] % among, bytes.subspan(1)}; }

}  // namespace ward::fuzz
