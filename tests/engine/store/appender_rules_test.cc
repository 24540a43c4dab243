// What an appender refuses, and what it leaves behind: nothing.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "format/bytes/message.h"
#include "tape/shared_appender.h"
#include "tape/snapshot.h"
#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

class AppenderRules : public StoreTest {
 protected:
  static Schema Orders() {
    auto schema = Schema::Builder("orders")
                      .Column("id", Type::Bigint())
                      .NotNull()
                      .Column("venue", Type::Symbol())
                      .Column("note", Type::Text())
                      .Build();
    EXPECT_TRUE(schema.ok()) << schema.status();
    return *std::move(schema);
  }

  std::unique_ptr<Appender> OpenOrders(Store& store) {
    auto appender = store.OpenAppender("main", "orders");
    EXPECT_TRUE(appender.ok()) << appender.status();
    return appender.ok() ? *std::move(appender) : nullptr;
  }

  static void SetId(Appender& orders, int64_t id) { orders.Set(*orders.Handle<int64_t>("id"), id); }
  static void SetVenue(Appender& orders, const std::string& venue) {
    orders.Set(*orders.Handle<SymbolCode>("venue"), *orders.Intern("venue", venue));
  }

  // Codes of the venue column of all rows, in order of arrival.
  static std::vector<uint32_t> Venues(const Store& store) {
    std::vector<uint32_t> codes;
    auto now = store.TakeSnapshot();
    EXPECT_TRUE(now.ok()) << now.status();
    auto scan =
        (*now)->Scan({.table = "orders", .columns = {"venue"}, .order = ScanOrder::kArrival});
    EXPECT_TRUE(scan.ok()) << scan.status();
    while (true) {
      auto rows = (*scan)->Next();
      EXPECT_TRUE(rows.ok()) << rows.status();
      if (!rows.ok() || *rows == 0) return codes;
      for (uint32_t code : (*scan)->column(0).Values<uint32_t>()) codes.push_back(code);
    }
  }
};

TEST_F(AppenderRules, ASymbolThatIsNotSetIsNullWhateverWasThereBefore) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  auto orders = OpenOrders(*store);
  SetId(*orders, 1);
  SetVenue(*orders, "XNAS");
  ASSERT_TRUE(orders->EndRow());
  SetId(*orders, 2);
  SetVenue(*orders, "XNYS");
  orders->Abandon();
  for (int64_t id = 1; id <= 3; ++id) {
    SetId(*orders, id);
    ASSERT_TRUE(orders->EndRow());
  }
  ASSERT_TRUE(orders->Commit().ok());
  EXPECT_EQ(Venues(*store), (std::vector<uint32_t>{0, 0, 0}));
}

TEST_F(AppenderRules, AChunkThatIsUsedAgainShowsNothingOfItsLastUse) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  auto orders = OpenOrders(*store);
  constexpr int64_t kRounds = 12, kRows = 3000;
  for (int64_t round = 0; round < kRounds; ++round) {
    for (int64_t row = 0; row < kRows; ++row) {
      SetId(*orders, row);
      if (round % 2 == 0) SetVenue(*orders, "XNAS");
      ASSERT_TRUE(orders->EndRow());
    }
    ASSERT_TRUE(orders->Commit().ok());
    ASSERT_TRUE(store->Work().ok());
    ASSERT_TRUE(store->Seal("main", "orders").ok());
    ASSERT_TRUE(store->Work().ok());
  }
  const std::vector<uint32_t> venues = Venues(*store);
  ASSERT_EQ(venues.size(), static_cast<size_t>(kRounds * kRows));
  for (size_t row = 0; row < venues.size(); ++row) {
    ASSERT_EQ(venues[row], row / kRows % 2 == 0 ? 1u : 0u) << row;
  }
}

TEST_F(AppenderRules, EveryColumnThatMustBeSetIsAskedForBeyondThe63rdAsWell) {
  auto store = Open(/*threads=*/false);
  Schema::Builder builder("wide");
  for (int i = 0; i < 80; ++i) {
    builder.Column(format::Concat("c", i), Type::Integer());
    if (i != 66) builder.NotNull();
  }
  auto schema = builder.Build();
  ASSERT_TRUE(schema.ok()) << schema.status();
  ASSERT_TRUE(store->CreateTable(*schema).ok());
  auto wide = *store->OpenAppender("main", "wide");
  const auto set_all_but = [&](int left_out) {
    for (int i = 0; i < 80; ++i) {
      if (i != left_out) wide->Set(*wide->Handle<int32_t>(format::Concat("c", i)), int32_t{i});
    }
  };
  for (int column : {0, 62, 63, 65, 79}) {
    set_all_but(column);
    EXPECT_FALSE(wide->EndRow()) << column;
    EXPECT_NE(wide->status().message().find(format::Concat("column c", column, " is NOT NULL")),
              absl::string_view::npos)
        << wide->status();
    wide->Abandon();
  }
  for (int column : {66, -1}) {
    set_all_but(column);
    EXPECT_TRUE(wide->EndRow()) << wide->status();
  }
  // What one row had set is nothing to the next.
  set_all_but(79);
  EXPECT_FALSE(wide->EndRow());
  wide->Abandon();
  EXPECT_TRUE(wide->Commit().ok());
}

