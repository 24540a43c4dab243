#include "tape/bulk_loader.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/bytes/message.h"
#include "tape/scan.h"
#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

constexpr int64_t kDayNs = int64_t{86'400} * 1'000'000'000;
constexpr int64_t kFirstDay = 20'109 * kDayNs;

// Rows of the table of trades, as columns.
struct TradeColumns {
  ColumnBuffer ts{Physical::kInt64};
  ColumnBuffer symbol{Physical::kCode32};
  ColumnBuffer price{Physical::kInt64};
  ColumnBuffer size{Physical::kInt32};
  ColumnBuffer note{Physical::kBytes};

  void Add(int64_t time, SymbolCode code, int64_t cents) {
    ts.Append(time);
    symbol.Append(code.value());
    price.Append(cents);
    if (cents % 3 == 0) {
      size.AppendNull();
    } else {
      size.Append(static_cast<int32_t>(cents % 100));
    }
    note.AppendBytes(format::Concat("n", cents));
  }
  std::vector<ColumnView> views() const {
    return {ts.view(), symbol.view(), price.view(), size.view(), note.view()};
  }
};

// A row as a test compares it.
struct Row {
  uint64_t number = 0;
  int64_t time = 0;
  std::string symbol;
  int64_t cents = 0;
  std::string note;

  friend bool operator==(const Row&, const Row&) = default;
};

class BulkLoaderTest : public StoreTest {
 protected:
  std::unique_ptr<Store> OpenWithTrades(bool threads = false) {
    auto store = Open(threads);
    EXPECT_TRUE(store->CreateTable(Trades()).ok());
    return store;
  }

  static std::unique_ptr<BulkLoader> Loading(Store& store, const BulkLoadOptions& options = {}) {
    auto load = store.BulkLoad("main", "trades", options);
    EXPECT_TRUE(load.ok()) << load.status();
    return load.ok() ? *std::move(load) : nullptr;
  }

  // Appends a row and makes it known to the model.
  void Expect(int64_t time, const std::string& symbol, int64_t cents) {
    expected_.push_back({expected_.size(), time, symbol, cents, format::Concat("n", cents)});
  }

  // `rows` rows of `days` days, dealt to them one after the other.
  void Fill(BulkLoader& load, TradeColumns& columns, int64_t rows, int64_t days) {
    for (int64_t i = 0; i < rows; ++i) {
      const std::string symbol = format::Concat("S", i * 7 % 11);
      auto code = load.Intern("symbol", symbol);
      ASSERT_TRUE(code.ok()) << code.status();
      const int64_t time = kFirstDay + (i % days) * kDayNs + i * 1000;
      columns.Add(time, *code, i);
      Expect(time, symbol, i);
    }
  }

  static std::vector<Row> ReadAll(const Store& store) {
    auto now = store.TakeSnapshot();
    EXPECT_TRUE(now.ok()) << now.status();
    return now.ok() ? ReadAll(**now) : std::vector<Row>();
  }

  static std::vector<Row> ReadAll(const Snapshot& now) {
    std::vector<Row> rows;
    auto scan = now.Scan({.table = "trades", .order = ScanOrder::kArrival, .row_numbers = true});
    EXPECT_TRUE(scan.ok()) << scan.status();
    while (scan.ok()) {
      auto count = (*scan)->Next();
      EXPECT_TRUE(count.ok()) << count.status();
      if (!count.ok() || *count == 0) break;
      AddTo(now, **scan, *count, rows);
    }
    return rows;
  }

  static void AddTo(const Snapshot& now, const Scan& scan, size_t count, std::vector<Row>& rows) {
    for (size_t i = 0; i < count; ++i) {
      const SymbolCode code(scan.column(1).Values<uint32_t>()[i]);
      auto text = now.Text("main", "trades", "symbol", code);
      ASSERT_TRUE(text.ok() && text->has_value()) << code.value();
      const int64_t cents = scan.column(2).Values<int64_t>()[i];
      EXPECT_EQ(scan.column(3).IsNull(i), cents % 3 == 0);
      rows.push_back({scan.row_numbers()[i], scan.column(0).Values<int64_t>()[i], **text, cents,
                      std::string(scan.column(4).Bytes(i))});
    }
  }

  // Appends rows through an appender, a commit each.
  void Append(Store& store, int64_t rows) {
    auto trades = Appending(store);
    auto ts = trades->Handle<Timestamp>("ts");
    auto code = trades->Handle<SymbolCode>("symbol");
    auto price = trades->Handle<int64_t>("price");
    auto size = trades->Handle<int32_t>("size");
    auto note = trades->Handle<std::string_view>("note");
    for (int64_t i = 0; i < rows; ++i) {
      const std::string symbol = format::Concat("A", i % 3);
      auto interned = trades->Intern("symbol", symbol);
      ASSERT_TRUE(interned.ok()) << interned.status();
      const int64_t time = kFirstDay + i;
      trades->Set(*ts, Timestamp::FromNanos(time));
      trades->Set(*code, *interned);
      trades->Set(*price, i);
      if (i % 3 != 0) trades->Set(*size, static_cast<int32_t>(i % 100));
      trades->Set(*note, format::Concat("n", i));
      ASSERT_TRUE(trades->EndRow());
      ASSERT_TRUE(trades->Commit().ok());
      Expect(time, symbol, i);
    }
  }

  std::vector<Row> expected_;
};

TEST_F(BulkLoaderTest, RowsOfManyDaysAreThereAtOnceBetweenRowsThatWereAppended) {
  auto store = OpenWithTrades();
  Append(*store, 700);
  auto before = store->TakeSnapshot();
  ASSERT_TRUE(before.ok());
  const std::vector<Row> first = expected_;
  {
    auto load = Loading(*store);
    EXPECT_EQ(load->next_row(), RowNumber(700));
    for (int part = 0; part < 3; ++part) {
      TradeColumns columns;
      Fill(*load, columns, 1500, 4);
      ASSERT_TRUE(load->Append(columns.views()).ok());
      EXPECT_EQ(ReadAll(*store), first);  // nobody sees anything yet
    }
    auto lsn = load->Commit();
    ASSERT_TRUE(lsn.ok()) << lsn.status();
    EXPECT_EQ(store->committed(), *lsn);
    EXPECT_EQ(store->durable(), *lsn);
  }
  EXPECT_EQ(ReadAll(*store), expected_);
  EXPECT_EQ(ReadAll(**before), first);
  const Watermarks rows = *store->GetWatermarks("main", "trades");
  EXPECT_EQ(rows.visible, RowNumber(5200));
  EXPECT_EQ(rows.sealed, RowNumber(5200));
  EXPECT_EQ(rows.durable, RowNumber(5200));
  Append(*store, 900);
  EXPECT_EQ(ReadAll(*store), expected_);
  ASSERT_TRUE(store->Seal("main", "trades").ok());
  ASSERT_TRUE(store->Fold("main", "trades").ok());
  EXPECT_EQ(ReadAll(*store), expected_);
}

TEST_F(BulkLoaderTest, LivesOfTheStoreThatEndWithAndWithoutACloseKeepIt) {
  for (int life = 0; life < 5; ++life) {
    auto store = life == 0 ? OpenWithTrades() : Open(/*threads=*/false);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(ReadAll(*store), expected_);
    auto load = Loading(*store);
    TradeColumns columns;
    Fill(*load, columns, 1100 + life, 2);
    ASSERT_TRUE(load->Append(columns.views()).ok());
    auto lsn = load->Commit();
    ASSERT_TRUE(lsn.ok()) << lsn.status();
    load.reset();
    if (life != 3) Append(*store, 30);
    if (life % 2 == 1) {
      ASSERT_TRUE(store->Close().ok());
    }
  }
}

TEST_F(BulkLoaderTest, AnotherProcessSeesItAndOneWithoutATailToo) {
  auto store = OpenWithTrades();
  Append(*store, 10);
  auto reader = Store::Open(folder_.path() + "/store", {.read_only = true});
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(ReadAll(**reader), expected_);
  auto load = Loading(*store);
  TradeColumns columns;
  Fill(*load, columns, 3000, 3);
  ASSERT_TRUE(load->Append(columns.views()).ok());
  ASSERT_TRUE(load->Commit().ok());
  load.reset();
  EXPECT_EQ(ReadAll(**reader), expected_);
  Append(*store, 20);
  EXPECT_EQ(ReadAll(**reader), expected_);
  ASSERT_TRUE(store->Close().ok());  // then a reader replays the WAL
  EXPECT_EQ(ReadAll(**reader), expected_);
}

TEST_F(BulkLoaderTest, WithoutACommitItLeavesNothing) {
  auto store = OpenWithTrades();
  Append(*store, 5);
  for (int i = 0; i < 2; ++i) {
    auto load = Loading(*store);
    TradeColumns columns;
    const std::vector<Row> before = expected_;
    Fill(*load, columns, 4000, 2);
    expected_ = before;
    ASSERT_TRUE(load->Append(columns.views()).ok());
    load.reset();
    EXPECT_EQ(ReadAll(*store), expected_);
  }
  Append(*store, 5);
  ASSERT_TRUE(store->Seal("main", "trades").ok());
  EXPECT_EQ(ReadAll(*store), expected_);
  EXPECT_EQ(Loading(*store)->Commit().value(), store->committed());  // of no rows: no commit
}

TEST_F(BulkLoaderTest, LittleMemoryMakesSmallSlicesThatFoldMerges) {
  auto store = OpenWithTrades();
  auto load = Loading(*store, {.memory_bytes_max = 40'000});
  TradeColumns columns;
  Fill(*load, columns, 6000, 40);
  const std::vector<ColumnView> views = columns.views();
  for (size_t at = 0; at < 6000; at += 250) {
    std::vector<ColumnView> some;
    for (const ColumnView& view : views) some.push_back(view.Slice(at, 250));
    ASSERT_TRUE(load->Append(some).ok());
  }
  ASSERT_TRUE(load->Commit().ok());
  EXPECT_EQ(ReadAll(*store), expected_);
  ASSERT_TRUE(store->Fold("main", "trades").ok());
  EXPECT_EQ(ReadAll(*store), expected_);
}

TEST_F(BulkLoaderTest, TheTableIsTheLoadsAndOthersAreNot) {
  auto store = OpenWithTrades(/*threads=*/true);
  auto quotes = Schema::Builder("quotes").Column("bid", Type::Bigint()).NotNull().Build();
  ASSERT_TRUE(store->CreateTable(*quotes).ok());
  auto trades = Appending(*store);
  EXPECT_TRUE(absl::IsAlreadyExists(store->BulkLoad("main", "trades").status()));
  trades.reset();
  auto load = Loading(*store);
  EXPECT_TRUE(absl::IsAlreadyExists(store->OpenAppender("main", "trades").status()));
  EXPECT_TRUE(absl::IsAlreadyExists(store->BulkLoad("main", "trades").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(store->Close()));
  EXPECT_EQ(store->Seal("main", "trades").value(), 0u);
  EXPECT_TRUE(store->Fold("main", "trades").ok());

  auto appender = store->OpenAppender("main", "quotes");
  auto bid = (*appender)->Handle<int64_t>("bid");
  TradeColumns columns;
  Fill(*load, columns, 2000, 1);
  ASSERT_TRUE(load->Append(columns.views()).ok());
  for (int64_t i = 0; i < 3000; ++i) {
    (*appender)->Set(*bid, i);
    ASSERT_TRUE((*appender)->EndRow());
    ASSERT_TRUE((*appender)->Commit().ok());
  }
  ASSERT_TRUE(load->Commit().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(load->Commit().status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(load->Append(columns.views())));
  EXPECT_NE(Appending(*store), nullptr);  // it has ended, though it is still there
  EXPECT_EQ(ReadAll(*store), expected_);
}

TEST_F(BulkLoaderTest, MistakesAreNamedAndTheLoadGoesOn) {
  auto store = OpenWithTrades();
  auto load = Loading(*store);
  TradeColumns columns;
  Fill(*load, columns, 10, 1);
  std::vector<ColumnView> views = columns.views();
  EXPECT_TRUE(absl::IsInvalidArgument(load->Append(std::span(views).first(4))));
  std::swap(views[0], views[1]);
  EXPECT_TRUE(absl::IsInvalidArgument(load->Append(views)));
  TradeColumns unknown;
  unknown.Add(kFirstDay, SymbolCode(99), 1);
  EXPECT_TRUE(absl::IsInvalidArgument(load->Append(unknown.views())));
  EXPECT_TRUE(absl::IsNotFound(load->Intern("sym", "A").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(load->Intern("price", "A").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(load->Intern("symbol", std::string(2000, 'x')).status()));
  ASSERT_TRUE(load->Append(columns.views()).ok());
  ASSERT_TRUE(load->Commit().ok());
  EXPECT_EQ(ReadAll(*store), expected_);

  auto keyed = Schema::Builder("keyed").Column("id", Type::Bigint()).PrimaryKey().Build();
  ASSERT_TRUE(store->CreateTable(*keyed).ok());
  const absl::Status refused = store->BulkLoad("main", "keyed").status();
  EXPECT_TRUE(absl::IsUnimplemented(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("PRIMARY KEY"), std::string::npos);
  auto reader = Store::Open(folder_.path() + "/store", {.read_only = true});
  ASSERT_TRUE(reader.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition((*reader)->BulkLoad("main", "trades").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition((*reader)->Fold("main", "trades")));
}

TEST_F(BulkLoaderTest, TimesAtBothEndsOfTheCalendarHaveADay) {
  auto store = OpenWithTrades();
  auto load = Loading(*store);
  auto code = load->Intern("symbol", "X");
  TradeColumns columns;
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  int64_t cents = 0;
  for (const int64_t time : {kMin, kMin + 1, int64_t{-1}, int64_t{0}, kMax - 1, kMax, kMin}) {
    columns.Add(time, *code, cents);
    Expect(time, "X", cents++);
  }
  ASSERT_TRUE(load->Append(columns.views()).ok());
  ASSERT_TRUE(load->Commit().ok());
  EXPECT_EQ(ReadAll(*store), expected_);
}

}  // namespace
}  // namespace tape
