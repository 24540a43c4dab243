#include "engine/sql/define/widening.h"

#include <limits>
#include <optional>

namespace tape::engine::sql {
namespace {

// Whole numbers by their width; 0 for others.
int WholeWidth(TypeKind kind) {
  switch (kind) {
    case TypeKind::kSmallint:
      return 1;
    case TypeKind::kInteger:
    case TypeKind::kSerial:
      return 2;
    case TypeKind::kBigint:
    case TypeKind::kBigserial:
      return 3;
    default:
      return 0;
  }
}

// Characters that a text may have; nothing for what is no plain text.
std::optional<int64_t> LongestText(const Type& type) {
  constexpr int64_t kAny = std::numeric_limits<int64_t>::max();
  if (type.kind() == TypeKind::kText || type.kind() == TypeKind::kSymbol) return kAny;
  if (type.kind() != TypeKind::kVarchar) return std::nullopt;
  return type.length() == 0 ? kAny : type.length();
}

TypeChange OfDecimals(const Type& before, const Type& after) {
  if (before.scale() != after.scale()) return TypeChange::kOther;
  if (before.precision() <= after.precision()) return TypeChange::kWider;
  return before.physical() == after.physical() ? TypeChange::kNarrower : TypeChange::kOther;
}

}  // namespace

TypeChange ChangeOfType(const Type& before, const Type& after, bool is_symbol) {
  if (before == after) return TypeChange::kWider;
  const TypeKind from = before.kind();
  const TypeKind to = after.kind();
  if (WholeWidth(from) != 0 && WholeWidth(to) != 0) {
    return WholeWidth(from) <= WholeWidth(to) ? TypeChange::kWider : TypeChange::kOther;
  }
  if (from == TypeKind::kDecimal && to == TypeKind::kDecimal) return OfDecimals(before, after);
  if (from == TypeKind::kReal && to == TypeKind::kDouble) return TypeChange::kWider;
  if (before.IsTimestamp() && after.IsTimestamp()) return TypeChange::kWider;
  if (from == TypeKind::kJsonb && to == TypeKind::kJson) return TypeChange::kWider;
  if (from == TypeKind::kJson && to == TypeKind::kJsonb) return TypeChange::kWider;
  const std::optional<int64_t> longest_before = LongestText(before);
  const std::optional<int64_t> longest_after = LongestText(after);
  if (!longest_before.has_value() || !longest_after.has_value()) return TypeChange::kOther;
  // A SYMBOL is stored as codes for its type alone.
  const bool codes_change =
      (from == TypeKind::kSymbol || to == TypeKind::kSymbol) && (from != to) && !is_symbol;
  if (codes_change || from == TypeKind::kSymbol) return TypeChange::kOther;
  return *longest_before <= *longest_after ? TypeChange::kWider : TypeChange::kNarrower;
}

}  // namespace tape::engine::sql
