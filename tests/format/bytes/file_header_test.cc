#include "format/bytes/file_header.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/bytes/little_endian.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

using Bytes = std::array<std::byte, kFileHeaderSize>;

FileHeader SomeHeader() {
  FileHeader header;
  header.kind = FileKind::kColumn;
  header.optional_features = 0x80000001;
  header.identity = {.table = 17, .column = 3, .generation = 1, .day = 20109};
  for (uint8_t i = 0; i < 16; ++i) header.identity.store[i] = static_cast<uint8_t>(0xA0 + i);
  return header;
}

// What a program that writes other bytes would write: the checksum is right.
Bytes Sealed(Bytes bytes) {
  StoreLe<uint32_t>(bytes.data() + 60, Crc32c(std::span(bytes).first(60)));
  return bytes;
}

template <typename T>
Bytes With(size_t offset, T value) {
  Bytes bytes = SomeHeader().Serialize();
  StoreLe<T>(bytes.data() + offset, value);
  return Sealed(bytes);
}

void ExpectRefused(const absl::Status& status, absl::StatusCode code, std::string_view words) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
}

void ExpectDamaged(std::span<const std::byte> bytes, std::string_view words) {
  ExpectRefused(FileHeader::Parse(bytes).status(), absl::StatusCode::kDataLoss, words);
}

void ExpectUnsupported(std::span<const std::byte> bytes, std::string_view words) {
  ExpectRefused(FileHeader::Parse(bytes).status(), absl::StatusCode::kUnimplemented, words);
}

TEST(FileHeader, ComesBackAsItWasWritten) {
  const FileHeader header = SomeHeader();
  const absl::StatusOr<FileHeader> read = FileHeader::Parse(header.Serialize(), FileKind::kColumn);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, header);
  EXPECT_TRUE(read->Matches(header.identity).ok());
}

TEST(FileHeader, ComesBackForEveryKindAndExtreme) {
  for (int kind = 1; kind <= 13; ++kind) {
    FileHeader header;
    header.kind = static_cast<FileKind>(kind);
    header.identity.store.fill(0xFF);
    header.identity.table = header.identity.column = header.identity.generation = 0xFFFFFFFF;
    header.identity.day = kind % 2 == 0 ? kNoDay : std::numeric_limits<int32_t>::max();
    header.optional_features = 0xFFFFFFFF;
    if (header.kind == FileKind::kWalSegment) header.salt = ~uint64_t{0};
    const absl::StatusOr<FileHeader> read = FileHeader::Parse(header.Serialize(), header.kind);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, header);
  }
}

TEST(FileHeader, LiesInTheFileAsTheTableSays) {
  const Bytes bytes = SomeHeader().Serialize();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), 4), "TAPE");
  EXPECT_EQ(LoadLe<uint8_t>(bytes.data() + 4), 2);
  EXPECT_EQ(LoadLe<uint8_t>(bytes.data() + 5), 0);
  EXPECT_EQ(LoadLe<uint16_t>(bytes.data() + 6), kFormatVersion);
  EXPECT_EQ(LoadLe<uint32_t>(bytes.data() + 8), 0u);
  EXPECT_EQ(LoadLe<uint32_t>(bytes.data() + 12), 0x80000001u);
  for (size_t i = 0; i < 16; ++i) EXPECT_EQ(LoadLe<uint8_t>(bytes.data() + 16 + i), 0xA0 + i);
  EXPECT_EQ(LoadLe<uint32_t>(bytes.data() + 32), 17u);
  EXPECT_EQ(LoadLe<uint32_t>(bytes.data() + 36), 3u);
  EXPECT_EQ(LoadLe<uint32_t>(bytes.data() + 40), 1u);
  EXPECT_EQ(LoadLe<int32_t>(bytes.data() + 44), 20109);
  EXPECT_EQ(LoadLe<uint64_t>(bytes.data() + 48), 0u);
  EXPECT_EQ(LoadLe<uint32_t>(bytes.data() + 56), 0u);
  EXPECT_EQ(LoadLe<uint32_t>(bytes.data() + 60), Crc32c(std::span(bytes).first(60)));
}

TEST(FileHeader, IsTheExampleOfTheSpecification) {
  FileHeader header;
  header.kind = FileKind::kColumn;
  header.identity = {.store = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,  //
                               0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14},
                     .table = 17,
                     .column = 3,
                     .generation = 1,
                     .day = 20109};
  EXPECT_TRUE(support::MatchesDocExample("conventions.md", "file-header", header.Serialize()));

  const auto documented = support::ReadDocExample("conventions.md", "file-header");
  ASSERT_TRUE(documented.ok()) << documented.status();
  const absl::StatusOr<FileHeader> read = FileHeader::Parse(*documented);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, header);
}

TEST(FileHeader, RefusesEverySingleBitFlip) {
  const Bytes good = SomeHeader().Serialize();
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    ASSERT_EQ(FileHeader::Parse(bad).status().code(), absl::StatusCode::kDataLoss) << bit;
  }
}

TEST(FileHeader, RefusesEveryTruncation) {
  const Bytes good = SomeHeader().Serialize();
  for (size_t size = 0; size < good.size(); ++size) {
    const std::vector<std::byte> bad(good.begin(), good.begin() + size);
    ExpectDamaged(bad, "file header: expected 64 bytes, found " + std::to_string(size));
  }
}

TEST(FileHeader, IgnoresWhatFollows) {
  const Bytes good = SomeHeader().Serialize();
  std::vector<std::byte> file(good.begin(), good.end());
  file.resize(1000, std::byte{0xEE});
  EXPECT_TRUE(FileHeader::Parse(file).ok());
}

