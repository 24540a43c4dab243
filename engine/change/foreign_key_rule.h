// One foreign key, resolved: which columns of the child are which columns of which key of the
// parent; and values of the one as values of the other.
//
//   absl::StatusOr<std::vector<ForeignKeyRule>> rules = ForeignKeysOf(tables, child_info);
//   absl::StatusOr<ForeignValues> wanted = ToParent(tables, rule, child_columns, texts);
//   if (wanted->possible[row]) tables.HasKey(*rule.parent, rule.key, {wanted->views(), row});
//
// Both sides need not be stored alike: integers of other widths, symbols and texts, symbols whose
// codes are another table's. A value that the other side cannot hold is not possible there. A
// foreign key that is not resolved yet is none: it is enforced once it is.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "engine/change/commit_tables.h"
#include "engine/change/table_access.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

struct ForeignKeyRule {
  std::string name{};  // "FOREIGN KEY fills_order_fkey"
  std::shared_ptr<TableAccess> child{};
  std::shared_ptr<TableAccess> parent{};
  std::vector<size_t> columns{};  // of the child, in the order of the parent's key
  size_t key = 0;                 // of the parent: an index into TableAccess::keys()
  OnDelete on_delete = OnDelete::kNoAction;

  const std::vector<size_t>& parent_columns() const { return parent->keys()[key].columns; }
};

// Of a child. kFailedPrecondition where the parent has no key of these columns.
absl::StatusOr<std::vector<ForeignKeyRule>> ForeignKeysOf(CommitTables& tables,
                                                          const TableInfo& child);
// Of all tables that refer to a parent.
absl::StatusOr<std::vector<ForeignKeyRule>> ForeignKeysTo(CommitTables& tables, TableId parent);

// Values of columns, as columns of another table hold them.
struct ForeignValues {
  std::vector<ColumnBuffer> columns{};
  std::vector<uint8_t> possible{};  // by row: 1 where all of them are values there
  std::vector<uint8_t> has_null{};  // by row: 1 where one of them is NULL

  std::vector<ColumnView> views() const;
};

// `from`: the rule's columns of the child, in its order. `text` gives the text of a code of one of
// them, by its place there.
using TextOf = absl::FunctionRef<absl::StatusOr<std::string_view>(size_t, SymbolCode)>;
absl::StatusOr<ForeignValues> ToParent(CommitTables& tables, const ForeignKeyRule& rule,
                                       std::span<const ColumnView> from, TextOf text);
// The other way round: `from` are the columns of the parent's key.
absl::StatusOr<ForeignValues> ToChild(CommitTables& tables, const ForeignKeyRule& rule,
                                      std::span<const ColumnView> from, TextOf text);

}  // namespace tape::engine
