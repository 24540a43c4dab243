// UPDATE and DELETE: the rows that are meant are found first, all of them, and then changed, so
// that no statement meets a row twice.
#include <utility>
#include <vector>

#include "engine/sql/session/assignments.h"
#include "engine/sql/session/changed_rows.h"
#include "engine/sql/session/matching_rows.h"
#include "engine/sql/session/returned_rows.h"
#include "engine/sql/session/value_queries.h"

namespace tape::engine::sql {
namespace {

absl::Status RefuseWith(const With& with, const StatementContext& context) {
  if (with.tables.empty()) return absl::OkStatus();
  return context.At(with.tables[0].name.place, "WITH before a change of rows is not there yet",
                    absl::StatusCode::kUnimplemented);
}

absl::Status RefuseFrom(const std::vector<FromItem>& from, std::string_view message,
                        const StatementContext& context) {
  if (from.empty()) return absl::OkStatus();
  return context.At(from[0].first.place, message, absl::StatusCode::kUnimplemented);
}

}  // namespace

absl::StatusOr<ChangedRows> RunUpdate(const Update& update, const StatementContext& context) {
  if (absl::Status s = RefuseWith(update.with, context); !s.ok()) return s;
  absl::Status status = RefuseFrom(
      update.from, "UPDATE ... FROM is not there yet: say the rows with WHERE ... IN (SELECT ...)",
      context);
  if (!status.ok()) return status;
  absl::StatusOr<ChangeTarget> target = ChangeTarget::Find(update.table, update.alias, context);
  if (!target.ok()) return target.status();
  ValueQueries subqueries(context);
  Binder binder = context.MakeBinder(&target->scope, &subqueries);
  absl::StatusOr<Assignments> set = Assignments::Bind(update.assignments, *target, binder, context);
  if (!set.ok()) return set.status();
  absl::StatusOr<ReturnedRows> returned =
      ReturnedRows::Bind(update.returning, target->scope, context, &subqueries);
  if (!returned.ok()) return returned.status();
  MatchingRows matching(*target, context, &subqueries);
  if (absl::Status s = matching.Bind(update.where); !s.ok()) return s;

  std::vector<RowNumber> rows;
  status = matching.ForEach([&](const exec::Batch& batch, const exec::Selection& chosen,
                                std::span<const RowNumber> numbers) {
    rows.insert(rows.end(), numbers.begin(), numbers.end());
    return set->Add(batch, chosen);
  });
  if (!status.ok()) return status;
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::StatusOr<RowNumber> fresh =
        context.change.Replace(target->table->id, rows[i], set->Row(i));
    if (!fresh.ok()) return fresh.status();
    rows[i] = *fresh;
  }
  status = AddRows(context.change, *target->table, target->types, rows, *returned);
  if (!status.ok()) return status;
  return ChangedRows{.affected_rows = rows.size(), .returned = std::move(*returned).Take()};
}

absl::StatusOr<ChangedRows> RunDelete(const Delete& statement, const StatementContext& context) {
  if (absl::Status s = RefuseWith(statement.with, context); !s.ok()) return s;
  absl::Status status = RefuseFrom(
      statement.from, "DELETE ... USING is not there yet: say the rows with WHERE ... IN (SELECT)",
      context);
  if (!status.ok()) return status;
  absl::StatusOr<ChangeTarget> target =
      ChangeTarget::Find(statement.table, statement.alias, context);
  if (!target.ok()) return target.status();
  ValueQueries subqueries(context);
  absl::StatusOr<ReturnedRows> returned =
      ReturnedRows::Bind(statement.returning, target->scope, context, &subqueries);
  if (!returned.ok()) return returned.status();
  MatchingRows matching(*target, context, &subqueries);
  if (absl::Status s = matching.Bind(statement.where); !s.ok()) return s;

  std::vector<RowNumber> rows;
  status = matching.ForEach([&](const exec::Batch& batch, const exec::Selection& chosen,
                                std::span<const RowNumber> numbers) {
    rows.insert(rows.end(), numbers.begin(), numbers.end());
    return returned->Add(batch, chosen);
  });
  if (!status.ok()) return status;
  for (const RowNumber row : rows) {
    if (absl::Status s = context.change.Delete(target->table->id, row); !s.ok()) return s;
  }
  return ChangedRows{.affected_rows = rows.size(), .returned = std::move(*returned).Take()};
}

}  // namespace tape::engine::sql
