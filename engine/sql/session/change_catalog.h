// What a query of a statement may name: the tables of its change's snapshot, with what the change
// has staged, and the views of the catalog.
//
//   ChangeCatalog catalog(context);
//   absl::StatusOr<QueryPlan> plan = PlanQuery(text, query, {.catalog = &catalog, .run = &run});
//
// Where the change is empty, tables are read as the snapshot has them, which prunes by itself; but
// for those with ENUMs, whose codes only the change has texts for.
// Thread-bound; the context outlives it.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/sql/plan/catalog.h"
#include "engine/sql/session/statement_context.h"

namespace tape::engine::sql {

class ChangeCatalog final : public QueryCatalog {
 public:
  explicit ChangeCatalog(const StatementContext& context) : context_(context) {}

  absl::StatusOr<CatalogEntry> Find(const ObjectName& name) const override;

 private:
  absl::StatusOr<std::shared_ptr<const exec::Source>> SourceOf(const TableInfo& table) const;

  const StatementContext& context_;
};

}  // namespace tape::engine::sql
