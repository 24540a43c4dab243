#include "tape/shared_appender.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

TEST_F(StoreTest, ManyThreadsCommitThroughOneAppenderAndEveryCommitStaysWhole) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  SharedAppender shared(Appending(*store));
  auto symbol = shared.appender().Intern("symbol", "AAPL");
  auto bound = shared.appender().Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                                      Field{"price", &Trade::price}, Field{"size", &Trade::size});
  ASSERT_TRUE(symbol.ok() && bound.ok());
  constexpr int kThreads = 4, kCommits = 500, kRows = 7;
  std::vector<std::vector<RowNumber>> firsts(kThreads);
  std::vector<std::thread> producers;
  for (int thread = 0; thread < kThreads; ++thread) {
    producers.emplace_back([&, thread] {
      for (int commit = 0; commit < kCommits; ++commit) {
        const auto lsn = shared.Commit(
            [&](Appender& appender) {
              firsts[thread].push_back(appender.next_row());
              for (int row = 0; row < kRows; ++row) bound->Append(TradeOf(row, *symbol));
              return absl::OkStatus();
            },
            commit % 100 == 0 ? Durability::kDurable : Durability::kDefault);
        ASSERT_TRUE(lsn.ok()) << lsn.status();
        if (commit % 100 == 0) {
          EXPECT_GE(store->durable(), *lsn);
        }
      }
    });
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(Visible(*store), uint64_t{kThreads} * kCommits * kRows);
  std::vector<bool> begun(kThreads * kCommits);
  for (const auto& of_thread : firsts) {
    for (RowNumber first : of_thread) {
      ASSERT_EQ(first.value() % kRows, 0u);  // nobody's rows lie between those of another commit
      EXPECT_FALSE(begun[first.value() / kRows]);
      begun[first.value() / kRows] = true;
    }
  }
}

TEST_F(StoreTest, WhatAProducerGivesUpLeavesNothing) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  SharedAppender shared(Appending(*store));
  auto symbol = shared.appender().Intern("symbol", "AAPL");
  auto bound = shared.appender().Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                                      Field{"price", &Trade::price});
  ASSERT_TRUE(symbol.ok() && bound.ok());
  const auto refused = shared.Commit([&](Appender&) {
    bound->Append(TradeOf(0, *symbol));
    return absl::CancelledError("changed my mind");
  });
  EXPECT_TRUE(absl::IsCancelled(refused.status())) << refused.status();
  const auto wrong = shared.Commit([&](Appender&) {
    bound->Append(TradeOf(0, SymbolCode(9)));
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsInvalidArgument(wrong.status())) << wrong.status();
  EXPECT_EQ(Visible(*store), 0u);
  ASSERT_TRUE(shared
                  .Commit([&](Appender&) {
                    bound->Append(TradeOf(0, *symbol));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(Visible(*store), 1u);
}

}  // namespace
}  // namespace tape
