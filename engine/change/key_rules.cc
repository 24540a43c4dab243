#include "engine/change/key_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/change/violation.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

// One key of one table.
class KeyCheck {
 public:
  KeyCheck(CommitTables& tables, StagedTable& staged, size_t key)
      : tables_(tables),
        staged_(staged),
        access_(staged.access()),
        key_(access_.keys()[key]),
        index_(key),
        rows_(staged.views()) {
    for (const size_t column : key_.columns) columns_.push_back(rows_[column]);
  }

  absl::Status Check() {
    std::vector<uint32_t> doubtful;
    if (absl::Status status = FindDoubtful(doubtful); !status.ok()) return status;
    for (const uint32_t row : doubtful) {
      if (!staged_.IsLive(row) || !CanCollide(row)) continue;
      if (absl::Status status = CheckRow(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status FindDoubtful(std::vector<uint32_t>& doubtful) {
    KeyRise& rise = access_.rises()[index_];
    if (!rise.Knows(access_.table().tail->control().visible.Load())) {
      absl::StatusOr<const TableSnapshot*> view = tables_.View(access_);
      if (!view.ok()) return view.status();
      if (absl::Status status = rise.Fill(**view); !status.ok()) return status;
    }
    rise.Check(rows_, doubtful);
    return absl::OkStatus();
  }

  bool CanCollide(uint32_t row) const {
    return key_.nulls_collide ||
           std::ranges::none_of(columns_, [row](const ColumnView& c) { return c.IsNull(row); });
  }

  absl::Status CheckRow(uint32_t row) {
    const KeyValues values{columns_, row};
    if (const std::optional<uint64_t> other = staged_.FindStaged(index_, values, row)) {
      return Refuse(std::max<uint64_t>(row, *other),
                    Concat(", and so has ", RowText(std::min<uint64_t>(row, *other))));
    }
    if (staged_.KeepsKey(row, index_)) return absl::OkStatus();
    absl::StatusOr<std::optional<RowNumber>> other = tables_.FindCommitted(access_, index_, values);
    if (!other.ok()) return other.status();
    if (!other->has_value()) return absl::OkStatus();
    return Refuse(row, Concat(", which row ", (*other)->value(), " of the table has already"));
  }

  absl::Status Refuse(uint64_t row, std::string_view what) const {
    return Violation(
        staged_, KeyName(access_.table().info, index_), key_.columns,
        Concat(RowText(row), " has ", KeyText(staged_, key_.columns, rows_, row), what));
  }

  CommitTables& tables_;
  StagedTable& staged_;
  TableAccess& access_;
  const TableKey& key_;
  const size_t index_;
  const std::vector<ColumnView> rows_;
  std::vector<ColumnView> columns_;  // of the key
};

}  // namespace

std::string KeyName(const TableInfo& info, size_t key) {
  const TableDefinition& definition = info.schema.definition();
  if (definition.primary_key.has_value() && info.record.primary_key_number != 0) {
    if (key == 0) return Concat("PRIMARY KEY ", definition.primary_key->name);
    --key;
  }
  for (size_t i = 0; i < info.record.unique_numbers.size(); ++i) {
    if (info.record.unique_numbers[i] == 0) continue;
    if (key == 0) return Concat("UNIQUE ", definition.uniques[i].name);
    --key;
  }
  return "UNIQUE";
}

absl::Status CheckKeys(CommitTables& tables, StagedTable& staged) {
  if (staged.rows() == 0) return absl::OkStatus();
  for (size_t key = 0; key < staged.access().keys().size(); ++key) {
    absl::Status status = KeyCheck(tables, staged, key).Check();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
