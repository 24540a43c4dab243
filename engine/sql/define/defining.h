// What one definition statement works on: the draft that it changes, the text that it came from,
// and what it has to say besides.
//
//   Defining define{change, session, text, warnings, rules, rows};
//   absl::StatusOr<QualifiedName> name = define.Resolve(statement.name);
//   return define.At(place, "column \"prise\" does not exist");     // with line, column and caret
//
// Thread-bound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog_change.h"
#include "engine/sql/define/rows_check.h"
#include "engine/sql/tree/name.h"
#include "tape/ids.h"

namespace tape::engine::sql {

// What a session keeps from statement to statement.
struct DefineSession {
  std::string schema = "main";  // of names without one
  // Constraints that name what is not there are kept and enforced once it is.
  bool allow_unresolved = false;
};

struct QualifiedName {
  std::string schema;
  std::string name;
};

struct Defining {
  CatalogChange& change;
  const DefineSession& session;
  std::string_view text;
  std::vector<std::string>& warnings;
  std::vector<RowsRule>& rules;
  RowsCheck* rows = nullptr;  // nullptr: no table has any

  const CatalogState& state() const { return change.state(); }

  // Line, column, message, the line itself and a caret.
  absl::Status At(Place place, std::string message,
                  absl::StatusCode code = absl::StatusCode::kInvalidArgument) const;
  // The same for what another layer found.
  absl::Status At(Place place, const absl::Status& status) const;

  // Schema and name; the session's schema where none is said. `public` is the session's where no
  // schema is called so. The schema need not exist.
  absl::StatusOr<QualifiedName> Resolve(const ObjectName& name) const;
  // The same, of a schema that exists; `main` is made where it does not.
  absl::StatusOr<QualifiedName> ResolveNew(const ObjectName& name);
  // kNotFound where there is no such table.
  absl::StatusOr<const TableInfo*> FindTable(const ObjectName& name) const;
  // Refuses a name that a table or a view has.
  absl::Status CheckRelationIsFree(const QualifiedName& name, Place place) const;

  // Makes this the table's definition. Where it has rows, what was decided about their time column,
  // days and clustering stays; else it is decided anew.
  absl::Status Alter(const TableInfo& info, TableDefinition definition, Place place);
  absl::Status Alter(const TableInfo& info, TableDefinition definition,
                     std::vector<std::string> unresolved, Place place);
  // False for one that this change makes.
  absl::StatusOr<bool> HasRows(const TableInfo& info) const;

  void Warn(std::string message) { warnings.push_back(std::move(message)); }
};

std::string Quoted(std::string_view name);
std::string Quoted(const QualifiedName& name);
std::string MessageOf(const absl::Status& status);

}  // namespace tape::engine::sql
