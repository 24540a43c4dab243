// The rows of an INSERT, as they are given: from VALUES or from a query, with an assignment's
// casts.
//
//   GivenValues values(target, columns, context);
//   absl::Status status = values.ForEach(insert.source, [&](const GivenRows& rows) { ... });
//
// At most kBlockRows rows at a time, all with values for the same columns: a row that says DEFAULT
// for one gives none there, and begins another piece.
//
// Errors name column and value. Thread-bound; what it is given outlives it.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "engine/change/change.h"
#include "engine/sql/session/matching_rows.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

class GivenValues {
 public:
  using OnRows = std::function<absl::Status(const GivenRows& rows)>;

  // `columns`: those that the statement names, or the first ones.
  GivenValues(const ChangeTarget& target, const std::vector<Name>& columns,
              const StatementContext& context, BindHook* hook)
      : target_(target), names_(columns), context_(context), hook_(hook) {}

  // Without a source: one row of defaults.
  absl::Status ForEach(const Owned<Query>& source, const OnRows& function);

 private:
  absl::Status FindColumns();
  absl::Status CheckCount(size_t values, Place place) const;
  absl::Status TakeValues(const Values& values);
  absl::Status TakeRow(const std::vector<Expression>& row);
  absl::Status TakeQuery(const Query& query);
  absl::Status TakeBatch(const exec::Batch& batch, const std::vector<exec::ExpressionPtr>& values,
                         Place place);
  void Begin(std::vector<size_t> columns);
  absl::Status Flush();

  const ChangeTarget& target_;
  const std::vector<Name>& names_;
  const StatementContext& context_;
  BindHook* const hook_;
  const OnRows* function_ = nullptr;
  std::vector<size_t> columns_;  // that values may be given for

  std::vector<size_t> given_;  // that the rows at hand have
  std::vector<ColumnBuffer> buffers_;
  size_t rows_ = 0;
};

}  // namespace tape::engine::sql
