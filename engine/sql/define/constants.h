// Expressions that are known when they are defined: what a DEFAULT may be.
//
//   DefaultOf(-1.50, DECIMAL(10,4))        the literal "-1.5000"
//   DefaultOf('open', VARCHAR(20))         the literal "open"
//   DefaultOf(CURRENT_TIMESTAMP, ...)      ColumnDefault::Now()
//   DefaultOf(gen_random_uuid(), UUID)     ColumnDefault::RandomUuid()
//   DefaultOf(price * 2, ...)              refused, with the reason
//
// A constant is a literal with signs and casts around it; what it is worth is checked against the
// column's type, so that a default never fails when a row needs it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/expression.h"
#include "tape/schema.h"
#include "tape/type.h"

namespace tape::engine::sql {

absl::StatusOr<ColumnDefault> DefaultOf(const Expression& value, const Type& type,
                                        const Defining& define);

// The default of a column as one of another type.
absl::StatusOr<ColumnDefault> DefaultAs(const ColumnDefault& value, const Type& type,
                                        const CatalogState& state);

// A time, as a constant or as now() and an interval from it; what DROP DAYS BEFORE takes.
absl::StatusOr<int64_t> TimeOf(const Expression& value, const Defining& define);

// Nanoseconds of an interval without months; kInvalidArgument for others.
absl::StatusOr<int64_t> NanosecondsOf(const Expression& value, const Defining& define);

// The text of a literal or a word; nullptr where it is something else.
const std::string* TextOf(const Expression& value);

}  // namespace tape::engine::sql
