#include "engine/write/key_index.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "format/kernels/kernels.h"

namespace tape::engine {
namespace {

using format::FileKind;
using format::Place;
using format::RowNumberRange;
using format::SliceEntry;

constexpr uint64_t kUnusedBytesMax = uint64_t{256} << 20;

}  // namespace

KeyIndex::KeyIndex(OpenTable& table)
    : table_(table),
      keys_(KeysOf(table.info)),
      plan_(PlanRows(table.tail->table().columns, table.tail->table().cluster_column.has_value(), 1,
                     table.tail->table().schema_version)),
      reader_(table.files->place(), table.info.schema, kUnusedBytesMax),
      entries_(table.files->place().store, keys_),
      tail_keys_(*table.tail),
      key_reader_(format::BestKernels()),
      kills_reader_(format::BestKernels()) {}

absl::Status KeyIndex::Open() {
  if (absl::Status status = tail_keys_.Open(); !status.ok()) return status;
  const TableControl& control = table_.tail->control();
  const uint64_t sealed = control.sealed.Load();
  const uint64_t visible = std::max(control.visible.Load(), sealed);
  added_ = sealed;
  // Entries are stored in the order of rows: where one has an entry, all before it have theirs.
  const uint64_t least = tail_keys_.slots().empty() ? visible : sealed;
  for (uint64_t row = visible; row > least && added_ == sealed; --row) {
    absl::StatusOr<bool> has = TailHas(row - 1);
    if (!has.ok()) return has.status();
    if (*has) added_ = row - 1;
  }
  if (absl::Status status = AddRows(visible); !status.ok()) return status;
  return Refresh();
}

// ---- the tail

absl::StatusOr<ColumnView> KeyIndex::ViewOf(const TailPiece& piece, size_t column,
                                            std::vector<ColumnBuffer>& bytes) const {
  const Physical physical = table_.tail->table().columns[column].physical;
  const size_t array = plan_.values[column];
  const std::optional<size_t> validity = plan_.validity[column];
  if (physical == Physical::kBytes) {
    ColumnBuffer& out = bytes.emplace_back(physical);
    absl::Status s = table_.tail->scan().AppendBytes(piece, array, validity, out);
    if (!s.ok()) return s;
    return out.view();
  }
  const uint8_t* valid = validity.has_value() ? piece.Entries<uint8_t>(*validity).data() : nullptr;
  const std::byte* values = piece.chunk->Entries<std::byte>(array).data();
  return ColumnView::Fixed(physical, values + piece.begin * PhysicalSize(physical), piece.rows,
                           valid);
}

// Appends the entries of a piece's rows to entries_. Only columns of keys are looked at.
absl::Status KeyIndex::AddPiece(const TailPiece& piece) {
  std::vector<ColumnBuffer> bytes;
  std::vector<ColumnView> views(table_.tail->table().columns.size());
  bytes.reserve(views.size());  // views refer to them
  for (const TableKey& key : keys_) {
    for (const size_t i : key.columns) {
      if (views[i].rows() != 0) continue;
      absl::StatusOr<ColumnView> view = ViewOf(piece, i, bytes);
      if (!view.ok()) return view.status();
      views[i] = *view;
    }
  }
  if (views[0].rows() == 0) views[0] = views[keys_[0].columns[0]];  // says how many rows there are
  return entries_.Add(views, {{{RowNumber(piece.first), piece.rows}}});
}

absl::Status KeyIndex::AddRows(uint64_t end) {
  if (keys_.empty() || end <= added_) return absl::OkStatus();
  entries_.Clear();
  absl::Status status = table_.tail->scan().ForEachPiece(
      added_, end, [&](const TailPiece& piece) { return AddPiece(piece); });
  if (!status.ok()) return status;
  std::vector<TailKey> fresh;
  for (size_t key = 0; key < keys_.size(); ++key) {
    for (const format::KeyEntry& entry : entries_.entries(key)) {
      fresh.push_back({entry.hash, entry.row.value() + 1});
    }
  }
  std::stable_sort(fresh.begin(), fresh.end(),
                   [](const TailKey& a, const TailKey& b) { return a.row < b.row; });
  if (status = tail_keys_.Reserve(fresh.size()); !status.ok()) return status;
  for (const TailKey& key : fresh) tail_keys_.Insert(key);
  added_ = end;
  return absl::OkStatus();
}

// Whether a row of the tail has an entry. A row whose keys all have NULLs has none.
absl::StatusOr<bool> KeyIndex::TailHas(uint64_t row) {
  entries_.Clear();
  absl::Status status = table_.tail->scan().ForEachPiece(
      row, row + 1, [&](const TailPiece& piece) { return AddPiece(piece); });
  if (!status.ok()) return status;
  for (size_t key = 0; key < keys_.size(); ++key) {
    for (const format::KeyEntry& entry : entries_.entries(key)) {
      candidates_.clear();
      FindTailKeys(tail_keys_.slots(), entry.hash, candidates_);
      return std::ranges::count(candidates_, RowNumber(row)) != 0;
    }
  }
  return false;
}

// ---- slices

absl::Status KeyIndex::LearnKills() {
  const uint64_t kills = table_.tail->control().kills.Load();
  if (kills == kills_seen_) return absl::OkStatus();
  absl::Status status = table_.tail->scan().ForEachKill(
      kills_seen_, kills, [&](const TailKill& kill) { killed_.insert(kill.row); });
  if (status.ok()) kills_seen_ = kills;
  return status;
}

absl::Status KeyIndex::Refresh() {
  const TableControl& control = table_.tail->control();
  const uint64_t sealed_kills = control.sealed_kills.Load();
  const uint64_t sealed = control.sealed.Load();
  if (version_ != nullptr && sealed == sealed_ && sealed_kills == sealed_kills_) {
    return LearnKills();
  }
  absl::Status status = LoadSections();
  if (absl::IsNotFound(status)) status = LoadSections();  // a fold came in between
  if (!status.ok()) return status;
  sealed_ = sealed;
  sealed_kills_ = sealed_kills;
  killed_.clear();
  kills_seen_ = sealed_kills;
  return LearnKills();
}

absl::Status KeyIndex::LoadSections() {
  absl::StatusOr<std::shared_ptr<const TableVersion>> version = reader_.Load();
  if (!version.ok()) return version.status();
  std::vector<std::vector<std::shared_ptr<const format::KeyExtentView>>> sections(keys_.size());
  std::vector<KillSection> kills;
  for (const Place& place : (*version)->bytes()) {
    if (place.kind == FileKind::kKills) {
      auto view = reader_.Kills(place);
      if (!view.ok()) return view.status();
      kills.push_back({place.day, *std::move(view)});
    }
    if (place.kind != FileKind::kKeyExtents) continue;
    const auto key = std::ranges::find(keys_, place.column, &TableKey::number);
    if (key == keys_.end()) continue;
    auto view = reader_.Keys(place);
    if (!view.ok()) return view.status();
    sections[static_cast<size_t>(key - keys_.begin())].push_back(*std::move(view));
  }
  for (auto& of_key : sections) {
    std::sort(of_key.begin(), of_key.end(),
              [](const auto& a, const auto& b) { return a->greatest_row() > b->greatest_row(); });
  }
  version_ = *std::move(version);
  sections_ = std::move(sections);
  kill_sections_ = std::move(kills);
  return absl::OkStatus();
}

// nullptr for a row that was dropped.
const SliceEntry* KeyIndex::SliceOf(RowNumber row) const {
  const auto starts_after = [](RowNumber number, const RowNumberRange& run) {
    return number < run.first;
  };
  for (const auto& [number, slice] : version_->slices()) {
    if (row < slice.runs.front().first || row >= slice.runs.back().first + slice.runs.back().rows) {
      continue;
    }
    const auto after = std::upper_bound(slice.runs.begin(), slice.runs.end(), row, starts_after);
    if (row - (after - 1)->first < (after - 1)->rows) return &slice;
  }
  return nullptr;
}

absl::StatusOr<bool> KeyIndex::IsLive(RowNumber row) {
  if (row.value() >= added_ || killed_.contains(row.value())) return false;
  if (row >= version_->sealed_rows()) return true;
  const SliceEntry* slice = SliceOf(row);
  if (slice == nullptr) return false;
  for (const KillSection& section : kill_sections_) {
    if (section.day != slice->day.value()) continue;
    absl::StatusOr<bool> dead =
        kills_reader_.KilledAt(*section.view, row, Lsn(std::numeric_limits<uint64_t>::max()));
    if (!dead.ok()) return dead;
    if (*dead) return false;
  }
  return true;
}

// ---- look-ups

absl::StatusOr<std::optional<RowNumber>> KeyIndex::Find(size_t key, uint64_t hash, HasKey has_key) {
  if (absl::Status status = Refresh(); !status.ok()) return status;
  candidates_.clear();
  FindTailKeys(tail_keys_.slots(), hash, candidates_);
  for (const RowNumber row : candidates_) {
    absl::StatusOr<bool> found = IsLive(row);
    if (found.ok() && *found) found = has_key(row);
    if (!found.ok()) return found.status();
    if (*found) return std::optional(row);
  }
  return FindInSlices(key, hash, has_key);
}

absl::StatusOr<std::optional<RowNumber>> KeyIndex::FindInSlices(size_t key, uint64_t hash,
                                                                HasKey has_key) {
  for (const auto& section : sections_[key]) {
    absl::StatusOr<bool> may = section->MayContain(hash);
    if (!may.ok()) return may.status();
    if (!*may) continue;
    candidates_.clear();
    if (absl::Status s = key_reader_.Find(*section, hash, candidates_); !s.ok()) return s;
    for (const RowNumber row : candidates_) {
      absl::StatusOr<bool> found = IsLive(row);
      if (found.ok() && *found) found = has_key(row);
      if (!found.ok()) return found.status();
      if (*found) return std::optional(row);
    }
  }
  return std::optional<RowNumber>();
}

}  // namespace tape::engine
