#include "engine/read/tail_symbols.h"

#include <algorithm>

#include "format/bytes/message.h"

namespace tape::engine {

absl::Status TailSymbols::ReadUpTo(const TailScan& scan, uint64_t end) {
  MutexLock lock(&mutex_);
  const uint64_t begin = scan.chains().Begin(TailRole::kSymbols);
  // What this snapshot's chain begins with and a newer one had no more.
  if (absl::Status status = Read(scan, begin, std::min(end, first_)); !status.ok()) return status;
  if (begin > read_ || read_ == 0) first_ = begin;  // a gap: the dictionaries have it
  if (end >= first_) first_ = std::min(first_, begin);
  if (absl::Status s = Read(scan, std::max(read_, begin), end); !s.ok()) return s;
  read_ = std::max(read_, end);
  return absl::OkStatus();
}

absl::Status TailSymbols::Read(const TailScan& scan, uint64_t position, uint64_t end) {
  if (position >= end) return absl::OkStatus();
  absl::Status learned;
  const auto learn = [&](const TailSymbol& symbol) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (learned.ok()) learned = Learn(symbol, position);
    position += SymbolRecordBytes(symbol.text.size());
  };
  const absl::Status status = scan.ForEachSymbol(position, end, learn);
  return status.ok() ? learned : status;
}

absl::Status TailSymbols::Learn(const TailSymbol& symbol, uint64_t position) {
  const Key key(symbol.column, symbol.code.value());
  const auto [known, fresh] = by_code_.try_emplace(key, Symbol{std::string(symbol.text), position});
  if (!fresh && known->second.text != symbol.text) {
    return absl::DataLossError(format::Concat("tail: code ", symbol.code.value(), " of column ",
                                              symbol.column.value(), " has two texts"));
  }
  if (fresh) by_text_[{symbol.column, known->second.text}] = symbol.code.value();
  return absl::OkStatus();
}

std::optional<std::string_view> TailSymbols::Text(ColumnId column, SymbolCode code,
                                                  uint64_t end) const {
  MutexLock lock(&mutex_);
  const auto found = by_code_.find({column, code.value()});
  if (found == by_code_.end() || found->second.at >= end) return std::nullopt;
  return found->second.text;
}

SymbolCode TailSymbols::Code(ColumnId column, std::string_view text, uint64_t end) const {
  MutexLock lock(&mutex_);
  const auto found = by_text_.find({column, text});
  if (found == by_text_.end()) return kNullSymbol;
  const auto symbol = by_code_.find({column, found->second});
  return symbol->second.at < end ? SymbolCode(found->second) : kNullSymbol;
}

}  // namespace tape::engine
