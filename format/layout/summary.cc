#include "format/layout/summary.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("summary: ", what, ", found ", found));
}

// ---- what a record may say; the same for writer and reader

template <typename T>
bool FitsInteger(Int128 value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

bool FitsForm(Physical physical, Int128 value) {
  switch (physical) {
    case Physical::kBool:
      return value == 0 || value == 1;
    case Physical::kInt16:
      return FitsInteger<int16_t>(value);
    case Physical::kInt32:
      return FitsInteger<int32_t>(value);
    case Physical::kInt64:
      return FitsInteger<int64_t>(value);
    case Physical::kCode32:
    case Physical::kFloat32:
      return FitsInteger<uint32_t>(value);
    case Physical::kFloat64:
      return FitsInteger<uint64_t>(value);
    case Physical::kInt128:
    case Physical::kBytes:
      return true;
  }
  return false;
}

bool IsBound(Physical physical, Int128 value) {
  if (!IsFloating(physical)) return FitsForm(physical, value);
  return FitsInteger<uint64_t>(value) &&
         !std::isnan(std::bit_cast<double>(static_cast<uint64_t>(value)));
}

bool Implies(bool condition, bool consequence) { return !condition || consequence; }

bool BoundsAreSound(const ColumnSummary& summary) {
  const Physical physical = summary.physical;
  const bool inexact = summary.has(kSummaryInexactMin | kSummaryInexactMax);
  if (!summary.has(kSummaryBounds)) return summary.min == 0 && summary.max == 0 && !inexact;
  return summary.nulls < summary.rows && IsBound(physical, summary.min) &&
         IsBound(physical, summary.max) && !SummaryLess(physical, summary.max, summary.min) &&
         Implies(inexact, physical == Physical::kBytes);
}

bool EndIsSound(const ColumnSummary& summary, Int128 value, uint16_t null, uint16_t inexact) {
  if (!summary.has(kSummaryEnds) || summary.has(null)) {
    return value == 0 && !summary.has(inexact) && Implies(summary.has(null), summary.nulls > 0);
  }
  return summary.nulls < summary.rows && FitsForm(summary.physical, value) &&
         Implies(summary.physical == Physical::kCode32, value != 0) &&
         Implies(summary.has(inexact), summary.physical == Physical::kBytes);
}

bool EndsAreSound(const ColumnSummary& summary) {
  if (!summary.has(kSummaryEnds) && summary.has(kSummaryFirstNull | kSummaryLastNull)) return false;
  return EndIsSound(summary, summary.first, kSummaryFirstNull, kSummaryInexactFirst) &&
         EndIsSound(summary, summary.last, kSummaryLastNull, kSummaryInexactLast);
}

bool SumIsSound(const ColumnSummary& summary) {
  if (!summary.has(kSummarySum)) return summary.sum == Int256();
  return summary.physical <= Physical::kInt128;
}

// What is wrong, or nothing.
std::string_view Fault(const ColumnSummary& summary, uint64_t rows) {
  const auto physical = static_cast<uint8_t>(summary.physical);
  if (physical < static_cast<uint8_t>(Physical::kBool) ||
      physical > static_cast<uint8_t>(Physical::kBytes)) {
    return "physical form";
  }
  if ((summary.flags & ~kKnownSummaryFlags) != 0) return "flags";
  if (summary.rows != rows || summary.nulls > rows) return "rows";
  if (!Implies(summary.has(kSummaryNan), IsFloating(summary.physical))) return "NaN";
  if (!BoundsAreSound(summary)) return "bounds";
  if (!EndsAreSound(summary)) return "first or last value";
  if (!SumIsSound(summary)) return "sum";
  return {};
}

// ---- records

SummaryRecord ToRecord(const ColumnSummary& summary) {
  return {.column = summary.column,
          .physical = summary.physical,
          .flags = summary.flags,
          .rows = static_cast<uint32_t>(summary.rows),
          .nulls = static_cast<uint32_t>(summary.nulls),
          .min = summary.min,
          .max = summary.max,
          .first = summary.first,
          .last = summary.last,
          .sum = {summary.sum.low(), summary.sum.high()}};
}

ColumnSummary FromRecord(const SummaryRecord& record) {
  return {.column = record.column,
          .physical = record.physical,
          .flags = record.flags,
          .rows = record.rows,
          .nulls = record.nulls,
          .min = record.min,
          .max = record.max,
          .first = record.first,
          .last = record.last,
          .sum = Int256::FromHalves(record.sum[1], record.sum[0])};
}

uint32_t SectionCrc(const ExtentPlace& place, std::span<const std::byte> section) {
  const uint32_t crc =
      ExtendCrc32c(place.seeds.At(place.offset), section.first(offsetof(SummaryHeader, crc)));
  return ExtendCrc32c(crc, section.subspan(sizeof(SummaryHeader)));
}

absl::Status CheckSlice(const SliceSummary& slice, const ExtentPlace& place) {
  const auto invalid = [](std::string_view what, uint64_t found) {
    return absl::InvalidArgumentError(Concat("summary: ", what, ", found ", found));
  };
  if (place.offset % kExtentAlignment != 0) return invalid("offset", place.offset);
  if (slice.rows == 0) return invalid("rows", 0);
  if (slice.columns.empty() || slice.columns.size() > kMaxColumns) {
    return invalid("columns", slice.columns.size());
  }
  uint32_t before = 0;
  for (const ColumnSummary& column : slice.columns) {
    if (column.column <= before) return invalid("column ids out of order", column.column);
    before = column.column;
    const std::string_view fault = Fault(column, slice.rows);
    if (!fault.empty()) return invalid(Concat(fault, " of a column"), column.column);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AppendSummary(const SliceSummary& slice, const ExtentPlace& place,
                           std::vector<std::byte>& out) {
  if (absl::Status status = CheckSlice(slice, place); !status.ok()) return status;
  const size_t begin = out.size();
  const size_t length = sizeof(SummaryHeader) + slice.columns.size() * sizeof(SummaryRecord);
  out.resize(begin + length);
  const std::span<std::byte> section = std::span(out).subspan(begin);
  for (size_t i = 0; i < slice.columns.size(); ++i) {
    const SummaryRecord record = ToRecord(slice.columns[i]);
    std::memcpy(&section[sizeof(SummaryHeader) + i * sizeof(record)], &record, sizeof(record));
  }
  SummaryHeader header{.columns = static_cast<uint32_t>(slice.columns.size()),
                       .length = length,
                       .slice = slice.slice,
                       .rows = slice.rows};
  std::memcpy(section.data(), &header, sizeof(header));
  header.crc = SectionCrc(place, section);
  std::memcpy(section.data(), &header, sizeof(header));
  return absl::OkStatus();
}

absl::StatusOr<SummarySection> SummarySection::Parse(std::span<const std::byte> bytes,
                                                     const ExtentPlace& place) {
  SummaryHeader header;
  if (bytes.size() < sizeof(header)) return Damaged("cut short at byte", bytes.size());
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kSummaryMagic) return absl::DataLossError("summary: bad magic");
  if (header.columns == 0 || header.columns > kMaxColumns) {
    return Damaged("columns", header.columns);
  }
  const uint64_t length = sizeof(header) + header.columns * sizeof(SummaryRecord);
  if (header.length != length) return Damaged("length", header.length);
  if (length > bytes.size()) return Damaged("length beyond the end", length);
  if (SectionCrc(place, bytes.first(length)) != header.crc) return Damaged("checksum", header.crc);
  const uint64_t reserved = header.reserved_28 | header.reserved_32 | header.reserved_40 |
                            header.reserved_48 | header.reserved_56;
  if (reserved != 0) return absl::DataLossError("summary: reserved bytes are not zero");
  if (header.rows == 0) return Damaged("rows", 0);
  const SummarySection section(header, bytes.first(length).subspan(sizeof(header)));
  if (absl::Status status = section.CheckRecords(); !status.ok()) return status;
  return section;
}

absl::Status SummarySection::CheckRecords() const {
  uint32_t before = 0;
  for (size_t i = 0; i < columns(); ++i) {
    const SummaryRecord record = Record(i);
    if (record.column <= before) return Damaged("column ids out of order", record.column);
    before = record.column;
    if (record.reserved_5 != 0 || record.reserved_112 != 0 || record.reserved_120 != 0) {
      return Damaged("reserved bytes of a column", record.column);
    }
    const std::string_view fault = Fault(FromRecord(record), rows());
    if (!fault.empty()) return Damaged(Concat(fault, " of a column"), record.column);
  }
  return absl::OkStatus();
}

SummaryRecord SummarySection::Record(size_t index) const {
  SummaryRecord record;
  std::memcpy(&record, &records_[index * sizeof(record)], sizeof(record));
  return record;
}

ColumnSummary SummarySection::Column(size_t index) const { return FromRecord(Record(index)); }

std::optional<ColumnSummary> SummarySection::Find(uint32_t column) const {
  size_t first = 0;
  size_t end = columns();
  while (first < end) {
    const size_t middle = first + (end - first) / 2;
    const uint32_t found = Record(middle).column;
    if (found == column) return Column(middle);
    if (found < column) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return std::nullopt;
}

}  // namespace tape::format
