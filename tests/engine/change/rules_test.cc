// What others evaluate for a change: CHECKs and triggers; and what it fills in by itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/catalog/catalog_change.h"
#include "engine/change/row_rule.h"
#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

constexpr size_t kPrice = 2;
constexpr size_t kUpdated = 4;
constexpr size_t kSide = 5;

// CHECK (price > 0)
class PricePositive : public RowRule {
 public:
  const std::string& constraint() const override { return name_; }
  std::span<const size_t> columns() const override { return {&column_, 1}; }
  absl::StatusOr<std::optional<size_t>> FirstViolation(const RowsView& rows) const override {
    const ColumnView& prices = rows.columns[column_];
    for (size_t row = 0; row < rows.rows(); ++row) {
      if (prices.Values<int64_t>()[row] == 77) return absl::InvalidArgumentError("77 / 0");
      if (!prices.IsNull(row) && prices.Values<int64_t>()[row] <= 0) return row;
    }
    return std::nullopt;
  }

 private:
  const std::string name_ = "price_positive";
  const size_t column_ = kPrice;
};

// BEFORE UPDATE: updated_at = now(); symbol becomes upper case where the price fell.
class Touch : public RowTrigger {
 public:
  const std::string& name() const override { return name_; }
  bool Fires(RowEvent event) const override { return event == RowEvent::kUpdate; }
  absl::Status Fire(const RowsView& rows, const RowsView* old, int64_t now_ns,
                    std::vector<Replaced>& replaced) const override {
    ColumnBuffer times(Physical::kInt64);
    ColumnBuffer symbols(Physical::kBytes);
    for (size_t row = 0; row < rows.rows(); ++row) {
      times.Append(now_ns);
      const SymbolCode code(rows.columns[1].Values<uint32_t>()[row]);
      auto text = rows.texts.Text(1, code);
      if (!text.ok()) return text.status();
      std::string symbol(*text);
      if (rows.columns[kPrice].Values<int64_t>()[row] <
          old->columns[kPrice].Values<int64_t>()[row]) {
        std::ranges::transform(symbol, symbol.begin(), [](char c) { return c == 'a' ? 'A' : c; });
      }
      symbols.AppendBytes(symbol);
    }
    replaced.push_back({kUpdated, std::move(times)});
    replaced.push_back({1, std::move(symbols)});
    return absl::OkStatus();
  }

 private:
  const std::string name_ = "touch";
};

class Rules : public RuleSource {
 public:
  absl::StatusOr<std::shared_ptr<const TableRules>> RulesOf(const TableInfo& table) override {
    if (table.schema.name() == "broken") return absl::InvalidArgumentError("no such function");
    auto rules = std::make_shared<TableRules>();
    rules->checks.push_back(std::make_shared<PricePositive>());
    rules->triggers.push_back(std::make_shared<Touch>());
    return rules;
  }
};

absl::StatusOr<Schema> Quotes(EnumId side) {
  return Schema::Builder("quotes")
      .Column("id", Type::Serial())
      .Column("symbol", Type::Symbol())
      .NotNull()
      .Column("price", Type::Decimal(6, 2))
      .Default("1.50")
      .Column("created_at", Type::Timestamp())
      .Default(ColumnDefault::Now())
      .Column("updated_at", Type::Timestamp())
      .Column("side", Type::Enum(side))
      .Default("sell")
      .Column("key", Type::Uuid())
      .Default(ColumnDefault::RandomUuid())
      .Column("secret", Type::Text())
      .Sensitive()
      .Unique()
      .Column("tags", Type::Array(Type::Varchar(3)))
      .PrimaryKey({"id"})
      .Build();
}

