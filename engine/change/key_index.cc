#include "engine/change/key_index.h"

#include <algorithm>
#include <utility>

#include "engine/read/tail_column.h"
#include "format/kernels/kernels.h"

namespace tape::engine {

using format::FileKind;
using format::KeyEntry;
using format::Place;

KeyIndex::KeyIndex(OpenTable& table)
    : table_(table),
      keys_(KeysOf(table.info)),
      entries_(table.files->place().store, keys_),
      tail_keys_(*table.tail),
      key_reader_(format::BestKernels()) {}

// Entries are stored in the order of rows, and only of rows that were committed: the row with the
// last one may lack some of its keys, and those before it have theirs.
absl::Status KeyIndex::Open() {
  if (absl::Status status = tail_keys_.Open(); !status.ok()) return status;
  kept_ = added_ = table_.tail->control().sealed.Load();
  // Rows from before it was altered may lack entries of keys that it has now.
  if (table_.info.version > 1) return absl::OkStatus();
  const uint64_t visible = table_.tail->control().visible.Load();
  for (const TailKey& slot : tail_keys_.slots()) {
    if (slot.row != 0 && slot.row <= visible) added_ = std::max(added_, slot.row - 1);
  }
  return absl::OkStatus();
}

absl::Status KeyIndex::Use(const TableSnapshot& table) {
  snapshot_ = &table;
  if (absl::Status status = live_.Use(table); !status.ok()) return status;
  if (keys_.empty()) return absl::OkStatus();
  const bool same =
      sealed_ != nullptr && sealed_->version().number() == table.sealed().version().number();
  if (!same) {
    sealed_ = table.shared_sealed();
    if (absl::Status status = UseSections(); !status.ok()) return status;
  }
  is_late_ = false;
  if (table.tail() == nullptr) return absl::OkStatus();
  if (absl::Status s = AddRows(*table.tail()); !s.ok()) return ExpiredIfGone(s);
  is_late_ = table.tail()->first_row() < std::min(kept_, table.tail()->end_row());
  return is_late_ ? ExpiredIfGone(FindPassedOver(*table.tail())) : absl::OkStatus();
}

// ---- the tail

// Appends the entries of a piece's rows to entries_. Only columns of keys are looked at.
absl::Status KeyIndex::AddPiece(const TailPiece& piece) {
  std::vector<ColumnBuffer> bytes;
  std::vector<ColumnView> views(snapshot_->schema().columns().size());
  bytes.reserve(views.size());  // views refer to them
  for (const TableKey& key : keys_) {
    for (const size_t i : key.columns) {
      if (views[i].rows() != 0) continue;
      ColumnBuffer& buffer = bytes.emplace_back(snapshot_->schema().physical(i));
      absl::StatusOr<ColumnView> view = ViewTailColumn(*snapshot_, piece, i, buffer);
      if (!view.ok()) return view.status();
      views[i] = *view;
    }
  }
  if (views[0].rows() == 0) views[0] = views[keys_[0].columns[0]];  // says how many rows there are
  return entries_.Add(views, {{{RowNumber(piece.first), piece.rows}}});
}

absl::Status KeyIndex::AddRows(const TailSnapshot& tail) {
  if (tail.first_row() > added_) {  // what lies between is sealed, and has key extents
    added_ = tail.first_row();
    kept_ = std::max(kept_, added_);
  }
  // In parts, so that what is put together in between stays small.
  constexpr uint64_t kRowsAtOnce = 1 << 16;
  while (added_ < tail.end_row()) {
    const uint64_t end = std::min(tail.end_row(), added_ + kRowsAtOnce);
    entries_.Clear();
    absl::Status status = tail.scan().ForEachPiece(
        added_, end, [this](const TailPiece& piece) { return AddPiece(piece); });
    if (status.ok()) status = AddEntries();
    if (!status.ok()) return status;
    added_ = end;
  }
  return absl::OkStatus();
}

absl::Status KeyIndex::AddEntries() {
  std::vector<TailKey> fresh;
  for (size_t key = 0; key < keys_.size(); ++key) {
    for (const KeyEntry& entry : entries_.entries(key)) {
      fresh.push_back({entry.hash, entry.row.value() + 1});
    }
  }
  if (keys_.size() > 1) {
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const TailKey& a, const TailKey& b) { return a.row < b.row; });
  }
  const uint64_t sealed = table_.tail->control().sealed.Load();
  const TailKey* before = tail_keys_.slots().data();
  if (absl::Status status = tail_keys_.Reserve(fresh.size()); !status.ok()) return status;
  if (tail_keys_.slots().data() != before) {  // entries of sealed rows have gone
    kept_ = std::max({kept_, sealed, table_.tail->control().sealed.Load()});
  }
  for (const TailKey& key : fresh) tail_keys_.Insert(key);
  return absl::OkStatus();
}

