// Folding, of StoreWriter in store_writer.h.
#include "engine/write/folder.h"
#include "engine/write/store_writer.h"
#include "format/bytes/message.h"

namespace tape::engine {

absl::StatusOr<bool> StoreWriter::FoldStep(TableId id, FoldWhat what) {
  MutexLock lock(&seal_mutex_);
  const std::shared_ptr<OpenTable> table = Find(id);
  if (table == nullptr) return absl::NotFoundError(format::Concat("no table ", id.value()));
  if (table->is_loading) return false;
  const uint64_t before = table->files->manifest()->number();
  absl::StatusOr<bool> folded = Folder(*table, SealUpTo(), machine_.host.RealTimeNs()).Step(what);
  if (table->files->manifest()->number() == before) return folded;
  if (absl::Status status = reclaim_->AfterCommit(table); !status.ok()) return status;
  return folded;
}

// Step by step, so that seals come in between.
absl::Status StoreWriter::Fold(TableId id) {
  absl::StatusOr<bool> folded = true;
  while (folded.ok() && *folded) folded = FoldStep(id, FoldWhat::kEverything);
  return folded.status();
}

}  // namespace tape::engine
