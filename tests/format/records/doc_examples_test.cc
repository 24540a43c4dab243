// The examples of wal.md, manifest.md, catalog.md, dictionary.md, live.md and store.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "format/records/catalog_record.h"
#include "format/records/live_file.h"
#include "format/records/manifest_record.h"
#include "format/records/store_file.h"
#include "format/records/symbol_section.h"
#include "format/records/wal_records.h"
#include "format/records/wal_segment.h"
#include "tests/format/records/places.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

using support::MatchesDocExample;
using Bytes = std::vector<std::byte>;

constexpr int64_t kMorning = 1'737'448'200'000'000'000;  // 2025-01-21T08:30:00Z

TEST(DocExamples, FrameOfTheWal) {
  const WalSegment segment{.store = kStoreOfTests,
                           .salt = 0x0123456789ABCDEF,
                           .number = 7,
                           .first_lsn = Lsn(41),
                           .durable_lsn = Lsn(40),
                           .crc = 0x11223344};
  Bytes bytes;
  FrameWriter frames(segment.Seeds(), segment.Start(), bytes);
  const std::vector<Kill> kills = {{RowNumber(100), Lsn(41)}};
  ASSERT_TRUE(AppendWalKills(TableId(17), kills, frames).ok());
  EXPECT_TRUE(MatchesDocExample("wal.md", "frame", bytes));
}

TEST(DocExamples, RecordOfAManifest) {
  const Place kills{.kind = FileKind::kKills,
                    .generation = 1,
                    .day = 20109,
                    .offset = 64,
                    .length = 448,
                    .crc = 0x55667788};
  const ManifestRecord record{
      .number = 7,
      .sealed_rows = RowNumber(262'144),
      .schema_version = 1,
      .time = kMorning,
      .next_slice = 4,
      .entries = {BytesEntry{kills},
                  SymbolsEntry{ColumnId(2), Generation(1), 40, 0x99AABBCC, 1024}}};
  Bytes bytes;
  ASSERT_TRUE(WriteManifestRecord(record, ManifestFrame::kChange, Lsn(41), bytes).ok());
  EXPECT_TRUE(MatchesDocExample("manifest.md", "record", bytes));
}

TEST(DocExamples, RecordOfTheCatalog) {
  const CatalogRecord record{.object = 2,
                             .version = 1,
                             .time = kMorning,
                             .body = EnumRecord{1, "side", {"buy", "sell"}, ""}};
  Bytes bytes;
  ASSERT_TRUE(WriteCatalogRecord(record, bytes).ok());
  EXPECT_TRUE(MatchesDocExample("catalog.md", "record", bytes));
}

TEST(DocExamples, SectionOfADictionary) {
  const FileIdentity file{.store = kStoreOfTests, .table = 17, .column = 2, .generation = 1};
  SymbolChain chain;
  Bytes bytes;
  const std::vector<std::string_view> texts = {"MSFT", "AAPL"};
  const ExtentPlace place{PlaceSeed(FileKind::kDictionary, file), 64};
  ASSERT_TRUE(AppendSymbolSection(texts, place, chain, bytes).ok());
  EXPECT_TRUE(MatchesDocExample("dictionary.md", "section", bytes));
}

TEST(DocExamples, LiveFile) {
  LiveFile live{.store = kStoreOfTests,
                .epoch = 3,
                .device = 24,
                .inode = 77,
                .state = LiveState::kClean,
                .owner = 1000,
                .mode = 0700,
                .process = 4242,
                .since = kMorning,
                .clean_lsn = Lsn(900),
                .path = "/dev/shm/tape-1000"};
  live.boot.fill(0xB0);
  live.nonce.fill(0x0C);
  const Bytes bytes = *live.Serialize();
  EXPECT_TRUE(MatchesDocExample("live.md", "live", std::span(bytes).subspan(64, 160)));
}

TEST(DocExamples, StoreFile) {
  const StoreFile store{.store = kStoreOfTests, .created = kMorning};
  EXPECT_TRUE(MatchesDocExample("store.md", "tape", store.Serialize()));
}

}  // namespace
}  // namespace tape::format
