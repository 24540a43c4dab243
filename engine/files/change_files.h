// The files that one change of a table writes to: bytes behind those that count.
//
//   ChangeFiles files(place, paths, named, /*new_generation=*/Generation(7));
//   absl::StatusOr<format::ExtentPlace> at = files.Next(file);     // where a section would go
//   absl::StatusOr<format::Place> place = files.Append(file, bytes);
//   absl::Status status = files.Sync();                            // and the folders of new names
//
// A section goes behind the one before it, at a multiple of 64, or of 4,096 after a sync (W8);
// what is between is zero. Files are named here without their generation: the newest that the
// manifest names is written on, and a new one is made where there is none, or where the old one
// must not be written on: bytes behind those that count may be a removed slice's, which a snapshot
// reads (R3), and a file with a second name is somebody's copy.
//
// The generation of new files is the number of the manifest record that will name them: it is never
// used again, so that a file of that name is what a crash or a change without a commit has left,
// and is removed.
//
// Nothing is truncated: a reader may have mapped the file. Bytes that never counted and are not
// written over lie behind the end, where nothing leads.
//
// Thread-compatible; what it is made from must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/files/named_files.h"
#include "engine/files/names.h"
#include "engine/files/table_paths.h"
#include "engine/files/table_place.h"
#include "engine/io/file_system.h"
#include "format/bytes/file_header.h"
#include "format/layout/extent_view.h"
#include "format/records/manifest_record.h"

namespace tape::engine {

class ChangeFiles {
 public:
  ChangeFiles(const TablePlace& place, const TablePaths& paths, NamedFiles& named,
              Generation new_generation);

  // From here on every file is a new one, beside those that are there: what a fold writes.
  void StartAnew() { starts_anew_ = true; }

  // Where the next section of this file goes. Makes no file yet.
  absl::StatusOr<format::ExtentPlace> Next(const TableFile& file);
  // Writes a section there; its size is a multiple of 64.
  absl::StatusOr<format::Place> Append(const TableFile& file, std::span<const std::byte> bytes);
  // All files and folders that were written since. Once it has failed, nothing that was written may
  // be named (W6): sync_failed() tells a sync that failed from a write that did.
  absl::Status Sync();
  bool sync_failed() const { return sync_failed_; }
  // Everything that was written is synced.
  bool synced() const { return synced_; }

 private:
  struct OpenFile {
    TableFile id;
    format::FileHeader header;
    std::unique_ptr<File> file;  // null: to be made
    uint64_t end = format::kFileHeaderSize;
    uint64_t next = format::kFileHeaderSize;
    bool is_dirty = false;
  };

  absl::StatusOr<OpenFile*> Find(const TableFile& file);
  absl::StatusOr<bool> WriteOn(const TableFile& id, const NamedFile& named, OpenFile& open);
  absl::Status Make(OpenFile& open);
  absl::Status MakeFolder(const std::string& folder);
  absl::Status Sync(OpenFile& open);

  const TablePlace& place_;
  const TablePaths& paths_;
  NamedFiles& named_;
  Generation new_generation_;
  std::map<TableFile, OpenFile> files_;  // by what they are called here
  std::set<std::string> folders_;        // that have new names
  bool starts_anew_ = false;
  bool synced_ = true;
  bool sync_failed_ = false;
};

}  // namespace tape::engine
