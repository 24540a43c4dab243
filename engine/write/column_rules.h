// Whether columns of rows may go into a table.
//
//   absl::Status status = CheckColumns(schema, code_ends, columns);
//
// They must be as many as the table has, of its forms, equally long, with no NULL where none may
// be, codes that somebody gave out, booleans that are 0 or 1, offsets inside their bytes, and rows
// of at most kMaxRowBytes. Constraints are another matter.
//
// kInvalidArgument, kFailedPrecondition for a NULL, kResourceExhausted for a row; each names table
// and column. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "tape/column_view.h"
#include "tape/schema.h"

namespace tape::engine {

// `code_ends`, by column: codes of a symbol column from here on are unknown.
absl::Status CheckColumns(const Schema& schema, std::span<const uint32_t> code_ends,
                          std::span<const ColumnView> columns);

}  // namespace tape::engine
