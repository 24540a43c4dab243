#include "engine/sql/bind/binder.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "engine/sql/bind/built_in_types.h"
#include "engine/sql/bind/expression_binder.h"
#include "engine/sql/lexer/source.h"
#include "engine/sql/printer.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using format::Concat;

namespace {

// Marks an error that has a place, so that it keeps the innermost one.
constexpr char kHasPlace[] = "tape/place";

}  // namespace

// ---- hooks that know nothing

std::optional<BindHook::Bound> BindHook::Whole(const Expression& /*expression*/,
                                               Binder& /*binder*/) {
  return std::nullopt;
}
std::optional<BindHook::Bound> BindHook::Call(const sql::Call& /*call*/, Binder& /*binder*/) {
  return std::nullopt;
}
std::optional<BindHook::Bound> BindHook::Query(const Subquery& /*subquery*/, Binder& /*binder*/) {
  return std::nullopt;
}
std::optional<BindHook::Bound> BindHook::InQuery(const sql::InQuery& /*form*/,
                                                 exec::ExpressionPtr /*operand*/,
                                                 Binder& /*binder*/) {
  return std::nullopt;
}
std::optional<BindHook::Bound> BindHook::QuantifiedQuery(const Quantified& /*form*/,
                                                         exec::ExpressionPtr /*operand*/,
                                                         Binder& /*binder*/) {
  return std::nullopt;
}

// ---- the binder

absl::StatusOr<exec::ExpressionPtr> Binder::Checked(const Expression& expression,
                                                    BindHook::Bound bound) const {
  if (!bound.ok()) return bound;
  const absl::Status status = CheckConstant(**bound);
  return status.ok() ? bound : ErrorAt(expression.place, status);
}

absl::StatusOr<exec::ExpressionPtr> Binder::Bind(const Expression& expression) {
  return Checked(expression, ExpressionBinder(*this).BindValue(expression));
}

absl::StatusOr<exec::ExpressionPtr> Binder::BindCondition(const Expression& expression) {
  return Checked(expression, ExpressionBinder(*this).BindCondition(expression));
}

absl::StatusOr<exec::ExpressionPtr> Binder::BindAssignment(const Expression& expression,
                                                           const NamedType& to) {
  return Checked(expression,
                 ExpressionBinder(*this).BindAs(expression, to, exec::CastContext::kAssignment));
}

absl::StatusOr<NamedType> Binder::BindType(const TypeName& name) const {
  const absl::StatusOr<std::optional<Type>> built_in = BuiltInType(name);
  if (!built_in.ok()) return ErrorAt(name.place, built_in.status());
  if (*built_in) return NamedType{.type = **built_in};
  if (options_.type_names != nullptr && name.dimensions == 0) {
    if (std::optional<NamedType> known = options_.type_names->Find(name.name)) return *known;
  }
  return ErrorAt(name.place,
                 absl::InvalidArgumentError(Concat("type ", Print(name), " does not exist")));
}

absl::Status Binder::ErrorAt(Place place, const absl::Status& status) const {
  if (status.GetPayload(kHasPlace)) return status;
  const std::string described =
      Describe(text_, {.offset = place.offset, .message = std::string(status.message())});
  absl::Status placed(status.code(), described);
  placed.SetPayload(kHasPlace, absl::Cord());
  return placed;
}

}  // namespace tape::engine::sql
