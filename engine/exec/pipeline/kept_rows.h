// Rows that an operator has to keep: copies of them, column by column.
//
//   KeptRows kept(types, needed);
//   kept.Append(*rows.batch, rows.selection);
//   Batch batch = kept.Take({7, 3, KeptRows::kNoRow});      // the third row is NULL throughout
//
// Texts of symbols are not copied: they live as long as whoever gave out the codes. Batches that
// were taken refer to texts in here. Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/exec/enum_labels.h"
#include "engine/exec/selection.h"
#include "engine/exec/vector.h"
#include "tape/column_view.h"
#include "tape/type.h"

namespace tape::engine::exec {

class KeptRows {
 public:
  static constexpr uint32_t kNoRow = std::numeric_limits<uint32_t>::max();

  // Columns that are not needed are NULL in what is taken; none said: all are needed.
  explicit KeptRows(const std::vector<Type>& types, const std::vector<bool>& needed = {});

  void Append(const Batch& batch, const Selection& rows);
  void Clear();

  size_t size() const { return size_; }
  // Of memory, about.
  uint64_t bytes() const { return size_ * row_bytes_ + text_bytes_; }

  Batch Take(std::span<const uint32_t> rows) const;
  // As ORDER BY has it, of two rows that are not NULL there.
  int Compare(size_t column, uint32_t a, uint32_t b, const EnumLabels* labels) const;
  bool IsNull(size_t column, uint32_t row) const { return columns_[column].validity[row] == 0; }

 private:
  struct KeptColumn {
    Type type{};
    bool needed = true;
    PaddedBytes elements{};
    std::vector<uint8_t> validity{};
    TextArena arena{};
  };

  void AppendColumn(const Vector& from, const Selection& rows, KeptColumn& to);
  static Vector TakeColumn(const KeptColumn& from, std::span<const uint32_t> rows);

  std::vector<KeptColumn> columns_;
  size_t size_ = 0;
  uint64_t row_bytes_ = 0;
  uint64_t text_bytes_ = 0;
};

}  // namespace tape::engine::exec
