// Writes the WAL: groups into segments, one after the other. Bytes: docs/format/wal.md.
//
//   absl::StatusOr<std::unique_ptr<WalWriter>> wal = WalWriter::Begin(machine, options, start);
//   absl::Status status = (*wal)->WriteGroup({.first = Lsn(900), .last = Lsn(905)}, fill);
//   if (status.ok()) status = (*wal)->Sync();         // (*wal)->synced() is now 905
//   (*wal)->Release(Lsn(800));                        // segments that end before may be used again
//
// A group lies in one segment. It is put together in memory and written at once, where it fits;
// where it does not, the next segment begins, as large as it must be. `fill` may therefore be
// called twice, since checksums know their place.
//
// W6: after a write or a sync that failed nothing more is written: the error stays, for every call
// from then on. An error of `fill` does not: nothing was written. W8: what follows a sync begins at
// a new multiple of 4,096.
//
// Segments are allocated when they begin, so that a full disk is an error then, never in the middle
// of a group. Those that were released are kept, up to a number, and used again under a new salt.
//
// Thread-bound: the WAL thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "format/bytes/place.h"
#include "format/records/frame.h"
#include "format/records/wal_segment.h"
#include "tape/ids.h"

namespace tape::engine {

struct WalOptions {
  std::string folder;  // of the segments; exists
  format::StoreUuid store{};
  uint64_t segment_bytes = format::kWalSegmentSize;
  size_t spare_segments = 2;  // that were released and wait to be used again
};

// Where a WAL goes on: what recovery found.
struct WalStart {
  uint64_t number = 1;  // of the segment that begins
  Lsn next{1};          // the LSN that its first group begins with
  Lsn durable;
  uint32_t chain = 0;  // CRC of the last frame of the segment before
  // Segments that are still needed, oldest first, with the last LSN in each.
  struct Old {
    uint64_t number = 0;
    Lsn last;
  };
  std::deque<Old> old{};
};

class WalWriter {
 public:
  static absl::StatusOr<std::unique_ptr<WalWriter>> Begin(const Machine& machine,
                                                          const WalOptions& options,
                                                          const WalStart& start);
  WalWriter(const WalWriter&) = delete;
  WalWriter& operator=(const WalWriter&) = delete;

  using Fill = absl::FunctionRef<absl::Status(format::FrameWriter&)>;

  // Writes one group with the records that `fill` appends; last is first - 1 for a group without
  // commits. Its first LSN must be next().
  absl::Status WriteGroup(Lsn last, Fill fill);

  // Everything that was written survives a power loss when this returns ok.
  absl::Status Sync();
  // Called after every sync, also those that a new segment needs, and before anything in a file
  // says what is durable now.
  void SetOnSynced(std::function<void()> on_synced) { on_synced_ = std::move(on_synced); }

  Lsn next() const { return next_; }  // the LSN that the next group begins with
  Lsn written() const { return next_ - 1; }
  Lsn synced() const { return synced_; }
  bool dirty() const { return dirty_; }  // something was written since the last sync
  const absl::Status& status() const { return status_; }

  // Segments all of whose LSNs are at most `last` are no longer needed (W3), but the newest.
  absl::Status Release(Lsn last);
  // Begins a new segment although the current one is not full, so that it can be released.
  absl::Status Roll();

  uint64_t segments() const { return old_.size() + 1; }
  // The last LSN of the segments that must go so that `keep` are left; 0 where there are no more.
  Lsn LastBefore(uint64_t keep) const {
    return segments() > keep && keep > 0 ? old_[segments() - keep - 1].last : Lsn(0);
  }
  uint64_t segment_number() const { return segment_.number; }
  uint64_t written_bytes() const { return written_bytes_; }

 private:
  WalWriter(const Machine& machine, const WalOptions& options, const WalStart& start);

  absl::Status BeginSegment(uint64_t group_bytes);
  absl::Status RemoveUnnamed();
  absl::StatusOr<std::unique_ptr<File>> MakeSegmentFile(const std::string& path, uint64_t size);
  absl::Status BuildGroup(Lsn last, Fill fill);
  absl::Status Fail(absl::Status status);
  std::string SegmentPath(uint64_t number) const;

  const Machine machine_;
  const WalOptions options_;

  format::WalSegment segment_;
  std::unique_ptr<File> file_;
  format::FramePosition position_;  // where the next group goes
  std::vector<std::byte> group_;    // the bytes of the one that is being written, and zeros
  size_t group_bytes_ = 0;          // without the zeros

  std::deque<WalStart::Old> old_;
  std::vector<std::string> spare_;  // paths of released segments
  uint64_t spare_names_ = 0;
  uint32_t chain_before_ = 0;  // for the header of the next segment
  Lsn next_;
  Lsn synced_;
  bool dirty_ = false;
  std::function<void()> on_synced_;
  uint64_t written_bytes_ = 0;
  absl::Status status_;
};

// "0000000000000001.wal"
std::string WalSegmentName(uint64_t number);
// The number in such a name; 0 for any other name.
uint64_t WalSegmentNumber(std::string_view name);

}  // namespace tape::engine
