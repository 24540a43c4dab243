#include "tape/schema.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "format/bytes/message.h"

namespace tape {
namespace {

Schema Built(const Schema::Builder& builder) {
  absl::StatusOr<Schema> schema = builder.Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return schema.ok() ? *std::move(schema) : *Schema::Builder("broken").Column("a", Type()).Build();
}

Schema::Builder Trades() {
  Schema::Builder builder("trades");
  builder.InSchema("scalp")
      .Comment("every trade")
      .Column("ts", Type::Timestamp())
      .NotNull()
      .Column("symbol", Type::Symbol())
      .NotNull()
      .Column("price", Type::Decimal(18, 2))
      .NotNull()
      .Check("price > 0")
      .Check("price < 1000000")
      .Column("size", Type::Bigint())
      .NotNull()
      .Default("0")
      .Comment("in lots")
      .Column("note", Type::Text())
      .PartitionBy(Partition::kDay, "ts")
      .ClusterBy("symbol");
  return builder;
}

TEST(Schema, IsBuiltAsOneExpression) {
  const Schema trades = Built(Trades());
  EXPECT_EQ(trades.schema_name(), "scalp");
  EXPECT_EQ(trades.name(), "trades");
  EXPECT_EQ(trades.definition().comment, "every trade");
  EXPECT_EQ(trades.columns().size(), 5u);
  EXPECT_EQ(trades.time_column(), 0u);
  EXPECT_EQ(trades.cluster_column(), 1u);
  EXPECT_EQ(trades.partition(), Partition::kDay);
  EXPECT_EQ(trades.decision().time_source, "PARTITION BY");
  EXPECT_EQ(trades.decision().cluster_source, "CLUSTER BY");
  EXPECT_EQ(trades.column(3).default_value, ColumnDefault::Literal("0"));
  EXPECT_EQ(trades.column(3).comment, "in lots");
  EXPECT_FALSE(trades.column(0).nullable);
  EXPECT_TRUE(trades.column(4).nullable);
  EXPECT_EQ(trades.options().slice_rows, kDefaultSliceRows);
}

TEST(Schema, FindsColumnsByName) {
  const Schema trades = Built(Trades());
  for (size_t i = 0; i < trades.columns().size(); ++i) {
    EXPECT_EQ(trades.Find(trades.column(i).name), i);
  }
  EXPECT_EQ(trades.Find("Price"), std::nullopt);
  EXPECT_EQ(trades.Find(""), std::nullopt);
  EXPECT_EQ(trades.Find("zz"), std::nullopt);
}

TEST(Schema, NumbersColumnsAboveTheHighestGivenId) {
  TableDefinition definition;
  definition.name = "t";
  for (const uint32_t id : {0u, 7u, 0u, 3u}) {
    Column column;
    column.id = ColumnId(id);
    column.name = format::Concat("c", definition.columns.size());
    definition.columns.push_back(column);
  }
  const absl::StatusOr<Schema> schema = Schema::Make(definition);
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->column(0).id, ColumnId(8));
  EXPECT_EQ(schema->column(1).id, ColumnId(7));
  EXPECT_EQ(schema->column(2).id, ColumnId(9));
  EXPECT_EQ(schema->column(3).id, ColumnId(3));
}

TEST(Schema, NamesConstraintsAsPostgresDoes) {
  const Schema orders =
      Built(Schema::Builder("orders")
                .Column("id", Type::Bigserial())
                .PrimaryKey()
                .Column("order_id", Type::Varchar(50))
                .Unique()
                .Column("side", Type::Varchar(4))
                .Check("side IN ('buy', 'sell')")
                .Check("side <> ''")
                .Check("length(side) > 2", "long_enough")
                .Column("user_id", Type::Uuid())
                .References("users", "user_id", OnDelete::kCascade)
                .Unique({"side", "user_id"})
                .Add(KeyConstraint{"orders_pkey1", {"side"}, true})
                .Add(IndexDefinition{{}, {{"side", false}, {"user_id", true}}, {}, {}, {}, false})
                .Add(IndexDefinition{{}, {{"side", true}, {"user_id", false}}, {}, {}, {}, false}));
  const TableDefinition& definition = orders.definition();
  EXPECT_EQ(definition.primary_key->name, "orders_pkey");
  EXPECT_EQ(definition.uniques[0].name, "orders_order_id_key");
  EXPECT_EQ(definition.uniques[1].name, "orders_side_user_id_key");
  EXPECT_EQ(definition.uniques[2].name, "orders_pkey1");
  EXPECT_EQ(definition.checks[0].name, "orders_side_check");
  EXPECT_EQ(definition.checks[1].name, "orders_side_check1");
  EXPECT_EQ(definition.checks[2].name, "long_enough");
  EXPECT_EQ(definition.foreign_keys[0].name, "orders_user_id_fkey");
  EXPECT_EQ(definition.foreign_keys[0].referenced_schema, "main");
  EXPECT_EQ(definition.foreign_keys[0].referenced_columns, std::vector<std::string>{"user_id"});
  EXPECT_EQ(definition.indexes[0].name, "orders_side_user_id_idx");
  EXPECT_EQ(definition.indexes[1].name, "orders_side_user_id_idx1");
}

TEST(Schema, CutsGeneratedNamesToFitAtACharacter) {
  std::string table;  // 126 bytes of two-byte characters
  for (int i = 0; i < 63; ++i) table += "\xC3\xA9";
  const Schema schema =
      Built(Schema::Builder(table).Column("a", Type()).PrimaryKey().Unique().Unique());
  const TableDefinition& definition = schema.definition();
  EXPECT_TRUE(ValidateIdentifier(definition.primary_key->name).ok());
  EXPECT_TRUE(definition.primary_key->name.ends_with("\xC3\xA9_pkey"));
  EXPECT_NE(definition.uniques[0].name, definition.uniques[1].name);
}

TEST(Schema, CompletesWhatADefinitionImplies) {
  const Schema schema = Built(Schema::Builder("t")
                                  .Column("a", Type::Bigserial())
                                  .Column("b", Type::Text())
                                  .Column("c", Type::Integer())
                                  .Column("at", Type::TimestampTz())
                                  .PrimaryKey({"b", "c"})
                                  .PartitionBy(Partition::kWeek, "at"));
  for (const Column& column : schema.columns()) EXPECT_FALSE(column.nullable) << column.name;
  EXPECT_EQ(schema.column(0).default_value, ColumnDefault::Sequence());
  EXPECT_EQ(schema.column(1).default_value, ColumnDefault());
  EXPECT_EQ(schema.partition(), Partition::kWeek);
}

TEST(Schema, MadeOfItsOwnDefinitionIsEqual) {
  const Schema trades = Built(Trades());
  const absl::StatusOr<Schema> again = Schema::Make(trades.definition());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, trades);
  EXPECT_EQ(again->decision(), trades.decision());
  EXPECT_FALSE(*again == Built(Trades().SliceRows(2048)));
}

