// Changes against a plain model of two tables with rules: whatever is done, in whatever order, with
// seals, folds, deaths and power losses in between, a commit is taken if and only if the model says
// that every rule holds after it, and the rows are those of the model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/io/chance.h"
#include "engine/io/memory_file_system.h"
#include "tape/timestamp.h"
#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

struct Account {
  int64_t id = 0;
  std::string name;  // "NULL" is none
};
struct Order {
  int64_t ts = 0;  // seconds
  std::string symbol;
  int64_t id = 0;
  std::string account;  // "NULL" is none
};

// A row as the change knows it, and as the model does.
template <typename Row>
struct Versioned {
  Row row;
  RowNumber number;
  std::optional<RowNumber> origin{};  // the committed row that it was, if it was one
  bool takes_place = false;           // it is that, or a new version of any row
};

template <typename Row>
using Table = std::vector<Versioned<Row>>;

struct Rows {
  Table<Account> accounts;
  Table<Order> orders;
};

std::string Text(int64_t seconds) {
  return Timestamp::FromNanos(seconds * 1'000'000'000).ToString();
}
Texts TextsOf(const Account& a) { return {std::to_string(a.id), a.name}; }
Texts TextsOf(const Order& o) { return {Text(o.ts), o.symbol, std::to_string(o.id), o.account}; }
template <typename Row>
std::string Line(const Row& row) {
  std::string line;
  for (const std::string& text : TextsOf(row)) line += (line.empty() ? "" : "|") + text;
  return line + "\n";
}

class Story {
 public:
  Story(uint64_t seed, OnDelete on_delete) : chance_(seed), on_delete_(on_delete) {
    store_.Create(Schema::Builder("accounts")
                      .Column("id", Type::Bigint())
                      .Column("name", Type::Varchar(8))
                      .Unique()
                      .PrimaryKey({"id"})
                      .SliceRows(kMinSliceRows)
                      .Build());
    store_.Create(Schema::Builder("orders")
                      .Column("ts", Type::Timestamp())
                      .Column("symbol", Type::Symbol())
                      .Column("id", Type::Bigint())
                      .NotNull()
                      .Column("account", Type::Integer())
                      .References("accounts", "id", on_delete)
                      .PrimaryKey({"ts", "symbol", "id"})
                      .PartitionBy(Partition::kDay, "ts")
                      .ClusterBy("symbol")
                      .SliceRows(kMinSliceRows)
                      .Build());
  }

  void Run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) {
      const uint64_t choice = chance_.Below(20);
      if (choice < 13) {
        ChangeSomething();
      } else if (choice < 16) {
        store_.Seal(chance_.OneIn(2) ? "accounts" : "orders");
      } else if (choice < 17) {
        store_.Fold(chance_.OneIn(2) ? "accounts" : "orders");
      } else if (choice < 19) {
        change_.reset();  // it belongs to the store that goes
        ASSERT_TRUE(store_.Open().ok()) << "the process died";
      } else {
        LosePower();
      }
      if (chance_.OneIn(4)) Compare();
    }
    Compare();
  }

  int taken() const { return taken_; }
  int refused() const { return refused_; }

 private:
  void LosePower() {
    ASSERT_TRUE(store_.MakeDurable().ok());
    change_.reset();
    store_.Drop();
    disks_.push_back(store_.files().AfterPowerLoss(PowerLoss::LoseAll()));
    store_.Use(*disks_.back());
    ++boots_;
    store_.host().SetBoot({static_cast<uint8_t>(boots_), 7});
    ASSERT_TRUE(store_.Open().ok());
  }

  // ---- one change

  void ChangeSomething() {
    change_ = store_.Begin();
    now_ = rows_;
    const uint64_t statements = 1 + chance_.Below(6);
    for (uint64_t i = 0; i < statements; ++i) {
      const Change::Mark mark = change_->mark();
      const Rows before = now_;
      Statement();
      if (!chance_.OneIn(6)) continue;
      change_->RollBackTo(mark);
      now_ = before;
    }
    if (chance_.OneIn(10)) return change_->Abandon();
    Rows after = now_;
    Act(after);
    const std::string wrong = WhatIsWrong(after);
    const bool changes = !change_->empty();
    const absl::StatusOr<Lsn> lsn = change_->Commit(Durability::kProcess);
    ASSERT_EQ(lsn.ok(), wrong.empty()) << lsn.status() << "; the model: " << wrong;
    if (!lsn.ok()) {
      ASSERT_EQ(lsn.status().code(), absl::StatusCode::kFailedPrecondition) << lsn.status();
      ++refused_;
      return;
    }
    taken_ += changes ? 1 : 0;
    Keep(after);
  }

  void Statement() {
    const uint64_t choice = chance_.Below(10);
    if (choice < 2) {
      Add(now_.accounts, "accounts", NewAccount());
    } else if (choice < 6) {
      const uint64_t rows = chance_.OneIn(8) ? 200 : 1 + chance_.Below(4);
      for (uint64_t i = 0; i < rows; ++i) Add(now_.orders, "orders", NewOrder());
    } else if (choice < 7) {
      Update(now_.accounts, "accounts", NewAccount(), "name");
    } else if (choice < 8) {
      Update(now_.orders, "orders", NewOrder(), "account");
    } else if (choice < 9) {
      Remove(now_.accounts, "accounts");
    } else {
      Remove(now_.orders, "orders");
    }
  }

  Account NewAccount() {
    return {static_cast<int64_t>(chance_.Below(12)),
            chance_.OneIn(3) ? "NULL" : "n" + std::to_string(chance_.Below(12))};
  }
  Order NewOrder() {
    // Mostly later than all before; at times late, and at times a key that was there.
    const int64_t ts = chance_.OneIn(3) ? static_cast<int64_t>(chance_.Below(200'000))
                                        : clock_ += static_cast<int64_t>(chance_.Below(2000));
    return {ts, "S" + std::to_string(chance_.Below(4)), static_cast<int64_t>(chance_.Below(2)),
            chance_.OneIn(3) ? "NULL" : std::to_string(chance_.Below(12))};
  }

  template <typename Row>
  void Add(Table<Row>& table, std::string_view name, const Row& row) {
    const auto number = Insert(*change_, store_, name, TextsOf(row));
    ASSERT_TRUE(number.ok()) << number.status();
    table.push_back({row, *number, std::nullopt, false});
  }

  // Only one column is given, or all of them.
  template <typename Row>
  void Update(Table<Row>& table, std::string_view name, const Row& row, std::string_view one) {
    if (table.empty()) return;
    Versioned<Row>& old = table[chance_.Below(table.size())];
    Texts columns;
    for (const Column& column : store_.SchemaOf(name).columns()) columns.push_back(column.name);
    Row fresh = row;
    Texts values = TextsOf(row);
    if (chance_.OneIn(2)) {
      fresh = old.row;
      if constexpr (std::is_same_v<Row, Account>) fresh.name = row.name;
      if constexpr (std::is_same_v<Row, Order>) fresh.account = row.account;
      columns = {std::string(one)};
      values = {one == "name" ? values[1] : values[3]};
    }
    const auto number = Replace({*change_, store_}, name, old.number, columns, values);
    ASSERT_TRUE(number.ok()) << number.status();
    old = {fresh, *number, old.origin, true};
  }

  template <typename Row>
  void Remove(Table<Row>& table, std::string_view name) {
    if (table.empty()) return;
    const size_t at = chance_.Below(table.size());
    const absl::Status status = change_->Delete(store_.Id(name), table[at].number);
    ASSERT_TRUE(status.ok()) << status;
    table.erase(table.begin() + static_cast<ptrdiff_t>(at));
  }

  // ---- the model's rules

  static bool Has(const Rows& rows, const std::string& id) {
    return std::ranges::any_of(rows.accounts,
                               [&](const auto& a) { return std::to_string(a.row.id) == id; });
  }

  // ON DELETE, of the committed keys whose rows are deleted.
  void Act(Rows& rows) const {
    std::set<std::string> lost;
    for (const Versioned<Account>& before : rows_.accounts) {
      const bool stays = std::ranges::any_of(
          now_.accounts, [&](const auto& a) { return a.origin == before.origin; });
      const std::string id = std::to_string(before.row.id);
      if (!stays && !Has(rows, id)) lost.insert(id);
    }
    const auto refers = [&](const Versioned<Order>& order) {
      return order.takes_place && lost.contains(order.row.account);
    };
    if (on_delete_ == OnDelete::kCascade) std::erase_if(rows.orders, refers);
    if (on_delete_ != OnDelete::kSetNull) return;
    for (Versioned<Order>& order : rows.orders) {
      if (refers(order)) order.row.account = "NULL";
    }
  }

  static std::string WhatIsWrong(const Rows& rows) {
    std::set<int64_t> ids;
    std::set<std::string> names;
    for (const Versioned<Account>& a : rows.accounts) {
      if (!ids.insert(a.row.id).second) return "account twice";
      if (a.row.name != "NULL" && !names.insert(a.row.name).second) return "name twice";
    }
    std::set<std::string> keys;
    for (const Versioned<Order>& o : rows.orders) {
      const std::string key = std::to_string(o.row.ts) + o.row.symbol + std::to_string(o.row.id);
      if (!keys.insert(key).second) return "order twice";
      if (o.row.account != "NULL" && !Has(rows, o.row.account)) return "order without account";
    }
    return {};
  }

  // The rows as they are now, with the numbers that they have in the store.
  void Keep(const Rows& rows) {
    rows_ = rows;
    Number(rows_.accounts, "accounts");
    Number(rows_.orders, "orders");
  }

  template <typename Row>
  void Number(Table<Row>& table, std::string_view name) {
    std::map<std::string, RowNumber> numbers;
    auto change = store_.Begin();
    for (const RowNumber row : store_.Numbers(name)) {
      numbers[RowOf(*change, store_, name, row) + "\n"] = row;
    }
    ASSERT_EQ(numbers.size(), table.size()) << name;
    for (Versioned<Row>& row : table) {
      ASSERT_TRUE(numbers.contains(Line(row.row))) << name << ": " << Line(row.row);
      row.number = numbers[Line(row.row)];
      row.origin = row.number;
      row.takes_place = true;
    }
  }

  template <typename Row>
  std::string Lines(const Table<Row>& table) const {
    std::multiset<std::string> lines;
    for (const Versioned<Row>& row : table) lines.insert(Line(row.row));
    std::string all;
    for (const std::string& line : lines) all += line;
    return all;
  }

  std::string Sorted(std::string_view table) {
    std::multiset<std::string> lines;
    auto change = store_.Begin();
    for (const RowNumber row : store_.Numbers(table)) {
      lines.insert(RowOf(*change, store_, table, row) + "\n");
    }
    std::string all;
    for (const std::string& line : lines) all += line;
    return all;
  }

  void Compare() {
    ASSERT_EQ(Sorted("accounts"), Lines(rows_.accounts));
    ASSERT_EQ(Sorted("orders"), Lines(rows_.orders));
  }

  Chance chance_;
  const OnDelete on_delete_;
  std::vector<std::unique_ptr<MemoryFileSystem>> disks_;
  ChangeStore store_;
  std::unique_ptr<Change> change_;
  Rows rows_;  // committed
  Rows now_;   // as the change sees them
  int64_t clock_ = 0;
  int boots_ = 0;
  int taken_ = 0;
  int refused_ = 0;
};

class ChangeModel : public testing::TestWithParam<OnDelete> {};

TEST_P(ChangeModel, TakesWhatTheRulesAllowAndNothingElse) {
  const bool full = std::getenv("TAPE_TEST_FULL") != nullptr;
  int taken = 0;
  int refused = 0;
  for (uint64_t seed = 0; seed < (full ? 100u : 3u); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Story story(seed, GetParam());
    story.Run(full ? 200 : 60);
    if (HasFatalFailure()) return;
    taken += story.taken();
    refused += story.refused();
  }
  EXPECT_GT(taken, 20);
  EXPECT_GT(refused, 10);
}

INSTANTIATE_TEST_SUITE_P(OnDelete, ChangeModel,
                         testing::Values(OnDelete::kNoAction, OnDelete::kCascade,
                                         OnDelete::kSetNull));

}  // namespace
}  // namespace tape::engine
