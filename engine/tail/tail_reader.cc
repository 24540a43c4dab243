#include "engine/tail/tail_reader.h"

#include <atomic>
#include <utility>

#include "engine/tail/control_page.h"

namespace tape::engine {

TailReader::TailReader(const TailFolder& folder, TableId table, std::unique_ptr<Mapping> control)
    : folder_(folder),
      table_{.store = folder.store, .table = table.value()},
      control_mapping_(std::move(control)),
      control_(reinterpret_cast<const TableControl*>(control_mapping_->data())),
      scan_(*control_, *this, table) {}

absl::StatusOr<std::unique_ptr<TailReader>> TailReader::Open(const TailFolder& folder,
                                                             TableId table) {
  const std::string path = JoinPath(folder.path, TableControlName(table));
  absl::StatusOr<std::unique_ptr<File>> file = folder.files->Open(path, OpenMode::kRead);
  if (!file.ok()) return file.status();
  auto mapping = (*file)->Map(0, sizeof(TableControl), MapMode::kRead);
  if (!mapping.ok()) return mapping.status();
  absl::Status status =
      CheckControlIdentity((*mapping)->bytes(), {.store = folder.store, .table = table.value()},
                           {.nonce = folder.nonce, .epoch = folder.epoch});
  if (!status.ok()) return status;
  return std::unique_ptr<TailReader>(new TailReader(folder, table, *std::move(mapping)));
}

absl::StatusOr<std::shared_ptr<const TailChunk>> TailReader::Share(TailRole role, uint64_t number) {
  MutexLock lock(&mutex_);
  const auto known = chunks_.find({role, number});
  if (known != chunks_.end()) return known->second;
  auto opened =
      TailChunk::Open(*folder_.files, folder_.path, {table_, number}, role, MapMode::kRead);
  if (!opened.ok()) return opened.status();
  std::shared_ptr<const TailChunk> chunk = *std::move(opened);
  chunks_.emplace(std::pair(role, number), chunk);
  return chunk;
}

absl::StatusOr<const TailChunk*> TailReader::Chunk(TailRole role, uint64_t number) {
  absl::StatusOr<std::shared_ptr<const TailChunk>> chunk = Share(role, number);
  if (!chunk.ok()) return chunk.status();
  return chunk->get();
}

absl::StatusOr<uint64_t> TailReader::Head(uint32_t code) {
  // The writer replaces the heads when they are full; the file of the number before is then gone.
  absl::Status gone;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const uint64_t number = control_->heads.Load();
    if (number == 0) return uint64_t{0};
    absl::StatusOr<const TailChunk*> heads = Chunk(TailRole::kHeads, number);
    if (!heads.ok()) {
      gone = heads.status();
      continue;
    }
    const std::span<const uint64_t> entries = (*heads)->Entries<uint64_t>(0);
    if (code >= entries.size()) return uint64_t{0};
    // The word is the writer's to change: loaded once, and checked by whoever follows it.
    auto* word = const_cast<uint64_t*>(&entries[code]);
    return std::atomic_ref<uint64_t>(*word).load(std::memory_order_acquire);
  }
  return gone;
}

void TailReader::Forget() {
  MutexLock lock(&mutex_);
  std::erase_if(chunks_, [this](const auto& entry) {
    const auto& [role, number] = entry.first;
    if (role == TailRole::kHeads) return number < control_->heads.Load();
    if (role == TailRole::kKeys) return number < control_->keys.Load();
    return number < control_->ends(role).first_chunk.Load();
  });
}

}  // namespace tape::engine
