// Where the rows are that are in no slice yet: the tail that LIVE names, or one that this process
// has made for itself from the WAL.
//
//   absl::StatusOr<std::shared_ptr<StoreTail>> tail = StoreTail::Open(files, folder);
//   tail->control().committed.Load();
//   absl::StatusOr<std::shared_ptr<SharedTail>> trades = tail->Table(TableId(17));
//
// kNotFound where the tail, or the table's part of it, is not there; kDataLoss where it is another
// one.
//
// Thread-safe.
#pragma once

#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/io/mutex.h"
#include "engine/read/tail_snapshot.h"
#include "engine/tail/table_tail.h"
#include "engine/tail/tail_layout.h"
#include "tape/ids.h"

namespace tape::engine {

class StoreTail {
 public:
  static absl::StatusOr<std::shared_ptr<StoreTail>> Open(const TailFolder& folder);

  const StoreControl& control() const { return *control_; }

  // nullptr for a table that has no tail.
  absl::StatusOr<std::shared_ptr<SharedTail>> Table(TableId table);
  // Unmaps chunks that no snapshot needs and that are no longer in their chains.
  void Forget();

 private:
  StoreTail(const TailFolder& folder, std::unique_ptr<Mapping> control);

  const TailFolder folder_;
  const std::unique_ptr<Mapping> mapping_;
  const StoreControl* const control_;
  Mutex mutex_;
  std::map<TableId, std::shared_ptr<SharedTail>> tables_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tape::engine
