// The ends of what a store takes: many symbols, many columns, times that are far away, rows of a
// MiB, tables without rows, memory that is full, clocks that go back.
#include "tape/limits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/store_writer.h"
#include "format/bytes/message.h"
#include "tape/scan.h"
#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

using format::Concat;

// The values of a column of integers, in order of arrival.
std::vector<int64_t> ReadAll(const Store& store, ScanOptions options) {
  options.order = ScanOrder::kArrival;
  std::vector<int64_t> values;
  auto snapshot = store.TakeSnapshot();
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  if (!snapshot.ok()) return values;
  auto scan = (*snapshot)->Scan(options);
  EXPECT_TRUE(scan.ok()) << scan.status();
  while (scan.ok()) {
    auto rows = (*scan)->Next();
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok() || *rows == 0) break;
    const auto batch = (*scan)->column(0).Values<int64_t>();
    values.insert(values.end(), batch.begin(), batch.end());
  }
  return values;
}

class Limits : public StoreTest {
 protected:
  // Whatever is asked holds in the tail, in slices, and when the store is opened again.
  template <typename Check>
  void InTailSlicesAndLater(std::unique_ptr<Store> store, const std::string& table, Check check) {
    {
      SCOPED_TRACE("in the tail");
      check(*store);
    }
    auto sealed = store->Seal("main", table);
    ASSERT_TRUE(sealed.ok()) << sealed.status();
    {
      SCOPED_TRACE("in slices");
      check(*store);
    }
    ASSERT_TRUE(store->Close().ok());
    store = Open(/*threads=*/false);
    ASSERT_NE(store, nullptr);
    SCOPED_TRACE("later");
    check(*store);
  }
};

TEST_F(Limits, AHundredThousandSymbolsAreFoundEach) {
  constexpr int64_t kSymbols = 100'000;
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  auto ts = trades->Handle<Timestamp>("ts");
  auto symbol = trades->Handle<SymbolCode>("symbol");
  auto price = trades->Handle<int64_t>("price");
  ASSERT_TRUE(ts.ok() && symbol.ok() && price.ok());
  for (int64_t i = 0; i < kSymbols; ++i) {
    auto code = trades->Intern("symbol", Concat("S", i));
    ASSERT_TRUE(code.ok()) << code.status();
    trades->Set(*ts, Timestamp::FromNanos(1'737'449'100'000'000'000 + i));
    trades->Set(*symbol, *code);
    trades->Set(*price, i);
    ASSERT_TRUE(trades->EndRow()) << trades->status();
    if (i % 1000 == 999) {
      ASSERT_TRUE(trades->Commit().ok());
    }
  }
  ASSERT_TRUE(trades->Commit(Durability::kDurable).ok());
  trades.reset();
  InTailSlicesAndLater(std::move(store), "trades", [&](const Store& asked) {
    for (int64_t i : {int64_t{0}, int64_t{1}, int64_t{77'777}, kSymbols - 1}) {
      EXPECT_EQ(
          ReadAll(asked, {.table = "trades", .columns = {"price"}, .symbols = {Concat("S", i)}}),
          std::vector<int64_t>{i});
    }
    EXPECT_EQ(ReadAll(asked, {.table = "trades", .columns = {"price"}}).size(), size_t{kSymbols});
  });
}

TEST_F(Limits, FourThousandAndNinetySixColumnsAreATable) {
  Schema::Builder builder("wide");
  for (uint32_t i = 0; i < kMaxColumns; ++i) builder.Column(Concat("c", i), Type::Bigint());
  auto schema = builder.SliceRows(kMinSliceRows).Build();
  ASSERT_TRUE(schema.ok()) << schema.status();
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(*schema).ok());
  auto appender = store->OpenAppender("main", "wide");
  ASSERT_TRUE(appender.ok()) << appender.status();
  std::vector<ColumnHandle<int64_t>> columns;
  for (uint32_t i = 0; i < kMaxColumns; ++i) {
    columns.push_back(*(*appender)->Handle<int64_t>(Concat("c", i)));
  }
  for (int64_t row = 0; row < 20; ++row) {
    for (uint32_t i = 0; i < kMaxColumns; ++i) (*appender)->Set(columns[i], row * kMaxColumns + i);
    ASSERT_TRUE((*appender)->EndRow());
  }
  ASSERT_TRUE((*appender)->Commit(Durability::kDurable).ok());
  appender->reset();
  InTailSlicesAndLater(std::move(store), "wide", [](const Store& asked) {
    for (uint32_t i : {0u, 63u, 64u, 4095u}) {
      const auto values = ReadAll(asked, {.table = "wide", .columns = {Concat("c", i)}});
      ASSERT_EQ(values.size(), 20u);
      EXPECT_EQ(values[19], 19 * int64_t{kMaxColumns} + i);
    }
    EXPECT_EQ(ReadAll(asked, {.table = "wide"}).size(), 20u);
  });
}

TEST_F(Limits, OneColumnMoreIsRefused) {
  Schema::Builder builder("wide");
  for (uint32_t i = 0; i <= kMaxColumns; ++i) builder.Column(Concat("c", i), Type::Bigint());
  const auto schema = builder.Build();
  EXPECT_TRUE(absl::IsInvalidArgument(schema.status())) << schema.status();
  EXPECT_NE(schema.status().message().find("4096"), std::string::npos) << schema.status();
}

TEST_F(Limits, TimesOfThreeCenturiesHaveTheirDays) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
  const std::vector<int64_t> times = {
      0, -1, kGreatest, kLeast, 1'737'449'100'000'000'000, kGreatest - 1, kLeast + 1};
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  auto code = trades->Intern("symbol", "AAPL");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price});
  ASSERT_TRUE(code.ok() && bound.ok());
  for (size_t i = 0; i < times.size(); ++i) {
    ASSERT_TRUE(bound->Append({Timestamp::FromNanos(times[i]), *code, static_cast<int64_t>(i), 0}));
  }
  ASSERT_TRUE(trades->Commit(Durability::kDurable).ok());
  trades.reset();
  InTailSlicesAndLater(std::move(store), "trades", [&](const Store& asked) {
    EXPECT_EQ(ReadAll(asked, {.table = "trades", .columns = {"ts"}}), times);
    const ScanOptions before_1970{
        .table = "trades", .columns = {"ts"}, .to = Timestamp::FromNanos(0)};
    EXPECT_EQ(ReadAll(asked, before_1970), (std::vector<int64_t>{-1, kLeast, kLeast + 1}));
    const ScanOptions last{
        .table = "trades", .columns = {"ts"}, .from = Timestamp::FromNanos(kGreatest)};
    EXPECT_EQ(ReadAll(asked, last), std::vector<int64_t>{kGreatest});
  });
}

