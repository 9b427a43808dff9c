#include "storage/sqlite.hpp"

#include <array>

namespace ward::storage {
namespace {

/// Nothing personal stands in clear (records.md §8): bodies, states and keys are sealed; words are keyed hashes.
constexpr const char* version_1 = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE writer (
  id INTEGER PRIMARY KEY, device BLOB NOT NULL, incarnation BLOB NOT NULL,
  UNIQUE (device, incarnation)) STRICT;

-- One signed statement. stamp_index, stamp_ms: its place and time in the centre's log. receipted: 1 once a signed receipt covers it.
-- key_seed: sealed; the keys of the dossiers that it creates, until it is receipted.
CREATE TABLE segment (
  id INTEGER PRIMARY KEY, writer INTEGER NOT NULL REFERENCES writer, first INTEGER NOT NULL, count INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE, statement BLOB NOT NULL, signature BLOB NOT NULL,
  stamp_index INTEGER UNIQUE, stamp_ms INTEGER, receipted INTEGER NOT NULL DEFAULT 0, key_seed BLOB) STRICT;
CREATE INDEX segment_at ON segment (writer, first);
CREATE INDEX segment_unreceipted ON segment (id) WHERE receipted = 0;

-- segment is NULL while a record waits in the outbox. body is NULL where only the hash is held.
CREATE TABLE record (
  id INTEGER PRIMARY KEY, writer INTEGER NOT NULL REFERENCES writer, seq INTEGER NOT NULL, rid BLOB NOT NULL,
  segment INTEGER REFERENCES segment, leaf INTEGER, dossier INTEGER REFERENCES dossier, type INTEGER NOT NULL,
  header BLOB NOT NULL, body BLOB, body_hash BLOB NOT NULL, saved_ms INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX record_at ON record (writer, seq, rid);
CREATE INDEX record_of_dossier ON record (dossier, id) WHERE dossier IS NOT NULL;
CREATE INDEX record_of_segment ON record (segment, leaf) WHERE segment IS NOT NULL;
CREATE INDEX record_outbox ON record (writer, seq) WHERE segment IS NULL;

-- The columns in clear are not personal; the rest of the merged dossier is in state, sealed. dirty: its records changed since it was merged.
CREATE TABLE dossier (
  id INTEGER PRIMARY KEY, did BLOB NOT NULL UNIQUE, code TEXT, status TEXT, procedure TEXT, unit TEXT, received TEXT, due TEXT,
  changed_ms INTEGER NOT NULL DEFAULT 0, conflicts INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0,
  dirty INTEGER NOT NULL DEFAULT 0, state BLOB) STRICT;
CREATE INDEX dossier_status ON dossier (status, id);
CREATE INDEX dossier_conflict ON dossier (id) WHERE conflicts > 0;
CREATE INDEX dossier_dirty ON dossier (id) WHERE dirty = 1;

CREATE TABLE code (code TEXT NOT NULL, dossier INTEGER NOT NULL REFERENCES dossier, PRIMARY KEY (code, dossier)) STRICT, WITHOUT ROWID;
CREATE TABLE word (hash INTEGER NOT NULL, dossier INTEGER NOT NULL REFERENCES dossier, PRIMARY KEY (hash, dossier)) STRICT, WITHOUT ROWID;
CREATE INDEX word_of_dossier ON word (dossier);
CREATE TABLE dossier_key (
  key_id BLOB PRIMARY KEY, dossier INTEGER NOT NULL REFERENCES dossier, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX key_of_dossier ON dossier_key (dossier);

-- Which units hold which dossier, from grants: what a relay routes by.
CREATE TABLE holder (
  dossier INTEGER NOT NULL REFERENCES dossier, unit TEXT NOT NULL, PRIMARY KEY (dossier, unit)) STRICT, WITHOUT ROWID;

CREATE TABLE policy (epoch INTEGER PRIMARY KEY, hash BLOB NOT NULL, entry BLOB NOT NULL) STRICT;
CREATE TABLE receipt (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, time_ms INTEGER NOT NULL, receipt BLOB NOT NULL) STRICT;

-- What the centre knows of each device beyond the policy log. heard: the health report that came with the last contact.
CREATE TABLE peer (
  device BLOB PRIMARY KEY, cursor INTEGER NOT NULL DEFAULT 0, contact_ms INTEGER, accepted_ms INTEGER, refused_ms INTEGER,
  refused TEXT, heard BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE ticket (
  id BLOB PRIMARY KEY, psk BLOB NOT NULL, unit TEXT NOT NULL, label TEXT NOT NULL, expires_ms INTEGER NOT NULL,
  pre_approved INTEGER NOT NULL, used_by BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE applicant (
  device BLOB PRIMARY KEY, request BLOB NOT NULL, unit TEXT NOT NULL, label TEXT NOT NULL, fingerprint TEXT NOT NULL,
  asked_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE answered (key TEXT PRIMARY KEY, request BLOB NOT NULL, answer BLOB NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX answered_at ON answered (at_ms);
)sql";

constexpr std::array steps{Migration{version_1}};

}  // namespace

std::span<const Migration> migrations() noexcept { return steps; }

}  // namespace ward::storage
