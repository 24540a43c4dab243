// The pieces of which dates, timestamps and intervals in text are made.
//
// Each takes its piece from a cursor and leaves the cursor behind it, or returns the error to
// report. Stateless; thread-safe.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "format/types/text_cursor.h"
#include "tape/date.h"

namespace tape::format {

// YYYY-MM-DD, a day that exists, from year 1.
absl::Status TakeCivilDay(TextCursor& cursor, CivilDay* day);

// Two digits from 0 to `highest`; `name` for the error: "minute".
absl::Status TakeTwoDigits(TextCursor& cursor, std::string_view name, int32_t highest,
                           int32_t* value);

// The digits behind a point, as billionths: "5" is 500,000,000. At least one; beyond nine only
// zeros.
absl::Status TakeFraction(TextCursor& cursor, int32_t* billionths);

}  // namespace tape::format
