// What somebody who embeds tape writes: both consumer projects build and run this one file. It
// begins with the README's first example; tests/tidy holds the README to what stands between the
// marks.
//
// The unused variable is deliberate. Both projects are built beside a tape that was configured with
// warnings as errors, so this file compiles only if those flags stay inside tape.
// Laid out for a reader, one column a line.
// clang-format off
// readme: begin
#include <iostream>
#include <tape/store.h>

struct Trade { tape::Timestamp ts; tape::SymbolCode symbol; int64_t cents; };

absl::Status ReadmeExample(const std::string& folder) {  // every call below says what went wrong; here only some are asked
  using tape::Field, tape::Schema, tape::Type;
  auto schema = Schema::Builder("trades").Column("ts", Type::Timestamp()).NotNull()
                    .Column("symbol", Type::Symbol()).NotNull().Column("price", Type::Decimal(18, 2)).NotNull()
                    .PartitionBy(tape::Partition::kDay, "ts").ClusterBy("symbol").Build();
  auto store = tape::Store::Open(folder, {.create = true});
  if (!store.ok()) return store.status();
  if (absl::Status made = (*store)->CreateTable(*schema); !made.ok()) return made;

  auto trades = (*store)->OpenAppender("main", "trades");
  auto rows = (*trades)->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol}, Field{"price", &Trade::cents});
  auto aapl = (*trades)->Intern("symbol", "AAPL");
  rows->Append({*tape::Timestamp::Parse("2025-01-21T14:30:00.123456789Z"), *aapl, 189'25});
  auto lsn = (*trades)->Commit();  // from here on every process of the machine sees it

  auto now = (*store)->TakeSnapshot();
  auto scan = (*now)->Scan({.table = "trades", .columns = {"price"}, .symbols = {"AAPL"}});
  while (*(*scan)->Next() > 0) {
    for (int64_t cents : (*scan)->column(0).Values<int64_t>()) std::cout << cents << " cents\n";
  }
  trades->reset();
  return (*store)->Close();
}
// readme: end
// clang-format on

#include <stdlib.h>  // mkdtemp

#include <cstdio>
#include <filesystem>

#include "tape/version.h"

static_assert(tape::kVersionString == CONSUMER_FOUND_VERSION);

int main() {
  int unused_on_purpose = 0;
  if (tape::LibraryVersion() != tape::kVersionString) {
    std::fprintf(stderr, "headers and library disagree about the version\n");
    return 1;
  }
  std::printf("tape %s, format %u\n", CONSUMER_FOUND_VERSION, unsigned{tape::kFormatVersion});
  std::string folder = std::filesystem::temp_directory_path() / "tape-consumer.XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const absl::Status status = ReadmeExample(folder + "/store");
  std::filesystem::remove_all(folder);
  if (!status.ok()) std::cerr << status << '\n';
  return status.ok() ? 0 : 1;
}
