// Definitions in SQL, on a store with rows: what appenders, scans and later opens make of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tape/appender.h"
#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

constexpr int64_t kDayNs = int64_t{86'400} * 1'000'000'000;
constexpr int64_t kStart = 1'737'417'600'000'000'000;  // 2025-01-21

class DefineTest : public StoreTest {
 protected:
  static std::string Run(Store& store, std::string_view script) {
    const auto done = store.Define(script);
    return done.ok() ? std::string() : std::string(done.status().message());
  }

  // Rows first, first + 1, ... of (ts, v), one a second; v is the row's number.
  static void Append(Appender& appender, int32_t first, int32_t rows, int64_t start = kStart) {
    auto ts = appender.Handle<Timestamp>("ts");
    auto v = appender.Handle<int32_t>("v");
    ASSERT_TRUE(ts.ok() && v.ok()) << ts.status() << v.status();
    for (int32_t i = first; i < first + rows; ++i) {
      appender.Set(*ts, Timestamp::FromNanos(start + i * int64_t{1'000'000'000}));
      appender.Set(*v, i);
      ASSERT_TRUE(appender.EndRow()) << appender.status();
    }
  }

  static void AppendAndCommit(Store& store, int32_t first, int32_t rows, int64_t start = kStart) {
    auto appender = store.OpenAppender("main", "t");
    ASSERT_TRUE(appender.ok()) << appender.status();
    Append(**appender, first, rows, start);
    ASSERT_TRUE((*appender)->Commit(Durability::kDurable).ok());
  }

  // The values of a column in arrival order; NULL as `null`.
  template <typename T>
  static std::vector<T> Column(const Snapshot& snapshot, const std::string& column, T null = T{}) {
    std::vector<T> values;
    auto scan = snapshot.Scan({.table = "t", .columns = {column}, .order = ScanOrder::kArrival});
    EXPECT_TRUE(scan.ok()) << scan.status();
    while (scan.ok()) {
      absl::StatusOr<size_t> rows = (*scan)->Next();
      EXPECT_TRUE(rows.ok()) << rows.status();
      if (!rows.ok() || *rows == 0) break;
      const ColumnView& view = (*scan)->column(0);
      EXPECT_EQ(view.Values<T>().size(), *rows);
      for (size_t i = 0; i < view.Values<T>().size(); ++i) {
        values.push_back(view.IsNull(i) ? null : view.Values<T>()[i]);
      }
    }
    return values;
  }

  template <typename T>
  static std::vector<T> Now(Store& store, const std::string& column, T null = T{}) {
    auto snapshot = store.TakeSnapshot();
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? Column<T>(**snapshot, column, null) : std::vector<T>();
  }
};

constexpr std::string_view kTable =
    "CREATE TABLE t (ts TIMESTAMP NOT NULL, v INT NOT NULL)"
    " PARTITION BY DAY (ts) WITH (slice_rows = 1024)";

TEST_F(DefineTest, ATableFromTextTakesRowsAndGivesThemBack) {
  auto store = Open();
  ASSERT_EQ(Run(*store, kTable), "");
  AppendAndCommit(*store, 0, 5);
  EXPECT_EQ(Now<int32_t>(*store, "v"), (std::vector<int32_t>{0, 1, 2, 3, 4}));
  EXPECT_NE(Run(*store, "CREATE TABLE u (a INT); CREATE TABLE u (a INT)").find("statement 2: "),
            std::string::npos);
  EXPECT_TRUE(store->GetSchema("main", "u").ok());
}

TEST_F(DefineTest, ATransactionIsOneCommitOrNone) {
  auto store = Open();
  ASSERT_EQ(Run(*store, "BEGIN; CREATE TABLE a (x INT); CREATE TABLE b (x INT); ROLLBACK"), "");
  EXPECT_FALSE(store->GetSchema("main", "a").ok());
  const Lsn before = store->committed();
  ASSERT_EQ(Run(*store, "BEGIN; CREATE TABLE a (x INT); CREATE TABLE b (x INT); COMMIT"), "");
  EXPECT_EQ(store->committed(), before + 1);
  EXPECT_TRUE(store->GetSchema("main", "b").ok());
  EXPECT_NE(Run(*store, "BEGIN; CREATE TABLE c (x INT)"), "");
  EXPECT_FALSE(store->GetSchema("main", "c").ok());
}

TEST_F(DefineTest, AColumnThatIsAddedHasItsDefaultInEarlierRows) {
  auto store = Open();
  ASSERT_EQ(Run(*store, kTable), "");
  AppendAndCommit(*store, 0, 3);
  ASSERT_TRUE(store->Seal("main", "t").ok());
  AppendAndCommit(*store, 3, 2);  // in the tail when the table is altered
  ASSERT_EQ(Run(*store,
                "ALTER TABLE t ADD COLUMN w BIGINT NOT NULL DEFAULT 7,"
                " ADD COLUMN n INT, ADD COLUMN d DECIMAL(10,2) DEFAULT 1.25"),
            "");
  const auto check = [&](Store& now) {
    EXPECT_EQ(Now<int64_t>(now, "w"), (std::vector<int64_t>{7, 7, 7, 7, 7, 9}));
    EXPECT_EQ(Now<int32_t>(now, "n", -1), (std::vector<int32_t>{-1, -1, -1, -1, -1, 8}));
    EXPECT_EQ(Now<int64_t>(now, "d"), (std::vector<int64_t>{125, 125, 125, 125, 125, 500}));
  };
  {
    auto appender = store->OpenAppender("main", "t");
    ASSERT_TRUE(appender.ok()) << appender.status();
    (*appender)->Set(*(*appender)->Handle<Timestamp>("ts"), Timestamp::FromNanos(kStart));
    (*appender)->Set(*(*appender)->Handle<int32_t>("v"), 5);
    (*appender)->Set(*(*appender)->Handle<int64_t>("w"), int64_t{9});
    (*appender)->Set(*(*appender)->Handle<int32_t>("n"), 8);
    (*appender)->Set(*(*appender)->Handle<int64_t>("d"), int64_t{500});
    ASSERT_TRUE((*appender)->EndRow());
    ASSERT_TRUE((*appender)->Commit(Durability::kDurable).ok());
  }
  check(*store);
  // Another default is for other rows.
  ASSERT_EQ(Run(*store, "ALTER TABLE t ALTER w SET DEFAULT 8"), "");
  check(*store);
  store.reset();  // as if the process had died
  store = Open();
  check(*store);
  ASSERT_TRUE(store->Close().ok());
  store = Open();
  check(*store);
}

TEST_F(DefineTest, ATypeThatIsWidenedIsWidenedInEarlierRows) {
  auto store = Open();
  ASSERT_EQ(Run(*store, kTable), "");
  AppendAndCommit(*store, 0, 2000);
  ASSERT_EQ(Run(*store, "ALTER TABLE t ALTER COLUMN v TYPE BIGINT"), "");
  std::vector<int64_t> expected;
  for (int64_t i = 0; i < 2000; ++i) expected.push_back(i);
  EXPECT_EQ(Now<int64_t>(*store, "v"), expected);
  EXPECT_NE(Run(*store, "ALTER TABLE t ALTER COLUMN v TYPE TEXT").find("has rows and cannot be"),
            std::string::npos);
}

TEST_F(DefineTest, AnAppenderOfBeforeIsTold) {
  auto store = Open();
  ASSERT_EQ(Run(*store, kTable), "");
  auto appender = store->OpenAppender("main", "t");
  ASSERT_TRUE(appender.ok());
  Append(**appender, 0, 4);
  ASSERT_TRUE((*appender)->Commit().ok());
  // What rows do not feel, appenders do not either.
  ASSERT_EQ(Run(*store, "COMMENT ON TABLE t IS 'ticks'; CREATE INDEX ON t (v)"), "");
  Append(**appender, 4, 2);
  ASSERT_TRUE((*appender)->Commit().ok());
  Append(**appender, 6, 3);
  ASSERT_EQ(Run(*store, "ALTER TABLE t ADD COLUMN w INT"), "");
  const absl::StatusOr<Lsn> late = (*appender)->Commit();
  EXPECT_EQ(late.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(late.status().message().find("open another one"), std::string::npos);
  AppendAndCommit(*store, 6, 1);
  EXPECT_EQ(Now<int32_t>(*store, "v"), (std::vector<int32_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST_F(DefineTest, ASnapshotKeepsTheDefinitionItWasTakenUnder) {
  auto store = Open();
  ASSERT_EQ(Run(*store, kTable), "");
  AppendAndCommit(*store, 0, 3);
  auto before = store->TakeSnapshot();
  ASSERT_TRUE(before.ok());
  ASSERT_EQ(Run(*store, "ALTER TABLE t RENAME COLUMN v TO u; ALTER TABLE t DROP COLUMN u"), "");
  EXPECT_EQ(Column<int32_t>(**before, "v"), (std::vector<int32_t>{0, 1, 2}));
  auto after = store->GetSchema("main", "t");
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->columns().size(), 1u);
  ASSERT_EQ(Run(*store, "DROP TABLE t"), "");
  EXPECT_EQ(Column<int32_t>(**before, "v"), (std::vector<int32_t>{0, 1, 2}));
  EXPECT_FALSE(store->GetSchema("main", "t").ok());
}

TEST_F(DefineTest, ADroppedTableLeavesTheDiskWhenNoSnapshotNeedsIt) {
  auto store = Open(/*threads=*/false);
  ASSERT_EQ(Run(*store, kTable), "");
  AppendAndCommit(*store, 0, 3000);
  ASSERT_TRUE(store->Seal("main", "t").ok());
  auto before = store->TakeSnapshot();
  ASSERT_TRUE(before.ok());
  const auto folders = [&] {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() + "/store")) {
      count += entry.path().filename().string().starts_with("t0") ? 1 : 0;
    }
    return count;
  };
  ASSERT_EQ(Run(*store, "DROP TABLE t; CREATE TABLE t (ts TIMESTAMP NOT NULL, v INT)"), "");
  ASSERT_TRUE(store->Work().ok());
  EXPECT_EQ(folders(), 2u);
  EXPECT_EQ(Column<int32_t>(**before, "v").size(), 3000u);
  before->reset();
  ASSERT_TRUE(store->Work().ok());
  EXPECT_EQ(folders(), 1u);
}

TEST_F(DefineTest, DaysThatAreDroppedTakeTheirRowsAlong) {
  auto store = Open(/*threads=*/false);
  ASSERT_EQ(Run(*store, kTable), "");
  for (int32_t day = 0; day < 4; ++day) {
    AppendAndCommit(*store, day * 10, 10, kStart + day * kDayNs);
    if (day < 3) {
      ASSERT_TRUE(store->Seal("main", "t").ok());
    }
  }
  ASSERT_EQ(Run(*store, "ALTER TABLE t DROP DAYS BEFORE '2025-01-23 12:00'"), "");
  std::vector<int32_t> expected;
  for (int32_t i = 20; i < 40; ++i) expected.push_back(i);
  EXPECT_EQ(Now<int32_t>(*store, "v"), expected);
  AppendAndCommit(*store, 40, 1, kStart + 3 * kDayNs);
  EXPECT_EQ(Now<int32_t>(*store, "v").size(), 21u);
  store.reset();
  EXPECT_EQ(Now<int32_t>(*Open(), "v").size(), 21u);
}

TEST_F(DefineTest, WhatRowsWouldBreakIsRefusedAndTheAppenderGoesOn) {
  auto store = Open();
  ASSERT_EQ(Run(*store, kTable), "");
  auto appender = store->OpenAppender("main", "t");
  ASSERT_TRUE(appender.ok());
  Append(**appender, 0, 2);
  ASSERT_TRUE((*appender)->Commit().ok());
  EXPECT_NE(Run(*store, "ALTER TABLE t ADD COLUMN w INT NOT NULL").find("has no default"),
            std::string::npos);
  EXPECT_NE(Run(*store, "ALTER TABLE t DROP COLUMN ts").find("rows lie by it"), std::string::npos);
  Append(**appender, 2, 1);
  ASSERT_TRUE((*appender)->Commit().ok());
  EXPECT_EQ(Now<int32_t>(*store, "v"), (std::vector<int32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace tape
