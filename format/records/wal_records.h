// What lies in the groups of the WAL: rows, kills, symbols, changes of the catalog, sequences,
// slices of bulk loads. Bytes: docs/format/wal.md, "Records".
//
//   WalRows rows{.table = TableId(17), .schema_version = 1, .first_row = RowNumber(5'000),
//                .runs = runs, .columns = columns};
//   absl::Status status = AppendRows(rows, frames);
//
//   absl::StatusOr<WalRowsView> view = WalRowsView::Parse(frame);       // of type kRows
//   for (size_t i = 0; i < view->columns(); ++i) {
//     ColumnView column = view->Column(i, offsets);                      // zero-copy but for
//     offsets
//   }
//
// Each Append writes one whole frame, or nothing. Each Parse takes the frame of that type, checks
// all of its record, and gives a view: kDataLoss for what no writer writes. Checks that need the
// schema or the table's state (which columns, which codes, which row comes next) are recovery's.
//
// Views: immutable, do not own; the frame's bytes must outlive them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/reader.h"
#include "format/layout/kills.h"
#include "format/records/frame.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::format {

// The numbers are on disk.
enum class WalRecordType : uint16_t {
  kRows = 1,
  kKills = 2,
  kSymbols = 3,
  kCatalog = 4,
  kSequence = 5,
  kAttach = 6,
  kTailRows = 7,   // rows that were written before
  kGroup = 8,      // wal_segment.h
  kTailKills = 9,  // kills that were written before
};

// ---- rows

// Rows of one LSN that follow each other. Lies in the record as it stands here.
struct LsnRun {
  Lsn lsn{};
  uint32_t rows = 0;
  uint32_t reserved_12 = 0;

  friend bool operator==(const LsnRun&, const LsnRun&) = default;
};
static_assert(sizeof(LsnRun) == 16 && offsetof(LsnRun, rows) == 8);

struct WalRowsHeader {
  uint32_t table = 0;
  uint32_t schema_version = 0;
  uint64_t first_row = 0;
  uint32_t rows = 0;
  uint32_t runs = 0;
  uint32_t columns = 0;
  uint32_t reserved_28 = 0;
};
static_assert(sizeof(WalRowsHeader) == 32 && offsetof(WalRowsHeader, first_row) == 8);
static_assert(offsetof(WalRowsHeader, rows) == 16 && offsetof(WalRowsHeader, runs) == 20);
static_assert(offsetof(WalRowsHeader, columns) == 24);

struct WalColumnHeader {
  uint32_t column = 0;
  uint8_t physical = 0;
  uint8_t has_validity = 0;
  uint16_t reserved_6 = 0;
  uint64_t size = 0;  // of all that follows for this column, padding included
};
static_assert(sizeof(WalColumnHeader) == 16 && offsetof(WalColumnHeader, physical) == 4);
static_assert(offsetof(WalColumnHeader, has_validity) == 5);
static_assert(offsetof(WalColumnHeader, size) == 8);

struct WalColumn {
  ColumnId id{};
  ColumnView values{};
};

struct WalRows {
  TableId table{};
  uint32_t schema_version = 0;
  RowNumber first_row{};
  std::span<const LsnRun> runs{};        // LSNs ascend; their rows add up to all
  std::span<const WalColumn> columns{};  // in the schema's order, each of all rows
  bool tail = false;                     // kTailRows
};

// kInvalidArgument, and nothing written, for no rows, runs that do not ascend or add up, columns of
// other lengths, validity or booleans that are neither 0 nor 1, values above kMaxValueBytes.
absl::Status AppendRows(const WalRows& rows, FrameWriter& frames);

// Bytes that the frame will have: whether it still fits the segment is known before it is written.
uint64_t RowsFrameSize(const WalRows& rows);

class WalRowsView {
 public:
  // Of a frame of type kRows or kTailRows, whose record starts at a multiple of 16 in memory.
  static absl::StatusOr<WalRowsView> Parse(const Frame& frame);

