#include "format/records/wal_records.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>

#include "format/bytes/message.h"
#include "format/records/catalog_record.h"
#include "format/records/manifest_record.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

constexpr uint64_t kGreatest = std::numeric_limits<int64_t>::max();

static_assert(sizeof(Kill) == 16 && offsetof(Kill, lsn) == 8,
              "kills lie in the record as they are");

uint16_t Number(WalRecordType type) { return static_cast<uint16_t>(type); }

absl::Status Damaged(const Frame& frame, std::string_view what) {
  return absl::DataLossError(Concat("WAL record: frame at offset ", frame.offset, ": ", what));
}

absl::Status Wrong(const Frame& frame, std::string_view field, uint64_t expected, uint64_t found) {
  return Damaged(frame, Concat(field, ": expected ", expected, ", found ", found));
}

template <typename T>
std::span<const std::byte> BytesOf(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

// The fixed part of a record. Zeros where the record is shorter; the reader then is not ok.
template <typename T>
T ReadStruct(ByteReader& reader) {
  T value{};
  const std::span<const std::byte> bytes = reader.ReadBytes(sizeof(T));
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

template <typename T>
std::span<const T> ReadArray(ByteReader& reader, uint64_t count) {
  const std::span<const std::byte> bytes = reader.ReadBytes(count * sizeof(T));
  if (bytes.empty()) return {};
  return {reinterpret_cast<const T*>(bytes.data()), static_cast<size_t>(count)};
}

absl::Status Refused(std::string_view what) {
  return absl::InvalidArgumentError(Concat("WAL record: ", what));
}

// ---- rows, writing

bool AllBooleans(std::span<const uint8_t> bytes) {
  uint8_t all = 0;
  for (const uint8_t byte : bytes) all |= byte;
  return all <= 1;
}

uint64_t RowsOf(std::span<const LsnRun> runs) {
  uint64_t rows = 0;
  for (const LsnRun& run : runs) rows += run.rows;
  return rows;
}

bool RunsAscend(std::span<const LsnRun> runs) {
  Lsn last;
  for (const LsnRun& run : runs) {
    if (run.lsn <= last || run.rows == 0 || run.reserved_12 != 0) return false;
    last = run.lsn;
  }
  return !runs.empty();
}

bool FitsRowNumbers(uint64_t first, uint64_t rows) {
  return first <= kGreatest && rows <= kGreatest - first;
}

uint64_t Padded(uint64_t size) {
  return (size + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}

// All values of a kBytes column, end to end, NULLs' included.
std::string_view HeapOf(const ColumnView& column) {
  const std::span<const uint64_t> offsets = column.Offsets();
  if (offsets.empty()) return {};
  const std::string_view heap = column.Heap();
  return heap.substr(std::min<uint64_t>(offsets.front(), heap.size()),
                     offsets.back() - offsets.front());
}

uint64_t ColumnSize(const ColumnView& column) {
  const uint64_t validity = Padded(column.Validity().size());
  if (column.physical() != Physical::kBytes) return validity + Padded(column.RawValues().size());
  return validity + Padded(column.rows() * sizeof(uint32_t)) + Padded(HeapOf(column).size());
}

absl::Status CheckBytes(const WalColumn& column) {
  if (!column.values.OffsetsAreSound()) {
    return Refused(Concat("column ", column.id.value(), ": offsets out of order"));
  }
  const std::span<const uint64_t> offsets = column.values.Offsets();
  for (size_t row = 0; row < column.values.rows(); ++row) {
    const uint64_t size = offsets[row + 1] - offsets[row];
    if (size <= kMaxValueBytes) continue;
    return Refused(Concat("column ", column.id.value(), ": a value of ", size, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckColumn(const WalColumn& column, uint64_t rows) {
  if (column.values.rows() != rows) {
    return Refused(Concat("column ", column.id.value(), ": expected ", rows, " rows, found ",
                          column.values.rows()));
  }
  const bool boolean = column.values.physical() == Physical::kBool;
  if (!AllBooleans(column.values.Validity()) ||
      (boolean && !AllBooleans(column.values.RawValues()))) {
    return Refused(Concat("column ", column.id.value(), ": a boolean that is neither 0 nor 1"));
  }
  return column.values.physical() == Physical::kBytes ? CheckBytes(column) : absl::OkStatus();
}

absl::Status CheckRows(const WalRows& rows) {
  const uint64_t count = RowsOf(rows.runs);
  if (!RunsAscend(rows.runs)) return Refused("runs of rows out of order");
  if (count > std::numeric_limits<uint32_t>::max() ||
      !FitsRowNumbers(rows.first_row.value(), count)) {
    return Refused(Concat(count, " rows from ", rows.first_row.value()));
  }
  if (rows.columns.empty() || rows.columns.size() > kMaxColumns) {
    return Refused(Concat(rows.columns.size(), " columns"));
  }
  for (const WalColumn& column : rows.columns) {
    if (absl::Status status = CheckColumn(column, count); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void WriteLengths(std::span<const uint64_t> offsets, ByteWriter& record) {
  std::array<uint32_t, 1024> lengths;
  for (size_t row = 0; row + 1 < offsets.size();) {
    const size_t count = std::min(lengths.size(), offsets.size() - 1 - row);
    for (size_t i = 0; i < count; ++i) {
      lengths[i] = static_cast<uint32_t>(offsets[row + i + 1] - offsets[row + i]);
    }
    record.WriteBytes(std::as_bytes(std::span(lengths).first(count)));
    row += count;
  }
  record.Pad(kFrameAlignment);
}

void WriteColumn(const WalColumn& column, ByteWriter& record) {
  const ColumnView& values = column.values;
  const WalColumnHeader header{.column = column.id.value(),
                               .physical = static_cast<uint8_t>(values.physical()),
                               .has_validity = values.Validity().empty() ? uint8_t{0} : uint8_t{1},
                               .size = ColumnSize(values)};
  record.WriteBytes(BytesOf(header));
  record.WriteBytes(std::as_bytes(values.Validity()));
  record.Pad(kFrameAlignment);
  if (values.physical() == Physical::kBytes) {
    WriteLengths(values.Offsets(), record);
    record.WriteBytes(std::as_bytes(std::span(HeapOf(values))));
  } else {
    record.WriteBytes(std::as_bytes(values.RawValues()));
  }
  record.Pad(kFrameAlignment);
}

}  // namespace

absl::Status AppendRows(const WalRows& rows, FrameWriter& frames) {
  if (absl::Status status = CheckRows(rows); !status.ok()) return status;
  const WalRowsHeader header{.table = rows.table.value(),
                             .schema_version = rows.schema_version,
                             .first_row = rows.first_row.value(),
                             .rows = static_cast<uint32_t>(RowsOf(rows.runs)),
                             .runs = static_cast<uint32_t>(rows.runs.size()),
                             .columns = static_cast<uint32_t>(rows.columns.size())};
  const WalRecordType type = rows.tail ? WalRecordType::kTailRows : WalRecordType::kRows;
  ByteWriter& record = frames.Begin({.type = Number(type), .lsn = rows.runs.back().lsn});
  record.WriteBytes(BytesOf(header));
  record.WriteBytes(std::as_bytes(rows.runs));
  for (const WalColumn& column : rows.columns) WriteColumn(column, record);
  return frames.End();
}

uint64_t RowsFrameSize(const WalRows& rows) {
  uint64_t size = sizeof(FrameHeader) + sizeof(WalRowsHeader) + rows.runs.size_bytes();
  for (const WalColumn& column : rows.columns) {
    size += sizeof(WalColumnHeader) + ColumnSize(column.values);
  }
  return size;
}

// ---- rows, reading

absl::StatusOr<WalRowsView> WalRowsView::Parse(const Frame& frame) {
  if (reinterpret_cast<uintptr_t>(frame.record.data()) % kFrameAlignment != 0) {
    return Refused("its bytes do not lie at a multiple of 16 in memory");
  }
  WalRowsView view;
  ByteReader reader(frame.record);
  view.header_ = ReadStruct<WalRowsHeader>(reader);
  const WalRowsHeader& header = view.header_;
  if (header.reserved_28 != 0) return Wrong(frame, "rows: reserved", 0, header.reserved_28);
  if (header.columns == 0 || header.columns > kMaxColumns) {
    return Wrong(frame, "rows: columns", 1, header.columns);
  }
  if (absl::Status status = view.ParseRuns(frame, reader); !status.ok()) return status;
  for (uint32_t i = 0; i < header.columns; ++i) {
    if (absl::Status status = view.ParseColumn(frame, reader); !status.ok()) return status;
  }
  if (reader.remaining() != 0) return Wrong(frame, "rows: bytes left", 0, reader.remaining());
  return view;
}

absl::Status WalRowsView::ParseRuns(const Frame& frame, ByteReader& reader) {
  runs_ = ReadArray<LsnRun>(reader, header_.runs);
  if (!reader.ok()) return Damaged(frame, "rows: cut short");
  if (!RunsAscend(runs_)) return Damaged(frame, "rows: runs out of order");
  if (RowsOf(runs_) != header_.rows) {
    return Wrong(frame, "rows: rows of its runs", header_.rows, RowsOf(runs_));
  }
  if (!FitsRowNumbers(header_.first_row, header_.rows)) {
    return Damaged(frame, Concat("rows: first row, found ", header_.first_row));
  }
  if (greatest_lsn() != frame.lsn) {
    return Wrong(frame, "rows: LSN of the last run", frame.lsn.value(), greatest_lsn().value());
  }
  return absl::OkStatus();
}

namespace {

bool IsPhysical(uint8_t number) {
  return number >= static_cast<uint8_t>(Physical::kBool) &&
         number <= static_cast<uint8_t>(Physical::kBytes);
}

// The sum of the lengths, or nothing where one is too large.
std::optional<uint64_t> HeapSize(std::span<const uint32_t> lengths) {
  uint64_t sum = 0;
  uint32_t longest = 0;
  for (const uint32_t length : lengths) {
    sum += length;
    longest = std::max(longest, length);
  }
  if (longest > kMaxValueBytes) return std::nullopt;
  return sum;
}

}  // namespace

absl::Status WalRowsView::ParseColumn(const Frame& frame, ByteReader& reader) {
  const auto header = ReadStruct<WalColumnHeader>(reader);
  const auto damaged = [&](std::string_view what) {
    return Damaged(frame, Concat("rows: column ", header.column, ": ", what));
  };
  if (!IsPhysical(header.physical)) return damaged(Concat("form, found ", header.physical));
  if (header.has_validity > 1 || header.reserved_6 != 0) return damaged("reserved bytes");
  const size_t begin = reader.offset();
  Part part;
  part.id = ColumnId(header.column);
  part.physical = static_cast<Physical>(header.physical);
  if (header.has_validity != 0) {
    const auto validity = ReadArray<uint8_t>(reader, header_.rows);
    if (!AllBooleans(validity)) return damaged("validity is neither 0 nor 1");
    part.validity = validity.data();
    reader.SkipPadding(kFrameAlignment);
  }
  if (part.physical == Physical::kBytes) {
    part.lengths = ReadArray<uint32_t>(reader, header_.rows);
    reader.SkipPadding(kFrameAlignment);
    const std::optional<uint64_t> size = HeapSize(part.lengths);
    if (!size.has_value()) return damaged("a value above the limit");
    const auto heap = ReadArray<char>(reader, *size);
    part.heap = {heap.data(), heap.size()};
  } else {
    const auto values = reader.ReadBytes(uint64_t{header_.rows} * PhysicalSize(part.physical));
    part.values = values.data();
    const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
    if (part.physical == Physical::kBool && !AllBooleans({bytes, values.size()})) {
      return damaged("a boolean that is neither 0 nor 1");
    }
  }
  reader.SkipPadding(kFrameAlignment);
  if (!reader.ok()) return damaged("cut short, or padding that is not zero");
  if (reader.offset() - begin != header.size) {
    return damaged(Concat("size: expected ", reader.offset() - begin, ", found ", header.size));
  }
  columns_.push_back(part);
  return absl::OkStatus();
}

std::span<const uint8_t> WalRowsView::Validity(size_t index) const {
  const uint8_t* const validity = columns_[index].validity;
  return {validity, validity == nullptr ? 0 : header_.rows};
}

ColumnView WalRowsView::Column(size_t index, std::vector<uint64_t>& offsets) const {
  const Part& part = columns_[index];
  if (part.physical != Physical::kBytes) {
    return ColumnView::Fixed(part.physical, part.values, header_.rows, part.validity);
  }
  offsets.resize(part.lengths.size() + 1);
  offsets[0] = 0;
  for (size_t row = 0; row < part.lengths.size(); ++row) {
    offsets[row + 1] = offsets[row] + part.lengths[row];
  }
  return ColumnView::Bytes(offsets, part.heap, part.validity);
}

// ---- kills

namespace {

struct CountedHeader {
  uint32_t table = 0;
  uint32_t count = 0;
};

bool KillFits(const Kill& kill) {
  return kill.row.value() <= kGreatest && kill.lsn.value() <= kGreatest && kill.lsn != Lsn(0);
}

// Of the kills; Lsn(0) where one does not fit.
Lsn GreatestLsn(std::span<const Kill> kills) {
  Lsn greatest;
  for (const Kill& kill : kills) {
    if (!KillFits(kill)) return Lsn(0);
    greatest = std::max(greatest, kill.lsn);
  }
  return greatest;
}

}  // namespace

absl::Status AppendWalKills(TableId table, std::span<const Kill> kills, FrameWriter& frames,
                            bool tail) {
  const Lsn lsn = GreatestLsn(kills);
  if (lsn == Lsn(0) || kills.size() > std::numeric_limits<uint32_t>::max()) {
    return Refused("no kills, or one at LSN 0 or beyond the limits");
  }
  const WalRecordType type = tail ? WalRecordType::kTailKills : WalRecordType::kKills;
  ByteWriter& record = frames.Begin({.type = Number(type), .lsn = lsn});
  record.WriteBytes(BytesOf(CountedHeader{table.value(), static_cast<uint32_t>(kills.size())}));
  record.WriteBytes(std::as_bytes(kills));
  return frames.End();
}

absl::StatusOr<WalKillsView> WalKillsView::Parse(const Frame& frame) {
  ByteReader reader(frame.record);
  const auto header = ReadStruct<CountedHeader>(reader);
  const auto kills = ReadArray<Kill>(reader, header.count);
  if (!reader.ok() || reader.remaining() != 0 || kills.empty()) {
    return Wrong(frame, "kills", header.count, frame.record.size() / sizeof(Kill));
  }
  const Lsn greatest = GreatestLsn(kills);
  if (greatest == Lsn(0) || greatest != frame.lsn) {
    return Wrong(frame, "kills: greatest LSN", frame.lsn.value(), greatest.value());
  }
  return WalKillsView{TableId(header.table), kills};
}

// ---- symbols

namespace {

struct SymbolsHeader {
  uint32_t table = 0;
  uint32_t column = 0;
  uint32_t first = 0;
  uint32_t symbols = 0;
};

bool CodesFit(uint32_t first, size_t count) {
  return count != 0 && first != 0 && first <= kMaxSymbols && count - 1 <= kMaxSymbols - first;
}

}  // namespace

absl::Status AppendSymbols(const WalSymbols& symbols, FrameWriter& frames) {
  if (!CodesFit(symbols.first.value(), symbols.texts.size())) {
    return Refused(Concat(symbols.texts.size(), " symbols from code ", symbols.first.value()));
  }
  for (const std::string_view text : symbols.texts) {
    if (text.size() > kMaxSymbolBytes) return Refused(Concat("symbol of ", text.size(), " bytes"));
  }
  ByteWriter& record = frames.Begin({.type = Number(WalRecordType::kSymbols), .lsn = Lsn(0)});
  record.WriteBytes(
      BytesOf(SymbolsHeader{symbols.table.value(), symbols.column.value(), symbols.first.value(),
                            static_cast<uint32_t>(symbols.texts.size())}));
  for (const std::string_view text : symbols.texts) {
    record.WriteU32(static_cast<uint32_t>(text.size()));
  }
  for (const std::string_view text : symbols.texts) {
    record.WriteBytes(std::as_bytes(std::span(text)));
  }
  return frames.End();
}

absl::StatusOr<WalSymbolsView> WalSymbolsView::Parse(const Frame& frame) {
  ByteReader reader(frame.record);
  const auto header = ReadStruct<SymbolsHeader>(reader);
  const auto lengths = ReadArray<uint32_t>(reader, header.symbols);
  if (!reader.ok() || !CodesFit(header.first, lengths.size())) {
    return Damaged(frame, Concat("symbols: found ", header.symbols, " from code ", header.first));
  }
  WalSymbolsView view;
  view.table_ = TableId(header.table);
  view.column_ = ColumnId(header.column);
  view.first_ = SymbolCode(header.first);
  view.texts_.reserve(lengths.size());
  for (const uint32_t length : lengths) {
    if (length > kMaxSymbolBytes) return Wrong(frame, "symbol size", kMaxSymbolBytes, length);
    const auto text = ReadArray<char>(reader, length);
    view.texts_.emplace_back(text.data(), text.size());
  }
  if (!reader.ok()) return Damaged(frame, "symbols: cut short");
  if (reader.remaining() != 0) return Wrong(frame, "symbols: bytes left", 0, reader.remaining());
  return view;
}

// ---- catalog, sequence, attach

namespace {

struct PrefixHeader {
  uint32_t first = 0;  // type, or table
  uint32_t reserved_4 = 0;
};

absl::Status AppendPrefixed(const FrameStart& start, uint32_t first,
                            std::span<const std::byte> rest, FrameWriter& frames) {
  ByteWriter& record = frames.Begin(start);
  record.WriteBytes(BytesOf(PrefixHeader{first, 0}));
  record.WriteBytes(rest);
  return frames.End();
}

absl::StatusOr<PrefixHeader> ParsePrefix(const Frame& frame) {
  ByteReader reader(frame.record);
  const auto header = ReadStruct<PrefixHeader>(reader);
  if (!reader.ok()) return Damaged(frame, "cut short");
  if (header.reserved_4 != 0) return Wrong(frame, "reserved", 0, header.reserved_4);
  return header;
}

}  // namespace

absl::StatusOr<WalCatalogView> WalCatalogView::Parse(const Frame& frame) {
  const absl::StatusOr<PrefixHeader> header = ParsePrefix(frame);
  if (!header.ok()) return header.status();
  return WalCatalogView{header->first, frame.record.subspan(sizeof(PrefixHeader))};
}

absl::Status AppendWalCatalog(const WalCatalogView& change, Lsn lsn, FrameWriter& frames) {
  return AppendPrefixed({.type = Number(WalRecordType::kCatalog), .lsn = lsn}, change.type,
                        change.record, frames);
}

absl::StatusOr<WalSequence> WalSequence::Parse(const Frame& frame) {
  ByteReader reader(frame.record);
  WalSequence sequence;
  sequence.table = TableId(reader.ReadU32());
  sequence.column = ColumnId(reader.ReadU32());
  sequence.next = reader.ReadI64();
  if (!reader.ok() || reader.remaining() != 0) {
    return Wrong(frame, "sequence: bytes", 16, frame.record.size());
  }
  return sequence;
}

absl::Status AppendSequenceAdvance(const WalSequence& sequence, FrameWriter& frames) {
  ByteWriter& record = frames.Begin({.type = Number(WalRecordType::kSequence), .lsn = Lsn(0)});
  record.WriteU32(sequence.table.value());
  record.WriteU32(sequence.column.value());
  record.WriteI64(sequence.next);
  return frames.End();
}

absl::StatusOr<WalAttachView> WalAttachView::Parse(const Frame& frame) {
  const absl::StatusOr<PrefixHeader> header = ParsePrefix(frame);
  if (!header.ok()) return header.status();
  return WalAttachView{TableId(header->first), frame.record.subspan(sizeof(PrefixHeader))};
}

absl::Status AppendAttach(const WalAttachView& attach, Lsn lsn, FrameWriter& frames) {
  return AppendPrefixed({.type = Number(WalRecordType::kAttach), .lsn = lsn}, attach.table.value(),
                        attach.record, frames);
}

// ---- any of them

namespace {

absl::Status CheckCatalog(const Frame& frame) {
  const absl::StatusOr<WalCatalogView> view = WalCatalogView::Parse(frame);
  if (!view.ok()) return view.status();
  if (view->type >= static_cast<uint32_t>(CatalogType::kEnd)) {
    return absl::UnimplementedError(Concat("WAL record: catalog record of type ", view->type));
  }
  return CatalogRecord::Parse(static_cast<CatalogType>(view->type), view->record).status();
}

absl::Status CheckAttach(const Frame& frame) {
  const absl::StatusOr<WalAttachView> view = WalAttachView::Parse(frame);
  if (!view.ok()) return view.status();
  return ManifestRecord::Parse(view->record, ManifestFrame::kChange, frame.lsn).status();
}

}  // namespace

absl::Status CheckWalRecord(const Frame& frame) {
  switch (static_cast<WalRecordType>(frame.type)) {
    case WalRecordType::kRows:
    case WalRecordType::kTailRows:
      return WalRowsView::Parse(frame).status();
    case WalRecordType::kKills:
    case WalRecordType::kTailKills:
      return WalKillsView::Parse(frame).status();
    case WalRecordType::kSymbols:
      return WalSymbolsView::Parse(frame).status();
    case WalRecordType::kCatalog:
      return CheckCatalog(frame);
    case WalRecordType::kSequence:
      return WalSequence::Parse(frame).status();
    case WalRecordType::kAttach:
      return CheckAttach(frame);
    case WalRecordType::kGroup:
      return absl::OkStatus();
  }
  if ((frame.flags & kFrameMayBeSkipped) != 0) return absl::OkStatus();
  return absl::UnimplementedError(Concat("WAL record: frame at offset ", frame.offset, ": type ",
                                         frame.type, " is not known to this build"));
}

}  // namespace tape::format
