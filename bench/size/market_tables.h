// The standard tables of market data as tape's columns: what the size bench stores.
//
//   MarketTables tables = TablesOf(set);
//   tables.quotes.columns[3].view();     // bid_px, in the order of arrival
//
// Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/rivals/duckdb.h"
#include "datasets/generator/reference_set.h"
#include "tape/column_view.h"

namespace tape::bench {

struct Column {
  std::string_view name;
  ColumnBuffer values;
  std::vector<std::string> dictionary;  // of codes 1, 2, ... where the column is a symbol
  std::string_view rival_type;          // in DuckDB; VARCHAR for a symbol
};

struct Table {
  std::string_view name;
  std::vector<Column> columns;  // 0 is time, 1 the symbol that rows are clustered by
  size_t rows = 0;
};

struct MarketTables {
  Table trades;
  Table quotes;
};

MarketTables TablesOf(const generator::ReferenceSet& set);

// The same rows as DuckDB's appender takes them; the table must outlive them.
std::vector<rivals::RivalColumn> RivalColumns(const Table& table);

}  // namespace tape::bench
