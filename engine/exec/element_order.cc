#include "engine/exec/element_order.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "engine/exec/array_elements.h"
#include "engine/exec/json_text.h"
#include "engine/exec/value.h"
#include "tape/array.h"

namespace tape::engine::exec {
namespace {

template <typename T>
int ThreeWay(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int CompareTexts(std::string_view a, std::string_view b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

template <typename T>
int CompareArrayElements(const Type& element, const ArrayView& a, const ArrayView& b) {
  const size_t size = std::min(a.size(), b.size());
  for (size_t i = 0; i < size; ++i) {
    int order = ThreeWay(a.IsNull(i), b.IsNull(i));
    if (order == 0 && !a.IsNull(i)) {
      order = CompareElements<T>(element, ArrayElement<T>(a, i), ArrayElement<T>(b, i));
    }
    if (order != 0) return order;
  }
  return ThreeWay(a.size(), b.size());
}

}  // namespace

int CompareArrays(const Type& element, std::string_view a, std::string_view b) {
  const absl::StatusOr<ArrayView> left = ArrayView::Parse(element.physical(), a);
  const absl::StatusOr<ArrayView> right = ArrayView::Parse(element.physical(), b);
  if (!left.ok() || !right.ok()) return CompareTexts(a, b);
  return WithElement(ElementOf(element),
                     [&]<typename T>() { return CompareArrayElements<T>(element, *left, *right); });
}

int CompareLabels(const EnumLabels& labels, std::string_view a, std::string_view b) {
  const std::optional<uint32_t> left = labels.Rank(a);
  const std::optional<uint32_t> right = labels.Rank(b);
  if (!left || !right) return left ? -1 : (right ? 1 : CompareTexts(a, b));
  return ThreeWay(*left, *right);
}

template <typename T>
int CompareElements(const Type& type, const T& a, const T& b, const EnumLabels* labels) {
  if constexpr (std::is_floating_point_v<T>) {
    return FloatLess(a, b) ? -1 : (FloatLess(b, a) ? 1 : 0);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return ThreeWay(IntervalLength(a), IntervalLength(b));
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    if (type.kind() == TypeKind::kEnum && labels != nullptr) return CompareLabels(*labels, a, b);
    if (type.IsArray()) return CompareArrays(type.element(), a, b);
    return type.IsJson() ? CompareJson(a, b) : CompareTexts(a, b);
  } else {
    return ThreeWay(a, b);
  }
}

template int CompareElements(const Type&, const uint8_t&, const uint8_t&, const EnumLabels*);
template int CompareElements(const Type&, const int16_t&, const int16_t&, const EnumLabels*);
template int CompareElements(const Type&, const int32_t&, const int32_t&, const EnumLabels*);
template int CompareElements(const Type&, const int64_t&, const int64_t&, const EnumLabels*);
template int CompareElements(const Type&, const Int128&, const Int128&, const EnumLabels*);
template int CompareElements(const Type&, const float&, const float&, const EnumLabels*);
template int CompareElements(const Type&, const double&, const double&, const EnumLabels*);
template int CompareElements(const Type&, const Interval&, const Interval&, const EnumLabels*);
template int CompareElements(const Type&, const std::string_view&, const std::string_view&,
                             const EnumLabels*);

int Compare(const Value& a, const Value& b, const EnumLabels* labels) {
  return WithElement(ElementOf(a.type()), [&]<typename T>() {
    return CompareElements<T>(a.type(), a.Get<T>(), b.Get<T>(), labels);
  });
}

}  // namespace tape::engine::exec
