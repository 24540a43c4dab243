#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/bytes/file_header.h"
#include "format/bytes/writer.h"
#include "format/records/catalog_fields.h"
#include "format/records/catalog_file.h"
#include "format/records/catalog_objects.h"
#include "tests/format/records/catalogs.h"
#include "tests/format/records/places.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

constexpr FileIdentity kFile{.store = kStoreOfTests, .generation = 3};

Bytes WriteFile(const CatalogCheckpoint& checkpoint) {
  Bytes bytes;
  const absl::Status status = AppendCatalogFile(kFile, checkpoint, bytes);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(bytes.size() % 64, 0u);
  return bytes;
}

TEST(CatalogRecord, EveryKindComesBack) {
  for (const CatalogChange& change : MakeCheckpoint().records) {
    Bytes bytes;
    ASSERT_TRUE(WriteCatalogRecord(change.record, bytes).ok());
    const auto read = CatalogRecord::Parse(change.record.type(), bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, change.record) << change.record.object;
  }
}

TEST(CatalogRecord, ATableResolvesToTheSchemaThatWasWritten) {
  CatalogObjects objects;
  for (const CatalogChange& change : MakeCheckpoint().records) {
    const absl::Status status = objects.Apply(change.record);
    ASSERT_TRUE(status.ok()) << status;
    if (change.record.object != 4) continue;
    const auto schema = objects.Resolve(4, std::get<TableRecord>(change.record.body));
    ASSERT_TRUE(schema.ok()) << schema.status();
    EXPECT_EQ(*schema, Trades());
  }
  EXPECT_EQ(objects.next_object(), 6u);
  EXPECT_EQ(objects.Find(5)->type, CatalogType::kDropped);
  EXPECT_EQ(objects.Find(1)->name, "renamed");
  EXPECT_EQ(objects.Find(6), nullptr);
}

TEST(CatalogRecord, EveryTruncationIsRefused) {
  for (const CatalogChange& change : MakeCheckpoint().records) {
    if (change.record.type() == CatalogType::kDropped) continue;
    Bytes bytes;
    ASSERT_TRUE(WriteCatalogRecord(change.record, bytes).ok());
    size_t read = 0;
    for (size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = CatalogRecord::Parse(change.record.type(), std::span(bytes).first(size));
      // Whole fields may be missing at the end: then it is another record.
      read += cut.ok() ? 1 : 0;
      EXPECT_FALSE(cut.ok() && *cut == change.record) << size;
    }
    EXPECT_LT(read, bytes.size() / 16);
  }
}

// What is let through is written again as it was, or says the same.
TEST(CatalogRecord, EveryFlippedBitIsRefusedOrAnotherRecord) {
  for (const CatalogChange& change : MakeCheckpoint().records) {
    Bytes bytes;
    ASSERT_TRUE(WriteCatalogRecord(change.record, bytes).ok());
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      Bytes damaged = bytes;
      damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
      const auto read = CatalogRecord::Parse(change.record.type(), damaged);
      if (!read.ok()) continue;
      Bytes again;
      const absl::Status status = WriteCatalogRecord(*read, again);
      ASSERT_TRUE(status.ok()) << bit << status;
      const auto same = CatalogRecord::Parse(change.record.type(), again);
      ASSERT_TRUE(same.ok()) << bit << same.status();
      ASSERT_EQ(*same, *read) << bit;
    }
  }
}

absl::Status ParseSchemaWith(uint16_t tag) {
  Bytes bytes;
  EXPECT_TRUE(WriteCatalogRecord(RecordOf(1, 1, SchemaRecord{"a", ""}), bytes).ok());
  ByteWriter writer(bytes);
  writer.WriteU16(tag);
  writer.WriteU16(0);
  writer.WriteU32(3);
  writer.WriteU64(0x010203);
  return CatalogRecord::Parse(CatalogType::kSchema, bytes).status();
}

TEST(CatalogRecord, UnknownTagsArePassedOverOnlyWhereTheySaySo) {
  EXPECT_TRUE(ParseSchemaWith(0x8063).ok());
  EXPECT_TRUE(absl::IsUnimplemented(ParseSchemaWith(0x63)));
  EXPECT_TRUE(absl::IsDataLoss(ParseSchemaWith(1)));  // out of order
  EXPECT_TRUE(absl::IsDataLoss(ParseSchemaWith(2)));  // twice
  Bytes bytes;
  ASSERT_TRUE(WriteCatalogRecord(RecordOf(1, 1, SchemaRecord{"a", ""}), bytes).ok());
  EXPECT_TRUE(
      absl::IsUnimplemented(CatalogRecord::Parse(static_cast<CatalogType>(9), bytes).status()));
}

