// Functions and operators of arrays.
#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/exec/array_elements.h"
#include "engine/exec/functions.h"
#include "engine/exec/functions/characters.h"
#include "engine/exec/loops.h"
#include "format/bytes/message.h"
#include "tape/array.h"
#include "tape/limits.h"

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

// A NULL is what a NULL looks for.
template <typename T>
bool IsSought(const ArrayView& array, size_t i, const Vector& sought, uint32_t row) {
  if (array.IsNull(i) || sought.IsNull(row)) return array.IsNull(i) && sought.IsNull(row);
  return CompareElements<T>(sought.type(), ArrayElement<T>(array, i), sought.At<T>(row)) == 0;
}

// The first place, from the third argument on where there is one.
template <typename T>
absl::Status PositionInRow(const KernelCall& call, uint32_t row, RowResult<int32_t>& out) {
  out.SetNull();
  if (call.arguments[0].IsNull(row)) return absl::OkStatus();
  const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
  if (!array.ok()) return array.status();
  size_t i = 0;
  if (call.arguments.size() > 2) {
    if (call.arguments[2].IsNull(row)) {
      return absl::InvalidArgumentError("the place where array_position begins must not be NULL");
    }
    i = static_cast<size_t>(std::max(call.arguments[2].At<int32_t>(row), 1) - 1);
  }
  while (i < array->size() && !IsSought<T>(*array, i, call.arguments[1], row)) ++i;
  if (i < array->size()) out.Set(static_cast<int32_t>(i + 1));
  return absl::OkStatus();
}

absl::StatusOr<Vector> Position(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
      return PositionInRow<T>(call, row, out);
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
      if (call.arguments[0].IsNull(row)) {
        out.SetNull();
        return absl::OkStatus();
      }
      const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
      if (!array.ok()) return array.status();
      ArrayBuilder builder(element.physical());
      for (size_t i = 0; i < array->size(); ++i) {
        if (IsSought<T>(*array, i, call.arguments[1], row)) continue;
        if (array->IsNull(i)) {
          builder.AppendNull();
        } else {
          AppendElement<T>(builder, ArrayElement<T>(*array, i));
        }
      }
      return Keep(builder, out);
    });
  });
}

// ---- text

std::optional<Text> TextOrNull(const KernelCall& call, size_t argument, uint32_t row) {
  if (argument >= call.arguments.size() || call.arguments[argument].IsNull(row)) {
    return std::nullopt;
  }
  return call.arguments[argument].At<Text>(row);
}

// Elements with a text between them; a NULL is left out, or is the third argument.
template <typename T>
absl::Status JoinRow(const KernelCall& call, uint32_t row, Out& out) {
  const std::optional<Text> delimiter = TextOrNull(call, 1, row);
  const std::optional<Text> null = TextOrNull(call, 2, row);
  if (call.arguments[0].IsNull(row) || !delimiter) {
    out.SetNull();
    return absl::OkStatus();
  }
  const absl::StatusOr<ArrayView> array = ArrayAt(call, 0, row);
  if (!array.ok()) return array.status();
  std::string text;
  bool any = false;
  for (size_t i = 0; i < array->size(); ++i) {
    if (array->IsNull(i) && !null) continue;
    if (any) text += *delimiter;
    any = true;
    if (array->IsNull(i)) {
      text += *null;
    } else if constexpr (std::is_same_v<T, uint8_t>) {
      text += ArrayElement<T>(*array, i) != 0 ? 't' : 'f';  // as in an array
    } else {
      AppendText<T>(call.arguments[0].type().element(), ArrayElement<T>(*array, i), text);
    }
    if (text.size() <= kMaxValueBytes) continue;
    return absl::ResourceExhaustedError(
        format::Concat("array_to_string: a value above the limit of ", kMaxValueBytes, " bytes"));
  }
  out.Keep(text);
  return absl::OkStatus();
}

