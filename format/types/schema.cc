#include "tape/schema.h"

#include <algorithm>
#include <numeric>

#include "format/bytes/message.h"
#include "format/types/schema_check.h"
#include "format/types/text_error.h"
#include "format/types/utf8.h"

namespace tape {

absl::Status ValidateIdentifier(std::string_view name) {
  if (name.empty()) return absl::InvalidArgumentError("a name is empty");
  if (name.size() > kMaxIdentifierBytes) {
    return absl::InvalidArgumentError(format::Concat("name ", format::Quoted(name), " has ",
                                                     name.size(), " bytes, more than ",
                                                     kMaxIdentifierBytes));
  }
  if (!format::IsUtf8(name) || name.find('\0') != name.npos) {
    return absl::InvalidArgumentError(
        format::Concat("name ", format::Quoted(name), " is not UTF-8 without NUL"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Schema> Schema::Make(TableDefinition definition) {
  format::CompleteDefinition(definition);
  if (absl::Status status = format::CheckDefinition(definition); !status.ok()) return status;
  return Schema(std::move(definition));
}

Schema::Schema(TableDefinition definition)
    : definition_(std::move(definition)),
      decision_(Decided(definition_)),
      by_name_(definition_.columns.size()),
      is_symbol_(definition_.columns.size()) {
  std::iota(by_name_.begin(), by_name_.end(), 0);
  std::sort(by_name_.begin(), by_name_.end(),
            [this](uint32_t a, uint32_t b) { return column(a).name < column(b).name; });
  for (size_t i = 0; i < columns().size(); ++i) {
    is_symbol_[i] = column(i).type.physical() == Physical::kCode32;
  }
  for (const std::string& name : options().symbols) is_symbol_[*Find(name)] = true;
  if (cluster_column().has_value()) is_symbol_[*cluster_column()] = true;
}

std::optional<size_t> Schema::Find(std::string_view column_name) const {
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), column_name,
      [this](uint32_t index, std::string_view name) { return column(index).name < name; });
  if (found == by_name_.end() || column(*found).name != column_name) return std::nullopt;
  return *found;
}

}  // namespace tape
