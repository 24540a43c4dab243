#include "engine/change/foreign_keys.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

// Accounts with a number and a name; orders of accounts, by number; notes of accounts, by name.
class ForeignKeysTest : public testing::Test {
 protected:
  void MakeTables(OnDelete on_delete) {
    store_.Create(Schema::Builder("accounts")
                      .Column("id", Type::Bigint())
                      .Column("name", Type::Varchar(20))
                      .NotNull()
                      .Unique()
                      .PrimaryKey({"id"})
                      .Build());
    store_.Create(Schema::Builder("orders")
                      .Column("id", Type::Integer())
                      .Column("account", Type::Integer())
                      .References("accounts", "id", on_delete)
                      .PrimaryKey({"id"})
                      .Build());
    store_.Create(Schema::Builder("notes")
                      .Column("name", Type::Symbol())
                      .References("accounts", "name", on_delete)
                      .Column("text", Type::Text())
                      .Build());
  }

  absl::Status Commit(std::string_view table, const Texts& values) {
    auto change = store_.Begin();
    absl::StatusOr<RowNumber> row = Insert(*change, store_, table, values);
    if (!row.ok()) return row.status();
    return change->Commit(Durability::kProcess).status();
  }

  absl::Status Remove(std::string_view table, uint64_t row) {
    auto change = store_.Begin();
    absl::Status status = change->Delete(store_.Id(table), RowNumber(row));
    return status.ok() ? change->Commit(Durability::kProcess).status() : status;
  }

  // Two accounts with an order and a note each, in tail or slices.
  void Fill(bool seal) {
    ASSERT_TRUE(Commit("accounts", {"1", "ann"}).ok());
    ASSERT_TRUE(Commit("accounts", {"2", "bob"}).ok());
    for (const char* id : {"10", "11"}) ASSERT_TRUE(Commit("orders", {id, "1"}).ok());
    ASSERT_TRUE(Commit("orders", {"20", "2"}).ok());
    ASSERT_TRUE(Commit("orders", {"30", "NULL"}).ok());
    ASSERT_TRUE(Commit("notes", {"ann", "a"}).ok());
    ASSERT_TRUE(Commit("notes", {"bob", "b"}).ok());
    if (!seal) return;
    for (const char* table : {"accounts", "orders", "notes"}) store_.Seal(table);
  }

  ChangeStore store_;
};

TEST_F(ForeignKeysTest, NeedAParentOfEveryChild) {
  MakeTables(OnDelete::kNoAction);
  EXPECT_EQ(Message(Commit("orders", {"10", "1"})),
            "table main.orders: FOREIGN KEY orders_account_fkey (account): row 0 of the commit has "
            "(1), which no row of main.accounts (id) has");
  EXPECT_EQ(
      Message(Commit("notes", {"ann", "x"})),
      "table main.notes: FOREIGN KEY notes_name_fkey (name): row 0 of the commit has ('ann'), "
      "which no row of main.accounts (name) has");
  EXPECT_TRUE(Commit("orders", {"10", "NULL"}).ok()) << "NULL refers to nothing";
  ASSERT_TRUE(Commit("accounts", {"1", "ann"}).ok());
  EXPECT_TRUE(Commit("orders", {"11", "1"}).ok());
  store_.Seal("accounts");
  EXPECT_TRUE(Commit("notes", {"ann", "x"}).ok());
  ASSERT_TRUE(store_.Open().ok());
  EXPECT_TRUE(Commit("notes", {"ann", "y"}).ok());
  EXPECT_EQ(Commit("notes", {"bob", "y"}).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ForeignKeysTest, LetOneCommitBringParentAndChildInAnyOrder) {
  MakeTables(OnDelete::kNoAction);
  auto change = store_.Begin();
  ASSERT_TRUE(Insert(*change, store_, "notes", {"ann", "first"}).ok());
  ASSERT_TRUE(Insert(*change, store_, "orders", {"10", "1"}).ok());
  ASSERT_TRUE(Insert(*change, store_, "accounts", {"1", "ann"}).ok());
  absl::Status status = change->Commit(Durability::kProcess).status();
  EXPECT_TRUE(status.ok()) << status;
  // And take both away.
  ASSERT_TRUE(change->Delete(store_.Id("accounts"), RowNumber(0)).ok());
  EXPECT_FALSE(change->Commit(Durability::kProcess).ok());
  ASSERT_TRUE(change->Delete(store_.Id("orders"), RowNumber(0)).ok());
  ASSERT_TRUE(change->Delete(store_.Id("notes"), RowNumber(0)).ok());
  status = change->Commit(Durability::kProcess).status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("notes") + store_.Rows("orders") + store_.Rows("accounts"), "");
}

