#include "engine/change/staged_table.h"

#include <algorithm>
#include <utility>

#include "format/bytes/message.h"
#include "format/layout/key_hash.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;

bool IsEnum(const Column& column) { return column.type.kind() == TypeKind::kEnum; }

}  // namespace

StagedTable::StagedTable(std::shared_ptr<TableAccess> access)
    : access_(std::move(access)),
      name_(Concat(schema().schema_name(), ".", schema().name())),
      keys_(access_->keys().size()),
      symbols_(schema().columns().size()) {
  for (size_t i = 0; i < schema().columns().size(); ++i) {
    columns_.emplace_back(schema().physical(i));
  }
}

uint64_t StagedTable::bytes() const {
  uint64_t bytes = (kills_.size() + dead_.size()) * 3 * sizeof(uint64_t);
  for (const ColumnBuffer& column : columns_) {
    const ColumnView view = column.view();
    bytes += view.RawValues().size() + view.Heap().size() + view.Offsets().size_bytes() +
             view.Validity().size();
  }
  for (const Symbols& symbols : symbols_) bytes += symbols.bytes;
  return bytes;
}

// ---- rows

std::vector<ColumnView> StagedTable::views() const {
  std::vector<ColumnView> views;
  views.reserve(columns_.size());
  for (const ColumnBuffer& column : columns_) views.push_back(column.view());
  return views;
}

void StagedTable::Read(uint64_t row, std::span<const size_t> columns,
                       std::span<ColumnBuffer> out) const {
  const auto number = static_cast<uint32_t>(row);
  for (size_t i = 0; i < columns.size(); ++i) {
    out[i].AppendRows(columns_[columns[i]].view(), {&number, 1});
  }
}

void StagedTable::Append(std::span<const ColumnView> columns) {
  for (size_t i = 0; i < columns.size(); ++i) columns_[i].AppendColumn(columns[i]);
  rows_ += columns[0].rows();
}

void StagedTable::Truncate(uint64_t rows) {
  for (ColumnBuffer& column : columns_) column.Resize(rows);
  for (uint64_t row = rows; row < rows_ && !kept_keys_.empty(); ++row) kept_keys_.erase(row);
  rows_ = rows;
  for (StagedKey& key : keys_) {
    if (key.before.size() > rows) key = {};
  }
}

void StagedTable::Clear() {
  for (ColumnBuffer& column : columns_) {
    column.Clear();
    column.DropValidity();
  }
  rows_ = 0;
  dead_.clear();
  kept_keys_.clear();
  kills_.clear();
  killed_.clear();
  for (StagedKey& key : keys_) key = {};
  for (Symbols& symbols : symbols_) symbols = {};
  view_ = nullptr;
}

uint64_t StagedTable::SuccessorOf(RowNumber row) const {
  uint64_t successor = killed_.at(row.value());
  while (successor != kNoRow && !IsLive(successor)) successor = dead_.at(successor);
  return successor;
}

bool StagedTable::KeepsKey(uint64_t row, size_t key) const {
  return (kept_keys(row) >> key & 1) != 0;
}

uint64_t StagedTable::kept_keys(uint64_t row) const {
  const auto found = kept_keys_.find(row);
  return found == kept_keys_.end() ? 0 : found->second;
}

// Rows that were appended since go into the key's table, dead ones too: they may be revived.
void StagedTable::Learn(size_t key) {
  StagedKey& known = keys_[key];
  const size_t begin = known.before.size();
  if (begin == rows_) return;
  std::vector<ColumnView> columns;
  for (const size_t column : access_->keys()[key].columns) {
    columns.push_back(columns_[column].view().Slice(begin, rows_ - begin));
  }
  std::vector<uint64_t> hashes(rows_ - begin);
  // Columns of a key of a Schema are as many and as long as it wants.
  format::HashKeys(access_->store(), columns, hashes).IgnoreError();
  known.last.reserve(rows_);
  for (size_t i = 0; i < hashes.size(); ++i) {
    uint32_t& last = known.last[hashes[i]];
    known.before.push_back(last);
    last = static_cast<uint32_t>(begin + i + 1);
  }
}

std::optional<uint64_t> StagedTable::FindStaged(size_t key, const KeyValues& values,
                                                uint64_t except) {
  if (rows_ == dead_.size()) return std::nullopt;
  Learn(key);
  const StagedKey& known = keys_[key];
  const auto last = known.last.find(access_->Hash(values));
  if (last == known.last.end()) return std::nullopt;
  const std::vector<size_t>& columns = access_->keys()[key].columns;
  for (uint32_t next = last->second; next != 0; next = known.before[next - 1]) {
    const uint64_t row = next - 1;
    if (row == except || !IsLive(row)) continue;
    bool same = true;
    for (size_t i = 0; i < columns.size() && same; ++i) {
      same = SameValue(columns_[columns[i]].view(), row, values.columns[i], values.at);
    }
    if (same) return row;
  }
  return std::nullopt;
}

std::vector<ColumnBuffer>& StagedTable::Columns(Scratch which) {
  std::vector<ColumnBuffer>& columns = scratch_[static_cast<size_t>(which)];
  for (ColumnBuffer& column : columns) column.Clear();
  for (size_t i = columns.size(); i < columns_.size(); ++i) {
    columns.emplace_back(columns_[i].physical());
  }
  return columns;
}

// ---- symbols

