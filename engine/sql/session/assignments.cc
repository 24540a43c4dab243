#include "engine/sql/session/assignments.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/sql/parser.h"
#include "engine/sql/session/stored_values.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using format::Concat;

absl::Status ColumnError(const StatementContext& context, std::string_view column, Place place,
                         const absl::Status& status) {
  const std::string message(status.message());
  if (!HasPlace(status)) {
    return context.At(place, Concat("column \"", column, "\": ", message), status.code());
  }
  return {status.code(), Concat("column \"", column, "\", ", message)};
}

absl::StatusOr<exec::ExpressionPtr> DefaultExpression(const Column& column, const NamedType& type,
                                                      Binder& binder) {
  const auto bind = [&](std::string_view text) -> absl::StatusOr<exec::ExpressionPtr> {
    absl::StatusOr<Expression> call = ParseExpression(text);
    if (!call.ok()) return call.status();
    return binder.BindAssignment(*call, type);
  };
  switch (column.default_value.kind) {
    case ColumnDefault::Kind::kNone:
      return exec::MakeConstant(exec::Value::Null(type.type), type.labels);
    case ColumnDefault::Kind::kNow:
      return bind("now()");
    case ColumnDefault::Kind::kRandomUuid:
      return bind("gen_random_uuid()");
    case ColumnDefault::Kind::kLiteral:
      break;
    case ColumnDefault::Kind::kSequence:
      return absl::UnimplementedError(
          Concat("column \"", column.name, "\": DEFAULT is the next of a sequence in INSERT only"));
  }
  absl::StatusOr<exec::Value> value =
      exec::Value::Parse(type.type, column.default_value.literal, type.labels.get());
  if (!value.ok()) return value.status();
  return exec::MakeConstant(*value, type.labels);
}

absl::Status Assignments::BindOne(const Name& name, const Expression& value,
                                  const ChangeTarget& target, Binder& binder) {
  absl::StatusOr<size_t> column = target.FindColumn(name, *context_);
  if (!column.ok()) return column.status();
  if (std::ranges::find(columns_, *column) != columns_.end()) {
    return context_->At(name.place, Concat("column \"", name.text, "\" is set twice"));
  }
  const NamedType& type = target.types[*column];
  absl::StatusOr<exec::ExpressionPtr> bound =
      value.As<DefaultValue>() != nullptr
          ? DefaultExpression(target.table->schema.column(*column), type, binder)
          : binder.BindAssignment(value, type);
  if (!bound.ok()) return ColumnError(*context_, name.text, value.place, bound.status());
  columns_.push_back(*column);
  names_.push_back(name.text);
  places_.push_back(value.place);
  values_.push_back(*std::move(bound));
  buffers_.emplace_back(GivenForm(type.type));
  return absl::OkStatus();
}

absl::StatusOr<Assignments> Assignments::Bind(const std::vector<Assignment>& assignments,
                                              const ChangeTarget& target, Binder& binder,
                                              const StatementContext& context) {
  Assignments bound(context);
  for (const Assignment& assignment : assignments) {
    if (assignment.columns.size() == 1) {
      absl::Status status = bound.BindOne(assignment.columns[0], assignment.value, target, binder);
      if (!status.ok()) return status;
      continue;
    }
    const auto* row = assignment.value.As<sql::Row>();
    if (row == nullptr) {
      return context.At(assignment.value.place,
                        "several columns are set to a list of values: (a, b) = (1, 2)",
                        absl::StatusCode::kUnimplemented);
    }
    if (row->elements.size() != assignment.columns.size()) {
      return context.At(assignment.value.place,
                        Concat(assignment.columns.size(), " columns are set to ",
                               row->elements.size(), " values"));
    }
    for (size_t i = 0; i < row->elements.size(); ++i) {
      absl::Status status = bound.BindOne(assignment.columns[i], row->elements[i], target, binder);
      if (!status.ok()) return status;
    }
  }
  return bound;
}

absl::Status Assignments::Add(const exec::Batch& batch, const exec::Selection& rows) {
  for (size_t i = 0; i < values_.size(); ++i) {
    exec::Evaluation evaluation(batch, context_->values);
    absl::StatusOr<exec::Vector> values = values_[i]->Evaluate(evaluation, rows);
    if (!values.ok()) return ColumnError(*context_, names_[i], places_[i], values.status());
    AppendVector(*values, rows, buffers_[i]);
  }
  return absl::OkStatus();
}

void Assignments::Clear() {
  for (ColumnBuffer& buffer : buffers_) buffer.Clear();
}

GivenRows Assignments::Row(size_t index) {
  row_.clear();
  for (const ColumnBuffer& buffer : buffers_) row_.push_back(buffer.view().Slice(index, 1));
  return {.columns = columns_, .values = row_, .rows = 1};
}

}  // namespace tape::engine::sql
