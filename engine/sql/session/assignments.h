// What SET assigns: a value for each column, computed for rows.
//
//   absl::StatusOr<Assignments> set = Assignments::Bind(update.assignments, target, scope, context,
//                                                       &subqueries);
//   absl::Status status = set->Add(batch, chosen);          // values of those rows, in order
//   set->Row(i)                                             // what Change::Replace takes
//
// Values get a column's type by an assignment's casts; one that does not fit is an error that names
// the column. DEFAULT is the column's default.
//
// Thread-bound; the context outlives it.
#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/sql/session/matching_rows.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

class Assignments {
 public:
  static absl::StatusOr<Assignments> Bind(const std::vector<Assignment>& assignments,
                                          const ChangeTarget& target, Binder& binder,
                                          const StatementContext& context);

  absl::Status Add(const exec::Batch& batch, const exec::Selection& rows);
  void Clear();
  // Of the index-th row that was added; valid until the next call.
  GivenRows Row(size_t index);

 private:
  explicit Assignments(const StatementContext& context) : context_(&context) {}

  absl::Status BindOne(const Name& name, const Expression& value, const ChangeTarget& target,
                       Binder& binder);

  const StatementContext* context_;
  std::vector<size_t> columns_;
  std::vector<std::string> names_;
  std::vector<Place> places_;
  std::vector<exec::ExpressionPtr> values_;
  std::vector<ColumnBuffer> buffers_;
  std::vector<ColumnView> row_;
};

// The default of a column as an expression: a literal, now(), a UUID by chance, NULL.
// kUnimplemented for the next of a sequence.
absl::StatusOr<exec::ExpressionPtr> DefaultExpression(const Column& column, const NamedType& type,
                                                      Binder& binder);

// The error of a column's value, with its name, at the place of the value.
absl::Status ColumnError(const StatementContext& context, std::string_view column, Place place,
                         const absl::Status& status);

}  // namespace tape::engine::sql
