// What files of a table are called, and back. A file is found by what catalog and manifest say; the
// part of a name that is for the eye is not compared. Rules: docs/format/store.md.
//
//   TableFolder(TableId(17), "scalp", "market_data");           // "t000017-scalp.market_data"
//   DayFolder(Partition::kDay, Day(20109));                     // "2025-01-21"
//   FileName({FileKind::kColumn, 3, 20109, 1}, "price");        // "c0003-price.0001.col"
//   ParseFileName("c0003-price.0001.col");                      // {kColumn, 3, kNoDay, 1}
//
// Pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/bytes/place.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

// The day of a table that has none. Its rows lie in the folder "all", and its files say that they
// belong to no day.
inline constexpr Day kWithoutDay{format::kNoDay};

// The first day of the partition that has this time; kWithoutDay for a table without days.
Day PartitionOf(Partition partition, int64_t time_ns);

// Which file of a table: one for each column, key or kind, day and generation. Ordered so that the
// generations of one file follow each other.
struct TableFile {
  format::FileKind kind = format::FileKind::kColumn;
  uint32_t column = 0;  // or number of the key; 0 in other kinds
  int32_t day = format::kNoDay;
  uint32_t generation = 0;

  // The file that a place lies in.
  static TableFile Of(const format::Place& place) {
    return {place.kind, place.column, place.day, place.generation};
  }
  // A dictionary's.
  static TableFile Of(const format::SymbolsEntry& symbols) {
    return {format::FileKind::kDictionary, symbols.column.value(), format::kNoDay,
            symbols.generation.value()};
  }

  // Does it lie in the folder of a day, be it "all"? Others lie in the table's.
  bool LiesInDay() const;

  friend auto operator<=>(const TableFile&, const TableFile&) = default;
};

std::string TableFolder(TableId table, std::string_view schema, std::string_view name);
std::string DayFolder(Partition partition, Day day);
// Is this what DayFolder gives for any day?
bool IsDayFolder(std::string_view name);

// `name` is the column's, where the file belongs to one.
std::string FileName(const TableFile& file, std::string_view name = {});
// All but the day, which is the folder's; nothing for a name that tape does not give.
std::optional<TableFile> ParseFileName(std::string_view file_name);

}  // namespace tape::engine
