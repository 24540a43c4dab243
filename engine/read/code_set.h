// Some codes of a symbol column.
//
//   CodeSet codes({SymbolCode(3), SymbolCode(17)});
//   codes.Contains(3);
//
// Immutable.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "tape/ids.h"

namespace tape::engine {

class CodeSet {
 public:
  explicit CodeSet(const std::vector<SymbolCode>& codes) {
    for (SymbolCode code : codes) sorted_.push_back(code.value());
    std::ranges::sort(sorted_);
    sorted_.erase(std::unique(sorted_.begin(), sorted_.end()), sorted_.end());
    if (sorted_.empty()) return;
    bits_.resize(sorted_.back() / 64 + 1);
    for (uint32_t code : sorted_) bits_[code / 64] |= uint64_t{1} << (code % 64);
  }

  bool Contains(uint32_t code) const {
    return code / 64 < bits_.size() && (bits_[code / 64] >> (code % 64) & 1) != 0;
  }
  // Ascending.
  const std::vector<uint32_t>& sorted() const { return sorted_; }

 private:
  std::vector<uint32_t> sorted_;
  std::vector<uint64_t> bits_;  // at most 2 MiB: kMaxSymbols
};

}  // namespace tape::engine
