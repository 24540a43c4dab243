// Places, names and types: what every tree of syntax is made of.
//
//   market_data."Price"  ->  ObjectName{{{"market_data"}, {"Price"}}}
//   DECIMAL(18, 8)[]     ->  TypeName{.name = {{{"decimal"}}}, .modifiers = {18, 8}, .dimensions =
//   1}
//
// Names are as the catalog has them: lower case unless they were quoted. All of these are values;
// every member of a tree has an initialiser, so that designated ones may name a few.
#pragma once

// The members of these types that hold one another have no `{}`: Clang 14 would then ask for types
// that are not complete yet. GCC takes their absence in a designated initialiser for a mistake.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include <cstdint>
#include <string>
#include <vector>

namespace tape::engine::sql {

// Where something stands: bytes from the beginning of the text that was parsed. Two trees are the
// same when they say the same, wherever they say it; so all places are equal.
struct Place {
  uint32_t offset = 0;

  friend bool operator==(Place, Place) { return true; }
};

// How high a tree is, in levels of nesting. It follows from what the tree says and how that was
// written, and is not compared either.
struct Height {
  uint16_t levels = 1;

  friend bool operator==(Height, Height) { return true; }
};

struct Name {
  std::string text{};
  Place place{};

  friend bool operator==(const Name&, const Name&) = default;
};

// From the outside in: store, schema, object. One to four parts; a column may have all four.
struct ObjectName {
  std::vector<Name> parts{};

  const Name& last() const { return parts.back(); }
  friend bool operator==(const ObjectName&, const ObjectName&) = default;
};

// A type as it is written. Several words are one name: "double precision", "character varying",
// "timestamp with time zone".
struct TypeName {
  ObjectName name{};
  std::vector<uint32_t> modifiers{};
  uint8_t dimensions = 0;
  Place place{};

  friend bool operator==(const TypeName&, const TypeName&) = default;
};

}  // namespace tape::engine::sql
