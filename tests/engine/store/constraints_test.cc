#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tape/scan.h"
#include "tape/shared_appender.h"
#include "tape/snapshot.h"
#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

class ConstraintsTest : public StoreTest {
 protected:
  void MakeTables(Store& store) {
    auto fills = Schema::Builder("fills")
                     .Column("ts", Type::Timestamp())
                     .NotNull()
                     .Column("symbol", Type::Symbol())
                     .NotNull()
                     .Column("id", Type::Bigint())
                     .NotNull()
                     .Column("note", Type::Varchar(5))
                     .Column("account", Type::Integer())
                     .References("accounts", "id", OnDelete::kCascade)
                     .PrimaryKey({"ts", "symbol", "id"})
                     .PartitionBy(Partition::kDay, "ts")
                     .ClusterBy("symbol")
                     .SliceRows(kMinSliceRows)
                     .Build();
    auto accounts =
        Schema::Builder("accounts").Column("id", Type::Bigint()).PrimaryKey({"id"}).Build();
    ASSERT_TRUE(fills.ok()) << fills.status();
    ASSERT_TRUE(accounts.ok()) << accounts.status();
    ASSERT_TRUE(store.CreateTable(*accounts).ok());
    ASSERT_TRUE(store.CreateTable(*fills).ok());
    ASSERT_TRUE(store.CreateTable(Trades()).ok());
  }

  static std::unique_ptr<Appender> AppenderOf(Store& store, std::string_view table) {
    auto appender = store.OpenAppender("main", table);
    EXPECT_TRUE(appender.ok()) << appender.status();
    return *std::move(appender);
  }

  struct Fill {
    int64_t ts = 0;
    std::string symbol = "AAPL";
    int64_t id = 0;
    std::string note{};
    int32_t account = 0;  // 0: NULL
  };

  static bool Put(Appender& fills, const Fill& fill) {
    fills.Set(*fills.Handle<Timestamp>("ts"), Timestamp::FromNanos(fill.ts));
    fills.Set(*fills.Handle<SymbolCode>("symbol"), *fills.Intern("symbol", fill.symbol));
    fills.Set(*fills.Handle<int64_t>("id"), fill.id);
    if (!fill.note.empty()) {
      fills.Set(*fills.Handle<std::string_view>("note"), std::string_view(fill.note));
    }
    if (fill.account != 0) fills.Set(*fills.Handle<int32_t>("account"), fill.account);
    return fills.EndRow();
  }

  static bool PutAccount(Appender& accounts, int64_t id) {
    accounts.Set(*accounts.Handle<int64_t>("id"), id);
    return accounts.EndRow();
  }

  static uint64_t Live(Store& store, std::string_view table) {
    auto now = store.TakeSnapshot();
    EXPECT_TRUE(now.ok()) << now.status();
    auto scan = (*now)->Scan({.schema = "main", .table = std::string(table)});
    EXPECT_TRUE(scan.ok()) << scan.status();
    uint64_t rows = 0;
    while (true) {
      const absl::StatusOr<size_t> more = (*scan)->Next();
      EXPECT_TRUE(more.ok()) << more.status();
      if (!more.ok() || *more == 0) break;
      rows += *more;
    }
    return rows;
  }
};

TEST_F(ConstraintsTest, ADurableCommitOfNothingMakesTheCommitsBeforeItDurable) {
  auto store = Open(/*threads=*/false);
  MakeTables(*store);
  auto accounts = AppenderOf(*store, "accounts");
  ASSERT_TRUE(PutAccount(*accounts, 1));
  auto lsn = accounts->Commit(Durability::kProcess);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_LT(store->durable(), *lsn);
  auto same = accounts->Commit(Durability::kDurable);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(*same, *lsn);
  EXPECT_GE(store->durable(), *lsn);
}

TEST_F(ConstraintsTest, RefuseACommitWholeAndGoOnAfterAbandon) {
  auto store = Open(false);
  MakeTables(*store);
  {
    auto fills = AppenderOf(*store, "fills");
    for (int64_t i = 0; i < 3000; ++i) ASSERT_TRUE(Put(*fills, {.ts = i, .id = i}));
    EXPECT_EQ(fills->next_row(), RowNumber(3000));
    ASSERT_TRUE(fills->Commit().ok());
    ASSERT_TRUE(Put(*fills, {.ts = 5000, .id = 1}));
    ASSERT_TRUE(Put(*fills, {.ts = 100, .id = 100}));
    const auto refused = fills->Commit();
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(refused.status().message(),
              "table main.fills: PRIMARY KEY fills_pkey (ts, symbol, id): row 1 of the commit has "
              "(1970-01-01T00:00:00.000000100Z, 'AAPL', 100), which row 100 of the table has "
              "already");
    EXPECT_EQ(Live(*store, "fills"), 3000u);
    EXPECT_EQ(fills->Commit().status(), refused.status()) << "again";
    fills->Abandon();
    ASSERT_TRUE(Put(*fills, {.ts = 5000, .id = 1}));
    ASSERT_TRUE(Put(*fills, {.ts = 100, .id = 99})) << "late, and new";
    const auto lsn = fills->Commit(Durability::kDurable);
    ASSERT_TRUE(lsn.ok()) << lsn.status();
    EXPECT_EQ(Live(*store, "fills"), 3002u);
    EXPECT_EQ(fills->next_row(), RowNumber(3002));
  }
  ASSERT_TRUE(store->Close().ok());
  store = Open(false);
  auto fills = AppenderOf(*store, "fills");
  for (const int64_t ts : {100, 5000}) {
    ASSERT_TRUE(Put(*fills, {.ts = ts, .id = ts == 100 ? 99 : 1}));
    EXPECT_FALSE(fills->Commit().ok()) << "known after a restart";
    fills->Abandon();
  }
}

