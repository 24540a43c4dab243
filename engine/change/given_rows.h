// From what somebody gives to whole rows of a table: texts of symbols become codes, and columns
// that were not given their defaults.
//
//   absl::StatusOr<std::vector<ColumnBuffer>> rows = FillRows(table, given, {writer, host,
//   now_ns});
//
// A default is a literal in the text form of its type, the time of the change, a UUID by chance, or
// the next values of the column's sequence; else NULL. kInvalidArgument for columns that are not
// there, twice, of another form or length.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/change/staged_table.h"
#include "engine/io/host.h"
#include "engine/write/store_writer.h"
#include "tape/column_view.h"

namespace tape::engine {

struct DefaultSources {
  StoreWriter& writer;
  Host& host;
  int64_t now_ns = 0;
};

absl::Status CheckGiven(const StagedTable& table, const GivenRows& given);

// Into all columns of the schema, which are empty.
absl::Status FillRows(StagedTable& table, const GivenRows& given, const DefaultSources& sources,
                      std::span<ColumnBuffer> columns);

// Appends values as the column stores them.
absl::Status AppendGiven(StagedTable& table, size_t column, const ColumnView& values,
                         ColumnBuffer& out);

}  // namespace tape::engine
