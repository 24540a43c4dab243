// Any bytes as a manifest record, as a checkpoint and as a change: what is let through is what
// would be written, and what a state makes of it is a checkpoint again.
#include <algorithm>
#include <limits>
#include <vector>

#include "format/records/manifest_state.h"
#include "tests/fuzz/expect.h"

namespace tape::fuzz {
namespace {

using format::ManifestFrame;
using format::ManifestRecord;
using format::ManifestState;

constexpr Lsn kDurable(std::numeric_limits<uint64_t>::max());

std::vector<std::byte> Written(const ManifestRecord& record, ManifestFrame type) {
  std::vector<std::byte> bytes;
  Expect(WriteManifestRecord(record, type, kDurable, bytes).ok());
  return bytes;
}

void CheckState(const ManifestRecord& record) {
  ManifestState state;
  const absl::Status status = state.Apply(record, ManifestFrame::kCheckpoint);
  if (!status.ok()) return ExpectDataLoss(status);
  const ManifestRecord checkpoint = state.ToCheckpoint(5);
  ManifestState again;
  Expect(again.Apply(checkpoint, ManifestFrame::kCheckpoint).ok());
  ManifestRecord same = again.ToCheckpoint(5);
  same.number = checkpoint.number;
  Expect(Written(same, ManifestFrame::kCheckpoint) ==
         Written(checkpoint, ManifestFrame::kCheckpoint));
}

void CheckRecord(std::span<const std::byte> bytes, ManifestFrame type) {
  const auto record = ManifestRecord::Parse(bytes, type, kDurable);
  if (!record.ok()) return ExpectDataLoss(record.status());
  Expect(std::ranges::equal(Written(*record, type), bytes));
  if (type == ManifestFrame::kCheckpoint) CheckState(*record);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  const std::vector<std::byte> bytes(given.begin(), given.end());
  CheckRecord(bytes, ManifestFrame::kCheckpoint);
  CheckRecord(bytes, ManifestFrame::kChange);
  return 0;
}

}  // namespace tape::fuzz
