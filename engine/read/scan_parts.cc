#include "engine/read/scan_parts.h"

#include <algorithm>
#include <tuple>

#include "engine/read/slice_part.h"
#include "engine/read/tail_part.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::RowOrder;
using format::SliceEntry;

RowNumbers NumbersOf(const SliceEntry& slice) {
  const format::RowNumberRange& last = slice.runs.back();
  return {.first = slice.runs.front().first.value(), .end = last.first.value() + last.rows};
}

bool HasRows(const SliceEntry& slice, const RowNumbers& wanted) {
  return std::ranges::any_of(slice.runs, [&](const format::RowNumberRange& run) {
    const uint64_t first = run.first.value();
    return first < wanted.end && wanted.first < first + run.rows;
  });
}

absl::Status CutsSlice(const TableSnapshot& table, const SliceEntry& slice, Lsn at) {
  return absl::FailedPreconditionError(
      Concat("table ", table.schema().schema_name(), ".", table.schema().name(), ": as of LSN ",
             at.value(), ": slice ", slice.slice, " has rows of LSN ", slice.least_lsn.value(),
             " to ", slice.greatest_lsn.value(), " and does not say which is whose"));
}

// Nothing where the slice has no wanted row.
absl::StatusOr<bool> IsWanted(const TableSnapshot& table, const PartSpec& spec,
                              const SliceEntry& slice) {
  if (table.schema().time_column().has_value() &&
      !spec.times.Meets({slice.least_time, slice.greatest_time})) {
    return false;
  }
  if (!HasRows(slice, spec.rows) || slice.least_lsn > spec.at) return false;
  if (slice.greatest_lsn > spec.at && !slice.has_lsns) return CutsSlice(table, slice, spec.at);
  return true;
}

void Sort(RowOrder order, std::vector<ScanPart>& parts) {
  const auto key = [order](const ScanPart& part) {
    if (order == RowOrder::kTime) return std::tuple(int64_t{0}, part.times.least, part.rows.first);
    if (order == RowOrder::kArrival) return std::tuple(int64_t{0}, int64_t{0}, part.rows.first);
    const int64_t day = part.slice == nullptr ? std::numeric_limits<int64_t>::max()
                                              : int64_t{part.slice->day.value()};
    return std::tuple(day, int64_t{0}, part.slice == nullptr ? 0 : part.slice->slice);
  };
  std::ranges::stable_sort(parts,
                           [&](const ScanPart& a, const ScanPart& b) { return key(a) < key(b); });
}

}  // namespace

absl::StatusOr<std::vector<ScanPart>> ScanParts(const TableSnapshot& table, const PartSpec& spec) {
  absl::StatusOr<uint64_t> end = table.EndOfTailAt(spec.at);
  if (!end.ok()) return end.status();
  std::vector<ScanPart> parts;
  for (const auto& [number, slice] : table.sealed().version().slices()) {
    absl::StatusOr<bool> wanted = IsWanted(table, spec, slice);
    if (!wanted.ok()) return wanted.status();
    if (!*wanted) continue;
    parts.push_back({.slice = &slice,
                     .times = {slice.least_time, slice.greatest_time},
                     .rows = NumbersOf(slice)});
  }
  absl::StatusOr<ScanPart> tail = PlanTail(table, spec, *end);
  if (!tail.ok()) return tail.status();
  if (tail->rows.first < tail->rows.end) parts.push_back(*tail);
  Sort(spec.order, parts);
  return parts;
}

absl::StatusOr<std::unique_ptr<PartReader>> OpenPart(const TableSnapshot& table,
                                                     const PartSpec& spec, const ScanPart& part) {
  return part.slice != nullptr ? OpenSlicePart(table, spec, *part.slice)
                               : OpenTailPart(table, spec, part);
}

}  // namespace tape::engine
