// Catalog records to test with: a schema, a type, and tables that use all that a definition has.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "format/records/catalog_file.h"

namespace tape::format {

inline CatalogRecord RecordOf(ObjectId object, uint32_t version,
                              decltype(CatalogRecord::body) body) {
  return {.object = object, .version = version, .time = 1000 + object, .body = std::move(body)};
}

// The record of a schema, with a target for each foreign key.
inline TableRecord TableOf(const Schema& schema,
                           std::vector<std::optional<ForeignTarget>> targets = {}) {
  TableRecord table{.schema = 1,
                    .definition = schema.definition(),
                    .primary_key_number = schema.definition().primary_key.has_value() ? 1u : 0u,
                    .unique_numbers = {},
                    .index_numbers = {},
                    .targets = std::move(targets)};
  table.unique_numbers.assign(table.definition.uniques.size(), 2);
  table.index_numbers.assign(table.definition.indexes.size(), 0);
  // What is not stored.
  table.definition.schema.clear();
  for (size_t i = 0; i < table.targets.size(); ++i) {
    if (!table.targets[i].has_value()) continue;
    ForeignKey& key = table.definition.foreign_keys[i];
    key.referenced_schema.clear();
    key.referenced_table.clear();
    key.referenced_columns.clear();
  }
  return table;
}

inline Schema Venues() {
  return *Schema::Builder("venues")
              .InSchema("scalp")
              .Comment("where trades happen")
              .Column("id", Type::Serial())
              .PrimaryKey()
              .Column("name", Type::Varchar(40))
              .Comment("as it is printed")
              .Build();
}

inline Schema Trades() {
  ForeignKey brokers;
  brokers.columns = {"broker"};
  brokers.referenced_schema = "other";
  brokers.referenced_table = "brokers";
  brokers.referenced_columns = {"code"};
  IndexDefinition by_time{"by_time", {{"ts", true}, {"price", false}}, {"venue"}, "price > 10"};
  by_time.unique = true;
  IndexDefinition ranges;
  ranges.columns = {{"ts", false}};
  ranges.method = IndexMethod::kBrin;
  TableOptions options;
  options.durability = Durability::kInterval;
  options.durability_interval_ms = 50;
  options.history = History::kInterval;
  options.history_interval_ns = 9'000'000'000;
  options.slice_rows = 65'536;
  options.symbols = {"broker"};
  return *Schema::Builder("trades")
              .InSchema("scalp")
              .With(options)
              .Column("ts", Type::Timestamp())
              .NotNull()
              .Column("symbol", Type::Text())
              .NotNull()
              .Column("price", Type::Decimal(18, 8))
              .Default("1.5")
              .Unique()
              .Check("price > 0")
              .Column("venue", Type::Integer())
              .References("venues", "id", OnDelete::kCascade)
              .Column("side", Type::Enum(EnumId(2)))
              .Column("account", Type::Text())
              .Sensitive()
              .Column("tags", Type::Array(Type::Varchar(9)))
              .Column("broker", Type::Text())
              .Column("entered", Type::TimestampTz())
              .Default(ColumnDefault::Now())
              .UniqueNullsNotDistinct({"ts", "symbol"})
              .Add(brokers)
              .Add(by_time)
              .Add(ranges)
              .PartitionBy(Partition::kWeek, "ts")
              .ClusterBy("symbol")
              .Build();
}

inline CatalogCheckpoint MakeCheckpoint() {
  const ForeignTarget venues{TableId(3), {ColumnId(1)}};
  CatalogCheckpoint checkpoint{.records = {}, .complete = Lsn(50)};
  const auto add = [&](uint64_t lsn, CatalogRecord record) {
    checkpoint.records.push_back({Lsn(lsn), std::move(record)});
  };
  add(1, RecordOf(1, 1, SchemaRecord{"scalp", "prices of all venues"}));
  add(1, RecordOf(2, 1, EnumRecord{1, "side", {"buy", "sell"}, ""}));
  add(2, RecordOf(3, 1, TableOf(Venues())));
  add(3, RecordOf(4, 1, TableOf(Trades(), {venues, std::nullopt})));
  add(7,
      RecordOf(5, 1, ProgramRecord{1, ProgramRecord::Kind::kView, "last", "SELECT 1", "the last"}));
  add(8, RecordOf(5, 2, DroppedRecord()));
  add(9, RecordOf(1, 2, SchemaRecord{"renamed", ""}));
  return checkpoint;
}

}  // namespace tape::format
