// Verifies a store: what tape/verify.h says, on any machine.
//
//   absl::StatusOr<VerifyReport> report = Verify(machine, "/data/ticks", options);
//
// Looks at TAPE, LOCK, LIVE, the catalog's checkpoint, the WAL (wal_check.h), every table
// (table_check.h), and at what else lies in the folder. A snapshot is held all the while, where one
// can be taken, so that no writer takes away what is looked at (R4).
//
// Thread-compatible: it keeps nothing.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "tape/verify.h"

namespace tape::engine {

absl::StatusOr<VerifyReport> Verify(const Machine& machine, const std::string& folder,
                                    const VerifyOptions& options);

}  // namespace tape::engine