// Entries of rows that are sealed now, and that an older snapshot has in the tail.
absl::Status KeyIndex::FindPassedOver(const TailSnapshot& tail) {
  const uint64_t end = std::min(kept_, tail.end_row());
  if (passed_first_ == tail.first_row() && passed_end_ == end) return absl::OkStatus();
  entries_.Clear();
  absl::Status status = tail.scan().ForEachPiece(
      tail.first_row(), end, [this](const TailPiece& piece) { return AddPiece(piece); });
  if (!status.ok()) return status;
  passed_over_.clear();
  for (size_t key = 0; key < keys_.size(); ++key) {
    passed_over_.push_back(entries_.entries(key));
    std::ranges::sort(passed_over_.back());
  }
  passed_first_ = tail.first_row();
  passed_end_ = end;
  return absl::OkStatus();
}

// ---- slices

absl::Status KeyIndex::UseSections() {
  std::vector<std::vector<Section>> sections(keys_.size());
  std::map<Place, Section> by_place;
  for (const Place& place : sealed_->version().bytes()) {
    if (place.kind != FileKind::kKeyExtents) continue;
    const auto key = std::ranges::find(keys_, place.column, &TableKey::number);
    if (key == keys_.end()) continue;
    Section& section = by_place[place];
    if (const auto known = by_place_.find(place); known != by_place_.end()) {
      section = known->second;
    } else {
      absl::StatusOr<Section> view = sealed_->reader().Keys(place);
      if (!view.ok()) return ExpiredIfGone(view.status());
      section = *std::move(view);
    }
    sections[static_cast<size_t>(key - keys_.begin())].push_back(section);
  }
  for (std::vector<Section>& of_key : sections) {
    std::ranges::stable_sort(of_key, [](const Section& a, const Section& b) {
      return a->greatest_row() > b->greatest_row();
    });
  }
  sections_ = std::move(sections);
  by_place_ = std::move(by_place);
  return absl::OkStatus();
}

// ---- look-ups

absl::StatusOr<std::optional<RowNumber>> KeyIndex::FirstOf(HasKey has_key) {
  for (const RowNumber row : candidates_) {
    absl::StatusOr<bool> found = live_.IsLive(row);
    if (found.ok() && *found) found = has_key(row);
    if (!found.ok()) return found.status();
    if (*found) return std::optional(row);
  }
  return std::optional<RowNumber>();
}

absl::StatusOr<std::optional<RowNumber>> KeyIndex::Find(size_t key, uint64_t hash, HasKey has_key) {
  candidates_.clear();
  FindTailKeys(tail_keys_.slots(), hash, candidates_);
  if (is_late_) {
    const std::vector<KeyEntry>& all = passed_over_[key];
    for (auto at = std::ranges::lower_bound(all, hash, {}, &KeyEntry::hash);
         at != all.end() && at->hash == hash; ++at) {
      candidates_.push_back(at->row);
    }
  }
  absl::StatusOr<std::optional<RowNumber>> found = FirstOf(has_key);
  if (!found.ok() || found->has_value()) return found;
  for (const Section& section : sections_[key]) {
    absl::StatusOr<bool> may = section->MayContain(hash);
    if (!may.ok()) return may.status();
    if (!*may) continue;
    candidates_.clear();
    if (absl::Status s = key_reader_.Find(*section, hash, candidates_); !s.ok()) return s;
    found = FirstOf(has_key);
    if (!found.ok() || found->has_value()) return found;
  }
  return found;
}

}  // namespace tape::engine
