// SAMPLE BY: rows in periods of time.
#include <utility>

#include "engine/exec/functions.h"
#include "engine/exec/make.h"
#include "engine/sql/plan/from.h"

namespace tape::engine::sql {
namespace {

absl::Status CheckIsThere(const Planning& planning, const SampleBy& sample) {
  if (sample.from || sample.to) return planning.NotThere(sample.place, "SAMPLE BY FROM or TO");
  for (const Fill& fill : sample.fill) {
    if (fill.kind != FillKind::kNone) return planning.NotThere(sample.place, "FILL");
  }
  if (!sample.alignment) return absl::OkStatus();
  if (sample.alignment->to_first_observation) {
    return planning.NotThere(sample.place, "ALIGN TO FIRST OBSERVATION");
  }
  const bool zoned = sample.alignment->time_zone || sample.alignment->offset;
  return zoned ? planning.NotThere(sample.place, "a time zone or an offset of SAMPLE BY")
               : absl::OkStatus();
}

}  // namespace

absl::StatusOr<exec::ExpressionPtr> BindPeriod(const Planning& planning, const From& from,
                                               const SampleBy& sample) {
  absl::Status status = CheckIsThere(planning, sample);
  if (!status.ok()) return status;
  const std::optional<size_t> time =
      from.relations.size() == 1 ? TimeOf(from.relations[0]) : std::nullopt;
  if (!time) {
    return planning.Invalid(sample.place, "SAMPLE BY takes one table that has a time column");
  }
  Binder binder = planning.BinderOf(nullptr, nullptr);
  absl::StatusOr<exec::ExpressionPtr> period =
      binder.BindAssignment(sample.period, {.type = Type::Interval()});
  if (!period.ok()) return period.status();
  const ScopeColumn& column = from.scope.column(*time);
  std::vector<exec::Argument> arguments;
  arguments.push_back({.value = *std::move(period)});
  arguments.push_back({.value = exec::MakeColumn(*time, column.type, column.name)});
  absl::StatusOr<exec::ExpressionPtr> bucket =
      exec::MakeFunction("time_bucket", std::move(arguments));
  if (!bucket.ok()) return planning.ErrorAt(sample.place, bucket.status());
  return bucket;
}

}  // namespace tape::engine::sql
