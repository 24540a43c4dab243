#include "engine/files/named_files.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <variant>

namespace tape::engine {

using format::BytesEntry;
using format::BytesGone;
using format::DayGone;
using format::ManifestState;
using format::Place;
using format::SliceEntry;
using format::SliceGone;
using format::SymbolsEntry;

NamedFiles::NamedFiles(const ManifestState& state) {
  for (const auto& [number, slice] : state.slices()) Add(slice);
  for (const Place& place : state.bytes()) Add(place);
  for (const auto& [column, symbols] : state.symbols()) Add(symbols);
}

const std::pair<const TableFile, NamedFile>* NamedFiles::Newest(const TableFile& file) const {
  TableFile last = file;
  last.generation = std::numeric_limits<uint32_t>::max();
  const auto after = files_.upper_bound(last);
  if (after == files_.begin()) return nullptr;
  const auto& found = *std::prev(after);
  last.generation = found.first.generation;
  return found.first == last ? &found : nullptr;
}

void NamedFiles::Add(const Place& place) {
  NamedFile& file = files_[TableFile::Of(place)];
  ++file.places;
  file.end = std::max(file.end, place.offset + place.length);
}

// Symbols never go from a dictionary: behind the end there was never anything that counted.
void NamedFiles::Add(const SymbolsEntry& symbols) {
  files_[TableFile::Of(symbols)] = {.places = 1, .end = symbols.length, .is_known = true};
}

void NamedFiles::Add(const SliceEntry& slice) {
  for (const Place& place : slice.places) Add(place);
}

void NamedFiles::Remove(const TableFile& file) {
  const auto found = files_.find(file);
  if (found == files_.end() || --found->second.places > 0) return;
  unneeded_.push_back(file);
  files_.erase(found);
}

void NamedFiles::Remove(const SliceEntry& slice) {
  for (const Place& place : slice.places) Remove(TableFile::Of(place));
}

void NamedFiles::Remove(const ManifestState& before, Day day) {
  for (auto at = before.days().lower_bound({day, 0}); at != before.days().end() && at->first == day;
       ++at) {
    Remove(before.slices().at(at->second));
  }
  for (const Place& place : before.bytes()) {
    if (place.kind == format::FileKind::kKills && place.day == day.value()) {
      Remove(TableFile::Of(place));
    }
  }
}

void NamedFiles::ApplySymbols(const ManifestState& before, const SymbolsEntry& symbols) {
  const auto old = before.symbols().find(symbols.column);
  const bool is_new_file =
      old != before.symbols().end() && old->second.generation != symbols.generation;
  if (is_new_file) Remove(TableFile::Of(old->second));
  Add(symbols);
}

// What comes is counted first: a file in which something goes while something comes stays.
void NamedFiles::Apply(const ManifestState& before, const format::ManifestRecord& record) {
  for (const format::ManifestEntry& entry : record.entries) {
    if (const auto* slice = std::get_if<SliceEntry>(&entry)) Add(*slice);
    if (const auto* bytes = std::get_if<BytesEntry>(&entry)) Add(bytes->place);
    if (const auto* symbols = std::get_if<SymbolsEntry>(&entry)) ApplySymbols(before, *symbols);
  }
  for (const format::ManifestEntry& entry : record.entries) {
    if (const auto* slice = std::get_if<SliceGone>(&entry)) {
      Remove(before.slices().at(slice->slice));
    }
    if (const auto* bytes = std::get_if<BytesGone>(&entry)) Remove(TableFile::Of(bytes->place));
    if (const auto* day = std::get_if<DayGone>(&entry)) Remove(before, day->day);
  }
}

std::vector<TableFile> NamedFiles::TakeUnneeded() { return std::exchange(unneeded_, {}); }

}  // namespace tape::engine
