#include "storage/sqlite.hpp"

#include <array>

namespace ward::storage {
namespace {

/// Nothing personal stands in clear (records.md §8): bodies, states, keys and answers are sealed; words are keyed hashes.
constexpr const char* version_1 = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- chained: how many records, from the first on, lie in segments that follow each other here; head: the hash of the last of these; newest: its id.
-- written, waiting_bytes, hlc: a ward's own only: records written, the bytes of those that wait outside any segment, the last clock value given.
CREATE TABLE writer (
  id INTEGER PRIMARY KEY, device BLOB NOT NULL, incarnation BLOB NOT NULL, chained INTEGER NOT NULL DEFAULT 0, head BLOB,
  newest INTEGER NOT NULL DEFAULT 0, written INTEGER NOT NULL DEFAULT 0, waiting_bytes INTEGER NOT NULL DEFAULT 0,
  hlc INTEGER NOT NULL DEFAULT 0, UNIQUE (device, incarnation)) STRICT;
CREATE INDEX writer_newest ON writer (device, newest);

-- One signed statement. stamp: its place and time in the centre's log. receipted: 1 once the centre is known to hold it. refused: why the
-- centre will not take it. forked: 1 when its numbers were given to other records before. key_seed: sealed; the keys of the dossiers that it
-- creates, until it is receipted.
CREATE TABLE segment (
  id INTEGER PRIMARY KEY, writer INTEGER NOT NULL REFERENCES writer, first INTEGER NOT NULL, count INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE, statement BLOB NOT NULL, signature BLOB NOT NULL, stamp_index INTEGER, stamp_ms INTEGER,
  receipted INTEGER NOT NULL, refused TEXT, forked INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL, key_seed BLOB) STRICT;
CREATE INDEX segment_at ON segment (writer, first);
CREATE INDEX segment_stamp ON segment (stamp_index) WHERE stamp_index IS NOT NULL;
CREATE INDEX segment_unreceipted ON segment (id) WHERE receipted = 0;
CREATE INDEX segment_unstamped ON segment (writer, first) WHERE stamp_index IS NULL;
-- Of a segment that is held in part: which leaves came with which missing hashes, so that it can be verified again.
CREATE TABLE proof (segment INTEGER NOT NULL REFERENCES segment, positions BLOB NOT NULL, missing BLOB NOT NULL) STRICT;
CREATE INDEX proof_of_segment ON proof (segment);

-- segment is NULL while a record waits in the outbox. body_hash is kept where there is no body to compute it from.
CREATE TABLE record (
  id INTEGER PRIMARY KEY, writer INTEGER NOT NULL REFERENCES writer, seq INTEGER NOT NULL, rid BLOB NOT NULL,
  segment INTEGER REFERENCES segment, leaf INTEGER, dossier INTEGER REFERENCES dossier, type INTEGER NOT NULL,
  saved_ms INTEGER NOT NULL, header BLOB NOT NULL, body BLOB, body_hash BLOB) STRICT;
CREATE INDEX record_at ON record (writer, seq);
CREATE INDEX record_of_dossier ON record (dossier) WHERE dossier IS NOT NULL;

-- Of a forked segment: records that an earlier segment holds already.
CREATE TABLE shared (segment INTEGER NOT NULL REFERENCES segment, leaf INTEGER NOT NULL, record INTEGER NOT NULL REFERENCES record) STRICT;
CREATE INDEX shared_of_segment ON shared (segment);

-- Not personal: what lists and filters need. attention: operations that a person must look at. unread: records that cannot be opened here.
-- in_line: 1 when its changes form one line, so that stamps change nothing of it.
-- dirty: 0, or 1 + the log index from which on its records are not merged yet.
CREATE TABLE dossier (
  id INTEGER PRIMARY KEY, did BLOB NOT NULL UNIQUE, code TEXT, status TEXT, procedure TEXT, unit TEXT, received TEXT, due TEXT,
  conflicts INTEGER NOT NULL DEFAULT 0, attention INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER NOT NULL DEFAULT 0, in_line INTEGER NOT NULL DEFAULT 0, dirty INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX dossier_status ON dossier (status);
CREATE INDEX dossier_conflict ON dossier (id) WHERE conflicts > 0;
CREATE INDEX dossier_waiting ON dossier (id) WHERE waiting > 0;
CREATE INDEX dossier_dirty ON dossier (dirty) WHERE dirty > 0;
-- changed_ms: of its newest change. Here, so that most edits touch one row of a dossier and not two.
CREATE TABLE state (dossier INTEGER PRIMARY KEY REFERENCES dossier, changed_ms INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
-- Keyed hashes of 8 bytes, sorted. By dossier and not by hash: a new dossier then touches one page here instead of fifty, and a search reads
-- 25 MB for 50,000 dossiers, one page after the other.
CREATE TABLE words (dossier INTEGER PRIMARY KEY REFERENCES dossier, hashes BLOB NOT NULL) STRICT;
CREATE TABLE code (code TEXT NOT NULL, dossier INTEGER NOT NULL REFERENCES dossier, PRIMARY KEY (code, dossier)) STRICT, WITHOUT ROWID;
CREATE INDEX code_of_dossier ON code (dossier);
CREATE TABLE dossier_key (
  key_id BLOB PRIMARY KEY, dossier INTEGER NOT NULL REFERENCES dossier, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX key_of_dossier ON dossier_key (dossier);

-- The centre's: which units hold which dossier, and which segments concern which unit. Replaced by reader and route of a later version.
CREATE TABLE holder (
  dossier INTEGER NOT NULL REFERENCES dossier, unit TEXT NOT NULL, PRIMARY KEY (dossier, unit)) STRICT, WITHOUT ROWID;
CREATE TABLE route (unit TEXT NOT NULL, stamp_index INTEGER NOT NULL, PRIMARY KEY (unit, stamp_index)) STRICT, WITHOUT ROWID;
-- Roots of the log that receipts named, so that a statement need not carry the root that it had seen.
CREATE TABLE root (centre BLOB NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, PRIMARY KEY (centre, size)) STRICT, WITHOUT ROWID;

CREATE TABLE policy (epoch INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;

-- What the centre knows of each device beyond the policy log. heard: the report that came last. lost: 1 when it asked for its own segments too.
CREATE TABLE peer (
  device BLOB PRIMARY KEY, cursor INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0, contact_ms INTEGER NOT NULL DEFAULT 0,
  accepted_ms INTEGER NOT NULL DEFAULT 0, refused_ms INTEGER NOT NULL DEFAULT 0, refused TEXT, heard BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE ticket (
  id BLOB PRIMARY KEY, psk BLOB NOT NULL, unit TEXT NOT NULL, label TEXT NOT NULL, expires_ms INTEGER NOT NULL,
  pre_approved INTEGER NOT NULL, used_by BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE applicant (
  device BLOB PRIMARY KEY, sign BLOB NOT NULL, noise BLOB NOT NULL, sealing BLOB NOT NULL, unit TEXT NOT NULL, label TEXT NOT NULL,
  fingerprint TEXT NOT NULL, asked_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE answered (key TEXT PRIMARY KEY, request BLOB NOT NULL, answer BLOB NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX answered_at ON answered (at_ms);
)sql";

/// What lists by deadline and reports are made of (protocol/course); nothing of it names a person. Texts as dossiers store them.
constexpr const char* version_2 = R"sql(
-- clock: NULL until the dossier was merged by a version that knows it. asked: the newest request for a supplement; rounds: such requests.
-- promised: the appointment before the first apology; empty where there was none. has_result: 1 with a result paper that has code and link. voided: 1 when it was made by mistake.
ALTER TABLE dossier ADD COLUMN clock TEXT;
ALTER TABLE dossier ADD COLUMN ended TEXT;
ALTER TABLE dossier ADD COLUMN channel TEXT;
ALTER TABLE dossier ADD COLUMN asked TEXT;
ALTER TABLE dossier ADD COLUMN rounds INTEGER;
ALTER TABLE dossier ADD COLUMN promised TEXT;
ALTER TABLE dossier ADD COLUMN apologies INTEGER;
ALTER TABLE dossier ADD COLUMN has_result INTEGER;
ALTER TABLE dossier ADD COLUMN voided INTEGER;
CREATE INDEX dossier_deadline ON dossier (clock, due);
CREATE INDEX dossier_received ON dossier (received);
CREATE INDEX dossier_clockless ON dossier (id) WHERE clock IS NULL;
)sql";

/// Dossiers whose first code may be a provisional one: none of their codes is official.
constexpr const char* version_3 = R"sql(
CREATE INDEX dossier_provisional ON dossier (code) WHERE length(code) = 16;
)sql";

// heads: what the next change of a ward has seen, its own unmerged ones included; NULL where only merging tells.
constexpr const char* version_4 = "ALTER TABLE dossier ADD COLUMN heads BLOB";

/// A ward's: of each of its own incarnations the newest receipt that names it, for whoever asks years later.
constexpr const char* version_5 = R"sql(
CREATE TABLE receipt (writer INTEGER PRIMARY KEY REFERENCES writer, receipt BLOB NOT NULL, signature BLOB NOT NULL) STRICT;
)sql";

/// Open hand-overs, so that lists need not open dossiers. Units as the newest policy log has them: an heir in the place of a unit that is
/// no more.
constexpr const char* version_6 = R"sql(
CREATE TABLE hand_over (
  dossier INTEGER NOT NULL REFERENCES dossier, from_unit TEXT NOT NULL, to_unit TEXT NOT NULL, offered_ms INTEGER NOT NULL) STRICT;
CREATE INDEX hand_over_of_dossier ON hand_over (dossier);
CREATE INDEX dossier_for_people ON dossier (id) WHERE conflicts > 0 OR attention > 0;
-- Of whom and what a dossier is, as a keyed hash, so that one matter that was lodged twice is found. Filled as dossiers are merged.
CREATE TABLE matter (dossier INTEGER PRIMARY KEY REFERENCES dossier, hash BLOB NOT NULL) STRICT;
CREATE INDEX matter_hash ON matter (hash);
)sql";

// reader: which units may have a dossier's records at the centre; until: the last log index of what others wrote, NULL while it reads on.
// route: what concerns a unit, in the order of delivery. dossier: only its records, NULL: all that the unit may have. past: 1 when the unit
// had nothing of it before. known_to, before: who was given a key, and the keys that it opens.
constexpr const char* version_7 = R"sql(
CREATE TABLE reader (
  dossier INTEGER NOT NULL REFERENCES dossier, unit TEXT NOT NULL, until INTEGER, PRIMARY KEY (dossier, unit)) STRICT, WITHOUT ROWID;
INSERT INTO reader (dossier, unit) SELECT dossier, unit FROM holder;
DROP TABLE holder;
CREATE TABLE routes (
  unit TEXT NOT NULL, place INTEGER NOT NULL, stamp_index INTEGER NOT NULL, dossier INTEGER, past INTEGER NOT NULL,
  PRIMARY KEY (unit, place)) STRICT, WITHOUT ROWID;
INSERT INTO routes (unit, place, stamp_index, past) SELECT unit, stamp_index, stamp_index, 0 FROM route;
DROP TABLE route;
ALTER TABLE routes RENAME TO route;
ALTER TABLE dossier_key ADD COLUMN known_to BLOB;
ALTER TABLE dossier_key ADD COLUMN before BLOB;
ALTER TABLE peer DROP COLUMN lost;
)sql";

/// Codes that more than one dossier has.
constexpr const char* version_8 = R"sql(
CREATE TABLE shared_code (code TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO shared_code SELECT code FROM code GROUP BY code HAVING count(*) > 1;
)sql";

/// At a ward: of dossiers whose records are not all here, the record that stands for them. wanted: 1 while the records are to be fetched.
/// differs: 1 when they are not what it stands for; 2 when they were here, were let go, and the centre lacks some of them. At the centre:
/// dossiers whose present state was looked at; record is NULL there.
constexpr const char* version_9 = R"sql(
CREATE TABLE summary (
  dossier INTEGER PRIMARY KEY REFERENCES dossier, record INTEGER REFERENCES record, wanted INTEGER NOT NULL DEFAULT 0,
  differs INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX summary_wanted ON summary (dossier) WHERE wanted = 1;
)sql";

/// The centre's: which device has done what an order to erase says, the entry `epoch` of the policy log, and when it was heard.
constexpr const char* version_erasure = R"sql(
CREATE TABLE erased (epoch INTEGER NOT NULL, device BLOB NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (epoch, device)) STRICT, WITHOUT ROWID;
)sql";

/// What was done here (WIRE.md §14). hash: of the chain through the entry. kind and at_ms are in the entry, too.
constexpr const char* version_audit = R"sql(
CREATE TABLE audit (
  number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at_ms INTEGER NOT NULL, entry BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE INDEX audit_kind ON audit (kind, number);
)sql";

/// PINs of people at this PC. who: a keyed hash of unit and name. failed: tries since the last that succeeded. activation: the policy entry
/// by which the PIN was chosen; NULL, as salt and hash, while there is none.
constexpr const char* version_login = R"sql(
CREATE TABLE pin (
  id INTEGER PRIMARY KEY, who BLOB NOT NULL UNIQUE, failed INTEGER NOT NULL, activation INTEGER, salt BLOB, hash BLOB) STRICT;
)sql";

/// The centre's: segments that a revoked device had written, whole and sealed, until a person admits them. rejected: why; run is empty
/// then.
constexpr const char* version_admission = R"sql(
CREATE TABLE handed_in (
  id INTEGER PRIMARY KEY, device BLOB NOT NULL, incarnation BLOB NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE, run BLOB NOT NULL, bytes INTEGER NOT NULL, at_ms INTEGER NOT NULL, rejected TEXT) STRICT;
CREATE INDEX handed_in_of_incarnation ON handed_in (incarnation, first);
CREATE INDEX segment_forked ON segment (id) WHERE forked = 1;
-- Bytes of records that were taken of a device on a day of Vietnam, counted from 1970.
CREATE TABLE taken (device BLOB PRIMARY KEY, day INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql";

/// The centre's. peer.audit_count, audit_end: how long a device last said its audit log to be. audit_back_ms: when it last said less,
/// or another end; audit_back: how long it was then. damaged: segments, by their place in the log, that were not as they were written when
/// they were needed; segment: 0 where the row is gone.
constexpr const char* version_faces = R"sql(
ALTER TABLE peer ADD COLUMN audit_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN audit_end BLOB;
ALTER TABLE peer ADD COLUMN audit_back_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN audit_back INTEGER NOT NULL DEFAULT 0;
CREATE TABLE damaged (
  stamp_index INTEGER PRIMARY KEY, segment INTEGER NOT NULL, found_ms INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
)sql";

/// A ward's. Of dossiers with a summary the bodies of records may be gone, and the state is one zero byte: no earlier program may open
/// that.
constexpr const char* version_letting_go = R"sql(
CREATE INDEX summary_at_centre ON summary (differs) WHERE record IS NOT NULL;
)sql";

/// The centre's. peer.forked_ms: when a number that a device gave twice was last seen; 0: never, or nothing of it is in question any more.
constexpr const char* version_fork_noted = R"sql(
ALTER TABLE peer ADD COLUMN forked_ms INTEGER NOT NULL DEFAULT 0;
UPDATE peer SET forked_ms = refused_ms WHERE refused = 'fork';
)sql";

/// The centre's. peer.copy_ms: when a device was last seen to run twice; 0: never.
constexpr const char* version_copy = "ALTER TABLE peer ADD COLUMN copy_ms INTEGER NOT NULL DEFAULT 0";

constexpr std::array steps{Migration{version_1},          Migration{version_2},     Migration{version_3},
                           Migration{version_4},          Migration{version_5},     Migration{version_6},
                           Migration{version_7},          Migration{version_8},     Migration{version_9},
                           Migration{version_erasure},    Migration{version_audit}, Migration{version_login},
                           Migration{version_admission},  Migration{version_faces}, Migration{version_letting_go},
                           Migration{version_fork_noted}, Migration{version_copy}};

}  // namespace

std::span<const Migration> migrations() noexcept { return steps; }

}  // namespace ward::storage
