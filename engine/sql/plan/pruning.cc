#include "engine/sql/plan/pruning.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/make.h"
#include "engine/exec/operators/comparison.h"
#include "engine/exec/value.h"

namespace tape::engine::sql {
namespace {

using exec::Comparator;

// column op value, turned round where it was written the other way.
struct Bound {
  size_t column;
  Comparator op;
  exec::Value value;
};

std::optional<Bound> BoundOf(const exec::Expression& condition, const exec::Session& session) {
  if (condition.kind() != exec::ExpressionKind::kComparison) return std::nullopt;
  const auto& test = static_cast<const exec::ComparisonExpression&>(condition);
  const bool column_first = test.left()->kind() == exec::ExpressionKind::kColumn;
  const exec::Expression& column = column_first ? *test.left() : *test.right();
  const exec::Expression& other = column_first ? *test.right() : *test.left();
  if (column.kind() != exec::ExpressionKind::kColumn || !other.IsStable()) return std::nullopt;
  const absl::StatusOr<exec::Value> value = exec::EvaluateOnce(other, session);
  // An error is for whoever asks it of a row: there may be none.
  if (!value.ok() || value->is_null()) return std::nullopt;
  return Bound{.column = static_cast<const exec::ColumnReference&>(column).index(),
               .op = column_first ? test.op() : exec::Mirrored(test.op()),
               .value = *value};
}

bool IsTime(const Type& type) {
  return type.kind() == TypeKind::kTimestamp || type.kind() == TypeKind::kTimestampTz;
}

// No time: above the greatest, or below the least.
void RuleOutAll(TimeRange& times) {
  times = {.least = std::numeric_limits<int64_t>::max(),
           .greatest = std::numeric_limits<int64_t>::min()};
}

bool NarrowTimes(const Bound& bound, TimeRange& times) {
  const auto time = bound.value.Get<int64_t>();
  switch (bound.op) {
    case Comparator::kGreater:
      if (time == std::numeric_limits<int64_t>::max()) {
        RuleOutAll(times);
      } else {
        times.least = std::max(times.least, time + 1);
      }
      return true;
    case Comparator::kGreaterEqual:
      times.least = std::max(times.least, time);
      return true;
    case Comparator::kLess:
      if (time == std::numeric_limits<int64_t>::min()) {
        RuleOutAll(times);
      } else {
        times.greatest = std::min(times.greatest, time - 1);
      }
      return true;
    case Comparator::kLessEqual:
      times.greatest = std::min(times.greatest, time);
      return true;
    case Comparator::kEqual:
      times.least = std::max(times.least, time);
      times.greatest = std::min(times.greatest, time);
      return true;
    default:
      return false;
  }
}

void NarrowSymbols(std::vector<std::string> symbols, exec::SourceSpec& spec) {
  if (spec.symbols.has_value()) {
    std::erase_if(symbols, [&](const std::string& symbol) {
      return std::find(spec.symbols->begin(), spec.symbols->end(), symbol) == spec.symbols->end();
    });
  }
  spec.symbols = std::move(symbols);
}

// The text that the column is equal to; false where the condition is anything else.
bool CollectSymbols(const exec::Expression& condition, size_t cluster, const exec::Session& session,
                    std::vector<std::string>& symbols) {
  const std::optional<Bound> bound = BoundOf(condition, session);
  if (!bound || bound->column != cluster || bound->op != Comparator::kEqual ||
      !bound->value.type().IsString()) {
    return false;
  }
  symbols.emplace_back(bound->value.text());
  return true;
}

}  // namespace

bool Prune(const exec::Source& source, size_t first, const exec::Expression& condition,
           const exec::Session& session, exec::SourceSpec& spec) {
  if (source.cluster_column()) {
    std::vector<std::string> symbols;
    if (CollectSymbols(condition, first + *source.cluster_column(), session, symbols)) {
      NarrowSymbols(std::move(symbols), spec);
      return true;
    }
  }
  const std::optional<Bound> bound = BoundOf(condition, session);
  if (!bound || !source.time_column() || bound->column != first + *source.time_column()) {
    return false;
  }
  // A time of another type was cast, and then it is not the column itself that is compared.
  if (bound->value.type() != source.columns()[*source.time_column()].type) return false;
  return IsTime(bound->value.type()) && NarrowTimes(*bound, spec.times);
}

bool PruneAny(const exec::Source& source, size_t first,
              std::span<const exec::ExpressionPtr> conditions, const exec::Session& session,
              exec::SourceSpec& spec) {
  if (!source.cluster_column() || conditions.empty()) return false;
  std::vector<std::string> symbols;
  for (const exec::ExpressionPtr& condition : conditions) {
    const size_t cluster = first + *source.cluster_column();
    if (!CollectSymbols(*condition, cluster, session, symbols)) return false;
  }
  NarrowSymbols(std::move(symbols), spec);
  return true;
}

}  // namespace tape::engine::sql
