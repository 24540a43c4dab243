// What it costs to write: each row's latency, and rates by how rows are committed.
//
//   absl::StatusOr<WriteReport> report = MeasureWrites(folder, quotes);
//
// Every store is made anew, in a folder of its own, and its rows are counted when it is opened
// again: what is reported was really there.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/macro/latencies.h"
#include "bench/macro/quote_rows.h"

namespace tape::bench {

// What happened on the appending thread beside its work.
struct ThreadCost {
  uint64_t page_faults = 0;
  uint64_t context_switches = 0;  // that it asked for: it slept
  uint64_t waits = 0;             // for a chunk of the tail
};

struct RowLatency {
  Latencies ticks;  // of append and commit together
  ThreadCost cost;
};

struct WriteRate {
  std::string how;
  double rows_per_second = 0;
  Latencies commit_ticks;  // where commits are durable
  ThreadCost cost;
};

struct WriteReport {
  RowLatency row;
  std::vector<WriteRate> rates;
  Latencies bare_sync_ticks;  // 32 KiB overwritten and synced, in the same folder
};

absl::StatusOr<WriteReport> MeasureWrites(const std::string& folder, const QuoteRows& quotes);

}  // namespace tape::bench
