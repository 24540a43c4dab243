// Text to values.
#include <algorithm>
#include <string>
#include <vector>

#include "engine/exec/array_elements.h"
#include "engine/exec/value.h"
#include "format/bytes/message.h"
#include "format/types/text_error.h"
#include "format/types/utf8.h"
#include "tape/array.h"
#include "tape/bytea.h"
#include "tape/date.h"
#include "tape/decimal.h"
#include "tape/inet.h"
#include "tape/json.h"
#include "tape/limits.h"
#include "tape/number_text.h"
#include "tape/timestamp.h"
#include "tape/uuid.h"

namespace tape::engine::exec {
namespace {

using format::Concat;

template <typename T>
absl::StatusOr<Value> Made(Type type, absl::StatusOr<T> element) {
  if (!element.ok()) return element.status();
  return Value::Of(type, *std::move(element));
}

std::string_view WithoutBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\v\f";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

absl::StatusOr<Value> ParseDecimal(Type type, std::string_view text) {
  const absl::StatusOr<Decimal> decimal =
      Decimal::Parse(text, {type.precision(), type.scale()}, Rounding::kHalfAwayFromZero);
  if (!decimal.ok()) return decimal.status();
  if (ElementOf(type) == Element::kInt128) return Value::Of(type, decimal->unscaled);
  return Value::Of(type, static_cast<int64_t>(decimal->unscaled));
}

// 'infinity' and the like, which some types of PostgreSQL have.
bool IsInfinite(std::string_view text) {
  if (text.size() > std::string_view("+infinity").size()) return false;
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const std::string_view word = lower.starts_with('-') || lower.starts_with('+')
                                    ? std::string_view(lower).substr(1)
                                    : std::string_view(lower);
  return word == "infinity" || word == "inf";
}

// A day, or the day that is written in front of a time: where on earth it is does not count.
absl::StatusOr<Value> ParseDate(Type type, std::string_view text) {
  const absl::StatusOr<Date> date = Date::Parse(text);
  if (date.ok()) return Value::Of(type, date->days());
  const size_t end = std::min(text.find_first_of(" Tt"), text.size());
  const absl::StatusOr<Date> day = Date::Parse(text.substr(0, end));
  if (!day.ok()) return date.status();
  const absl::StatusOr<Timestamp> time = Timestamp::Parse(Concat("2000-01-01", text.substr(end)));
  if (!time.ok()) return date.status();
  return Value::Of(type, day->days());
}

// Timestamps are nanoseconds in 64 bits: a day may be later, or earlier, than all of them.
absl::StatusOr<Value> ParseTimestamp(Type type, std::string_view text) {
  const absl::StatusOr<Timestamp> time = Timestamp::Parse(text);
  if (time.ok()) return Value::Of(type, time->nanos());
  const absl::StatusOr<Value> day = ParseDate(Type::Date(), text);
  if (!day.ok()) return time.status();
  const absl::StatusOr<Timestamp> midnight =
      Timestamp::AtMidnight(Date::FromDays(day->Get<int32_t>()));
  return midnight.ok() ? time.status() : midnight.status();
}

absl::Status CheckVarchar(Type type, std::string_view text) {
  const size_t length = format::CountUtf8Characters(text);
  if (type.length() == 0 || length <= static_cast<size_t>(type.length())) return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("value ", format::Quoted(text), " too long for type ",
                                           type.ToString(), ": it has ", length, " characters"));
}

absl::StatusOr<Value> ParseText(Type type, std::string_view text) {
  if (type.kind() == TypeKind::kVarchar) {
    // Blanks beyond the length are cut, as in PostgreSQL.
    const size_t length = type.length() == 0 ? 0 : format::CountUtf8Characters(text);
    const size_t blanks = text.size() - (text.find_last_not_of(' ') + 1);
    const size_t beyond = length - std::min(length, static_cast<size_t>(type.length()));
    text.remove_suffix(std::min(blanks, beyond));
    if (absl::Status status = CheckVarchar(type, text); !status.ok()) return status;
  }
  if (!format::IsUtf8(text)) return format::BadText(type.ToString(), text, "not UTF-8");
  return Value::Of(type, text);
}

absl::StatusOr<Value> ParseEnum(Type type, std::string_view text, const EnumLabels* labels) {
  if (labels == nullptr || labels->Rank(text)) return Value::Of(type, text);
  return absl::InvalidArgumentError(
      Concat("invalid input value for enum ", labels->type_name(), ": ", format::Quoted(text)));
}

absl::StatusOr<Value> ParseArray(Type type, std::string_view text) {
  const auto texts = ParseArrayText(text);
  if (!texts.ok()) return texts.status();
  const Type element = type.element();
  ArrayBuilder builder(element.physical());
  for (const std::optional<std::string>& each : *texts) {
    if (!each) {
      builder.AppendNull();
      continue;
    }
    const absl::StatusOr<Value> value = Value::Parse(element, *each);
    if (!value.ok()) return value.status();
    WithElement(ElementOf(element),
                [&]<typename T>() { AppendElement<T>(builder, value->Get<T>()); });
  }
  return Made(type, builder.Build());
}

absl::StatusOr<Value> ParseBytes(Type type, std::string_view text, const EnumLabels* labels) {
  switch (type.kind()) {
    case TypeKind::kEnum:
      return ParseEnum(type, text, labels);
    case TypeKind::kBytea:
      return Made(type, ParseBytea(text));
    case TypeKind::kArray:
      return ParseArray(type, text);
    case TypeKind::kInet: {
      const absl::StatusOr<Inet> inet = Inet::Parse(WithoutBlanks(text));
      if (!inet.ok()) return inet.status();
      return Value::Of(type, inet->ToBytes());
    }
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      if (absl::Status status = ValidateJson(text); !status.ok()) return status;
      return Value::Of(type, text);
    default:
      return ParseText(type, text);
  }
}

}  // namespace

absl::StatusOr<Value> Value::Parse(Type type, std::string_view text, const EnumLabels* labels) {
  if (ElementOf(type) == Element::kText) return ParseBytes(type, text, labels);
  text = WithoutBlanks(text);
  const bool floats = type.kind() == TypeKind::kReal || type.kind() == TypeKind::kDouble;
  if (!floats && IsInfinite(text)) {
    return absl::InvalidArgumentError(
        Concat("invalid ", type.ToString(), " ", format::Quoted(text), ": it has no infinity"));
  }
  switch (type.kind()) {
    case TypeKind::kBoolean: {
      const absl::StatusOr<bool> value = ParseBoolean(text);
      if (!value.ok()) return value.status();
      return Of(type, static_cast<uint8_t>(*value));
    }
    case TypeKind::kSmallint:
      return Made(type, ParseInt16(text));
    case TypeKind::kInteger:
    case TypeKind::kSerial:
      return Made(type, ParseInt32(text));
    case TypeKind::kReal:
      return Made(type, ParseFloat(text));
    case TypeKind::kDouble:
      return Made(type, ParseDouble(text));
    case TypeKind::kDecimal:
      return ParseDecimal(type, text);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return ParseTimestamp(type, text);
    case TypeKind::kDate:
      return ParseDate(type, text);
    case TypeKind::kInterval:
      return Made(type, Interval::Parse(text));
    case TypeKind::kUuid: {
      const absl::StatusOr<Uuid> uuid = Uuid::Parse(text);
      if (!uuid.ok()) return uuid.status();
      return Of(type, uuid->ToOrdered());
    }
    default:
      return Made(type, ParseInt64(text));
  }
}

}  // namespace tape::engine::exec
