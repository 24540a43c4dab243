#include "format/layout/section_cursor.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "format/bytes/little_endian.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

// A section whose first byte is 'S' and whose second is its size in units of 64.
struct TestSection {
  size_t size;
  uint64_t offset;

  static absl::StatusOr<TestSection> Parse(std::span<const std::byte> bytes,
                                           const ExtentPlace& place) {
    if (bytes.size() < 64 || bytes[0] != std::byte{'S'}) return absl::DataLossError("no section");
    return TestSection{static_cast<size_t>(bytes[1]) * 64, place.offset};
  }
  size_t size_bytes() const { return size; }
};

void Add(Bytes& file, size_t units) {
  const size_t at = file.size();
  file.resize(at + units * 64);
  file[at] = std::byte{'S'};
  file[at + 1] = static_cast<std::byte>(units);
}

// Where sections were found, then "end" or "damaged".
std::string Walk(const Bytes& file) {
  SectionCursor<TestSection> cursor(file, PlaceSeed(FileKind::kSummary, {}));
  std::string found;
  while (true) {
    const auto next = cursor.Next();
    if (!next.ok()) {
      EXPECT_EQ(next.status().code(), absl::StatusCode::kDataLoss);
      EXPECT_EQ(cursor.Next().status(), next.status()) << "it stays where it is";
      return found + "damaged";
    }
    if (!next->has_value()) return found + "end";
    EXPECT_EQ((*next)->offset + (*next)->size_bytes(), cursor.offset());
    found += std::to_string((*next)->offset) + " ";
  }
}

TEST(SectionCursor, FindsNothingInAFileThatHasOnlyItsHeader) {
  EXPECT_EQ(Walk({}), "end");
  EXPECT_EQ(Walk(Bytes(64)), "end");
}

TEST(SectionCursor, FindsSectionsEndToEnd) {
  Bytes file(64);
  Add(file, 1);
  Add(file, 3);
  Add(file, 2);
  EXPECT_EQ(Walk(file), "64 128 320 end");
}

TEST(SectionCursor, PassesOverZerosUpToTheNextSync) {
  Bytes file(64);
  Add(file, 1);
  file.resize(4096);
  Add(file, 64);  // ends at a boundary: nothing to pass over
  Add(file, 1);
  file.resize(3 * 4096);
  EXPECT_EQ(Walk(file), "64 4096 8192 end");
  Add(file, 1);
  EXPECT_EQ(Walk(file), "64 4096 8192 12288 end");
}

TEST(SectionCursor, PassesOverZerosAtTheEnd) {
  Bytes file(64);
  Add(file, 1);
  file.resize(192);
  EXPECT_EQ(Walk(file), "64 end");
  file.resize(4095);
  EXPECT_EQ(Walk(file), "64 end");
}

TEST(SectionCursor, RefusesBytesThatAreNeitherASectionNorPadding) {
  for (const size_t at : {128, 129, 500, 4095}) {
    Bytes file(64);
    Add(file, 1);
    file.resize(4096);
    file[at] = std::byte{1};
    EXPECT_EQ(Walk(file), "64 damaged") << at;
  }
}

// A section that turned into zeros is not passed over like padding: the next one would have to
// begin at the next boundary.
TEST(SectionCursor, RefusesAHoleWhereSectionsWere) {
  Bytes file(64);
  Add(file, 1);
  Add(file, 1);
  Add(file, 1);
  std::memset(file.data() + 128, 0, 64);
  EXPECT_EQ(Walk(file), "64 damaged");
  file.resize(4096);
  Add(file, 100);
  Add(file, 1);
  std::memset(file.data() + 64, 0, file.size() - 64 - 64);
  EXPECT_EQ(Walk(file), "damaged");
}

}  // namespace
}  // namespace tape::format
