// Functions and operators of JSON and JSONB.
#include "tape/json.h"

#include <string>
#include <vector>

#include "engine/exec/array_elements.h"
#include "engine/exec/functions.h"
#include "engine/exec/json_text.h"
#include "engine/exec/loops.h"
#include "format/bytes/message.h"
#include "tape/array.h"
#include "tape/limits.h"
#include "tape/number_text.h"

namespace tape::engine::exec {
namespace {

using format::Concat;
using Text = std::string_view;
using Out = RowResult<Text>;

Text TextAt(const KernelCall& call, size_t argument, uint32_t row) {
  return call.arguments[argument].At<Text>(row);
}

// ---- parts

void StoreJson(Text json, Out& out) {
  if (json.empty()) {
    out.SetNull();
  } else {
    out.Set(json);
  }
}

// A string without its quotes, NULL for null, anything else as it stands.
void StoreText(Text json, Out& out) {
  const JsonKind kind = JsonKindOf(json);
  if (kind == JsonKind::kNone || kind == JsonKind::kNull) {
    out.SetNull();
  } else if (kind == JsonKind::kString) {
    out.Keep(JsonStringText(json));
  } else {
    out.Set(json);
  }
}

template <bool kAsText>
void Store(Text json, Out& out) {
  return kAsText ? StoreText(json, out) : StoreJson(json, out);
}

template <bool kAsText>
absl::StatusOr<Vector> GetMember(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    Store<kAsText>(JsonMember(TextAt(call, 0, row), TextAt(call, 1, row)), out);
    return absl::OkStatus();
  });
}

template <bool kAsText>
absl::StatusOr<Vector> GetElement(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    Store<kAsText>(JsonElement(TextAt(call, 0, row), call.arguments[1].At<int32_t>(row)), out);
    return absl::OkStatus();
  });
}

// A step of a path: the name of a member or, in an array, the text of an index.
Text Step(Text json, Text step) {
  if (JsonKindOf(json) != JsonKind::kArray) return JsonMember(json, step);
  const absl::StatusOr<int32_t> index = ParseInt32(step);
  return index.ok() ? JsonElement(json, *index) : Text();
}

template <bool kAsText>
absl::StatusOr<Vector> GetPath(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    const auto path = ArrayView::Parse(Physical::kBytes, TextAt(call, 1, row));
    if (!path.ok()) return path.status();
    Text json = TextAt(call, 0, row);
    for (size_t i = 0; i < path->size(); ++i) {
      json = path->IsNull(i) ? Text() : Step(json, path->Bytes(i));
    }
    Store<kAsText>(json, out);
    return absl::OkStatus();
  });
}

template <bool kAsText>
absl::StatusOr<Vector> GetSteps(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    Text json = TextAt(call, 0, row);
    for (size_t i = 1; i < call.arguments.size(); ++i) json = Step(json, TextAt(call, i, row));
    Store<kAsText>(json, out);
    return absl::OkStatus();
  });
}

// ---- questions

absl::StatusOr<Vector> Contains(const KernelCall& call) {
  return MapPairs<Text, Text, uint8_t>(call,
                                       [](Text a, Text b) { return uint8_t{JsonContains(a, b)}; });
}

absl::StatusOr<Vector> ContainedIn(const KernelCall& call) {
  return MapPairs<Text, Text, uint8_t>(call,
                                       [](Text a, Text b) { return uint8_t{JsonContains(b, a)}; });
}

