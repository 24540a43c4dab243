// Reads the WAL of a store and decides what of it counts: recovery's policy in one place.
//
//   absl::StatusOr<WalFindings> found = ReadWal(machine, folder, uuid, apply, durable);
//   // apply() saw every group that counts, in order
//   if (!found->cut.empty()) report(found->cut);                  // a torn tail
//   WalWriter::Begin(machine, options, found->start);             // goes on behind it
//
// Segments are read in the order of their numbers. Up to the first group that is not valid all is
// applied; let its last LSN be L. If anything that is valid anywhere, a group, a segment header or
// a manifest, states that an LSN above L was durable, then bytes that had been synced are gone:
// kDataLoss, naming file, offset and LSNs. Otherwise what follows is a torn tail: it was never
// acknowledged as durable, is cut even where later groups are valid, and is reported (W4). The cut
// is made by whoever writes next, by beginning a new segment.
//
// A segment that begins with an LSN which an earlier one has as well was begun behind a cut: of the
// earlier one only what comes before that LSN counts. So a writer that does not believe the end of
// a WAL leaves it where it is and goes on in a new segment.
//
// Needs no writer and changes nothing; reads files one at a time, each up to where nobody wrote.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "engine/write/wal_writer.h"
#include "format/bytes/place.h"
#include "format/records/wal_segment.h"
#include "tape/ids.h"

namespace tape::engine {

struct WalFindings {
  WalStart start;
  Lsn first;  // the LSN that the WAL begins with; 0 where there is no segment
  Lsn last;   // of what counts; 0 where there is nothing
  uint64_t groups = 0;
  uint64_t bytes = 0;  // of those groups
  std::string cut;     // what was cut, and why; empty where nothing was
};

// `apply` may return kCancelled: then this group and all that follows do not count. `durable` is
// asked at the end for the highest LSN that a manifest calls durable: which tables there are may be
// known only then.
absl::StatusOr<WalFindings> ReadWal(const Machine& machine, const std::string& folder,
                                    const format::StoreUuid& store,
                                    absl::FunctionRef<absl::Status(const format::WalGroup&)> apply,
                                    absl::FunctionRef<Lsn()> durable);

}  // namespace tape::engine
