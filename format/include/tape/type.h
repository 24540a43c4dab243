// What a column may hold.
//
//   Type price = Type::Decimal(18, 8);
//   price.physical();    // Physical::kInt64: eighteen digits fit a machine word
//   price.ToString();    // "DECIMAL(18,8)"
//
// A Type is what SQL says; a Physical is how one value lies in memory and in a block. Many types
// share one physical form, and everything below the catalog (kernels, encodings, extents, scans)
// knows only the latter.
//
// Immutable value types; thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/ids.h"

namespace tape {

enum class TypeKind : uint8_t {
  kBoolean = 1,
  kSmallint = 2,
  kInteger = 3,
  kBigint = 4,
  kReal = 5,
  kDouble = 6,
  kDecimal = 7,      // precision, scale
  kTimestamp = 8,    // nanoseconds since 1970-01-01T00:00:00Z
  kTimestampTz = 9,  // the same instant; SQL shows it as WITH TIME ZONE
  kDate = 10,        // days since 1970-01-01
  kInterval = 11,    // in expressions only, never a column
  kText = 12,
  kVarchar = 13,  // length in characters
  kSymbol = 14,
  kEnum = 15,  // enum id in the catalog
  kUuid = 16,
  kInet = 17,
  kJson = 18,
  kJsonb = 19,
  kBytea = 20,
  kArray = 21,      // of a scalar element type
  kSerial = 22,     // INTEGER with a sequence
  kBigserial = 23,  // BIGINT with a sequence
};

// The form of one value in memory: what a ColumnView points at, and what a block decodes to.
enum class Physical : uint8_t {
  kBool = 1,   // uint8_t, 0 or 1
  kInt16 = 2,  // int16_t
  kInt32 = 3,  // int32_t: INTEGER, DATE
  kInt64 = 4,  // int64_t: BIGINT, TIMESTAMP, DECIMAL up to 18 digits
  kInt128 =
      5,  // Int128: DECIMAL above 18 digits; UUID with its first bit flipped, so that order is kept
  kFloat32 = 6,  // float
  kFloat64 = 7,  // double
  kCode32 = 8,   // uint32_t: table-global code of a SYMBOL or ENUM value; code 0 is NULL
  kBytes = 9,    // offsets (uint64_t, rows + 1 of them) into a heap: TEXT, VARCHAR, JSON, BYTEA,
                 // INET, arrays
};

// Bytes of one value in memory; 0 for kBytes.
constexpr size_t PhysicalSize(Physical physical) {
  switch (physical) {
    case Physical::kBool:
      return 1;
    case Physical::kInt16:
      return 2;
    case Physical::kInt32:
    case Physical::kFloat32:
    case Physical::kCode32:
      return 4;
    case Physical::kInt64:
    case Physical::kFloat64:
      return 8;
    case Physical::kInt128:
      return 16;
    case Physical::kBytes:
      return 0;
  }
  return 0;
}

// A type with its parameters. The factories take any parameter; Validate says what is wrong with
// it, and a Schema validates the type of every column, so that text such as DECIMAL(99,7) becomes
// an error with a name.
class Type {
 public:
  // BIGINT, so that a Type can be a member; every other one comes from a factory.
  constexpr Type() = default;

