// The labels of an ENUM type, in the order of their declaration, which is how they compare.
//
//   EnumLabels mood({"sad", "ok", "happy"});
//   *mood.Rank("ok") < *mood.Rank("happy");   // true
//
// Values of an ENUM are text everywhere in this folder; what compares them needs their labels too.
// Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tape::engine::exec {

class EnumLabels {
 public:
  explicit EnumLabels(std::vector<std::string> labels, std::string type_name = "enum");

  // Nothing where it is none of them.
  std::optional<uint32_t> Rank(std::string_view label) const;

  std::span<const std::string> labels() const { return labels_; }
  // What the type is called, for messages.
  const std::string& type_name() const { return type_name_; }

 private:
  std::vector<std::string> labels_;
  std::vector<uint32_t> by_text_;  // ranks, in the order of their labels' bytes
  std::string type_name_;
};

}  // namespace tape::engine::exec
