// Casts whose values have to be looked at one by one.
#include <algorithm>
#include <string>

#include "engine/exec/array_elements.h"
#include "engine/exec/casts/casts.h"
#include "engine/exec/json_text.h"
#include "engine/exec/loops.h"
#include "format/bytes/message.h"
#include "format/types/utf8.h"
#include "tape/array.h"

namespace tape::engine::exec {
namespace {

template <typename T>
absl::StatusOr<Vector> ToText(const KernelCall& call) {
  const Type from = call.arguments[0].type();
  std::string text;
  return MapRows<std::string_view>(call, [&](uint32_t row, RowResult<std::string_view>& out) {
    text.clear();
    AppendText<T>(from, call.arguments[0].At<T>(row), text);
    // An address says its prefix when it is asked for text, not when it is shown.
    if (from.kind() == TypeKind::kInet && text.find('/') == std::string::npos) {
      text += text.find(':') == std::string::npos ? "/32" : "/128";
    }
    out.Keep(text);
    return absl::OkStatus();
  });
}

template <typename T>
void StoreValue(const Value& value, RowResult<T>& out) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    out.Keep(value.text());
  } else {
    out.Set(value.Get<T>());
  }
}

template <typename T>
absl::StatusOr<Vector> FromText(const KernelCall& call) {
  return MapRows<T>(call, [&](uint32_t row, RowResult<T>& out) {
    const std::string_view text = call.arguments[0].At<std::string_view>(row);
    const absl::StatusOr<Value> value = Value::Parse(call.type, text);
    if (!value.ok()) return value.status();
    StoreValue<T>(*value, out);
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> Retyped(const KernelCall& call) { return call.arguments[0].As(call.type); }

// The first `length` characters.
absl::StatusOr<Vector> Cut(const KernelCall& call) {
  const auto length = static_cast<size_t>(call.type.length());
  return MapRows<std::string_view>(call, [&](uint32_t row, RowResult<std::string_view>& out) {
    const std::string_view text = call.arguments[0].At<std::string_view>(row);
    size_t size = text.size();
    if (size > length) {
      size = 0;
      for (size_t i = 0; i < length && size < text.size(); ++i) {
        size += std::max<size_t>(format::Utf8Length(text.substr(size)), 1);
      }
    }
    out.Set(text.substr(0, size));
    return absl::OkStatus();
  });
}

// A JSON scalar as what it says.
template <typename T>
absl::StatusOr<Vector> FromJson(const KernelCall& call) {
  return MapRows<T>(call, [&](uint32_t row, RowResult<T>& out) {
    const std::string_view json = call.arguments[0].At<std::string_view>(row);
    const JsonKind kind = JsonKindOf(json);
    if (kind == JsonKind::kNull) {
      out.SetNull();
      return absl::OkStatus();
    }
    const bool boolean = call.type.kind() == TypeKind::kBoolean;
    if (kind != (boolean ? JsonKind::kBoolean : JsonKind::kNumber)) {
      return absl::InvalidArgumentError(format::Concat("cannot cast jsonb ", json.substr(0, 64),
                                                       " to type ", call.type.ToString()));
    }
    // A number with a fraction is rounded on its way to an integer.
    const Type through = IsInteger(call.type) ? Type::Decimal(38, 16) : call.type;
    absl::StatusOr<Value> value = Value::Parse(through, json);
    if (value.ok() && IsInteger(call.type)) {
      value = CastValue(*value, call.type, CastContext::kExplicit);
    }
    if (!value.ok()) return value.status();
    StoreValue<T>(*value, out);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::string> CastElements(const Type& from, std::string_view bytes, const Type& to) {
  const absl::StatusOr<ArrayView> array = ArrayView::Parse(from.physical(), bytes);
  if (!array.ok()) return array.status();
  ArrayBuilder builder(to.physical());
  for (size_t i = 0; i < array->size(); ++i) {
    if (array->IsNull(i)) {
      builder.AppendNull();
      continue;
    }
    const Value element = WithElement(
        ElementOf(from), [&]<typename T>() { return Value::Of(from, ArrayElement<T>(*array, i)); });
    const absl::StatusOr<Value> cast = CastValue(element, to, CastContext::kExplicit);
    if (!cast.ok()) return cast.status();
    WithElement(ElementOf(to), [&]<typename T>() { AppendElement<T>(builder, cast->Get<T>()); });
  }
  return builder.Build();
}

absl::StatusOr<Vector> ArrayToArray(const KernelCall& call) {
  const Type from = call.arguments[0].type().element();
  const Type to = call.type.element();
  return MapRows<std::string_view>(call, [&](uint32_t row, RowResult<std::string_view>& out) {
    const auto bytes = CastElements(from, call.arguments[0].At<std::string_view>(row), to);
    if (!bytes.ok()) return bytes.status();
    out.Keep(*bytes);
    return absl::OkStatus();
  });
}

KernelTraits FromTextCast(const Type& to, CastContext context) {
  const bool varchar = to.kind() == TypeKind::kVarchar && to.length() > 0;
  if (varchar && context == CastContext::kExplicit) return {.name = "cast", .kernel = Cut};
  if (to.kind() == TypeKind::kText || to.kind() == TypeKind::kSymbol ||
      (to.kind() == TypeKind::kVarchar && !varchar)) {
    return {.name = "cast", .kernel = Retyped};
  }
  const Kernel kernel =
      WithElement(ElementOf(to), []<typename T>() -> Kernel { return FromText<T>; });
  return {.name = "cast", .kernel = kernel};
}

}  // namespace

KernelTraits TextCast(const Type& from, const Type& to, CastContext context) {
  if (from.IsArray() && to.IsArray()) return {.name = "cast", .kernel = ArrayToArray};
  if (from.IsJson() && to.IsJson()) return {.name = "cast", .kernel = Retyped};
  if (from.IsString()) return FromTextCast(to, context);
  if (to.IsString()) {
    const Kernel kernel =
        WithElement(ElementOf(from), []<typename T>() -> Kernel { return ToText<T>; });
    return {.name = "cast", .kernel = kernel};
  }
  const bool scalar = IsNumber(to) || to.kind() == TypeKind::kBoolean;
  if (from.kind() != TypeKind::kJsonb || !scalar) return {};
  const Kernel kernel =
      WithElement(ElementOf(to), []<typename T>() -> Kernel { return FromJson<T>; });
  return {.name = "cast", .kernel = kernel};
}

}  // namespace tape::engine::exec
