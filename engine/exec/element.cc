#include "engine/exec/element.h"

#include <cstddef>

#include "tape/limits.h"

namespace tape::engine::exec {

Element ElementOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBoolean:
      return Element::kBool;
    case TypeKind::kSmallint:
      return Element::kInt16;
    case TypeKind::kInteger:
    case TypeKind::kSerial:
    case TypeKind::kDate:
      return Element::kInt32;
    case TypeKind::kBigint:
    case TypeKind::kBigserial:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return Element::kInt64;
    case TypeKind::kDecimal:
      return type.precision() <= kMaxDecimal64Precision ? Element::kInt64 : Element::kInt128;
    case TypeKind::kUuid:
      return Element::kInt128;
    case TypeKind::kReal:
      return Element::kFloat;
    case TypeKind::kDouble:
      return Element::kDouble;
    case TypeKind::kInterval:
      return Element::kInterval;
    default:
      return Element::kText;
  }
}

size_t ElementSize(Element element) {
  return WithElement(element, []<typename T>() { return sizeof(T); });
}

}  // namespace tape::engine::exec
