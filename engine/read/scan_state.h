// What stands behind the public Scan.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/read/part_merge.h"
#include "engine/read/store_snapshot.h"
#include "tape/scan.h"

namespace tape {

struct Scan::State {
  static absl::StatusOr<std::unique_ptr<State>> Make(
      std::shared_ptr<const engine::StoreSnapshot> snapshot, const ScanOptions& options);

  std::shared_ptr<const engine::StoreSnapshot> snapshot;
  engine::PartMerge merge;
  uint64_t left;     // rows that may still come
  bool row_numbers;  // were asked for
  engine::RowBatch batch;
};

}  // namespace tape
