// Any bytes as the sections of a summary file with the right checksums: each is refused, or exactly
// what its columns are written as. Summaries of the same column add up without anything undefined.
#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/layout/section_cursor.h"
#include "format/layout/summary.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_signing.h"
#include "tests/fuzz/section_places.h"

namespace tape::fuzz {
namespace {

using format::ColumnSummary;
using format::SummaryHeader;
using format::SummarySection;

// Signs the section at the offset; returns where it ends.
size_t SignSection(std::span<std::byte> file, size_t offset) {
  const std::span<std::byte> rest = file.subspan(offset);
  SummaryHeader header;
  if (rest.size() < sizeof(header)) return file.size();
  std::memcpy(&header, rest.data(), sizeof(header));
  const auto length = static_cast<size_t>(std::min<uint64_t>(header.length, rest.size()));
  if (length < sizeof(header)) return file.size();
  header.crc =
      format::ExtendCrc32c(kSummarySeeds.At(offset), rest.first(offsetof(SummaryHeader, crc)));
  header.crc = format::ExtendCrc32c(header.crc, rest.first(length).subspan(sizeof(header)));
  std::memcpy(rest.data(), &header, sizeof(header));
  return offset + length;
}

void SignFile(std::span<std::byte> file) {
  size_t at = format::kFileHeaderSize;
  while (at < file.size()) {
    const bool gap = file[at] == std::byte{0};
    at = gap ? std::min(format::RoundUp(at + 1, format::kSyncAlignment), file.size())
             : SignSection(file, at);
  }
}

void CheckSection(const SummarySection& section, std::span<const std::byte> bytes,
                  uint64_t offset) {
  std::vector<ColumnSummary> columns;
  for (size_t i = 0; i < section.columns(); ++i) columns.push_back(section.Column(i));
  for (const ColumnSummary& column : columns) {
    Expect(section.Find(column.column) == column);
    ColumnSummary twice = column;
    AddSummary(column, twice);
    Expect(twice.rows == 2 * column.rows && twice.nulls == 2 * column.nulls);
    Expect(twice.min == column.min && twice.max == column.max && twice.last == column.last);
  }
  std::vector<std::byte> written;
  const format::SliceSummary slice{section.slice(), section.rows(), columns};
  Expect(AppendSummary(slice, {kSummarySeeds, offset}, written).ok());
  Expect(std::ranges::equal(written, bytes.first(section.size_bytes())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> grown(format::kFileHeaderSize);
  grown.insert(grown.end(), given.begin(), given.end());
  const MappedBytes mapped(grown);
  const std::span<std::byte> file = mapped.bytes();
  SignFile(file);
  format::SectionCursor<SummarySection> cursor(file, kSummarySeeds);
  for (;;) {
    const auto section = cursor.Next();
    if (!section.ok()) return ExpectDataLoss(section.status()), 0;
    if (!section->has_value()) return 0;
    const size_t begin = cursor.offset() - (*section)->size_bytes();
    CheckSection(**section, file.subspan(begin), begin);
  }
}

}  // namespace tape::fuzz
