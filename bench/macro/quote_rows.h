// Quotes of the reference market as rows, and the table that they go into.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tape/appender.h"
#include "tape/schema.h"

namespace tape::bench {

struct QuoteRow {
  Timestamp ts;
  SymbolCode symbol;
  SymbolCode exchange;
  int64_t bid_px;  // cents
  int64_t bid_sz;
  int64_t ask_px;
  int64_t ask_sz;
};

struct QuoteRows {
  std::vector<QuoteRow> rows;
  std::vector<std::string> symbols;    // of codes 1, 2, ...
  std::vector<std::string> exchanges;  // likewise
};

QuoteRows MakeQuoteRows(uint64_t rows);

absl::StatusOr<Schema> QuoteSchema();

// Gives the table its symbols, with the codes that the rows have, and binds the row.
using BoundQuotes =
    BoundAppender<QuoteRow, Timestamp, SymbolCode, SymbolCode, int64_t, int64_t, int64_t, int64_t>;
absl::StatusOr<BoundQuotes> BindQuotes(Appender& appender, const QuoteRows& quotes);

}  // namespace tape::bench