// A member of that name, an element that is this string, or the string itself.
bool Has(Text json, Text key) {
  const JsonKind kind = JsonKindOf(json);
  if (kind == JsonKind::kObject) return !JsonMember(json, key).empty();
  if (kind == JsonKind::kString) return JsonStringText(json) == key;
  for (JsonWalk walk(json); walk.Next();) {
    if (JsonKindOf(walk.value()) == JsonKind::kString && JsonStringText(walk.value()) == key) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<Vector> HasKey(const KernelCall& call) {
  return MapPairs<Text, Text, uint8_t>(call, [](Text a, Text b) { return uint8_t{Has(a, b)}; });
}

template <bool kAll>
absl::StatusOr<Vector> HasKeys(const KernelCall& call) {
  return MapRows<uint8_t>(call, [&](uint32_t row, RowResult<uint8_t>& out) {
    const auto keys = ArrayView::Parse(Physical::kBytes, TextAt(call, 1, row));
    if (!keys.ok()) return keys.status();
    bool answer = kAll;
    for (size_t i = 0; i < keys->size(); ++i) {
      if (keys->IsNull(i) || Has(TextAt(call, 0, row), keys->Bytes(i)) == kAll) continue;
      answer = !kAll;
      break;
    }
    out.Set(answer ? 1 : 0);
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> TypeOf(const KernelCall& call) {
  constexpr Text kNames[] = {"", "null", "boolean", "number", "string", "array", "object"};
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    out.Set(kNames[static_cast<size_t>(JsonKindOf(TextAt(call, 0, row)))]);
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> ArrayLength(const KernelCall& call) {
  return MapRows<int32_t>(call, [&](uint32_t row, RowResult<int32_t>& out) {
    const Text json = TextAt(call, 0, row);
    if (JsonKindOf(json) != JsonKind::kArray) {
      return absl::InvalidArgumentError("cannot get array length of a JSON value that is no array");
    }
    out.Set(static_cast<int32_t>(JsonSize(json)));
    return absl::OkStatus();
  });
}

// ---- making JSON

// A value as JSON: numbers, booleans and JSON as they are, arrays as arrays, all else as strings.
void AppendJson(const Value& value, std::string& out) {
  const Type& type = value.type();
  if (value.is_null()) {
    out += "null";
    return;
  }
  const TypeKind kind = type.kind();
  const bool finite = value.ToText().find_first_of("NI") == std::string::npos;
  if (kind == TypeKind::kBoolean || type.IsJson() || (kind <= TypeKind::kDecimal && finite)) {
    out += value.ToText();
    return;
  }
  if (!type.IsArray()) return AppendJsonString(value.ToText(), out);
  const Type element = type.element();
  const absl::StatusOr<ArrayView> array = ArrayView::Parse(element.physical(), value.text());
  out += '[';
  for (size_t i = 0; array.ok() && i < array->size(); ++i) {
    if (i > 0) out += ", ";
    const Value each = WithElement(ElementOf(element), [&]<typename T>() {
      return array->IsNull(i) ? Value::Null(element)
                              : Value::Of(element, ArrayElement<T>(*array, i));
    });
    AppendJson(each, out);
  }
  out += ']';
}

absl::Status Keep(const KernelCall& call, const std::string& json, Out& out) {
  if (json.size() > kMaxValueBytes) {
    return absl::ResourceExhaustedError(Concat(call.name, ": a value of ", json.size(),
                                               " bytes is above the limit of ", kMaxValueBytes));
  }
  out.Keep(json);
  return absl::OkStatus();
}

absl::StatusOr<Vector> ToJson(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    std::string json;
    AppendJson(call.arguments[0].ValueAt(row), json);
    return Keep(call, json, out);
  });
}

absl::StatusOr<Vector> BuildArray(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    std::string json = "[";
    for (const Vector& argument : call.arguments) {
      if (json.size() > 1) json += ", ";
      AppendJson(argument.ValueAt(row), json);
    }
    return Keep(call, json + "]", out);
  });
}

absl::StatusOr<Vector> BuildObject(const KernelCall& call) {
  if (call.arguments.size() % 2 != 0) {
    return absl::InvalidArgumentError("an object is built of pairs: name, value, name, value");
  }
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    std::string json = "{";
    for (size_t i = 0; i < call.arguments.size(); i += 2) {
      const Value key = call.arguments[i].ValueAt(row);
      if (key.is_null()) return absl::InvalidArgumentError("a name in an object must not be NULL");
      if (json.size() > 1) json += ", ";
      AppendJsonString(key.ToText(), json);
      json += ": ";
      AppendJson(call.arguments[i + 1].ValueAt(row), json);
    }
    return Keep(call, json + "}", out);
  });
}

