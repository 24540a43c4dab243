// The texts of those codes of a symbol column that came so far.
//
//   KnownTexts texts(table, column);
//   if (absl::Status status = texts.Learn(codes); !status.ok()) return status;
//   texts.Text(codes[0]);
//
// kDataLoss: a code that neither the dictionary nor the tail has a text for. Learn is for one
// thread, before others see the codes; the rest is thread-safe. Texts live as long as the snapshot.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/exec/vector.h"
#include "engine/read/table_snapshot.h"
#include "tape/ids.h"

namespace tape::engine::exec {

class KnownTexts : public SymbolTexts {
 public:
  KnownTexts(const TableSnapshot& table, ColumnId column) : table_(table), column_(column) {}

  absl::Status Learn(std::span<const uint32_t> codes);

  std::string_view Text(uint32_t code) const override {
    return code < texts_.size() ? texts_[code] : std::string_view();
  }
  std::optional<uint32_t> Code(std::string_view text) const override;

 private:
  absl::Status LearnOne(uint32_t code);

  const TableSnapshot& table_;
  const ColumnId column_;
  std::vector<std::string_view> texts_;  // by code; no data: not known yet
};

}  // namespace tape::engine::exec
