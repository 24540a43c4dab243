#include "engine/files/symbol_files.h"

#include <string_view>
#include <utility>

#include "engine/files/names.h"
#include "format/bytes/message.h"

namespace tape::engine {

using format::SymbolFile;

absl::StatusOr<std::shared_ptr<const SymbolFile>> SymbolFiles::Get(
    const format::SymbolsEntry& counts) {
  const MutexLock lock(&mutex_);
  Read& read = read_[counts.column];
  if (read.file != nullptr && read.file->size() >= counts.symbols) return read.file;
  const TableFile id = TableFile::Of(counts);
  absl::StatusOr<std::shared_ptr<const MappedFile>> mapped = mapped_.Get(id, counts.length);
  if (!mapped.ok()) return mapped.status();
  // On a copy, since others read in the one that was given out.
  const bool goes_on = read.file != nullptr && read.generation == id.generation;
  SymbolFile file = goes_on ? *read.file
                            : SymbolFile({.store = place_.store,
                                          .table = place_.table.value(),
                                          .column = id.column,
                                          .generation = id.generation});
  if (absl::Status status = file.Extend((*mapped)->bytes(), counts); !status.ok()) {
    const std::string_view text(status.message().data(), status.message().size());
    return absl::Status(status.code(), format::Concat((*mapped)->path(), ": ", text));
  }
  read.file = std::make_shared<const SymbolFile>(std::move(file));
  read.generation = id.generation;
  read.mappings.push_back(*std::move(mapped));
  return read.file;
}

}  // namespace tape::engine
