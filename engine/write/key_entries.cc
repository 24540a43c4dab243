#include "engine/write/key_entries.h"

#include <algorithm>
#include <utility>

#include "format/layout/key_hash.h"

namespace tape::engine {
namespace {

TableKey KeyOf(const Schema& schema, const KeyConstraint& constraint, uint32_t number,
               bool nulls_collide) {
  TableKey key{.number = number, .columns = {}, .nulls_collide = nulls_collide};
  for (const std::string& column : constraint.columns) key.columns.push_back(*schema.Find(column));
  return key;
}

bool HasNull(std::span<const ColumnView> columns, size_t row) {
  return std::ranges::any_of(columns, [row](const ColumnView& c) { return c.IsNull(row); });
}

}  // namespace

std::vector<TableKey> KeysOf(const TableInfo& info) {
  std::vector<TableKey> keys;
  const TableDefinition& definition = info.schema.definition();
  if (definition.primary_key.has_value() && info.record.primary_key_number != 0) {
    keys.push_back(
        KeyOf(info.schema, *definition.primary_key, info.record.primary_key_number, true));
  }
  const std::vector<uint32_t>& numbers = info.record.unique_numbers;
  for (size_t i = 0; i < std::min(definition.uniques.size(), numbers.size()); ++i) {
    const KeyConstraint& unique = definition.uniques[i];
    if (numbers[i] == 0) continue;
    keys.push_back(KeyOf(info.schema, unique, numbers[i], !unique.nulls_distinct));
  }
  return keys;
}

KeyEntries::KeyEntries(const format::StoreUuid& store, std::vector<TableKey> keys)
    : store_(store), keys_(std::move(keys)), entries_(keys_.size()) {}

void KeyEntries::AddRun(size_t key, std::span<const ColumnView> of_key,
                        const format::RowNumberRange& run, size_t begin) {
  for (uint64_t row = 0; row < run.rows; ++row) {
    if (!keys_[key].nulls_collide && HasNull(of_key, begin + row)) continue;
    entries_[key].push_back({hashes_[begin + row], run.first + row});
  }
}

absl::Status KeyEntries::Add(std::span<const ColumnView> columns,
                             std::span<const format::RowNumberRange> runs) {
  for (size_t i = 0; i < keys_.size(); ++i) {
    std::vector<ColumnView> of_key;
    for (const size_t column : keys_[i].columns) of_key.push_back(columns[column]);
    hashes_.resize(columns[0].rows());
    if (absl::Status s = format::HashKeys(store_, of_key, hashes_); !s.ok()) return s;
    entries_[i].reserve(entries_[i].size() + hashes_.size());
    size_t at = 0;
    for (const format::RowNumberRange& run : runs) {
      AddRun(i, of_key, run, at);
      at += run.rows;
    }
  }
  return absl::OkStatus();
}

void KeyEntries::Clear() {
  for (std::vector<format::KeyEntry>& entries : entries_) entries.clear();
}

absl::Status KeyEntries::WriteTo(TableChange& change) {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (entries_[i].empty()) continue;
    absl::Status status = change.AddKeys(keys_[i].number, std::exchange(entries_[i], {}));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
