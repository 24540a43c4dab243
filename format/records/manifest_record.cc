#include "format/records/manifest_record.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "format/bytes/message.h"
#include "format/bytes/reader.h"
#include "format/bytes/writer.h"
#include "format/layout/extent_format.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

constexpr uint64_t kGreatest = std::numeric_limits<int64_t>::max();

// ---- as it lies in a file

struct RecordLayout {
  uint64_t number = 0;
  uint64_t sealed_rows = 0;
  uint64_t history = 0;
  uint32_t schema_version = 0;
  uint32_t entries = 0;
  int64_t time = 0;
  uint64_t next_slice = 0;
};
static_assert(sizeof(RecordLayout) == 48 && offsetof(RecordLayout, sealed_rows) == 8);
static_assert(offsetof(RecordLayout, history) == 16 && offsetof(RecordLayout, entries) == 28);
static_assert(offsetof(RecordLayout, time) == 32 && offsetof(RecordLayout, next_slice) == 40);

enum class EntryKind : uint16_t {
  kSlice = 1,
  kSliceGone = 2,
  kBytes = 3,
  kBytesGone = 4,
  kSymbols = 5,
  kDayGone = 6,
};

struct EntryHead {
  uint16_t kind = 0;
  uint16_t reserved_2 = 0;
  uint32_t size = 0;
};
static_assert(sizeof(EntryHead) == 8 && offsetof(EntryHead, size) == 4);

struct SliceLayout {
  uint64_t slice = 0;
  int32_t day = 0;
  uint32_t rows = 0;
  uint32_t schema_version = 0;
  uint32_t flags = 0;
  int64_t least_time = 0;
  int64_t greatest_time = 0;
  uint64_t least_lsn = 0;
  uint64_t greatest_lsn = 0;
  uint32_t runs = 0;
  uint32_t places = 0;
};
static_assert(sizeof(SliceLayout) == 64 && offsetof(SliceLayout, day) == 8);
static_assert(offsetof(SliceLayout, rows) == 12 && offsetof(SliceLayout, schema_version) == 16);
static_assert(offsetof(SliceLayout, flags) == 20 && offsetof(SliceLayout, least_time) == 24);
static_assert(offsetof(SliceLayout, least_lsn) == 40 && offsetof(SliceLayout, runs) == 56);

struct SymbolsLayout {
  uint32_t column = 0;
  uint32_t generation = 0;
  uint32_t symbols = 0;
  uint32_t crc = 0;
  uint64_t length = 0;
};
static_assert(sizeof(SymbolsLayout) == 24 && offsetof(SymbolsLayout, length) == 16);

struct DayLayout {
  int32_t day = 0;
  uint32_t reserved_4 = 0;
};

static_assert(sizeof(RowNumberRange) == 16 && offsetof(RowNumberRange, rows) == 8);

constexpr size_t kEntryAlignment = 8;

constexpr uint32_t kClustered = 1;
constexpr uint32_t kHasTape = 2;
constexpr uint32_t kHasSamples = 4;
constexpr uint32_t kHasDisplacement = 8;
constexpr uint32_t kAttached = 16;
constexpr uint32_t kFolded = 32;
constexpr uint32_t kHasLsns = 64;
constexpr uint32_t kAllFlags = 127;

uint32_t FlagsOf(const SliceEntry& slice) {
  const TapeContents& order = slice.shape.order;
  return (slice.shape.clustered ? kClustered : 0) | (order.has_tape ? kHasTape : 0) |
         (order.has_samples ? kHasSamples : 0) | (order.has_displacement ? kHasDisplacement : 0) |
         (slice.attached ? kAttached : 0) | (slice.folded ? kFolded : 0) |
         (slice.has_lsns ? kHasLsns : 0);
}

bool HasOrderSection(const SliceShape& shape) {
  return shape.order.has_tape || shape.order.has_samples || shape.order.has_displacement;
}

