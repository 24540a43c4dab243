// What a table has on disk, from a reader's side: any process, any thread, no writer needed.
//
//   absl::StatusOr<std::shared_ptr<const TableVersion>> version = reader.Load();
//   for (const auto& [number, slice] : (*version)->slices()) {
//     absl::StatusOr<std::shared_ptr<const OpenSlice>> open = reader.OpenSlice(slice, columns);
//     slice_reader.Open((*open)->view());
//   }
//   absl::StatusOr<std::optional<std::string_view>> text = reader.Text(column, code);
//
// Files are mapped when first needed, one mapping a file, shared by all slices in it; a file that
// has grown is mapped again, and the old mapping lives as long as a slice that uses it. A budget
// bounds how many bytes stay mapped that nobody uses. Every file's header is checked when it is
// mapped, everything else by the views over it (docs/format).
//
// kDataLoss names file, day and column; kNotFound where a file that a manifest names is gone: the
// snapshot expired (R4).
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_files.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "format/layout/slice_view.h"
#include "format/layout/summary.h"
#include "format/records/manifest_state.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

using TableVersion = format::ManifestState;

// Some columns of a slice, mapped and parsed, with what reading them in any order needs.
class OpenSlice {
 public:
  virtual ~OpenSlice() = default;

  // Its columns are those that were asked for, in that order; then, where they are not among them,
  // the time column and the cluster column.
  virtual const format::SliceView& view() const = 0;
  // The index in view() of the i-th column that was asked for; none where the slice was written
  // before the column was added.
  virtual std::optional<size_t> Column(size_t index) const = 0;
};

class TableReader {
 public:
  TableReader(const TablePlace& place, const Schema& schema, uint64_t mapped_bytes_max);
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  // The newest version. Cheap where nothing has changed.
  absl::StatusOr<std::shared_ptr<const TableVersion>> Load();

  // `columns` are catalog ids.
  absl::StatusOr<std::shared_ptr<const OpenSlice>> OpenSlice(const format::SliceEntry& slice,
                                                             std::span<const ColumnId> columns);
  absl::StatusOr<std::optional<format::SummarySection>> Summary(const format::SliceEntry& slice);

  // Dictionary of a symbol column, as far as `version` counts it.
  absl::StatusOr<std::optional<std::string_view>> Text(const TableVersion& version, ColumnId column,
                                                       SymbolCode code);
  absl::StatusOr<SymbolCode> Code(const TableVersion& version, ColumnId column,
                                  std::string_view text);

  // Kills and key extents that a version names, by place.
  absl::StatusOr<format::KillsView> Kills(const format::Place& place);
  absl::StatusOr<format::KeyExtentView> Keys(const format::Place& place);

  // The bytes of a place, whose CRC is checked: what verification and backup read.
  absl::Status VerifyPlace(const format::Place& place);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tape::engine