class RulesTest : public testing::Test {
 protected:
  RulesTest() : store_(&rules_) {
    CatalogChange define = store_.writer().BeginDefine();
    auto schema = define.CreateSchema("main");
    EXPECT_TRUE(schema.ok()) << schema.status();
    auto side = define.CreateEnum({.schema = *schema, .name = "side", .values = {"buy", "sell"}});
    EXPECT_TRUE(side.ok()) << side.status();
    EXPECT_TRUE(store_.writer().Define(define).ok());
    side_ = *side;
    store_.Create(Quotes(side_));
    store_.host().SetRealTimeNs(1'737'449'100'000'000'000);
  }

  absl::StatusOr<RowNumber> Put(const Texts& columns, const Texts& values) {
    return InsertInto(*change_, store_, "quotes", columns, values);
  }
  std::string Committed() {
    const absl::Status status = change_->Commit(Durability::kProcess).status();
    return status.ok() ? "" : Message(status);
  }

  Rules rules_;
  EnumId side_;
  ChangeStore store_;
  std::unique_ptr<Change> change_ = store_.Begin();
};

std::string WithoutUuid(std::string row) {
  const size_t begin =
      row.find("sell|") == std::string::npos ? row.find("buy|") + 4 : row.find("sell|") + 5;
  EXPECT_EQ(row[begin + 14], '4') << row;
  return row.erase(begin, 36);
}

TEST_F(RulesTest, FillInWhatWasNotGiven) {
  ASSERT_TRUE(Put({"symbol"}, {"a"}).ok());
  ASSERT_TRUE(Put({"symbol", "side", "price"}, {"b", "buy", "NULL"}).ok());
  store_.host().SetRealTimeNs(1'800'000'000'000'000'000);
  ASSERT_TRUE(Put({"symbol", "id"}, {"c", "70"}).ok());
  EXPECT_EQ(WithoutUuid(RowOf(*change_, store_, "quotes", RowNumber(kFirstStagedRow))),
            "1|a|1.50|2025-01-21T08:45:00.000000000Z|NULL|sell||NULL|NULL");
  EXPECT_EQ(WithoutUuid(RowOf(*change_, store_, "quotes", RowNumber(kFirstStagedRow + 1))),
            "2|b|NULL|2025-01-21T08:45:00.000000000Z|NULL|buy||NULL|NULL");
  EXPECT_EQ(WithoutUuid(RowOf(*change_, store_, "quotes", RowNumber(kFirstStagedRow + 2))),
            "70|c|1.50|2025-01-21T08:45:00.000000000Z|NULL|sell||NULL|NULL")
      << "one time for the whole change";
  EXPECT_EQ(Committed(), "");
  EXPECT_EQ(store_.Numbers("quotes").size(), 3u);
}

TEST_F(RulesTest, RefuseWhatACheckSays) {
  ColumnBuffer symbols(Physical::kBytes);
  ColumnBuffer prices(Physical::kInt64);
  for (const int64_t price : {100, 0, -5}) {
    symbols.AppendBytes("a");
    prices.Append(price);
  }
  const std::vector<size_t> columns = {1, kPrice};
  const std::vector<ColumnView> values = {symbols.view(), prices.view()};
  const absl::Status refused =
      change_->Insert(store_.Id("quotes"), {.columns = columns, .values = values}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Message(refused),
            "table main.quotes: CHECK price_positive (price): row 1 of the commit has (0.00)");
  EXPECT_TRUE(change_->empty());
  EXPECT_EQ(Message(Put({"symbol", "price"}, {"a", "0.77"}).status()), "77 / 0");
  ASSERT_TRUE(Put({"symbol", "price"}, {"a", "NULL"}).ok()) << "NULL passes";
  ASSERT_TRUE(Put({"symbol", "price"}, {"a", "1"}).ok());
  EXPECT_EQ(Message(Replace({*change_, store_}, "quotes", RowNumber(kFirstStagedRow + 1), {"price"},
                            {"-1"})
                        .status()),
            "table main.quotes: CHECK price_positive (price): row 2 of the commit has (-1.00)");
  EXPECT_EQ(Committed(), "");
  EXPECT_EQ(store_.Numbers("quotes").size(), 2u);
}