TEST(Schema, StoresSymbolsAsCodes) {
  const Schema schema = Built(Schema::Builder("t")
                                  .Column("sym", Type::Symbol())
                                  .Column("kind", Type::Enum(EnumId(1)))
                                  .Column("venue", Type::Varchar(20))
                                  .Column("pair", Type::Text())
                                  .Column("note", Type::Text())
                                  .Column("id", Type::Decimal(20, 0))
                                  .Symbols({"venue"})
                                  .ClusterBy("pair"));
  const std::vector<bool> expected = {true, true, true, true, false, false};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(schema.IsSymbol(i), expected[i]) << i;
  EXPECT_EQ(schema.physical(2), Physical::kCode32);
  EXPECT_EQ(schema.physical(4), Physical::kBytes);
  EXPECT_EQ(schema.physical(5), Physical::kInt128);
}

TEST(Schema, KeepsNoBoundsOfSensitiveColumns) {
  const Schema users = Built(Schema::Builder("users")
                                 .Column("email", Type::Varchar(255))
                                 .Sensitive()
                                 .NotNull()
                                 .Unique()
                                 .Column("name", Type::Text()));
  EXPECT_FALSE(users.column(0).keeps_bounds());
  EXPECT_TRUE(users.column(1).keeps_bounds());
}

// Adds what is wrong to a table that is right, and expects the complaint.
struct Refusal {
  std::function<void(Schema::Builder&)> spoil;
  std::string complaint;
};

void ExpectRefused(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    Schema::Builder builder = Trades();
    refusal.spoil(builder);
    const absl::Status status = builder.Build().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << refusal.complaint;
    EXPECT_EQ(status.message(), "table \"trades\": " + refusal.complaint);
  }
}

using Builder = Schema::Builder;

