// Any bytes as frames, as they are and with the right checksums: what is let through is what would
// be written.
#include <algorithm>
#include <vector>

#include "format/records/frame.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/frame_signing.h"
#include "tests/fuzz/record_places.h"

namespace tape::fuzz {
namespace {

using format::Frame;
using format::FrameReader;

void ExpectWrittenAgain(std::span<const std::byte> bytes, const Frame& frame, uint32_t chain) {
  std::vector<std::byte> again;
  format::FrameWriter writer(kWalSeeds, {frame.offset, chain}, again);
  writer.Begin({frame.type, frame.flags, frame.lsn}).WriteBytes(frame.record);
  Expect(writer.End().ok());
  Expect(std::ranges::equal(again, bytes.subspan(frame.offset - kWalStart.offset, again.size())));
}

void CheckFrames(std::span<const std::byte> bytes) {
  FrameReader reader(bytes, kWalStart.offset, kWalSeeds, kWalStart);
  while (true) {
    const format::FramePosition before = reader.position();
    const auto frame = reader.Next();
    if (!frame.ok()) return ExpectDataLoss(frame.status());
    if (frame->has_value()) {
      ExpectWrittenAgain(bytes, **frame, *before.chain);
      continue;
    }
    if (!reader.SkipToSync().ok() || reader.position() == before) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  CheckFrames(std::vector<std::byte>(given.begin(), given.end()));
  CheckFrames(SignedFrames(data, size, kWalStart, kWalSeeds));
  return 0;
}

}  // namespace tape::fuzz
