// How far a tail is, and which chunk begins where: as its control page says from moment to moment,
// or as it said once.
//
//   TailChains live(control);                                    // goes on changing
//   absl::StatusOr<TailChains> then = TailChains::Copy(control); // never changes
//   TailScan scan(*then, chunks, table);                         // reads what was there then
//
// A copy is what a snapshot keeps: chunks that the writer takes out of its chains later are still
// found by it, and their files live as long as the snapshot's lease (R4). Counts are copied before
// chunks, so that every row below visible() lies in a chunk of the copy or in one that was taken
// out before.
//
// Thread-safe. The control page must outlive what was not copied.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/tail/tail_layout.h"
#include "tape/ids.h"

namespace tape::engine {

class TailChains {
 public:
  explicit TailChains(const TableControl& control) : live_(&control) {}

  // kDataLoss for a page that names more chunks than a chain has.
  static absl::StatusOr<TailChains> Copy(const TableControl& control, TableId table);

  uint64_t visible() const { return live_ != nullptr ? live_->visible.Load() : visible_; }
  uint64_t symbols() const { return live_ != nullptr ? live_->symbols.Load() : symbols_; }
  uint64_t kills() const { return live_ != nullptr ? live_->kills.Load() : kills_; }

  // Chunks [first, end) are in the chain. Numbers begin with 1; a chain without chunks has none.
  uint64_t first_chunk(TailRole role) const {
    if (live_ == nullptr) return copied_[Index(role)].first;
    return live_->ends(role).first_chunk.Load();
  }
  uint64_t end_chunk(TailRole role) const {
    if (live_ == nullptr) return copied_[Index(role)].end;
    return live_->ends(role).end_chunk.Load();
  }
  // The first entry of a chunk that is in the chain.
  uint64_t FirstOf(TailRole role, uint64_t chunk) const {
    if (live_ != nullptr) return live_->slot(role, chunk).first.Load();
    const Copied& chain = copied_[Index(role)];
    return firsts_[chain.at + (chunk - chain.first)];
  }
  // The oldest entry that the chain has; 0 without chunks.
  uint64_t Begin(TailRole role) const {
    const uint64_t first = first_chunk(role);
    return first != 0 && first < end_chunk(role) ? FirstOf(role, first) : 0;
  }

 private:
  struct Copied {
    uint64_t first = 0;
    uint64_t end = 0;
    size_t at = 0;  // in firsts_
  };

  TailChains() = default;
  static size_t Index(TailRole role) { return static_cast<size_t>(role) - 1; }
  absl::Status CopyChain(const TableControl& control, TailRole role, TableId table);

  const TableControl* live_ = nullptr;
  uint64_t visible_ = 0;
  uint64_t symbols_ = 0;
  uint64_t kills_ = 0;
  std::array<Copied, kTailChains> copied_{};
  std::vector<uint64_t> firsts_;  // of all chunks of all chains
};

}  // namespace tape::engine
