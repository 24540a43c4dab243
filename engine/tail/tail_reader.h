// The tail of one table, from a reader's side: any process, while the writer lives or after it
// died.
//
//   absl::StatusOr<std::unique_ptr<TailReader>> tail =
//       TailReader::Open({.files = &files, .path = folder, .store = uuid, .nonce = n, .epoch = e},
//                        TableId(17));
//   const uint64_t visible = (*tail)->control().visible.Load();
//   absl::Status status = (*tail)->scan().ForEachPiece(sealed, visible, visit);
//
// Chunks are mapped when first needed and kept until Forget; what was shared, as long as somebody
// has it. Nothing is written, nothing is locked; the lease that keeps chunks from being used again
// is the snapshot's (R4).
//
// Thread-safe: what is returned stays valid until Forget.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/io/mutex.h"
#include "engine/tail/table_tail.h"
#include "engine/tail/tail_scan.h"

namespace tape::engine {

class TailReader : private TailChunks {
 public:
  // kNotFound where the table has no tail, kDataLoss where it is of another one.
  static absl::StatusOr<std::unique_ptr<TailReader>> Open(const TailFolder& folder, TableId table);

  const TableControl& control() const { return *control_; }
  const TailScan& scan() const { return scan_; }

  // The number plus one of the last row with this code when `visible` was loaded, or of a later
  // one; 0 for none, and for a code that the heads do not know.
  absl::StatusOr<uint64_t> Head(uint32_t code);

  // The chunk of this number, for whoever reads after the next Forget. kNotFound where it is gone.
  absl::StatusOr<std::shared_ptr<const TailChunk>> Share(TailRole role, uint64_t number);

  // Unmaps the chunks that the chains no longer have and nobody shares.
  void Forget();

 private:
  TailReader(const TailFolder& folder, TableId table, std::unique_ptr<Mapping> control);
  absl::StatusOr<const TailChunk*> Chunk(TailRole role, uint64_t number) override;

  const TailFolder folder_;
  const format::FileIdentity table_;
  const std::unique_ptr<Mapping> control_mapping_;
  const TableControl* const control_;
  TailScan scan_;
  Mutex mutex_;
  std::map<std::pair<TailRole, uint64_t>, std::shared_ptr<const TailChunk>> chunks_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace tape::engine
