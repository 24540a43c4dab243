// What a verification finds, as it is gathered: where it was found, and how much there may be.
//
//   Findings findings(options, report);
//   const FindingPlace slice{.table = "main.trades", .day = "2025-01-21"};
//   findings.Add(slice, status);                           // an error that reading returned
//   findings.Expect(slice, "first row's time", summary.first, first);     // where they differ
//
// Errors of tape name file and offset and say what was expected and found; these are taken out of
// the message, so that a finding has them as fields.
//
// Thread-bound.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "format/bytes/message.h"
#include "tape/verify.h"

namespace tape::engine {

struct FindingPlace {
  std::string file{};
  std::optional<uint64_t> offset{};
  std::string table{};
  std::string day{};
  std::string column{};
  std::optional<uint64_t> block{};
};

class Findings {
 public:
  // Both must outlive it.
  Findings(const VerifyOptions& options, VerifyReport& report)
      : options_(options), report_(report) {}

  VerifyReport& report() { return report_; }

  void Add(const FindingPlace& place, FindingKind kind, std::string_view what,
           std::string_view expected = {}, std::string_view found = {});
  // An error that came up: its code says of which kind it is.
  void Add(const FindingPlace& place, const absl::Status& status);
  // True where the status is ok; else it is added.
  bool Check(const FindingPlace& place, const absl::Status& status) {
    if (!status.ok()) Add(place, status);
    return status.ok();
  }
  // Damage unless it is so.
  bool Expect(const FindingPlace& place, bool holds, std::string_view what,
              std::string_view expected = {}, std::string_view found = {}) {
    if (!holds) Add(place, FindingKind::kDamage, what, expected, found);
    return holds;
  }
  // Damage where the numbers differ.
  bool ExpectEqual(const FindingPlace& place, std::string_view what, uint64_t expected,
                   uint64_t found) {
    return Expect(place, expected == found, what, format::Concat(expected), format::Concat(found));
  }

  void AddBytes(uint64_t bytes) { report_.bytes += bytes; }
  void AddBytesToDo(uint64_t bytes) { bytes_all_ += bytes; }
  // kCancelled once whoever asked has had enough.
  absl::Status Tell(std::string_view doing);

 private:
  const VerifyOptions& options_;
  VerifyReport& report_;
  uint64_t bytes_all_ = 0;
};

}  // namespace tape::engine
