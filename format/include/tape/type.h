// What a column may hold.
//
//   Type price = Type::Decimal(18, 8);
//   price.physical();    // Physical::kInt64: eighteen digits fit a machine word
//   price.ToString();    // "DECIMAL(18,8)"
//
// A Type is what SQL says; a Physical is how one value lies in memory and in a block. Many types share one
// physical form, and everything below the catalog (kernels, encodings, extents, scans) knows only the latter.
//
// Immutable value types; thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

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
  kBool = 1,     // uint8_t, 0 or 1
  kInt16 = 2,    // int16_t
  kInt32 = 3,    // int32_t: INTEGER, DATE
  kInt64 = 4,    // int64_t: BIGINT, TIMESTAMP, DECIMAL up to 18 digits
  kInt128 = 5,   // Int128: DECIMAL above 18 digits; UUID with its first bit flipped, so that order is kept
  kFloat32 = 6,  // float
  kFloat64 = 7,  // double
  kCode32 = 8,   // uint32_t: table-global code of a SYMBOL or ENUM value; code 0 is NULL
  kBytes = 9,    // offsets (uint64_t, rows + 1 of them) into a heap: TEXT, VARCHAR, JSON, BYTEA, INET, arrays
};

// Bytes of one value in memory; 0 for kBytes.
constexpr size_t PhysicalSize(Physical physical) {
  switch (physical) {
    case Physical::kBool: return 1;
    case Physical::kInt16: return 2;
    case Physical::kInt32:
    case Physical::kFloat32:
    case Physical::kCode32: return 4;
    case Physical::kInt64:
    case Physical::kFloat64: return 8;
    case Physical::kInt128: return 16;
    case Physical::kBytes: return 0;
  }
  return 0;
}

}  // namespace tape
