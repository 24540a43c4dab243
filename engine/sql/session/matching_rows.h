// The rows of a table that a WHERE lets through, with their numbers: what UPDATE and DELETE begin
// with.
//
//   MatchingRows rows(target, context);
//   absl::Status status = rows.Bind(update.where);
//   status = rows.ForEach([&](const exec::Batch& batch, const exec::Selection& chosen,
//                             std::span<const RowNumber> numbers) { ... });
//
// Where WHERE says what a key's columns are equal to (id = 7 AND ...), the one row is looked up;
// else all rows are read. Batches have all columns of the table.
//
// Thread-bound; what it is given outlives it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/vector.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/tree/expression.h"
#include "engine/sql/tree/owned.h"

namespace tape::engine::sql {

// A table that a statement changes, and what its expressions may name: its columns, at first.
struct ChangeTarget {
  const TableInfo* table = nullptr;
  std::vector<NamedType> types{};
  Scope scope{};

  static absl::StatusOr<ChangeTarget> Find(const ObjectName& name, const std::optional<Name>& alias,
                                           const StatementContext& context);
  // The index of a column; kInvalidArgument with the place of its name.
  absl::StatusOr<size_t> FindColumn(const Name& name, const StatementContext& context) const;
};

class MatchingRows {
 public:
  using OnRows = std::function<absl::Status(const exec::Batch& batch, const exec::Selection& chosen,
                                            std::span<const RowNumber> numbers)>;

  MatchingRows(const ChangeTarget& target, const StatementContext& context, BindHook* hook)
      : target_(target), context_(context), hook_(hook) {}

  absl::Status Bind(const Owned<Expression>& where);
  // `numbers` are of the chosen rows.
  absl::Status ForEach(const OnRows& function);

 private:
  // What a key's columns are equal to, in the key's order.
  struct KeyLookup {
    size_t key = 0;
    std::vector<exec::Value> values;
  };

  std::optional<KeyLookup> FindLookup(const Expression& where);
  std::optional<exec::Value> EqualTo(const Expression& where, size_t column);
  absl::Status LookUp(const KeyLookup& lookup, const OnRows& function);
  absl::Status Read(const OnRows& function);
  absl::Status Choose(const exec::Batch& batch, std::vector<uint32_t>& chosen);

  const ChangeTarget& target_;
  const StatementContext& context_;
  BindHook* const hook_;
  exec::ExpressionPtr where_;  // nullptr: every row
  std::optional<KeyLookup> lookup_;
};

// Columns of the table's keys in the order in which a change counts them: PRIMARY KEY, then
// UNIQUEs.
std::vector<std::vector<size_t>> KeysOf(const Schema& schema);

}  // namespace tape::engine::sql