absl::StatusOr<std::string_view> StagedTable::Text(size_t column, SymbolCode code) const {
  if (code == kNullSymbol) return std::string_view();
  const Column& definition = schema().column(column);
  if (IsEnum(definition)) {
    const auto& labels = access_->rules().labels;
    if (column < labels.size() && code.value() <= labels[column].size()) {
      return std::string_view(labels[column][code.value() - 1]);
    }
    return std::string_view();
  }
  if (code.value() >= kFirstOwnCode) {
    const std::vector<std::string_view>& own = symbols_[column].own;
    const uint32_t index = code.value() - kFirstOwnCode;
    return index < own.size() ? own[index] : std::string_view();
  }
  const auto& settled = symbols_[column].settled;
  if (const auto found = settled.find(code.value()); found != settled.end()) return found->second;
  if (held_ != nullptr) return access_->table().symbols.Text(definition.id, code);
  if (view_ == nullptr) return std::string_view();
  absl::StatusOr<std::optional<std::string_view>> text = view_->Text(definition.id, code);
  if (!text.ok()) return text.status();
  return text->value_or(std::string_view());
}

absl::StatusOr<uint32_t> StagedTable::LabelCode(size_t column, std::string_view text) const {
  const auto& labels = access_->rules().labels;
  if (column < labels.size()) {
    const auto found = std::ranges::find(labels[column], text);
    if (found != labels[column].end()) {
      return static_cast<uint32_t>(found - labels[column].begin()) + 1;
    }
  }
  const Column& definition = schema().column(column);
  return absl::FailedPreconditionError(
      Concat("table ", name_, ": column ", definition.name, ": ",
             definition.sensitive ? std::string_view("the value") : text,
             " is none of the values of its ENUM"));
}

absl::StatusOr<uint32_t> StagedTable::CodeOf(size_t column, std::string_view text) {
  const Column& definition = schema().column(column);
  if (IsEnum(definition)) return LabelCode(column, text);
  Symbols& symbols = symbols_[column];
  const auto known = symbols.known.find(text);
  if (known != symbols.known.end()) return known->second;
  if (text.size() > kMaxSymbolBytes) {
    return absl::InvalidArgumentError(Concat("table ", name_, ": column ", definition.name,
                                             ": a symbol has at most ", kMaxSymbolBytes,
                                             " bytes, this one has ", text.size()));
  }
  uint32_t code = 0;
  if (held_ != nullptr) {
    code = access_->table().symbols.Find(definition.id, text).value();
  } else if (view_ != nullptr) {
    absl::StatusOr<SymbolCode> found = view_->Code(definition.id, text);
    if (!found.ok()) return found.status();
    code = found->value();
  }
  const std::string_view kept = symbols.texts.emplace_back(text);
  symbols.bytes += text.size() + sizeof(std::string);
  if (code == 0) {
    code = kFirstOwnCode + static_cast<uint32_t>(symbols.own.size());
    symbols.own.push_back(kept);
  }
  symbols.known.emplace(kept, code);
  return code;
}

uint32_t StagedTable::KnownCode(size_t column, std::string_view text) const {
  const auto known = symbols_[column].known.find(text);
  return known == symbols_[column].known.end() ? 0 : known->second;
}

// codes[i] is the table's for kFirstOwnCode + i; 0: it has none yet.
void StagedTable::ReplaceOwn(size_t column, std::span<const uint32_t> codes) {
  for (uint32_t& code : columns_[column].MutableValues<uint32_t>()) {
    if (code >= kFirstOwnCode && codes[code - kFirstOwnCode] != 0) {
      code = codes[code - kFirstOwnCode];
    }
  }
  for (size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] != 0) symbols_[column].settled[codes[i]] = symbols_[column].own[i];
  }
  for (auto& [text, code] : symbols_[column].known) {
    if (code >= kFirstOwnCode && codes[code - kFirstOwnCode] != 0) {
      code = codes[code - kFirstOwnCode];
    }
  }
  for (StagedKey& key : keys_) key = {};  // hashes are of codes
}

void StagedTable::Settle(const SymbolCodes& symbols) {
  for (size_t column = 0; column < symbols_.size(); ++column) {
    if (symbols_[column].own.empty()) continue;
    std::vector<uint32_t> codes;
    for (const std::string_view text : symbols_[column].own) {
      codes.push_back(symbols.Find(schema().column(column).id, text).value());
    }
    if (std::ranges::any_of(codes, [](uint32_t code) { return code != 0; })) {
      ReplaceOwn(column, codes);
    }
  }
}

// Which of the change's own symbols a live row has: others were rolled back, and nobody counts
// them.
std::vector<bool> StagedTable::UsedOwn(size_t column) const {
  std::vector<bool> used(symbols_[column].own.size());
  const std::span<const uint32_t> codes = columns_[column].view().Values<uint32_t>();
  for (uint64_t row = 0; row < codes.size(); ++row) {
    if (codes[row] >= kFirstOwnCode && IsLive(row)) used[codes[row] - kFirstOwnCode] = true;
  }
  return used;
}

absl::Status StagedTable::Intern(TailAppender& appender) {
  for (size_t column = 0; column < symbols_.size(); ++column) {
    if (symbols_[column].own.empty()) continue;
    const std::vector<bool> used = UsedOwn(column);
    std::vector<uint32_t> codes(used.size());
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) continue;
      absl::StatusOr<SymbolCode> code = access_->table().symbols.Intern(
          schema().column(column).id, symbols_[column].own[i],
          [&](ColumnId id, SymbolCode fresh, std::string_view name) {
            return appender.AddSymbol(id, fresh, name);
          });
      if (!code.ok()) return code.status();
      codes[i] = code->value();
    }
    ReplaceOwn(column, codes);
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
