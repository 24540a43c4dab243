// Names of types.
#include <initializer_list>

#include "engine/sql/limits.h"
#include "engine/sql/parse/grammar.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

TypeName Grammar::ParseType() {
  TypeName type{.place = Here()};
  ParseTypeWords(type);
  ParseDimensions(type);
  return type;
}

void Grammar::ParseTypeWords(TypeName& type) {
  const auto words = [&](std::string_view text, size_t count) {
    type.name.parts.push_back({std::string(text), Here()});
    Skip(count);
  };
  if (At("DOUBLE", "PRECISION")) return words("double precision", 2);
  if (At("CHARACTER", "VARYING")) {
    words("character varying", 2);
    return ParseModifiers(type);
  }
  const bool time = At("TIMESTAMP") || At("TIME");
  type.name = ParseObjectName("a type");
  ParseModifiers(type);
  if (!time || !ok()) return;
  std::string& name = type.name.parts.back().text;
  if (Accept("WITH", "TIME", "ZONE")) name += " with time zone";
  if (Accept("WITHOUT", "TIME", "ZONE")) name += " without time zone";
}

// (18, 8)
void Grammar::ParseModifiers(TypeName& type) {
  if (!Accept("(")) return;
  ParseList([&] { type.modifiers.push_back(ParseCount("a whole number")); });
  Expect(")");
}

// [] and [3], whose size means nothing, as in PostgreSQL; ARRAY
void Grammar::ParseDimensions(TypeName& type) {
  const Place place = Here();
  int dimensions = 0;
  while (Accept("[")) {
    if (AtKind(TokenKind::kNumber)) ParseCount("a whole number");
    Expect("]");
    ++dimensions;
  }
  if (dimensions == 0 && Accept("ARRAY")) dimensions = 1;
  if (dimensions > kMaxArrayDimensions) {
    FailAt(place, format::Concat("an array has at most ", kMaxArrayDimensions, " dimensions"));
  }
  type.dimensions = static_cast<uint8_t>(dimensions);
}

}  // namespace tape::engine::sql
