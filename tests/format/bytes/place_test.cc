#include "format/bytes/place.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/little_endian.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

FileIdentity SomeFile() {
  FileIdentity file{.table = 17, .column = 3, .generation = 1, .day = 20109};
  for (uint8_t i = 0; i < 16; ++i) file.store[i] = static_cast<uint8_t>(0xA0 + i);
  return file;
}

TEST(PlaceSeed, IsTheCrcOfFortyNineBytes) {
  const FileIdentity file = SomeFile();
  std::vector<std::byte> bytes(49);
  bytes[0] = std::byte{8};
  std::memcpy(bytes.data() + 1, file.store.data(), 16);
  StoreLe<uint32_t>(bytes.data() + 17, file.table);
  StoreLe<uint32_t>(bytes.data() + 21, file.column);
  StoreLe<uint32_t>(bytes.data() + 25, file.generation);
  StoreLe<int32_t>(bytes.data() + 29, file.day);
  StoreLe<uint64_t>(bytes.data() + 33, 0x0123456789ABCDEF);
  StoreLe<uint64_t>(bytes.data() + 41, 4096);
  EXPECT_EQ(PlaceSeed(FileKind::kWalSegment, file, 0x0123456789ABCDEF).At(4096), Crc32c(bytes));
}

TEST(PlaceSeed, IsTheExampleOfTheSpecification) {
  const auto header_bytes = support::ReadDocExample("conventions.md", "file-header");
  ASSERT_TRUE(header_bytes.ok()) << header_bytes.status();
  const absl::StatusOr<FileHeader> header = FileHeader::Parse(*header_bytes);
  ASSERT_TRUE(header.ok()) << header.status();
  std::vector<std::byte> place(49);
  place[0] = (*header_bytes)[4];
  std::memcpy(place.data() + 1, header_bytes->data() + 16, 40);
  StoreLe<uint64_t>(place.data() + 41, 64);
  EXPECT_TRUE(support::MatchesDocExample("conventions.md", "place", place));

  const uint32_t at_64 = PlaceSeed(*header).At(64);
  EXPECT_EQ(at_64, Crc32c(place));
  std::vector<std::byte> seed(4);
  StoreLe<uint32_t>(seed.data(), at_64);
  EXPECT_TRUE(support::MatchesDocExample("conventions.md", "seed", seed));
}

// A seed once on disk never changes: this number is the format's.
TEST(PlaceSeed, NeverChanges) {
  EXPECT_EQ(PlaceSeed(FileKind::kColumn, SomeFile()).At(64), 0x3F169BE3u);
}

TEST(PlaceSeed, OfAHeaderIsThatOfItsFields) {
  FileHeader header;
  header.kind = FileKind::kWalSegment;
  header.identity = SomeFile();
  header.salt = 99;
  EXPECT_EQ(PlaceSeed(header).At(640), PlaceSeed(FileKind::kWalSegment, SomeFile(), 99).At(640));
}

TEST(PlaceSeed, DiffersForEveryBitOfThePlace) {
  std::set<uint32_t> seeds;
  const auto add = [&](const FileIdentity& file, uint64_t salt, uint64_t offset) {
    seeds.insert(PlaceSeed(FileKind::kWalSegment, file, salt).At(offset));
  };
  add(SomeFile(), 0, 0);
  for (int bit = 0; bit < 256; ++bit) {
    FileIdentity file = SomeFile();
    std::array<uint8_t, 32> raw;
    std::memcpy(raw.data(), &file, 32);
    raw[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    std::memcpy(&file, raw.data(), 32);
    add(file, 0, 0);
  }
  for (int bit = 0; bit < 64; ++bit) {
    add(SomeFile(), uint64_t{1} << bit, 0);
    add(SomeFile(), 0, uint64_t{1} << bit);
  }
  EXPECT_EQ(seeds.size(), 1u + 256 + 64 + 64);
}

TEST(PlaceSeed, DiffersForEveryKind) {
  std::set<uint32_t> seeds;
  for (int kind = 1; kind <= 13; ++kind) {
    seeds.insert(PlaceSeed(static_cast<FileKind>(kind), SomeFile()).At(64));
  }
  EXPECT_EQ(seeds.size(), 13u);
}

// Two offsets that differ within 32 neighbouring bits never share a seed, so none of one file do up
// to 256 GiB.
TEST(PlaceSeed, DiffersForEveryBlockOfAFile) {
  const PlaceSeed seed(FileKind::kColumn, SomeFile());
  std::set<uint32_t> seeds;
  for (uint64_t block = 0; block < 100000; ++block) seeds.insert(seed.At(64 * block));
  EXPECT_EQ(seeds.size(), 100000u);
}

TEST(PlaceSeed, MakesBytesReadElsewhereFail) {
  const std::vector<std::byte> block(1280, std::byte{0x5A});
  const PlaceSeed seed(FileKind::kColumn, SomeFile());
  const uint32_t stored = ExtendCrc32c(seed.At(64), block);

  FileIdentity next_day = SomeFile();
  ++next_day.day;
  FileIdentity next_column = SomeFile();
  ++next_column.column;
  EXPECT_EQ(ExtendCrc32c(PlaceSeed(FileKind::kColumn, SomeFile()).At(64), block), stored);
  EXPECT_NE(ExtendCrc32c(seed.At(128), block), stored);
  EXPECT_NE(ExtendCrc32c(PlaceSeed(FileKind::kColumn, next_day).At(64), block), stored);
  EXPECT_NE(ExtendCrc32c(PlaceSeed(FileKind::kColumn, next_column).At(64), block), stored);
  EXPECT_NE(ExtendCrc32c(PlaceSeed(FileKind::kSummary, SomeFile()).At(64), block), stored);
  EXPECT_NE(Crc32c(block), stored);
}

TEST(FileKind, HasANameForEachNumberAndForNoOther) {
  std::set<std::string_view> names;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string_view name = FileKindName(static_cast<FileKind>(byte));
    EXPECT_EQ(IsFileKind(static_cast<uint8_t>(byte)), name != "unknown") << byte;
    if (name != "unknown") names.insert(name);
  }
  EXPECT_EQ(names.size(), 14u);
}

}  // namespace
}  // namespace tape::format
