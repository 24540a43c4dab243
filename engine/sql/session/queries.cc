#include "engine/sql/session/queries.h"

#include <span>

#include "engine/exec/query_run.h"
#include "engine/sql/plan/planner.h"
#include "engine/sql/session/change_catalog.h"

namespace tape::engine::sql {

absl::StatusOr<RowSet> RunQuery(const Query& query, const StatementContext& context) {
  const ChangeCatalog catalog(context);
  exec::QueryRun run(context.values, {});
  absl::StatusOr<QueryPlan> plan = PlanQuery(
      context.text, query, {.catalog = &catalog, .run = &run, .type_names = &context.types});
  if (!plan.ok()) return plan.status();
  RowSet rows(context.result_bytes_max);
  for (const OutputColumn& column : plan->columns) {
    rows.AddColumn(column.name, {.type = column.type, .labels = column.labels});
  }
  while (true) {
    absl::StatusOr<exec::Rows> next = plan->root->Next();
    if (!next.ok()) return next.status();
    if (next->empty()) return rows;
    absl::Status status =
        rows.Append(std::span(next->batch->columns).first(rows.columns()), next->selection);
    if (!status.ok()) return status;
  }
}

}  // namespace tape::engine::sql
