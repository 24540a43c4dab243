// A store of one table of trades, on the machine's own files: for tests of the public API.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "tape/appender.h"
#include "tape/limits.h"
#include "tape/store.h"
#include "tests/support/temp_folder.h"

namespace tape {

struct Trade {
  Timestamp ts;
  SymbolCode symbol;
  int64_t price;
  int32_t size;
};

class StoreTest : public testing::Test {
 protected:
  StoreOptions Options(bool threads = true) const {
    return {.create = true,
            .threads = threads,
            .shared_memory = memory_.path(),
            .tail_bytes_max = uint64_t{256} << 20,
            .wal_segment_bytes = uint64_t{1} << 20};
  }

  std::unique_ptr<Store> Open(bool threads = true) {
    auto store = Store::Open(folder_.path() + "/store", Options(threads));
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  static Schema Trades() {
    auto schema = Schema::Builder("trades")
                      .Column("ts", Type::Timestamp())
                      .NotNull()
                      .Column("symbol", Type::Symbol())
                      .NotNull()
                      .Column("price", Type::Decimal(18, 2))
                      .NotNull()
                      .Column("size", Type::Integer())
                      .Column("note", Type::Text())
                      .PartitionBy(Partition::kDay, "ts")
                      .ClusterBy("symbol")
                      .SliceRows(kMinSliceRows)
                      .Build();
    EXPECT_TRUE(schema.ok()) << schema.status();
    return *std::move(schema);
  }

  static std::unique_ptr<Appender> Appending(Store& store) {
    auto appender = store.OpenAppender("main", "trades");
    EXPECT_TRUE(appender.ok()) << appender.status();
    return appender.ok() ? *std::move(appender) : nullptr;
  }

  static Trade TradeOf(int64_t row, SymbolCode symbol) {
    return {Timestamp::FromNanos(1'737'449'100'000'000'000 + row), symbol, 100'00 + row % 7,
            static_cast<int32_t>(row % 500)};
  }

  static uint64_t Visible(const Store& store) {
    auto rows = store.GetWatermarks("main", "trades");
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->visible.value() : 0;
  }

  std::filesystem::path TableFolder() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() + "/store")) {
      if (entry.path().filename().string().ends_with("main.trades")) return entry.path();
    }
    ADD_FAILURE() << "no folder of trades";
    return {};
  }

  // Whether it comes true within ten seconds.
  template <typename Condition>
  static bool Await(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return condition();
  }

  support::TempFolder folder_;
  support::TempFolder memory_;
};

}  // namespace tape
