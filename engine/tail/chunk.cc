#include "engine/tail/chunk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/io/file_system.h"
#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::FileHeader;
using format::FileIdentity;
using format::FileKind;

constexpr uint64_t kArrayAlignment = 64;
constexpr uint64_t kReadable = 64;  // behind every array
constexpr uint64_t kMaxChunkBytes = uint64_t{64} << 20;
constexpr uint64_t kFirstRows = 1024;
constexpr uint64_t kFirstBytes = uint64_t{64} << 10;
constexpr uint64_t kDirectory = 128;  // where it begins

uint64_t RoundUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

std::string_view RoleName(TailRole role) {
  switch (role) {
    case TailRole::kRows:
      return "rows";
    case TailRole::kHeap:
      return "heap";
    case TailRole::kSymbols:
      return "symbols";
    case TailRole::kKills:
      return "kills";
    case TailRole::kHeads:
      return "heads";
    case TailRole::kKeys:
      return "keys";
  }
  return "unknown";
}

TailArray ArrayOf(TailRole role) {
  switch (role) {
    case TailRole::kHeap:
      return TailArray::kHeap;
    case TailRole::kSymbols:
      return TailArray::kSymbols;
    case TailRole::kKills:
      return TailArray::kKills;
    case TailRole::kHeads:
      return TailArray::kHeads;
    case TailRole::kKeys:
      return TailArray::kKeys;
    case TailRole::kRows:
      return TailArray::kValues;
  }
  return TailArray::kValues;
}

size_t ValueBytes(Physical physical) {
  return physical == Physical::kBytes ? sizeof(TailBytes) : PhysicalSize(physical);
}

// Bytes of one entry of an array.
uint64_t ArrayEntryBytes(const ChunkArray& array) {
  switch (array.kind) {
    case TailArray::kValues:
      return ValueBytes(static_cast<Physical>(array.physical));
    case TailArray::kValidity:
    case TailArray::kHeap:
    case TailArray::kSymbols:
      return 1;
    case TailArray::kLsn:
    case TailArray::kBefore:
    case TailArray::kHeads:
      return 8;
    case TailArray::kKills:
    case TailArray::kKeys:
      return 16;
  }
  return 0;
}

// Gives every array its place and the plan its size.
void LayOut(ChunkPlan& plan) {
  uint64_t at = RoundUp(kDirectory + plan.arrays.size() * sizeof(ChunkArray), kArrayAlignment);
  for (ChunkArray& array : plan.arrays) {
    array.offset = at;
    array.size = ArrayEntryBytes(array) * plan.capacity;
    at = RoundUp(at + array.size + kReadable, kArrayAlignment);
  }
  plan.size = RoundUp(at, 4096);
}

FileIdentity ChunkIdentity(const ChunkName& name, TailRole role) {
  FileIdentity file = name.table;
  file.column = static_cast<uint32_t>(role);
  file.generation = static_cast<uint32_t>(name.number);
  file.day = format::kNoDay;
  return file;
}

uint32_t HeaderCrc(std::span<const std::byte> bytes, const FileIdentity& file, size_t arrays) {
  const uint32_t seed = format::PlaceSeed(FileKind::kTailChunk, file).At(64);
  const uint32_t header = format::ExtendCrc32c(seed, bytes.subspan(64, 60));
  return format::ExtendCrc32c(header, bytes.subspan(kDirectory, arrays * sizeof(ChunkArray)));
}

absl::Status Damaged(std::string_view what, uint64_t expected, uint64_t found) {
  return absl::DataLossError(
      Concat("tail chunk: ", what, ": expected ", expected, ", found ", found));
}

// Every page of a new file, there to be stored into.
absl::StatusOr<std::unique_ptr<Mapping>> MapNew(File& file, uint64_t size) {
  if (absl::Status status = file.Allocate(size); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<Mapping>> mapping = file.Map(0, size, MapMode::kReadWrite);
  if (!mapping.ok()) return mapping;
  if (absl::Status status = (*mapping)->Prefault(); !status.ok()) return status;
  return mapping;
}

bool IsArrayKind(TailArray kind) { return kind >= TailArray::kValues && kind <= TailArray::kKeys; }

bool IsPhysical(uint8_t byte) {
  return byte >= static_cast<uint8_t>(Physical::kBool) &&
         byte <= static_cast<uint8_t>(Physical::kBytes);
}

absl::Status CheckArray(const ChunkArray& array, const ChunkHeader& header) {
  const bool values = array.kind == TailArray::kValues;
  if (!IsArrayKind(array.kind))
    return Damaged("kind of array", 1, static_cast<uint8_t>(array.kind));
  if (values ? !IsPhysical(array.physical) : array.physical != 0) {
    return Damaged("physical form", 0, array.physical);
  }
  if (array.offset % kArrayAlignment != 0 || array.offset > header.size) {
    return Damaged("offset of an array, below", header.size, array.offset);
  }
  // No overflow: the capacity is at most the size of a file.
  if (array.size != ArrayEntryBytes(array) * header.capacity) {
    return Damaged("size of an array", ArrayEntryBytes(array) * header.capacity, array.size);
  }
  if (array.size + kReadable > header.size - array.offset) {
    return Damaged("bytes of an array, at most", header.size - array.offset, array.size);
  }
  return absl::OkStatus();
}

}  // namespace

