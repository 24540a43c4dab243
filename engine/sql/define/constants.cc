#include "engine/sql/define/constants.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/sql/define/types.h"
#include "engine/sql/tree/query.h"
#include "format/bytes/message.h"
#include "format/types/utf8.h"
#include "tape/array.h"
#include "tape/bytea.h"
#include "tape/date.h"
#include "tape/decimal.h"
#include "tape/inet.h"
#include "tape/interval.h"
#include "tape/json.h"
#include "tape/limits.h"
#include "tape/number_text.h"
#include "tape/timestamp.h"
#include "tape/uuid.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

// A value as text; nothing: NULL.
using Constant = std::optional<std::string>;

template <typename Parsed>
absl::StatusOr<std::string> PrintedAgain(const absl::StatusOr<Parsed>& parsed) {
  if (!parsed.ok()) return parsed.status();
  return parsed->ToString();
}

absl::StatusOr<std::string> WholeNumber(const std::string& text, TypeKind kind) {
  absl::StatusOr<Decimal> value =
      Decimal::Parse(text, {.precision = 19, .scale = 0}, Rounding::kHalfAwayFromZero);
  if (!value.ok()) return value.status();
  std::string whole = value->ToString();
  absl::Status status;
  if (kind == TypeKind::kSmallint) {
    status = ParseInt16(whole).status();
  } else if (kind == TypeKind::kInteger || kind == TypeKind::kSerial) {
    status = ParseInt32(whole).status();
  } else {
    status = ParseInt64(whole).status();
  }
  if (!status.ok()) return status;
  return whole;
}

absl::StatusOr<std::string> TextValue(const std::string& text, const Type& type) {
  const size_t length = format::CountUtf8Characters(text);
  if (type.kind() != TypeKind::kVarchar || type.length() == 0 ||
      length <= static_cast<size_t>(type.length())) {
    return text;
  }
  return absl::InvalidArgumentError(
      Concat("'", text, "' has ", length, " characters, more than ", type.ToString(), " holds"));
}

absl::StatusOr<std::string> EnumValue(const std::string& text, const Type& type,
                                      const CatalogState& state) {
  const EnumInfo* known = state.FindEnum(type.enum_id());
  if (known != nullptr && std::ranges::count(known->record.values, text) != 0) return text;
  return absl::InvalidArgumentError(
      Concat("'", text, "' is no value of type ", TypeText(type, state)));
}

absl::StatusOr<std::string> ValueOf(const std::string& text, const Type& type,
                                    const CatalogState& state);

absl::StatusOr<std::string> ArrayValue(const std::string& text, const Type& type,
                                       const CatalogState& state) {
  auto elements = ParseArrayText(text);
  if (!elements.ok()) return elements.status();
  for (std::optional<std::string>& element : *elements) {
    if (!element.has_value()) continue;
    absl::StatusOr<std::string> value = ValueOf(*element, type.element(), state);
    if (!value.ok()) return value;
    element = *std::move(value);
  }
  return PrintArrayText(*elements);
}

// The text form of a value of this type, checked and written the one way.
absl::StatusOr<std::string> ValueOf(const std::string& text, const Type& type,
                                    const CatalogState& state) {
  const auto checked = [&](const absl::Status& status) -> absl::StatusOr<std::string> {
    if (!status.ok()) return status;
    return text;
  };
  switch (type.kind()) {
    case TypeKind::kBoolean: {
      absl::StatusOr<bool> value = ParseBoolean(text);
      if (!value.ok()) return value.status();
      return std::string(*value ? "true" : "false");
    }
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kSerial:
    case TypeKind::kBigserial:
      return WholeNumber(text, type.kind());
    case TypeKind::kDecimal:
      return PrintedAgain(Decimal::Parse(text,
                                         {.precision = type.precision(), .scale = type.scale()},
                                         Rounding::kHalfAwayFromZero));
    case TypeKind::kReal:
      return checked(ParseFloat(text).status());
    case TypeKind::kDouble:
      return checked(ParseDouble(text).status());
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return PrintedAgain(Timestamp::Parse(text));
    case TypeKind::kDate:
      return PrintedAgain(Date::Parse(text));
    case TypeKind::kInterval:
      return PrintedAgain(Interval::Parse(text));
    case TypeKind::kUuid:
      return PrintedAgain(Uuid::Parse(text));
    case TypeKind::kInet:
      return PrintedAgain(Inet::Parse(text));
    case TypeKind::kText:
    case TypeKind::kVarchar:
    case TypeKind::kSymbol:
      return TextValue(text, type);
    case TypeKind::kEnum:
      return EnumValue(text, type, state);
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      return checked(ValidateJson(text));
    case TypeKind::kBytea:
      return checked(ParseBytea(text).status());
    case TypeKind::kArray:
      return ArrayValue(text, type, state);
  }
  return absl::InvalidArgumentError("a type without constants");
}

