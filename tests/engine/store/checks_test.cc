// What a row alone can break, and triggers, through the appender and the bulk load of tables that
// have no key: at once, after an ALTER, and while an appender is open.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tape/bulk_loader.h"
#include "tape/scan.h"
#include "tape/session.h"
#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

class ChecksTest : public StoreTest {
 protected:
  static std::string Run(Store& store, std::string_view script) {
    const auto done = store.Define(script);
    return done.ok() ? std::string() : std::string(done.status().message());
  }

  static std::unique_ptr<Appender> AppenderOf(Store& store, std::string_view table) {
    auto appender = store.OpenAppender("main", table);
    EXPECT_TRUE(appender.ok()) << appender.status();
    return appender.ok() ? *std::move(appender) : nullptr;
  }

  static bool Put(Appender& ticks, int64_t price) {
    ticks.Set(*ticks.Handle<int64_t>("price"), price);
    return ticks.EndRow();
  }

  // The values of a column in order of arrival.
  static std::vector<int64_t> Values(const Store& store, const std::string& table,
                                     const std::string& column) {
    std::vector<int64_t> values;
    auto now = store.TakeSnapshot();
    EXPECT_TRUE(now.ok()) << now.status();
    auto scan = (*now)->Scan({.table = table, .columns = {column}, .order = ScanOrder::kArrival});
    EXPECT_TRUE(scan.ok()) << scan.status();
    while (scan.ok()) {
      auto rows = (*scan)->Next();
      EXPECT_TRUE(rows.ok()) << rows.status();
      if (!rows.ok() || *rows == 0) break;
      for (const int64_t value : (*scan)->column(0).Values<int64_t>()) values.push_back(value);
    }
    return values;
  }
  static std::vector<int64_t> Prices(const Store& store) { return Values(store, "ticks", "price"); }

  static constexpr std::string_view kTicks =
      "CREATE TABLE ticks (price BIGINT NOT NULL, CONSTRAINT positive CHECK (price > 0));";
  static constexpr std::string_view kTwice =
      "CREATE FUNCTION twice() RETURNS TRIGGER AS $$ BEGIN NEW.price = NEW.price * 2; RETURN NEW; "
      "END; $$ LANGUAGE plpgsql;"
      "CREATE TRIGGER doubled BEFORE INSERT ON ticks FOR EACH ROW EXECUTE FUNCTION twice();";
  static constexpr const char* kBroken =
      "table main.ticks: CHECK positive (price): row 1 of the commit has (0)";
};

TEST_F(ChecksTest, OfATableWithoutAKeyHoldForItsAppender) {
  auto store = Open(false);
  ASSERT_EQ(Run(*store, kTicks), "");
  for (int life = 0; life < 3; ++life) {
    auto ticks = AppenderOf(*store, "ticks");
    const size_t before = Prices(*store).size();
    ASSERT_TRUE(Put(*ticks, 5));
    ASSERT_TRUE(Put(*ticks, 0));
    ASSERT_TRUE(Put(*ticks, 7));
    absl::Status refused = ticks->Commit().status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(refused.message(), kBroken);
    ticks->Abandon();
    ColumnBuffer prices(Physical::kInt64);
    for (const int64_t price : {5, 0}) prices.Append(price);
    const std::vector<ColumnView> columns = {prices.view()};
    EXPECT_FALSE(ticks->Append(columns));
    EXPECT_EQ(ticks->status().message(), kBroken);
    ticks->Abandon();
    EXPECT_EQ(Prices(*store).size(), before) << "nothing of a refused commit";
    ASSERT_TRUE(Put(*ticks, 9));
    ASSERT_TRUE(ticks->Commit(Durability::kDurable).ok());
    ticks.reset();
    if (life == 0) {
      ASSERT_TRUE(store->Seal("main", "ticks").ok());
      continue;
    }
    ASSERT_TRUE(store->Close().ok());
    store = Open(false);
  }
  EXPECT_EQ(Prices(*store), (std::vector<int64_t>{9, 9, 9}));
}

