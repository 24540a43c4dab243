#include "format/records/wal_segment.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string_view>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"
#include "format/records/wal_records.h"

namespace tape::format {
namespace {

constexpr uint16_t kGroupType = static_cast<uint16_t>(WalRecordType::kGroup);
constexpr size_t kHeadersEnd = kFileHeaderSize + sizeof(WalSegmentHeader);

// Times the size of the segment that looking behind a bad group may read. Once is what a segment
// costs that was used once; frames of earlier uses, which still lie in it, may add a few.
constexpr uint64_t kScanBudget = 64;

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("WAL segment: ", what));
}

FileIdentity IdentityOf(const StoreUuid& store, uint64_t number) {
  return {.store = store, .generation = static_cast<uint32_t>(number)};
}

uint32_t HeaderCrc(const PlaceSeed& seeds, const WalSegmentHeader& header) {
  const auto bytes = std::as_bytes(std::span(&header, 1));
  return ExtendCrc32c(seeds.At(kFileHeaderSize), bytes.first(offsetof(WalSegmentHeader, crc)));
}

absl::Status CheckHeader(const WalSegmentHeader& header, uint64_t number, uint64_t file_size) {
  if (header.reserved_36 != 0 || header.reserved_48 != 0 || header.reserved_56 != 0) {
    return Damaged("reserved bytes: expected 0, found others");
  }
  if (header.number != number) {
    return Damaged(Concat("number: expected ", number, ", found ", header.number));
  }
  if (header.size < file_size) {
    return Damaged(Concat("size: expected ", header.size, ", found ", file_size));
  }
  if (header.first_lsn == 0 || header.durable_lsn >= header.first_lsn) {
    return Damaged(Concat("LSNs: expected a durable one below the first, found ",
                          header.durable_lsn, " and ", header.first_lsn));
  }
  return absl::OkStatus();
}

}  // namespace

// ---- the segment

PlaceSeed WalSegment::Seeds() const {
  return PlaceSeed(FileKind::kWalSegment, IdentityOf(store, number), salt);
}

absl::StatusOr<WalSegment> WalSegment::Parse(std::span<const std::byte> file,
                                             const StoreUuid& store, uint64_t number) {
  const absl::StatusOr<FileHeader> head = FileHeader::Parse(file, FileKind::kWalSegment);
  if (!head.ok()) return head.status();
  if (absl::Status status = head->Matches(IdentityOf(store, number)); !status.ok()) return status;
  if (file.size() < kWalFirstGroup) {
    return Damaged(Concat("expected ", kWalFirstGroup, " bytes, found ", file.size()));
  }
  WalSegmentHeader header;
  std::memcpy(&header, file.data() + kFileHeaderSize, sizeof(header));
  const uint32_t crc = HeaderCrc(PlaceSeed(*head), header);
  if (crc != header.crc) {
    return Damaged(Concat("checksum: expected ", Hex(crc), ", found ", Hex(header.crc)));
  }
  if (absl::Status status = CheckHeader(header, number, file.size()); !status.ok()) return status;
  if (!AllZero(file.subspan(kHeadersEnd, kWalFirstGroup - kHeadersEnd))) {
    return Damaged("bytes 128 to 4095: expected zeros, found others");
  }
  return WalSegment{.store = store,
                    .salt = head->salt,
                    .number = number,
                    .size = header.size,
                    .first_lsn = Lsn(header.first_lsn),
                    .durable_lsn = Lsn(header.durable_lsn),
                    .chain = header.chain,
                    .time = header.time,
                    .crc = crc};
}

void AppendSegmentStart(WalSegment& segment, std::vector<std::byte>& out) {
  assert(out.empty());
  const FileHeader head{.kind = FileKind::kWalSegment,
                        .identity = IdentityOf(segment.store, segment.number),
                        .salt = segment.salt};
  WalSegmentHeader header{.number = segment.number,
                          .size = segment.size,
                          .first_lsn = segment.first_lsn.value(),
                          .durable_lsn = segment.durable_lsn.value(),
                          .chain = segment.chain,
                          .time = segment.time};
  header.crc = HeaderCrc(segment.Seeds(), header);
  segment.crc = header.crc;
  out.resize(kWalFirstGroup);
  const auto head_bytes = head.Serialize();
  std::memcpy(out.data(), head_bytes.data(), head_bytes.size());
  std::memcpy(out.data() + kFileHeaderSize, &header, sizeof(header));
}

