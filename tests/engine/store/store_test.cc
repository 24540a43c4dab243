#include "tape/store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "format/bytes/message.h"
#include "tape/appender.h"
#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

TEST_F(StoreTest, RowsOfHandlesStructsAndColumnsAreThereAfterClosingAndAfterNot) {
  uint64_t rows = 0;
  for (int life = 0; life < 4; ++life) {
    auto store = Open();
    if (life == 0) {
      ASSERT_TRUE(store->CreateTable(Trades()).ok());
    }
    EXPECT_EQ(store->recovery().kind, life % 2 == 0 ? "clean" : "process died");
    EXPECT_EQ(Visible(*store), rows);
    auto trades = Appending(*store);
    auto symbol = trades->Intern("symbol", format::Concat("S", life));
    ASSERT_TRUE(symbol.ok()) << symbol.status();
    EXPECT_EQ(symbol->value(), static_cast<uint32_t>(life) + 1);

    auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                              Field{"price", &Trade::price}, Field{"size", &Trade::size});
    ASSERT_TRUE(bound.ok()) << bound.status();
    for (int64_t i = 0; i < 3000; ++i) ASSERT_TRUE(bound->Append(TradeOf(i, *symbol)));
    ASSERT_TRUE(trades->Commit().ok());

    auto ts = trades->Handle<Timestamp>("ts");
    auto code = trades->Handle<SymbolCode>("symbol");
    auto price = trades->Handle<int64_t>("price");
    auto note = trades->Handle<std::string_view>("note");
    ASSERT_TRUE(ts.ok() && code.ok() && price.ok() && note.ok());
    trades->Set(*ts, Timestamp::FromNanos(1'737'449'200'000'000'000));
    trades->Set(*code, *symbol);
    trades->Set(*price, int64_t{5});
    trades->Set(*note, std::string_view("by hand"));
    ASSERT_TRUE(trades->EndRow());
    auto lsn = trades->Commit(Durability::kDurable);
    ASSERT_TRUE(lsn.ok()) << lsn.status();
    EXPECT_GE(store->durable(), *lsn);

    rows += 3001;
    EXPECT_EQ(Visible(*store), rows);
    trades.reset();
    if (life % 2 == 1) {
      ASSERT_TRUE(store->Close().ok());
    }
  }
}

TEST_F(StoreTest, ThreadsMakeRowsDurableAndSealThem) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  auto symbol = trades->Intern("symbol", "AAPL");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price}, Field{"size", &Trade::size});
  ASSERT_TRUE(symbol.ok() && bound.ok());
  constexpr uint64_t kRows = 20'000;
  for (uint64_t i = 0; i < kRows; ++i) {
    ASSERT_TRUE(bound->Append(TradeOf(static_cast<int64_t>(i), *symbol)));
    ASSERT_TRUE(trades->Commit().ok());
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto sealed = [&] { return store->GetWatermarks("main", "trades")->sealed.value(); };
  while (sealed() < kRows / kMinSliceRows * kMinSliceRows) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << sealed();
    std::this_thread::yield();
  }
  auto rest = store->Seal("main", "trades");
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(sealed(), kRows);
}

TEST_F(StoreTest, ADurableCommitOfNothingMakesTheCommitsBeforeItDurable) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  auto symbol = trades->Intern("symbol", "AAPL");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price}, Field{"size", &Trade::size});
  ASSERT_TRUE(symbol.ok() && bound.ok());
  Appender* const one = trades.get();
  for (int64_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(bound->Append(TradeOf(i, *symbol)));
    auto lsn = trades->Commit();
    ASSERT_TRUE(lsn.ok());
    EXPECT_LT(store->durable(), *lsn);
    auto same = i == 0 ? trades->Commit(Durability::kDurable)
                       : Appender::CommitTogether({&one, 1}, Durability::kDurable);
    ASSERT_TRUE(same.ok()) << same.status();
    EXPECT_EQ(*same, *lsn);
    EXPECT_GE(store->durable(), *lsn);
  }
}

TEST_F(StoreTest, AStoreWithoutThreadsIsWorkedByItsCaller) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  auto symbol = trades->Intern("symbol", "AAPL");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price});
  ASSERT_TRUE(symbol.ok() && bound.ok());
  for (int64_t i = 0; i < 5000; ++i) ASSERT_TRUE(bound->Append(TradeOf(i, *symbol)));
  ASSERT_TRUE(trades->Commit().ok());
  EXPECT_EQ(store->durable(), Lsn(1));  // the table
  ASSERT_TRUE(store->Work().ok());
  EXPECT_EQ(store->durable(), store->committed());
  EXPECT_EQ(store->GetWatermarks("main", "trades")->sealed.value(), 4096u);
}

