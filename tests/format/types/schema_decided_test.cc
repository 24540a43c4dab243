// What is decided where a definition is silent, on the shapes of the five seed schemas and on the
// edges of the rule.
#include <gtest/gtest.h>

#include <string>

#include "tape/schema.h"

namespace tape {
namespace {

using Builder = Schema::Builder;

IndexDefinition Index(std::string name, std::vector<IndexColumn> columns, std::string where = {}) {
  IndexDefinition index;
  index.name = std::move(name);
  index.columns = std::move(columns);
  index.where = std::move(where);
  return index;
}

// "time/cluster/partition/history" in words, "-" for none.
std::string DecidedFor(const Builder& builder) {
  const absl::StatusOr<Schema> schema = builder.Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  if (!schema.ok()) return "";
  const auto name = [&](std::optional<size_t> index) {
    return index.has_value() ? schema->column(*index).name : std::string("-");
  };
  constexpr const char* kPartitions[] = {"none", "day", "week", "month"};
  constexpr const char* kHistories[] = {"default", "none", "all", "interval"};
  return name(schema->time_column()) + " " + name(schema->cluster_column()) + " " +
         kPartitions[static_cast<int>(schema->partition())] + " " +
         kHistories[static_cast<int>(schema->history())];
}

TEST(Decided, IndexedTickTableOfDex) {
  EXPECT_EQ(DecidedFor(Builder("price_data")
                           .Column("id", Type::Bigserial())
                           .PrimaryKey()
                           .Column("token_symbol", Type::Text())
                           .NotNull()
                           .Column("timestamp", Type::Timestamp())
                           .NotNull()
                           .Add(Index("idx_price_time", {{"timestamp", false}}))
                           .Add(Index("idx_price_token", {{"token_symbol", false}}))),
            "timestamp - day all");
}

TEST(Decided, PartitionedMarketDataOfScalp) {
  const Builder market_data = Builder("market_data")
                                  .Column("timestamp", Type::TimestampTz())
                                  .NotNull()
                                  .Column("symbol", Type::Varchar(20))
                                  .NotNull()
                                  .Column("exchange", Type::Varchar(20))
                                  .NotNull()
                                  .Column("price", Type::Decimal(20, 10))
                                  .NotNull()
                                  .PrimaryKey({"timestamp", "symbol", "exchange"})
                                  .PartitionBy(Partition::kDay, "timestamp");
  EXPECT_EQ(DecidedFor(market_data), "timestamp symbol day none");
  EXPECT_EQ(market_data.Build()->decision().time_source, "PARTITION BY");
  EXPECT_EQ(market_data.Build()->decision().cluster_source, "key market_data_pkey");
}

TEST(Decided, MutablePositionsOfScalpByTheNameOfTheTimeColumn) {
  const Builder positions =
      Builder("positions")
          .Column("position_id", Type::Bigserial())
          .PrimaryKey()
          .Column("timestamp", Type::TimestampTz())
          .NotNull()
          .Column("symbol", Type::Varchar(20))
          .NotNull()
          .Column("status", Type::Varchar(20))
          .NotNull()
          .Default("open")
          .Add(Index("positions_symbol_status_idx", {{"symbol", false}, {"status", false}}));
  EXPECT_EQ(DecidedFor(positions), "timestamp - day all");
  EXPECT_EQ(positions.Build()->decision().time_source, "its name");
  EXPECT_EQ(positions.Build()->decision().cluster_source, "");
}

TEST(Decided, TradesOfScalpThroughTheirBrinIndex) {
  const Builder trades =
      Builder("trades")
          .Column("trade_id", Type::Bigserial())
          .PrimaryKey()
          .Column("timestamp", Type::TimestampTz())
          .NotNull()
          .Column("symbol", Type::Varchar(20))
          .NotNull()
          .Add(Index("symbol_timestamp_idx", {{"symbol", false}, {"timestamp", false}}));
  EXPECT_EQ(DecidedFor(trades), "timestamp symbol day all");
  EXPECT_EQ(trades.Build()->decision().cluster_source, "index symbol_timestamp_idx");
}

TEST(Decided, RiskMetricsAndAnalyticsOfScalpByTheirKeys) {
  EXPECT_EQ(DecidedFor(Builder("risk_metrics")
                           .Column("timestamp", Type::TimestampTz())
                           .PrimaryKey()
                           .Column("var_95", Type::Decimal(20, 10))),
            "timestamp - day none");
  EXPECT_EQ(DecidedFor(Builder("performance_analytics")
                           .Column("timestamp", Type::TimestampTz())
                           .Column("period", Type::Varchar(20))
                           .PrimaryKey({"timestamp", "period"})),
            "timestamp period day none");
}

TEST(Decided, ModelVersionsOfScalpHaveNoDayForCreatedAt) {
  EXPECT_EQ(DecidedFor(Builder("model_versions")
                           .Column("model_id", Type::Bigserial())
                           .PrimaryKey()
                           .Column("version", Type::Varchar(50))
                           .NotNull()
                           .Unique()
                           .Column("created_at", Type::TimestampTz())
                           .NotNull()
                           .Default(ColumnDefault::Now())
                           .Column("deployed_at", Type::TimestampTz())),
            "- - none all");
}

TEST(Decided, MarketDataOfMltradingThroughItsUnique) {
  EXPECT_EQ(DecidedFor(Builder("market_data")
                           .Column("id", Type::Bigserial())
                           .PrimaryKey()
                           .Column("symbol", Type::Varchar(10))
                           .NotNull()
                           .Column("timestamp", Type::Timestamp())
                           .NotNull()
                           .Column("source", Type::Varchar(20))
                           .Default("yahoo")
                           .Column("created_at", Type::Timestamp())
                           .Default(ColumnDefault::Now())
                           .Unique({"symbol", "timestamp", "source"})),
            "timestamp symbol day all");
}

TEST(Decided, HypertableOfAnalyticsTakesTheFirstIndexWithAString) {
  EXPECT_EQ(
      DecidedFor(Builder("trade_outcomes")
                     .Column("id", Type::Bigserial())
                     .PrimaryKey()
                     .Column("trade_id", Type::Uuid())
                     .NotNull()
                     .Unique()
                     .Column("strategy_id", Type::Varchar(50))
                     .NotNull()
                     .Column("symbol", Type::Varchar(10))
                     .NotNull()
                     .Column("entry_time", Type::TimestampTz())
                     .NotNull()
                     .Add(Index("by_time", {{"entry_time", true}}))
                     .Add(Index("by_strategy", {{"strategy_id", false}, {"entry_time", true}}))
                     .Add(Index("by_symbol", {{"symbol", false}, {"entry_time", true}}))
                     .PartitionBy(Partition::kWeek, "entry_time")),
      "entry_time strategy_id week all");
}

TEST(Decided, QueueAndTestsOfAnalyticsHaveNoDayForAPartialIndex) {
  EXPECT_EQ(DecidedFor(Builder("optimization_queue")
                           .Column("id", Type::Bigserial())
                           .PrimaryKey()
                           .Column("next_run_at", Type::TimestampTz())
                           .NotNull()
                           .Column("status", Type::Varchar(20))
                           .Column("updated_at", Type::TimestampTz())
                           .Add(Index("next_run", {{"next_run_at", false}}, "enabled = TRUE"))),
            "- - none all");
}

TEST(Decided, EventsOfAnalyticsHaveNoDayForANullableTime) {
  EXPECT_EQ(
      DecidedFor(Builder("improvement_events")
                     .Column("id", Type::Bigserial())
                     .PrimaryKey()
                     .Column("event_type", Type::Varchar(30))
                     .NotNull()
                     .Column("event_timestamp", Type::TimestampTz())
                     .Default(ColumnDefault::Now())
                     .Add(Index("by_type", {{"event_type", false}, {"event_timestamp", true}}))),
      "- - none all");
}

TEST(Decided, StrategyPerformanceOfAnalyticsHasNoDayForADate) {
  EXPECT_EQ(DecidedFor(Builder("strategy_performance")
                           .Column("strategy_id", Type::Varchar(50))
                           .NotNull()
                           .Column("period_start", Type::Date())
                           .NotNull()
                           .Unique({"strategy_id", "period_start"})),
            "- - none all");
}

TEST(Decided, UsersOfQuantbotAreKeyed) {
  EXPECT_EQ(DecidedFor(Builder("users")
                           .Column("user_id", Type::Uuid())
                           .PrimaryKey()
                           .Column("email", Type::Varchar(255))
                           .NotNull()
                           .Unique()
                           .Sensitive()
                           .Column("created_at", Type::Timestamp())
                           .NotNull()
                           .Default(ColumnDefault::Now())),
            "- - none all");
}

TEST(Decided, MeasurementsOfQuantbotByTagsAndTime) {
  EXPECT_EQ(DecidedFor(Builder("trading_metrics")
                           .Column("time", Type::Timestamp())
                           .NotNull()
                           .Column("token_address", Type::Text())
                           .Column("strategy_id", Type::Text())
                           .NotNull()
                           .Column("pnl", Type::Double())
                           .UniqueNullsNotDistinct({"token_address", "strategy_id", "time"})),
            "time strategy_id day none");
}

TEST(Decided, LogsWithoutAnyKeyByTheirName) {
  const auto logs = [] {
    return Builder("logs")
        .Column("timestamp", Type::Timestamp())
        .NotNull()
        .Column("level", Type::Text())
        .NotNull();
  };
  EXPECT_EQ(DecidedFor(logs()), "timestamp - day none");
  EXPECT_EQ(DecidedFor(logs().PartitionBy(Partition::kMonth)), "timestamp - month none");
  EXPECT_EQ(DecidedFor(logs().PartitionBy(Partition::kNone)), "timestamp - none none");
  EXPECT_EQ(DecidedFor(logs().ClusterBy("level")), "timestamp level day none");
  EXPECT_EQ(DecidedFor(Builder("logs").Column("timestamp", Type::Timestamp())), "- - none none");
  EXPECT_EQ(DecidedFor(Builder("logs").Column("timestamp", Type::Bigint()).NotNull()),
            "- - none none");
  EXPECT_EQ(DecidedFor(Builder("logs").Column("ts", Type::Timestamp()).NotNull()), "- - none none");
}

Builder Keyed() {
  return Builder("t")
      .Column("a", Type::Timestamp())
      .NotNull()
      .Column("b", Type::Timestamp())
      .NotNull()
      .Column("created_at", Type::Timestamp())
      .NotNull()
      .Column("s", Type::Text())
      .NotNull()
      .Column("secret", Type::Text())
      .NotNull()
      .Sensitive();
}

TEST(Decided, LooksAtPrimaryKeyThenUniquesThenIndexes) {
  const IndexDefinition index = Index("i", {{"b", false}, {"s", false}});
  EXPECT_EQ(DecidedFor(Keyed().Add(index)), "b s day none");
  EXPECT_EQ(DecidedFor(Keyed().Add(index).Unique({"a"})), "a - day none");
  EXPECT_EQ(DecidedFor(Keyed().Unique({"a"}).PrimaryKey({"s", "b"})), "b s day all");
  EXPECT_EQ(DecidedFor(Keyed().Unique({"a"}).Unique({"a", "s"})), "a s day none");
}

TEST(Decided, TakesCreatedAtOnlyIfDeclared) {
  EXPECT_EQ(DecidedFor(Keyed().Unique({"created_at", "s"})), "- - none all");
  EXPECT_EQ(
      DecidedFor(Keyed().Unique({"created_at", "s"}).PartitionBy(Partition::kDay, "created_at")),
      "created_at s day none");
}

TEST(Decided, NeverClustersBySensitiveOrNullableColumns) {
  EXPECT_EQ(DecidedFor(Keyed().Unique({"secret", "a", "s"})), "a s day none");
  EXPECT_EQ(DecidedFor(Keyed().Unique({"secret", "a"})), "a - day none");
  EXPECT_EQ(DecidedFor(Keyed().Column("n", Type::Text()).Unique({"n", "a", "s"})), "a s day none");
}

TEST(Decided, FollowsWhatIsDeclared) {
  TableOptions keep_all;
  keep_all.history = History::kAll;
  EXPECT_EQ(DecidedFor(Keyed().Unique({"a", "s"}).NotClustered()), "a - day none");
  EXPECT_EQ(DecidedFor(Keyed().Unique({"a", "s"}).With(keep_all)), "a s day all");
  EXPECT_EQ(DecidedFor(Keyed().Unique({"a", "s"}).PartitionBy(Partition::kMonth, "b")),
            "b - month all");
  EXPECT_EQ(DecidedFor(Keyed().Unique({"a", "s"}).PartitionBy(Partition::kNone)), "a s none none");
}

TEST(Decided, CountsAUniqueIndexAsAKey) {
  IndexDefinition unique = Index("u", {{"s", false}});
  EXPECT_EQ(DecidedFor(Keyed().Add(unique)), "- - none none");
  unique.unique = true;
  EXPECT_EQ(DecidedFor(Keyed().Add(unique)), "- - none all");
}

}  // namespace
}  // namespace tape
