// Small tables in memory, and queries over them as texts.
//
//   QueryTables tables;
//   tables.Add("trades", {{"ts", Type::Timestamp()}, {"size", Type::Bigint()}}, {{"2025-01-21",
//   "5"}, {"2025-01-22", "NULL"}});
//   tables.Run("SELECT sum(size) FROM trades");     // "sum DECIMAL(38,0)\n5"
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/exec/query_run.h"
#include "engine/exec/source.h"
#include "engine/sql/plan/catalog.h"
#include "engine/sql/plan/planner.h"
#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

// Rows in the order of their arrival. Gives them out three at a time, keeps to its spec, and
// remembers the last one.
class MemorySource : public exec::Source {
 public:
  using RowValues = std::vector<exec::Value>;

  MemorySource(std::vector<exec::SourceColumn> columns, std::vector<RowValues> rows,
               std::optional<size_t> time_column, std::optional<size_t> cluster_column)
      : Source(std::move(columns), time_column, cluster_column), rows_(std::move(rows)) {}

  absl::StatusOr<std::unique_ptr<exec::RowStream>> Open(
      const exec::SourceSpec& spec) const override;

  const exec::SourceSpec& last_spec() const { return last_spec_; }
  size_t rows_given() const { return rows_given_; }

 private:
  bool Passes(const exec::SourceSpec& spec, const RowValues& row) const;

  const std::vector<RowValues> rows_;
  mutable exec::SourceSpec last_spec_;
  mutable size_t rows_given_ = 0;
};

class QueryTables : public QueryCatalog {
 public:
  // Texts of values; "NULL" is NULL. The time column is the first TIMESTAMP, the cluster column the
  // first SYMBOL.
  void Add(const std::string& name, const std::vector<std::pair<std::string, Type>>& columns,
           const std::vector<std::vector<std::string>>& rows);
  void Add(const std::string& name, std::shared_ptr<const exec::Source> source);
  void AddView(const std::string& name, const std::string& text);

  absl::StatusOr<CatalogEntry> Find(const ObjectName& name) const override;

  // Names and types of the columns, and a line for each row; or the error.
  std::string Run(std::string_view sql, exec::RunLimits limits = {}) const;
  // The rows alone.
  std::string Rows(std::string_view sql) const;

  const MemorySource& source(const std::string& name) const { return *made_.at(name); }
  std::vector<exec::Value> parameters;

 private:
  absl::StatusOr<std::string> Answer(std::string_view sql, const exec::RunLimits& limits,
                                     bool header) const;

  std::map<std::string, CatalogEntry> entries_;
  std::map<std::string, std::shared_ptr<const MemorySource>> made_;
};

}  // namespace tape::engine::sql
