#include "engine/sql/define/types.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/printer.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

struct Spelling {
  std::string_view name;
  Type type;
};

// Those that take no modifiers.
constexpr std::array kPlain = {
    Spelling{"boolean", Type::Boolean()},     Spelling{"bool", Type::Boolean()},
    Spelling{"smallint", Type::Smallint()},   Spelling{"int2", Type::Smallint()},
    Spelling{"integer", Type::Integer()},     Spelling{"int", Type::Integer()},
    Spelling{"int4", Type::Integer()},        Spelling{"bigint", Type::Bigint()},
    Spelling{"int8", Type::Bigint()},         Spelling{"real", Type::Real()},
    Spelling{"float4", Type::Real()},         Spelling{"double precision", Type::Double()},
    Spelling{"double", Type::Double()},       Spelling{"float8", Type::Double()},
    Spelling{"date", Type::Date()},           Spelling{"interval", Type::Interval()},
    Spelling{"text", Type::Text()},           Spelling{"symbol", Type::Symbol()},
    Spelling{"uuid", Type::Uuid()},           Spelling{"inet", Type::Inet()},
    Spelling{"json", Type::Json()},           Spelling{"jsonb", Type::Jsonb()},
    Spelling{"bytea", Type::Bytea()},         Spelling{"blob", Type::Bytea()},
    Spelling{"serial", Type::Serial()},       Spelling{"serial4", Type::Serial()},
    Spelling{"bigserial", Type::Bigserial()}, Spelling{"serial8", Type::Bigserial()},
};

// Digits of a fraction of a second say nothing here: every time has nine.
constexpr std::array kTimes = {
    Spelling{"timestamp", Type::Timestamp()},
    Spelling{"timestamp without time zone", Type::Timestamp()},
    Spelling{"datetime", Type::Timestamp()},
    Spelling{"timestamptz", Type::TimestampTz()},
    Spelling{"timestamp with time zone", Type::TimestampTz()},
};

template <size_t n>
std::optional<Type> FindIn(const std::array<Spelling, n>& spellings, std::string_view name) {
  const auto found = std::ranges::find(spellings, name, &Spelling::name);
  return found == spellings.end() ? std::nullopt : std::optional(found->type);
}

class TypeReader {
 public:
  TypeReader(const TypeName& name, const Defining& define)
      : name_(name), define_(define), word_(name.name.last().text) {}

  absl::StatusOr<Type> Read() const {
    absl::StatusOr<Type> type = ReadElement();
    if (!type.ok() || name_.dimensions == 0) return type;
    if (name_.dimensions > 1) return Refuse("an array has one dimension here");
    return Checked(Type::Array(*type));
  }

 private:
  absl::StatusOr<Type> ReadElement() const {
    if (name_.name.parts.size() > 1) return ReadEnum();
    if (const std::optional<Type> plain = FindIn(kPlain, word_)) {
      if (name_.modifiers.empty()) return *plain;
      return Refuse(Concat("the type ", word_, " takes no modifier"));
    }
    if (const std::optional<Type> time = FindIn(kTimes, word_)) {
      if (name_.modifiers.empty() || (name_.modifiers.size() == 1 && name_.modifiers[0] <= 9)) {
        return *time;
      }
      return Refuse("a fraction of a second has 0 to 9 digits");
    }
    if (word_ == "decimal" || word_ == "numeric" || word_ == "dec") return ReadDecimal();
    if (word_ == "varchar" || word_ == "character varying") return ReadVarchar();
    if (word_ == "float") return ReadFloat();
    if (word_ == "char" || word_ == "character" || word_ == "bpchar") {
      return Refuse("CHAR pads with blanks: say VARCHAR(n)");
    }
    return ReadEnum();
  }

  absl::StatusOr<Type> ReadDecimal() const {
    if (name_.modifiers.empty() || name_.modifiers.size() > 2) {
      return Refuse("DECIMAL needs its digits: DECIMAL(precision, scale)");
    }
    constexpr uint32_t kMost = kMaxDecimalPrecision + 1;  // enough to be refused
    const auto at = [&](size_t i) { return static_cast<int>(std::min(name_.modifiers[i], kMost)); };
    return Checked(Type::Decimal(at(0), name_.modifiers.size() > 1 ? at(1) : 0));
  }

  absl::StatusOr<Type> ReadVarchar() const {
    if (name_.modifiers.empty()) return Type::Varchar();
    const bool fits = name_.modifiers.size() == 1 && name_.modifiers[0] >= 1 &&
                      name_.modifiers[0] <= kMaxVarcharLength;
    if (fits) return Type::Varchar(static_cast<int32_t>(name_.modifiers[0]));
    return Refuse(Concat("VARCHAR has 1 to ", kMaxVarcharLength, " characters"));
  }

  absl::StatusOr<Type> ReadFloat() const {
    if (name_.modifiers.empty()) return Type::Double();
    const uint32_t bits = name_.modifiers[0];
    if (name_.modifiers.size() > 1 || bits < 1 || bits > 53) {
      return Refuse("FLOAT has 1 to 53 bits");
    }
    return bits <= 24 ? Type::Real() : Type::Double();
  }

  absl::StatusOr<Type> ReadEnum() const {
    absl::StatusOr<QualifiedName> name = define_.Resolve(name_.name);
    if (!name.ok()) return name.status();
    const EnumInfo* type = define_.state().FindEnum(name->schema, name->name);
    if (type == nullptr) {
      return define_.At(name_.place, Concat("type ", Quoted(word_), " does not exist"),
                        absl::StatusCode::kNotFound);
    }
    if (!name_.modifiers.empty()) return Refuse("an ENUM takes no modifier");
    return Type::Enum(type->id);
  }

  absl::StatusOr<Type> Checked(const Type& type) const {
    const absl::Status status = type.Validate();
    if (status.ok()) return type;
    return Refuse(MessageOf(status));
  }

  absl::Status Refuse(std::string why) const { return define_.At(name_.place, std::move(why)); }

  const TypeName& name_;
  const Defining& define_;
  const std::string& word_;
};

}  // namespace

absl::StatusOr<Type> TypeOf(const TypeName& name, const Defining& define) {
  return TypeReader(name, define).Read();
}

std::string TypeText(const Type& type, const CatalogState& state) {
  if (type.kind() != TypeKind::kEnum) return type.ToString();
  const EnumInfo* known = state.FindEnum(type.enum_id());
  return known == nullptr ? type.ToString() : PrintName(known->record.name);
}

}  // namespace tape::engine::sql
