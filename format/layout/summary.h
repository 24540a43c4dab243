// The summaries of a day: what can be answered of a slice without opening its column files. Bytes:
// docs/format/summary.md.
//
//   SliceSummary slice{.slice = 12, .rows = 262'144, .columns = summaries};
//   absl::Status status = AppendSummary(slice, {seeds, offset}, bytes);
//
//   absl::StatusOr<SummarySection> section = SummarySection::Parse(file.subspan(offset), {seeds,
//   offset}); std::optional<ColumnSummary> price = section->Find(3);     // of column 3
//
// The file grows by one section with each slice; SectionCursor (section_cursor.h) walks them.
//
// SummarySection: immutable, does not own; the bytes must outlive it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/layout/column_summary.h"
#include "format/layout/extent_view.h"

namespace tape::format {

// ---- as it lies in a file

inline constexpr std::array<char, 4> kSummaryMagic = {'T', 'P', 'S', 'M'};

struct SummaryHeader {
  std::array<char, 4> magic = kSummaryMagic;
  uint32_t columns = 0;
  uint64_t length = 0;  // of everything, this header included
  uint64_t slice = 0;
  uint32_t rows = 0;
  uint32_t reserved_28 = 0;
  uint64_t reserved_32 = 0;
  uint64_t reserved_40 = 0;
  uint64_t reserved_48 = 0;
  uint32_t reserved_56 = 0;
  uint32_t crc = 0;  // of bytes 0..59 and of all records
};
static_assert(sizeof(SummaryHeader) == 64);
static_assert(offsetof(SummaryHeader, columns) == 4 && offsetof(SummaryHeader, length) == 8);
static_assert(offsetof(SummaryHeader, slice) == 16 && offsetof(SummaryHeader, rows) == 24);
static_assert(offsetof(SummaryHeader, reserved_28) == 28);
static_assert(offsetof(SummaryHeader, reserved_56) == 56 && offsetof(SummaryHeader, crc) == 60);

struct SummaryRecord {
  uint32_t column = 0;
  Physical physical = Physical::kInt64;
  uint8_t reserved_5 = 0;
  uint16_t flags = 0;
  uint32_t rows = 0;
  uint32_t nulls = 0;
  Int128 min = 0;
  Int128 max = 0;
  Int128 first = 0;
  Int128 last = 0;
  std::array<UInt128, 2> sum{};  // the low half first
  uint64_t reserved_112 = 0;
  uint64_t reserved_120 = 0;
};
static_assert(sizeof(SummaryRecord) == 128);
static_assert(offsetof(SummaryRecord, physical) == 4 && offsetof(SummaryRecord, reserved_5) == 5);
static_assert(offsetof(SummaryRecord, flags) == 6 && offsetof(SummaryRecord, rows) == 8);
static_assert(offsetof(SummaryRecord, nulls) == 12 && offsetof(SummaryRecord, min) == 16);
static_assert(offsetof(SummaryRecord, max) == 32 && offsetof(SummaryRecord, first) == 48);
static_assert(offsetof(SummaryRecord, last) == 64 && offsetof(SummaryRecord, sum) == 80);
static_assert(offsetof(SummaryRecord, reserved_112) == 112);

// ---- writing

struct SliceSummary {
  uint64_t slice = 0;  // its number in the manifest
  uint32_t rows = 0;
  std::span<const ColumnSummary> columns;  // ascending by column id
};

// Appends one section to `out`. kInvalidArgument, and nothing appended, for summaries that are not
// of the slice's rows, out of order, or say what SummarizeColumn does not.
absl::Status AppendSummary(const SliceSummary& slice, const ExtentPlace& place,
                           std::vector<std::byte>& out);

// ---- reading

class SummarySection {
 public:
  // `bytes` starts with the section and may go on after it. Checks all of it.
  static absl::StatusOr<SummarySection> Parse(std::span<const std::byte> bytes,
                                              const ExtentPlace& place);

  uint64_t slice() const { return header_.slice; }
  uint32_t rows() const { return header_.rows; }
  size_t size_bytes() const { return header_.length; }

  size_t columns() const { return header_.columns; }
  ColumnSummary Column(size_t index) const;

  // Of the column with this id; none where the slice was written before the column was added.
  std::optional<ColumnSummary> Find(uint32_t column) const;

 private:
  SummarySection(const SummaryHeader& header, std::span<const std::byte> records)
      : header_(header), records_(records) {}
  absl::Status CheckRecords() const;
  SummaryRecord Record(size_t index) const;

  SummaryHeader header_;
  std::span<const std::byte> records_;
};

}  // namespace tape::format
