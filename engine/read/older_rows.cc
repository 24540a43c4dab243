#include "engine/read/older_rows.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "format/bytes/message.h"
#include "tape/bytea.h"
#include "tape/date.h"
#include "tape/decimal.h"
#include "tape/inet.h"
#include "tape/int128.h"
#include "tape/number_text.h"
#include "tape/timestamp.h"
#include "tape/uuid.h"

namespace tape::engine {
namespace {

using format::Concat;

template <typename T>
absl::Status AppendParsed(const absl::StatusOr<T>& value, ColumnBuffer& out) {
  if (value.ok()) out.Append<T>(*value);
  return value.status();
}

absl::Status AppendDecimal(const std::string& text, const Type& type, ColumnBuffer& out) {
  absl::StatusOr<Decimal> value = Decimal::Parse(
      text, {.precision = type.precision(), .scale = type.scale()}, Rounding::kExact);
  if (!value.ok()) return value.status();
  if (out.physical() == Physical::kInt64) {
    out.Append<int64_t>(static_cast<int64_t>(value->unscaled));
  } else {
    out.Append<Int128>(value->unscaled);
  }
  return absl::OkStatus();
}

template <typename Parsed, typename Append>
absl::Status AppendBy(const absl::StatusOr<Parsed>& parsed, Append append) {
  if (parsed.ok()) append(*parsed);
  return parsed.status();
}

// A literal in the text form of its type.
absl::Status AppendLiteral(const std::string& text, const Type& type, ColumnBuffer& out) {
  switch (type.kind()) {
    case TypeKind::kBoolean:
      return AppendBy(ParseBoolean(text), [&](bool v) { out.Append<uint8_t>(v ? 1 : 0); });
    case TypeKind::kSmallint:
      return AppendParsed(ParseInt16(text), out);
    case TypeKind::kInteger:
      return AppendParsed(ParseInt32(text), out);
    case TypeKind::kBigint:
      return AppendParsed(ParseInt64(text), out);
    case TypeKind::kReal:
      return AppendParsed(ParseFloat(text), out);
    case TypeKind::kDouble:
      return AppendParsed(ParseDouble(text), out);
    case TypeKind::kDecimal:
      return AppendDecimal(text, type, out);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return AppendBy(Timestamp::Parse(text), [&](Timestamp t) { out.Append(t.nanos()); });
    case TypeKind::kDate:
      return AppendBy(Date::Parse(text), [&](Date d) { out.Append<int32_t>(d.days()); });
    case TypeKind::kUuid:
      return AppendBy(Uuid::Parse(text), [&](Uuid u) { out.Append(u.ToOrdered()); });
    case TypeKind::kInet:
      return AppendBy(Inet::Parse(text), [&](const Inet& i) { out.AppendBytes(i.ToBytes()); });
    case TypeKind::kBytea:
      return AppendBy(ParseBytea(text), [&](const std::string& b) { out.AppendBytes(b); });
    case TypeKind::kText:
    case TypeKind::kVarchar:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      if (out.physical() != Physical::kBytes) break;
      out.AppendBytes(text);
      return absl::OkStatus();
    default:
      break;
  }
  return absl::InvalidArgumentError(Concat(type.ToString(), " has no default for earlier rows"));
}

template <typename From, typename To>
void WidenValues(const ColumnView& from, ColumnBuffer& out) {
  const std::span<const From> values = from.Values<From>();
  std::ranges::transform(values, out.MutableValues<To>().begin(),
                         [](From value) { return static_cast<To>(value); });
}

template <typename From>
void WidenTo(const ColumnView& from, ColumnBuffer& out) {
  if (out.physical() == Physical::kInt32) WidenValues<From, int32_t>(from, out);
  if (out.physical() == Physical::kInt64) WidenValues<From, int64_t>(from, out);
  if (out.physical() == Physical::kInt128) WidenValues<From, Int128>(from, out);
}

// Whole numbers by their width; 0 for others.
int Width(Physical physical) {
  switch (physical) {
    case Physical::kInt16:
      return 1;
    case Physical::kInt32:
      return 2;
    case Physical::kInt64:
      return 3;
    case Physical::kInt128:
      return 4;
    default:
      return 0;
  }
}

}  // namespace

absl::StatusOr<ColumnBuffer> ValueOfAdded(const Column& column, Physical physical,
                                          const AddedColumn& added) {
  ColumnBuffer one(physical);
  absl::Status status;
  if (added.value.kind == ColumnDefault::Kind::kLiteral) {
    status = AppendLiteral(added.value.literal, column.type, one);
  } else if (added.value.kind == ColumnDefault::Kind::kNow &&
             column.type.kind() == TypeKind::kDate) {
    one.Append<int32_t>(Timestamp::FromNanos(added.time).Day().days());
  } else if (added.value.kind == ColumnDefault::Kind::kNow) {
    one.Append<int64_t>(added.time);
  } else {
    one.AppendNull();
  }
  if (status.ok()) return one;
  return absl::DataLossError(Concat("column ", column.name, ": the default '", added.value.literal,
                                    "' that earlier rows have: ", std::string(status.message())));
}

void FillWith(const ColumnBuffer& one, size_t rows, ColumnBuffer& out) {
  out.Clear();
  out.DropValidity();
  const ColumnView view = one.view();
  for (size_t row = 0; row < rows; ++row) out.AppendColumn(view);
}

bool CanWiden(Physical from, Physical to) {
  if (from == Physical::kFloat32 && to == Physical::kFloat64) return true;
  return Width(from) != 0 && Width(from) < Width(to);
}

void Widen(const ColumnView& from, ColumnBuffer& out) {
  out.Clear();
  out.DropValidity();
  out.Resize(from.rows());
  if (from.physical() == Physical::kInt16) WidenTo<int16_t>(from, out);
  if (from.physical() == Physical::kInt32) WidenTo<int32_t>(from, out);
  if (from.physical() == Physical::kInt64) WidenTo<int64_t>(from, out);
  if (from.physical() == Physical::kFloat32) WidenValues<float, double>(from, out);
  if (!from.Validity().empty()) std::ranges::copy(from.Validity(), out.MutableValidity().begin());
}

}  // namespace tape::engine
