#include "engine/sql/session/given_values.h"

#include <algorithm>
#include <utility>

#include "engine/sql/session/assignments.h"
#include "engine/sql/session/queries.h"
#include "engine/sql/session/stored_values.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {

using format::Concat;

absl::Status GivenValues::FindColumns() {
  for (const Name& name : names_) {
    absl::StatusOr<size_t> column = target_.FindColumn(name, context_);
    if (!column.ok()) return column.status();
    if (std::ranges::find(columns_, *column) != columns_.end()) {
      return context_.At(name.place, Concat("column \"", name.text, "\" is named twice"));
    }
    columns_.push_back(*column);
  }
  for (size_t i = 0; names_.empty() && i < target_.types.size(); ++i) columns_.push_back(i);
  return absl::OkStatus();
}

absl::Status GivenValues::CheckCount(size_t values, Place place) const {
  if (values > columns_.size()) {
    return context_.At(
        place, Concat("INSERT has more values than columns: ", values, " for ", columns_.size()));
  }
  if (values == columns_.size() || names_.empty()) return absl::OkStatus();
  return context_.At(
      place, Concat("INSERT has more columns than values: ", columns_.size(), " for ", values));
}

// ---- pieces

void GivenValues::Begin(std::vector<size_t> columns) {
  given_ = std::move(columns);
  buffers_.clear();
  for (const size_t column : given_) {
    buffers_.emplace_back(GivenForm(target_.types[column].type));
  }
}

absl::Status GivenValues::Flush() {
  if (rows_ == 0) return absl::OkStatus();
  std::vector<ColumnView> views;
  for (const ColumnBuffer& buffer : buffers_) views.push_back(buffer.view());
  const size_t rows = std::exchange(rows_, 0);
  absl::Status status = (*function_)({.columns = given_, .values = views, .rows = rows});
  for (ColumnBuffer& buffer : buffers_) buffer.Clear();
  return status;
}

// ---- VALUES

absl::Status GivenValues::TakeRow(const std::vector<Expression>& row) {
  if (absl::Status s = CheckCount(row.size(), row.front().place); !s.ok()) return s;
  std::vector<size_t> given;
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].As<DefaultValue>() == nullptr) given.push_back(columns_[i]);
  }
  if (given != given_ || rows_ == kBlockRows) {
    if (absl::Status status = Flush(); !status.ok()) return status;
    Begin(std::move(given));
  }
  Binder binder = context_.MakeBinder(nullptr, hook_);
  size_t at = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].As<DefaultValue>() != nullptr) continue;
    const size_t column = columns_[i];
    const std::string& name = target_.table->schema.column(column).name;
    absl::StatusOr<exec::ExpressionPtr> bound =
        binder.BindAssignment(row[i], target_.types[column]);
    if (!bound.ok()) return ColumnError(context_, name, row[i].place, bound.status());
    absl::StatusOr<exec::Value> value = exec::EvaluateOnce(**bound, context_.values);
    if (!value.ok()) return ColumnError(context_, name, row[i].place, value.status());
    AppendValue(*value, buffers_[at++]);
  }
  ++rows_;
  return absl::OkStatus();
}

absl::Status GivenValues::TakeValues(const Values& values) {
  const size_t width = values.rows.front().size();
  for (const std::vector<Expression>& row : values.rows) {
    if (row.size() != width) {
      return context_.At(row.front().place, "all lists of VALUES have the same length");
    }
    if (absl::Status status = TakeRow(row); !status.ok()) return status;
  }
  return Flush();
}

// ---- a query

absl::Status GivenValues::TakeQuery(const Query& query) {
  absl::StatusOr<RowSet> rows = RunQuery(query, context_);
  if (!rows.ok()) return rows.status();
  if (absl::Status s = CheckCount(rows->columns(), query.place); !s.ok()) return s;
  std::vector<exec::ExpressionPtr> values;
  for (size_t i = 0; i < rows->columns(); ++i) {
    const NamedType& to = target_.types[columns_[i]];
    absl::StatusOr<exec::ExpressionPtr> value =
        exec::MakeCast(exec::MakeColumn(i, rows->type(i).type, rows->name(i), rows->type(i).labels),
                       to.type, exec::CastContext::kAssignment, to.labels);
    if (!value.ok()) {
      const std::string& name = target_.table->schema.column(columns_[i]).name;
      return ColumnError(context_, name, query.place, value.status());
    }
    values.push_back(*std::move(value));
  }
  Begin({columns_.begin(), columns_.begin() + static_cast<ptrdiff_t>(rows->columns())});
  for (size_t i = 0; i < rows->batches(); ++i) {
    absl::Status status = TakeBatch(rows->Batch(i), values, query.place);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status GivenValues::TakeBatch(const exec::Batch& batch,
                                    const std::vector<exec::ExpressionPtr>& values, Place place) {
  const exec::Selection all = exec::Selection::All(batch.rows);
  for (size_t i = 0; i < values.size(); ++i) {
    exec::Evaluation evaluation(batch, context_.values);
    absl::StatusOr<exec::Vector> vector = values[i]->Evaluate(evaluation, all);
    if (!vector.ok()) {
      const std::string& name = target_.table->schema.column(given_[i]).name;
      return ColumnError(context_, name, place, vector.status());
    }
    AppendVector(*vector, all, buffers_[i]);
  }
  rows_ = batch.rows;
  return Flush();
}

absl::Status GivenValues::ForEach(const Owned<Query>& source, const OnRows& function) {
  function_ = &function;
  if (absl::Status status = FindColumns(); !status.ok()) return status;
  if (!source) return function({});
  const auto* values = std::get_if<Values>(&source->body);
  if (values != nullptr && source->IsPlain() && !values->rows.empty()) return TakeValues(*values);
  return TakeQuery(*source);
}

}  // namespace tape::engine::sql