// ---- plans

ChunkPlan PlanRows(std::span<const TailColumn> columns, bool clustered, uint64_t capacity,
                   uint32_t schema_version) {
  ChunkPlan plan{.role = TailRole::kRows, .schema_version = schema_version, .capacity = capacity};
  for (const TailColumn& column : columns) {
    plan.values.push_back(plan.arrays.size());
    plan.arrays.push_back({.column = column.id.value(),
                           .kind = TailArray::kValues,
                           .physical = static_cast<uint8_t>(column.physical)});
    plan.validity.push_back(std::nullopt);
    if (!column.nullable || column.physical == Physical::kCode32) continue;
    plan.validity.back() = plan.arrays.size();
    plan.arrays.push_back({.column = column.id.value(), .kind = TailArray::kValidity});
  }
  plan.lsn = plan.arrays.size();
  plan.arrays.push_back({.kind = TailArray::kLsn});
  if (clustered) {
    plan.before = plan.arrays.size();
    plan.arrays.push_back({.kind = TailArray::kBefore});
  }
  LayOut(plan);
  return plan;
}

ChunkPlan PlanChunk(TailRole role, uint64_t capacity) {
  ChunkPlan plan{.role = role, .capacity = capacity};
  plan.arrays.push_back({.kind = ArrayOf(role)});
  LayOut(plan);
  return plan;
}

uint64_t RowBytes(std::span<const TailColumn> columns, bool clustered) {
  uint64_t bytes = sizeof(uint64_t) + (clustered ? sizeof(uint64_t) : 0);
  for (const TailColumn& column : columns) {
    bytes += ValueBytes(column.physical);
    if (column.nullable && column.physical != Physical::kCode32) ++bytes;
  }
  return bytes;
}

uint64_t EntryBytes(TailRole role) {
  ChunkArray array{.kind = ArrayOf(role), .physical = static_cast<uint8_t>(Physical::kInt64)};
  return ArrayEntryBytes(array);
}

uint64_t GrownCapacity(TailRole role, uint64_t capacity, uint64_t entry_bytes) {
  const bool bytes = role == TailRole::kHeap || role == TailRole::kSymbols;
  if (capacity == 0) return bytes ? kFirstBytes : kFirstRows;
  const bool fits = 2 * capacity <= kMaxChunkBytes / entry_bytes;
  return fits ? 2 * capacity : capacity;
}

// ---- names

std::string TableControlName(TableId table) {
  std::string digits = std::to_string(table.value());
  digits.insert(0, digits.size() < 6 ? 6 - digits.size() : 0, '0');
  return Concat("t", digits, ".control");
}

std::string ChunkFileName(const ChunkName& name, TailRole role) {
  std::string table = std::to_string(name.table.table);
  table.insert(0, table.size() < 6 ? 6 - table.size() : 0, '0');
  std::string number = format::Hex(name.number).substr(2);
  number.insert(0, number.size() < 8 ? 8 - number.size() : 0, '0');
  return Concat("t", table, ".", RoleName(role), ".", number);
}

// ---- TailChunk

absl::StatusOr<std::unique_ptr<TailChunk>> TailChunk::Create(FileSystem& files,
                                                             const std::string& folder,
                                                             const ChunkName& name,
                                                             const ChunkPlan& plan) {
  const std::string path = JoinPath(folder, ChunkFileName(name, plan.role));
  absl::StatusOr<std::unique_ptr<File>> file = files.Open(path, OpenMode::kCreateNew);
  if (absl::IsAlreadyExists(file.status())) {
    // A process died after it had made the chunk and before anybody knew of it.
    if (absl::Status status = files.Unlink(path); !status.ok()) return status;
    file = files.Open(path, OpenMode::kCreateNew);
  }
  if (!file.ok()) return file.status();
  absl::StatusOr<std::unique_ptr<Mapping>> mapping = MapNew(**file, plan.size);
  if (!mapping.ok()) {
    files.Unlink(path).IgnoreError();  // nobody knows of it yet; what matters is the first error
    return mapping.status();
  }
  const ChunkHeader header{.role = plan.role,
                           .schema_version = plan.schema_version,
                           .chunk = name.number,
                           .capacity = plan.capacity,
                           .size = plan.size,
                           .arrays = static_cast<uint32_t>(plan.arrays.size())};
  std::unique_ptr<TailChunk> chunk(new TailChunk(*std::move(mapping), header, plan.arrays));
  chunk->WriteHeader(ChunkIdentity(name, plan.role));
  return chunk;
}

