// Deaths and power losses at any moment of a story of commits over two tables with keys and a
// foreign key: what is found is the rows after one of the commits, no earlier one than was
// promised, and every key leads to its row and to no other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/memory_file_system.h"
#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

constexpr int kCommits = 14;

class Story {
 public:
  Story() {
    store_.Create(Schema::Builder("accounts")
                      .Column("id", Type::Bigint())
                      .Column("name", Type::Varchar(8))
                      .Unique()
                      .PrimaryKey({"id"})
                      .SliceRows(kMinSliceRows)
                      .Build());
    store_.Create(Schema::Builder("orders")
                      .Column("id", Type::Bigint())
                      .Column("symbol", Type::Symbol())
                      .Column("account", Type::Bigint())
                      .References("accounts", "id", OnDelete::kCascade)
                      .PrimaryKey({"symbol", "id"})
                      .SliceRows(kMinSliceRows)
                      .Build());
    EXPECT_TRUE(store_.MakeDurable().ok());
  }

  ChangeStore& store() { return store_; }
  // After none, one, two ... of the commits; of a run that nothing disturbed.
  const std::vector<std::string>& states() const { return states_; }
  int acknowledged() const { return acknowledged_; }
  int durable() const { return durable_; }

  // Until something fails.
  void Run(bool remember) {
    if (remember) states_.push_back(Rows());
    for (int number = 0; number < kCommits; ++number) {
      const Durability durability = number % 3 == 2 ? Durability::kDurable : Durability::kProcess;
      // What is committed after the power has failed is nobody's to find.
      if (!Commit(number, durability).ok() || store_.files().power_failed()) return;
      ++acknowledged_;
      if (durability == Durability::kDurable) durable_ = acknowledged_;
      if (remember) states_.push_back(Rows());
      if (!Refuse().ok() || !Work(number).ok()) return;
    }
  }

  std::string Rows() { return store_.Rows("accounts") + "--\n" + store_.Rows("orders"); }

  // What is wrong with the keys of what is there; empty: nothing.
  std::string CheckKeys() {
    auto change = store_.Begin();
    std::string wrong = CheckKey(*change, "accounts", 0);
    if (wrong.empty()) wrong = CheckKey(*change, "accounts", 1);
    if (wrong.empty()) wrong = CheckKey(*change, "orders", 0);
    if (!wrong.empty()) return wrong;
    for (int id = 100; id < 110; ++id) {
      auto found = Find({*change, store_}, "accounts", 0, {"id"}, {std::to_string(id)});
      if (!found.ok() || found->has_value()) return "a key that no row has";
    }
    return {};
  }

