// What the parts of the planner share: the text that is being planned and what surrounds it.
//
// Immutable while a query is planned; thread-bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/pipeline/sort_operator.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/plan/planner.h"
#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

// The tables of a WITH that a query may name: the first `visible` of them, then the outer ones.
struct VisibleTables {
  const With* with = nullptr;
  size_t visible = 0;
  const VisibleTables* outer = nullptr;
};

struct Planning {
  std::string_view text;
  const PlanContext& context;
  std::span<const Type> parameters;
  const VisibleTables* tables = nullptr;
  size_t depth = 0;           // of queries inside queries
  size_t* queries = nullptr;  // how many were planned so far, in all

  exec::QueryRun& run() const { return *context.run; }
  const exec::Session& session() const { return context.run->session(); }

  Binder BinderOf(const Scope* scope, BindHook* hook) const {
    return Binder(
        text,
        {.scope = scope, .parameters = parameters, .type_names = context.type_names, .hook = hook});
  }
  absl::Status ErrorAt(Place place, const absl::Status& status) const {
    return Binder(text, {}).ErrorAt(place, status);
  }
  absl::Status Invalid(Place place, std::string_view what) const {
    return ErrorAt(place, absl::InvalidArgumentError(std::string(what)));
  }
  // `what` is there in the grammar and nowhere else.
  absl::Status NotThere(Place place, std::string_view what) const;
};

// Queries inside queries, views and WITH included.
inline constexpr size_t kMaxPlanDepth = 32;
// In all: a WITH whose tables each name the one before twice would double with every level.
inline constexpr size_t kMaxPlannedQueries = 4096;

// A query below this one.
absl::StatusOr<QueryPlan> PlanInside(const Planning& planning, const Query& query);

// SELECT and VALUES with the clauses around them, which may look into them.
struct QueryTail {
  std::span<const OrderItem> order_by{};
  uint64_t offset = 0;
  uint64_t limit = ~uint64_t{0};
};
absl::StatusOr<QueryPlan> PlanSelect(const Planning& planning, const Select& select,
                                     const QueryTail& tail);
absl::StatusOr<QueryPlan> PlanValues(const Planning& planning, const Values& values);
absl::StatusOr<QueryPlan> PlanSets(const Planning& planning, const SetChain& chain);

// ORDER BY, OFFSET and LIMIT over rows whose names are all that is known of them.
absl::StatusOr<QueryPlan> WithTail(const Planning& planning, QueryPlan plan, const QueryTail& tail);

std::vector<Type> TypesOf(const std::vector<OutputColumn>& columns);

// What a column is called that nobody gave a name.
std::string OutputName(const Expression& expression);

// The output column that a bare number or name in ORDER BY or GROUP BY means. Nothing where it is
// neither, or where no column has that name.
absl::StatusOr<std::optional<size_t>> ColumnByNumber(const Planning& planning,
                                                     const Expression& key, size_t columns,
                                                     std::string_view clause);
// The text of a name of one part; nullptr for anything else.
const std::string* BareName(const Expression& expression);

exec::SortKey SortKeyOf(const OrderItem& item, size_t column, exec::LabelsPtr labels);

}  // namespace tape::engine::sql
