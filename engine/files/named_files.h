// Which files the newest manifest of a table names, and where in each of them writing may go on.
//
//   NamedFiles named(state);
//   const NamedFile* file = named.Newest(FileKind::kColumn, 3, day);
//   file->end;                                  // of all that a manifest ever named in it
//   named.Apply(before, record);                // after a commit
//   std::vector<TableFile> files = named.TakeUnneeded();
//
// R3: bytes that a manifest named are not written again even when no manifest names them any more,
// since a snapshot may read them. So `end` never falls while a file is named. Of a file that was
// there before this process, the end of what is named now is all that is known: where the file goes
// on behind that, one cannot tell what a crash left from what a snapshot reads, and the file is not
// written any more (`is_known` stays false; change_files.h).
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "engine/files/names.h"
#include "format/records/manifest_state.h"

namespace tape::engine {

struct NamedFile {
  uint64_t places = 0;    // how many places are in it
  uint64_t end = 0;       // of what was ever named in it, as far as this process knows
  bool is_known = false;  // nothing behind `end` was ever named
};

class NamedFiles {
 public:
  explicit NamedFiles(const format::ManifestState& state);

  // Whether the file has a place that counts.
  bool Has(const TableFile& file) const { return files_.contains(file); }
  const std::map<TableFile, NamedFile>& files() const { return files_; }
  // The file with the highest generation among those that differ only in that; null without any.
  const std::pair<const TableFile, NamedFile>* Newest(const TableFile& file) const;
  void SetKnown(const TableFile& file) { files_[file].is_known = true; }

  // A record that followed `before`.
  void Apply(const format::ManifestState& before, const format::ManifestRecord& record);

  // Files that lost their last place since this was asked before.
  std::vector<TableFile> TakeUnneeded();

 private:
  void Add(const format::Place& place);
  void Add(const format::SymbolsEntry& symbols);
  void Add(const format::SliceEntry& slice);
  void Remove(const TableFile& file);
  void Remove(const format::SliceEntry& slice);
  void Remove(const format::ManifestState& before, Day day);
  void ApplySymbols(const format::ManifestState& before, const format::SymbolsEntry& symbols);

  std::map<TableFile, NamedFile> files_;
  std::vector<TableFile> unneeded_;
};

}  // namespace tape::engine
