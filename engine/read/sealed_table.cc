#include "engine/read/sealed_table.h"

#include <string_view>

#include "format/bytes/message.h"

namespace tape::engine {

absl::Status ExpiredIfGone(const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  const std::string_view text(status.message().data(), status.message().size());
  return absl::AbortedError(format::Concat("snapshot expired: ", text));
}

SealedTable::SealedTable(TableInfo info, std::shared_ptr<TableReader> reader,
                         std::shared_ptr<const TableVersion> version)
    : info_(std::move(info)), reader_(std::move(reader)), version_(std::move(version)) {
  for (const format::Place& place : version_->bytes()) {
    if (place.kind == format::FileKind::kKills) kill_places_.emplace(Day(place.day), &place);
  }
}

std::shared_ptr<const MappedSlice> SealedTable::FindOpened(const SliceKey& key) const {
  MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  opened_.splice(opened_.begin(), opened_, found->second);
  return found->second->slice;
}

void SealedTable::Keep(SliceKey key, std::shared_ptr<const MappedSlice> slice) const {
  MutexLock lock(&mutex_);
  if (by_key_.contains(key)) return;  // somebody else was faster
  opened_.push_front({key, std::move(slice)});
  by_key_.emplace(std::move(key), opened_.begin());
  if (opened_.size() <= kIdleSlices) return;
  by_key_.erase(opened_.back().key);
  opened_.pop_back();
}

absl::StatusOr<std::shared_ptr<const MappedSlice>> SealedTable::OpenSlice(
    const format::SliceEntry& slice, std::span<const ColumnId> columns) const {
  SliceKey key{slice.slice, {columns.begin(), columns.end()}};
  if (std::shared_ptr<const MappedSlice> known = FindOpened(key)) return known;
  absl::StatusOr<std::shared_ptr<const MappedSlice>> opened = reader_->OpenSlice(slice, columns);
  if (!opened.ok()) return ExpiredIfGone(opened.status());
  Keep(std::move(key), *opened);
  return opened;
}

absl::StatusOr<std::vector<SealedTable::Kills>> SealedTable::KillsOf(Day day) const {
  std::vector<Kills> all;
  const auto [begin, end] = kill_places_.equal_range(day);
  for (auto at = begin; at != end; ++at) {
    MutexLock lock(&mutex_);
    Kills& kills = kills_[at->second];
    if (kills == nullptr) {
      absl::StatusOr<Kills> parsed = reader_->Kills(*at->second);
      if (!parsed.ok()) return ExpiredIfGone(parsed.status());
      kills = *std::move(parsed);
    }
    all.push_back(kills);
  }
  return all;
}

}  // namespace tape::engine
