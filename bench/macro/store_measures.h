// What a whole store costs beside its rows: to open it, to recover it, to keep it open, to see its
// rows from another process, and how often it writes a byte again.
//
//   absl::StatusOr<OpenCost> cost = MeasureOpen(folder, {.days = 1000, .columns = 50});
//
// Each makes its store in the folder, anew, and counts its rows before it reports anything.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "bench/macro/latencies.h"

namespace tape::bench {

struct OpenShape {
  int days = 1000;
  int columns = 50;
  int slices_a_day = 1;
};

struct OpenCost {
  double cold_ms = 0;  // page cache dropped; 0 where that is not allowed
  double warm_ms = 0;
  double reader_warm_ms = 0;  // open for reading, and a snapshot
  double idle_memory_mb = 0;  // what an open store adds to its process
  uint64_t slices = 0;
};
absl::StatusOr<OpenCost> MeasureOpen(const std::string& folder, const OpenShape& shape);

struct RecoveryCost {
  double wal_gb = 0;
  double power_lost_s = 0;     // the WAL is replayed
  double process_died_ms = 0;  // the tail is used as it stands
};
absl::StatusOr<RecoveryCost> MeasureRecovery(const std::string& folder, uint64_t rows);

struct Visibility {
  Latencies committed;  // ticks until another process knows of the commit
  Latencies read;       // and has the row's values, by a snapshot and a scan
};
absl::StatusOr<Visibility> MeasureVisibility(const std::string& folder, uint64_t rows);

struct Amplification {
  double slices = 0;  // bytes written into files of slices, over those that are there at the end
  double all = 0;     // all bytes written, WAL included, over those of the rows as they were given
};
// One row in a hundred comes so much later than its time says.
absl::StatusOr<Amplification> MeasureAmplification(const std::string& folder, uint64_t rows,
                                                   int64_t late_ns);

}  // namespace tape::bench
