// Where the files of a table lie.
//
//   TablePaths paths(files, folder, schema);
//   paths.Path({FileKind::kColumn, 3, 20109, 1});     // "<folder>/2025-01-21/c0003-price.0001.col"
//   absl::StatusOr<std::unique_ptr<File>> file = paths.Open(file, OpenMode::kRead);
//
// A column that was renamed has files with its old name in theirs: Open looks for the name that it
// would get today and, where that is missing, through the folder for one that differs only in the
// part for the eye.
//
// Thread-compatible.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/files/names.h"
#include "engine/io/file_system.h"
#include "tape/schema.h"

namespace tape::engine {

class TablePaths {
 public:
  TablePaths(FileSystem& files, std::string folder, const Schema& schema);

  const std::string& folder() const { return folder_; }
  // Of what lies in this day; the table's own for no day.
  std::string FolderOf(const TableFile& file) const;

  // What a new file is called.
  std::string Path(const TableFile& file) const;
  // What a file is called that exists. kNotFound where it does not.
  absl::StatusOr<std::string> Find(const TableFile& file) const;
  // The same, opened.
  absl::StatusOr<std::unique_ptr<File>> Open(const TableFile& file, OpenMode mode) const;

 private:
  FileSystem* files_;
  std::string folder_;
  Partition partition_;
  std::map<uint32_t, std::string> columns_;  // names by id
};

// The newest manifest in a table's folder: the one with the highest generation. kNotFound where
// there is none.
absl::StatusOr<TableFile> NewestManifest(FileSystem& files, const std::string& folder);

// kDataLoss for a manifest larger than any that tape writes: asked before room is made for it.
absl::Status CheckManifestSize(uint64_t bytes);

}  // namespace tape::engine