TEST_F(ForeignKeysTest, KeepAParentThatHasChildren) {
  for (const OnDelete on_delete : {OnDelete::kNoAction, OnDelete::kRestrict}) {
    for (const bool seal : {false, true}) {
      store_.Drop();
      MemoryFileSystem files;
      ASSERT_TRUE(files.MakeDirectory("/shm").ok());
      ASSERT_TRUE(files.MarkVolatile("/shm").ok());
      store_.Use(files);
      ASSERT_TRUE(store_.Open().ok());
      MakeTables(on_delete);
      Fill(seal);
      EXPECT_EQ(Message(Remove("accounts", 1)),
                "table main.orders: FOREIGN KEY orders_account_fkey (account): row 2 refers to (2) "
                "of main.accounts, which the commit takes away");
      ASSERT_TRUE(Remove("orders", 2).ok());
      EXPECT_EQ(Message(Remove("accounts", 1)),
                "table main.notes: FOREIGN KEY notes_name_fkey (name): row 1 refers to ('bob') of "
                "main.accounts, which the commit takes away");
      ASSERT_TRUE(Remove("notes", 1).ok());
      EXPECT_TRUE(Remove("accounts", 1).ok());
      EXPECT_EQ(store_.Rows("accounts"), "1|ann\n");
      store_.Drop();
    }
  }
}

TEST_F(ForeignKeysTest, DeleteChildrenWithTheirParent) {
  MakeTables(OnDelete::kCascade);
  Fill(true);
  ASSERT_TRUE(Commit("orders", {"12", "1"}).ok());
  const Lsn before = store_.writer().sequence().committed();
  const absl::Status status = Remove("accounts", 0);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.writer().sequence().committed(), before + 1) << "all of it is one commit";
  EXPECT_EQ(store_.Rows("accounts"), "2|bob\n");
  EXPECT_EQ(store_.Rows("orders"), "20|2\n30|NULL\n");
  EXPECT_EQ(store_.Rows("notes"), "bob|b\n");
}

TEST_F(ForeignKeysTest, SetNullWhereTheParentGoes) {
  MakeTables(OnDelete::kSetNull);
  Fill(false);
  const absl::Status status = Remove("accounts", 0);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("orders"), "20|2\n30|NULL\n10|NULL\n11|NULL\n");
  EXPECT_EQ(store_.Rows("notes"), "bob|b\nNULL|a\n");
}

TEST_F(ForeignKeysTest, RefuseToChangeAKeyThatChildrenHave) {
  MakeTables(OnDelete::kCascade);
  Fill(false);
  auto change = store_.Begin();
  ASSERT_TRUE(Replace({*change, store_}, "accounts", RowNumber(0), {"id"}, {"7"}).ok());
  EXPECT_EQ(Message(change->Commit(Durability::kProcess).status()),
            "table main.orders: FOREIGN KEY orders_account_fkey (account): row 0 refers to (1) of "
            "main.accounts, which the commit takes away");
  for (const uint64_t row : {0, 1}) {
    ASSERT_TRUE(Replace({*change, store_}, "orders", RowNumber(row), {"account"}, {"7"}).ok());
  }
  const absl::Status status = change->Commit(Durability::kProcess).status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("orders"), "20|2\n30|NULL\n10|7\n11|7\n");
  // Another row may have the key at once.
  ASSERT_TRUE(Insert(*change, store_, "accounts", {"8", "ann2"}).ok());
  ASSERT_TRUE(Replace({*change, store_}, "accounts", RowNumber(1), {"id"}, {"9"}).ok());
  ASSERT_TRUE(
      Replace({*change, store_}, "accounts", RowNumber(kFirstStagedRow), {"id"}, {"2"}).ok());
  EXPECT_TRUE(change->Commit(Durability::kProcess).ok());
}