  static constexpr Type Boolean() { return Type(TypeKind::kBoolean); }
  static constexpr Type Smallint() { return Type(TypeKind::kSmallint); }
  static constexpr Type Integer() { return Type(TypeKind::kInteger); }
  static constexpr Type Bigint() { return Type(TypeKind::kBigint); }
  static constexpr Type Real() { return Type(TypeKind::kReal); }
  static constexpr Type Double() { return Type(TypeKind::kDouble); }
  // 1 <= precision <= 38 digits in all, 0 <= scale <= precision of them after the point.
  static constexpr Type Decimal(int32_t precision, int32_t scale) {
    return Type(TypeKind::kDecimal, precision, scale);
  }
  static constexpr Type Timestamp() { return Type(TypeKind::kTimestamp); }
  static constexpr Type TimestampTz() { return Type(TypeKind::kTimestampTz); }
  static constexpr Type Date() { return Type(TypeKind::kDate); }
  static constexpr Type Interval() { return Type(TypeKind::kInterval); }
  static constexpr Type Text() { return Type(TypeKind::kText); }
  // At most `length` characters; 0: no limit but that of every value.
  static constexpr Type Varchar(int32_t length = 0) { return Type(TypeKind::kVarchar, length); }
  static constexpr Type Symbol() { return Type(TypeKind::kSymbol); }
  static constexpr Type Enum(EnumId id) {
    return Type(TypeKind::kEnum, static_cast<int32_t>(id.value()));
  }
  static constexpr Type Uuid() { return Type(TypeKind::kUuid); }
  static constexpr Type Inet() { return Type(TypeKind::kInet); }
  static constexpr Type Json() { return Type(TypeKind::kJson); }
  static constexpr Type Jsonb() { return Type(TypeKind::kJsonb); }
  static constexpr Type Bytea() { return Type(TypeKind::kBytea); }
  // Of a scalar; not of SYMBOL or ENUM (elements are values, not codes), SERIAL, INTERVAL or
  // another array.
  static constexpr Type Array(Type element) {
    Type type = element;
    type.element_ = element.kind_;
    type.kind_ = TypeKind::kArray;
    return type;
  }
  static constexpr Type Serial() { return Type(TypeKind::kSerial); }
  static constexpr Type Bigserial() { return Type(TypeKind::kBigserial); }

  // What a catalog record keeps of a type. FromParts refuses what no factory makes or Validate
  // refuses.
  struct Parts {
    uint8_t kind;
    uint8_t element;  // 0, or the kind of an array's elements
    int32_t first;    // precision, length or enum id, of the element if it is an array; else 0
    int32_t second;   // scale, else 0
    friend bool operator==(const Parts&, const Parts&) = default;
  };
  static absl::StatusOr<Type> FromParts(const Parts& parts);
  Parts parts() const;

  constexpr TypeKind kind() const { return kind_; }
  constexpr int precision() const { return Scalar() == TypeKind::kDecimal ? first_ : 0; }
  constexpr int scale() const { return Scalar() == TypeKind::kDecimal ? second_ : 0; }
  constexpr int length() const { return Scalar() == TypeKind::kVarchar ? first_ : 0; }
  constexpr EnumId enum_id() const {
    return EnumId(Scalar() == TypeKind::kEnum ? static_cast<uint32_t>(first_) : 0);
  }
  // Type of an array's elements; of anything else, itself.
  constexpr Type element() const {
    return kind_ == TypeKind::kArray ? Type(element_, first_, second_) : *this;
  }

  // One form per type. INTERVAL has one too, for expressions: months, days and nanoseconds in 16
  // bytes.
  Physical physical() const;

  constexpr bool IsArray() const { return kind_ == TypeKind::kArray; }
  constexpr bool IsTimestamp() const {
    return kind_ == TypeKind::kTimestamp || kind_ == TypeKind::kTimestampTz;
  }
  constexpr bool IsSerial() const {
    return kind_ == TypeKind::kSerial || kind_ == TypeKind::kBigserial;
  }
  constexpr bool IsJson() const { return kind_ == TypeKind::kJson || kind_ == TypeKind::kJsonb; }
  // TEXT, VARCHAR, SYMBOL or ENUM: what a slice can be clustered by.
  constexpr bool IsString() const { return kind_ >= TypeKind::kText && kind_ <= TypeKind::kEnum; }

  // The SQL spelling: "DECIMAL(18,8)", "VARCHAR(255)[]". The name of an ENUM is the catalog's:
  // "ENUM(3)" is the one with id 3.
  std::string ToString() const;

  // kInvalidArgument with the type and the parameter that is out of range.
  absl::Status Validate() const;

  friend constexpr bool operator==(const Type&, const Type&) = default;

 private:
  constexpr explicit Type(TypeKind kind, int32_t first = 0, int32_t second = 0)
      : kind_(kind), first_(first), second_(second) {}

  constexpr TypeKind Scalar() const { return kind_ == TypeKind::kArray ? element_ : kind_; }

  TypeKind kind_ = TypeKind::kBigint;
  TypeKind element_{0};  // of an array
  int32_t first_ = 0;
  int32_t second_ = 0;
};

}  // namespace tape
