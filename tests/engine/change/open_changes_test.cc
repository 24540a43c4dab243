// Changes that stay open while definitions change and others commit, and symbols of all this.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/catalog/catalog_change.h"
#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

class OpenChangesTest : public testing::Test {
 protected:
  OpenChangesTest() {
    CatalogChange define = store_.writer().BeginDefine();
    auto schema = define.CreateSchema("main");
    EXPECT_TRUE(schema.ok()) << schema.status();
    side_ = {.schema = *schema, .name = "side", .values = {"buy", "sell"}};
    auto side = define.CreateEnum(side_);
    EXPECT_TRUE(side.ok()) << side.status();
    EXPECT_TRUE(store_.writer().Define(define).ok());
    side_id_ = *side;
    store_.Create(Schema::Builder("orders")
                      .Column("id", Type::Bigint())
                      .Column("venue", Type::Symbol())
                      .NotNull()
                      .Column("side", Type::Enum(side_id_))
                      .PrimaryKey({"id"})
                      .Build());
  }

  void Alter(std::string_view table, absl::FunctionRef<void(TableDefinition&)> change) {
    CatalogChange define = store_.writer().BeginDefine();
    TableDefinition definition = store_.SchemaOf(table).definition();
    change(definition);
    absl::Status status = define.AlterTable(store_.Id(table), std::move(definition));
    if (status.ok()) status = store_.writer().Define(define).status();
    ASSERT_TRUE(status.ok()) << status;
  }

  // Somebody who has the table's appender, as a C++ appender has it.
  struct Holder {
    Holder(ChangeStore& store, std::string_view name)
        : table(store.writer().Find(store.Id(name))),
          appender(*table->tail, store.writer().sequence(), FullTail::kPrepare),
          change(store.Begin()) {
      table->has_appender = true;
      EXPECT_TRUE(appender.Start(0).ok());
      EXPECT_TRUE(change->Hold(store.Id(name), appender).ok());
    }
    ~Holder() { table->has_appender = false; }

    absl::Status Commit() const { return change->Commit(Durability::kProcess).status(); }

    std::shared_ptr<OpenTable> table;
    TailAppender appender;
    std::unique_ptr<Change> change;
  };

  ChangeStore store_;
  format::EnumRecord side_;
  EnumId side_id_;
};

TEST_F(OpenChangesTest, GoOnWhereRowsDoNotFeelADefinition) {
  Holder holder(store_, "orders");
  auto other = store_.Begin();
  const auto put = [&](Change& change, const std::string& id) {
    return Insert(change, store_, "orders", {id, "XETR", "buy"}).status();
  };
  ASSERT_TRUE(put(*holder.change, "1").ok());
  Alter("orders", [](TableDefinition& orders) { orders.comment = "what we want"; });
  absl::Status status = put(*holder.change, "2");
  ASSERT_TRUE(status.ok()) << status;
  status = holder.Commit();
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_TRUE(put(*holder.change, "3").ok());
  Alter("orders", [](TableDefinition& orders) {
    orders.indexes.push_back(
        {.name = "by_venue", .columns = {{.name = "venue"}}, .include = {}, .where = {}});
  });
  // Somebody else's look at the table is of the new definition first.
  const auto one = Find({*other, store_}, "orders", 0, {"id"}, {"1"});
  ASSERT_TRUE(one.ok() && one->has_value()) << one.status();
  status = holder.Commit();
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_TRUE(put(*holder.change, "3").ok());
  EXPECT_EQ(Message(holder.Commit()),
            "table main.orders: PRIMARY KEY orders_pkey (id): row 0 of the commit has (3), which "
            "row 2 of the table has already");
  EXPECT_EQ(store_.Rows("orders"), "1|XETR|buy\n2|XETR|buy\n3|XETR|buy\n");
}

TEST_F(OpenChangesTest, KnowANewValueOfAnEnum) {
  Holder holder(store_, "orders");
  EXPECT_FALSE(Insert(*holder.change, store_, "orders", {"1", "XETR", "hold"}).ok());
  CatalogChange define = store_.writer().BeginDefine();
  side_.values.push_back("hold");
  ASSERT_TRUE(define.AlterEnum(side_id_, side_).ok());
  ASSERT_TRUE(store_.writer().Define(define).ok());
  absl::Status status = Insert(*holder.change, store_, "orders", {"1", "XETR", "hold"}).status();
  ASSERT_TRUE(status.ok()) << status;
  status = holder.Commit();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("orders"), "1|XETR|hold\n");
}

