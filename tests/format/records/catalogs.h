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

// A record of a definition as Schema completes it, with a target for each foreign key.
inline TableRecord TableOf(TableDefinition definition,
                           std::vector<std::optional<ForeignTarget>> targets = {}) {
  TableRecord table{.schema = 1,
                    .definition = Schema::Make(std::move(definition))->definition(),
                    .primary_key_number = 1,
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

inline TableDefinition Venues() {
  TableDefinition venues{.schema = "scalp", .name = "venues"};
  venues.columns = {{.name = "id", .type = Type::Serial()},
                    {.name = "name", .type = Type::Varchar(40), .comment = "as it is printed"}};
  venues.primary_key = KeyConstraint{.name = "", .columns = {"id"}};
  venues.comment = "where trades happen";
  return venues;
}

inline TableDefinition Trades() {
  TableDefinition trades{.schema = "scalp", .name = "trades"};
  trades.columns = {
      {.name = "ts", .type = Type::Timestamp(), .nullable = false},
      {.name = "symbol", .type = Type::Text(), .nullable = false},
      {.name = "price",
       .type = Type::Decimal(18, 8),
       .default_value = ColumnDefault::Literal("1.5")},
      {.name = "venue", .type = Type::Integer()},
      {.name = "side", .type = Type::Enum(EnumId(2))},
      {.name = "account", .type = Type::Text(), .sensitive = true},
      {.name = "tags", .type = Type::Array(Type::Varchar(9))},
      {.name = "broker", .type = Type::Text()},
      {.name = "entered", .type = Type::TimestampTz(), .default_value = ColumnDefault::Now()}};
  trades.uniques = {{.name = "", .columns = {"ts", "symbol"}, .nulls_distinct = false},
                    {.name = "second", .columns = {"price"}}};
  trades.foreign_keys = {{.name = "",
                          .columns = {"venue"},
                          .referenced_schema = "",
                          .referenced_table = "venues",
                          .referenced_columns = {"id"},
                          .on_delete = OnDelete::kCascade},
                         {.name = "",
                          .columns = {"broker"},
                          .referenced_schema = "other",
                          .referenced_table = "brokers",
                          .referenced_columns = {"code"},
                          .on_delete = OnDelete::kNoAction}};
  trades.checks = {{.name = "", .expression = "price > 0"}};
  trades.indexes = {{.name = "by_time",
                     .columns = {{"ts", true}, {"price", false}},
                     .include = {"venue"},
                     .where = "price > 10",
                     .method = IndexMethod::kBtree,
                     .unique = true},
                    {.name = "",
                     .columns = {{"ts", false}},
                     .include = {},
                     .where = "",
                     .method = IndexMethod::kBrin}};
  trades.time_column = "ts";
  trades.partition = Partition::kWeek;
  trades.cluster_column = "symbol";
  trades.options.durability = Durability::kInterval;
  trades.options.durability_interval_ms = 50;
  trades.options.history = History::kInterval;
  trades.options.history_interval_ns = 9'000'000'000;
  trades.options.slice_rows = 65'536;
  trades.options.symbols = {"broker"};
  return trades;
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
