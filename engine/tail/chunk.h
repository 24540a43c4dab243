// One chunk of a tail: a file of arrays in shared memory.
//
//   ChunkPlan plan = PlanRows(columns, /*clustered=*/true, /*capacity=*/1024);
//   absl::StatusOr<std::unique_ptr<TailChunk>> chunk =
//       TailChunk::Create(files, folder, {.file = table_identity, .number = 1}, plan);
//   auto* prices = (*chunk)->Writable<int64_t>(plan.values[3]);
//
//   absl::StatusOr<std::unique_ptr<TailChunk>> same =
//       TailChunk::Open(files, folder, {.file = table_identity, .number = 1}, TailRole::kRows);
//
// Create reserves and touches every page, so that a full disk is an error here and nobody faults
// later. Open believes nothing of the file that its checksum and its size do not confirm; what the
// arrays hold changes while it is read and is checked by whoever uses it.
//
// Bytes: docs/format/tail.md. TailChunk: immutable but for its arrays; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/tail/tail_layout.h"
#include "format/bytes/place.h"
#include "tape/ids.h"
#include "tape/type.h"

namespace tape::engine {

// ---- what is in a chunk

struct TailColumn {
  ColumnId id;
  Physical physical = Physical::kInt64;
  bool nullable = true;  // code32 columns never are: their NULL is code 0
};

// The arrays of a chunk, and where to look for each.
struct ChunkPlan {
  TailRole role = TailRole::kRows;
  uint32_t schema_version = 0;
  uint64_t capacity = 0;
  std::vector<ChunkArray> arrays{};
  std::vector<size_t> values{};                   // rows: array of each column's values
  std::vector<std::optional<size_t>> validity{};  // rows: of its validity, where it may be NULL
  size_t lsn = 0;                                 // rows
  std::optional<size_t> before{};                 // rows of a clustered table
  uint64_t size = 0;                              // of the file
};

ChunkPlan PlanRows(std::span<const TailColumn> columns, bool clustered, uint64_t capacity,
                   uint32_t schema_version);
// Every other role: one array of `capacity` entries.
ChunkPlan PlanChunk(TailRole role, uint64_t capacity);

// Bytes of one row in the arrays of a rows chunk.
uint64_t RowBytes(std::span<const TailColumn> columns, bool clustered);

// How large the chunk after one of `capacity` is (0: the first of its chain): twice, to at most 64
// MiB.
uint64_t GrownCapacity(TailRole role, uint64_t capacity, uint64_t entry_bytes);

// Bytes of one entry of a chunk that is not of rows.
uint64_t EntryBytes(TailRole role);

// ---- the file

// Whose chunk: the table's identity (its column and generation are set here) and the number.
struct ChunkName {
  format::FileIdentity table;
  uint64_t number = 0;
};

// "t000017.rows.00000001"
std::string ChunkFileName(const ChunkName& name, TailRole role);
// "t000017.control"
std::string TableControlName(TableId table);

class TailChunk {
 public:
  static absl::StatusOr<std::unique_ptr<TailChunk>> Create(FileSystem& files,
                                                           const std::string& folder,
                                                           const ChunkName& name,
                                                           const ChunkPlan& plan);

  // kNotFound where it is gone, kDataLoss where it is something else. A chunk of another number
  // under this name is gone as well.
  static absl::StatusOr<std::unique_ptr<TailChunk>> Open(FileSystem& files,
                                                         const std::string& folder,
                                                         const ChunkName& name, TailRole role,
                                                         MapMode mode);

  uint64_t number() const { return header_.chunk; }
  uint64_t capacity() const { return header_.capacity; }
  uint32_t schema_version() const { return header_.schema_version; }
  uint64_t size_bytes() const { return header_.size; }
  std::span<const ChunkArray> arrays() const { return arrays_; }

  // The array's index, if the chunk has it.
  std::optional<size_t> Find(TailArray kind, ColumnId column = ColumnId()) const;

  template <typename T>
  T* Writable(size_t array) const {
    return reinterpret_cast<T*>(mapping_->writable().data() + arrays_[array].offset);
  }
  // Empty for an array that the chunk does not have.
  template <typename T>
  std::span<const T> Entries(size_t array) const {
    if (array >= arrays_.size()) return {};
    return {reinterpret_cast<const T*>(mapping_->data() + arrays_[array].offset),
            arrays_[array].size / sizeof(T)};
  }

  // Makes this the chunk of another number, with arrays as fresh as new ones. Only when no reader
  // can still see it.
  absl::Status Recycle(FileSystem& files, const std::string& folder, const ChunkName& from,
                       const ChunkName& to);

 private:
  TailChunk(std::unique_ptr<Mapping> mapping, const ChunkHeader& header,
            std::vector<ChunkArray> arrays)
      : mapping_(std::move(mapping)), header_(header), arrays_(std::move(arrays)) {}

  static absl::StatusOr<ChunkHeader> ParseHeader(std::span<const std::byte> bytes,
                                                 const format::FileIdentity& file, TailRole role,
                                                 std::vector<ChunkArray>& arrays);
  void WriteHeader(const format::FileIdentity& file);
  static bool IsCodes(const ChunkArray& array);
  void ClearValidity();

  std::unique_ptr<Mapping> mapping_;
  ChunkHeader header_;
  std::vector<ChunkArray> arrays_;
};

}  // namespace tape::engine
