// The symbols of a table's tail: those that no dictionary may have yet.
//
//   TailSymbols symbols;
//   absl::Status status = symbols.ReadUpTo(scan, end);      // what was added since
//   symbols.Text(column, code, end);                        // as a snapshot with this end sees it
//
// The chain is read once, from where it was left, and what an older snapshot's copy of it has
// before that when it asks. Symbols that the writer took out of the chain
// before they were read are in the dictionary of every manifest version from then on. Codes and
// texts never change, so that one of these serves all snapshots of a tail.
//
// Thread-safe; texts live as long as it does.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "engine/io/mutex.h"
#include "engine/tail/tail_scan.h"
#include "tape/ids.h"

namespace tape::engine {

class TailSymbols {
 public:
  // kDataLoss where a code comes again with another text.
  absl::Status ReadUpTo(const TailScan& scan, uint64_t end);

  // Nothing for a code that does not come in the first `end` bytes of the chain.
  std::optional<std::string_view> Text(ColumnId column, SymbolCode code, uint64_t end) const;
  // Code 0 for a text that does not.
  SymbolCode Code(ColumnId column, std::string_view text, uint64_t end) const;

 private:
  struct Symbol {
    std::string text;
    uint64_t at = 0;  // byte of the chain
  };
  using Key = std::pair<ColumnId, uint32_t>;

  absl::Status Read(const TailScan& scan, uint64_t position, uint64_t end)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Learn(const TailSymbol& symbol, uint64_t position)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  // Bytes of the chain that were read without a gap, by the newest snapshot that asked.
  uint64_t first_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t read_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<Key, Symbol> by_code_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<ColumnId, std::string_view>, uint32_t> by_text_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tape::engine
