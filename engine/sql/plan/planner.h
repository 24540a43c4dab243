// From a query as it is written to the operators that answer it.
//
//   QueryRun run(session, limits);
//   absl::StatusOr<QueryPlan> plan =
//       PlanQuery(text, query, {.catalog = &catalog, .run = &run});
//   while (true) {
//     absl::StatusOr<exec::Rows> rows = plan->root->Next();
//     if (!rows.ok() || rows->empty()) break;
//     ...                                                 // plan->columns names what is in them
//   }
//
// Names, types of results and the rules of what may stand where are PostgreSQL's. Subqueries in
// expressions that name nothing outside of them are run while the query is planned, once, and are
// constants after that; so a plan is for one run, with the values of its parameters.
//
// Of WHERE, what compares the time column with values that are known becomes a range of times, and
// what compares the cluster column with texts a set of symbols, for the source to read less by;
// each of the other terms is asked as far down as its columns are there. Only columns that
// something needs are read. ORDER BY of the time column alone walks the source in that order and
// sorts nothing.
//
// Errors: kInvalidArgument with line, column and caret; kUnimplemented for what is parsed and not
// there, in the same form. Thread-bound; text, query, catalog and run outlive the plan.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/operator.h"
#include "engine/exec/query_run.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/plan/catalog.h"
#include "engine/sql/tree/query.h"
#include "tape/type.h"

namespace tape::engine::sql {

struct OutputColumn {
  std::string name{};
  Type type{};
  exec::LabelsPtr labels{};  // of an ENUM
  // A NULL or a string literal, which takes the type of what it meets.
  bool unknown = false;
};

struct QueryPlan {
  std::vector<OutputColumn> columns{};
  exec::OperatorPtr root{};
};

struct PlanContext {
  const QueryCatalog* catalog = nullptr;
  exec::QueryRun* run = nullptr;
  const TypeNames* type_names = nullptr;  // nullptr: none but the built-in ones
};

absl::StatusOr<QueryPlan> PlanQuery(std::string_view text, const Query& query,
                                    const PlanContext& context);

}  // namespace tape::engine::sql