TEST_F(ConstraintsTest, SayWhatARowAloneBreaksWhenItIsLookedAt) {
  auto store = Open(false);
  MakeTables(*store);
  auto fills = AppenderOf(*store, "fills");
  ASSERT_TRUE(Put(*fills, {.ts = 1, .id = 1, .note = "12345"}));
  ASSERT_TRUE(fills->Commit().ok());
  ASSERT_TRUE(Put(*fills, {.ts = 2, .id = 2, .note = "123456"}));
  const auto refused = fills->Commit();
  EXPECT_EQ(refused.status().message(),
            "table main.fills: VARCHAR(5) (note): row 0 of the commit has ('123456'), which is "
            "longer");
  EXPECT_FALSE(fills->ok());
  EXPECT_FALSE(Put(*fills, {.ts = 3, .id = 3}));
  fills->Abandon();
  EXPECT_TRUE(fills->ok());
  ASSERT_TRUE(Put(*fills, {.ts = 3, .id = 3, .note = {}}));
  ASSERT_TRUE(fills->Commit().ok());
  EXPECT_EQ(Live(*store, "fills"), 2u);
}

TEST_F(ConstraintsTest, HoldForCommitsOverSeveralTables) {
  auto store = Open(false);
  MakeTables(*store);
  auto fills = AppenderOf(*store, "fills");
  auto accounts = AppenderOf(*store, "accounts");
  auto trades = AppenderOf(*store, "trades");
  Appender* const all[] = {fills.get(), trades.get(), accounts.get()};
  const auto put_trade = [&] {
    trades->Set(*trades->Handle<Timestamp>("ts"), Timestamp::FromNanos(1));
    trades->Set(*trades->Handle<SymbolCode>("symbol"), *trades->Intern("symbol", "AAPL"));
    trades->Set(*trades->Handle<int64_t>("price"), int64_t{1});
    return trades->EndRow();
  };
  ASSERT_TRUE(Put(*fills, {.ts = 1, .id = 1, .account = 7}));
  ASSERT_TRUE(put_trade());
  ASSERT_TRUE(PutAccount(*accounts, 8));
  EXPECT_EQ(Appender::CommitTogether(all).status().message(),
            "table main.fills: FOREIGN KEY fills_account_fkey (account): row 0 of the commit has "
            "(7), which no row of main.accounts (id) has");
  EXPECT_EQ(Live(*store, "trades"), 0u);
  ASSERT_TRUE(PutAccount(*accounts, 7));
  auto lsn = Appender::CommitTogether(all);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(Live(*store, "trades") + Live(*store, "fills") + Live(*store, "accounts"), 4u);
  // A kill keeps to foreign keys: its children go, once their table is free.
  accounts->Kill(RowNumber(1));
  EXPECT_EQ(accounts->Commit().status().code(), absl::StatusCode::kUnavailable);
  lsn = Appender::CommitTogether(all);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(Live(*store, "fills"), 0u);
  EXPECT_EQ(Live(*store, "accounts"), 1u);
}

TEST_F(ConstraintsTest, KeepTheNumbersOfRows) {
  auto store = Open(false);
  MakeTables(*store);
  auto accounts = AppenderOf(*store, "accounts");
  for (int64_t id = 0; id < 5; ++id) ASSERT_TRUE(PutAccount(*accounts, id));
  accounts->Kill(RowNumber(2));
  EXPECT_EQ(accounts->next_row(), RowNumber(5));
  ASSERT_TRUE(accounts->Commit().ok());
  EXPECT_EQ(accounts->next_row(), RowNumber(5));
  EXPECT_EQ(Live(*store, "accounts"), 4u);
  accounts->Kill(RowNumber(4));
  ASSERT_TRUE(PutAccount(*accounts, 4)) << "a new version";
  ASSERT_TRUE(PutAccount(*accounts, 2));
  const auto lsn = accounts->Commit();
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(Live(*store, "accounts"), 5u);
  accounts->Kill(RowNumber(4));
  EXPECT_EQ(accounts->status().message(), "table main.accounts has no live row 4");
}

TEST_F(ConstraintsTest, HoldForColumnsAndForSeveralProducers) {
  auto store = Open(true);
  MakeTables(*store);
  SharedAppender shared(AppenderOf(*store, "accounts"));
  std::vector<std::thread> threads;
  std::atomic<int> refused = 0;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      for (int64_t id = 0; id < 200; ++id) {
        const auto lsn = shared.Commit([&](Appender& appender) {
          ColumnBuffer ids(Physical::kInt64);
          ids.Append(id);
          const std::vector<ColumnView> columns = {ids.view()};
          return appender.Append(columns) ? absl::OkStatus() : appender.status();
        });
        if (!lsn.ok()) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 400) << "each id once";
  EXPECT_EQ(Live(*store, "accounts"), 200u);
}

}  // namespace
}  // namespace tape