// Literals, signs and casts.
class Folder {
 public:
  explicit Folder(const Defining& define) : define_(define) {}

  absl::StatusOr<Constant> Fold(const Expression& value) const {
    if (const auto* literal = value.As<Literal>()) return FoldLiteral(*literal);
    if (const auto* unary = value.As<Unary>()) return FoldSign(*unary, value.place);
    if (const auto* typed = value.As<TypedLiteral>())
      return FoldAs(typed->text, *typed->type, value.place);
    if (const auto* array = value.As<Array>()) return FoldArray(*array);
    const auto* cast = value.As<Cast>();
    if (cast == nullptr) return NoConstant(value.place);
    absl::StatusOr<Constant> operand = Fold(*cast->operand);
    if (!operand.ok() || !operand->has_value()) return operand;
    return FoldAs(**operand, *cast->type, value.place);
  }

 private:
  absl::Status NoConstant(Place place) const {
    return define_.At(place,
                      "a default is a constant, now() or gen_random_uuid(): anything else belongs "
                      "into a trigger");
  }

  static Constant FoldLiteral(const Literal& literal) {
    switch (literal.kind) {
      case LiteralKind::kNull:
        return std::nullopt;
      case LiteralKind::kTrue:
        return "true";
      case LiteralKind::kFalse:
        return "false";
      default:
        return literal.text;
    }
  }

  absl::StatusOr<Constant> FoldSign(const Unary& unary, Place place) const {
    const bool minus = unary.op == UnaryOperator::kMinus;
    if (!minus && unary.op != UnaryOperator::kPlus) return NoConstant(place);
    absl::StatusOr<Constant> operand = Fold(*unary.operand);
    if (!operand.ok() || !operand->has_value() || !minus) return operand;
    std::string& text = **operand;
    return text.starts_with('-') ? Constant(text.substr(1)) : Constant("-" + text);
  }

  absl::StatusOr<Constant> FoldAs(const std::string& text, const TypeName& name,
                                  Place place) const {
    absl::StatusOr<Type> type = TypeOf(name, define_);
    if (!type.ok()) return type.status();
    absl::StatusOr<std::string> value = ValueOf(text, *type, define_.state());
    if (!value.ok()) return define_.At(place, MessageOf(value.status()));
    return Constant(*std::move(value));
  }

  absl::StatusOr<Constant> FoldArray(const Array& array) const {
    std::vector<std::optional<std::string>> elements;
    for (const Expression& element : array.elements) {
      absl::StatusOr<Constant> folded = Fold(element);
      if (!folded.ok()) return folded;
      elements.push_back(*std::move(folded));
    }
    return Constant(PrintArrayText(elements));
  }

  const Defining& define_;
};

enum class Moment : uint8_t { kNone, kNow, kRandomUuid };

Moment MomentOf(const Expression& value) {
  const auto* invocation = value.As<Invocation>();
  if (invocation == nullptr || !invocation->call->arguments.empty()) return Moment::kNone;
  constexpr std::array<std::string_view, 7> kNows = {
      "now",          "current_timestamp",   "localtimestamp", "transaction_timestamp",
      "current_date", "statement_timestamp", "clock_timestamp"};
  const std::string& name = invocation->call->function.last().text;
  if (std::ranges::count(kNows, name) != 0) return Moment::kNow;
  const bool uuid = name == "gen_random_uuid" || name == "uuid_generate_v4";
  return uuid ? Moment::kRandomUuid : Moment::kNone;
}

}  // namespace

