#include "engine/change/value_text.h"

#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "format/bytes/message.h"
#include "format/types/utf8.h"
#include "tape/array.h"
#include "tape/bytea.h"
#include "tape/date.h"
#include "tape/decimal.h"
#include "tape/inet.h"
#include "tape/json.h"
#include "tape/number_text.h"
#include "tape/timestamp.h"
#include "tape/uuid.h"

namespace tape::engine {
namespace {

using format::Concat;

std::string Quoted(std::string_view text) {
  if (text.size() <= kShownBytes) return Concat("'", text, "'");
  text = text.substr(0, kShownBytes);
  return Concat("'", text.substr(0, format::ValidUtf8Prefix(text)), "...'");
}

std::string FixedText(const Type& type, const ColumnView& values, size_t row) {
  switch (values.physical()) {
    case Physical::kBool:
      return std::string(BooleanText(values.Values<uint8_t>()[row] != 0));
    case Physical::kInt16:
      return std::to_string(values.Values<int16_t>()[row]);
    case Physical::kInt32:
      if (type.kind() == TypeKind::kDate) {
        return Date::FromDays(values.Values<int32_t>()[row]).ToString();
      }
      return std::to_string(values.Values<int32_t>()[row]);
    case Physical::kInt64: {
      const int64_t value = values.Values<int64_t>()[row];
      if (type.IsTimestamp()) return Timestamp::FromNanos(value).ToString();
      if (type.kind() == TypeKind::kDecimal) return Decimal{value, type.scale()}.ToString();
      return std::to_string(value);
    }
    case Physical::kInt128: {
      const Int128 value = values.Values<Int128>()[row];
      if (type.kind() == TypeKind::kUuid) return Uuid::FromOrdered(value).ToString();
      return Decimal{value, type.scale()}.ToString();
    }
    case Physical::kFloat32:
      return ToText(values.Values<float>()[row]);
    case Physical::kFloat64:
      return ToText(values.Values<double>()[row]);
    default:
      return {};
  }
}

std::string BytesText(const Type& type, std::string_view bytes) {
  if (type.IsArray()) return Concat("an array of ", bytes.size(), " bytes");
  if (type.kind() == TypeKind::kBytea) return Quoted(PrintBytea(bytes.substr(0, kShownBytes)));
  if (type.kind() == TypeKind::kInet) {
    const absl::StatusOr<Inet> inet = Inet::FromBytes(bytes);
    if (inet.ok()) return inet->ToString();
  }
  return Quoted(bytes);
}

template <typename T>
absl::Status Append(const absl::StatusOr<T>& value, ColumnBuffer& out) {
  if (!value.ok()) return value.status();
  out.Append(*value);
  return absl::OkStatus();
}

absl::Status AppendDecimal(const Type& type, std::string_view text, ColumnBuffer& out) {
  const absl::StatusOr<Decimal> value =
      Decimal::Parse(text, {type.precision(), type.scale()}, Rounding::kHalfAwayFromZero);
  if (!value.ok()) return value.status();
  if (out.physical() == Physical::kInt64) {
    out.Append(static_cast<int64_t>(value->unscaled));
  } else {
    out.Append(value->unscaled);
  }
  return absl::OkStatus();
}

absl::Status AppendArray(const Type& type, std::string_view text, ColumnBuffer& out) {
  const auto elements = ParseArrayText(text);
  if (!elements.ok()) return elements.status();
  const Physical physical = type.element().physical();
  ArrayBuilder builder(physical);
  for (const std::optional<std::string>& element : *elements) {
    if (!element.has_value()) {
      builder.AppendNull();
      continue;
    }
    ColumnBuffer one(physical);
    if (absl::Status s = AppendParsed(type.element(), *element, one); !s.ok()) return s;
    const ColumnView view = one.view();
    view.physical() == Physical::kBytes     ? builder.AppendBytes(view.Bytes(0))
    : view.physical() == Physical::kInt16   ? builder.Append(view.Values<int16_t>()[0])
    : view.physical() == Physical::kInt32   ? builder.Append(view.Values<int32_t>()[0])
    : view.physical() == Physical::kInt64   ? builder.Append(view.Values<int64_t>()[0])
    : view.physical() == Physical::kInt128  ? builder.Append(view.Values<Int128>()[0])
    : view.physical() == Physical::kFloat32 ? builder.Append(view.Values<float>()[0])
    : view.physical() == Physical::kFloat64 ? builder.Append(view.Values<double>()[0])
                                            : builder.Append(view.Values<uint8_t>()[0]);
  }
  const absl::StatusOr<std::string> bytes = builder.Build();
  if (!bytes.ok()) return bytes.status();
  out.AppendBytes(*bytes);
  return absl::OkStatus();
}

absl::Status AppendText(const Type& type, std::string_view text, ColumnBuffer& out) {
  if (type.IsJson()) {
    if (absl::Status status = ValidateJson(text); !status.ok()) return status;
  }
  out.AppendBytes(text);
  return absl::OkStatus();
}

absl::Status AppendTime(const Type& type, std::string_view text, ColumnBuffer& out) {
  if (type.kind() == TypeKind::kDate) {
    const absl::StatusOr<Date> day = Date::Parse(text);
    if (!day.ok()) return day.status();
    out.Append(day->days());
    return absl::OkStatus();
  }
  const absl::StatusOr<Timestamp> time = Timestamp::Parse(text);
  if (!time.ok()) return time.status();
  out.Append(time->nanos());
  return absl::OkStatus();
}

}  // namespace

std::string ValueText(const Column& column, const ColumnView& values, size_t row,
                      std::string_view symbol) {
  if (values.IsNull(row)) return "NULL";
  if (column.sensitive) return "***";
  if (values.physical() == Physical::kCode32) return Quoted(symbol);
  if (values.physical() == Physical::kBytes) return BytesText(column.type, values.Bytes(row));
  return FixedText(column.type, values, row);
}

absl::Status AppendParsed(const Type& type, std::string_view text, ColumnBuffer& out) {
  if (type.IsArray()) return AppendArray(type, text, out);
  switch (type.kind()) {
    case TypeKind::kBoolean: {
      const absl::StatusOr<bool> value = ParseBoolean(text);
      if (!value.ok()) return value.status();
      out.Append(static_cast<uint8_t>(*value ? 1 : 0));
      return absl::OkStatus();
    }
    case TypeKind::kSmallint:
      return Append(ParseInt16(text), out);
    case TypeKind::kInteger:
    case TypeKind::kSerial:
      return Append(ParseInt32(text), out);
    case TypeKind::kBigint:
    case TypeKind::kBigserial:
      return Append(ParseInt64(text), out);
    case TypeKind::kReal:
      return Append(ParseFloat(text), out);
    case TypeKind::kDouble:
      return Append(ParseDouble(text), out);
    case TypeKind::kDecimal:
      return AppendDecimal(type, text, out);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
    case TypeKind::kDate:
      return AppendTime(type, text, out);
    case TypeKind::kUuid: {
      const absl::StatusOr<Uuid> uuid = Uuid::Parse(text);
      if (!uuid.ok()) return uuid.status();
      out.Append(uuid->ToOrdered());
      return absl::OkStatus();
    }
    case TypeKind::kInet: {
      const absl::StatusOr<Inet> inet = Inet::Parse(text);
      if (!inet.ok()) return inet.status();
      out.AppendBytes(inet->ToBytes());
      return absl::OkStatus();
    }
    case TypeKind::kBytea: {
      const absl::StatusOr<std::string> bytes = ParseBytea(text);
      if (!bytes.ok()) return bytes.status();
      out.AppendBytes(*bytes);
      return absl::OkStatus();
    }
    default:
      return AppendText(type, text, out);
  }
}

}  // namespace tape::engine