  TableId table() const { return TableId(header_.table); }
  uint32_t schema_version() const { return header_.schema_version; }
  RowNumber first_row() const { return RowNumber(header_.first_row); }
  uint32_t rows() const { return header_.rows; }
  std::span<const LsnRun> runs() const { return runs_; }
  Lsn least_lsn() const { return runs_.front().lsn; }
  Lsn greatest_lsn() const { return runs_.back().lsn; }

  size_t columns() const { return columns_.size(); }
  ColumnId column_id(size_t index) const { return columns_[index].id; }
  Physical physical(size_t index) const { return columns_[index].physical; }
  // One byte a row; empty where every row is valid.
  std::span<const uint8_t> Validity(size_t index) const;
  // Bytes of each value of a kBytes column, and all of them end to end; empty for other columns.
  std::span<const uint32_t> Lengths(size_t index) const { return columns_[index].lengths; }
  std::string_view Heap(size_t index) const { return columns_[index].heap; }

  // The column in place. A kBytes column gets its offsets in `offsets`, which must live as long as
  // the view; other columns leave it alone.
  ColumnView Column(size_t index, std::vector<uint64_t>& offsets) const;

 private:
  struct Part {
    ColumnId id;
    Physical physical = Physical::kInt64;
    const uint8_t* validity = nullptr;
    const std::byte* values = nullptr;  // of fixed size
    std::span<const uint32_t> lengths;
    std::string_view heap;
  };

  absl::Status ParseRuns(const Frame& frame, ByteReader& reader);
  absl::Status ParseColumn(const Frame& frame, ByteReader& reader);

  WalRowsHeader header_;
  std::span<const LsnRun> runs_;
  std::vector<Part> columns_;
};

// ---- kills

// In any order; at least one. kInvalidArgument for none and for LSN 0. `tail`: kTailKills.
absl::Status AppendWalKills(TableId table, std::span<const Kill> kills, FrameWriter& frames,
                            bool tail = false);

struct WalKillsView {  // of a frame of type kKills or kTailKills
  TableId table{};
  std::span<const Kill> kills{};

  static absl::StatusOr<WalKillsView> Parse(const Frame& frame);
};

// ---- symbols

struct WalSymbols {
  TableId table{};
  ColumnId column{};
  SymbolCode first{};  // code of the first; the others follow
  std::span<const std::string_view> texts{};
};

// kInvalidArgument for none, code 0, codes above kMaxSymbols and texts above kMaxSymbolBytes.
absl::Status AppendSymbols(const WalSymbols& symbols, FrameWriter& frames);

class WalSymbolsView {
 public:
  static absl::StatusOr<WalSymbolsView> Parse(const Frame& frame);

  TableId table() const { return table_; }
  ColumnId column() const { return column_; }
  SymbolCode first() const { return first_; }
  // Of code first() + i at i.
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  TableId table_;
  ColumnId column_;
  SymbolCode first_;
  std::vector<std::string_view> texts_;
};

// ---- catalog: the type and bytes of a catalog record (catalog_record.h) as it was committed

struct WalCatalogView {
  uint32_t type = 0;
  std::span<const std::byte> record{};

  static absl::StatusOr<WalCatalogView> Parse(const Frame& frame);
};

absl::Status AppendWalCatalog(const WalCatalogView& change, Lsn lsn, FrameWriter& frames);

// ---- sequence: all values below `next` may have been given out

struct WalSequence {
  TableId table{};
  ColumnId column{};
  int64_t next = 0;

  static absl::StatusOr<WalSequence> Parse(const Frame& frame);

  friend bool operator==(const WalSequence&, const WalSequence&) = default;
};

absl::Status AppendSequenceAdvance(const WalSequence& sequence, FrameWriter& frames);

// ---- attach: a change of the manifest (manifest_record.h) with the slices of a bulk load

struct WalAttachView {
  TableId table{};
  std::span<const std::byte> record{};

  static absl::StatusOr<WalAttachView> Parse(const Frame& frame);
};

absl::Status AppendAttach(const WalAttachView& attach, Lsn lsn, FrameWriter& frames);

// ---- any of them

// Whether the frame is a record of a known type that keeps its rules; a group record is not looked
// into. kUnimplemented for a type that is unknown and may not be skipped.
absl::Status CheckWalRecord(const Frame& frame);

}  // namespace tape::format
