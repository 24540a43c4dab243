#include "engine/write/wal_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr size_t kNumberDigits = 16;
constexpr std::string_view kSuffix = ".wal";
constexpr uint64_t kSlack = 4096;

uint64_t RoundUpToSync(uint64_t offset) { return (offset + 4095) / 4096 * 4096; }

}  // namespace

std::string WalSegmentName(uint64_t number) {
  std::string digits = format::Hex(number).substr(2);
  digits.insert(0, kNumberDigits - std::min(kNumberDigits, digits.size()), '0');
  return digits.append(kSuffix);
}

uint64_t WalSegmentNumber(std::string_view name) {
  if (name.size() != kNumberDigits + kSuffix.size() || !name.ends_with(kSuffix)) return 0;
  uint64_t number = 0;
  for (char c : name.substr(0, kNumberDigits)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return 0;
    number = number * 16 + static_cast<uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return number;
}

WalWriter::WalWriter(const Machine& machine, const WalOptions& options, const WalStart& start)
    : machine_(machine),
      options_(options),
      old_(start.old),
      chain_before_(start.chain),
      next_(start.next),
      synced_(start.durable) {
  segment_.number = start.number - 1;
}

absl::StatusOr<std::unique_ptr<WalWriter>> WalWriter::Begin(const Machine& machine,
                                                            const WalOptions& options,
                                                            const WalStart& start) {
  std::unique_ptr<WalWriter> wal(new WalWriter(machine, options, start));
  if (absl::Status status = wal->RemoveUnnamed(); !status.ok()) return status;
  if (absl::Status status = wal->BeginSegment(0); !status.ok()) return status;
  return wal;
}

std::string WalWriter::SegmentPath(uint64_t number) const {
  return JoinPath(options_.folder, WalSegmentName(number));
}

absl::Status WalWriter::Fail(absl::Status status) {
  if (status_.ok()) status_ = status;
  return status;
}

// ---- segments

// The file, allocated, under a name with a dot: one that was used before, or a new one.
absl::StatusOr<std::unique_ptr<File>> WalWriter::MakeSegmentFile(const std::string& path,
                                                                 uint64_t size) {
  while (!spare_.empty()) {
    const std::string spare = std::move(spare_.back());
    spare_.pop_back();
    absl::StatusOr<FileStat> stat = machine_.files.Stat(spare);
    const bool fits = stat.ok() && stat->size == size;
    if (fits && machine_.files.Rename(spare, path).ok()) {
      return machine_.files.Open(path, OpenMode::kReadWrite);
    }
    machine_.files.Unlink(spare).IgnoreError();  // of another size: its space is what matters
  }
  absl::StatusOr<std::unique_ptr<File>> file = machine_.files.Open(path, OpenMode::kCreateNew);
  if (!file.ok()) return file;
  if (absl::Status status = (*file)->Allocate(size); !status.ok()) {
    machine_.files.Unlink(path).IgnoreError();  // the first error is the one to tell
    return status;
  }
  return file;
}

absl::Status WalWriter::BeginSegment(uint64_t group_bytes) {
  const uint64_t needed = format::kWalFirstGroup + RoundUpToSync(group_bytes);
  const uint64_t usual = RoundUpToSync(options_.segment_bytes);
  format::WalSegment segment{.store = options_.store,
                             .number = segment_.number + 1,
                             .size = std::max(usual, needed),
                             .first_lsn = next_,
                             .durable_lsn = synced_,
                             .chain = chain_before_,
                             .time = machine_.host.RealTimeNs()};
  machine_.host.FillRandom(std::as_writable_bytes(std::span(&segment.salt, 1)));
  std::vector<std::byte> start;
  format::AppendSegmentStart(segment, start);

  const std::string path = SegmentPath(segment.number);
  const std::string made = JoinPath(options_.folder, ".new");
  machine_.files.Unlink(made).IgnoreError();  // what a crash left of an earlier one
  absl::StatusOr<std::unique_ptr<File>> file = MakeSegmentFile(made, segment.size);
  if (!file.ok()) return file.status();
  if (absl::Status s = (*file)->WriteAt(0, start); !s.ok()) return s;
  if (absl::Status s = (*file)->Sync(); !s.ok()) return s;
  if (absl::Status s = machine_.files.Rename(made, path); !s.ok()) return s;
  if (absl::Status s = machine_.files.SyncDirectory(options_.folder); !s.ok()) return s;
  if (file_ != nullptr) old_.push_back({segment_.number, next_ - 1});
  segment_ = segment;
  file_ = *std::move(file);
  position_ = segment_.Start();
  return absl::OkStatus();
}

// What crashes and earlier lives left: segments in the making, and spare ones.
absl::Status WalWriter::RemoveUnnamed() {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = machine_.files.List(options_.folder);
  if (!entries.ok()) return entries.status();
  for (const DirectoryEntry& entry : *entries) {
    if (entry.is_directory || !entry.name.starts_with('.')) continue;
    absl::Status status = machine_.files.Unlink(JoinPath(options_.folder, entry.name));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status WalWriter::Roll() {
  if (!status_.ok()) return status_;
  // The next segment says what the last frame of this one was, so that one must be there.
  if (absl::Status status = Sync(); !status.ok()) return status;
  return Fail(BeginSegment(0));
}

absl::Status WalWriter::Release(Lsn last) {
  if (!status_.ok()) return status_;
  while (!old_.empty() && old_.front().last <= last) {
    const std::string path = SegmentPath(old_.front().number);
    if (spare_.size() < options_.spare_segments) {
      const std::string spare = JoinPath(options_.folder, Concat(".spare-", ++spare_names_));
      if (absl::Status s = machine_.files.Rename(path, spare); !s.ok()) return Fail(s);
      spare_.push_back(spare);
    } else if (absl::Status s = machine_.files.Unlink(path); !s.ok()) {
      return Fail(s);
    }
    old_.pop_front();
    // One after the other: a power loss between them must not leave a gap.
    absl::Status synced = machine_.files.SyncDirectory(options_.folder);
    if (!synced.ok()) return Fail(synced);
  }
  return absl::OkStatus();
}

// ---- groups

absl::Status WalWriter::BuildGroup(Lsn last, Fill fill) {
  group_.clear();
  format::FrameWriter frames(segment_.Seeds(), position_, group_);
  format::WalGroupWriter group(frames, next_);
  if (absl::Status status = fill(frames); !status.ok()) return status;
  const format::WalGroupEnd end{
      .last = last, .durable = synced_, .time = machine_.host.RealTimeNs()};
  if (absl::Status status = group.Close(end); !status.ok()) return status;
  chain_before_ = frames.chain();
  group_bytes_ = group_.size();
  // Zeros up to where a sync would make the next group begin; without one it is written over them.
  frames.PadToSync();
  return absl::OkStatus();
}

absl::Status WalWriter::WriteGroup(Lsn last, Fill fill) {
  if (!status_.ok()) return status_;
  uint32_t chain = chain_before_;
  // Until it is in the file nothing has happened: an error of `fill` is the caller's alone.
  if (absl::Status s = BuildGroup(last, fill); !s.ok()) {
    chain_before_ = chain;
    return s;
  }
  // A group may grow between two attempts: symbols are added while it is put together.
  while (group_.size() > segment_.size - position_.offset) {
    const uint64_t size = group_.size();
    chain_before_ = chain;
    // What the old segment has must be durable before the new one vouches for its chain.
    if (absl::Status s = Sync(); !s.ok()) return s;
    if (absl::Status s = BeginSegment(size + kSlack); !s.ok()) return Fail(s);
    chain = chain_before_;
    if (absl::Status s = BuildGroup(last, fill); !s.ok()) {
      chain_before_ = chain;
      return s;
    }
  }
  if (absl::Status s = file_->WriteAt(position_.offset, group_); !s.ok()) return Fail(s);
  position_ = {position_.offset + group_bytes_, chain_before_};
  written_bytes_ += group_bytes_;
  next_ = last + 1;
  dirty_ = true;
  return absl::OkStatus();
}

absl::Status WalWriter::Sync() {
  if (!status_.ok() || !dirty_) return status_;
  if (absl::Status status = file_->Sync(); !status.ok()) return Fail(status);
  position_.offset = RoundUpToSync(position_.offset);  // W8
  synced_ = next_ - 1;
  dirty_ = false;
  if (on_synced_) on_synced_();
  return absl::OkStatus();
}

}  // namespace tape::engine
