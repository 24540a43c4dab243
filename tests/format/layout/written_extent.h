// Extents for tests: written at a place, in a vector of exactly their size.
//
//   const WrittenExtent written = WriteExtent(column.view());
//   absl::StatusOr<ExtentView> extent = written.Parse();
//
// Thread-compatible.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"

namespace tape::format {

inline FileIdentity TestFile(uint32_t column = 3) {
  return {
      .store = {0x6f, 0x1d, 0x2c}, .table = 17, .column = column, .generation = 1, .day = 20109};
}

inline ExtentPlace TestPlace(uint64_t offset = 4096) {
  return {PlaceSeed(FileKind::kColumn, TestFile()), offset};
}

struct WrittenExtent {
  std::vector<std::byte> bytes;
  ExtentPlace place = TestPlace();

  absl::StatusOr<ExtentView> Parse() const { return ExtentView::Parse(bytes, place); }
};

// The spec's own place is replaced by the test's.
inline WrittenExtent WriteExtent(ExtentWriter& writer, const ColumnView& column,
                                 ExtentSpec spec = {}) {
  WrittenExtent written;
  spec.seeds = written.place.seeds;
  spec.offset = written.place.offset;
  std::vector<std::byte> bytes;
  const absl::Status status = writer.Append(column, spec, bytes);
  EXPECT_TRUE(status.ok()) << status;
  written.bytes = std::vector<std::byte>(bytes.begin(), bytes.end());
  return written;
}

inline WrittenExtent WriteExtent(const ColumnView& column, const ExtentSpec& spec = {}) {
  ExtentWriter writer(BestKernels());
  return WriteExtent(writer, column, spec);
}

}  // namespace tape::format
