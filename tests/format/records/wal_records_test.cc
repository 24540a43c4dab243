#include "format/records/wal_records.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "format/bytes/crc32c.h"
#include "tests/format/records/places.h"
#include "tests/support/columns.h"

namespace tape::format {
namespace {

using support::Law;
using support::MakeColumn;
using support::Nulls;
using support::SameRows;
using support::TestColumn;
using Bytes = std::vector<std::byte>;

const PlaceSeed kSeeds = SeedsOf(FileKind::kWalSegment);

class WalRecords : public testing::Test {
 protected:
  Frame Only() {
    FrameReader reader(bytes_, 4096, kSeeds, {4096, 0});
    const auto frame = reader.Next();
    EXPECT_TRUE(frame.ok() && frame->has_value()) << frame.status();
    EXPECT_EQ(reader.offset(), frames_.offset());
    return frame.ok() && frame->has_value() ? **frame : Frame();
  }

  Bytes bytes_;
  FrameWriter frames_{kSeeds, {4096, 0}, bytes_};
};

std::vector<LsnRun> RunsOf(uint32_t rows) {
  if (rows == 1) return {{Lsn(900), 1}};
  return {{Lsn(900), 1}, {Lsn(905), rows - 1}};
}

TEST_F(WalRecords, RowsOfEveryFormComeBack) {
  for (const size_t rows : {1, 2, 15, 16, 17, 1000}) {
    for (const Nulls nulls : {Nulls::kNone, Nulls::kHalf, Nulls::kAll}) {
      std::vector<TestColumn> made;
      for (const Physical physical : support::AllPhysicals()) {
        made.push_back(MakeColumn({physical, Law::kRandom, rows, nulls}));
      }
      std::vector<WalColumn> columns;
      for (const TestColumn& column : made) {
        columns.push_back({ColumnId(static_cast<uint32_t>(columns.size() + 1)), column.view()});
      }
      const std::vector<LsnRun> runs = RunsOf(static_cast<uint32_t>(rows));
      const WalRows input{TableId(17), 3, RowNumber(5000), runs, columns, false};
      bytes_.clear();
      FrameWriter frames(kSeeds, {4096, 0}, bytes_);
      ASSERT_TRUE(AppendRows(input, frames).ok());
      EXPECT_EQ(bytes_.size(), RowsFrameSize(input));
      FrameReader reader(bytes_, 4096, kSeeds, {4096, 0});
      const Frame frame = **reader.Next();
      EXPECT_EQ(frame.lsn, runs.back().lsn);
      const auto view = WalRowsView::Parse(frame);
      ASSERT_TRUE(view.ok()) << view.status();
      EXPECT_EQ(view->table(), TableId(17));
      EXPECT_EQ(view->schema_version(), 3u);
      EXPECT_EQ(view->first_row(), RowNumber(5000));
      EXPECT_EQ(view->rows(), rows);
      EXPECT_TRUE(std::ranges::equal(view->runs(), runs));
      ASSERT_EQ(view->columns(), columns.size());
      std::vector<uint64_t> offsets;
      for (size_t i = 0; i < columns.size(); ++i) {
        EXPECT_EQ(view->column_id(i), columns[i].id);
        EXPECT_TRUE(SameRows(columns[i].values, view->Column(i, offsets))) << i;
        EXPECT_EQ(view->Validity(i).size(), nulls == Nulls::kNone ? 0 : rows);
      }
    }
  }
}

TEST_F(WalRecords, FixedColumnsAreReadInPlaceAndAligned) {
  const TestColumn wide = MakeColumn({Physical::kInt128, Law::kRandom, 3, Nulls::kHalf});
  const TestColumn flag = MakeColumn({Physical::kBool, Law::kRandom, 3});
  const std::vector<WalColumn> columns = {{ColumnId(1), flag.view()}, {ColumnId(2), wide.view()}};
  const std::vector<LsnRun> runs = RunsOf(3);
  ASSERT_TRUE(AppendRows({TableId(1), 1, RowNumber(0), runs, columns, true}, frames_).ok());
  const Frame frame = Only();
  EXPECT_EQ(frame.type, 7);
  const auto view = WalRowsView::Parse(frame);
  ASSERT_TRUE(view.ok()) << view.status();
  std::vector<uint64_t> offsets;
  const auto values = view->Column(1, offsets).RawValues();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(values.data()) % 16, 0u);
  EXPECT_GE(reinterpret_cast<const std::byte*>(values.data()), frame.record.data());
}

absl::Status TryRows(const std::vector<LsnRun>& runs, const std::vector<WalColumn>& columns,
                     uint64_t first = 0) {
  Bytes bytes;
  FrameWriter frames(kSeeds, {4096, 0}, bytes);
  absl::Status status = AppendRows({TableId(1), 1, RowNumber(first), runs, columns, false}, frames);
  EXPECT_EQ(bytes.empty(), !status.ok());
  return status;
}

TEST_F(WalRecords, RowsThatNoReaderWouldTakeAreNotWritten) {
  const std::vector<int64_t> two = {1, 2};
  const std::vector<uint8_t> odd = {1, 7};
  const std::vector<WalColumn> good = {{ColumnId(1), ColumnView::Of<int64_t>(two)}};
  ASSERT_TRUE(TryRows({{Lsn(5), 2}}, good).ok());
  EXPECT_FALSE(TryRows({}, good).ok());
  EXPECT_FALSE(TryRows({{Lsn(5), 3}}, good).ok());
  EXPECT_FALSE(TryRows({{Lsn(0), 2}}, good).ok());
  EXPECT_FALSE(TryRows({{Lsn(5), 1}, {Lsn(5), 1}}, good).ok());
  EXPECT_FALSE(TryRows({{Lsn(5), 0}, {Lsn(6), 2}}, good).ok());
  EXPECT_FALSE(TryRows({{Lsn(5), 2}}, {}).ok());
  EXPECT_FALSE(TryRows({{Lsn(5), 2}}, good, ~uint64_t{0} / 2).ok());
  EXPECT_FALSE(TryRows({{Lsn(5), 2}}, {{ColumnId(1), ColumnView::Of<uint8_t>(odd)}}).ok());
  EXPECT_FALSE(
      TryRows({{Lsn(5), 2}}, {{ColumnId(1), ColumnView::Of<int64_t>(two, odd.data())}}).ok());
  const std::vector<uint64_t> falling = {0, 2, 1};
  EXPECT_FALSE(TryRows({{Lsn(5), 2}}, {{ColumnId(1), ColumnView::Bytes(falling, "abc")}}).ok());
  const std::string large((1 << 20) + 1, 'x');
  const std::vector<uint64_t> offsets = {0, 0, large.size()};
  EXPECT_FALSE(TryRows({{Lsn(5), 2}}, {{ColumnId(1), ColumnView::Bytes(offsets, large)}}).ok());
}

// A byte of the record changed, and the frame's checksum made right.
Frame Changed(Bytes& bytes, size_t offset, uint8_t mask) {
  bytes[32 + offset] ^= static_cast<std::byte>(mask);
  FrameReader reader(bytes, 4096, kSeeds, {4096, std::nullopt});
  const uint32_t crc = ExtendCrc32c(ExtendCrc32c(kSeeds.At(4096), std::span(bytes).first(28)),
                                    std::span(bytes).subspan(32));
  StoreLe<uint32_t>(bytes.data() + 28, crc);
  const auto frame = reader.Next();
  EXPECT_TRUE(frame.ok()) << frame.status();
  return **frame;
}

TEST_F(WalRecords, EveryByteOfTheFramingOfRowsIsChecked) {
  const std::vector<uint8_t> validity = {1, 0};
  const std::vector<uint64_t> offsets = {0, 2, 5};
  const std::vector<WalColumn> columns = {
      {ColumnId(1), ColumnView::Bytes(offsets, "halts", validity.data())}};
  const std::vector<LsnRun> runs = {{Lsn(900), 2}};
  ASSERT_TRUE(AppendRows({TableId(1), 1, RowNumber(0), runs, columns, false}, frames_).ok());
  ASSERT_EQ(bytes_.size(), 32u + 32 + 16 + 16 + 3 * 16);
  const auto is_free = [](size_t at) {
    const bool ids = at < 15;                 // table, version, row number below 2^63
    const bool column = at >= 48 && at < 52;  // its id
    const bool heap = at >= 96 && at < 101;   // the strings
    return ids || column || heap;
  };
  for (size_t at = 0; at + 32 < bytes_.size(); ++at) {
    for (const uint8_t mask : {0x02, 0x80}) {
      Bytes bytes = bytes_;
      const Frame frame = Changed(bytes, at, mask);
      const absl::Status status = WalRowsView::Parse(frame).status();
      if (is_free(at) || at == 15) continue;
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << at << " " << status;
    }
  }
}

TEST_F(WalRecords, EveryTruncationOfARecordIsRefused) {
  const std::vector<uint64_t> offsets = {0, 2, 5};
  const std::vector<WalColumn> columns = {{ColumnId(1), ColumnView::Bytes(offsets, "halts")}};
  const std::vector<LsnRun> runs = {{Lsn(900), 2}};
  ASSERT_TRUE(AppendRows({TableId(1), 1, RowNumber(0), runs, columns, false}, frames_).ok());
  Frame frame = Only();
  const auto whole = frame.record;
  for (size_t size = 0; size < whole.size(); ++size) {
    frame.record = whole.first(size);
    EXPECT_EQ(WalRowsView::Parse(frame).status().code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST_F(WalRecords, KillsComeBack) {
  const std::vector<Kill> kills = {{RowNumber(9), Lsn(4)}, {RowNumber(2), Lsn(7)}};
  ASSERT_TRUE(AppendWalKills(TableId(17), kills, frames_).ok());
  Frame frame = Only();
  EXPECT_EQ(frame.lsn, Lsn(7));
  const auto view = WalKillsView::Parse(frame);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->table, TableId(17));
  EXPECT_TRUE(std::ranges::equal(view->kills, kills));
  frame.lsn = Lsn(8);
  EXPECT_FALSE(WalKillsView::Parse(frame).ok());
  EXPECT_FALSE(AppendWalKills(TableId(17), {}, frames_).ok());
  EXPECT_FALSE(
      AppendWalKills(TableId(17), std::vector<Kill>{{RowNumber(1), Lsn(0)}}, frames_).ok());
}

TEST_F(WalRecords, TailKillsAreKillsOfTheirOwnType) {
  const std::vector<Kill> kills = {{RowNumber(9), Lsn(4)}};
  ASSERT_TRUE(AppendWalKills(TableId(17), kills, frames_, /*tail=*/true).ok());
  const Frame frame = Only();
  EXPECT_EQ(frame.type, static_cast<uint16_t>(WalRecordType::kTailKills));
  EXPECT_TRUE(CheckWalRecord(frame).ok());
  const auto view = WalKillsView::Parse(frame);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_TRUE(std::ranges::equal(view->kills, kills));
}

TEST_F(WalRecords, SymbolsComeBack) {
  const std::vector<std::string_view> texts = {"AAPL", "", "MSFT"};
  ASSERT_TRUE(AppendSymbols({TableId(1), ColumnId(2), SymbolCode(5), texts}, frames_).ok());
  Frame frame = Only();
  const auto view = WalSymbolsView::Parse(frame);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->first(), SymbolCode(5));
  EXPECT_EQ(view->column(), ColumnId(2));
  EXPECT_EQ(view->texts(), texts);
  const auto whole = frame.record;
  for (size_t size = 0; size < whole.size(); ++size) {
    frame.record = whole.first(size);
    EXPECT_FALSE(WalSymbolsView::Parse(frame).ok()) << size;
  }
  EXPECT_FALSE(AppendSymbols({TableId(1), ColumnId(2), SymbolCode(0), texts}, frames_).ok());
  EXPECT_FALSE(AppendSymbols({TableId(1), ColumnId(2), SymbolCode(1u << 24), texts}, frames_).ok());
  const std::string large(1025, 'x');
  const std::vector<std::string_view> too_large = {large};
  EXPECT_FALSE(AppendSymbols({TableId(1), ColumnId(2), SymbolCode(1), too_large}, frames_).ok());
}

TEST_F(WalRecords, SequencesComeBack) {
  const WalSequence sequence{TableId(3), ColumnId(1), -5};
  ASSERT_TRUE(AppendSequenceAdvance(sequence, frames_).ok());
  const auto read = WalSequence::Parse(Only());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, sequence);
}

TEST_F(WalRecords, CatalogAndAttachCarryOtherRecords) {
  const Bytes inner(24, std::byte{5});
  ASSERT_TRUE(AppendWalCatalog({2, inner}, Lsn(9), frames_).ok());
  Frame frame = Only();
  const auto catalog = WalCatalogView::Parse(frame);
  ASSERT_TRUE(catalog.ok());
  EXPECT_EQ(catalog->type, 2u);
  EXPECT_TRUE(std::ranges::equal(catalog->record, inner));
  EXPECT_FALSE(CheckWalRecord(frame).ok());
  frame.type = 6;
  const auto attach = WalAttachView::Parse(frame);
  ASSERT_TRUE(attach.ok());
  EXPECT_EQ(attach->table, TableId(2));
}

TEST_F(WalRecords, UnknownTypesArePassedOverOnlyWhereTheySayso) {
  Frame frame{
      .type = 99, .flags = 0, .lsn = Lsn(1), .crc = 0, .offset = 4096, .end = 0, .record = {}};
  EXPECT_EQ(CheckWalRecord(frame).code(), absl::StatusCode::kUnimplemented);
  frame.flags = kFrameMayBeSkipped;
  EXPECT_TRUE(CheckWalRecord(frame).ok());
}

}  // namespace
}  // namespace tape::format
