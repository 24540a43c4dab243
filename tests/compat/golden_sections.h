// The golden files of a day that are no columns: kills, keys, summaries, LSNs.
//
//   GoldenSections sections = *ParseGoldenSections(LoadGoldenFiles(root + "/sections"));   // the
//   text absl::StatusOr<GoldenFiles> today = WriteGoldenSections(sections, kernels);
//   absl::StatusOr<GoldenSections> read = ReadGoldenSections(files, kernels);              // the
//   bytes
//
// kills.csv has a line for each kill, keys.csv for each entry of a key (its hash as a signed
// number), summaries.csv for each record, lsns.csv for each row; the first column says of which
// section, and sections follow each other in that order. The second section of a file begins where
// a sync would have let it: at 4,096.
//
// Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "format/kernels/kernels.h"
#include "format/layout/column_summary.h"
#include "tests/compat/golden_folder.h"

namespace tape::compat {

struct GoldenKill {
  uint64_t row = 0;
  uint64_t lsn = 0;

  bool operator==(const GoldenKill&) const = default;
};

struct GoldenKey {
  uint64_t hash = 0;
  uint64_t row = 0;

  bool operator==(const GoldenKey&) const = default;
};

struct GoldenSummary {
  uint64_t slice = 0;
  std::vector<format::ColumnSummary> columns;

  bool operator==(const GoldenSummary&) const = default;
};

struct GoldenSections {
  std::vector<std::vector<GoldenKill>> kills;
  std::vector<std::vector<GoldenKey>> keys;
  std::vector<GoldenSummary> summaries;
  std::vector<std::vector<uint64_t>> lsns;

  bool operator==(const GoldenSections&) const = default;
};

absl::StatusOr<GoldenSections> ParseGoldenSections(const GoldenFiles& files);

absl::StatusOr<GoldenFiles> WriteGoldenSections(const GoldenSections& sections,
                                                const format::Kernels& kernels);

absl::StatusOr<GoldenSections> ReadGoldenSections(const GoldenFiles& files,
                                                  const format::Kernels& kernels);

}  // namespace tape::compat
