// A store on media that nobody can write: read as it is, whether its writer closed it or died.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tape/appender.h"
#include "tape/store.h"
#include "tests/engine/store/trades_store.h"
#include "tests/support/small_disk.h"

namespace tape {
namespace {

constexpr int64_t kRows = 3000;

void WriteTrades(Store& store, const Schema& schema) {
  ASSERT_TRUE(store.CreateTable(schema).ok());
  auto trades = store.OpenAppender("main", "trades");
  ASSERT_TRUE(trades.ok()) << trades.status();
  auto code = (*trades)->Intern("symbol", "AAPL");
  auto bound = (*trades)->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                               Field{"price", &Trade::price});
  ASSERT_TRUE(code.ok() && bound.ok());
  for (int64_t i = 0; i < kRows; ++i) {
    ASSERT_TRUE(bound->Append({Timestamp::FromNanos(1'737'449'100'000'000'000 + i), *code, i, 0}));
  }
  ASSERT_TRUE((*trades)->Commit(Durability::kDurable).ok());
}

class ReadOnlyMedia : public StoreTest {
 protected:
  void Check(bool closes) {
    support::SmallDisk disk(uint64_t{64} << 20);
    if (!disk.mounted())
      GTEST_SKIP() << "cannot mount a tmpfs, which needs root: " << disk.why_not();
    const std::string folder = disk.path() + "/store";
    {
      auto store = Store::Open(folder, {.create = true,
                                        .threads = false,
                                        .shared_memory = memory_.path(),
                                        .wal_segment_bytes = uint64_t{1} << 20});
      ASSERT_TRUE(store.ok()) << store.status();
      ASSERT_NO_FATAL_FAILURE(WriteTrades(**store, Trades()));
      ASSERT_TRUE((*store)->Work().ok());
      if (closes) {
        ASSERT_TRUE((*store)->Close().ok());
      }
    }
    ASSERT_TRUE(disk.MakeReadOnly());
    EXPECT_FALSE(Store::Open(folder, {.shared_memory = memory_.path()}).ok());
    auto reader = Store::Open(folder, {.read_only = true});
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ((*reader)->degraded(), "");
    auto snapshot = (*reader)->TakeSnapshot();
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    auto scan =
        (*snapshot)->Scan({.table = "trades", .columns = {"price"}, .order = ScanOrder::kTime});
    ASSERT_TRUE(scan.ok()) << scan.status();
    int64_t next = 0;
    for (auto rows = (*scan)->Next(); rows.ok() && *rows != 0; rows = (*scan)->Next()) {
      for (int64_t price : (*scan)->column(0).Values<int64_t>()) EXPECT_EQ(price, next++);
    }
    EXPECT_EQ(next, kRows);
  }
};

TEST_F(ReadOnlyMedia, HasAStoreThatWasClosed) { Check(/*closes=*/true); }

TEST_F(ReadOnlyMedia, HasAStoreWhoseWriterDied) { Check(/*closes=*/false); }

}  // namespace
}  // namespace tape
