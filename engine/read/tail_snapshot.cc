#include "engine/read/tail_snapshot.h"

#include <algorithm>

namespace tape::engine {

absl::StatusOr<std::unique_ptr<TailSnapshot>> TailSnapshot::Take(std::shared_ptr<SharedTail> tail,
                                                                 TableId table, uint64_t sealed,
                                                                 Lsn lsn) {
  std::unique_ptr<TailSnapshot> taken(new TailSnapshot(std::move(tail), table));
  if (absl::Status status = taken->Capture(sealed, lsn); !status.ok()) return status;
  return taken;
}

absl::Status TailSnapshot::Capture(uint64_t sealed, Lsn lsn) {
  absl::StatusOr<TailChains> chains = TailChains::Copy(tail_->reader->control(), table_);
  if (!chains.ok()) return chains.status();
  const uint64_t first_kill = chains->Begin(TailRole::kKills);
  scan_.emplace(*std::move(chains), static_cast<TailChunks&>(*this), table_);
  absl::StatusOr<uint64_t> rows = scan_->EndOfCommitted(sealed, lsn);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<uint64_t> kills = scan_->EndOfCommittedKills(first_kill, lsn);
  if (!kills.ok()) return kills.status();
  first_row_ = sealed;
  end_row_ = *rows;
  first_kill_ = first_kill;
  end_kill_ = *kills;
  if (first_row_ == end_row_) return absl::OkStatus();
  // All that lies between is there if the first row is.
  return scan_->LsnOf(first_row_).status();
}

absl::StatusOr<const TailChunk*> TailSnapshot::Chunk(TailRole role, uint64_t number) {
  MutexLock lock(&mutex_);
  std::shared_ptr<const TailChunk>& chunk = chunks_[{role, number}];
  if (chunk == nullptr) {
    absl::StatusOr<std::shared_ptr<const TailChunk>> shared = tail_->reader->Share(role, number);
    if (!shared.ok()) return shared.status();
    chunk = *std::move(shared);
  }
  return chunk.get();
}

absl::StatusOr<std::vector<TailKill>> TailSnapshot::Kills(Lsn lsn) const {
  std::vector<TailKill> kills;
  const absl::Status status = scan_->ForEachKill(first_kill_, end_kill_, [&](const TailKill& kill) {
    if (kill.lsn <= lsn.value()) kills.push_back(kill);
  });
  if (!status.ok()) return status;
  std::ranges::sort(kills, [](const TailKill& a, const TailKill& b) {
    return a.row != b.row ? a.row < b.row : a.lsn < b.lsn;
  });
  const auto same_row = [](const TailKill& a, const TailKill& b) { return a.row == b.row; };
  kills.erase(std::unique(kills.begin(), kills.end(), same_row), kills.end());
  return kills;
}

absl::StatusOr<std::optional<std::string_view>> TailSnapshot::Text(ColumnId column,
                                                                   SymbolCode code) const {
  const uint64_t end = scan_->chains().symbols();
  if (absl::Status status = tail_->symbols.ReadUpTo(*scan_, end); !status.ok()) return status;
  return tail_->symbols.Text(column, code, end);
}

absl::StatusOr<SymbolCode> TailSnapshot::Code(ColumnId column, std::string_view text) const {
  const uint64_t end = scan_->chains().symbols();
  if (absl::Status status = tail_->symbols.ReadUpTo(*scan_, end); !status.ok()) return status;
  return tail_->symbols.Code(column, text, end);
}

}  // namespace tape::engine
