#include "engine/exec/pipeline/known_texts.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/statusor.h"
#include "format/bytes/message.h"

namespace tape::engine::exec {

absl::Status KnownTexts::Learn(std::span<const uint32_t> codes) {
  uint32_t last = 0;  // codes come in runs where rows are clustered
  for (uint32_t code : codes) {
    if (code == last || code == 0) continue;
    last = code;
    if (code < texts_.size() && texts_[code].data() != nullptr) continue;
    if (absl::Status status = LearnOne(code); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status KnownTexts::LearnOne(uint32_t code) {
  const absl::StatusOr<std::optional<std::string_view>> text =
      table_.Text(column_, SymbolCode(code));
  if (!text.ok()) return text.status();
  if (!text->has_value()) {
    return absl::DataLossError(
        format::Concat("table ", table_.schema().schema_name(), ".", table_.schema().name(),
                       ", column id ", column_.value(), ": symbol code ", code, " has no text"));
  }
  // Doubling, since codes come in about the order in which they were given out.
  if (code >= texts_.size()) texts_.resize(std::max<size_t>(size_t{code} + 1, texts_.size() * 2));
  texts_[code] = (*text)->data() == nullptr ? std::string_view("") : **text;
  return absl::OkStatus();
}

// Among the codes that came: rows that are asked about have no others. The dictionary's own answer
// would do as well, and may fail.
std::optional<uint32_t> KnownTexts::Code(std::string_view text) const {
  const absl::StatusOr<SymbolCode> code = table_.Code(column_, text);
  if (code.ok()) {
    return *code == kNullSymbol ? std::nullopt : std::optional<uint32_t>(code->value());
  }
  for (size_t known = 1; known < texts_.size(); ++known) {
    const bool equal = texts_[known].data() != nullptr && texts_[known] == text;
    if (equal) return static_cast<uint32_t>(known);
  }
  return std::nullopt;
}

}  // namespace tape::engine::exec
