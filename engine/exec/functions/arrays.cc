// Functions and operators of arrays.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/exec/array_elements.h"
#include "engine/exec/functions.h"
#include "engine/exec/loops.h"
#include "tape/array.h"

namespace tape::engine::exec {
namespace {

using Text = std::string_view;
using Out = RowResult<Text>;

absl::StatusOr<ArrayView> ArrayAt(const KernelCall& call, size_t argument, uint32_t row) {
  const Vector& vector = call.arguments[argument];
  return ArrayView::Parse(vector.type().element().physical(), vector.At<Text>(row));
}

// Runs `run<T>` for the element of the first array among the arguments.
template <typename Run>
absl::StatusOr<Vector> WithArray(const KernelCall& call, Run run) {
  for (const Vector& argument : call.arguments) {
    if (argument.type().IsArray()) return WithElement(ElementOf(argument.type().element()), run);
  }
  return absl::InternalError("no argument is an array");
}

Type GivesElement(Arguments arguments) { return arguments[0]->type().element(); }
Type GivesSecond(Arguments arguments) { return arguments[1]->type(); }
Type GivesTexts(Arguments /*arguments*/) { return Type::Array(Type::Text()); }

// ---- lengths, elements

absl::StatusOr<Vector> Cardinality(const KernelCall& call) {
  return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
    const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
    if (!array.ok()) return array.status();
    out.Set(static_cast<int32_t>(array->size()));
    return absl::OkStatus();
  });
}

// Of the one dimension that there is; an empty array has none.
template <bool kLower>
absl::StatusOr<Vector> Length(const KernelCall& call) {
  return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
    const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
    if (!array.ok()) return array.status();
    const bool exists = call.arguments[1].At<int32_t>(row) == 1 && array->size() > 0;
    if (!exists) {
      out.SetNull();
    } else {
      out.Set(kLower ? 1 : static_cast<int32_t>(array->size()));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> Subscript(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    return MapRows<T>(call, [&](uint32_t row, RowResult<T>& out) {
      const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
      if (!array.ok()) return array.status();
      const int64_t index = call.arguments[1].At<int32_t>(row);
      const bool exists = index >= 1 && index <= static_cast<int64_t>(array->size());
      if (!exists || array->IsNull(static_cast<size_t>(index - 1))) {
        out.SetNull();
      } else {
        out.Set(ArrayElement<T>(*array, static_cast<size_t>(index - 1)));
      }
      return absl::OkStatus();
    });
  });
}

template <typename T>
std::optional<size_t> Find(const Type& type, const ArrayView& array, const T& element) {
  for (size_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) continue;
    if (CompareElements<T>(type, ArrayElement<T>(array, i), element) == 0) return i;
  }
  return std::nullopt;
}

absl::StatusOr<Vector> Position(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    const Type element = call.arguments[0].type().element();
    return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
      const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
      if (!array.ok()) return array.status();
      const auto found = Find<T>(element, *array, call.arguments[1].At<T>(row));
      if (found) {
        out.Set(static_cast<int32_t>(*found + 1));
      } else {
        out.SetNull();
      }
      return absl::OkStatus();
    });
  });
}

// ---- sets

// Whether every element of `part` is in `whole`; a NULL is in none.
template <typename T>
bool Contains(const Type& element, const ArrayView& whole, const ArrayView& part) {
  for (size_t i = 0; i < part.size(); ++i) {
    if (part.IsNull(i) || !Find<T>(element, whole, ArrayElement<T>(part, i))) return false;
  }
  return true;
}

template <typename T>
bool Overlaps(const Type& element, const ArrayView& a, const ArrayView& b) {
  for (size_t i = 0; i < b.size(); ++i) {
    if (!b.IsNull(i) && Find<T>(element, a, ArrayElement<T>(b, i))) return true;
  }
  return false;
}

enum class Relation : uint8_t { kContains, kContainedIn, kOverlaps };

template <Relation kRelation>
absl::StatusOr<Vector> Relate(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    const Type element = call.arguments[0].type().element();
    return MapRows<uint8_t>(call, [&](uint32_t row, RowResult<uint8_t>& out) {
      const absl::StatusOr<ArrayView> a = ArrayAt(call, 0, row);
      if (!a.ok()) return a.status();
      const absl::StatusOr<ArrayView> b = ArrayAt(call, 1, row);
      if (!b.ok()) return b.status();
      const bool holds = kRelation == Relation::kContains      ? Contains<T>(element, *a, *b)
                         : kRelation == Relation::kContainedIn ? Contains<T>(element, *b, *a)
                                                               : Overlaps<T>(element, *a, *b);
      out.Set(holds ? 1 : 0);
      return absl::OkStatus();
    });
  });
}

// ---- making arrays

absl::Status Keep(const ArrayBuilder& builder, Out& out) {
  const absl::StatusOr<std::string> bytes = builder.Build();
  if (!bytes.ok()) return bytes.status();
  out.Keep(*bytes);
  return absl::OkStatus();
}

template <typename T>
void AppendAll(const ArrayView& array, ArrayBuilder& builder) {
  for (size_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) {
      builder.AppendNull();
    } else {
      AppendElement<T>(builder, ArrayElement<T>(array, i));
    }
  }
}

