#include "engine/change/change.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

absl::StatusOr<Schema> Orders() {
  return Schema::Builder("orders")
      .Column("id", Type::Bigint())
      .Column("symbol", Type::Symbol())
      .NotNull()
      .Column("note", Type::Varchar(8))
      .Unique()
      .Column("price", Type::Decimal(6, 2))
      .PrimaryKey({"id"})
      .SliceRows(kMinSliceRows)
      .Build();
}

// Commits one row.
absl::Status Add(ChangeStore& store, const Texts& values) {
  auto change = store.Begin();
  absl::StatusOr<RowNumber> row = Insert(*change, store, "orders", values);
  if (!row.ok()) return row.status();
  return change->Commit(Durability::kProcess).status();
}

TEST(Change, MakesRowsOfSeveralCallsOneCommit) {
  ChangeStore store;
  store.Create(Orders());
  auto change = store.Begin();
  ASSERT_TRUE(Insert(*change, store, "orders", {"1", "AAPL", "one", "1.50"}).ok());
  ASSERT_TRUE(Insert(*change, store, "orders", {"2", "MSFT", "two"}).ok());
  ASSERT_TRUE(Insert(*change, store, "orders", {"3", "AAPL"}).ok());
  const Lsn before = store.writer().sequence().committed();
  EXPECT_EQ(store.Rows("orders"), "") << "nobody sees what is not committed";
  absl::StatusOr<Lsn> lsn = change->Commit(Durability::kProcess);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(*lsn, before + 1);
  EXPECT_EQ(store.Rows("orders"), "1|AAPL|one|1.50\n2|MSFT|two|NULL\n3|AAPL|NULL|NULL\n");
}

TEST(Change, RefusesAKeyThatIsThereWhereverItIs) {
  ChangeStore store;
  store.Create(Orders());
  ASSERT_TRUE(Add(store, {"1", "AAPL", "x"}).ok());
  const std::string taken =
      "table main.orders: PRIMARY KEY orders_pkey (id): row 0 of the commit has (1), which row 0 "
      "of the table has already";
  EXPECT_EQ(Message(Add(store, {"1", "AAPL", "y"})), taken) << "in the tail";
  EXPECT_EQ(Add(store, {"1", "AAPL", "y"}).code(), absl::StatusCode::kFailedPrecondition);
  store.Seal("orders");
  EXPECT_EQ(Message(Add(store, {"1", "AAPL", "y"})), taken) << "in a slice";
  ASSERT_TRUE(store.Open().ok());
  EXPECT_EQ(Message(Add(store, {"1", "AAPL", "y"})), taken) << "after a restart";
  EXPECT_EQ(Message(Add(store, {"9", "AAPL", "x"})),
            "table main.orders: UNIQUE orders_note_key (note): row 0 of the commit has ('x'), "
            "which row 0 of the table has already");
  auto change = store.Begin();
  ASSERT_TRUE(Insert(*change, store, "orders", {"5", "NEW"}).ok());
  ASSERT_TRUE(Insert(*change, store, "orders", {"5", "NEWER"}).ok());
  EXPECT_EQ(Message(change->Commit(Durability::kProcess).status()),
            "table main.orders: PRIMARY KEY orders_pkey (id): row 1 of the commit has (5), and so "
            "has row 0 of the commit");
  EXPECT_EQ(store.Rows("orders"), "1|AAPL|x|NULL\n");
}