template <typename T>
std::span<const std::byte> BytesOf(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

// ---- rules of one entry: the same for a record that is written and one that is read. Empty: kept.

using Problem = std::string;

Problem Expected(std::string_view field, std::string_view expected, int64_t found) {
  return Concat(field, ": expected ", expected, ", found ", found);
}

bool IsSound(const Place& place) {
  const bool aligned = (place.offset | place.length) % kExtentAlignment == 0;
  const bool has_column = place.kind == FileKind::kColumn || place.kind == FileKind::kKeyExtents;
  return aligned && place.offset != 0 && place.length != 0 && place.offset <= kGreatest &&
         place.length <= kGreatest - place.offset && has_column == (place.column != 0) &&
         place.generation != 0 && place.reserved_1 == Place().reserved_1 && place.reserved_36 == 0;
}

Problem PlaceProblem(const Place& place) {
  if (IsSound(place)) return {};
  return Concat("place: offset ", place.offset, ", length ", place.length, ", column ",
                place.column, ", generation ", place.generation, ", reserved ", place.reserved_36);
}

// Of kills and key extents; those of slices are checked with them.
Problem BytesProblem(const Place& place) {
  const bool kills = place.kind == FileKind::kKills;
  const bool keys = place.kind == FileKind::kKeyExtents;
  if (!kills && !keys) {
    return Expected("kind of bytes", "5 or 6", static_cast<uint8_t>(place.kind));
  }
  if (keys && place.day != kNoDay) return Expected("day of a key extent", "none", place.day);
  return PlaceProblem(place);
}

Problem RunsProblem(const SliceEntry& slice) {
  uint64_t rows = 0;
  uint64_t end = 0;
  for (const RowNumberRange& run : slice.runs) {
    const uint64_t first = run.first.value();
    if (run.rows == 0 || (rows != 0 && first <= end) || first > kGreatest ||
        run.rows > kGreatest - first) {
      return Concat("run of ", run.rows, " rows from ", first, " behind row ", end);
    }
    rows += run.rows;
    end = first + run.rows;
  }
  return rows == slice.shape.rows ? Problem() : Expected("rows of the runs", "the slice's", rows);
}

// Of the places behind those of the columns.
std::vector<FileKind> OtherKinds(const SliceEntry& slice) {
  std::vector<FileKind> kinds;
  if (HasOrderSection(slice.shape)) kinds.push_back(FileKind::kOrderTape);
  if (slice.has_lsns) kinds.push_back(FileKind::kLsns);
  kinds.push_back(FileKind::kSummary);
  return kinds;
}

Problem SlicePlacesProblem(const SliceEntry& slice) {
  const std::vector<FileKind> others = OtherKinds(slice);
  if (slice.places.size() <= others.size()) {
    return Concat("found ", slice.places.size(), " places");
  }
  const size_t columns = slice.places.size() - others.size();
  for (size_t i = 0; i < slice.places.size(); ++i) {
    const Place& place = slice.places[i];
    const FileKind expected = i < columns ? FileKind::kColumn : others[i - columns];
    if (place.kind == expected && place.day == slice.day.value() && IsSound(place)) continue;
    return Concat("place ", i, ": expected the ", FileKindName(expected), " of day ",
                  slice.day.value(), ", found kind ", static_cast<uint8_t>(place.kind), " of day ",
                  place.day, "; ", PlaceProblem(place));
  }
  return {};
}

struct RecordRules {
  ManifestFrame type;
  Lsn durable;
  uint64_t next_slice;
};

Problem SliceProblem(const SliceEntry& slice, const RecordRules& rules) {
  if (slice.slice == 0 || slice.slice >= rules.next_slice) {
    return Concat("slice: expected a number below ", rules.next_slice, ", found ", slice.slice);
  }
  if (slice.shape.rows == 0 || slice.shape.rows > kMaxSliceRows) {
    return Expected("rows", "1 to 1048576", slice.shape.rows);
  }
  if (slice.least_time > slice.greatest_time) {
    return Concat("times ", slice.least_time, " to ", slice.greatest_time);
  }
  if (slice.least_lsn == Lsn(0) || slice.least_lsn > slice.greatest_lsn ||
      slice.greatest_lsn > rules.durable) {
    return Concat("LSNs ", slice.least_lsn.value(), " to ", slice.greatest_lsn.value(),
                  ", durable ", rules.durable.value());
  }
  if (slice.has_lsns && slice.least_lsn == slice.greatest_lsn) {
    return "LSNs of rows that all have one";
  }
  if (slice.shape.order.has_samples && !slice.shape.order.has_tape) {
    return "tape samples without an order tape";
  }
  Problem problem = RunsProblem(slice);
  return problem.empty() ? SlicePlacesProblem(slice) : problem;
}

Problem SymbolsProblem(const SymbolsEntry& symbols) {
  if (symbols.column == ColumnId(0) || symbols.generation == Generation(0) ||
      symbols.symbols == 0 || symbols.symbols > kMaxSymbols || symbols.length == 0 ||
      symbols.length % kExtentAlignment != 0 || symbols.length > kGreatest) {
    return Concat("symbols of column ", symbols.column.value(), ": ", symbols.symbols, " in ",
                  symbols.length, " bytes of generation ", symbols.generation.value());
  }
  return {};
}

Problem EntryProblem(const ManifestEntry& entry, const RecordRules& rules) {
  const bool stays = std::holds_alternative<SliceEntry>(entry) ||
                     std::holds_alternative<BytesEntry>(entry) ||
                     std::holds_alternative<SymbolsEntry>(entry);
  if (!stays && rules.type == ManifestFrame::kCheckpoint) return "something goes in a checkpoint";
  if (const auto* slice = std::get_if<SliceEntry>(&entry)) return SliceProblem(*slice, rules);
  if (const auto* bytes = std::get_if<BytesEntry>(&entry)) return BytesProblem(bytes->place);
  if (const auto* bytes = std::get_if<BytesGone>(&entry)) return BytesProblem(bytes->place);
  if (const auto* symbols = std::get_if<SymbolsEntry>(&entry)) return SymbolsProblem(*symbols);
  return {};
}

Problem HeadProblem(const ManifestRecord& record, Lsn durable) {
  if (record.number == 0) return "number: expected one above 0, found 0";
  if (record.next_slice == 0) return "next slice: expected one above 0, found 0";
  if (record.sealed_rows.value() > kGreatest) {
    return Concat("sealed rows, found ", record.sealed_rows.value());
  }
  if (record.history > durable) {
    return Concat("history: expected at most ", durable.value(), ", found ",
                  record.history.value());
  }
  return {};
}

// ---- reading

absl::Status Damaged(size_t offset, std::string_view what) {
  return absl::DataLossError(Concat("manifest record: offset ", offset, ": ", what));
}

template <typename T>
T ReadStruct(ByteReader& reader) {
  T value{};
  const std::span<const std::byte> bytes = reader.ReadBytes(sizeof(T));
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

template <typename T>
std::vector<T> ReadArray(ByteReader& reader, uint64_t count) {
  const std::span<const std::byte> bytes = reader.ReadBytes(count * sizeof(T));
  // Not made first and copied over: thousands of slices have half a million places.
  const auto* const first = reinterpret_cast<const T*>(bytes.data());
  return std::vector<T>(first, first + bytes.size() / sizeof(T));
}

// What the rules above cannot see once it is in a SliceEntry.
Problem ReadSlice(ByteReader& reader, SliceEntry& slice) {
  const auto layout = ReadStruct<SliceLayout>(reader);
  if ((layout.flags & ~kAllFlags) != 0) return Concat("flags, found ", layout.flags);
  slice.slice = layout.slice;
  slice.day = Day(layout.day);
  slice.schema_version = layout.schema_version;
  slice.shape = {.rows = layout.rows,
                 .clustered = (layout.flags & kClustered) != 0,
                 .order = {.has_tape = (layout.flags & kHasTape) != 0,
                           .has_samples = (layout.flags & kHasSamples) != 0,
                           .has_displacement = (layout.flags & kHasDisplacement) != 0}};
  slice.attached = (layout.flags & kAttached) != 0;
  slice.folded = (layout.flags & kFolded) != 0;
  slice.has_lsns = (layout.flags & kHasLsns) != 0;
  slice.least_time = layout.least_time;
  slice.greatest_time = layout.greatest_time;
  slice.least_lsn = Lsn(layout.least_lsn);
  slice.greatest_lsn = Lsn(layout.greatest_lsn);
  slice.runs = ReadArray<RowNumberRange>(reader, layout.runs);
  slice.places = ReadArray<Place>(reader, layout.places);
  return {};
}

Problem ReadDay(ByteReader& reader, DayGone& gone) {
  const auto layout = ReadStruct<DayLayout>(reader);
  gone.day = Day(layout.day);
  return layout.reserved_4 == 0 ? Problem() : Expected("reserved bytes", "0", layout.reserved_4);
}

SymbolsEntry ReadSymbols(ByteReader& reader) {
  const auto layout = ReadStruct<SymbolsLayout>(reader);
  return {ColumnId(layout.column), Generation(layout.generation), layout.symbols, layout.crc,
          layout.length};
}

Problem ReadBody(EntryKind kind, ByteReader& reader, ManifestEntry& entry) {
  switch (kind) {
    case EntryKind::kSlice:
      return ReadSlice(reader, entry.emplace<SliceEntry>());
    case EntryKind::kSliceGone:
      entry = SliceGone{reader.ReadU64()};
      return {};
    case EntryKind::kBytes:
      entry = BytesEntry{ReadStruct<Place>(reader)};
      return {};
    case EntryKind::kBytesGone:
      entry = BytesGone{ReadStruct<Place>(reader)};
      return {};
    case EntryKind::kSymbols:
      entry = ReadSymbols(reader);
      return {};
    case EntryKind::kDayGone:
      return ReadDay(reader, entry.emplace<DayGone>());
  }
  return Expected("kind", "1 to 6", static_cast<uint16_t>(kind));
}

absl::Status ReadEntry(ByteReader& reader, const RecordRules& rules, ManifestEntry& entry) {
  const size_t offset = reader.offset();
  const auto head = ReadStruct<EntryHead>(reader);
  if (!reader.ok() || head.size < sizeof(head) || head.size % kEntryAlignment != 0) {
    return Damaged(offset, Concat("entry: size, found ", head.size));
  }
  if (head.reserved_2 != 0) return Damaged(offset, "entry: reserved bytes are not 0");
  ByteReader body(reader.ReadBytes(head.size - sizeof(head)));
  if (!reader.ok()) return Damaged(offset, Concat("entry: size, found ", head.size));
  Problem problem = ReadBody(static_cast<EntryKind>(head.kind), body, entry);
  if (problem.empty() && (!body.ok() || body.remaining() != 0)) {
    problem = Expected("size", "that of its content", head.size);
  }
  if (problem.empty()) problem = EntryProblem(entry, rules);
  return problem.empty() ? absl::OkStatus() : Damaged(offset, Concat("entry: ", problem));
}

// ---- writing

template <typename... Parts>
void WriteEntry(ByteWriter& out, EntryKind kind, std::span<const Parts>... parts) {
  const size_t size = sizeof(EntryHead) + (parts.size_bytes() + ...);
  out.WriteBytes(BytesOf(EntryHead{static_cast<uint16_t>(kind), 0, static_cast<uint32_t>(size)}));
  (out.WriteBytes(std::as_bytes(parts)), ...);
}

template <typename T>
std::span<const T> One(const T& value) {
  return {&value, 1};
}

void Write(const SliceEntry& slice, ByteWriter& out) {
  const SliceLayout layout{.slice = slice.slice,
                           .day = slice.day.value(),
                           .rows = slice.shape.rows,
                           .schema_version = slice.schema_version,
                           .flags = FlagsOf(slice),
                           .least_time = slice.least_time,
                           .greatest_time = slice.greatest_time,
                           .least_lsn = slice.least_lsn.value(),
                           .greatest_lsn = slice.greatest_lsn.value(),
                           .runs = static_cast<uint32_t>(slice.runs.size()),
                           .places = static_cast<uint32_t>(slice.places.size())};
  WriteEntry(out, EntryKind::kSlice, One(layout), std::span<const RowNumberRange>(slice.runs),
             std::span<const Place>(slice.places));
}

void Write(const SliceGone& gone, ByteWriter& out) {
  WriteEntry(out, EntryKind::kSliceGone, One(gone.slice));
}

void Write(const BytesEntry& bytes, ByteWriter& out) {
  WriteEntry(out, EntryKind::kBytes, One(bytes.place));
}

void Write(const BytesGone& bytes, ByteWriter& out) {
  WriteEntry(out, EntryKind::kBytesGone, One(bytes.place));
}

void Write(const SymbolsEntry& symbols, ByteWriter& out) {
  const SymbolsLayout layout{symbols.column.value(), symbols.generation.value(), symbols.symbols,
                             symbols.crc, symbols.length};
  WriteEntry(out, EntryKind::kSymbols, One(layout));
}

void Write(const DayGone& gone, ByteWriter& out) {
  const DayLayout layout{gone.day.value(), 0};
  WriteEntry(out, EntryKind::kDayGone, One(layout));
}

absl::Status CheckRecord(const ManifestRecord& record, ManifestFrame type, Lsn durable) {
  Problem problem = HeadProblem(record, durable);
  const RecordRules rules{type, durable, record.next_slice};
  for (const ManifestEntry& entry : record.entries) {
    if (!problem.empty()) break;
    problem = EntryProblem(entry, rules);
  }
  if (problem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("manifest record: ", problem));
}

void WriteRecord(const ManifestRecord& record, ByteWriter& out) {
  out.WriteBytes(BytesOf(RecordLayout{.number = record.number,
                                      .sealed_rows = record.sealed_rows.value(),
                                      .history = record.history.value(),
                                      .schema_version = record.schema_version,
                                      .entries = static_cast<uint32_t>(record.entries.size()),
                                      .time = record.time,
                                      .next_slice = record.next_slice}));
  for (const ManifestEntry& entry : record.entries) {
    std::visit([&](const auto& body) { Write(body, out); }, entry);
  }
}

}  // namespace

std::span<const Place> SliceEntry::ColumnPlaces() const {
  const size_t others = 1 + (HasOrderSection(shape) ? 1 : 0) + (has_lsns ? 1 : 0);
  return std::span(places).first(places.size() - others);
}

const Place* SliceEntry::OrderTapePlace() const {
  return HasOrderSection(shape) ? &places[ColumnPlaces().size()] : nullptr;
}

const Place* SliceEntry::LsnsPlace() const {
  return has_lsns ? &places[places.size() - 2] : nullptr;
}

absl::StatusOr<ManifestRecord> ManifestRecord::Parse(std::span<const std::byte> record,
                                                     ManifestFrame type, Lsn durable) {
  if (reinterpret_cast<uintptr_t>(record.data()) % kEntryAlignment != 0) {
    return absl::InvalidArgumentError("manifest record: bytes not at a multiple of 8 in memory");
  }
  ByteReader reader(record);
  const auto layout = ReadStruct<RecordLayout>(reader);
  if (!reader.ok()) return Damaged(0, Concat("cut short at byte ", record.size()));
  ManifestRecord read{.number = layout.number,
                      .sealed_rows = RowNumber(layout.sealed_rows),
                      .history = Lsn(layout.history),
                      .schema_version = layout.schema_version,
                      .time = layout.time,
                      .next_slice = layout.next_slice,
                      .entries = {}};
  if (const Problem problem = HeadProblem(read, durable); !problem.empty()) {
    return Damaged(0, problem);
  }
  // The smallest entry has 16 bytes: a count that the record cannot hold allocates nothing.
  if (layout.entries > reader.remaining() / 16) {
    return Damaged(28, Concat("entries, found ", layout.entries));
  }
  const RecordRules rules{type, durable, layout.next_slice};
  read.entries.resize(layout.entries);
  for (ManifestEntry& entry : read.entries) {
    if (absl::Status status = ReadEntry(reader, rules, entry); !status.ok()) return status;
  }
  if (reader.remaining() != 0) {
    return Damaged(reader.offset(), Concat("bytes left, found ", reader.remaining()));
  }
  return read;
}

absl::Status WriteManifestRecord(const ManifestRecord& record, ManifestFrame type, Lsn durable,
                                 std::vector<std::byte>& out) {
  if (absl::Status status = CheckRecord(record, type, durable); !status.ok()) return status;
  ByteWriter writer(out);
  WriteRecord(record, writer);
  return absl::OkStatus();
}

absl::Status AppendManifestRecord(const ManifestRecord& record, ManifestFrame type, Lsn durable,
                                  FrameWriter& frames) {
  if (absl::Status status = CheckRecord(record, type, durable); !status.ok()) return status;
  WriteRecord(record, frames.Begin({.type = static_cast<uint16_t>(type), .lsn = durable}));
  return frames.End();
}

}  // namespace tape::format