TEST_F(StoreTest, MistakesAreNamedAndChangeNothing) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(store->CreateTable(Trades())));
  EXPECT_TRUE(absl::IsNotFound(store->OpenAppender("main", "quotes").status()));
  auto trades = Appending(*store);
  EXPECT_TRUE(absl::IsAlreadyExists(store->OpenAppender("main", "trades").status()));
  EXPECT_TRUE(absl::IsNotFound(trades->Handle<int64_t>("volume").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(trades->Handle<double>("price").status()));

  auto ts = trades->Handle<Timestamp>("ts");
  auto symbol = trades->Handle<SymbolCode>("symbol");
  auto price = trades->Handle<int64_t>("price");
  ASSERT_TRUE(ts.ok() && symbol.ok() && price.ok());
  trades->Set(*ts, Timestamp());
  trades->Set(*price, int64_t{1});
  EXPECT_FALSE(trades->EndRow());
  EXPECT_NE(trades->status().ToString().find("column symbol is NOT NULL"), std::string::npos)
      << trades->status();
  EXPECT_FALSE(trades->Commit().ok());
  trades->Abandon();

  trades->Set(*symbol, SymbolCode(7));
  EXPECT_FALSE(trades->ok());
  EXPECT_NE(trades->status().ToString().find("no symbol with code 7"), std::string::npos);
  trades->Abandon();
  EXPECT_TRUE(trades->ok());
  EXPECT_EQ(Visible(*store), 0u);
  EXPECT_EQ(trades->next_row(), RowNumber(0));
}

TEST_F(StoreTest, ASecondWriterIsRefusedAndNoStoreIsNotFound) {
  auto store = Open();
  auto second = Store::Open(folder_.path() + "/store", Options());
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_NE(second.status().ToString().find(std::to_string(getpid())), std::string::npos);
  StoreOptions options = Options();
  options.create = false;
  EXPECT_TRUE(absl::IsNotFound(Store::Open(folder_.path() + "/none", options).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Store::Open("relative", options).status()));
}

TEST_F(StoreTest, ColumnsAreCheckedBeforeAnyIsStored) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  ASSERT_TRUE(trades->Intern("symbol", "AAPL").ok());
  const std::vector<int64_t> times = {1, 2, 3};
  const std::vector<uint32_t> codes = {1, 1, 1};
  const std::vector<int64_t> prices = {5, 6, 7};
  const std::vector<int32_t> sizes = {1, 2, 3};
  ColumnBuffer notes(Physical::kBytes);
  notes.AppendBytes("a");
  notes.AppendNull();
  notes.AppendBytes("c");
  std::vector<ColumnView> columns = {
      ColumnView::Of<int64_t>(times), ColumnView::Of<uint32_t>(codes),
      ColumnView::Of<int64_t>(prices), ColumnView::Of<int32_t>(sizes), notes.view()};
  ASSERT_TRUE(trades->Append(columns));
  ASSERT_TRUE(trades->Commit().ok());
  EXPECT_EQ(Visible(*store), 3u);
  const std::vector<uint32_t> unknown = {1, 2, 1};
  columns[1] = ColumnView::Of<uint32_t>(unknown);
  EXPECT_FALSE(trades->Append(columns));
  EXPECT_FALSE(trades->Commit().ok());
  trades->Abandon();
  const std::vector<uint32_t> null = {1, 0, 1};
  columns[1] = ColumnView::Of<uint32_t>(null);
  EXPECT_FALSE(trades->Append(columns));
  EXPECT_TRUE(absl::IsFailedPrecondition(trades->status())) << trades->status();
  trades->Abandon();
  columns.pop_back();
  EXPECT_FALSE(trades->Append(columns));
  EXPECT_EQ(Visible(*store), 3u);
}

// A file lies where the day's folder would be made.
TEST_F(StoreTest, ASealThatFailsIsToldAndTriedAgainAndLosesNothing) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  EXPECT_TRUE(store->work_status().ok()) << store->work_status();
  const std::filesystem::path day = TableFolder() / "2025-01-21";
  std::ofstream(day) << "in the way";
  auto trades = Appending(*store);
  auto symbol = trades->Intern("symbol", "AAPL");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price}, Field{"size", &Trade::size});
  ASSERT_TRUE(symbol.ok() && bound.ok());
  for (int64_t i = 0; i < 3000; ++i) ASSERT_TRUE(bound->Append(TradeOf(i, *symbol)));
  ASSERT_TRUE(trades->Commit(Durability::kDurable).ok());
  ASSERT_TRUE(Await([&] { return !store->work_status().ok(); }));
  EXPECT_NE(store->work_status().message().find("2025-01-21"), std::string::npos)
      << store->work_status();
  EXPECT_TRUE(store->status().ok()) << "commits go on";
  std::filesystem::remove(day);
  ASSERT_TRUE(
      Await([&] { return store->GetWatermarks("main", "trades")->sealed.value() >= 2048; }));
  EXPECT_TRUE(Await([&] { return store->work_status().ok(); }));
  EXPECT_EQ(Visible(*store), 3000u);
  trades.reset();
  EXPECT_TRUE(store->Close().ok());
}

}  // namespace
}  // namespace tape
