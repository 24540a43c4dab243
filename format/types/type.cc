#include "tape/type.h"

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape {
namespace {

using format::Concat;

// Name and physical form by kind, in the order of TypeKind.
struct Row {
  std::string_view name;
  Physical physical;
};
constexpr Row kRows[] = {
    {"", Physical::kInt64},  // no kind is 0
    {"BOOLEAN", Physical::kBool},    {"SMALLINT", Physical::kInt16},
    {"INTEGER", Physical::kInt32},   {"BIGINT", Physical::kInt64},
    {"REAL", Physical::kFloat32},    {"DOUBLE PRECISION", Physical::kFloat64},
    {"DECIMAL", Physical::kInt128},  // or kInt64, by precision
    {"TIMESTAMP", Physical::kInt64}, {"TIMESTAMPTZ", Physical::kInt64},
    {"DATE", Physical::kInt32},      {"INTERVAL", Physical::kInt128},
    {"TEXT", Physical::kBytes},      {"VARCHAR", Physical::kBytes},
    {"SYMBOL", Physical::kCode32},   {"ENUM", Physical::kCode32},
    {"UUID", Physical::kInt128},     {"INET", Physical::kBytes},
    {"JSON", Physical::kBytes},      {"JSONB", Physical::kBytes},
    {"BYTEA", Physical::kBytes},     {"ARRAY", Physical::kBytes},
    {"SERIAL", Physical::kInt32},    {"BIGSERIAL", Physical::kInt64},
};
constexpr size_t kKinds = std::size(kRows);
static_assert(kKinds == static_cast<size_t>(TypeKind::kBigserial) + 1);

const Row& RowOf(TypeKind kind) { return kRows[static_cast<size_t>(kind)]; }

bool MayBeElement(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInterval:
    case TypeKind::kSymbol:
    case TypeKind::kEnum:
    case TypeKind::kArray:
    case TypeKind::kSerial:
    case TypeKind::kBigserial:
      return false;
    default:
      return true;
  }
}

absl::Status OutOfRange(const Type& type, std::string_view what, int value, int least, int most) {
  return absl::InvalidArgumentError(
      Concat(type.ToString(), ": ", what, " ", value, " is not in ", least, "..", most));
}

absl::Status ValidateDecimal(const Type& type) {
  if (type.precision() < 1 || type.precision() > kMaxDecimalPrecision) {
    return OutOfRange(type, "precision", type.precision(), 1, kMaxDecimalPrecision);
  }
  if (type.scale() < 0 || type.scale() > type.precision()) {
    return OutOfRange(type, "scale", type.scale(), 0, type.precision());
  }
  return absl::OkStatus();
}

}  // namespace

Physical Type::physical() const {
  if (kind_ == TypeKind::kDecimal && first_ <= kMaxDecimal64Precision) return Physical::kInt64;
  return RowOf(kind_).physical;
}

std::string Type::ToString() const {
  std::string text(RowOf(Scalar()).name);
  if (Scalar() == TypeKind::kDecimal) text += Concat("(", first_, ",", second_, ")");
  if (Scalar() == TypeKind::kEnum) text += Concat("(", enum_id().value(), ")");
  if (Scalar() == TypeKind::kVarchar && first_ != 0) text += Concat("(", first_, ")");
  return IsArray() ? text + "[]" : text;
}

absl::Status Type::Validate() const {
  if (IsArray() && !MayBeElement(element_)) {
    return absl::InvalidArgumentError(Concat(ToString(), ": an array of ", RowOf(element_).name,
                                             " is not possible, only of scalar values"));
  }
  if (Scalar() == TypeKind::kDecimal) return ValidateDecimal(*this);
  if (Scalar() == TypeKind::kVarchar && (first_ < 0 || first_ > int64_t{kMaxVarcharLength})) {
    return OutOfRange(*this, "length", first_, 1, static_cast<int>(kMaxVarcharLength));
  }
  return absl::OkStatus();
}

Type::Parts Type::parts() const {
  return {static_cast<uint8_t>(kind_), static_cast<uint8_t>(element_), first_, second_};
}

absl::StatusOr<Type> Type::FromParts(const Parts& parts) {
  const bool is_array = parts.kind == static_cast<uint8_t>(TypeKind::kArray);
  const uint8_t scalar = is_array ? parts.element : parts.kind;
  if (scalar == 0 || scalar >= kKinds) {
    return absl::InvalidArgumentError(Concat("type: kind ", scalar, " is not in 1..", kKinds - 1));
  }
  const Type element(static_cast<TypeKind>(scalar), parts.first, parts.second);
  const Type type = is_array ? Array(element) : element;
  if (absl::Status status = type.Validate(); !status.ok()) return status;
  const bool has_first = scalar == static_cast<uint8_t>(TypeKind::kDecimal) ||
                         scalar == static_cast<uint8_t>(TypeKind::kVarchar) ||
                         scalar == static_cast<uint8_t>(TypeKind::kEnum);
  const bool has_second = scalar == static_cast<uint8_t>(TypeKind::kDecimal);
  if (type.parts() != parts || (!has_first && parts.first != 0) ||
      (!has_second && parts.second != 0)) {
    return absl::InvalidArgumentError(Concat(type.ToString(), ": has parameters (", parts.first,
                                             ",", parts.second, "; element ", parts.element,
                                             ") that it does not take"));
  }
  return type;
}

}  // namespace tape
