// INSERT: values become rows of the change, a piece at a time.
#include <memory>
#include <utility>
#include <vector>

#include "engine/sql/session/changed_rows.h"
#include "engine/sql/session/conflicts.h"
#include "engine/sql/session/given_values.h"
#include "engine/sql/session/returned_rows.h"
#include "engine/sql/session/value_queries.h"

namespace tape::engine::sql {
namespace {

// One of the rows that are given.
absl::Status InsertEach(const GivenRows& given, Conflicts& conflicts,
                        std::vector<RowNumber>& rows) {
  std::vector<ColumnView> one(given.values.size());
  for (size_t row = 0; row < given.rows; ++row) {
    for (size_t i = 0; i < one.size(); ++i) one[i] = given.values[i].Slice(row, 1);
    absl::StatusOr<std::optional<RowNumber>> put =
        conflicts.Insert({.columns = given.columns, .values = one, .rows = 1});
    if (!put.ok()) return put.status();
    if (put->has_value()) rows.push_back(**put);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChangedRows> RunInsert(const Insert& insert, const StatementContext& context) {
  if (!insert.with.tables.empty()) {
    return context.At(insert.with.tables[0].name.place,
                      "WITH before INSERT is not there yet: it may stand inside of its query",
                      absl::StatusCode::kUnimplemented);
  }
  absl::StatusOr<ChangeTarget> target = ChangeTarget::Find(insert.table, insert.alias, context);
  if (!target.ok()) return target.status();
  ValueQueries subqueries(context);
  absl::StatusOr<ReturnedRows> returned =
      ReturnedRows::Bind(insert.returning, target->scope, context, &subqueries);
  if (!returned.ok()) return returned.status();
  std::unique_ptr<Conflicts> conflicts;
  if (insert.on_conflict.has_value()) {
    absl::StatusOr<std::unique_ptr<Conflicts>> bound =
        Conflicts::Bind(*insert.on_conflict, *target, context, &subqueries);
    if (!bound.ok()) return bound.status();
    conflicts = *std::move(bound);
  }
  std::vector<RowNumber> rows;
  const auto put = [&](const GivenRows& given) -> absl::Status {
    if (conflicts != nullptr) return InsertEach(given, *conflicts, rows);
    absl::StatusOr<RowNumber> first = context.change.Insert(target->table->id, given);
    if (!first.ok()) return first.status();
    for (uint64_t i = 0; i < given.rows; ++i) rows.emplace_back(first->value() + i);
    return absl::OkStatus();
  };
  absl::Status status =
      GivenValues(*target, insert.columns, context, &subqueries).ForEach(insert.source, put);
  if (!status.ok()) return status;
  status = AddRows(context.change, *target->table, target->types, rows, *returned);
  if (!status.ok()) return status;
  return ChangedRows{.affected_rows = rows.size(), .returned = std::move(*returned).Take()};
}

}  // namespace tape::engine::sql
