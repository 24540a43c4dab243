// The two steps between a TableDefinition and a Schema.
//
//   CompleteDefinition(definition);                          // says what is implied
//   absl::Status status = CheckDefinition(definition);       // refuses what cannot be
//
// Pure functions; thread-safe.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tape/schema.h"

namespace tape::format {

// Fills in column ids, names of constraints and indexes, NOT NULL of key, time and SERIAL columns,
// sequences of SERIAL columns and the schema that a foreign key means. Takes any definition; doing
// it twice changes nothing.
void CompleteDefinition(TableDefinition& definition);

// kInvalidArgument with the first thing that is wrong in a completed definition; kUnimplemented for
// a reserved option.
absl::Status CheckDefinition(const TableDefinition& definition);

// "front_suffix", or "front_suffix1" and so on where that is taken; front is cut so that it fits a
// name.
std::string FreeName(std::string_view front, std::string_view suffix,
                     const std::set<std::string>& taken);

}  // namespace tape::format
