// Reads the rows of a table snapshot's tail.
//
//   absl::StatusOr<ScanPart> part = PlanTail(table, spec, table.rows());
//   absl::StatusOr<std::unique_ptr<PartReader>> reader = OpenTailPart(table, spec, *part);
//
// In the order of arrival columns of a fixed size are the tail's own memory, without a copy, as
// long as nothing is left out. In time order that is so where times ascend; else the wanted rows
// are sorted first (16 bytes a row) and gathered.
//
// Whatever the tail holds, nothing is read beyond its chunks: kDataLoss where it contradicts
// itself, kAborted where a chunk is gone.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/read/part.h"
#include "engine/read/table_snapshot.h"

namespace tape::engine {

// The tail's rows as a part; no rows where it has none that the spec can want. `end` is the end of
// the rows that are there for the spec's LSN.
absl::StatusOr<ScanPart> PlanTail(const TableSnapshot& table, const PartSpec& spec, uint64_t end);

// All must outlive the reader.
absl::StatusOr<std::unique_ptr<PartReader>> OpenTailPart(const TableSnapshot& table,
                                                         const PartSpec& spec,
                                                         const ScanPart& part);

}  // namespace tape::engine
