#include "tests/engine/sql/plan/query_tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <type_traits>

#include "engine/exec/operator.h"
#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {
namespace {

using exec::Value;

exec::Vector VectorOf(const Type& type, const std::vector<Value>& values) {
  exec::Vector vector = exec::Vector::Make(type, values.size());
  for (size_t row = 0; row < values.size(); ++row) {
    if (values[row].is_null()) vector.MutableValidity()[row] = 0;
    exec::WithElement(exec::ElementOf(type), [&]<typename T>() {
      T element = values[row].Get<T>();
      if constexpr (std::is_same_v<T, std::string_view>) element = vector.arena().Keep(element);
      vector.Mutable<T>()[row] = element;
    });
  }
  return vector;
}

class MemoryStream : public exec::RowStream {
 public:
  MemoryStream(std::vector<exec::SourceColumn> columns, std::vector<MemorySource::RowValues> rows,
               bool in_threes)
      : columns_(std::move(columns)), rows_(std::move(rows)), step_(in_threes ? 3 : 1024) {}

  absl::StatusOr<const exec::Batch*> Next() override {
    const size_t count = std::min(step_, rows_.size() - next_);
    if (count == 0) return nullptr;
    batch_ = {.rows = count};
    for (size_t c = 0; c < columns_.size(); ++c) {
      std::vector<Value> values;
      for (size_t i = 0; i < count; ++i) values.push_back(rows_[next_ + i][c]);
      batch_.columns.push_back(VectorOf(columns_[c].type, values));
    }
    next_ += count;
    return &batch_;
  }

 private:
  std::vector<exec::SourceColumn> columns_;
  std::vector<MemorySource::RowValues> rows_;
  const size_t step_;
  size_t next_ = 0;
  exec::Batch batch_;
};

}  // namespace

bool MemorySource::Passes(const exec::SourceSpec& spec, const RowValues& row) const {
  if (time_column() && !spec.times.Contains(row[*time_column()].Get<int64_t>())) return false;
  return !spec.symbols || std::find(spec.symbols->begin(), spec.symbols->end(),
                                    row[*cluster_column()].text()) != spec.symbols->end();
}

absl::StatusOr<std::unique_ptr<exec::RowStream>> MemorySource::Open(
    const exec::SourceSpec& spec) const {
  last_spec_ = spec;
  std::vector<RowValues> rows;
  for (const RowValues& row : rows_) {
    if (Passes(spec, row)) rows.push_back(row);
  }
  if (spec.order == exec::SourceOrder::kTime && time_column()) {
    std::stable_sort(rows.begin(), rows.end(), [&](const RowValues& a, const RowValues& b) {
      return a[*time_column()].Get<int64_t>() < b[*time_column()].Get<int64_t>();
    });
  }
  rows_given_ = rows.size();
  std::vector<exec::SourceColumn> wanted;
  for (size_t column : spec.columns) wanted.push_back(columns()[column]);
  for (RowValues& row : rows) {
    RowValues chosen;
    for (size_t column : spec.columns) chosen.push_back(row[column]);
    row = std::move(chosen);
  }
  return std::make_unique<MemoryStream>(std::move(wanted), std::move(rows), rows_.size() < 1000);
}

void QueryTables::Add(const std::string& name,
                      const std::vector<std::pair<std::string, Type>>& columns,
                      const std::vector<std::vector<std::string>>& rows) {
  std::vector<exec::SourceColumn> source_columns;
  std::optional<size_t> time;
  std::optional<size_t> cluster;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Type& type = columns[i].second;
    source_columns.push_back({.name = columns[i].first, .type = type});
    if (type.kind() == TypeKind::kTimestamp && !time) time = i;
    if (type.kind() == TypeKind::kSymbol && !cluster) cluster = i;
  }
  std::vector<MemorySource::RowValues> values;
  for (const std::vector<std::string>& row : rows) {
    MemorySource::RowValues parsed;
    for (size_t i = 0; i < columns.size(); ++i) {
      const absl::StatusOr<Value> value = row[i] == "NULL"
                                              ? Value::Null(columns[i].second)
                                              : Value::Parse(columns[i].second, row[i]);
      EXPECT_TRUE(value.ok()) << value.status();
      parsed.push_back(value.ok() ? *value : Value::Null(columns[i].second));
    }
    values.push_back(std::move(parsed));
  }
  made_[name] = std::make_shared<const MemorySource>(std::move(source_columns), std::move(values),
                                                     time, cluster);
  entries_[name] = {.schema = "main", .name = name, .source = made_[name]};
}

void QueryTables::Add(const std::string& name, std::shared_ptr<const exec::Source> source) {
  entries_[name] = {.schema = "main", .name = name, .source = std::move(source)};
}

void QueryTables::AddView(const std::string& name, const std::string& text) {
  auto view = std::make_shared<ViewQuery>();
  view->text = text;
  const absl::StatusOr<Statement> statement = ParseStatement(text);
  ASSERT_TRUE(statement.ok()) << statement.status();
  view->query = *statement->As<Query>();
  entries_[name] = {.schema = "main", .name = name, .view = std::move(view)};
}

absl::StatusOr<CatalogEntry> QueryTables::Find(const ObjectName& name) const {
  const auto found = entries_.find(name.last().text);
  if (found != entries_.end()) return found->second;
  return absl::NotFoundError("table " + Print(name) + " does not exist");
}

absl::StatusOr<std::string> QueryTables::Answer(std::string_view sql, const exec::RunLimits& limits,
                                                bool header) const {
  const absl::StatusOr<Statement> statement = ParseStatement(sql);
  if (!statement.ok()) return statement.status();
  const exec::Session session{.parameters = parameters};
  exec::QueryRun run(session, limits);
  absl::StatusOr<QueryPlan> plan =
      PlanQuery(sql, *statement->As<Query>(), {.catalog = this, .run = &run});
  if (!plan.ok()) return plan.status();
  std::string text;
  for (const OutputColumn& column : plan->columns) {
    if (!header) break;
    text += (text.empty() ? "" : ", ") + column.name + " " + column.type.ToString();
  }
  while (true) {
    const absl::StatusOr<exec::Rows> rows = plan->root->Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return text;
    const exec::Batch batch = exec::Compact(*rows);
    for (size_t row = 0; row < batch.rows; ++row) {
      if (!text.empty()) text += "\n";
      for (size_t c = 0; c < batch.columns.size(); ++c) {
        text += (c == 0 ? "" : "|") + batch.columns[c].ValueAt(row).ToText();
      }
    }
  }
}

std::string QueryTables::Run(std::string_view sql, exec::RunLimits limits) const {
  const absl::StatusOr<std::string> text = Answer(sql, limits, /*header=*/true);
  return text.ok() ? *text : std::string(text.status().message());
}

std::string QueryTables::Rows(std::string_view sql) const {
  const absl::StatusOr<std::string> text = Answer(sql, {}, /*header=*/false);
  return text.ok() ? *text : "error: " + std::string(text.status().message());
}

}  // namespace tape::engine::sql