TEST_F(RulesTest, LetTriggersReplaceValues) {
  ASSERT_TRUE(Put({"symbol", "price"}, {"aaa", "5"}).ok());
  ASSERT_EQ(Committed(), "");
  store_.host().SetRealTimeNs(1'737'449'200'000'000'000);
  auto row = Replace({*change_, store_}, "quotes", RowNumber(0), {"price"}, {"6"});
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(WithoutUuid(RowOf(*change_, store_, "quotes", *row)),
            "1|aaa|6.00|2025-01-21T08:45:00.000000000Z|2025-01-21T08:46:40.000000000Z|sell||NULL|"
            "NULL");
  row = Replace({*change_, store_}, "quotes", *row, {"price"}, {"4"});
  ASSERT_TRUE(row.ok()) << row.status();
  ASSERT_EQ(Committed(), "");
  EXPECT_EQ(WithoutUuid(store_.Rows("quotes")),
            "1|AAA|4.00|2025-01-21T08:45:00.000000000Z|2025-01-21T08:46:40.000000000Z|sell||NULL|"
            "NULL\n");
}

TEST_F(RulesTest, SayWhichValueIsNoneOfAnEnum) {
  EXPECT_EQ(Message(Put({"symbol", "side"}, {"a", "hold"}).status()),
            "table main.quotes: column side: hold is none of the values of its ENUM");
  ColumnBuffer symbol(Physical::kBytes);
  symbol.AppendBytes("a");
  ColumnBuffer side(Physical::kCode32);
  side.Append(uint32_t{3});
  const std::vector<size_t> columns = {1, kSide};
  const std::vector<ColumnView> values = {symbol.view(), side.view()};
  EXPECT_EQ(
      Message(
          change_->Insert(store_.Id("quotes"), {.columns = columns, .values = values}).status()),
      "table main.quotes: ENUM (side): row 0 of the commit has code 3, its values are 2");
}

TEST_F(RulesTest, LookIntoArrays) {
  EXPECT_TRUE(Put({"symbol", "tags"}, {"a", "{abc,NULL,\"\"}"}).ok());
  EXPECT_NE(Message(Put({"symbol", "tags"}, {"a", "{abc,abcd}"}).status())
                .find("whose element 1 is longer"),
            std::string::npos);
}

TEST_F(RulesTest, TellNoSecrets) {
  ASSERT_TRUE(Put({"symbol", "secret"}, {"a", "hunter2"}).ok());
  ASSERT_TRUE(Put({"symbol", "secret"}, {"a", "hunter2"}).ok());
  EXPECT_EQ(Committed(),
            "table main.quotes: UNIQUE quotes_secret_key (secret): row 1 of the commit has (***), "
            "and so has row 0 of the commit");
}

TEST_F(RulesTest, AreNeededBeforeATableCanBeChanged) {
  store_.Create(Schema::Builder("broken").Column("id", Type::Bigint()).Build());
  EXPECT_EQ(Message(Insert(*change_, store_, "broken", {"1"}).status()), "no such function");
}

TEST_F(RulesTest, AreGivenColumnsThatFit) {
  ColumnBuffer number(Physical::kInt32);
  number.Append(int32_t{1});
  const ColumnView values[] = {number.view(), number.view()};
  const auto insert = [&](std::vector<size_t> columns) {
    return Message(
        change_
            ->Insert(store_.Id("quotes"), {.columns = columns, .values = {values, columns.size()}})
            .status());
  };
  EXPECT_EQ(insert({0, 0}), "table main.quotes: column id: given twice");
  EXPECT_EQ(insert({1}), "table main.quotes: column symbol: values of another form");
  EXPECT_EQ(insert({100}), "table main.quotes has 9 columns, none of number 100");
  EXPECT_EQ(Message(change_->Insert(TableId(99), {}).status()), "no table 99");
}

}  // namespace
}  // namespace tape::engine
