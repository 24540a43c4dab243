// A feed handler: appends trades as they come, and every process of the machine sees each at once.
//
//   feed_handler FOLDER TRADES
#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "tape/appender.h"
#include "tape/schema.h"
#include "tape/store.h"

namespace {

struct Trade {
  tape::Timestamp ts;
  tape::SymbolCode symbol;
  int64_t price;  // cents: the column is DECIMAL(18,2)
  int64_t size;
};

absl::StatusOr<tape::Schema> TradesSchema() {
  using tape::Type;
  return tape::Schema::Builder("trades")
      .Column("ts", Type::Timestamp()).NotNull()
      .Column("symbol", Type::Symbol()).NotNull()
      .Column("price", Type::Decimal(18, 2)).NotNull()
      .Column("size", Type::Bigint()).NotNull()
      .PartitionBy(tape::Partition::kDay, "ts").ClusterBy("symbol")
      .Build();
}

absl::Status Run(const std::string& folder, int64_t trades) {
  auto store = tape::Store::Open(folder, {.create = true});
  if (!store.ok()) return store.status();
  auto schema = TradesSchema();
  if (!schema.ok()) return schema.status();
  absl::Status made = (*store)->CreateTable(*schema);
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;  // from the second day on it is there

  // Before the first tick: codes for the symbols, columns for the struct's members.
  auto appender = (*store)->OpenAppender("main", "trades");
  if (!appender.ok()) return appender.status();
  std::array<tape::SymbolCode, 3> symbols;
  const std::array<const char*, 3> names = {"AAPL", "MSFT", "NVDA"};
  for (size_t i = 0; i < names.size(); ++i) {
    auto code = (*appender)->Intern("symbol", names[i]);
    if (!code.ok()) return code.status();
    symbols[i] = *code;
  }
  auto rows = (*appender)->Bind(tape::Field{"ts", &Trade::ts}, tape::Field{"symbol", &Trade::symbol},
                                tape::Field{"price", &Trade::price},
                                tape::Field{"size", &Trade::size});
  if (!rows.ok()) return rows.status();

  // The hot loop: two calls a tick, no system call, no lock, no allocation.
  int64_t volume = 0;
  for (int64_t i = 0; i < trades; ++i) {
    const Trade trade{tape::Timestamp::FromNanos(1'737'469'800'000'000'000 + i * 1'000'000),
                      symbols[static_cast<size_t>(i) % symbols.size()], 189'25 + i % 100,
                      1 + i % 500};
    rows->Append(trade);
    if (auto lsn = (*appender)->Commit(); !lsn.ok()) return lsn.status();
    volume += trade.size;
  }
  std::cout << trades << " trades, volume " << volume << '\n';
  appender->reset();
  return (*store)->Close();  // everything is durable now
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const absl::Status status = Run(argv[1], std::atoll(argv[2]));
  if (status.ok()) return 0;
  std::cerr << status << '\n';
  return 1;
}
