// One commit of several changes: of tables that only one of them has, and of tables that several
// have looked at.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <span>
#include <string>

#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

class CommitPartsTest : public testing::Test {
 protected:
  CommitPartsTest() {
    store_.Create(Schema::Builder("accounts")
                      .Column("id", Type::Bigint())
                      .Column("name", Type::Symbol())
                      .PrimaryKey({"id"})
                      .Build());
    store_.Create(Schema::Builder("orders")
                      .Column("id", Type::Bigint())
                      .Column("account", Type::Bigint())
                      .References("accounts", "id", OnDelete::kCascade)
                      .PrimaryKey({"id"})
                      .Build());
  }

  void Commit(std::string_view table, const Texts& values) {
    auto change = store_.Begin();
    ASSERT_TRUE(Insert(*change, store_, table, values).ok());
    const absl::Status status = change->Commit(Durability::kProcess).status();
    ASSERT_TRUE(status.ok()) << status;
  }

  static absl::Status Together(std::span<Change* const> changes,
                               std::span<TailAppender* const> plain = {}) {
    return Change::CommitTogether(changes, plain, Durability::kProcess).status();
  }

  ChangeStore store_;
};

TEST_F(CommitPartsTest, ATableInTwoOfThemIsRefusedAndNothingIsLost) {
  Commit("accounts", {"1", "ann"});
  auto one = store_.Begin();
  auto two = store_.Begin();
  ASSERT_TRUE(Insert(*one, store_, "accounts", {"2", "bob"}).ok());
  ASSERT_TRUE(Insert(*two, store_, "accounts", {"2", "carl"}).ok());
  ASSERT_TRUE(two->Delete(store_.Id("accounts"), RowNumber(0)).ok());
  const std::array both = {one.get(), two.get()};
  const Lsn before = store_.writer().sequence().committed();
  absl::Status status = Together(both);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_NE(Message(status).find("table main.accounts is in two parts"), std::string::npos);
  EXPECT_EQ(store_.writer().sequence().committed(), before);
  EXPECT_EQ(store_.Rows("accounts"), "1|ann\n");
  // Each has what it had.
  ASSERT_TRUE(one->Commit(Durability::kProcess).ok());
  EXPECT_EQ(two->Commit(Durability::kProcess).status().code(),
            absl::StatusCode::kFailedPrecondition);
  two->RollBackTo(0);
  ASSERT_TRUE(two->Delete(store_.Id("accounts"), RowNumber(0)).ok());
  status = two->Commit(Durability::kProcess).status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("accounts"), "2|bob\n");
}

TEST_F(CommitPartsTest, KillsAloneAreHalfOfATableToo) {
  Commit("accounts", {"1", "ann"});
  auto one = store_.Begin();
  auto two = store_.Begin();
  ASSERT_TRUE(Insert(*one, store_, "accounts", {"2", "bob"}).ok());
  ASSERT_TRUE(two->Delete(store_.Id("accounts"), RowNumber(0)).ok());
  const std::array both = {one.get(), two.get()};
  EXPECT_EQ(Together(both).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store_.Rows("accounts"), "1|ann\n");
}

TEST_F(CommitPartsTest, ATableThatOneHasOnlyLookedAtIsTheOthers) {
  auto one = store_.Begin();
  auto two = store_.Begin();
  const auto none = Find({*one, store_}, "accounts", 0, {"id"}, {"7"});
  ASSERT_TRUE(none.ok() && !none->has_value()) << none.status();
  ASSERT_TRUE(Insert(*one, store_, "orders", {"1", "7"}).ok());
  ASSERT_TRUE(Insert(*two, store_, "accounts", {"7", "ann"}).ok());
  const std::array both = {one.get(), two.get()};
  const absl::Status status = Together(both);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("accounts") + store_.Rows("orders"), "7|ann\n1|7\n");
}

TEST_F(CommitPartsTest, AnActionJoinsWhatAnotherOfThemHasOfItsTable) {
  Commit("accounts", {"1", "ann"});
  Commit("accounts", {"2", "bob"});
  Commit("orders", {"10", "1"});
  Commit("orders", {"11", "2"});
  auto one = store_.Begin();
  auto two = store_.Begin();
  // The first looks at the child, takes a parent away; the second has rows and kills of the child.
  const auto ten = Find({*one, store_}, "orders", 0, {"id"}, {"10"});
  ASSERT_TRUE(ten.ok() && ten->has_value()) << ten.status();
  ASSERT_TRUE(one->Delete(store_.Id("accounts"), RowNumber(0)).ok());
  ASSERT_TRUE(Insert(*two, store_, "orders", {"12", "2"}).ok());
  ASSERT_TRUE(two->Delete(store_.Id("orders"), RowNumber(1)).ok());
  const std::array both = {one.get(), two.get()};
  const absl::Status status = Together(both);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("accounts"), "2|bob\n");
  EXPECT_EQ(store_.Rows("orders"), "12|2\n");
}

TEST_F(CommitPartsTest, ARefusedCommitLeavesNoPartThatNobodyMade) {
  Commit("accounts", {"1", "ann"});
  Commit("orders", {"10", "1"});
  const std::shared_ptr<OpenTable> orders = store_.writer().Find(store_.Id("orders"));
  orders->has_appender = true;  // somebody else's: the action cannot go through
  auto one = store_.Begin();
  ASSERT_TRUE(one->Delete(store_.Id("accounts"), RowNumber(0)).ok());
  EXPECT_EQ(one->Commit(Durability::kProcess).status().code(), absl::StatusCode::kUnavailable);
  TailAppender appender(*orders->tail, store_.writer().sequence(), FullTail::kPrepare);
  ASSERT_TRUE(appender.Start(0).ok());
  auto two = store_.Begin();
  ASSERT_TRUE(two->Hold(store_.Id("orders"), appender).ok());
  const std::array both = {one.get(), two.get()};
  const absl::Status status = Together(both);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(store_.Rows("accounts") + store_.Rows("orders"), "");
}

TEST_F(CommitPartsTest, ATableIsNotCheckedInOneAndUncheckedInAnother) {
  const std::shared_ptr<OpenTable> orders = store_.writer().Find(store_.Id("orders"));
  orders->has_appender = true;
  TailAppender appender(*orders->tail, store_.writer().sequence(), FullTail::kPrepare);
  ASSERT_TRUE(appender.Start(0).ok());
  auto change = store_.Begin();
  ASSERT_TRUE(change->Hold(store_.Id("orders"), appender).ok());
  ASSERT_TRUE(Insert(*change, store_, "orders", {"1", "NULL"}).ok());
  Change* const one[] = {change.get()};
  TailAppender* const plain[] = {&appender};
  EXPECT_EQ(Together(one, plain).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store_.Rows("orders"), "");
  EXPECT_TRUE(Together(one).ok());
  EXPECT_EQ(store_.Rows("orders"), "1|NULL\n");
}

}  // namespace
}  // namespace tape::engine