TEST(Schema, RefusesBadColumns) {
  ExpectRefused({
      {[](Builder& b) { b.Column("price", Type::Text()); }, "column \"price\" appears twice"},
      {[](Builder& b) { b.Column("", Type::Text()); }, "column \"\": a name is empty"},
      {[](Builder& b) { b.Column(std::string("a\0b", 3), Type::Text()); },
       "column \"a\\x00b\": name \"a\\x00b\" is not UTF-8 without NUL"},
      {[](Builder& b) { b.Column("a\xFF", Type::Text()); },
       "column \"a\\xff\": name \"a\\xff\" is not UTF-8 without NUL"},
      {[](Builder& b) { b.Column("d", Type::Decimal(39, 0)); },
       "column \"d\": DECIMAL(39,0): precision 39 is not in 1..38"},
      {[](Builder& b) { b.Column("i", Type::Interval()); },
       "column \"i\": INTERVAL is for expressions, not for columns"},
      {[](Builder& b) { b.Column("s", Type::Symbol()).Sensitive(); },
       "column \"s\": SENSITIVE keeps no dictionary, which SYMBOL needs"},
      {[](Builder& b) { b.Column("e", Type::Enum(EnumId(4))).Sensitive(); },
       "column \"e\": SENSITIVE keeps no dictionary, which ENUM(4) needs"},
      {[](Builder& b) { b.Column("c", Type::Text()).Comment(std::string(70'000, 'x')); },
       "column \"c\": 70000 bytes, more than 65536"},
  });
}

TEST(Schema, RefusesBadDefaults) {
  ExpectRefused({
      {[](Builder& b) { b.Column("n", Type::Text()).Default(ColumnDefault::Now()); },
       "column \"n\": its default does not give a TEXT"},
      {[](Builder& b) { b.Column("n", Type::Text()).Default(ColumnDefault::RandomUuid()); },
       "column \"n\": its default does not give a TEXT"},
      {[](Builder& b) { b.Column("n", Type::Double()).Default(ColumnDefault::Sequence()); },
       "column \"n\": its default does not give a DOUBLE PRECISION"},
      {[](Builder& b) { b.Column("n", Type::Serial()).Default("1"); },
       "column \"n\": SERIAL is NOT NULL and its default is its sequence"},
      {[](Builder& b) {
         b.Column("n", Type::Uuid()).Default({ColumnDefault::Kind::kRandomUuid, "x"});
       },
       "column \"n\": a literal beside another default"},
      {[](Builder& b) {
         b.Column("n", Type()).Default({static_cast<ColumnDefault::Kind>(9), {}});
       },
       "column \"n\": default 9 is unknown"},
  });
}

TEST(Schema, TakesEveryDefaultThatFits) {
  Built(Schema::Builder("t")
            .Column("a", Type::Timestamp())
            .Default(ColumnDefault::Now())
            .Column("b", Type::TimestampTz())
            .Default(ColumnDefault::Now())
            .Column("c", Type::Date())
            .Default(ColumnDefault::Now())
            .Column("d", Type::Uuid())
            .Default(ColumnDefault::RandomUuid())
            .Column("e", Type::Bigint())
            .Default(ColumnDefault::Sequence())
            .Column("f", Type::Text())
            .Default("")
            .Column("g", Type::Serial()));
}

TEST(Schema, RefusesBadKeys) {
  ExpectRefused({
      {[](Builder& b) {
         b.PrimaryKey({"ts", "venue"});
       },
       "primary key \"trades_pkey\": column \"venue\" does not exist"},
      {[](Builder& b) {
         b.Unique({"ts", "ts"});
       },
       "unique \"trades_ts_ts_key\": column \"ts\" appears twice"},
      {[](Builder& b) { b.Column("j", Type::Jsonb()).Unique(); },
       "unique \"trades_j_key\": column \"j\" is JSONB, which cannot be compared for equality"},
      {[](Builder& b) { b.Column("j", Type::Array(Type::Json())).PrimaryKey(); },
       "primary key \"trades_pkey\": column \"j\" is JSON[], which cannot be compared for "
       "equality"},
      {[](Builder& b) { b.UniqueNullsNotDistinct({}); }, "unique \"trades_key\": no columns"},
      {[](Builder& b) {
         b.Add(KeyConstraint{"trades_price_check", {"ts"}, true});
       },
       "check \"trades_price_check\": the name is taken"},
      {[](Builder& b) { b.PrimaryKey({"ts"}).PrimaryKey({"price"}); }, "a second primary key"},
      {[](Builder& b) { b.Check(""); }, "check \"trades_note_check\": no expression"},
      {[](Builder& b) { b.Check("x", "trades_price_check"); },
       "check \"trades_price_check\": the name is taken"},
      {[](Builder& b) { b.Check(std::string(70'000, '1'), "c"); },
       "check \"c\": 70000 bytes, more than 65536"},
  });
}

TEST(Schema, RefusesBadForeignKeys) {
  const auto key = [](std::vector<std::string> columns, std::string table,
                      std::vector<std::string> referenced) {
    ForeignKey foreign_key;
    foreign_key.name = "f";
    foreign_key.columns = std::move(columns);
    foreign_key.referenced_table = std::move(table);
    foreign_key.referenced_columns = std::move(referenced);
    return foreign_key;
  };
  ExpectRefused({
      {[&](Builder& b) { b.Add(key({"venue"}, "venues", {"id"})); },
       "foreign key \"f\": column \"venue\" does not exist"},
      {[&](Builder& b) {
         b.Add(key({"symbol", "ts"}, "venues", {"id"}));
       },
       "foreign key \"f\": 2 columns refer to 1"},
      {[&](Builder& b) { b.Add(key({"symbol"}, "", {"id"})); },
       "foreign key \"f\": referenced table: a name is empty"},
      {[&](Builder& b) { b.Add(key({"symbol"}, "venues", {""})); },
       "foreign key \"f\": referenced column: a name is empty"},
      {[&](Builder& b) { b.Add(key({"symbol"}, "trades", {"parent"})); },
       "foreign key \"f\": column \"parent\" does not exist"},
      {[&](Builder& b) { b.Add(key({"symbol"}, "trades", {})); },
       "foreign key \"f\": the table has no primary key to refer to"},
      {[&](Builder& b) {
         b.PrimaryKey({"ts", "symbol"}).Add(key({"symbol"}, "trades", {}));
       },
       "foreign key \"f\": 1 columns refer to 2"},
  });
  Built(Trades().Add(key({"symbol"}, "venues", {})));
  Built(Trades().PrimaryKey({"symbol"}).Add(key({"symbol"}, "trades", {})));
}

TEST(Schema, RefusesBadIndexes) {
  const auto index = [](std::vector<IndexColumn> columns, std::vector<std::string> include) {
    return IndexDefinition{"i", std::move(columns), std::move(include), {}, {}, false};
  };
  ExpectRefused({
      {[&](Builder& b) {
         b.Add(index({{"venue", false}}, {}));
       },
       "index \"i\": column \"venue\" does not exist"},
      {[&](Builder& b) { b.Add(index({}, {})); }, "index \"i\": no columns"},
      {[&](Builder& b) {
         b.Add(index({{"ts", true}, {"ts", false}}, {}));
       },
       "index \"i\": column \"ts\" appears twice"},
      {[&](Builder& b) {
         b.Add(index({{"ts", true}}, {"size", "venue"}));
       },
       "index \"i\" INCLUDE: column \"venue\" does not exist"},
      {[&](Builder& b) {
         b.Add(index({{"ts", true}}, {})).Add(index({{"size", true}}, {}));
       },
       "index \"i\": the name is taken"},
      {[&](Builder& b) {
         IndexDefinition unique = index({{"j", false}}, {});
         unique.unique = true;
         b.Column("j", Type::Json()).Add(unique);
       },
       "index \"i\": column \"j\" is JSON, which cannot be compared for equality"},
      {[&](Builder& b) {
         IndexDefinition odd = index({{"ts", false}}, {});
         odd.method = static_cast<IndexMethod>(77);
         b.Add(odd);
       },
       "index \"i\": method 77 is unknown"},
  });
  Built(Trades().Add(index({{"symbol", false}, {"ts", true}}, {"price", "size"})));
}

TEST(Schema, RefusesBadTimeAndClusterColumns) {
  ExpectRefused({
      {[](Builder& b) { b.PartitionBy(Partition::kDay, "when"); },
       "time column: column \"when\" does not exist"},
      {[](Builder& b) { b.PartitionBy(Partition::kDay, "size"); },
       "time column \"size\" is BIGINT, expected TIMESTAMP or TIMESTAMPTZ"},
      {[](Builder& b) {
         b.Column("at", Type::Timestamp()).Sensitive().PartitionBy(Partition::kDay, "at");
       },
       "time column \"at\" is SENSITIVE, and so has no bounds to find days by"},
      {[](Builder& b) { b.PartitionBy(Partition::kMonth); },
       "PARTITION BY needs a NOT NULL timestamp column, named or plain to see"},
      {[](Builder& b) { b.PartitionBy(static_cast<Partition>(4), "ts"); },
       "partition 4 is unknown"},
      {[](Builder& b) { b.ClusterBy("venue"); }, "cluster column: column \"venue\" does not exist"},
      {[](Builder& b) { b.ClusterBy("size"); },
       "cluster column \"size\" is BIGINT, expected SYMBOL, ENUM, TEXT or VARCHAR"},
      {[](Builder& b) { b.Column("token", Type::Text()).Sensitive().ClusterBy("token"); },
       "cluster column \"token\" is SENSITIVE, and so has no dictionary"},
  });
}

TEST(Schema, RefusesBadOptions) {
  const auto with = [](auto change) {
    return [change](Builder& b) {
      TableOptions options;
      change(options);
      b.With(options);
    };
  };
  ExpectRefused({
      {[](Builder& b) { b.SliceRows(1023); }, "slice_rows 1023 is not in 1024..1048576"},
      {[](Builder& b) { b.SliceRows(1'048'577); }, "slice_rows 1048577 is not in 1024..1048576"},
      {[](Builder& b) { b.Symbols({"venue"}); },
       "symbols: column: column \"venue\" does not exist"},
      {[](Builder& b) {
         b.Symbols({"note", "note"});
       },
       "symbols: column \"note\" appears twice"},
      {[](Builder& b) { b.Symbols({"size"}); },
       "symbols: column \"size\" is BIGINT, expected SYMBOL, ENUM, TEXT or VARCHAR"},
      {[](Builder& b) { b.Column("k", Type::Text()).Sensitive().Symbols({"k"}); },
       "symbols: column \"k\" is SENSITIVE, and so has no dictionary"},
      {with([](TableOptions& o) { o.durability = Durability::kInterval; }),
       "durability: interval of 0 ms is not in 1..3600000"},
      {with([](TableOptions& o) { o.durability_interval_ms = 5; }),
       "durability: an interval that nothing uses"},
      {with([](TableOptions& o) { o.history = History::kInterval; }),
       "history: the interval is not above 0"},
      {with([](TableOptions& o) { o.history_interval_ns = 5; }),
       "history: an interval that nothing uses"},
      {with([](TableOptions& o) { o.durability = static_cast<Durability>(8); }),
       "durability 8 is unknown"},
  });
  TableOptions reserved;
  reserved.retain = "30 days";
  EXPECT_EQ(Trades().With(reserved).Build().status().code(), absl::StatusCode::kUnimplemented);
}

TEST(Schema, KeepsTheFirstMistakeOfTheExpression) {
  const absl::Status status =
      Schema::Builder("t").NotNull().Sensitive().Column("a", Type()).Build().status();
  EXPECT_EQ(status.message(), "table \"t\": NotNull() before the first column");
  EXPECT_FALSE(Schema::Builder("t").PrimaryKey().Column("a", Type()).Build().ok());
  EXPECT_FALSE(Schema::Builder("t").Check("1").Column("a", Type()).Build().ok());
}

TEST(Schema, RefusesTablesWithoutAName) {
  EXPECT_EQ(Schema::Builder("").Column("a", Type()).Build().status().message(),
            "table \"\": name: a name is empty");
  EXPECT_EQ(Schema::Builder("t").InSchema("").Column("a", Type()).Build().status().message(),
            "table \"t\": schema name: a name is empty");
  EXPECT_EQ(Schema::Builder("t").Build().status().message(), "table \"t\": has no columns");
  EXPECT_TRUE(ValidateIdentifier(std::string(kMaxIdentifierBytes, 'n')).ok());
  EXPECT_FALSE(ValidateIdentifier(std::string(kMaxIdentifierBytes + 1, 'n')).ok());
  EXPECT_TRUE(ValidateIdentifier("time stamp \"quoted\" \xC3\xA9").ok());
}

TEST(Schema, BoundsWhatATableMayHave) {
  Schema::Builder wide("wide");
  for (uint32_t i = 0; i < kMaxColumns; ++i) wide.Column(format::Concat("c", i), Type::Double());
  const Schema schema = Built(wide);
  EXPECT_EQ(schema.Find("c4095"), 4095u);
  EXPECT_FALSE(wide.Column("more", Type()).Build().ok());

  Schema::Builder keys("keys");
  std::vector<std::string> names;
  for (uint32_t i = 0; i <= kMaxKeyColumns; ++i) {
    names.push_back(format::Concat("c", i));
    keys.Column(names.back(), Type());
  }
  EXPECT_FALSE(Schema::Builder(keys).Unique(names).Build().ok());
  names.pop_back();
  Built(Schema::Builder(keys).Unique(names));
  for (uint32_t i = 0; i < kMaxConstraints; ++i) keys.Check("true");
  EXPECT_EQ(Built(keys).definition().checks.back().name, "keys_c32_check255");
  EXPECT_FALSE(keys.Check("true").Build().ok());
}

}  // namespace
}  // namespace tape