TEST_F(OpenChangesTest, EndWhereTheirRowsAreOthersNow) {
  Holder holder(store_, "orders");
  auto other = store_.Begin();
  ASSERT_TRUE(Insert(*other, store_, "orders", {"1", "XETR"}).ok());
  Alter("orders", [](TableDefinition& orders) {
    Column note;
    note.name = "note";
    note.type = Type::Text();
    orders.columns.push_back(note);
  });
  for (Change* change : {holder.change.get(), other.get()}) {
    const absl::Status status = Insert(*change, store_, "orders", {"2", "XETR"}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << status;
  }
  EXPECT_EQ(other->Commit(Durability::kProcess).status().code(), absl::StatusCode::kAborted);
  other->Abandon();
  ASSERT_TRUE(Insert(*other, store_, "orders", {"1", "XETR"}).ok());
  EXPECT_TRUE(other->Commit(Durability::kProcess).ok());
  holder.table->has_appender = false;
}

TEST_F(OpenChangesTest, GiveTheSymbolsOfDeadRowsCodesWhereRowsKeepTheirNumbers) {
  {
    Holder holder(store_, "orders");
    const auto row = Insert(*holder.change, store_, "orders", {"1", "XNEW", "buy"});
    ASSERT_TRUE(row.ok()) << row.status();
    ASSERT_TRUE(Insert(*holder.change, store_, "orders", {"2", "XETR", "sell"}).ok());
    ASSERT_TRUE(holder.change->Delete(store_.Id("orders"), *row).ok());
    const absl::Status status = holder.Commit();
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(holder.table->symbols.Count(store_.SchemaOf("orders").column(1).id), 2u);
  }
  store_.Seal("orders");
  EXPECT_EQ(store_.Rows("orders"), "2|XETR|sell\n");
  ASSERT_TRUE(store_.Open().ok());
  EXPECT_EQ(store_.Rows("orders"), "2|XETR|sell\n");
}

// A child whose column is an ENUM, of a parent whose column is a text.
TEST_F(OpenChangesTest, CompareAnEnumByItsLabelsWhereAChildIsScanned) {
  for (const char* name : {"sides", "words"}) {
    const bool is_text = std::string_view(name) == "words";
    store_.Create(Schema::Builder(name)
                      .Column("name", is_text ? Type::Text() : Type::Symbol())
                      .PrimaryKey({"name"})
                      .Build());
    store_.Create(Schema::Builder(std::string("fills_") + name)
                      .Column("id", Type::Bigint())
                      .Column("side", Type::Enum(side_id_))
                      .References(name, "name", OnDelete::kRestrict)
                      .PrimaryKey({"id"})
                      .Build());
    const std::string child = std::string("fills_") + name;
    auto change = store_.Begin();
    for (const char* side : {"buy", "sell"}) {
      ASSERT_TRUE(Insert(*change, store_, name, {side}).ok());
    }
    ASSERT_TRUE(Insert(*change, store_, child, {"1", "sell"}).ok());
    ASSERT_TRUE(Insert(*change, store_, child, {"2", "NULL"}).ok());
    absl::Status status = change->Commit(Durability::kProcess).status();
    ASSERT_TRUE(status.ok()) << status;
    for (const bool seal : {false, true}) {
      if (seal) store_.Seal(child);
      ASSERT_TRUE(change->Delete(store_.Id(name), RowNumber(1)).ok());
      status = change->Commit(Durability::kProcess).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << name << seal;
      EXPECT_NE(Message(status).find("row 0 refers to ('sell')"), std::string::npos) << status;
      change->Abandon();
    }
    ASSERT_TRUE(change->Delete(store_.Id(name), RowNumber(0)).ok());
    status = change->Commit(Durability::kProcess).status();
    EXPECT_TRUE(status.ok()) << status;
  }
}

TEST_F(OpenChangesTest, AskTheTableForASymbolThatTheyTookBack) {
  store_.Create(
      Schema::Builder("venues").Column("name", Type::Symbol()).PrimaryKey({"name"}).Build());
  store_.Create(
      Schema::Builder("fills").Column("venue", Type::Text()).References("venues", "name").Build());
  auto change = store_.Begin();
  ASSERT_TRUE(Insert(*change, store_, "venues", {"XETR"}).ok());
  change->RollBackTo(0);
  auto other = store_.Begin();
  ASSERT_TRUE(Insert(*other, store_, "venues", {"XETR"}).ok());
  ASSERT_TRUE(other->Commit(Durability::kProcess).ok());
  ASSERT_TRUE(Insert(*change, store_, "fills", {"XETR"}).ok());
  const absl::Status status = change->Commit(Durability::kProcess).status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("fills"), "XETR\n");
}