TEST(CatalogRecord, NamesThatTheDefinitionDoesNotHaveAreNotWritten) {
  TableRecord table = TableOf(Venues());
  table.definition.primary_key->columns = {"nobody"};
  Bytes bytes;
  const absl::Status status = WriteCatalogRecord(RecordOf(3, 1, table), bytes);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_TRUE(bytes.empty());
  table = TableOf(Venues());
  table.targets.emplace_back();
  EXPECT_FALSE(WriteCatalogRecord(RecordOf(3, 1, table), bytes).ok());
  EXPECT_FALSE(WriteCatalogRecord(RecordOf(0, 1, SchemaRecord{"a", ""}), bytes).ok());
}

void ExpectCannotFollow(const CatalogRecord& record, const std::string& named) {
  CatalogObjects objects;
  for (const CatalogChange& change : MakeCheckpoint().records) {
    ASSERT_TRUE(objects.Apply(change.record).ok());
  }
  const absl::Status status = objects.Apply(record);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_NE(std::string(status.message()).find(named), std::string::npos) << status;
}

TEST(CatalogObjects, RecordsThatCannotFollowAreRefused) {
  const SchemaRecord schema{"a", ""};
  ExpectCannotFollow(RecordOf(9, 2, schema), "version: expected 1, found 2");
  ExpectCannotFollow(RecordOf(1, 2, schema), "version: expected 3, found 2");
  ExpectCannotFollow(RecordOf(2, 2, schema), "type: expected 3, found 1");
  ExpectCannotFollow(RecordOf(5, 3, schema), "was dropped before");
  ExpectCannotFollow(RecordOf(9, 1, DroppedRecord()), "never there");
  ExpectCannotFollow(RecordOf(9, 1, EnumRecord{7, "b", {}, ""}), "its schema 7 does not exist");
  ExpectCannotFollow(RecordOf(9, 1, EnumRecord{2, "b", {}, ""}), "its schema 2 does not exist");
  TableRecord table = TableOf(Trades(), {ForeignTarget{TableId(5), {}}, std::nullopt});
  ExpectCannotFollow(RecordOf(9, 1, table), "refers to table 5");
  table.targets[0] = ForeignTarget{TableId(3), {ColumnId(9)}};
  ExpectCannotFollow(RecordOf(9, 1, table), "column 9 does not exist");
  table.targets[0] = std::nullopt;
  ExpectCannotFollow(RecordOf(9, 1, table), "foreign key");
  table = TableOf(Trades(), {ForeignTarget{TableId(3), {ColumnId(1)}}, std::nullopt});
  table.definition.columns[4].type = Type::Enum(EnumId(3));
  ExpectCannotFollow(RecordOf(9, 1, table), "the type 3");
}

TEST(CatalogFile, ComesBack) {
  const CatalogCheckpoint checkpoint = MakeCheckpoint();
  const Bytes bytes = WriteFile(checkpoint);
  const auto read = CatalogCheckpoint::Parse(bytes, kFile);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, checkpoint);
  EXPECT_TRUE(CatalogCheckpoint::Parse(WriteFile({}), kFile).ok());
  FileIdentity other = kFile;
  other.generation = 4;
  EXPECT_FALSE(CatalogCheckpoint::Parse(bytes, other).ok());
}

TEST(CatalogFile, EveryFlippedBitAndTruncationIsRefused) {
  const Bytes bytes = WriteFile(MakeCheckpoint());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    ASSERT_FALSE(CatalogCheckpoint::Parse(damaged, kFile).ok()) << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(CatalogCheckpoint::Parse(std::span(bytes).first(size), kFile).ok()) << size;
  }
}

TEST(CatalogFile, LsnsThatFallAreNotWritten) {
  CatalogCheckpoint checkpoint = MakeCheckpoint();
  checkpoint.complete = Lsn(8);
  Bytes bytes;
  EXPECT_FALSE(AppendCatalogFile(kFile, checkpoint, bytes).ok());
  EXPECT_TRUE(bytes.empty());
  std::swap(checkpoint.records[1].lsn, checkpoint.records[4].lsn);
  EXPECT_FALSE(AppendCatalogFile(kFile, checkpoint, bytes).ok());
}

}  // namespace
}  // namespace tape::format
