#include "bench/macro/quote_rows.h"

#include <algorithm>
#include <string_view>

#include "datasets/generator/reference_set.h"

namespace tape::bench {
namespace {

absl::Status InternAll(Appender& appender, std::string_view column,
                       const std::vector<std::string>& texts) {
  for (size_t i = 0; i < texts.size(); ++i) {
    absl::StatusOr<SymbolCode> code = appender.Intern(column, texts[i]);
    if (!code.ok()) return code.status();
    if (code->value() != i + 1) return absl::InternalError("symbols have other codes already");
  }
  return absl::OkStatus();
}

}  // namespace

QuoteRows MakeQuoteRows(uint64_t rows) {
  const generator::ReferenceSet set = generator::MakeReferenceSet(0, rows);
  const generator::QuoteColumns& columns = set.columns.quotes;
  QuoteRows quotes{{}, set.symbols, set.exchanges};
  quotes.rows.reserve(columns.rows());
  for (size_t i = 0; i < columns.rows(); ++i) {
    quotes.rows.push_back({Timestamp::FromNanos(columns.ts[i]), SymbolCode(columns.symbol[i] + 1),
                           SymbolCode(columns.exchange[i] + 1u), columns.bid_px[i],
                           columns.bid_sz[i], columns.ask_px[i], columns.ask_sz[i]});
  }
  return quotes;
}

absl::StatusOr<Schema> QuoteSchema() {
  return Schema::Builder("quotes")
      .Column("ts", Type::Timestamp())
      .NotNull()
      .Column("symbol", Type::Symbol())
      .NotNull()
      .Column("exchange", Type::Symbol())
      .NotNull()
      .Column("bid_px", Type::Decimal(18, 2))
      .NotNull()
      .Column("bid_sz", Type::Bigint())
      .NotNull()
      .Column("ask_px", Type::Decimal(18, 2))
      .NotNull()
      .Column("ask_sz", Type::Bigint())
      .NotNull()
      .PartitionBy(Partition::kDay, "ts")
      .ClusterBy("symbol")
      .Build();
}

absl::StatusOr<BoundQuotes> BindQuotes(Appender& appender, const QuoteRows& quotes) {
  if (absl::Status s = InternAll(appender, "symbol", quotes.symbols); !s.ok()) return s;
  if (absl::Status s = InternAll(appender, "exchange", quotes.exchanges); !s.ok()) return s;
  return appender.Bind(Field{"ts", &QuoteRow::ts}, Field{"symbol", &QuoteRow::symbol},
                       Field{"exchange", &QuoteRow::exchange}, Field{"bid_px", &QuoteRow::bid_px},
                       Field{"bid_sz", &QuoteRow::bid_sz}, Field{"ask_px", &QuoteRow::ask_px},
                       Field{"ask_sz", &QuoteRow::ask_sz});
}

}  // namespace tape::bench