 private:
  // Of every row.
  std::string CheckKey(Change& change, const std::string& table, size_t key) {
    for (const RowNumber row : store_.Numbers(table)) {
      const std::string wrong = CheckRow(change, table, key, row);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

  std::string CheckRow(Change& change, const std::string& table, size_t key, RowNumber row) {
    const bool of_orders = table == "orders";
    const std::vector<size_t> columns =
        of_orders ? std::vector<size_t>{1, 0} : std::vector<size_t>{key};
    std::vector<ColumnBuffer> values;
    for (const size_t column : columns) {
      values.emplace_back(store_.SchemaOf(table).physical(column));
    }
    absl::Status status = change.Read(store_.Id(table), row, columns, values);
    if (!status.ok()) return status.ToString();
    std::vector<ColumnView> views;
    for (const ColumnBuffer& value : values) views.push_back(value.view());
    if (views[0].IsNull(0)) return {};
    auto found = change.Find(store_.Id(table), key, views, 0);
    if (!found.ok()) return found.status().ToString();
    if (!found->has_value()) return table + ": a row is not found by its key";
    return **found == row ? "" : table + ": another row is found";
  }

  absl::Status Commit(int number, Durability durability) {
    auto change = store_.Begin();
    const std::string id = std::to_string(number);
    absl::Status status = Insert(*change, store_, "accounts", {id, "n" + id}).status();
    for (int i = 0; status.ok() && i < 30; ++i) {
      status = Insert(*change, store_, "orders",
                      {std::to_string(number * 100 + i), "S" + std::to_string((number + i) % 7),
                       std::to_string(number)})
                   .status();
    }
    if (status.ok() && number % 4 == 3) status = Rename(*change, number - 2);
    if (status.ok() && number % 5 == 4) status = Remove(*change, number - 3);
    return status.ok() ? change->Commit(durability).status() : status;
  }

  absl::Status Rename(Change& change, int account) {
    auto row = Find({change, store_}, "accounts", 0, {"id"}, {std::to_string(account)});
    if (!row.ok() || !row->has_value()) return row.status();
    return Replace({change, store_}, "accounts", **row, {"name"}, {"r" + std::to_string(account)})
        .status();
  }
  absl::Status Remove(Change& change, int account) {
    auto row = Find({change, store_}, "accounts", 0, {"id"}, {std::to_string(account)});
    if (!row.ok() || !row->has_value()) return row.status();
    return change.Delete(store_.Id("accounts"), **row);
  }

  // Nothing of this is ever found.
  absl::Status Refuse() {
    auto change = store_.Begin();
    absl::Status status = Insert(*change, store_, "accounts", {"200", "never"}).status();
    if (status.ok()) status = Insert(*change, store_, "orders", {"1", "NEVER", "201"}).status();
    if (!status.ok()) return status;
    status = change->Commit(Durability::kDurable).status();
    return absl::IsFailedPrecondition(status) ? absl::OkStatus() : absl::AbortedError("it went");
  }

  absl::Status Work(int number) {
    absl::Status status;
    if (number % 2 == 1) status = store_.MakeDurable();
    const char* table = number % 4 == 1 ? "orders" : "accounts";
    if (status.ok() && number % 2 == 1) {
      status = store_.writer().Seal(store_.Id(table), SealWhat::kEverything).status();
    }
    if (status.ok() && number % 6 == 5) status = store_.writer().Fold(store_.Id("orders"));
    return status;
  }

  ChangeStore store_;
  std::vector<std::string> states_;
  int acknowledged_ = 0;
  int durable_ = 0;
};

// What is there must be one of the states from `least` on.
void Check(Story& story, const std::vector<std::string>& states, int least) {
  const absl::Status opened = story.store().Open();
  ASSERT_TRUE(opened.ok()) << opened;
  const std::string rows = story.Rows();
  const auto at = std::ranges::find(states, rows) - states.begin();
  ASSERT_LT(at, static_cast<int64_t>(states.size())) << "rows of no commit:\n" << rows;
  ASSERT_GE(at, least);
  ASSERT_EQ(story.CheckKeys(), "");
  // And it goes on.
  auto change = story.store().Begin();
  ASSERT_TRUE(Insert(*change, story.store(), "accounts", {"300", "last"}).ok());
  ASSERT_TRUE(Insert(*change, story.store(), "orders", {"300", "LAST", "300"}).ok());
  ASSERT_TRUE(change->Commit(Durability::kDurable).ok());
}

TEST(ChangeCrash, LeavesARunOfCommitsWithTheirKeys) {
  Story whole;
  const uint64_t begin = whole.store().files().operations();
  whole.Run(/*remember=*/true);
  ASSERT_EQ(whole.acknowledged(), kCommits);
  ASSERT_EQ(whole.CheckKeys(), "");
  const uint64_t operations = whole.store().files().operations() - begin;
  const bool full = std::getenv("TAPE_TEST_FULL") != nullptr;
  const uint64_t step = full ? 1 : operations / 24;
  int states = 0;
  for (uint64_t at = 1; at < operations; at += step) {
    SCOPED_TRACE(testing::Message() << "the power fails at operation " << at);
    for (const PowerLoss& how : {PowerLoss::LoseAll(), PowerLoss::Random(at)}) {
      Story story;
      story.store().files().PowerFailsAt(at);
      story.Run(/*remember=*/false);
      story.store().Drop();
      const auto left = story.store().files().AfterPowerLoss(how);
      story.store().Use(*left);
      story.store().host().SetBoot({static_cast<uint8_t>(1 + at % 250), 3});
      Check(story, whole.states(), story.durable());
      if (testing::Test::HasFatalFailure()) return;
      story.store().Drop();
      ++states;
    }
  }
  EXPECT_GE(states, 40);
}

TEST(ChangeCrash, LosesNothingWithTheProcess) {
  Story whole;
  const uint64_t begin = whole.store().files().operations();
  whole.Run(/*remember=*/true);
  const uint64_t operations = whole.store().files().operations() - begin;
  const bool full = std::getenv("TAPE_TEST_FULL") != nullptr;
  for (uint64_t at = 1; at < operations; at += full ? 1 : operations / 16) {
    SCOPED_TRACE(testing::Message() << "death at operation " << at);
    Story story;
    story.store().files().PowerFailsAt(at);
    story.Run(/*remember=*/false);
    story.store().Drop();
    const auto left = story.store().files().AfterProcessDeath();
    story.store().Use(*left);
    Check(story, whole.states(), story.acknowledged());
    if (testing::Test::HasFatalFailure()) return;
    story.store().Drop();
  }
}

}  // namespace
}  // namespace tape::engine
