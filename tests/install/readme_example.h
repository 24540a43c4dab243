// The README's first example, between the marks, as consumers compile and run it. tests/tidy holds
// the README to it. Laid out for a reader, one column a line.
#pragma once

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