// An argument's elements, or itself where it is one; no array at all adds nothing.
template <typename T>
absl::Status AppendArgument(const KernelCall& call, size_t argument, uint32_t row,
                            ArrayBuilder& builder) {
  const Vector& vector = call.arguments[argument];
  if (vector.type().IsArray()) {
    if (vector.IsNull(row)) return absl::OkStatus();
    const absl::StatusOr<ArrayView> array = ArrayAt(call, argument, row);
    if (!array.ok()) return array.status();
    AppendAll<T>(*array, builder);
  } else if (vector.IsNull(row)) {
    builder.AppendNull();
  } else {
    AppendElement<T>(builder, vector.At<T>(row));
  }
  return absl::OkStatus();
}

absl::StatusOr<Vector> Join(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    const Physical physical = call.type.element().physical();
    return MapRows<Text>(call, [&](uint32_t row, Out& out) {
      const bool arrays = call.arguments[0].type().IsArray() && call.arguments[1].type().IsArray();
      if (arrays && call.arguments[0].IsNull(row) && call.arguments[1].IsNull(row)) {
        out.SetNull();
        return absl::OkStatus();
      }
      ArrayBuilder builder(physical);
      absl::Status status = AppendArgument<T>(call, 0, row, builder);
      if (status.ok()) status = AppendArgument<T>(call, 1, row, builder);
      return status.ok() ? Keep(builder, out) : status;
    });
  });
}

absl::StatusOr<Vector> Remove(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    const Type element = call.type.element();
    return MapRows<Text>(call, [&](uint32_t row, Out& out) {
      const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
      if (!array.ok()) return array.status();
      ArrayBuilder builder(element.physical());
      for (size_t i = 0; i < array->size(); ++i) {
        const T each = ArrayElement<T>(*array, i);
        if (array->IsNull(i)) {
          builder.AppendNull();
        } else if (CompareElements<T>(element, each, call.arguments[1].At<T>(row)) != 0) {
          AppendElement<T>(builder, each);
        }
      }
      return Keep(builder, out);
    });
  });
}

// ---- text

// Elements with a text between them; a NULL is left out, or is the third argument.
absl::StatusOr<Vector> ToString(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    const Type element = call.arguments[0].type().element();
    return MapRows<Text>(call, [&](uint32_t row, Out& out) {
      const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
      if (!array.ok()) return array.status();
      std::string text;
      bool any = false;
      for (size_t i = 0; i < array->size(); ++i) {
        if (array->IsNull(i) && call.arguments.size() < 3) continue;
        if (any) text += call.arguments[1].At<Text>(row);
        any = true;
        if (array->IsNull(i)) {
          text += call.arguments[2].At<Text>(row);
        } else {
          AppendText<T>(element, ArrayElement<T>(*array, i), text);
        }
      }
      out.Keep(text);
      return absl::OkStatus();
    });
  });
}

absl::StatusOr<Vector> FromString(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    Text text = call.arguments[0].At<Text>(row);
    const Text delimiter = call.arguments[1].At<Text>(row);
    ArrayBuilder builder(Physical::kBytes);
    while (!delimiter.empty()) {
      const size_t at = text.find(delimiter);
      if (at == Text::npos) break;
      builder.AppendBytes(text.substr(0, at));
      text.remove_prefix(at + delimiter.size());
    }
    if (!text.empty() || builder.size() > 0) builder.AppendBytes(text);
    return Keep(builder, out);
  });
}

using enum Parameter;
constexpr auto kGivesInteger = Gives<TypeKind::kInteger>;
constexpr auto kGivesBoolean = Gives<TypeKind::kBoolean>;
constexpr auto kGivesText = Gives<TypeKind::kText>;

Function Lenient(const char* name, std::vector<Parameter> parameters, Type (*result)(Arguments)) {
  return {.name = name,
          .parameters = std::move(parameters),
          .result = result,
          .kernel = Join,
          .strict = false};
}

std::vector<Function> Make() {
  return {
      {"cardinality", {kArray}, kGivesInteger, Cardinality},
      {"array_length", {kArray, kInteger}, kGivesInteger, Length<false>},
      {"array_upper", {kArray, kInteger}, kGivesInteger, Length<false>},
      {"array_lower", {kArray, kInteger}, kGivesInteger, Length<true>},
      {"[]", {kArray, kInteger}, GivesElement, Subscript},
      {"array_position", {kArray, kElement}, kGivesInteger, Position},
      {"@>", {kArray, kArray}, kGivesBoolean, Relate<Relation::kContains>},
      {"<@", {kArray, kArray}, kGivesBoolean, Relate<Relation::kContainedIn>},
      {"&&", {kArray, kArray}, kGivesBoolean, Relate<Relation::kOverlaps>},
      Lenient("array ||", {kArray, kArray}, GivesFirst),
      Lenient("array ||", {kArray, kElement}, GivesFirst),
      Lenient("array ||", {kElement, kArray}, GivesSecond),
      Lenient("array_cat", {kArray, kArray}, GivesFirst),
      Lenient("array_append", {kArray, kElement}, GivesFirst),
      Lenient("array_prepend", {kElement, kArray}, GivesSecond),
      {"array_remove", {kArray, kElement}, GivesFirst, Remove},
      {"array_to_string", {kArray, kText}, kGivesText, ToString},
      {"array_to_string", {kArray, kText, kText}, kGivesText, ToString},
      {"string_to_array", {kText, kText}, GivesTexts, FromString},
  };
}

}  // namespace

std::span<const Function> ArrayFunctions() {
  static const std::vector<Function>& functions = *new std::vector<Function>(Make());
  return functions;
}

}  // namespace tape::engine::exec
