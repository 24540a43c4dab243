// Which parts of a table snapshot a scan has to look at.
//
//   absl::StatusOr<std::vector<ScanPart>> parts = ScanParts(table, spec);
//   std::unique_ptr<PartReader> reader = *OpenPart(table, spec, parts->front());
//
// In stored order slices come by day and number, then the tail; else by the least time, or the
// first row number. Slices are ruled out by what the manifest says: times, row numbers, LSNs.
//
// kFailedPrecondition where spec.at lies before what the table's history has, or within a slice
// that does not say which commit each row came with: tables without history keep no LSNs of rows.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/read/part.h"
#include "engine/read/table_snapshot.h"

namespace tape::engine {

absl::StatusOr<std::vector<ScanPart>> ScanParts(const TableSnapshot& table, const PartSpec& spec);

// nullptr where it turns out that no row is wanted. All must outlive the reader.
absl::StatusOr<std::unique_ptr<PartReader>> OpenPart(const TableSnapshot& table,
                                                     const PartSpec& spec, const ScanPart& part);

}  // namespace tape::engine
