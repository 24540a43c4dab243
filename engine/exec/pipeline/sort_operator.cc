#include "engine/exec/pipeline/sort_operator.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "engine/exec/element.h"
#include "engine/exec/element_order.h"
#include "tape/limits.h"

namespace tape::engine::exec {
namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;

uint64_t PrefixOfDouble(double value) {
  if (value != value) return ~uint64_t{0};
  const auto bits = std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

uint64_t PrefixOfText(std::string_view text) {
  uint64_t prefix = 0;
  for (size_t i = 0; i < 8; ++i) {
    prefix = prefix << 8 | (i < text.size() ? static_cast<uint8_t>(text[i]) : 0U);
  }
  return prefix;
}

bool OrdersByBytes(const Type& type) {
  const TypeKind kind = type.kind();
  return !type.IsArray() && kind != TypeKind::kJson && kind != TypeKind::kJsonb;
}

// a < b only if Prefix(a) <= Prefix(b).
template <typename T>
uint64_t Prefix(const Type& type, const EnumLabels* labels, const T& value) {
  if constexpr (std::is_floating_point_v<T>) {
    return PrefixOfDouble(static_cast<double>(value));
  } else if constexpr (std::is_same_v<T, Interval>) {
    return static_cast<uint64_t>(static_cast<int64_t>(IntervalLength(value) >> 64)) ^ kSign;
  } else if constexpr (std::is_same_v<T, Int128>) {
    // UUIDs are not signed; what compares them, is asked.
    if (type.kind() != TypeKind::kDecimal) return 0;
    return static_cast<uint64_t>(static_cast<int64_t>(value >> 64)) ^ kSign;
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return labels == nullptr && OrdersByBytes(type) ? PrefixOfText(value) : 0;
  } else {
    return static_cast<uint64_t>(static_cast<int64_t>(value)) ^ kSign;
  }
}

}  // namespace

SortOperator::SortOperator(QueryRun& run, OperatorPtr child, std::vector<Type> types,
                           std::vector<SortKey> keys, uint64_t limit)
    : child_(std::move(child)),
      types_(std::move(types)),
      keys_(std::move(keys)),
      limit_(limit),
      kept_(types_),
      charged_(run) {}

absl::StatusOr<Rows> SortOperator::Next() {
  if (!sorted_) {
    if (absl::Status status = ReadAll(); !status.ok()) return status;
    sorted_ = true;
  }
  const size_t count = std::min<size_t>(entries_.size() - next_, kBlockRows);
  if (count == 0) return Rows();
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < count; ++i) rows.push_back(entries_[next_ + i].row);
  next_ += count;
  batch_ = kept_.Take(rows);
  return Rows{.batch = &batch_, .selection = Selection::All(count)};
}

absl::Status SortOperator::ReadAll() {
  while (true) {
    const absl::StatusOr<Rows> rows = child_->Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    if (absl::Status status = Keep(*rows); !status.ok()) return status;
  }
  SortEntries();
  return absl::OkStatus();
}

absl::Status SortOperator::Keep(const Rows& rows) {
  std::vector<Entry> entries = EntriesOf(rows);
  std::vector<uint32_t> wanted;
  for (Entry& entry : entries) {
    const bool beyond =
        has_bound_ && std::tie(bound_.rank, bound_.prefix) < std::tie(entry.rank, entry.prefix);
    if (beyond) continue;
    wanted.push_back(entry.row);
    entry.row = static_cast<uint32_t>(kept_.size() + wanted.size() - 1);
    entries_.push_back(entry);
  }
  kept_.Append(*rows.batch, Selection::Of(wanted));
  absl::Status status = charged_.Set(kept_.bytes() + entries_.capacity() * sizeof(Entry));
  const bool many = limit_ < entries_.size() / 2 && entries_.size() >= 4 * size_t{kBlockRows};
  if (status.ok() && many) status = Cut();
  return status;
}

std::vector<SortOperator::Entry> SortOperator::EntriesOf(const Rows& rows) const {
  const SortKey& key = keys_.front();
  const Vector values = rows.batch->columns[key.column].Decoded(rows.selection);
  std::vector<Entry> entries;
  entries.reserve(rows.size());
  WithElement(ElementOf(values.type()), [&]<typename T>() {
    rows.selection.ForEach([&](uint32_t row) {
      if (values.IsNull(row)) {
        entries.push_back({.row = row, .rank = static_cast<uint8_t>(key.nulls_first ? 0 : 2)});
        return;
      }
      const uint64_t prefix = Prefix(values.type(), key.labels.get(), values.At<T>(row));
      entries.push_back({.prefix = key.descending ? ~prefix : prefix, .row = row, .rank = 1});
    });
  });
  return entries;
}

bool SortOperator::Before(const Entry& a, const Entry& b) const {
  if (a.rank != b.rank) return a.rank < b.rank;
  if (a.prefix != b.prefix) return a.prefix < b.prefix;
  for (const SortKey& key : keys_) {
    const int order = CompareKey(key, a.row, b.row);
    if (order != 0) return order < 0;
  }
  return a.row < b.row;
}

int SortOperator::CompareKey(const SortKey& key, uint32_t a, uint32_t b) const {
  const bool a_null = kept_.IsNull(key.column, a);
  const bool b_null = kept_.IsNull(key.column, b);
  if (a_null && b_null) return 0;
  if (a_null || b_null) return a_null == key.nulls_first ? -1 : 1;
  const int order = kept_.Compare(key.column, a, b, key.labels.get());
  return key.descending ? -order : order;
}

void SortOperator::SortEntries() {
  const auto before = [this](const Entry& a, const Entry& b) { return Before(a, b); };
  if (limit_ < entries_.size()) {
    const auto end = entries_.begin() + static_cast<ptrdiff_t>(limit_);
    std::partial_sort(entries_.begin(), end, entries_.end(), before);
    entries_.erase(end, entries_.end());
  } else {
    std::sort(entries_.begin(), entries_.end(), before);
  }
}

// Rows stay in the order in which they came, since that decides between equal ones.
absl::Status SortOperator::Cut() {
  const auto before = [this](const Entry& a, const Entry& b) { return Before(a, b); };
  const auto end = entries_.begin() + static_cast<ptrdiff_t>(limit_);
  std::nth_element(entries_.begin(), end, entries_.end(), before);
  entries_.erase(end, entries_.end());
  if (!entries_.empty()) {
    bound_ = *std::max_element(entries_.begin(), entries_.end(), before);
    has_bound_ = true;
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.row < b.row; });
  std::vector<uint32_t> rows;
  for (const Entry& entry : entries_) rows.push_back(entry.row);
  KeptRows kept(types_);
  for (size_t first = 0; first < rows.size(); first += kBlockRows) {
    const size_t count = std::min<size_t>(rows.size() - first, kBlockRows);
    const Batch batch = kept_.Take(std::span(rows).subspan(first, count));
    kept.Append(batch, Selection::All(count));
  }
  kept_ = std::move(kept);
  for (size_t i = 0; i < entries_.size(); ++i) entries_[i].row = static_cast<uint32_t>(i);
  return charged_.Set(kept_.bytes() + entries_.capacity() * sizeof(Entry));
}

}  // namespace tape::engine::exec