TEST(Change, OfKillsAloneTeachesNothingAboutKeys) {
  ChangeStore store;
  store.Create(Orders());
  for (const char* id : {"1", "2", "3"}) ASSERT_TRUE(Add(store, {id, "AAPL", id}).ok());
  ASSERT_TRUE(store.Open().ok());
  auto change = store.Begin();
  ASSERT_TRUE(change->Delete(store.Id("orders"), RowNumber(0)).ok());
  ASSERT_TRUE(change->Commit(Durability::kProcess).ok());
  EXPECT_EQ(Add(store, {"2", "AAPL", "y"}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Add(store, {"1", "AAPL", "y"}).ok());
}

TEST(Change, ThatBringsASymbolKnowsItsLastTime) {
  ChangeStore store;
  store.Create(Schema::Builder("ticks")
                   .Column("ts", Type::Timestamp())
                   .Column("symbol", Type::Symbol())
                   .PrimaryKey({"ts", "symbol"})
                   .SliceRows(kMinSliceRows)
                   .Build());
  const auto add = [&](const Texts& values) {
    auto change = store.Begin();
    absl::StatusOr<RowNumber> row = Insert(*change, store, "ticks", values);
    return row.ok() ? change->Commit(Durability::kProcess).status() : row.status();
  };
  ASSERT_TRUE(add({"2025-01-21 10:00:00", "OLD"}).ok());
  ASSERT_TRUE(add({"2025-01-21 10:00:01", "NEW"}).ok());
  EXPECT_EQ(add({"2025-01-21 10:00:01", "NEW"}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(add({"2025-01-21 10:00:02", "NEW"}).ok());
}

TEST(Change, LeavesNothingOfARefusedCommit) {
  ChangeStore store;
  store.Create(Orders());
  ASSERT_TRUE(Add(store, {"1", "AAPL", "x"}).ok());
  const std::shared_ptr<OpenTable> table = store.writer().Find(store.Id("orders"));
  const Lsn lsn = store.writer().sequence().committed();
  ASSERT_FALSE(Add(store, {"1", "NEW", "y"}).ok());
  EXPECT_EQ(store.writer().sequence().committed(), lsn);
  EXPECT_EQ(table->tail->control().visible.Load(), 1u);
  EXPECT_EQ(table->symbols.Count(table->info.schema.column(1).id), 1u) << "nor its symbol";
  ASSERT_TRUE(Add(store, {"2", "MSFT", "y"}).ok());
  ASSERT_TRUE(store.MakeDurable().ok());
  store.Drop();
  const auto left = store.files().AfterPowerLoss(PowerLoss::LoseAll());
  store.Use(*left);
  store.host().SetBoot({9, 9});
  ASSERT_TRUE(store.Open().ok());
  EXPECT_EQ(store.Rows("orders"), "1|AAPL|x|NULL\n2|MSFT|y|NULL\n");
  store.Drop();
}

TEST(Change, TakesBackWhatCameAfterAMark) {
  ChangeStore store;
  store.Create(Orders());
  ASSERT_TRUE(Add(store, {"1", "AAPL", "x"}).ok());
  auto change = store.Begin();
  ASSERT_TRUE(Insert(*change, store, "orders", {"2", "MSFT", "y"}).ok());
  const Change::Mark mark = change->mark();
  ASSERT_TRUE(Insert(*change, store, "orders", {"3", "IBM", "z"}).ok());
  ASSERT_TRUE(change->Delete(store.Id("orders"), RowNumber(0)).ok());
  ASSERT_TRUE(change->Delete(store.Id("orders"), RowNumber(kFirstStagedRow)).ok());
  change->RollBackTo(mark);
  EXPECT_TRUE(*change->IsLive(store.Id("orders"), RowNumber(0)));
  ASSERT_TRUE(Insert(*change, store, "orders", {"4", "SAP", "z"}).ok());
  ASSERT_TRUE(change->Commit(Durability::kProcess).ok());
  EXPECT_EQ(store.Rows("orders"), "1|AAPL|x|NULL\n2|MSFT|y|NULL\n4|SAP|z|NULL\n");
  const std::shared_ptr<OpenTable> table = store.writer().Find(store.Id("orders"));
  EXPECT_EQ(table->symbols.Count(table->info.schema.column(1).id), 3u) << "none for IBM";
}

TEST(Change, ReplacesAndDeletesRowsOfTailAndSlices) {
  ChangeStore store;
  store.Create(Orders());
  for (const char* id : {"1", "2", "3"}) ASSERT_TRUE(Add(store, {id, "AAPL", id, "1"}).ok());
  store.Seal("orders");
  for (const char* id : {"4", "5"}) ASSERT_TRUE(Add(store, {id, "MSFT", id, "1"}).ok());
  auto change = store.Begin();
  auto two = Find({*change, store}, "orders", 0, {"id"}, {"2"});
  ASSERT_TRUE(two.ok() && two->has_value()) << two.status();
  EXPECT_EQ(RowOf(*change, store, "orders", **two), "2|AAPL|2|1.00");
  ASSERT_TRUE(Replace({*change, store}, "orders", **two, {"price", "symbol"}, {"2.5", "NEW"}).ok());
  EXPECT_FALSE(*change->IsLive(store.Id("orders"), **two));
  two = Find({*change, store}, "orders", 0, {"id"}, {"2"});
  ASSERT_TRUE(two.ok() && two->has_value() && IsStaged(**two));
  ASSERT_TRUE(Replace({*change, store}, "orders", **two, {"note"}, {"4"}).ok());
  auto four = Find({*change, store}, "orders", 0, {"id"}, {"4"});
  ASSERT_TRUE(four.ok() && four->has_value());
  ASSERT_TRUE(Replace({*change, store}, "orders", **four, {"note"}, {"2"}).ok()) << "they swap";
  ASSERT_TRUE(change->Delete(store.Id("orders"), RowNumber(0)).ok());
  EXPECT_EQ(Message(change->Delete(store.Id("orders"), RowNumber(0))),
            "table main.orders has no live row 0");
  ASSERT_TRUE(Insert(*change, store, "orders", {"1", "SAP", "1"}).ok()) << "its key is free";
  absl::StatusOr<Lsn> lsn = change->Commit(Durability::kProcess);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  const std::string rows =
      "3|AAPL|3|1.00\n5|MSFT|5|1.00\n2|NEW|4|2.50\n4|MSFT|2|1.00\n1|SAP|1|NULL\n";
  EXPECT_EQ(store.Rows("orders"), rows);
  ASSERT_TRUE(store.Open().ok());
  EXPECT_EQ(store.Rows("orders"), rows);
}

TEST(Change, LosesToACommitThatChangedItsRow) {
  ChangeStore store;
  store.Create(Orders());
  ASSERT_TRUE(Add(store, {"1", "AAPL", "x"}).ok());
  auto first = store.Begin();
  auto second = store.Begin();
  ASSERT_TRUE(Replace({*first, store}, "orders", RowNumber(0), {"note"}, {"first"}).ok());
  ASSERT_TRUE(Replace({*second, store}, "orders", RowNumber(0), {"note"}, {"second"}).ok());
  ASSERT_TRUE(first->Commit(Durability::kProcess).ok());
  const absl::Status lost = second->Commit(Durability::kProcess).status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Message(lost),
            "table main.orders: row 0 was changed or deleted by another commit meanwhile");
  second->Abandon();
  EXPECT_EQ(store.Rows("orders"), "1|AAPL|first|NULL\n");
}

TEST(Change, SaysWhichColumnIsWrong) {
  ChangeStore store;
  store.Create(Orders());
  EXPECT_EQ(Message(Add(store, {"1", "NULL"})),
            "table main.orders: NOT NULL (symbol): row 0 of the commit has none");
  EXPECT_EQ(Message(Add(store, {"1", "AAPL", "123456789"})),
            "table main.orders: VARCHAR(8) (note): row 0 of the commit has ('123456789'), which is "
            "longer");
  EXPECT_TRUE(Add(store, {"1", "AAPL", "12345678"}).ok());
  EXPECT_TRUE(
      Add(store, {"2", "AAPL", "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"}).ok())
      << "seven characters";
  ColumnBuffer id(Physical::kInt64);
  id.Append(int64_t{3});
  ColumnBuffer symbol(Physical::kBytes);
  symbol.AppendBytes("AAPL");
  ColumnBuffer price(Physical::kInt64);
  price.Append(int64_t{1'000'000});
  const std::vector<size_t> columns = {0, 1, 3};
  const std::vector<ColumnView> values = {id.view(), symbol.view(), price.view()};
  auto change = store.Begin();
  const absl::Status status =
      change->Insert(store.Id("orders"), {.columns = columns, .values = values}).status();
  EXPECT_EQ(Message(status),
            "table main.orders: DECIMAL(6,2) (price): row 0 of the commit has (10000.00), which "
            "has more digits");
  EXPECT_TRUE(change->empty());
}

TEST(Change, HoldsNoMoreThanItsBudget) {
  ChangeStore store;
  store.SetOptions({.change_bytes_max = 10'000});
  ASSERT_TRUE(store.Open().ok());
  store.Create(Orders());
  auto change = store.Begin();
  absl::Status status;
  int rows = 0;
  for (; status.ok() && rows < 1000; ++rows) {
    status = Insert(*change, store, "orders", {std::to_string(rows), "AAPL"}).status();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_GT(rows, 50);
  EXPECT_TRUE(change->Commit(Durability::kProcess).ok()) << "of what came before";
}

TEST(Change, CannotHaveATableThatAnAppenderHas) {
  ChangeStore store;
  store.Create(Orders());
  auto change = store.Begin();
  ASSERT_TRUE(Insert(*change, store, "orders", {"1", "AAPL"}).ok());
  const std::shared_ptr<OpenTable> table = store.writer().Find(store.Id("orders"));
  table->has_appender = true;
  const absl::Status status = change->Commit(Durability::kProcess).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  table->has_appender = false;
  EXPECT_TRUE(change->Commit(Durability::kProcess).ok());
}

}  // namespace
}  // namespace tape::engine
