// What INSERT, UPDATE and DELETE did, and the functions that run them.
//
//   absl::StatusOr<ChangedRows> changed = RunInsert(*statement.As<Insert>(), context);
//   changed->affected_rows;
//
// Everything is staged in the context's change; whoever runs them takes it back where one fails.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/sql/session/row_set.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

struct ChangedRows {
  uint64_t affected_rows = 0;
  RowSet returned;  // without columns where nothing was asked for
};

absl::StatusOr<ChangedRows> RunInsert(const Insert& insert, const StatementContext& context);
absl::StatusOr<ChangedRows> RunUpdate(const Update& update, const StatementContext& context);
absl::StatusOr<ChangedRows> RunDelete(const Delete& statement, const StatementContext& context);

}  // namespace tape::engine::sql
