#include "engine/change/table_access.h"

#include <cmath>
#include <utility>

#include "format/bytes/message.h"
#include "format/layout/key_hash.h"

namespace tape::engine {
namespace {

using format::Concat;

template <typename T>
bool SameFloat(T a, T b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

bool SameValue(const ColumnView& a, size_t row_a, const ColumnView& b, size_t row_b) {
  if (a.IsNull(row_a) || b.IsNull(row_b)) return a.IsNull(row_a) && b.IsNull(row_b);
  switch (a.physical()) {
    case Physical::kBytes:
      return a.Bytes(row_a) == b.Bytes(row_b);
    case Physical::kFloat32:
      return SameFloat(a.Values<float>()[row_a], b.Values<float>()[row_b]);
    case Physical::kFloat64:
      return SameFloat(a.Values<double>()[row_a], b.Values<double>()[row_b]);
    default: {
      const size_t size = PhysicalSize(a.physical());
      return std::memcmp(a.RawValues().data() + row_a * size, b.RawValues().data() + row_b * size,
                         size) == 0;
    }
  }
}

TableAccess::TableAccess(std::shared_ptr<OpenTable> table, std::shared_ptr<const TableRules> rules)
    : table_(std::move(table)),
      rules_(std::move(rules)),
      keys_(KeysOf(table_->info)),
      index_(*table_) {
  for (const TableKey& key : keys_) {
    rises_.emplace_back(schema(), key);
    std::vector<ColumnBuffer>& values = key_values_.emplace_back();
    for (const size_t column : key.columns) values.emplace_back(schema().physical(column));
  }
}

uint64_t TableAccess::Hash(const KeyValues& values) const {
  format::KeyHash hash(store());
  for (const ColumnView& column : values.columns) hash.AddValue(column, values.at);
  return hash.Finish();
}

// ---- as a snapshot sees the table

void TableAccess::Leave() {
  MutexLock lock(&mutex_);
  has_left_ = true;
}

absl::Status TableAccess::Use(const TableSnapshot& table) {
  if (has_left_) {
    return absl::AbortedError(Concat("table ", schema().schema_name(), ".", schema().name(),
                                     " was altered since the change began"));
  }
  if (!is_open_) {
    if (absl::Status status = index_.Open(); !status.ok()) return status;
    is_open_ = true;
  }
  return index_.Use(table);
}

absl::StatusOr<bool> TableAccess::IsLive(const TableSnapshot& table, RowNumber row) {
  MutexLock lock(&mutex_);
  if (absl::Status status = Use(table); !status.ok()) return status;
  return index_.live().IsLive(row);
}

absl::Status TableAccess::ReadLocked(const TableSnapshot& table, RowNumber row,
                                     std::span<const size_t> columns, std::span<ColumnBuffer> out) {
  const std::optional<LiveRows::Place> place = index_.live().PlaceOf(row);
  return reader_.Read(table, place, row, columns, out);
}

absl::Status TableAccess::Read(const TableSnapshot& table, RowNumber row,
                               std::span<const size_t> columns, std::span<ColumnBuffer> out) {
  MutexLock lock(&mutex_);
  if (absl::Status status = Use(table); !status.ok()) return status;
  return ReadLocked(table, row, columns, out);
}

absl::StatusOr<bool> TableAccess::HasKey(const TableSnapshot& table, size_t key, RowNumber row,
                                         const KeyValues& values) {
  std::vector<ColumnBuffer>& found = key_values_[key];
  for (ColumnBuffer& column : found) column.Clear();
  absl::Status status = ReadLocked(table, row, keys_[key].columns, found);
  if (!status.ok()) return status;
  for (size_t i = 0; i < found.size(); ++i) {
    if (!SameValue(found[i].view(), 0, values.columns[i], values.at)) return false;
  }
  return true;
}

absl::StatusOr<std::optional<RowNumber>> TableAccess::Find(
    const TableSnapshot& table, size_t key, const KeyValues& values,
    absl::FunctionRef<bool(RowNumber)> gone) {
  const uint64_t hash = Hash(values);
  MutexLock lock(&mutex_);
  if (absl::Status status = Use(table); !status.ok()) return status;
  return index_.Find(key, hash,
                     [&](RowNumber row) ABSL_NO_THREAD_SAFETY_ANALYSIS -> absl::StatusOr<bool> {
                       if (gone(row)) return false;
                       return HasKey(table, key, row, values);
                     });
}

// ---- whose turn it is

absl::StatusOr<TailAppender*> TableAccess::Take(CommitSequence& sequence) {
  if (table_->has_appender.exchange(true, std::memory_order_acq_rel)) {
    return absl::UnavailableError(
        Concat("table ", schema().schema_name(), ".", schema().name(),
               " has an appender: nothing else can change it until that is gone"));
  }
  const uint64_t number = ++table_->appenders;
  const bool same = appender_ != nullptr && appender_number_ + 1 == number &&
                    appender_->rows() == table_->tail->control().visible.Load();
  appender_number_ = number;
  if (same) return appender_.get();
  appender_ = std::make_unique<TailAppender>(*table_->tail, sequence, FullTail::kPrepare);
  uint64_t codes = 0;
  if (const std::optional<size_t> cluster = schema().cluster_column()) {
    codes = table_->symbols.Count(schema().column(*cluster).id) + 1;
  }
  if (absl::Status status = appender_->Start(codes); !status.ok()) {
    appender_.reset();
    GiveBack();
    return status;
  }
  return appender_.get();
}

void TableAccess::GiveBack() { table_->has_appender.store(false, std::memory_order_release); }

}  // namespace tape::engine
