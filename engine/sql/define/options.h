// WITH (...), SET (...) and RESET (...) of a table.
//
//   WITH (durability = 'interval(50)', history = '30 days', slice_rows = 65536,
//         symbols = 'source, side', cluster = 'symbol')
//
//   durability   process | durable | interval(ms)
//   history      none | all | an interval: how long superseded versions of rows can be read
//   slice_rows   rows of a slice
//   symbols      string columns that are stored as symbols
//   cluster      the cluster column; 'none': none
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/definition.h"
#include "tape/schema.h"

namespace tape::engine::sql {

absl::Status ApplyOptions(const std::vector<Option>& options, TableDefinition& table,
                          const Defining& define);

absl::Status ResetOptionsOf(const std::vector<Name>& names, TableDefinition& table,
                            const Defining& define);

}  // namespace tape::engine::sql