TEST_F(AppenderRules, ARowThatIsNotThereIsNotKilled) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  auto orders = OpenOrders(*store);
  for (const RowNumber row : {RowNumber(0), RowNumber(~uint64_t{0})}) {
    orders->Kill(row);
    EXPECT_TRUE(absl::IsInvalidArgument(orders->status())) << orders->status();
    EXPECT_FALSE(orders->Commit().ok());
    orders->Abandon();
  }
  SetId(*orders, 1);
  ASSERT_TRUE(orders->EndRow());
  ASSERT_TRUE(orders->Commit().ok());
  orders->Kill(RowNumber(0));
  ASSERT_TRUE(orders->Commit(Durability::kDurable).ok());
  EXPECT_TRUE(Venues(*store).empty());
}

TEST_F(AppenderRules, ARowThatWasBegunIsInNoCommit) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  SharedAppender shared(OpenOrders(*store));
  const auto half = shared.Commit([&](Appender& orders) {
    SetId(orders, 7);
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(half.status())) << half.status();
  EXPECT_THROW(shared
                   .Commit([&](Appender& orders) -> absl::Status {
                     SetId(orders, 7);
                     throw std::runtime_error("a producer's own");
                   })
                   .IgnoreError(),
               std::runtime_error);
  const auto none = shared.Commit([&](Appender& orders) {
    orders.EndRow();  // nothing of the rows before is set
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(none.status())) << none.status();
  EXPECT_TRUE(Venues(*store).empty());
}

TEST_F(AppenderRules, ARowHasALimitOfBytes) {
  auto store = Open(/*threads=*/false);
  auto schema = Schema::Builder("texts")
                    .Column("a", Type::Text())
                    .Column("b", Type::Text())
                    .Column("c", Type::Text())
                    .Column("d", Type::Text())
                    .Column("e", Type::Text())
                    .Build();
  ASSERT_TRUE(schema.ok()) << schema.status();
  ASSERT_TRUE(store->CreateTable(*schema).ok());
  auto texts = *store->OpenAppender("main", "texts");
  const std::string longest(kMaxValueBytes, 'x');
  for (const char* column : {"a", "b", "c", "d"}) {
    texts->Set(*texts->Handle<std::string_view>(column), std::string_view(longest));
  }
  EXPECT_TRUE(texts->EndRow()) << texts->status();
  ASSERT_TRUE(texts->Commit(Durability::kDurable).ok());
  for (const char* column : {"a", "b", "c", "d", "e"}) {
    texts->Set(*texts->Handle<std::string_view>(column), std::string_view(longest));
  }
  EXPECT_FALSE(texts->EndRow());
  EXPECT_TRUE(absl::IsResourceExhausted(texts->status())) << texts->status();
}

TEST_F(AppenderRules, AppendersThatComeAndGoTakeNoMemory) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  for (int64_t round = 0; round < 300; ++round) {
    auto orders = OpenOrders(*store);
    ASSERT_NE(orders, nullptr) << round;
    SetId(*orders, round);
    orders->Set(*orders->Handle<std::string_view>("note"), std::string_view("a note"));
    ASSERT_TRUE(orders->EndRow()) << orders->status();
    ASSERT_TRUE(orders->Commit().ok());
  }
  EXPECT_EQ(Venues(*store).size(), 300u);
}

TEST_F(AppenderRules, AStoreIsClosedAfterItsAppendersAndAnswersAfterwards) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  auto orders = OpenOrders(*store);
  SetId(*orders, 1);
  ASSERT_TRUE(orders->EndRow());
  const auto lsn = orders->Commit();
  ASSERT_TRUE(lsn.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(store->Close())) << store->Close();
  orders.reset();
  ASSERT_TRUE(store->Close().ok());
  EXPECT_TRUE(store->Close().ok());
  EXPECT_EQ(store->committed(), *lsn);
  EXPECT_EQ(store->durable(), *lsn);
  EXPECT_TRUE(store->status().ok());
  EXPECT_EQ(Venues(*store).size(), 1u);
  EXPECT_TRUE(absl::IsFailedPrecondition(store->OpenAppender("main", "orders").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(store->MakeDurable(*lsn)));
  EXPECT_TRUE(absl::IsFailedPrecondition(store->Work()));
}

TEST_F(AppenderRules, AnOldSnapshotKnowsItsSymbolsThoughANewOneWasAskedFirst) {
  auto store = Open(/*threads=*/false);
  ASSERT_TRUE(store->CreateTable(Orders()).ok());
  {
    auto orders = OpenOrders(*store);
    SetId(*orders, 1);
    SetVenue(*orders, "XNAS");
    ASSERT_TRUE(orders->EndRow());
    ASSERT_TRUE(orders->Commit().ok());
  }
  auto before = store->TakeSnapshot();
  ASSERT_TRUE(before.ok()) << before.status();
  auto orders = OpenOrders(*store);
  SetId(*orders, 2);
  SetVenue(*orders, "XNYS");
  ASSERT_TRUE(orders->EndRow());
  ASSERT_TRUE(orders->Commit().ok());
  ASSERT_TRUE(store->Work().ok());
  ASSERT_TRUE(store->Seal("main", "orders").ok());
  auto after = store->TakeSnapshot();
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(*(*after)->Text("main", "orders", "venue", SymbolCode(2)), "XNYS");
  EXPECT_EQ(*(*before)->Text("main", "orders", "venue", SymbolCode(1)), "XNAS");
  EXPECT_EQ(*(*before)->Code("main", "orders", "venue", "XNAS"), SymbolCode(1));
  EXPECT_EQ(*(*before)->Code("main", "orders", "venue", "XNYS"), SymbolCode(0));
}

}  // namespace
}  // namespace tape
