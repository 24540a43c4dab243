// What a change has staged in one table: new rows in columns of its own, and which rows it kills.
//
//   StagedTable staged(access);
//   staged.Append(columns);                         // all of the schema, in its order
//   staged.Kill(RowNumber(17), /*successor=*/0);    // a committed row, and the row in its place
//   staged.KillStaged(0, StagedTable::kNoRow);
//   staged.Truncate(0);                             // taken back, the last first
//
// Symbols are codes of the table where it has them. A text that it does not have gets a code of the
// change's own, from kFirstOwnCode on: Settle replaces those that the table has meanwhile,
// Intern the rest, when the commit is sure to come.
//
// Thread-compatible.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/row_rule.h"
#include "engine/change/table_access.h"
#include "engine/tail/tail_appender.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

inline constexpr uint32_t kFirstOwnCode = RisingTimes::kCodesMax;

class StagedTable final : public SymbolTexts {
 public:
  static constexpr uint64_t kNoRow = ~uint64_t{0};

  explicit StagedTable(std::shared_ptr<TableAccess> access);

  TableAccess& access() const { return *access_; }
  const Schema& schema() const { return access_->schema(); }
  // "main.trades"
  const std::string& name() const { return name_; }
  bool empty() const { return rows_ == 0 && kills_.empty(); }
  uint64_t bytes() const;

  // ---- rows

  uint64_t rows() const { return rows_; }
  bool IsLive(uint64_t row) const { return row < rows_ && !dead_.contains(row); }
  size_t dead() const { return dead_.size(); }
  std::vector<ColumnView> views() const;
  ColumnView view(size_t column) const { return columns_[column].view(); }
  // Appends those of a row.
  void Read(uint64_t row, std::span<const size_t> columns, std::span<ColumnBuffer> out) const;

  void Append(std::span<const ColumnView> columns);
  void Truncate(uint64_t rows);
  // Everything goes, but for who holds the appender.
  void Clear();
  // `successor`: the row in its place, or kNoRow.
  void KillStaged(uint64_t row, uint64_t successor) { dead_[row] = successor; }
  void ReviveStaged(uint64_t row) { dead_.erase(row); }

  // The row's key of this index is that of the committed row that it takes the place of.
  bool KeepsKey(uint64_t row, size_t key) const;
  void SetKeptKeys(uint64_t row, uint64_t keys) { kept_keys_[row] = keys; }
  uint64_t kept_keys(uint64_t row) const;
  // Whether it took the place of another row.
  bool IsSuccessor(uint64_t row) const { return kept_keys_.contains(row); }

  // A live row, other than `except`, with this key: the index of TableAccess::keys().
  std::optional<uint64_t> FindStaged(size_t key, const KeyValues& values, uint64_t except = kNoRow);

  // ---- committed rows that it kills, in order

  void Kill(RowNumber row, uint64_t successor) {
    kills_.push_back(row);
    killed_[row.value()] = successor;
  }
  void TakeBackKill() {
    killed_.erase(kills_.back().value());
    kills_.pop_back();
  }
  bool Kills(RowNumber row) const { return killed_.contains(row.value()); }
  const std::vector<RowNumber>& kills() const { return kills_; }
  // The live staged row that is in its place in the end; kNoRow for one that is deleted.
  uint64_t SuccessorOf(RowNumber row) const;

  // Empty columns of the schema for rows on their way, used again and again: who makes new ones for
  // each row waits for memory more than for anything else.
  enum class Scratch : uint8_t { kOld, kNew };
  std::vector<ColumnBuffer>& Columns(Scratch which);

  // ---- symbols

  // What Text and CodeOf read: nullptr while nobody has looked.
  void SetView(const TableSnapshot* view) { view_ = view; }
  const TableSnapshot* view_or_null() const { return view_; }
  absl::StatusOr<std::string_view> Text(size_t column, SymbolCode code) const override;
  // The table's code or one of the change's own. kFailedPrecondition for a text that is no label
  // of an ENUM, or above kMaxSymbolBytes.
  absl::StatusOr<uint32_t> CodeOf(size_t column, std::string_view text);
  // The same of texts that somebody has asked for; 0 for others.
  uint32_t KnownCode(size_t column, std::string_view text) const;
  void Settle(const SymbolCodes& symbols);
  absl::Status Intern(TailAppender& appender);

  // ---- the appender, where the caller of the change has it

  void Hold(TailAppender& appender) { held_ = &appender; }
  TailAppender* held() const { return held_; }

 private:
  struct Symbols {
    std::deque<std::string> texts;                              // what the others refer to
    std::vector<std::string_view> own;                          // of code kFirstOwnCode + i
    absl::flat_hash_map<std::string_view, uint32_t> known{};    // codes by text
    absl::flat_hash_map<uint32_t, std::string_view> settled{};  // codes that own ones became
    uint64_t bytes = 0;
  };
  struct StagedKey {
    absl::flat_hash_map<uint64_t, uint32_t> last;  // by hash
    std::vector<uint32_t> before;                  // of a row with that hash, plus 1; 0: none
  };

  void Learn(size_t key);
  std::vector<bool> UsedOwn(size_t column) const;
  void ReplaceOwn(size_t column, std::span<const uint32_t> codes);
  absl::StatusOr<uint32_t> LabelCode(size_t column, std::string_view text) const;

  const std::shared_ptr<TableAccess> access_;
  const std::string name_;
  std::vector<ColumnBuffer> columns_;
  std::array<std::vector<ColumnBuffer>, 2> scratch_;
  uint64_t rows_ = 0;
  absl::flat_hash_map<uint64_t, uint64_t> dead_;       // row -> successor
  absl::flat_hash_map<uint64_t, uint64_t> kept_keys_;  // by row, a bit for each key
  std::vector<StagedKey> keys_;
  std::vector<RowNumber> kills_;
  absl::flat_hash_map<uint64_t, uint64_t> killed_;  // row -> successor
  std::vector<Symbols> symbols_;                    // by column
  const TableSnapshot* view_ = nullptr;
  TailAppender* held_ = nullptr;
};

}  // namespace tape::engine
