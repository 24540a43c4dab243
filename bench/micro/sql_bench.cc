// Text of SQL to trees and back: bytes of text per second.
//
//   tape-micro --benchmark_filter=sql/ --benchmark_repetitions=5
//
// Names are sql/<what>/<text>. The reference for parsing is sql/lex, which only cuts into tokens.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "engine/sql/parser.h"
#include "engine/sql/printer.h"

namespace tape::engine::sql {
namespace {

constexpr std::string_view kQuery =
    "SELECT t.symbol, time_bucket('1 minute', t.ts) AS bar, first(t.price), max(t.price), "
    "sum(t.size) FILTER "
    "(WHERE t.side = 'buy'), avg(q.bid + q.ask) / 2 FROM trades t ASOF JOIN quotes q ON (symbol) "
    "TOLERANCE 5s WHERE "
    "t.ts >= TIMESTAMP '2026-03-04' AND t.ts < TIMESTAMP '2026-03-05' AND t.exchange IN ('N', 'Q', "
    "'P') GROUP BY "
    "t.symbol, bar HAVING count(*) > 10 ORDER BY t.symbol, bar DESC LIMIT 1000;\n";

constexpr std::string_view kDefinition =
    "CREATE TABLE orders (id BIGSERIAL PRIMARY KEY, order_id VARCHAR(50) UNIQUE NOT NULL, symbol "
    "VARCHAR(10) NOT NULL, "
    "side VARCHAR(4) NOT NULL CHECK (side IN ('buy', 'sell')), quantity INTEGER NOT NULL, price "
    "DECIMAL(18,8), status "
    "VARCHAR(20) NOT NULL DEFAULT 'pending', created_at TIMESTAMP DEFAULT now()) PARTITION BY DAY "
    "(created_at);\n";

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string ManyRows() {
  return "INSERT INTO trades (ts, symbol, price, size) VALUES ('2026-03-04T12:00:00Z', 'AAPL', "
         "187.25, 100)" +
         Repeat(",\n('2026-03-04T12:00:00.000000001Z', 'MSFT', 412.5, 300)", 1000);
}

void Report(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(bytes));
}

void Lex(benchmark::State& state, const std::string& text) {
  std::vector<Token> tokens;
  for (auto _ : state) {
    Lexer lexer(text);
    while (lexer.ReadStatement(tokens)) benchmark::DoNotOptimize(tokens.data());
  }
  Report(state, text.size());
}

void Parse(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    ScriptReader script(text);
    while (script.Next()) benchmark::DoNotOptimize(script.statement().ok());
  }
  Report(state, text.size());
}

void PrintTrees(benchmark::State& state, const std::string& text) {
  std::vector<Statement> statements;
  for (ScriptReader script(text); script.Next();) statements.push_back(*script.statement());
  for (auto _ : state) {
    for (const Statement& statement : statements) benchmark::DoNotOptimize(Print(statement).size());
  }
  Report(state, text.size());
}

[[maybe_unused]] const bool kRegistered = [] {
  const std::pair<const char*, std::string> texts[] = {{"queries", Repeat(kQuery, 20)},
                                                       {"definitions", Repeat(kDefinition, 20)},
                                                       {"rows", ManyRows()}};
  for (const auto& [name, text] : texts) {
    benchmark::RegisterBenchmark((std::string("sql/lex/") + name).c_str(), Lex, text);
    benchmark::RegisterBenchmark((std::string("sql/parse/") + name).c_str(), Parse, text);
    benchmark::RegisterBenchmark((std::string("sql/print/") + name).c_str(), PrintTrees, text);
  }
  return true;
}();

}  // namespace
}  // namespace tape::engine::sql