using enum Parameter;
constexpr auto kGivesText = Gives<TypeKind::kText>;
constexpr auto kGivesBoolean = Gives<TypeKind::kBoolean>;
constexpr auto kGivesInteger = Gives<TypeKind::kInteger>;
constexpr auto kGivesJsonb = Gives<TypeKind::kJsonb>;
constexpr auto kGivesJson = Gives<TypeKind::kJson>;

Function Variadic(const char* name, std::vector<Parameter> parameters, Type (*result)(Arguments),
                  Kernel kernel) {
  return {.name = name,
          .parameters = std::move(parameters),
          .result = result,
          .kernel = kernel,
          .strict = false,
          .variadic = true};
}

void AddParts(std::vector<Function>& out) {
  for (const Parameter json : {kJsonb, kJson}) {
    out.push_back({"->", {json, kText}, GivesFirst, GetMember<false>});
    out.push_back({"->", {json, kInteger}, GivesFirst, GetElement<false>});
    out.push_back({"->>", {json, kText}, kGivesText, GetMember<true>});
    out.push_back({"->>", {json, kInteger}, kGivesText, GetElement<true>});
    out.push_back({"#>", {json, kTextArray}, GivesFirst, GetPath<false>});
    out.push_back({"#>>", {json, kTextArray}, kGivesText, GetPath<true>});
  }
  const auto path = [&](const char* name, Parameter json, Type (*result)(Arguments),
                        Kernel kernel) {
    out.push_back(Variadic(name, {json, kText}, result, kernel));
    out.back().strict = true;
  };
  path("jsonb_extract_path", kJsonb, GivesFirst, GetSteps<false>);
  path("jsonb_extract_path_text", kJsonb, kGivesText, GetSteps<true>);
  path("json_extract_path", kJson, GivesFirst, GetSteps<false>);
  path("json_extract_path_text", kJson, kGivesText, GetSteps<true>);
}

void AddQuestions(std::vector<Function>& out) {
  out.push_back({"@>", {kJsonb, kJsonb}, kGivesBoolean, Contains});
  out.push_back({"<@", {kJsonb, kJsonb}, kGivesBoolean, ContainedIn});
  out.push_back({"?", {kJsonb, kText}, kGivesBoolean, HasKey});
  out.push_back({"?|", {kJsonb, kTextArray}, kGivesBoolean, HasKeys<false>});
  out.push_back({"?&", {kJsonb, kTextArray}, kGivesBoolean, HasKeys<true>});
  out.push_back({"jsonb_typeof", {kJsonb}, kGivesText, TypeOf});
  out.push_back({"json_typeof", {kJson}, kGivesText, TypeOf});
  out.push_back({"jsonb_array_length", {kJsonb}, kGivesInteger, ArrayLength});
  out.push_back({"json_array_length", {kJson}, kGivesInteger, ArrayLength});
}

void AddMakers(std::vector<Function>& out) {
  out.push_back({"to_jsonb", {kAny}, kGivesJsonb, ToJson});
  out.push_back({"to_json", {kAny}, kGivesJson, ToJson});
  out.push_back(Variadic("jsonb_build_object", {kAny}, kGivesJsonb, BuildObject));
  out.push_back(Variadic("json_build_object", {kAny}, kGivesJson, BuildObject));
  out.push_back(Variadic("jsonb_build_array", {kAny}, kGivesJsonb, BuildArray));
  out.push_back(Variadic("json_build_array", {kAny}, kGivesJson, BuildArray));
}

std::vector<Function> Make() {
  std::vector<Function> functions;
  AddParts(functions);
  AddQuestions(functions);
  AddMakers(functions);
  return functions;
}

}  // namespace

std::span<const Function> JsonFunctions() {
  static const std::vector<Function>& functions = *new std::vector<Function>(Make());
  return functions;
}

}  // namespace tape::engine::exec
