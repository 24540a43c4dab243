// Among dates and timestamps.
#include "engine/exec/casts/casts.h"
#include "engine/exec/loops.h"
#include "tape/date.h"
#include "tape/timestamp.h"

namespace tape::engine::exec {
namespace {

absl::StatusOr<Vector> DateToTimestamp(const KernelCall& call) {
  return MapRows<int64_t>(call, [&](uint32_t row, RowResult<int64_t>& out) {
    const Date date = Date::FromDays(call.arguments[0].At<int32_t>(row));
    const absl::StatusOr<Timestamp> time = Timestamp::AtMidnight(date);
    if (!time.ok()) return time.status();
    out.Set(time->nanos());
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> TimestampToDate(const KernelCall& call) {
  return Map<int64_t, int32_t>(
      call, [](int64_t nanos) { return Timestamp::FromNanos(nanos).Day().days(); });
}

// The zone of a session is UTC.
absl::StatusOr<Vector> SameInstant(const KernelCall& call) {
  return call.arguments[0].As(call.type);
}

}  // namespace

KernelTraits TimeCast(const Type& from, const Type& to) {
  if (from.IsTimestamp() && to.IsTimestamp()) return {.name = "cast", .kernel = SameInstant};
  if (from.IsTimestamp() && to.kind() == TypeKind::kDate) {
    return {.name = "cast", .kernel = TimestampToDate};
  }
  if (from.kind() == TypeKind::kDate && to.IsTimestamp()) {
    return {.name = "cast", .kernel = DateToTimestamp};
  }
  return {};
}

}  // namespace tape::engine::exec
