// What depends on what, and what a drop takes along.
//
//   Dropping drop(define, /*cascade=*/true);
//   absl::Status status = drop.Table(info, place);       // with its triggers; others by CASCADE
//
// RESTRICT, which is what nothing said means, refuses with the name of one dependent. CASCADE drops
// views and triggers that use what goes, and foreign keys that refer to it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/define/programs.h"

namespace tape::engine::sql {

// The programs that use a table, or a column of it.
std::vector<const ProgramInfo*> UsersOf(format::ObjectId id, const CatalogState& state);
std::vector<const ProgramInfo*> UsersOfColumn(const TableInfo& table, std::string_view column,
                                              const CatalogState& state);

// "view active_portfolio"
std::string Describe(const ProgramInfo& program);

// kFailedPrecondition where a program uses the table: `what` cannot be done to it, since the
// program says its names as they are.
absl::Status CheckUnused(const std::vector<const ProgramInfo*>& users, std::string_view what,
                         Place place, const Defining& define);

class Dropping {
 public:
  Dropping(Defining& define, bool cascade, Place place)
      : define_(define), cascade_(cascade), place_(place) {}

  // Of the same statement: those are no hindrance.
  void AlsoGoes(format::ObjectId id) { goes_.insert(id); }

  absl::Status Table(TableId id);
  absl::Status Program(format::ObjectId id);
  absl::Status Enum(EnumId id);
  absl::Status Schema(format::ObjectId id);

  // Foreign keys that refer to this table and, unless none are named, to these columns.
  absl::Status ForeignKeysTo(TableId id, const std::vector<ColumnId>& columns);
  // Whatever uses a column.
  absl::Status UsersOfColumn(const TableInfo& table, const std::string& column);

 private:
  absl::Status Hindered(std::string_view what, std::string_view by) const;
  absl::Status ForeignKeysOf(TableId from, TableId to, const std::vector<ColumnId>& columns);

  Defining& define_;
  const bool cascade_;
  const Place place_;
  std::set<format::ObjectId> goes_;
};

}  // namespace tape::engine::sql
