#include "format/records/manifest_state.h"

#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

#include "format/bytes/message.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("manifest: ", what));
}

absl::Status Falls(std::string_view what, uint64_t before, uint64_t found) {
  return Damaged(Concat(what, ": expected at least ", before, ", found ", found));
}

absl::Status Misplaced(std::string_view problem, const Place& place) {
  return Damaged(Concat(FileKindName(place.kind), " of column or key ", place.column,
                        ", generation ", place.generation, ", day ", place.day, " at offset ",
                        place.offset, ": ", problem));
}

}  // namespace

absl::Status ManifestState::ApplyHead(const ManifestRecord& record, ManifestFrame type) {
  const bool first = number_ == 0;
  if (first != (type == ManifestFrame::kCheckpoint)) {
    return Damaged(first ? "expected a checkpoint, found a change"
                         : "expected a change, found a checkpoint");
  }
  if (!first && record.number != number_ + 1) {
    return Damaged(Concat("record: expected number ", number_ + 1, ", found ", record.number));
  }
  if (record.sealed_rows < sealed_rows_) {
    return Falls("sealed rows", sealed_rows_.value(), record.sealed_rows.value());
  }
  if (record.history < history_) return Falls("history", history_.value(), record.history.value());
  if (record.next_slice < next_slice_) return Falls("next slice", next_slice_, record.next_slice);
  number_ = record.number;
  sealed_rows_ = record.sealed_rows;
  history_ = record.history;
  schema_version_ = record.schema_version;
  next_slice_ = record.next_slice;
  return absl::OkStatus();
}

absl::Status ManifestState::Apply(ManifestRecord record, ManifestFrame type) {
  const uint64_t least_number = number_ == 0 ? 1 : next_slice_;
  absl::Status status = ApplyHead(record, type);
  for (ManifestEntry& entry : record.entries) {
    if (!status.ok()) return status;
    if (auto* slice = std::get_if<SliceEntry>(&entry)) {
      status = Add(std::move(*slice), least_number);
    } else if (const auto* slice_gone = std::get_if<SliceGone>(&entry)) {
      status = Remove(slice_gone->slice);
    } else if (const auto* bytes = std::get_if<BytesEntry>(&entry)) {
      status = Add(bytes->place);
    } else if (const auto* bytes_gone = std::get_if<BytesGone>(&entry)) {
      status = Remove(bytes_gone->place);
    } else if (const auto* symbols = std::get_if<SymbolsEntry>(&entry)) {
      status = Set(*symbols);
    } else if (const auto* day_gone = std::get_if<DayGone>(&entry)) {
      status = Remove(day_gone->day);
    }
  }
  return status;
}

absl::Status ManifestState::Add(SliceEntry slice, uint64_t least_number) {
  if (slice.slice < least_number) {
    return Damaged(Concat("slice ", slice.slice, ": its number was used before"));
  }
  if (absl::Status status = AddRuns(slice); !status.ok()) return status;
  days_.emplace_hint(days_.end(), slice.day, slice.slice);
  const uint64_t number = slice.slice;
  const size_t slices = slices_.size();
  slices_.try_emplace(slices_.end(), number, std::move(slice));
  if (slices_.size() == slices) return Damaged(Concat("slice ", number, ": comes twice"));
  return absl::OkStatus();
}

absl::Status ManifestState::AddRuns(const SliceEntry& slice) {
  for (const RowNumberRange& run : slice.runs) {
    const uint64_t first = run.first.value();
    const uint64_t end = first + run.rows;
    if (end > sealed_rows_.value()) {
      return Damaged(Concat("slice ", slice.slice, ": row ", end - 1, ", but rows are sealed to ",
                            sealed_rows_.value()));
    }
    const auto next = runs_.lower_bound(first);
    const bool meets_next = next != runs_.end() && next->first < end;
    const bool meets_last = next != runs_.begin() && std::prev(next)->second.end > first;
    if (meets_next || meets_last) {
      const RunEnd& other = meets_next ? next->second : std::prev(next)->second;
      return Damaged(Concat("slice ", slice.slice, ": rows ", first, " to ", end - 1,
                            " meet those of slice ", other.slice));
    }
    runs_.emplace_hint(next, first, RunEnd{end, slice.slice});
  }
  return absl::OkStatus();
}

void ManifestState::Forget(Slices::iterator slice) {
  for (const RowNumberRange& run : slice->second.runs) runs_.erase(run.first.value());
  days_.erase({slice->second.day, slice->first});
  slices_.erase(slice);
}

absl::Status ManifestState::Remove(uint64_t slice) {
  const auto found = slices_.find(slice);
  if (found == slices_.end()) return Damaged(Concat("slice ", slice, ": goes and is not there"));
  Forget(found);
  return absl::OkStatus();
}

absl::Status ManifestState::Add(const Place& place) {
  if (!bytes_.insert(place).second) return Misplaced("comes twice", place);
  return absl::OkStatus();
}

absl::Status ManifestState::Remove(const Place& place) {
  if (bytes_.erase(place) == 0) return Misplaced("goes and is not there", place);
  return absl::OkStatus();
}

absl::Status ManifestState::Set(const SymbolsEntry& symbols) {
  const auto [found, is_new] = symbols_.try_emplace(symbols.column, symbols);
  if (is_new) return absl::OkStatus();
  const SymbolsEntry& before = found->second;
  const bool same_file = symbols.generation == before.generation;
  if (symbols.symbols < before.symbols || symbols.generation < before.generation ||
      (same_file && symbols.length < before.length)) {
    return Damaged(Concat("symbols of column ", symbols.column.value(), ": expected at least ",
                          before.symbols, " in ", before.length, " bytes, found ", symbols.symbols,
                          " in ", symbols.length));
  }
  found->second = symbols;
  return absl::OkStatus();
}

absl::Status ManifestState::Remove(Day day) {
  size_t removed = 0;
  for (auto at = days_.lower_bound({day, 0}); at != days_.end() && at->first == day; ++removed) {
    Forget(slices_.find((at++)->second));
  }
  removed += std::erase_if(bytes_, [day](const Place& place) {
    return place.kind == FileKind::kKills && place.day == day.value();
  });
  if (removed != 0) return absl::OkStatus();
  return Damaged(Concat("day ", day.value(), ": goes and is not there"));
}

ManifestRecord ManifestState::ToCheckpoint(int64_t time) const {
  ManifestRecord record{.number = number_ + 1,
                        .sealed_rows = sealed_rows_,
                        .history = history_,
                        .schema_version = schema_version_,
                        .time = time,
                        .next_slice = next_slice_,
                        .entries = {}};
  record.entries.reserve(slices_.size() + bytes_.size() + symbols_.size());
  for (const auto& [number, slice] : slices_) record.entries.emplace_back(slice);
  for (const Place& place : bytes_) record.entries.emplace_back(BytesEntry{place});
  for (const auto& [column, symbols] : symbols_) record.entries.emplace_back(symbols);
  return record;
}

}  // namespace tape::format
