// One record of a manifest: a checkpoint, or what a seal, a fold or a drop changed. Bytes:
// docs/format/manifest.md.
//
//   ManifestRecord record{.number = 7, .sealed_rows = RowNumber(262'144), ...};
//   record.entries.push_back(SliceEntry{...});
//   record.entries.push_back(BytesEntry{kills_place});
//   absl::Status status = AppendManifestRecord(record, ManifestFrame::kChange, durable, frames);
//
//   absl::StatusOr<ManifestRecord> read = ManifestRecord::Parse(bytes, type, durable);
//
// What a record means after those before it: manifest_state.h. Which bytes of a file are records:
// manifest_file.h.
//
// Value types.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "format/layout/kills.h"
#include "format/layout/slice_builder.h"
#include "format/records/frame.h"
#include "tape/ids.h"

namespace tape::format {

enum class ManifestFrame : uint16_t { kCheckpoint = 1, kChange = 2 };

// Where bytes lie that nobody changes any more. Lies in the record as it stands here.
struct Place {
  FileKind kind = FileKind::kColumn;
  std::array<uint8_t, 3> reserved_1{};
  uint32_t column = 0;  // or number of the key; 0 in other kinds
  uint32_t generation = 0;
  int32_t day = kNoDay;
  uint64_t offset = 0;  // in the file
  uint64_t length = 0;
  uint32_t crc = 0;  // of these bytes, seeded by their place
  uint32_t reserved_36 = 0;

  // Of the file they lie in.
  FileIdentity File(const StoreUuid& store, TableId table) const {
    return {store, table.value(), column, generation, day};
  }

  friend auto operator<=>(const Place&, const Place&) = default;
};
static_assert(sizeof(Place) == 40 && offsetof(Place, column) == 4);
static_assert(offsetof(Place, generation) == 8 && offsetof(Place, day) == 12);
static_assert(offsetof(Place, offset) == 16 && offsetof(Place, length) == 24);
static_assert(offsetof(Place, crc) == 32);

// ---- entries

struct SliceEntry {
  uint64_t slice = 0;  // its number
  Day day{kNoDay};     // first day of the partition
  uint32_t schema_version = 0;
  SliceShape shape{};      // rows, order
  bool attached = false;   // by a bulk load
  bool folded = false;     // made of other slices
  bool has_lsns = false;   // of each row; without, all rows have one LSN or theirs is not known
  int64_t least_time = 0;  // of the time column; 0 without one
  int64_t greatest_time = 0;
  Lsn least_lsn{};  // of its rows
  Lsn greatest_lsn{};
  std::vector<RowNumberRange> runs{};  // ascending; the slice's rows in arrival order
  std::vector<Place> places{};         // of the columns, order tape if any, LSNs if any, summary

  std::span<const Place> ColumnPlaces() const;
  const Place* OrderTapePlace() const;  // nullptr where the slice has none
  const Place* LsnsPlace() const;       // the same
  const Place& SummaryPlace() const { return places.back(); }
};

struct SliceGone {
  uint64_t slice = 0;
};

// Kills of a day, or a key extent.
struct BytesEntry {
  Place place{};
};

struct BytesGone {
  Place place{};
};

// How much of a column's dictionary counts. Replaces the one before.
struct SymbolsEntry {
  ColumnId column{};
  Generation generation{};
  uint32_t symbols = 0;
  uint32_t crc = 0;     // of the last section that counts
  uint64_t length = 0;  // of the file, up to the end of that section

  friend bool operator==(const SymbolsEntry&, const SymbolsEntry&) = default;
};

// All slices and bytes of the day.
struct DayGone {
  Day day{kNoDay};
};

using ManifestEntry =
    std::variant<SliceEntry, SliceGone, BytesEntry, BytesGone, SymbolsEntry, DayGone>;

// ---- the record

struct ManifestRecord {
  uint64_t number = 0;      // from 1, one above the one before, also across files
  RowNumber sealed_rows{};  // rows below are in slices or dropped
  Lsn history{};            // below it versions of rows may be gone
  uint32_t schema_version = 0;
  int64_t time = 0;
  uint64_t next_slice = 1;
  std::vector<ManifestEntry> entries{};  // apply in order

  // Checks all that can be seen in the record alone; `durable` is the LSN of its frame. The record
  // lies at a multiple of 8 in memory. kDataLoss, naming the entry and its offset in the record.
  static absl::StatusOr<ManifestRecord> Parse(std::span<const std::byte> record, ManifestFrame type,
                                              Lsn durable);
};

// Appends the record without a frame, as an attach record of the WAL has it. kInvalidArgument, and
// nothing appended, for what Parse would refuse.
absl::Status WriteManifestRecord(const ManifestRecord& record, ManifestFrame type, Lsn durable,
                                 std::vector<std::byte>& out);

// The same in a frame. The caller pads to a sync.
absl::Status AppendManifestRecord(const ManifestRecord& record, ManifestFrame type, Lsn durable,
                                  FrameWriter& frames);

}  // namespace tape::format