// ---- writing groups

WalGroupWriter::WalGroupWriter(FrameWriter& frames, Lsn first)
    : frames_(frames), first_(first), begin_(frames.offset()), frames_before_(frames.frames()) {}

absl::Status WalGroupWriter::Close(const WalGroupEnd& end) {
  if (first_ == Lsn(0) || end.last + 1 < first_ || end.durable >= first_) {
    return absl::InvalidArgumentError(Concat("WAL group: LSNs ", first_.value(), " to ",
                                             end.last.value(), ", durable ", end.durable.value()));
  }
  const WalGroupRecord record{.first_lsn = first_.value(),
                              .last_lsn = end.last.value(),
                              .durable_lsn = end.durable.value(),
                              .time = end.time,
                              .size = frames_.offset() - begin_,
                              .frames = static_cast<uint32_t>(frames_.frames() - frames_before_)};
  frames_.Begin({.type = kGroupType, .lsn = end.last})
      .WriteBytes(std::as_bytes(std::span(&record, 1)));
  return frames_.End();
}

// ---- reading groups

namespace {

absl::Status Bad(uint64_t offset, std::string_view what) {
  return absl::DataLossError(Concat("WAL group: offset ", offset, ": ", what));
}

// What the group record says of the group, into it.
absl::Status TakeEnd(const Frame& frame, WalGroup& group) {
  WalGroupRecord record;
  if (frame.record.size() != sizeof(record)) {
    return Bad(frame.offset, Concat("group record: expected ", sizeof(record), " bytes, found ",
                                    frame.record.size()));
  }
  std::memcpy(&record, frame.record.data(), sizeof(record));
  const uint64_t size = frame.offset - group.offset;
  if (record.size != size || record.frames != group.frames.size() || record.reserved_44 != 0) {
    return Bad(frame.offset,
               Concat("group record: expected ", size, " bytes in ", group.frames.size(),
                      " frames, found ", record.size, " in ", record.frames));
  }
  const bool ordered = record.first_lsn != 0 && record.last_lsn + 1 >= record.first_lsn &&
                       record.durable_lsn < record.first_lsn;
  if (!ordered || record.last_lsn != frame.lsn.value()) {
    return Bad(frame.offset, Concat("group record: LSNs ", record.first_lsn, " to ",
                                    record.last_lsn, ", durable ", record.durable_lsn));
  }
  group.first = Lsn(record.first_lsn);
  group.last = Lsn(record.last_lsn);
  group.durable = Lsn(record.durable_lsn);
  group.time = record.time;
  return absl::OkStatus();
}

bool LsnFits(const Frame& frame, const WalGroup& group) {
  switch (static_cast<WalRecordType>(frame.type)) {
    case WalRecordType::kRows:
    case WalRecordType::kKills:
    case WalRecordType::kCatalog:
    case WalRecordType::kAttach:
      return group.first <= frame.lsn && frame.lsn <= group.last;
    case WalRecordType::kTailRows:
    case WalRecordType::kTailKills:
      return frame.lsn <= group.last;
    case WalRecordType::kSymbols:
    case WalRecordType::kSequence:
      return frame.lsn == Lsn(0);
    default:
      return true;  // a type that was passed over
  }
}

absl::Status CheckRecords(const WalGroup& group) {
  for (const Frame& frame : group.frames) {
    if (absl::Status status = CheckWalRecord(frame); !status.ok()) return status;
    if (LsnFits(frame, group)) continue;
    return Bad(frame.offset, Concat("LSN: expected one of a group of ", group.first.value(), " to ",
                                    group.last.value(), ", found ", frame.lsn.value()));
  }
  return absl::OkStatus();
}

// Reads a group where the reader stands. Once a group record was read, group.end is behind it, even
// where the group is not valid.
absl::Status ReadGroup(FrameReader& reader, WalGroup& group) {
  group.frames.clear();
  group.offset = reader.offset();
  group.end = 0;
  while (true) {
    const absl::StatusOr<std::optional<Frame>> frame = reader.Next();
    if (!frame.ok()) return frame.status();
    if (!frame->has_value())
      return Bad(reader.offset(), "expected a frame, found zeros or the end");
    if ((*frame)->type != kGroupType) {
      group.frames.push_back(**frame);
      continue;
    }
    group.end = (*frame)->end;
    group.crc = (*frame)->crc;
    absl::Status status = TakeEnd(**frame, group);
    return status.ok() ? CheckRecords(group) : status;
  }
}

void Count(const WalGroup& group, WalRemains& remains) {
  if (remains.groups == 0) {
    remains.first_offset = group.offset;
    remains.first = group.first;
  }
  ++remains.groups;
  remains.last = std::max(remains.last, group.last);
  remains.durable = std::max(remains.durable, group.durable);
}

std::string_view Text(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace

WalGroupReader::WalGroupReader(const WalSegment& segment, std::span<const std::byte> file)
    : segment_(segment),
      file_(file.subspan(std::min<size_t>(file.size(), kWalFirstGroup))),
      reader_(file_, kWalFirstGroup, segment.Seeds(), segment.Start()),
      end_(segment.Start()),
      next_lsn_(segment.first_lsn) {}

void WalGroupReader::Stop(WalStop::Kind kind, std::string_view reason) {
  stop_ = {kind, reader_.offset(), std::string(reason)};
}

// Where the last group ends or, after zeros, at the next multiple of 4,096.
bool WalGroupReader::FindGroup() {
  if (reader_.ClaimsToFollow()) return true;
  const absl::Status zeros = reader_.SkipToSync();
  if (zeros.ok() && reader_.ClaimsToFollow()) return true;
  Stop(WalStop::Kind::kEnd, zeros.ok() ? "nothing follows the last group" : Text(zeros));
  return false;
}

absl::StatusOr<const WalGroup*> WalGroupReader::Next() {
  if (stop_.kind != WalStop::Kind::kNone || !FindGroup()) return nullptr;
  const FramePosition begin = reader_.position();
  absl::Status status = ReadGroup(reader_, group_);
  if (status.ok() && group_.first != next_lsn_) {
    status = Bad(group_.offset, Concat("first LSN: expected ", next_lsn_.value(), ", found ",
                                       group_.first.value()));
  }
  if (status.code() == absl::StatusCode::kUnimplemented) return status;
  if (!status.ok()) {
    reader_.Return(begin);
    Stop(WalStop::Kind::kBad, Text(status));
    return nullptr;
  }
  end_ = reader_.position();
  next_lsn_ = group_.last + 1;
  return &group_;
}

absl::StatusOr<WalRemains> WalGroupReader::ScanBehind() const {
  WalRemains remains;
  // A file that was cut may end between two places where frames begin.
  if (stop_.offset >= kWalFirstGroup + file_.size()) return remains;
  FrameReader reader(file_, kWalFirstGroup, segment_.Seeds(), {stop_.offset, std::nullopt});
  WalGroup group;
  while (reader.bytes_checked() <= kScanBudget * file_.size()) {
    const FramePosition begin = reader.position();
    const absl::Status status = ReadGroup(reader, group);
    if (status.code() == absl::StatusCode::kUnimplemented) return status;
    if (status.ok()) Count(group, remains);
    // Behind a group record there is nothing that began before it: the next group may follow.
    if (group.end != 0) continue;
    reader.Return(begin);
    if (!reader.JumpToSync()) return remains;
  }
  return Damaged(
      Concat("offset ", stop_.offset, ": too much behind looks like groups and is none"));
}

}  // namespace tape::format