TEST_F(Limits, ATableWithoutRowsIsReadSealedFoldedAndClosed) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  ASSERT_TRUE(store->Work().ok());
  auto trades = Appending(*store);
  auto nothing = trades->Commit(Durability::kDurable);
  EXPECT_TRUE(nothing.ok()) << nothing.status();
  trades.reset();
  InTailSlicesAndLater(std::move(store), "trades", [](const Store& asked) {
    EXPECT_TRUE(ReadAll(asked, {.table = "trades", .columns = {"price"}}).empty());
    EXPECT_EQ(asked.GetWatermarks("main", "trades")->visible, RowNumber(0));
  });
}

TEST_F(Limits, ValuesOfAMebibyteComeBackAndOneByteMoreIsRefused) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  auto code = trades->Intern("symbol", "AAPL");
  auto note = trades->Handle<std::string_view>("note");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price});
  ASSERT_TRUE(code.ok() && note.ok() && bound.ok());
  const std::string large(kMaxValueBytes, 'x');
  for (int64_t i = 0; i < 5; ++i) {
    trades->Set(*note, std::string_view(large));
    ASSERT_TRUE(bound->Append(TradeOf(i, *code))) << trades->status();
  }
  ASSERT_TRUE(trades->Commit(Durability::kDurable).ok());
  trades->Set(*note, std::string_view(large + "y"));
  EXPECT_FALSE(bound->Append(TradeOf(5, *code)));
  EXPECT_FALSE(trades->Commit().ok());
  trades->Abandon();
  trades.reset();
  InTailSlicesAndLater(std::move(store), "trades", [&](const Store& asked) {
    auto snapshot = asked.TakeSnapshot();
    ASSERT_TRUE(snapshot.ok());
    auto scan = (*snapshot)->Scan({.table = "trades", .columns = {"note"}});
    ASSERT_TRUE(scan.ok());
    uint64_t seen = 0;
    for (auto rows = (*scan)->Next(); rows.ok() && *rows != 0; rows = (*scan)->Next()) {
      for (size_t i = 0; i < *rows; ++i) EXPECT_EQ((*scan)->column(0).Bytes(i), large);
      seen += *rows;
    }
    EXPECT_EQ(seen, 5u);
  });
}

