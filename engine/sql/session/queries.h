// A query, as part of a statement: it sees what the statement's change sees.
//
//   absl::StatusOr<RowSet> rows = RunQuery(*insert.source, context);
#pragma once

#include "absl/status/statusor.h"
#include "engine/sql/session/row_set.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

absl::StatusOr<RowSet> RunQuery(const Query& query, const StatementContext& context);

}  // namespace tape::engine::sql