TEST(FileHeader, SaysThatAnotherFileIsNotATapeFile) {
  ExpectDamaged(With<uint32_t>(0, 0x464C457F),
                "not a tape file: expected magic \"TAPE\", found 0x464c457f");
  ExpectDamaged(Bytes{}, "not a tape file");
}

TEST(FileHeader, NamesBothChecksums) {
  Bytes bytes = SomeHeader().Serialize();
  const uint32_t crc = LoadLe<uint32_t>(bytes.data() + 60);
  StoreLe<uint32_t>(bytes.data() + 60, crc ^ 1);
  ExpectDamaged(bytes, "checksum: expected ");
}

TEST(FileHeader, RefusesANewerVersionNamingBoth) {
  ExpectUnsupported(With<uint16_t>(6, kFormatVersion + 1),
                    "format version 1 is newer than the newest this build reads, 0");
  ExpectUnsupported(With<uint16_t>(6, 0xFFFF), "format version 65535");
}

TEST(FileHeader, CallsANewerFileNewerWhateverElseItChanged) {
  Bytes bytes = With<uint16_t>(6, 2);
  bytes[4] = std::byte{200};
  bytes[5] = std::byte{1};
  StoreLe<uint32_t>(bytes.data() + 56, 0xFFFFFFFF);
  ExpectUnsupported(Sealed(bytes), "format version 2");
}

TEST(FileHeader, RefusesEveryUnknownMandatoryFeatureNamingIt) {
  for (int bit = 0; bit < 32; ++bit) {
    const uint32_t feature = uint32_t{1} << bit;
    if ((feature & kKnownMandatoryFeatures) != 0) continue;
    ExpectUnsupported(With<uint32_t>(8, feature),
                      "mandatory feature bit " + std::to_string(bit) + " is");
  }
  ExpectUnsupported(With<uint32_t>(8, 0xFFFFFFF0), "mandatory feature bit 4 is");
}

TEST(FileHeader, KeepsUnknownOptionalFeatures) {
  for (int bit = 0; bit < 32; ++bit) {
    const absl::StatusOr<FileHeader> read =
        FileHeader::Parse(With<uint32_t>(12, uint32_t{1} << bit));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->optional_features, uint32_t{1} << bit);
    EXPECT_EQ(read->Serialize(), With<uint32_t>(12, uint32_t{1} << bit));
  }
}

TEST(FileHeader, RefusesReservedBytesThatAreNotZero) {
  ExpectDamaged(With<uint8_t>(5, 1), "byte 5: expected 0, found 1");
  ExpectDamaged(With<uint32_t>(56, 0x80000000), "bytes 56 to 59: expected 0, found 0x80000000");
}

TEST(FileHeader, RefusesUnknownKinds) {
  ExpectDamaged(With<uint8_t>(4, 0), "kind: expected 1 to 14, found 0");
  ExpectDamaged(With<uint8_t>(4, 15), "kind: expected 1 to 14, found 15");
  ExpectDamaged(With<uint8_t>(4, 255), "kind: expected 1 to 14, found 255");
}

TEST(FileHeader, RefusesAnotherKindThanExpected) {
  const absl::Status status =
      FileHeader::Parse(SomeHeader().Serialize(), FileKind::kSummary).status();
  ExpectRefused(status, absl::StatusCode::kDataLoss, "kind: expected summary, found column file");
}

TEST(FileHeader, ReportsDamageBeforeAnUnexpectedKind) {
  Bytes bytes = SomeHeader().Serialize();
  bytes[20] ^= std::byte{1};
  const absl::Status status = FileHeader::Parse(bytes, FileKind::kSummary).status();
  ExpectRefused(status, absl::StatusCode::kDataLoss, "checksum");
}

TEST(FileHeader, LetsOnlyWalSegmentsHaveASalt) {
  for (int kind = 1; kind <= 13; ++kind) {
    Bytes bytes = With<uint64_t>(48, 0x1234);
    bytes[4] = static_cast<std::byte>(kind);
    bytes = Sealed(bytes);
    if (static_cast<FileKind>(kind) == FileKind::kWalSegment) {
      const absl::StatusOr<FileHeader> read = FileHeader::Parse(bytes);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->salt, 0x1234u);
    } else {
      ExpectDamaged(bytes, "salt: expected 0 in a ");
    }
  }
}

TEST(FileHeader, NamesTheFieldThatDoesNotMatch) {
  const FileHeader header = SomeHeader();
  const auto expect = [&](auto change, std::string_view words) {
    FileIdentity expected = header.identity;
    change(expected);
    ExpectRefused(header.Matches(expected), absl::StatusCode::kDataLoss, words);
  };
  expect([](FileIdentity& e) { e.store[15] = 0; },
         "store: expected a0a1a2a3-a4a5-a6a7-a8a9-aaabacadae00, found "
         "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
  expect([](FileIdentity& e) { e.table = 18; }, "table: expected 18, found 17");
  expect([](FileIdentity& e) { e.column = 4; }, "column: expected 4, found 3");
  expect([](FileIdentity& e) { e.generation = 2; }, "generation: expected 2, found 1");
  expect([](FileIdentity& e) { e.day = 20110; }, "day: expected 20110, found 20109");
  expect([](FileIdentity& e) { e.day = kNoDay; }, "day: expected none, found 20109");
}

}  // namespace
}  // namespace tape::format
