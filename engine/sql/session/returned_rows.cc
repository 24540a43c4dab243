#include "engine/sql/session/returned_rows.h"

#include <algorithm>
#include <utility>

#include "engine/sql/session/stored_values.h"
#include "tape/limits.h"

namespace tape::engine::sql {

std::string NameOf(const SelectItem& item) {
  if (item.alias.has_value()) return item.alias->text;
  const Expression* value = &item.value;
  while (const auto* cast = value->As<Cast>()) value = &*cast->operand;
  if (const auto* column = value->As<ColumnName>()) return column->name.last().text;
  if (const auto* call = value->As<Invocation>()) return call->call->function.last().text;
  if (value->As<Case>() != nullptr) return "case";
  return "?column?";
}

absl::StatusOr<ReturnedRows> ReturnedRows::Bind(const std::vector<SelectItem>& items,
                                                const Scope& scope, const StatementContext& context,
                                                BindHook* hook) {
  ReturnedRows returned(context);
  Binder binder = context.MakeBinder(&scope, hook);
  for (const SelectItem& item : items) {
    if (item.value.As<Star>() == nullptr) {
      absl::StatusOr<exec::ExpressionPtr> value = binder.Bind(item.value);
      if (!value.ok()) return value.status();
      returned.rows_.AddColumn(NameOf(item),
                               {.type = (*value)->type(), .labels = (*value)->labels()});
      returned.values_.push_back(*std::move(value));
      continue;
    }
    for (size_t i = 0; i < scope.columns(); ++i) {
      const ScopeColumn& column = scope.column(i);
      if (column.qualified_only) continue;
      returned.rows_.AddColumn(column.name, {.type = column.type, .labels = column.labels});
      returned.values_.push_back(exec::MakeColumn(i, column.type, column.name, column.labels));
    }
  }
  return returned;
}

absl::Status ReturnedRows::Add(const exec::Batch& batch, const exec::Selection& rows) {
  if (values_.empty()) return absl::OkStatus();
  exec::Evaluation evaluation(batch, context_->values);
  std::vector<exec::Vector> vectors;
  for (const exec::ExpressionPtr& value : values_) {
    absl::StatusOr<exec::Vector> vector = value->Evaluate(evaluation, rows);
    if (!vector.ok()) return vector.status();
    vectors.push_back(*std::move(vector));
  }
  return rows_.Append(vectors, rows);
}

absl::StatusOr<StoredRows> StoredRows::Read(Change& change, const TableInfo& table,
                                            std::span<const NamedType> types,
                                            std::span<const RowNumber> numbers) {
  std::vector<ColumnBuffer> read;
  std::vector<size_t> columns;
  for (size_t i = 0; i < types.size(); ++i) {
    read.emplace_back(table.schema.physical(i));
    columns.push_back(i);
  }
  for (const RowNumber number : numbers) {
    absl::Status status = change.Read(table.id, number, columns, read);
    if (!status.ok()) return status;
  }
  StoredRows rows;
  rows.batch_.rows = numbers.size();
  for (size_t i = 0; i < types.size(); ++i) {
    const ColumnBuffer& column = rows.columns_.emplace_back(std::move(read[i]));
    absl::StatusOr<exec::Vector> vector =
        VectorOf(types[i].type, column.view(),
                 [&](SymbolCode code) { return change.Text(table.id, i, code); });
    if (!vector.ok()) return vector.status();
    rows.batch_.columns.push_back(*std::move(vector));
  }
  return rows;
}

absl::Status AddRows(Change& change, const TableInfo& table, std::span<const NamedType> types,
                     std::span<const RowNumber> numbers, ReturnedRows& returned) {
  if (returned.empty()) return absl::OkStatus();
  for (size_t first = 0; first < numbers.size(); first += kBlockRows) {
    const size_t count = std::min<size_t>(numbers.size() - first, kBlockRows);
    absl::StatusOr<StoredRows> rows =
        StoredRows::Read(change, table, types, numbers.subspan(first, count));
    if (!rows.ok()) return rows.status();
    if (absl::Status status = returned.Add(rows->batch()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
