// Opens what a writer left: after a clean end, the death of its process, a loss of power, or any
// mix.
//
//   absl::StatusOr<Recovered> store = Recover(machine, options, uuid);
//   // every table, its tail as it was up to the last commit that counts, and where the WAL goes on
//
// Two ways, by what LIVE says (live_tail.h):
// - The tail is here: it is used as it stands, up to `committed` (W5). The WAL gives what is not in
//   a tail: definitions, bulk loads, sequences.
// - There is none, or it went with the power: a new one is made and filled from the WAL, which
//   holds everything that is not in slices.
// A tail that exists but cannot be reached is refused, unless `lose_tail` says that it does not
// matter: its rows may be nowhere else.
//
// What counts is a prefix of the LSNs over all tables (W4): see wal_reading.h. Report says what was
// kept and what was dropped.
//
// W6 across an open. Where a sync failed the pages are clean: the next process can read them, sync
// them with success, and lose them with the power. Whoever finds a tail may be that process. So:
// - WAL: groups count up to the LSN that the control page calls durable; it was stored after the
//   sync that said so. Everything above is logged again from the tail, into a new segment, and the
//   old groups stay behind its first LSN (wal_reading.h). A change that is not in a tail, of the
//   catalog or a sequence, or a bulk load, is acknowledged after that store, so that none is lost.
// - Manifests and the catalog file are written anew under their next generation, synced and named,
//   before anything is built on them.
// - Files of slices, kills, keys and dictionaries are synced before the record that names them is
//   written at all (W7): what a failed sync left there no record names, and it is written over or
//   removed.
// - LIVE: if its new name is lost with the power, the one before says clean or another boot, and
//   the WAL has everything either way. TAPE: a store is not used before its name is synced.
// - Folders: their names are in the journal of the file system, which stops when it cannot write.
// Where the tail is given up (lose_tail) nothing can be logged again, and what can be read counts.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "engine/io/machine.h"
#include "engine/write/live_tail.h"
#include "engine/write/open_table.h"
#include "engine/write/wal_reading.h"
#include "tape/ids.h"

namespace tape::engine {

struct RecoveryOptions {
  std::string store_folder;
  format::StoreUuid store{};
  std::string shared_memory;  // where a new tail is made
  uint64_t tail_bytes_min = 0;
  bool lose_tail = false;
};

struct RecoveryReport {
  enum class Kind : uint8_t {
    kClean,     // the last writer closed the store, or there was none
    kProcess,   // it died; the tail was there
    kPower,     // the machine started anew; the WAL was read
    kLoseTail,  // the tail was given up
  };
  Kind kind = Kind::kClean;
  Lsn committed;            // everything up to here is kept
  uint64_t wal_groups = 0;  // read
  uint64_t wal_bytes = 0;
  uint64_t rows = 0;               // put back into the tail from the WAL
  std::vector<std::string> notes;  // what was cut, dropped or removed, and why
};

struct Recovered {
  Catalog catalog;
  std::map<TableId, std::shared_ptr<OpenTable>> tables;
  LiveTail live;  // where the tail is; its LIVE is published
  TailFolder tail_folder;
  std::unique_ptr<Mapping> control;  // the store's control page
  WalStart wal;
  RecoveryReport report;
};

// `budget` must outlive the tables.
absl::StatusOr<Recovered> Recover(const Machine& machine, const RecoveryOptions& options,
                                  TailBudget& budget);

}  // namespace tape::engine
