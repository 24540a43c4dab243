// RETURNING: what a change of rows says of each row that it put or took.
//
//   absl::StatusOr<ReturnedRows> returned = ReturnedRows::Bind(insert.returning, target, context);
//   absl::Status status = returned->Add(batch);                 // all columns of the table
//   RowSet rows = std::move(*returned).Take();
//
//   absl::StatusOr<StoredRows> rows = StoredRows::Read(change, table, types, numbers);
//   rows->batch()                                               // as they are now
//
// Thread-bound; what was bound with must outlive it.
#pragma once

#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/vector.h"
#include "engine/sql/session/row_set.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

// What a column of a query is called that has no name of its own.
std::string NameOf(const SelectItem& item);

class ReturnedRows {
 public:
  // `scope` has the table's columns, first of all. The context must outlive it.
  static absl::StatusOr<ReturnedRows> Bind(const std::vector<SelectItem>& items, const Scope& scope,
                                           const StatementContext& context, BindHook* hook);

  bool empty() const { return values_.empty(); }
  absl::Status Add(const exec::Batch& batch, const exec::Selection& rows);
  absl::Status Add(const exec::Batch& batch) {
    return Add(batch, exec::Selection::All(batch.rows));
  }
  RowSet Take() && { return std::move(rows_); }

 private:
  explicit ReturnedRows(const StatementContext& context) : context_(&context) {}

  const StatementContext* context_;
  std::vector<exec::ExpressionPtr> values_;
  RowSet rows_;
};

// Rows of a table by their numbers, at most kBlockRows, staged ones as well.
class StoredRows {
 public:
  static absl::StatusOr<StoredRows> Read(Change& change, const TableInfo& table,
                                         std::span<const NamedType> types,
                                         std::span<const RowNumber> numbers);

  const exec::Batch& batch() const { return batch_; }

 private:
  std::list<ColumnBuffer> columns_;  // what the batch shows
  exec::Batch batch_;
};

// All of them, a block at a time.
absl::Status AddRows(Change& change, const TableInfo& table, std::span<const NamedType> types,
                     std::span<const RowNumber> numbers, ReturnedRows& returned);

}  // namespace tape::engine::sql