TEST_F(ChecksTest, ThatComeWhileAnAppenderIsOpenAreNotPassedBy) {
  auto store = Open(false);
  ASSERT_EQ(Run(*store, "CREATE TABLE ticks (price BIGINT NOT NULL);"), "");
  auto ticks = AppenderOf(*store, "ticks");
  ASSERT_TRUE(Put(*ticks, -1));
  ASSERT_EQ(Run(*store, "ALTER TABLE ticks ADD CONSTRAINT positive CHECK (price > 0);"), "");
  EXPECT_EQ(ticks->Commit().status().code(), absl::StatusCode::kFailedPrecondition);
  auto checked = AppenderOf(*store, "ticks");
  ASSERT_TRUE(Put(*checked, 3));
  ASSERT_TRUE(Put(*checked, 0));
  EXPECT_EQ(checked->Commit().status().message(), kBroken);
  checked->Abandon();
  ASSERT_TRUE(Put(*checked, 3));
  // The same of one that goes.
  ASSERT_EQ(Run(*store, "ALTER TABLE ticks DROP CONSTRAINT positive;"), "");
  EXPECT_FALSE(checked->Commit().ok());
  auto free = AppenderOf(*store, "ticks");
  ASSERT_TRUE(Put(*free, -1));
  EXPECT_TRUE(free->Commit().ok());
  EXPECT_EQ(Prices(*store), (std::vector<int64_t>{-1}));
}

TEST_F(ChecksTest, ATableThatWasAlteredHasOneAppenderInACommit) {
  auto store = Open(false);
  ASSERT_EQ(Run(*store, kTicks), "");
  auto before = AppenderOf(*store, "ticks");
  ASSERT_TRUE(Put(*before, 1));
  ASSERT_EQ(Run(*store, "ALTER TABLE ticks ADD COLUMN note TEXT;"), "");
  auto after = AppenderOf(*store, "ticks");
  ASSERT_TRUE(Put(*after, 2));
  for (const auto& both :
       {std::array{before.get(), after.get()}, std::array{after.get(), before.get()}}) {
    const absl::Status refused = Appender::CommitTogether(both).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << refused;
    EXPECT_EQ(Prices(*store).size(), 0u);
  }
  EXPECT_TRUE(after->Commit().ok());
  EXPECT_FALSE(before->Commit().ok());
  EXPECT_EQ(Prices(*store), (std::vector<int64_t>{2}));
}

