// The codes of a table's symbol columns, from the writer's side: text to code, and new codes.
//
//   SymbolCodes codes(table.columns);
//   codes.Learn(column, SymbolCode(1), "AAPL");                  // from dictionary, tail or WAL
//   absl::StatusOr<SymbolCode> code = codes.Intern(column, "MSFT", add);
//
// A code is never changed and never used for another text. Code 0 is NULL. Texts are kept once, in
// memory, for every column that was asked for.
//
// Thread-compatible: the appending thread's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/ids.h"

namespace tape::engine {

class SymbolCodes {
 public:
  using Add = absl::FunctionRef<absl::Status(ColumnId, SymbolCode, std::string_view)>;

  // A code that is known elsewhere. Codes come in order, one above the last; one that is known
  // already must have the same text. kDataLoss otherwise.
  absl::Status Learn(ColumnId column, SymbolCode code, std::string_view text);

  // The code of a text; of a new one the next, which `add` makes known first.
  // kResourceExhausted above kMaxSymbols, kInvalidArgument for a text above kMaxSymbolBytes.
  absl::StatusOr<SymbolCode> Intern(ColumnId column, std::string_view text, Add add);

  // Code 0 where it is unknown.
  SymbolCode Find(ColumnId column, std::string_view text) const;
  // How many codes a column has.
  uint32_t Count(ColumnId column) const;
  // Empty for code 0 and unknown ones.
  std::string_view Text(ColumnId column, SymbolCode code) const;

 private:
  struct Column {
    std::deque<std::string> texts;  // of code i + 1 at i; they do not move
    absl::flat_hash_map<std::string_view, uint32_t> codes;
  };

  std::map<ColumnId, Column> columns_;
};

}  // namespace tape::engine
