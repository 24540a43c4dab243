// What files of a store are called. A file is found by what catalog and manifest say; the part of a
// name that is for the eye is not compared. Rules: docs/format/store.md.
//
//   TableFolder(TableId(17), "scalp", "market_data");            // "t000017-scalp.market_data"
//   ColumnFile(ColumnId(3), "price", Generation(1));             // "c0003-price.0001.col"
//   DayFolder(Partition::kDay, Day(20109));                      // "2025-01-21"
//
// Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

// The first day of the partition that has this time; Day(0) for a table without days.
Day PartitionOf(Partition partition, int64_t time_ns);

std::string DayFolder(Partition partition, Day day);  // "all" for a table without days

std::string TableFolder(TableId table, std::string_view schema, std::string_view name);
std::string ManifestFileName(Generation generation);
std::string ColumnFileName(ColumnId column, std::string_view name, Generation generation);
std::string DictionaryFileName(ColumnId column, std::string_view name, Generation generation);
std::string KeyFileName(uint32_t key, Generation generation);
std::string OrderTapeFileName(Generation generation);
std::string SummaryFileName(Generation generation);
std::string KillsFileName(Generation generation);

// The generation in such a name, whatever its other parts; 0 for a name that has none.
Generation GenerationIn(std::string_view file_name);

}  // namespace tape::engine
