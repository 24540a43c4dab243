#include "engine/write/symbol_codes.h"

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine {

using format::Concat;

absl::Status SymbolCodes::Learn(ColumnId column, SymbolCode code, std::string_view text) {
  Column& known = columns_[column];
  if (code.value() == 0 || code.value() > known.texts.size() + 1) {
    return absl::DataLossError(Concat("symbols of column ", column.value(), ": expected code ",
                                      known.texts.size() + 1, ", found ", code.value()));
  }
  if (code.value() <= known.texts.size()) {
    if (known.texts[code.value() - 1] == text) return absl::OkStatus();
    return absl::DataLossError(Concat("symbols of column ", column.value(), ": code ", code.value(),
                                      " is '", known.texts[code.value() - 1], "' and '", text,
                                      "'"));
  }
  known.texts.emplace_back(text);
  known.codes.emplace(known.texts.back(), code.value());
  return absl::OkStatus();
}

absl::StatusOr<SymbolCode> SymbolCodes::Intern(ColumnId column, std::string_view text, Add add) {
  Column& known = columns_[column];
  const auto found = known.codes.find(text);
  if (found != known.codes.end()) return SymbolCode(found->second);
  if (text.size() > kMaxSymbolBytes) {
    return absl::InvalidArgumentError(
        Concat("a symbol has at most ", kMaxSymbolBytes, " bytes, this one has ", text.size()));
  }
  if (known.texts.size() >= kMaxSymbols) {
    return absl::ResourceExhaustedError(
        Concat("column ", column.value(), " has ", kMaxSymbols, " symbols: no more can be added"));
  }
  const SymbolCode code(static_cast<uint32_t>(known.texts.size()) + 1);
  if (absl::Status status = add(column, code, text); !status.ok()) return status;
  if (absl::Status status = Learn(column, code, text); !status.ok()) return status;
  return code;
}

SymbolCode SymbolCodes::Find(ColumnId column, std::string_view text) const {
  const auto known = columns_.find(column);
  if (known == columns_.end()) return kNullSymbol;
  const auto found = known->second.codes.find(text);
  return found == known->second.codes.end() ? kNullSymbol : SymbolCode(found->second);
}

uint32_t SymbolCodes::Count(ColumnId column) const {
  const auto known = columns_.find(column);
  return known == columns_.end() ? 0 : static_cast<uint32_t>(known->second.texts.size());
}

std::string_view SymbolCodes::Text(ColumnId column, SymbolCode code) const {
  const auto known = columns_.find(column);
  if (known == columns_.end() || code.value() == 0) return {};
  if (code.value() > known->second.texts.size()) return {};
  return known->second.texts[code.value() - 1];
}

}  // namespace tape::engine
