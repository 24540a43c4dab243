// Values of columns as text, and text as values: for messages, and for defaults.
//
//   ValueText(schema.column(2), views[2], row, "");          // "101.25", "'halt'", "NULL"
//   absl::Status status = AppendParsed(Type::Decimal(18, 2), "0.00", buffer);
//
// In messages a value is cut after kShownBytes, so that a message stays one; one of a SENSITIVE
// column is "***".
//
// Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tape/column_view.h"
#include "tape/schema.h"
#include "tape/type.h"

namespace tape::engine {

inline constexpr size_t kShownBytes = 60;

// `symbol` is the text of the code, where the column is stored as codes.
std::string ValueText(const Column& column, const ColumnView& values, size_t row,
                      std::string_view symbol);

// Appends the value that a text is in a type's text form. kInvalidArgument where it is none. The
// buffer is of the type's physical form, or kBytes for a symbol or ENUM, which stays text.
absl::Status AppendParsed(const Type& type, std::string_view text, ColumnBuffer& out);

}  // namespace tape::engine