TEST_F(Limits, AFullTailRefusesRowsUntilItIsSealedAndLosesNone) {
  StoreOptions options = Options(/*threads=*/false);
  options.tail_bytes_max = uint64_t{8} << 20;
  auto opened = Store::Open(folder_.path() + "/store", options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  Store& store = **opened;
  ASSERT_TRUE(store.CreateTable(Trades()).ok());
  auto trades = Appending(store);
  auto code = trades->Intern("symbol", "AAPL");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price});
  ASSERT_TRUE(code.ok() && bound.ok());
  int64_t committed = 0;
  for (int fills = 0; fills < 3; ++fills) {
    const int64_t before = committed;
    absl::StatusOr<Lsn> lsn = Lsn();
    while (lsn.ok()) {
      bool whole = true;
      for (int64_t i = 0; i < 100; ++i)
        whole = bound->Append(TradeOf(committed + i, *code)) && whole;
      lsn = trades->Commit();
      EXPECT_EQ(lsn.ok(), whole);
      committed += lsn.ok() ? 100 : 0;
    }
    EXPECT_TRUE(absl::IsResourceExhausted(lsn.status())) << lsn.status();
    EXPECT_NE(lsn.status().message().find("tail_bytes_max"), std::string::npos) << lsn.status();
    EXPECT_GT(committed, before + 10'000);
    trades->Abandon();
    EXPECT_EQ(Visible(store), static_cast<uint64_t>(committed));
    ASSERT_TRUE(store.MakeDurable(store.committed()).ok());
    ASSERT_TRUE(store.Work().ok());
  }
  EXPECT_EQ(ReadAll(store, {.table = "trades", .columns = {"price"}}).size(),
            static_cast<size_t>(committed));
}

// Leases, intervals and times of definitions ask a clock: none of them may trust it to go forward.
TEST(ClocksThatGoBack, LoseNothingAndStopNothing) {
  engine::MemoryFileSystem files;
  ASSERT_TRUE(files.MakeDirectory("/shm").ok());
  ASSERT_TRUE(files.MarkVolatile("/shm").ok());
  engine::ManualHost host;
  uint64_t rows = 0;
  for (int life = 0; life < 4; ++life) {
    host.SetRealTimeNs(int64_t{2'000'000'000'000'000'000} - life * int64_t{86'400'000'000'000});
    auto store = engine::StoreWriter::Open(
        {files, host}, {.folder = "/store", .create = true, .shared_memory = "/shm"});
    ASSERT_TRUE(store.ok()) << store.status();
    auto schema = Schema::Builder(Concat("t", life)).Column("n", Type::Bigint()).NotNull().Build();
    auto id = (*store)->CreateTable(*schema);
    ASSERT_TRUE(id.ok()) << id.status();
    auto first = (*store)->Find("main", "t0");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->tail->control().visible.Load(), rows);
    engine::TailAppender appender(*first->tail, (*store)->sequence(), engine::FullTail::kPrepare);
    ASSERT_TRUE(appender.Start(0).ok());
    for (int64_t i = 0; i < 100; ++i) {
      appender.Put<int64_t>(0, i);
      ASSERT_TRUE(appender.EndRow());
    }
    ASSERT_TRUE(appender.Commit().ok());
    rows += 100;
    ASSERT_TRUE((*store)->wal().Sync().ok());
    ASSERT_TRUE((*store)->Seal(first->info.id, engine::SealWhat::kEverything).ok());
    ASSERT_TRUE((*store)->Fold(first->info.id).ok());
    ASSERT_TRUE((*store)->Release().ok());
    EXPECT_EQ((*store)->tables().size(), static_cast<size_t>(life) + 1);
    if (life % 2 == 0) {
      ASSERT_TRUE((*store)->Close().ok());
    }
  }
}

}  // namespace
}  // namespace tape
