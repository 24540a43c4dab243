// What a statement that reads or changes rows runs in: the text that it came from, the definitions
// that its names mean, and the change that it is part of.
//
//   StatementContext context{...};
//   absl::StatusOr<const TableInfo*> table = context.FindTable(insert.table);
//   Binder binder = context.MakeBinder(&scope, &subqueries);
//   return context.At(place, "table \"trade\" does not exist");    // with line, column and caret
//
// Thread-bound; made for one statement.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog_state.h"
#include "engine/change/change.h"
#include "engine/exec/expression.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/bind/scope.h"
#include "engine/sql/tree/name.h"

namespace tape::engine::sql {

// ENUMs of the catalog by name.
class CatalogTypes final : public TypeNames {
 public:
  // Both outlive it.
  CatalogTypes(const CatalogState& catalog, const std::string& schema)
      : catalog_(catalog), schema_(schema) {}

  std::optional<NamedType> Find(const ObjectName& name) const override;

 private:
  const CatalogState& catalog_;
  const std::string& schema_;
};

struct StatementContext {
  std::string_view text;
  const CatalogState& catalog;
  const std::string& schema;  // of names without one
  Change& change;
  exec::Session values;  // now() and chance
  uint64_t result_bytes_max = std::numeric_limits<uint64_t>::max();
  const CatalogTypes types{catalog, schema};

  // The table that is meant: in the session's schema where none is said; `public` is the session's
  // where no schema is called so. kNotFound, with its place.
  absl::StatusOr<const TableInfo*> FindTable(const ObjectName& name) const;

  Binder MakeBinder(const Scope* scope, BindHook* hook) const {
    return Binder(text, {.scope = scope, .type_names = &types, .hook = hook});
  }

  absl::Status At(Place place, std::string_view message,
                  absl::StatusCode code = absl::StatusCode::kInvalidArgument) const;
  // The same for what was found without a place.
  absl::Status At(Place place, const absl::Status& status) const;
};

// Whether it says line and column already.
bool HasPlace(const absl::Status& status);

// ---- columns of a table as expressions see them

// The type of a column's values: a SERIAL is an integer, an ENUM has labels.
NamedType ValueTypeOf(const Type& type, const CatalogState& catalog);
std::vector<NamedType> ValueTypesOf(const Schema& schema, const CatalogState& catalog);

// The columns of a table, in their order, as a relation of the scope. `alias`: what it is called
// instead of its name. Returns the relation.
struct RelationNames {
  std::string_view alias{};
  bool qualified_only = false;  // its columns are found with its name alone
};
void AddTable(const TableInfo& table, const CatalogState& catalog, const RelationNames& names,
              Scope& scope);

}  // namespace tape::engine::sql