absl::StatusOr<std::unique_ptr<TailChunk>> TailChunk::Open(FileSystem& files,
                                                           const std::string& folder,
                                                           const ChunkName& name, TailRole role,
                                                           MapMode mode) {
  const std::string path = JoinPath(folder, ChunkFileName(name, role));
  absl::StatusOr<std::unique_ptr<File>> file =
      files.Open(path, mode == MapMode::kRead ? OpenMode::kRead : OpenMode::kReadWrite);
  if (!file.ok()) return file.status();
  absl::StatusOr<FileStat> stat = (*file)->Stat();
  if (!stat.ok()) return stat.status();
  absl::StatusOr<std::unique_ptr<Mapping>> mapping = (*file)->Map(0, stat->size, mode);
  if (!mapping.ok()) return mapping.status();
  std::vector<ChunkArray> arrays;
  absl::StatusOr<ChunkHeader> header =
      ParseHeader((*mapping)->bytes(), ChunkIdentity(name, role), role, arrays);
  if (!header.ok()) {
    return absl::Status(header.status().code(),
                        Concat(path, ": ", std::string(header.status().message())));
  }
  return std::unique_ptr<TailChunk>(new TailChunk(*std::move(mapping), *header, std::move(arrays)));
}

absl::StatusOr<ChunkHeader> TailChunk::ParseHeader(std::span<const std::byte> bytes,
                                                   const FileIdentity& file, TailRole role,
                                                   std::vector<ChunkArray>& arrays) {
  if (bytes.size() < kDirectory) return Damaged("bytes, at least", kDirectory, bytes.size());
  absl::StatusOr<FileHeader> found = FileHeader::Parse(bytes, FileKind::kTailChunk);
  if (!found.ok()) return found.status();
  if (absl::Status status = found->Matches(file); !status.ok()) return status;
  ChunkHeader header;
  std::memcpy(&header, bytes.data() + 64, sizeof(header));
  if (header.size != bytes.size()) return Damaged("size of the file", header.size, bytes.size());
  if (header.arrays > (bytes.size() - kDirectory) / sizeof(ChunkArray)) {
    return Damaged("arrays, at most", (bytes.size() - kDirectory) / sizeof(ChunkArray),
                   header.arrays);
  }
  const uint32_t crc = HeaderCrc(bytes, file, header.arrays);
  if (crc != header.crc) return Damaged("CRC of the header", crc, header.crc);
  if (header.role != role) {
    return Damaged("role", static_cast<uint8_t>(role), static_cast<uint8_t>(header.role));
  }
  if (header.capacity == 0 || header.capacity > header.size) {
    return Damaged("capacity, at most", header.size, header.capacity);
  }
  arrays.resize(header.arrays);
  std::memcpy(arrays.data(), bytes.data() + kDirectory, arrays.size() * sizeof(ChunkArray));
  for (const ChunkArray& array : arrays) {
    if (absl::Status status = CheckArray(array, header); !status.ok()) return status;
  }
  const bool one = arrays.size() == 1 && arrays[0].kind == ArrayOf(role);
  if (role != TailRole::kRows && !one) return Damaged("arrays", 1, arrays.size());
  return header;
}

void TailChunk::WriteHeader(const FileIdentity& file) {
  std::byte* bytes = mapping_->writable().data();
  const FileHeader head{.kind = FileKind::kTailChunk, .identity = file};
  const auto serialized = head.Serialize();
  std::memcpy(bytes, serialized.data(), serialized.size());
  std::memcpy(bytes + 64, &header_, sizeof(header_));
  std::memcpy(bytes + kDirectory, arrays_.data(), arrays_.size() * sizeof(ChunkArray));
  header_.crc = HeaderCrc(mapping_->bytes(), file, arrays_.size());
  std::memcpy(bytes + 64, &header_, sizeof(header_));
}

std::optional<size_t> TailChunk::Find(TailArray kind, ColumnId column) const {
  const auto found = std::ranges::find_if(arrays_, [&](const ChunkArray& array) {
    return array.kind == kind && array.column == column.value();
  });
  if (found == arrays_.end()) return std::nullopt;
  return static_cast<size_t>(found - arrays_.begin());
}

// NULL is code 0 there, and no byte of validity.
bool TailChunk::IsCodes(const ChunkArray& array) {
  return array.kind == TailArray::kValues &&
         array.physical == static_cast<uint8_t>(Physical::kCode32);
}

// An entry that is not stored is NULL, never committed, a free slot, or the end of the records: all
// of them zeros.
void TailChunk::ClearValidity() {
  for (const ChunkArray& array : arrays_) {
    const bool fresh_is_zero = array.kind == TailArray::kValidity ||
                               array.kind == TailArray::kLsn || array.kind == TailArray::kSymbols ||
                               array.kind == TailArray::kHeads || array.kind == TailArray::kKeys ||
                               IsCodes(array);
    if (fresh_is_zero) std::memset(mapping_->writable().data() + array.offset, 0, array.size);
  }
}

absl::Status TailChunk::Recycle(FileSystem& files, const std::string& folder, const ChunkName& from,
                                const ChunkName& to) {
  ClearValidity();
  header_.chunk = to.number;
  WriteHeader(ChunkIdentity(to, header_.role));
  return files.Rename(JoinPath(folder, ChunkFileName(from, header_.role)),
                      JoinPath(folder, ChunkFileName(to, header_.role)));
}

}  // namespace tape::engine
