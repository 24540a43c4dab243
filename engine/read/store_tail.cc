#include "engine/read/store_tail.h"

#include <utility>

#include "engine/tail/control_page.h"

namespace tape::engine {

StoreTail::StoreTail(const TailFolder& folder, std::unique_ptr<Mapping> control)
    : folder_(folder),
      mapping_(std::move(control)),
      control_(reinterpret_cast<const StoreControl*>(mapping_->data())) {}

absl::StatusOr<std::shared_ptr<StoreTail>> StoreTail::Open(const TailFolder& folder) {
  const std::string path = JoinPath(folder.path, "control");
  absl::StatusOr<std::unique_ptr<File>> file = folder.files->Open(path, OpenMode::kRead);
  if (!file.ok()) return file.status();
  auto mapping = (*file)->Map(0, kStoreControlSize, MapMode::kRead);
  if (!mapping.ok()) return mapping.status();
  const absl::Status status = CheckControlIdentity((*mapping)->bytes(), {.store = folder.store},
                                                   {.nonce = folder.nonce, .epoch = folder.epoch});
  if (!status.ok()) return status;
  return std::shared_ptr<StoreTail>(new StoreTail(folder, *std::move(mapping)));
}

absl::StatusOr<std::shared_ptr<SharedTail>> StoreTail::Table(TableId table) {
  MutexLock lock(&mutex_);
  std::shared_ptr<SharedTail>& tail = tables_[table];
  // The table was altered: its page is another file now, of the same name.
  if (tail != nullptr && tail->reader->control().replaced.Load() != 0) tail = nullptr;
  if (tail != nullptr) return tail;
  absl::StatusOr<std::unique_ptr<TailReader>> opened = TailReader::Open(folder_, table);
  // A definition is published before the table's tail is made.
  if (absl::IsNotFound(opened.status())) return std::shared_ptr<SharedTail>();
  if (!opened.ok()) return opened.status();
  tail = std::make_shared<SharedTail>(*std::move(opened));
  return tail;
}

void StoreTail::Forget() {
  MutexLock lock(&mutex_);
  for (const auto& [id, tail] : tables_) {
    if (tail != nullptr) tail->reader->Forget();
  }
}

}  // namespace tape::engine
