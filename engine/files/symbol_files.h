// The dictionaries of a table, read as far as a version counts them.
//
//   SymbolFiles symbols(place, mapped);
//   absl::StatusOr<std::shared_ptr<const format::SymbolFile>> file = symbols.Get(version, column);
//   (*file)->Text(SymbolCode(3));          // may have more symbols than the version counts
//
// Codes never change, so one that has read further serves older versions too. Mappings are kept:
// texts live as long as this object.
//
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/files/mapped_files.h"
#include "engine/files/table_place.h"
#include "engine/io/mutex.h"
#include "format/records/manifest_record.h"
#include "format/records/symbol_section.h"

namespace tape::engine {

class SymbolFiles {
 public:
  // What it is made from must outlive it.
  SymbolFiles(const TablePlace& place, MappedFiles& mapped) : place_(place), mapped_(mapped) {}

  absl::StatusOr<std::shared_ptr<const format::SymbolFile>> Get(const format::SymbolsEntry& counts);

 private:
  struct Read {
    std::shared_ptr<const format::SymbolFile> file;
    uint32_t generation = 0;
    std::vector<std::shared_ptr<const MappedFile>> mappings;  // all that texts may lie in
  };

  const TablePlace& place_;
  MappedFiles& mapped_;
  Mutex mutex_;
  std::map<ColumnId, Read> read_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tape::engine
