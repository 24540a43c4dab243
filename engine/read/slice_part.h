// Reads a slice of a table snapshot.
//
//   absl::StatusOr<std::unique_ptr<PartReader>> reader = OpenSlicePart(table, spec, slice);
//   // nullptr: no row of the slice is wanted
//
// Two ways. In stored order, and where the wanted order is that one (slices that are not
// clustered, and the rows of one symbol): block by block, and only the blocks whose rows the
// directory, and whose times the block-range index, do not rule out. In time and arrival order of a
// clustered slice all columns are decoded first and then walked by the order tape: constant memory,
// one slice.
//
// Errors name table and slice.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/read/part.h"
#include "engine/read/table_snapshot.h"
#include "format/records/manifest_record.h"

namespace tape::engine {

// All must outlive the reader.
absl::StatusOr<std::unique_ptr<PartReader>> OpenSlicePart(const TableSnapshot& table,
                                                          const PartSpec& spec,
                                                          const format::SliceEntry& slice);

}  // namespace tape::engine