absl::StatusOr<ColumnDefault> DefaultOf(const Expression& value, const Type& type,
                                        const Defining& define) {
  const Moment moment = MomentOf(value);
  const bool is_time = type.IsTimestamp() || type.kind() == TypeKind::kDate;
  if (moment == Moment::kNow && is_time) return ColumnDefault::Now();
  if (moment == Moment::kRandomUuid && type.kind() == TypeKind::kUuid) {
    return ColumnDefault::RandomUuid();
  }
  if (moment != Moment::kNone) {
    return define.At(value.place,
                     Concat("the default does not give a ", TypeText(type, define.state())));
  }
  absl::StatusOr<Constant> constant = Folder(define).Fold(value);
  if (!constant.ok()) return constant.status();
  if (!constant->has_value()) return ColumnDefault();
  absl::StatusOr<std::string> text = ValueOf(**constant, type, define.state());
  if (!text.ok()) return define.At(value.place, MessageOf(text.status()));
  return ColumnDefault::Literal(*std::move(text));
}

absl::StatusOr<ColumnDefault> DefaultAs(const ColumnDefault& value, const Type& type,
                                        const CatalogState& state) {
  if (value.kind != ColumnDefault::Kind::kLiteral) return value;
  absl::StatusOr<std::string> text = ValueOf(value.literal, type, state);
  if (!text.ok()) return text.status();
  return ColumnDefault::Literal(*std::move(text));
}

absl::StatusOr<int64_t> NanosecondsOf(const Expression& value, const Defining& define) {
  absl::StatusOr<Constant> constant = Folder(define).Fold(value);
  if (!constant.ok()) return constant.status();
  absl::StatusOr<Interval> interval = Interval::Parse(constant->value_or(""));
  absl::StatusOr<int64_t> nanos =
      interval.ok() ? FixedNanos(*interval) : absl::StatusOr<int64_t>(interval.status());
  if (!nanos.ok()) return define.At(value.place, MessageOf(nanos.status()));
  return nanos;
}

absl::StatusOr<int64_t> TimeOf(const Expression& value, const Defining& define) {
  if (const auto* chain = value.As<Chain>()) {
    const bool is_step = MomentOf(*chain->first) == Moment::kNow && chain->steps.size() == 1;
    const BinaryOperator op = chain->steps.front().op;
    if (!is_step || (op != BinaryOperator::kAdd && op != BinaryOperator::kSubtract)) {
      return define.At(value.place, "expected a time, or now() and an interval");
    }
    absl::StatusOr<Constant> text = Folder(define).Fold(chain->steps.front().operand);
    if (!text.ok()) return text.status();
    absl::StatusOr<Interval> step = Interval::Parse(text->value_or(""));
    if (!step.ok()) return define.At(value.place, MessageOf(step.status()));
    const Timestamp now = Timestamp::FromNanos(define.change.time());
    absl::StatusOr<Timestamp> time = op == BinaryOperator::kAdd ? Add(now, *step) : Sub(now, *step);
    if (!time.ok()) return define.At(value.place, MessageOf(time.status()));
    return time->nanos();
  }
  if (MomentOf(value) == Moment::kNow) return define.change.time();
  absl::StatusOr<Constant> text = Folder(define).Fold(value);
  if (!text.ok()) return text.status();
  absl::StatusOr<Timestamp> time = Timestamp::Parse(text->value_or(""));
  if (!time.ok()) return define.At(value.place, MessageOf(time.status()));
  return time->nanos();
}

const std::string* TextOf(const Expression& value) {
  const auto* literal = value.As<Literal>();
  if (literal == nullptr) return nullptr;
  const bool text = literal->kind == LiteralKind::kString ||
                    literal->kind == LiteralKind::kNumber ||
                    literal->kind == LiteralKind::kDuration;
  return text ? &literal->text : nullptr;
}

}  // namespace tape::engine::sql
