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
#include <tape/decimal.h>
#include <tape/schema.h>
#include <tape/timestamp.h>

int ReadmeExample() {
  using tape::Decimal, tape::Partition, tape::Schema, tape::Timestamp, tape::Type;
  auto trades = Schema::Builder("trades")
                    .Column("ts", Type::Timestamp()).NotNull()
                    .Column("symbol", Type::Symbol()).NotNull()
                    .Column("price", Type::Decimal(18, 8)).NotNull().Check("price > 0")
                    .PartitionBy(Partition::kDay, "ts").ClusterBy("symbol").Build();
  auto ts = Timestamp::Parse("2025-01-21T14:30:00.123456789Z");
  auto price = Decimal::Parse("101.25"), size = Decimal::Parse("0.00000001");
  if (!trades.ok() || !ts.ok() || !price.ok() || !size.ok()) return 1;
  auto notional = tape::Mul(*price, *size);  // exact, or an error: never rounded in silence
  std::cout << trades->name() << ' ' << ts->ToString() << ' ' << notional->ToString() << '\n';
  return 0;
}
// readme: end
// clang-format on

#include <cstdio>

#include "tape/version.h"

static_assert(tape::kVersionString == CONSUMER_FOUND_VERSION);

int main() {
  int unused_on_purpose = 0;
  if (tape::LibraryVersion() != tape::kVersionString) {
    std::fprintf(stderr, "headers and library disagree about the version\n");
    return 1;
  }
  std::printf("tape %s, format %u\n", CONSUMER_FOUND_VERSION, unsigned{tape::kFormatVersion});
  return ReadmeExample();
}
