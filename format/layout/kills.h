// Which rows of a day are superseded or deleted, and since when. Bytes: docs/format/kills.md.
//
//   std::vector<Kill> kills = {{RowNumber(17), Lsn(900)}, ...};
//   absl::Status status = AppendKills(writer, kills, {seeds, offset}, bytes);
//
//   absl::StatusOr<KillsView> view = KillsView::Parse(file.subspan(offset), {seeds, offset});
//   KillsReader reader(BestKernels());                                    // scratch, one per
//   thread absl::StatusOr<bool> dead = reader.KilledAt(*view, RowNumber(17), snapshot);
//   absl::Status status = reader.ApplyTo(*view, {first_row, 1024}, snapshot, live_rows);  // a scan
//
// A row is killed for a snapshot when a kill of it has an LSN up to the snapshot's, in any section
// of the file. Look-ups decode the block whose bounds enclose the row, and LSNs only when the
// snapshot lies between the section's first and last.
//
// KillsView: immutable, does not own; the bytes must outlive it and start at a multiple of 8 in
// memory. KillsReader: thread-compatible.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/kernels/kernels.h"
#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "tape/ids.h"

namespace tape::format {

// ---- as it lies in a file

inline constexpr std::array<char, 4> kKillsMagic = {'T', 'P', 'K', 'L'};

struct KillsHeader {
  std::array<char, 4> magic = kKillsMagic;
  uint32_t kills = 0;
  uint64_t length = 0;  // of everything, this header and all padding included
  uint64_t least_row = 0;
  uint64_t greatest_row = 0;
  uint64_t least_lsn = 0;
  uint64_t greatest_lsn = 0;
  uint64_t reserved_48 = 0;
  uint32_t reserved_56 = 0;
  uint32_t crc = 0;  // of bytes 0..59
};
static_assert(sizeof(KillsHeader) == 64);
static_assert(offsetof(KillsHeader, kills) == 4 && offsetof(KillsHeader, length) == 8);
static_assert(offsetof(KillsHeader, least_row) == 16 && offsetof(KillsHeader, greatest_row) == 24);
static_assert(offsetof(KillsHeader, least_lsn) == 32 && offsetof(KillsHeader, greatest_lsn) == 40);
static_assert(offsetof(KillsHeader, reserved_48) == 48 && offsetof(KillsHeader, crc) == 60);

// ---- writing

struct Kill {
  RowNumber row;
  Lsn lsn;  // from this one on the row is dead

  friend auto operator<=>(const Kill&, const Kill&) = default;
};

// Appends one section to `out`, whose size is a multiple of 64. The kills come in any order; of
// several kills of a row the lowest LSN counts, since from there on the row is dead.
// kInvalidArgument, and nothing appended, for no kills, LSN 0, which is before every commit, a row
// number or LSN of 2^63 or more, or an offset that is not a multiple of 64.
absl::Status AppendKills(ExtentWriter& writer, std::span<const Kill> kills,
                         const ExtentPlace& place, std::vector<std::byte>& out);

// ---- reading

class KillsView {
 public:
  // `bytes` starts with the section and may go on after it. Checks everything but the data of the
  // extents' blocks, which have checksums of their own, verified at use.
  static absl::StatusOr<KillsView> Parse(std::span<const std::byte> bytes,
                                         const ExtentPlace& place);

  size_t size() const { return header_.kills; }
  size_t size_bytes() const { return header_.length; }
  RowNumber least_row() const { return RowNumber(header_.least_row); }
  RowNumber greatest_row() const { return RowNumber(header_.greatest_row); }
  Lsn least_lsn() const { return Lsn(header_.least_lsn); }
  Lsn greatest_lsn() const { return Lsn(header_.greatest_lsn); }
  const ExtentView& rows() const { return rows_; }
  const ExtentView& lsns() const { return lsns_; }

 private:
  KillsView(const KillsHeader& header, const ExtentView& rows, const ExtentView& lsns)
      : header_(header), rows_(rows), lsns_(lsns) {}

  KillsHeader header_;
  ExtentView rows_;
  ExtentView lsns_;
};

struct RowNumberRange {
  RowNumber first;
  uint64_t rows = 0;
};

class KillsReader {
 public:
  explicit KillsReader(const Kernels& kernels);
  ~KillsReader();
  KillsReader(const KillsReader&) = delete;
  KillsReader& operator=(const KillsReader&) = delete;

  // Whether the row is dead for a snapshot.
  absl::StatusOr<bool> KilledAt(const KillsView& kills, RowNumber row, Lsn snapshot);

  // Clears bit i of the bitmap where row first + i is dead for a snapshot and leaves the others.
  // kInvalidArgument where the bitmap has fewer bits than the range has rows.
  absl::Status ApplyTo(const KillsView& kills, const RowNumberRange& range, Lsn snapshot,
                       std::span<uint64_t> live);

  // Appends all kills in order of rows: what a fold writes anew, and what verification reads.
  absl::Status ReadAll(const KillsView& kills, std::vector<Kill>& out);

 private:
  struct State;
  absl::Status ReadRows(const KillsView& kills, size_t block);
  absl::Status ReadLsns(const KillsView& kills, size_t block);
  absl::Status ApplyBlock(const KillsView& kills, size_t block, const RowNumberRange& range,
                          int64_t snapshot, std::span<uint64_t> live);

  std::unique_ptr<State> state_;
};

}  // namespace tape::format