TEST_F(OpenChangesTest, ActOnTablesThatAreNewerThanTheirSnapshot) {
  auto change = store_.Begin();
  ASSERT_TRUE(Insert(*change, store_, "orders", {"1", "XETR"}).ok());
  ASSERT_TRUE(change->Commit(Durability::kProcess).ok());
  ASSERT_TRUE(change->Delete(store_.Id("orders"), RowNumber(0)).ok()) << "it has looked";
  store_.Create(Schema::Builder("marks")
                    .Column("mark", Type::Symbol())
                    .Column("order_id", Type::Bigint())
                    .References("orders", "id", OnDelete::kSetNull)
                    .Build());
  store_.Create(Schema::Builder("fills")
                    .Column("mark", Type::Symbol())
                    .Column("order_id", Type::Bigint())
                    .References("orders", "id", OnDelete::kCascade)
                    .Build());
  auto other = store_.Begin();
  ASSERT_TRUE(Insert(*other, store_, "marks", {"m", "1"}).ok());
  ASSERT_TRUE(Insert(*other, store_, "fills", {"f", "1"}).ok());
  ASSERT_TRUE(other->Commit(Durability::kProcess).ok());
  const absl::Status status = change->Commit(Durability::kProcess).status();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("orders") + store_.Rows("marks") + store_.Rows("fills"), "m|NULL\n");
}

TEST_F(OpenChangesTest, KnowTheTextsOfTheirRowsAfterACommitThatWasRefused) {
  auto change = store_.Begin();
  ASSERT_TRUE(Insert(*change, store_, "orders", {"1", "XNEW", "buy"}).ok());
  auto other = store_.Begin();
  ASSERT_TRUE(Insert(*other, store_, "orders", {"1", "XNEW", "sell"}).ok());
  ASSERT_TRUE(other->Commit(Durability::kProcess).ok());
  EXPECT_FALSE(change->Commit(Durability::kProcess).ok());
  EXPECT_EQ(RowOf(*change, store_, "orders", RowNumber(kFirstStagedRow)), "1|XNEW|buy");
  // The same text again is the same code, and is known.
  ASSERT_TRUE(Insert(*change, store_, "orders", {"2", "XNEW", "buy"}).ok());
  EXPECT_EQ(RowOf(*change, store_, "orders", RowNumber(kFirstStagedRow + 1)), "2|XNEW|buy");
}

TEST_F(OpenChangesTest, FindTheLiveRowOfAKeyThatCameAndWentManyTimes) {
  auto change = store_.Begin();
  for (int time = 0; time < 3000; ++time) {
    const auto row = Insert(*change, store_, "orders", {"1", "XETR"});
    ASSERT_TRUE(row.ok()) << row.status();
    ASSERT_TRUE(change->Delete(store_.Id("orders"), *row).ok());
    ASSERT_TRUE(Insert(*change, store_, "orders", {std::to_string(time + 10), "XETR"}).ok());
    const auto none = Find({*change, store_}, "orders", 0, {"id"}, {"1"});
    ASSERT_TRUE(none.ok() && !none->has_value()) << none.status();
  }
  const auto last = Insert(*change, store_, "orders", {"1", "XETR"});
  const Change::Mark mark = change->mark();
  ASSERT_TRUE(change->Delete(store_.Id("orders"), *last).ok());
  auto found = Find({*change, store_}, "orders", 0, {"id"}, {"1"});
  ASSERT_TRUE(found.ok() && !found->has_value());
  change->RollBackTo(mark);
  found = Find({*change, store_}, "orders", 0, {"id"}, {"1"});
  ASSERT_TRUE(found.ok() && found->has_value()) << "it is back";
  EXPECT_EQ(**found, *last);
}

}  // namespace
}  // namespace tape::engine
