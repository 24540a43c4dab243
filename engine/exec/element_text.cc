// Elements to text: what a cast to TEXT gives.
#include <cstring>
#include <optional>
#include <type_traits>
#include <vector>

#include "engine/exec/array_elements.h"
#include "engine/exec/value.h"
#include "tape/array.h"
#include "tape/bytea.h"
#include "tape/date.h"
#include "tape/decimal.h"
#include "tape/inet.h"
#include "tape/number_text.h"
#include "tape/timestamp.h"
#include "tape/uuid.h"

namespace tape::engine::exec {
namespace {

// What Print writes, in PostgreSQL's form: a blank for the T, no zeros at the end of the second.
void AppendTimestamp(const Type& type, int64_t nanos, std::string& out) {
  constexpr size_t kDateSize = 10;
  constexpr size_t kSecondEnd = 19;
  char text[kTimestampTextSize];
  Timestamp::FromNanos(nanos).Print(text);
  text[kDateSize] = ' ';
  size_t size = kTimestampTextSize - 1;
  while (size > kSecondEnd + 1 && text[size - 1] == '0') --size;
  out.append(text, size == kSecondEnd + 1 ? kSecondEnd : size);
  if (type.kind() == TypeKind::kTimestampTz) out += "+00";
}

void AppendDecimal(const Type& type, Int128 unscaled, std::string& out) {
  char text[kDecimalTextSizeMax];
  const char* end = Decimal{unscaled, type.scale()}.Print(text);
  out.append(text, static_cast<size_t>(end - text));
}

void AppendArray(const Type& type, std::string_view bytes, std::string& out) {
  const Type element = type.element();
  const absl::StatusOr<ArrayView> array = ArrayView::Parse(element.physical(), bytes);
  if (!array.ok()) return;
  std::vector<std::optional<std::string>> texts(array->size());
  WithElement(ElementOf(element), [&]<typename T>() {
    for (size_t i = 0; i < array->size(); ++i) {
      if (array->IsNull(i)) continue;
      std::string& text = texts[i].emplace();
      AppendText<T>(element, ArrayElement<T>(*array, i), text);
      // Inside of an array a boolean is one letter.
      if constexpr (std::is_same_v<T, uint8_t>) text.resize(1);
    }
  });
  out += PrintArrayText(texts);
}

void AppendBytes(const Type& type, std::string_view bytes, std::string& out) {
  if (type.IsArray()) return AppendArray(type, bytes, out);
  if (type.kind() == TypeKind::kBytea) {
    out += PrintBytea(bytes);
  } else if (type.kind() == TypeKind::kInet) {
    const absl::StatusOr<Inet> inet = Inet::FromBytes(bytes);
    if (inet.ok()) out += inet->ToString();
  } else {
    out += bytes;
  }
}

void AppendInteger(const Type& type, int64_t value, std::string& out) {
  if (type.IsTimestamp()) return AppendTimestamp(type, value, out);
  if (type.kind() == TypeKind::kDecimal) return AppendDecimal(type, value, out);
  char text[kNumberTextSizeMax];
  const char* end = type.kind() == TypeKind::kDate
                        ? Date::FromDays(static_cast<int32_t>(value)).Print(text)
                        : PrintInt64(value, text);
  out.append(text, static_cast<size_t>(end - text));
}

}  // namespace

template <typename T>
void AppendText(const Type& type, const T& element, std::string& out) {
  if constexpr (std::is_same_v<T, uint8_t>) {
    out += BooleanText(element != 0);
  } else if constexpr (std::is_same_v<T, Int128>) {
    if (type.kind() != TypeKind::kUuid) return AppendDecimal(type, element, out);
    out += Uuid::FromOrdered(element).ToString();
  } else if constexpr (std::is_floating_point_v<T>) {
    out += tape::ToText(element);
  } else if constexpr (std::is_same_v<T, Interval>) {
    out += element.ToString();
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    AppendBytes(type, element, out);
  } else {
    AppendInteger(type, element, out);
  }
}

template void AppendText(const Type&, const uint8_t&, std::string&);
template void AppendText(const Type&, const int16_t&, std::string&);
template void AppendText(const Type&, const int32_t&, std::string&);
template void AppendText(const Type&, const int64_t&, std::string&);
template void AppendText(const Type&, const Int128&, std::string&);
template void AppendText(const Type&, const float&, std::string&);
template void AppendText(const Type&, const double&, std::string&);
template void AppendText(const Type&, const Interval&, std::string&);
template void AppendText(const Type&, const std::string_view&, std::string&);

}  // namespace tape::engine::exec