absl::StatusOr<Vector> ToString(const KernelCall& call) {
  return WithArray(call, [&]<typename T>() {
    return MapRows<Text>(call, [&](uint32_t row, Out& out) { return JoinRow<T>(call, row, out); });
  });
}

// Takes what is before the next delimiter: all without one, a character where it is NULL.
Text TakeField(Text& text, const std::optional<Text>& delimiter, bool& more) {
  if (!delimiter) {
    const Text character = TakeCharacter(text);
    more = !text.empty();
    return character;
  }
  const size_t at = delimiter->empty() ? Text::npos : text.find(*delimiter);
  const Text field = text.substr(0, at);
  more = at != Text::npos;
  if (more) text.remove_prefix(at + delimiter->size());
  return field;
}

// A field that reads as the third argument is NULL.
absl::StatusOr<Vector> FromString(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    std::optional<Text> text = TextOrNull(call, 0, row);
    if (!text) {
      out.SetNull();
      return absl::OkStatus();
    }
    const std::optional<Text> delimiter = TextOrNull(call, 1, row);
    const std::optional<Text> null = TextOrNull(call, 2, row);
    ArrayBuilder builder(Physical::kBytes);
    for (bool more = !text->empty(); more;) {
      const Text field = TakeField(*text, delimiter, more);
      if (null && field == *null) {
        builder.AppendNull();
      } else {
        builder.AppendBytes(field);
      }
    }
    return Keep(builder, out);
  });
}

using enum Parameter;
constexpr auto kGivesInteger = Gives<TypeKind::kInteger>;
constexpr auto kGivesBoolean = Gives<TypeKind::kBoolean>;
constexpr auto kGivesText = Gives<TypeKind::kText>;

// A function that knows what to do with NULLs.
Function Lenient(const char* name, std::vector<Parameter> parameters, Type (*result)(Arguments),
                 Kernel kernel = Join) {
  return {.name = name,
          .parameters = std::move(parameters),
          .result = result,
          .kernel = kernel,
          .strict = false};
}

std::vector<Function> Make() {
  return {
      {"cardinality", {kArray}, kGivesInteger, Cardinality},
      {"array_length", {kArray, kInteger}, kGivesInteger, Length<false>},
      {"array_upper", {kArray, kInteger}, kGivesInteger, Length<false>},
      {"array_lower", {kArray, kInteger}, kGivesInteger, Length<true>},
      {"[]", {kArray, kInteger}, GivesElement, Subscript},
      Lenient("array_position", {kArray, kElement}, kGivesInteger, Position),
      Lenient("array_position", {kArray, kElement, kInteger}, kGivesInteger, Position),
      {"@>", {kArray, kArray}, kGivesBoolean, Relate<Relation::kContains>},
      {"<@", {kArray, kArray}, kGivesBoolean, Relate<Relation::kContainedIn>},
      {"&&", {kArray, kArray}, kGivesBoolean, Relate<Relation::kOverlaps>},
      Lenient("array ||", {kArray, kArray}, GivesFirst),
      Lenient("array ||", {kArray, kElement}, GivesFirst),
      Lenient("array ||", {kElement, kArray}, GivesSecond),
      Lenient("array_cat", {kArray, kArray}, GivesFirst),
      Lenient("array_append", {kArray, kElement}, GivesFirst),
      Lenient("array_prepend", {kElement, kArray}, GivesSecond),
      Lenient("array_remove", {kArray, kElement}, GivesFirst, Remove),
      Lenient("array_to_string", {kArray, kText}, kGivesText, ToString),
      Lenient("array_to_string", {kArray, kText, kText}, kGivesText, ToString),
      Lenient("string_to_array", {kText, kText}, GivesTexts, FromString),
      Lenient("string_to_array", {kText, kText, kText}, GivesTexts, FromString),
  };
}

}  // namespace

std::span<const Function> ArrayFunctions() {
  static const std::vector<Function>& functions = *new std::vector<Function>(Make());
  return functions;
}

}  // namespace tape::engine::exec
