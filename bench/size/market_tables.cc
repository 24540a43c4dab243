#include "bench/size/market_tables.h"

#include <utility>

namespace tape::bench {
namespace {

using Texts = std::vector<std::string>;

Column Integers(std::string_view name, const std::vector<int64_t>& values,
                std::string_view rival_type = "BIGINT") {
  Column column{name, ColumnBuffer(Physical::kInt64), {}, rival_type};
  column.values.AppendValues(std::span<const int64_t>(values));
  return column;
}

// Codes in the order in which values first appear, as a dictionary that grows gives them.
template <typename Number>
Column Symbols(std::string_view name, const std::vector<Number>& numbers, const Texts& texts) {
  Column column{name, ColumnBuffer(Physical::kCode32), {}, "VARCHAR"};
  std::vector<uint32_t> code_of(texts.size(), 0);
  for (const Number number : numbers) {
    uint32_t& code = code_of[number];
    if (code == 0) {
      column.dictionary.push_back(texts[number]);
      code = static_cast<uint32_t>(column.dictionary.size());
    }
    column.values.Append(code);
  }
  return column;
}

}  // namespace

MarketTables TablesOf(const generator::ReferenceSet& set) {
  const Texts sides(std::begin(generator::kSides), std::end(generator::kSides));
  const generator::TradeColumns& t = set.columns.trades;
  const generator::QuoteColumns& q = set.columns.quotes;
  MarketTables tables{{"trades", {}, t.rows()}, {"quotes", {}, q.rows()}};
  std::vector<Column>& trades = tables.trades.columns;
  trades.push_back(Integers("ts", t.ts, "TIMESTAMP_NS"));
  trades.push_back(Symbols("symbol", t.symbol, set.symbols));
  trades.push_back(Symbols("exchange", t.exchange, set.exchanges));
  trades.push_back(Symbols("side", t.side, sides));
  trades.push_back(Integers("price", t.price, "DECIMAL(18,2)"));
  trades.push_back(Integers("size", t.size));
  trades.push_back(Integers("trade_id", t.trade_id));
  std::vector<Column>& quotes = tables.quotes.columns;
  quotes.push_back(Integers("ts", q.ts, "TIMESTAMP_NS"));
  quotes.push_back(Symbols("symbol", q.symbol, set.symbols));
  quotes.push_back(Symbols("exchange", q.exchange, set.exchanges));
  quotes.push_back(Integers("bid_px", q.bid_px, "DECIMAL(18,2)"));
  quotes.push_back(Integers("bid_sz", q.bid_sz));
  quotes.push_back(Integers("ask_px", q.ask_px, "DECIMAL(18,2)"));
  quotes.push_back(Integers("ask_sz", q.ask_sz));
  return tables;
}

std::vector<rivals::RivalColumn> RivalColumns(const Table& table) {
  std::vector<rivals::RivalColumn> columns;
  for (const Column& column : table.columns) {
    const ColumnView view = column.values.view();
    if (column.dictionary.empty()) {
      columns.emplace_back(
          rivals::IntegerColumn{std::string(column.rival_type), view.Values<int64_t>()});
      continue;
    }
    rivals::TextColumn texts{{}, column.dictionary};
    for (const uint32_t code : view.Values<uint32_t>()) texts.numbers.push_back(code - 1);
    columns.emplace_back(std::move(texts));
  }
  return columns;
}

}  // namespace tape::bench
