// Any bytes as the groups of a segment, with the right checksums: groups follow each other without
// a hole, all their records can be read, and looking behind ends.
#include <vector>

#include "format/records/wal_records.h"
#include "format/records/wal_segment.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/frame_signing.h"
#include "tests/fuzz/record_places.h"

namespace tape::fuzz {
namespace {

using format::Frame;
using format::WalGroup;
using format::WalRecordType;

void CheckRows(const Frame& frame) {
  const auto view = format::WalRowsView::Parse(frame);
  Expect(view.ok());
  std::vector<uint64_t> offsets;
  for (size_t i = 0; i < view->columns(); ++i) {
    const ColumnView column = view->Column(i, offsets);
    Expect(column.rows() == view->rows() && column.OffsetsAreSound());
    Expect(column.CountNulls() <= column.rows());
    if (column.physical() == Physical::kBytes) Expect(column.Heap() == view->Heap(i));
  }
}

void CheckGroup(const WalGroup& group) {
  for (const Frame& frame : group.frames) {
    Expect(CheckWalRecord(frame).ok());
    const auto type = static_cast<WalRecordType>(frame.type);
    if (type == WalRecordType::kRows || type == WalRecordType::kTailRows) CheckRows(frame);
  }
}

void CheckSegment(std::span<const std::byte> file) {
  format::WalGroupReader reader(kWalSegment, file);
  while (true) {
    const Lsn expected = reader.next_lsn();
    const auto group = reader.Next();
    if (!group.ok()) return Expect(absl::IsUnimplemented(group.status()));
    if (*group == nullptr) break;
    Expect((*group)->first == expected && (*group)->durable < expected);
    Expect((*group)->end == reader.end().offset);
    CheckGroup(**group);
  }
  Expect(reader.stop().kind != format::WalStop::Kind::kNone && !reader.stop().reason.empty());
  const auto remains = reader.ScanBehind();
  if (remains.ok() && remains->groups != 0) Expect(remains->first_offset >= reader.stop().offset);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto groups = SignedFrames(data, size, kWalStart, kWalSeeds);
  std::vector<std::byte> file(format::kWalFirstGroup);
  file.insert(file.end(), groups.begin(), groups.end());
  CheckSegment(file);
  return 0;
}

}  // namespace tape::fuzz
