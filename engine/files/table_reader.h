// What a table has on disk, from a reader's side: any process, any thread, no writer needed.
//
//   TableReader reader(place, schema, /*unused_bytes_max=*/uint64_t{1} << 30);
//   absl::StatusOr<std::shared_ptr<const TableVersion>> version = reader.Load();
//   for (const auto& [number, slice] : (*version)->slices()) {
//     absl::StatusOr<std::shared_ptr<const MappedSlice>> open = reader.OpenSlice(slice, columns);
//     slice_reader.Open((*open)->view());
//   }
//   absl::StatusOr<std::optional<std::string_view>> text = reader.Text(**version, column, code);
//
// Files are mapped when first needed, one mapping a file, shared by all slices in it; a file that
// has grown is mapped again, and the old mapping lives as long as somebody uses it. A budget bounds
// how many bytes stay mapped that nobody uses. Every file's header is checked when it is mapped,
// everything else by the views over it (docs/format).
//
// What is returned as a pointer keeps the bytes it is made of.
//
// kDataLoss names the file, which names day and column; kNotFound where a file that a manifest
// names is gone: the snapshot has expired (R4); kInvalidArgument for a column that the schema does
// not have.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/table_place.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "format/layout/lsn_extent.h"
#include "format/layout/slice_view.h"
#include "format/layout/summary.h"
#include "format/records/manifest_record.h"
#include "format/records/manifest_state.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

using TableVersion = format::ManifestState;

// Some columns of a slice, mapped and parsed, with what reading them in any order needs.
class MappedSlice {
 public:
  virtual ~MappedSlice() = default;

  // Its columns are those that were asked for and that the slice has, in that order; then, where
  // they are not among them, the time column and the cluster column.
  virtual const format::SliceView& view() const = 0;
  // The index in view() of the i-th column that was asked for; none where the slice was written
  // before the column was added.
  virtual std::optional<size_t> Column(size_t index) const = 0;
};

class TableReader {
 public:
  TableReader(const TablePlace& place, const Schema& schema, uint64_t unused_bytes_max);
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  // The newest version. Two calls of Stat where nothing has changed.
  absl::StatusOr<std::shared_ptr<const TableVersion>> Load();

  // The LSN that the newest record of the version loaded last says was durable (W2).
  Lsn durable() const;

  // `columns` are catalog ids.
  absl::StatusOr<std::shared_ptr<const MappedSlice>> OpenSlice(const format::SliceEntry& slice,
                                                               std::span<const ColumnId> columns);
  absl::StatusOr<std::shared_ptr<const format::SummarySection>> Summary(
      const format::SliceEntry& slice);

  // The LSNs of its rows; nullptr where the slice does not have them: all rows have one where its
  // least and greatest are the same, else theirs are not known.
  absl::StatusOr<std::shared_ptr<const format::LsnExtentView>> Lsns(
      const format::SliceEntry& slice);

  // The dictionary of a symbol column, as far as `version` counts it: nothing, or code 0, for what
  // it does not have. The text lives as long as this object.
  absl::StatusOr<std::optional<std::string_view>> Text(const TableVersion& version, ColumnId column,
                                                       SymbolCode code);
  absl::StatusOr<SymbolCode> Code(const TableVersion& version, ColumnId column,
                                  std::string_view text);

  // Kills and key extents that a version names, by place.
  absl::StatusOr<std::shared_ptr<const format::KillsView>> Kills(const format::Place& place);
  absl::StatusOr<std::shared_ptr<const format::KeyExtentView>> Keys(const format::Place& place);

  // kDataLoss where the bytes of a place are not those that were written: what verification and
  // backup read.
  absl::Status VerifyPlace(const format::Place& place);
  // The same of the symbols that a version counts.
  absl::Status VerifySymbols(const TableVersion& version, ColumnId column);

  // How many bytes are mapped that nobody uses.
  uint64_t unused_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tape::engine
