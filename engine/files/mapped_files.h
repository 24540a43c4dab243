// Files of a table in memory: each mapped once, when first needed, for all who read in it.
//
//   MappedFiles mapped(place, paths, /*unused_bytes_max=*/1 << 30);
//   absl::StatusOr<std::shared_ptr<const MappedFile>> file = mapped.Get(id, place.offset + length);
//   (*file)->bytes().subspan(place.offset, place.length);
//
// A mapping lives as long as somebody has it. Those that nobody has are kept, the most recently
// used first, up to the limit, which is looked at whenever a file is mapped. A file that has grown
// beyond its mapping is mapped anew.
//
// Get: kNotFound where the file is gone, so that the snapshot has expired (R4); kDataLoss where it
// ends too early or its header is damaged or another file's; kUnimplemented where it is newer.
//
// Thread-safe. MappedFile: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/files/names.h"
#include "engine/files/table_paths.h"
#include "engine/files/table_place.h"
#include "engine/io/file_system.h"
#include "engine/io/mutex.h"
#include "format/bytes/file_header.h"
#include "format/layout/extent_view.h"

namespace tape::engine {

class MappedFile {
 public:
  MappedFile(std::string path, const format::FileHeader& header, std::unique_ptr<Mapping> mapping)
      : path_(std::move(path)), seeds_(header), mapping_(std::move(mapping)) {}

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return mapping_->bytes(); }
  format::ExtentPlace At(uint64_t offset) const { return {.seeds = seeds_, .offset = offset}; }

 private:
  std::string path_;
  format::PlaceSeed seeds_;
  std::unique_ptr<Mapping> mapping_;
};

class MappedFiles {
 public:
  MappedFiles(const TablePlace& place, const Schema& schema, uint64_t unused_bytes_max);

  // The file, mapped up to `end` at least.
  absl::StatusOr<std::shared_ptr<const MappedFile>> Get(const TableFile& file, uint64_t end);

  // Of all mappings that are held here, and of those that nobody else holds.
  uint64_t mapped_bytes() const;
  uint64_t unused_bytes() const;

 private:
  struct Kept {
    TableFile id;
    std::shared_ptr<const MappedFile> file;
  };
  using KeptList = std::list<Kept>;

  absl::StatusOr<std::shared_ptr<const MappedFile>> Map(const TableFile& file, uint64_t end) const;
  void Keep(const TableFile& id, std::shared_ptr<const MappedFile> file)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropUnused() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint64_t UnusedBytes() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  TablePlace place_;
  TablePaths paths_;
  uint64_t unused_bytes_max_;
  mutable Mutex mutex_;
  KeptList kept_ ABSL_GUARDED_BY(mutex_);  // most recently used first
  std::map<TableFile, KeptList::iterator> by_file_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tape::engine
