// Which rows of a batch are wanted, and the batch without the others.
//
//   RowFilter filter(spec);
//   const bool all = filter.Choose({.rows = 1024, .times = times, .codes = codes});
//   ColumnView kept = all ? view : filter.Keep(view, buffer);
//
// Thread-bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/read/part.h"
#include "tape/column_view.h"

namespace tape::engine {

class RowFilter {
 public:
  explicit RowFilter(const PartSpec& spec) : spec_(spec) {}

  // What rows are told by; an empty span leaves nothing out.
  struct Candidates {
    size_t rows = 0;
    std::span<const int64_t> times{};
    std::span<const uint32_t> codes{};
    std::span<const uint8_t> live{};  // 0: it is not wanted
  };

  // Whether all are wanted.
  bool Choose(const Candidates& candidates) {
    kept_.clear();
    for (uint32_t i = 0; i < candidates.rows; ++i) {
      if (!candidates.times.empty() && !spec_.times.Contains(candidates.times[i])) continue;
      if (!candidates.codes.empty() && !spec_.codes->Contains(candidates.codes[i])) continue;
      if (!candidates.live.empty() && candidates.live[i] == 0) continue;
      kept_.push_back(i);
    }
    return kept_.size() == candidates.rows;
  }

  // Those that are, ascending.
  std::span<const uint32_t> kept() const { return kept_; }

  // Their values.
  ColumnView Keep(const ColumnView& column, ColumnBuffer& buffer) const {
    buffer.Clear();
    buffer.DropValidity();
    buffer.AppendRows(column, kept_);
    return buffer.view();
  }
  template <typename T>
  std::span<const T> Keep(std::span<const T> values, std::vector<T>& buffer) const {
    buffer.clear();
    for (uint32_t row : kept_) buffer.push_back(values[row]);
    return buffer;
  }

 private:
  const PartSpec& spec_;
  std::vector<uint32_t> kept_;
};

}  // namespace tape::engine
