#include "engine/exec/enum_labels.h"

#include <algorithm>
#include <numeric>

namespace tape::engine::exec {

EnumLabels::EnumLabels(std::vector<std::string> labels, std::string type_name)
    : labels_(std::move(labels)), by_text_(labels_.size()), type_name_(std::move(type_name)) {
  std::iota(by_text_.begin(), by_text_.end(), 0U);
  std::sort(by_text_.begin(), by_text_.end(),
            [this](uint32_t a, uint32_t b) { return labels_[a] < labels_[b]; });
}

std::optional<uint32_t> EnumLabels::Rank(std::string_view label) const {
  const auto found = std::lower_bound(
      by_text_.begin(), by_text_.end(), label,
      [this](uint32_t rank, std::string_view text) { return labels_[rank] < text; });
  if (found == by_text_.end() || labels_[*found] != label) return std::nullopt;
  return *found;
}

}  // namespace tape::engine::exec
