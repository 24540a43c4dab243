#include <gtest/gtest.h>

#include <array>

#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

class CommitTogether : public StoreTest {
 protected:
  static Schema Orders() {
    auto schema = Schema::Builder("orders").Column("id", Type::Bigint()).NotNull().Build();
    EXPECT_TRUE(schema.ok()) << schema.status();
    return *std::move(schema);
  }

  static void AddOrder(Appender& orders, int64_t id) {
    const auto handle = orders.Handle<int64_t>("id");
    ASSERT_TRUE(handle.ok()) << handle.status();
    orders.Set(*handle, id);
    orders.EndRow();
  }

  static void AddTrade(Appender& trades) {
    const auto symbol = trades.Intern("symbol", "AAPL");
    auto bound = trades.Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                             Field{"price", &Trade::price});
    ASSERT_TRUE(symbol.ok() && bound.ok());
    bound->Append(TradeOf(1, *symbol));
  }
};

TEST_F(CommitTogether, IsOneCommitOfTwoTables) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  auto trades = Appending(*store);
  auto orders = *store->OpenAppender("main", "orders");
  const Lsn before = store->committed();
  AddTrade(*trades);
  AddOrder(*orders, 7);
  const auto lsn =
      Appender::CommitTogether(std::array{trades.get(), orders.get()}, Durability::kDurable);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(*lsn, before + 1);
  EXPECT_GE(store->durable(), *lsn);
  EXPECT_EQ(store->GetWatermarks("main", "trades")->visible, RowNumber(1));
  EXPECT_EQ(store->GetWatermarks("main", "orders")->visible, RowNumber(1));
  // Nothing more to commit is no commit.
  const auto again = Appender::CommitTogether(std::array{trades.get(), orders.get()});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(store->committed(), *lsn);
}

TEST_F(CommitTogether, IsNoneWhereOneOfThemCannot) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  auto trades = Appending(*store);
  auto orders = *store->OpenAppender("main", "orders");
  AddTrade(*trades);
  EXPECT_FALSE(orders->EndRow());  // no id
  const auto lsn = Appender::CommitTogether(std::array{trades.get(), orders.get()});
  EXPECT_TRUE(absl::IsFailedPrecondition(lsn.status())) << lsn.status();
  EXPECT_EQ(store->GetWatermarks("main", "trades")->visible, RowNumber(0));
  orders->Abandon();
  ASSERT_TRUE(Appender::CommitTogether(std::array{trades.get(), orders.get()}).ok());
  EXPECT_EQ(store->GetWatermarks("main", "trades")->visible, RowNumber(1));
  EXPECT_EQ(store->GetWatermarks("main", "orders")->visible, RowNumber(0));
}

TEST_F(CommitTogether, RefusesWhatIsNotASetOfAppendersOfOneStore) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  EXPECT_TRUE(absl::IsInvalidArgument(Appender::CommitTogether({}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Appender::CommitTogether(std::array{trades.get(), trades.get()}).status()));
  auto other = Store::Open(folder_.path() + "/other", Options());
  ASSERT_TRUE(other.ok()) << other.status();
  ASSERT_TRUE((*other)->CreateTable(Trades()).ok());
  auto elsewhere = Appending(**other);
  EXPECT_TRUE(absl::IsInvalidArgument(
      Appender::CommitTogether(std::array{trades.get(), elsewhere.get()}).status()));
}

}  // namespace
}  // namespace tape