TEST_F(ChecksTest, ATriggerThatComesIsNotPassedBy) {
  auto store = Open(false);
  ASSERT_EQ(Run(*store, "CREATE TABLE ticks (price BIGINT NOT NULL);"), "");
  ASSERT_EQ(Run(*store, "CREATE TABLE marks (price BIGINT NOT NULL);"), "");
  auto ticks = AppenderOf(*store, "ticks");
  auto marks = AppenderOf(*store, "marks");
  ASSERT_TRUE(Put(*ticks, 1));
  ASSERT_TRUE(ticks->Commit().ok());
  ASSERT_TRUE(Put(*ticks, 2));
  ASSERT_EQ(Run(*store, kTwice), "");
  EXPECT_NE(ticks->Commit().status().message().find("has got a trigger"), std::string::npos);
  ASSERT_TRUE(Put(*marks, 5));
  const std::array both = {marks.get(), ticks.get()};
  EXPECT_EQ(Appender::CommitTogether(both).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(marks->Commit().ok()) << "it is not this table's";
  ticks.reset();
  auto fired = AppenderOf(*store, "ticks");
  ASSERT_TRUE(Put(*fired, 3));
  ASSERT_TRUE(fired->Commit().ok());
  // An appender whose rows are checked goes by triggers as they come and go.
  ASSERT_EQ(Run(*store, "DROP TRIGGER doubled ON ticks;"), "");
  ASSERT_TRUE(Put(*fired, 4));
  const auto lsn = fired->Commit();
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(Prices(*store), (std::vector<int64_t>{1, 6, 4}));
}

TEST_F(ChecksTest, AnAppenderGoesOnAfterACommentAndAnIndex) {
  auto store = Open(false);
  ASSERT_EQ(Run(*store, kTicks), "");
  ASSERT_EQ(Run(*store, "CREATE TABLE plain (price BIGINT NOT NULL);"), "");
  auto ticks = AppenderOf(*store, "ticks");
  auto plain = AppenderOf(*store, "plain");
  for (const std::string_view statement :
       {"COMMENT ON TABLE $ IS 'prices';", "CREATE INDEX by_price ON $ (price);"}) {
    for (Appender* appender : {ticks.get(), plain.get()}) {
      ASSERT_TRUE(Put(*appender, 1));
      std::string definition(statement);
      definition.replace(definition.find('$'), 1, appender->schema().name());
      ASSERT_EQ(Run(*store, definition), "");
      ASSERT_TRUE(Put(*appender, 2));
      const auto lsn = appender->Commit();
      ASSERT_TRUE(lsn.ok()) << lsn.status();
    }
  }
  EXPECT_EQ(Prices(*store), (std::vector<int64_t>{1, 2, 1, 2}));
  ASSERT_TRUE(Put(*ticks, -1));
  EXPECT_FALSE(ticks->Commit().ok()) << "and is checked as before";
}

// ---- bulk loads

class LoadChecksTest : public ChecksTest {
 protected:
  void MakeOrders(Store& store) {
    ASSERT_EQ(Run(store,
                  "CREATE TYPE side AS ENUM ('buy', 'sell');"
                  "CREATE TABLE orders (side side, venue VARCHAR(4) NOT NULL, code VARCHAR(3), "
                  "price DECIMAL(5,2), wide DECIMAL(20,2), CONSTRAINT dear CHECK (price > 1.00)) "
                  "WITH (symbols = 'code');"),
              "");
  }

  struct Order {
    uint32_t side = 1;
    std::string venue = "XETR";
    std::string code = "abc";
    int64_t price = 500;
    Int128 wide = 7;
  };

  // What the load says of rows of which this is the last.
  static std::string Load(BulkLoader& load, const Order& order) {
    ColumnBuffer side(Physical::kCode32), venue(Physical::kBytes), code(Physical::kCode32);
    ColumnBuffer price(Physical::kInt64), wide(Physical::kInt128);
    for (const Order& row : {Order(), order}) {
      const auto interned = load.Intern("code", row.code);
      EXPECT_TRUE(interned.ok()) << interned.status();
      side.Append(row.side);
      venue.AppendBytes(row.venue);
      code.Append(interned->value());
      price.Append(row.price);
      wide.Append(row.wide);
    }
    const std::vector<ColumnView> columns = {side.view(), venue.view(), code.view(), price.view(),
                                             wide.view()};
    return std::string(load.Append(columns).message());
  }
};

TEST_F(LoadChecksTest, ARowAloneIsChecked) {
  auto store = Open(false);
  MakeOrders(*store);
  auto load = store->BulkLoad("main", "orders");
  ASSERT_TRUE(load.ok()) << load.status();
  const std::string row = ": row 1 of the commit has ";
  EXPECT_EQ(Load(**load, {.side = 3}),
            "table main.orders: ENUM (side)" + row + "code 3, its values are 2");
  EXPECT_EQ(Load(**load, {.venue = "XETRA"}),
            "table main.orders: VARCHAR(4) (venue)" + row + "('XETRA'), which is longer");
  EXPECT_EQ(Load(**load, {.code = "abcd"}),
            "table main.orders: VARCHAR(3) (code)" + row + "('abcd'), which is longer");
  EXPECT_EQ(Load(**load, {.price = 100'000}),
            "table main.orders: DECIMAL(5,2) (price)" + row + "(1000.00), which has more digits");
  Int128 wide = 1;
  for (int i = 0; i < 20; ++i) wide *= 10;
  EXPECT_NE(Load(**load, {.wide = wide}).find("DECIMAL(20,2) (wide)" + row), std::string::npos);
  EXPECT_EQ(Load(**load, {.price = 100}), "table main.orders: CHECK dear (price)" + row + "(1.00)");
  EXPECT_EQ((*load)->rows(), 0u);
  EXPECT_EQ(Load(**load, {.side = 0, .venue = "\u00e9\u00e9\u00e9\u00e9", .price = 99'999}), "");
  ASSERT_TRUE((*load)->Commit().ok());
  EXPECT_EQ(Values(*store, "orders", "price"), (std::vector<int64_t>{500, 99'999}));
}

TEST_F(LoadChecksTest, AValueThatIsTooLongIsRefusedAtOnce) {
  auto store = Open(false);
  ASSERT_EQ(Run(*store, "CREATE TABLE notes (text TEXT);"), "");
  auto load = store->BulkLoad("main", "notes");
  ASSERT_TRUE(load.ok()) << load.status();
  for (const size_t bytes : {kMaxValueBytes + 1, 4 * kMaxValueBytes}) {
    ColumnBuffer text(Physical::kBytes);
    text.AppendBytes("short");
    text.AppendBytes(std::string(bytes, 'x'));
    const std::vector<ColumnView> columns = {text.view()};
    const absl::Status refused = (*load)->Append(columns);
    EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
    EXPECT_NE(refused.message().find("column text, row 1 of those given: a value has at most "
                                     "1048576 bytes"),
              std::string::npos)
        << refused;
  }
  ColumnBuffer text(Physical::kBytes);
  text.AppendBytes(std::string(kMaxValueBytes, 'x'));
  const std::vector<ColumnView> columns = {text.view()};
  ASSERT_TRUE((*load)->Append(columns).ok());
  EXPECT_TRUE((*load)->Commit().ok());
}

TEST_F(LoadChecksTest, TriggersAndKeysAreRefused) {
  auto store = Open(false);
  ASSERT_EQ(Run(*store, "CREATE TABLE ticks (price BIGINT NOT NULL);"), "");
  auto load = store->BulkLoad("main", "ticks");
  ASSERT_TRUE(load.ok()) << load.status();
  ColumnBuffer prices(Physical::kInt64);
  prices.Append(int64_t{1});
  const std::vector<ColumnView> columns = {prices.view()};
  ASSERT_TRUE((*load)->Append(columns).ok());
  // One that comes meanwhile is not passed by.
  ASSERT_EQ(Run(*store, kTwice), "");
  EXPECT_TRUE(absl::IsUnimplemented((*load)->Append(columns)));
  const absl::Status refused = (*load)->Commit().status();
  EXPECT_TRUE(absl::IsUnimplemented(refused)) << refused;
  EXPECT_NE(refused.message().find("trigger doubled"), std::string::npos) << refused;
  load->reset();
  EXPECT_EQ(Prices(*store).size(), 0u);
  EXPECT_TRUE(absl::IsUnimplemented(store->BulkLoad("main", "ticks").status()));
  // One for updates has nothing to do with rows that come.
  ASSERT_EQ(Run(*store,
                "DROP TRIGGER doubled ON ticks;"
                "CREATE TRIGGER doubled BEFORE UPDATE ON ticks FOR EACH ROW EXECUTE FUNCTION "
                "twice();"),
            "");
  auto other = store->BulkLoad("main", "ticks");
  ASSERT_TRUE(other.ok()) << other.status();
  ASSERT_TRUE((*other)->Append(columns).ok());
  ASSERT_TRUE((*other)->Commit().ok());
  EXPECT_EQ(Prices(*store), (std::vector<int64_t>{1}));
  ASSERT_EQ(Run(*store,
                "CREATE TABLE parents (id BIGINT PRIMARY KEY);"
                "CREATE TABLE named (id BIGINT UNIQUE);"
                "CREATE TABLE children (id BIGINT REFERENCES parents (id));"),
            "");
  for (const char* table : {"parents", "named", "children"}) {
    const absl::Status status = store->BulkLoad("main", table).status();
    EXPECT_TRUE(absl::IsUnimplemented(status)) << table << status;
  }
}

TEST_F(LoadChecksTest, NothingIsGivenToALoadThatHasEnded) {
  auto store = Open(false);
  MakeOrders(*store);
  auto load = store->BulkLoad("main", "orders");
  ASSERT_TRUE(load.ok()) << load.status();
  ASSERT_EQ(Load(**load, {}), "");
  ASSERT_TRUE((*load)->Commit().ok());
  const auto late = (*load)->Intern("code", "new");
  EXPECT_TRUE(absl::IsFailedPrecondition(late.status())) << late.status();
  EXPECT_TRUE(absl::IsFailedPrecondition((*load)->Intern("code", "abc").status()));
}

}  // namespace
}  // namespace tape
