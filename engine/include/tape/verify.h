// Looks at everything that a store has on disk, and says what is wrong.
//
//   absl::StatusOr<VerifyReport> report = VerifyStore("/data/ticks", {});
//   for (const VerifyFinding& finding : report->findings) std::puts(finding.ToString().c_str());
//   if (!report->ok()) ...                             // something that was written is not there
//
// Reading checks what it touches, and only that. Verifying checks all of it, and more than
// checksums: every block is decoded, and what an answer may be taken from instead of rows is made
// anew from the rows and compared: block bounds, summaries, orders, keys. docs/verify.md has the
// list, and says what each kind of finding means.
//
// Nothing is written, and no writer is needed or disturbed: beside one, what was committed when it
// began is what is looked at. It goes on behind a finding, to whatever does not depend on what is
// damaged. Findings come in the same order each time.
//
// Memory: that of the largest slice, decoded, of a table's dictionaries, and of the largest section
// of keys or kills.
//
// Errors of the whole: kNotFound where no store is; kCancelled where progress said so. Anything
// else that goes wrong is a finding.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tape {

enum class FindingKind : uint8_t {
  kDamage,       // bytes that count are wrong or gone, or contradict each other
  kUnsupported,  // written by a newer tape: not looked into
  kUnreadable,   // the system would not give it: permissions, a failing disk
  kNote,         // nothing is wrong: a file that nothing names, a torn end that was never promised
};

// What is known of a finding; fields that do not apply are empty.
struct VerifyFinding {
  FindingKind kind = FindingKind::kDamage;
  std::string file;                // or folder
  std::optional<uint64_t> offset;  // in the file
  std::string table;               // "main.trades"
  std::string day;                 // "2025-01-21"
  std::string column;              // its name, or "c0007" where it has none any more
  std::optional<uint64_t> block;   // of the column's extent
  std::string what;
  std::string expected;
  std::string found;

  // In one line.
  std::string ToString() const;

  friend bool operator==(const VerifyFinding&, const VerifyFinding&) = default;
};

struct VerifyProgress {
  std::string doing;        // "main.trades, 2025-01-21"
  uint64_t bytes_done = 0;  // of the places that manifests name
  uint64_t bytes_all = 0;   // of the tables begun so far
};

struct VerifyOptions {
  // Called now and then; false ends it.
  std::function<bool(const VerifyProgress&)> progress{};
  uint64_t findings_max = 10'000;
};

struct VerifyReport {
  std::vector<VerifyFinding> findings;
  uint64_t findings_left_out = 0;  // beyond findings_max

  // How much was looked at.
  uint64_t tables = 0;
  uint64_t slices = 0;
  uint64_t rows = 0;
  uint64_t blocks = 0;
  uint64_t bytes = 0;
  uint64_t wal_groups = 0;

  // No finding but notes.
  bool ok() const;

  friend bool operator==(const VerifyReport&, const VerifyReport&) = default;
};

// The store in this folder, whether or not somebody has it open.
absl::StatusOr<VerifyReport> VerifyStore(const std::string& folder, const VerifyOptions& options);

}  // namespace tape