TEST_F(ForeignKeysTest, TakeNewVersionsOfChildrenAlong) {
  MakeTables(OnDelete::kCascade);
  Fill(false);
  auto change = store_.Begin();
  ASSERT_TRUE(Replace({*change, store_}, "notes", RowNumber(0), {"text"}, {"new"}).ok());
  ASSERT_TRUE(change->Delete(store_.Id("accounts"), RowNumber(0)).ok());
  absl::Status status = change->Commit(Durability::kProcess).status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("notes"), "bob|b\n");
  // A new version that goes again is a deletion of its row.
  ASSERT_TRUE(Insert(*change, store_, "accounts", {"3", "carl"}).ok());
  ASSERT_TRUE(Insert(*change, store_, "orders", {"33", "3"}).ok());
  ASSERT_TRUE(change->Commit(Durability::kProcess).ok());
  const auto renamed = Replace({*change, store_}, "accounts", RowNumber(2), {"name"}, {"carla"});
  ASSERT_TRUE(renamed.ok());
  ASSERT_TRUE(change->Delete(store_.Id("accounts"), *renamed).ok());
  status = change->Commit(Durability::kProcess).status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("orders"), "20|2\n30|NULL\n");
  // A row that the commit itself brings needs its parent.
  ASSERT_TRUE(Insert(*change, store_, "notes", {"bob", "new"}).ok());
  ASSERT_TRUE(change->Delete(store_.Id("accounts"), RowNumber(1)).ok());
  EXPECT_EQ(change->Commit(Durability::kProcess).status().code(),
            absl::StatusCode::kFailedPrecondition);
  change->Abandon();
  EXPECT_EQ(store_.Rows("accounts"), "2|bob\n") << "and no action of a refused commit stays";
  EXPECT_EQ(store_.Rows("orders"), "20|2\n30|NULL\n");
}

TEST(ForeignKeys, GoThroughTreesAndCycles) {
  ChangeStore store;
  store.Create(Schema::Builder("folders")
                   .Column("id", Type::Bigint())
                   .Column("parent", Type::Bigint())
                   .References("folders", "id", OnDelete::kCascade)
                   .PrimaryKey({"id"})
                   .Build());
  auto change = store.Begin();
  ASSERT_TRUE(Insert(*change, store, "folders", {"1", "NULL"}).ok());
  ASSERT_TRUE(Insert(*change, store, "folders", {"2", "1"}).ok());
  ASSERT_TRUE(Insert(*change, store, "folders", {"3", "2"}).ok());
  ASSERT_TRUE(Insert(*change, store, "folders", {"4", "3"}).ok());
  ASSERT_TRUE(Insert(*change, store, "folders", {"10", "11"}).ok()) << "a cycle";
  ASSERT_TRUE(Insert(*change, store, "folders", {"11", "10"}).ok());
  ASSERT_TRUE(Insert(*change, store, "folders", {"20", "20"}).ok()) << "its own parent";
  absl::Status status = change->Commit(Durability::kProcess).status();
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_TRUE(change->Delete(store.Id("folders"), RowNumber(1)).ok());
  ASSERT_TRUE(change->Delete(store.Id("folders"), RowNumber(5)).ok());
  status = change->Commit(Durability::kProcess).status();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(store.Rows("folders"), "1|NULL\n20|20\n");
  ASSERT_TRUE(change->Delete(store.Id("folders"), RowNumber(6)).ok());
  EXPECT_TRUE(change->Commit(Durability::kProcess).ok());
}

TEST(ForeignKeys, LookForTheParentByAKeyOfSeveralColumns) {
  ChangeStore store;
  store.Create(Schema::Builder("listings")
                   .Column("venue", Type::Symbol())
                   .Column("number", Type::Bigint())
                   .PrimaryKey({"venue", "number"})
                   .Build());
  store.Create(Schema::Builder("quotes")
                   .Column("id", Type::Bigint())
                   .Column("listing", Type::Smallint())
                   .Column("at", Type::Varchar(8))
                   .Add(ForeignKey{.name = "",
                                   .columns = {"listing", "at"},
                                   .referenced_schema = "",
                                   .referenced_table = "listings",
                                   .referenced_columns = {"number", "venue"},
                                   .on_delete = OnDelete::kCascade})
                   .PrimaryKey({"id"})
                   .Build());
  auto change = store.Begin();
  ASSERT_TRUE(Insert(*change, store, "listings", {"XETR", "7"}).ok());
  ASSERT_TRUE(Insert(*change, store, "listings", {"XNYS", "7"}).ok());
  ASSERT_TRUE(Insert(*change, store, "quotes", {"1", "7", "XETR"}).ok());
  ASSERT_TRUE(Insert(*change, store, "quotes", {"2", "7", "NULL"}).ok());
  absl::Status status = change->Commit(Durability::kProcess).status();
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_TRUE(Insert(*change, store, "quotes", {"3", "8", "XETR"}).ok());
  EXPECT_EQ(Message(change->Commit(Durability::kProcess).status()),
            "table main.quotes: FOREIGN KEY quotes_listing_at_fkey (at, listing): row 0 of the "
            "commit has ('XETR', 8), which no row of main.listings (venue, number) has");
  change->Abandon();
  store.Seal("quotes");
  ASSERT_TRUE(change->Delete(store.Id("listings"), RowNumber(0)).ok());
  ASSERT_TRUE(change->Commit(Durability::kProcess).ok());
  EXPECT_EQ(store.Rows("quotes"), "2|7|NULL\n");
}

}  // namespace
}  // namespace tape::engine
