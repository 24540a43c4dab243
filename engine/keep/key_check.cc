#include "engine/keep/key_check.h"

#include <algorithm>
#include <iterator>

#include "format/bytes/message.h"
#include "format/kernels/kernels.h"

namespace tape::engine {
namespace {

using format::Concat;

// Every bit of the result depends on every bit of the word.
uint64_t Mix(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

}  // namespace

void KeyCheck::Sum::Add(const format::KeyEntry& entry) {
  ++entries;
  first += Mix(entry.hash ^ Mix(entry.row.value() + 0x9e3779b97f4a7c15));
  second += Mix(entry.row.value() ^ Mix(entry.hash + 0xd1b54a32d192ed03));
}

KeyCheck::KeyCheck(const CheckedTable& table, Findings& findings)
    : table_(table), findings_(findings) {
  for (TableKey& key : KeysOf(table.info)) {
    keys_.push_back({.key = std::move(key), .rows = {}, .entries = {}});
  }
  for (const auto& [number, slice] : table.version->slices()) {
    for (const format::RowNumberRange& run : slice.runs) {
      runs_.emplace_back(run.first.value(), run.first.value() + run.rows);
    }
  }
  std::ranges::sort(runs_);
}

bool KeyCheck::IsInSlices(RowNumber row) const {
  const auto after =
      std::ranges::upper_bound(runs_, row.value(), {}, &std::pair<uint64_t, uint64_t>::first);
  return after != runs_.begin() && row.value() < std::prev(after)->second;
}

// ---- what the rows give

void KeyCheck::Add(const format::SliceEntry& slice, SliceCheck& slices) {
  for (Key& key : keys_) {
    if (key.known) AddEntries(key, slice, slices);
  }
}

void KeyCheck::AddEntries(Key& key, const format::SliceEntry& slice, SliceCheck& slices) {
  const Schema& schema = table_.info.schema;
  std::vector<ColumnBuffer> buffers;
  for (const size_t column : key.key.columns) {
    buffers.emplace_back(schema.physical(column));
    key.known = key.known && slices.ReadInArrivalOrder(schema.column(column).id, buffers.back()) &&
                buffers.back().rows() == slice.shape.rows;
  }
  if (!key.known) return;  // a column is damaged, which was found, or younger than the slice
  std::vector<ColumnView> columns(schema.columns().size(), buffers[0].view());
  for (size_t i = 0; i < buffers.size(); ++i) columns[key.key.columns[i]] = buffers[i].view();
  KeyEntries entries(table_.place.store, {key.key});
  const absl::Status hashed = entries.Add(columns, slice.runs);
  key.known = hashed.ok();
  if (!key.known) return;
  for (const format::KeyEntry& entry : entries.entries(0)) key.rows.Add(entry);
}

// ---- what the key extents have

void KeyCheck::CheckSection(const format::Place& place, SliceCheck& slices) {
  FindingPlace at = slices.PlaceOf(place);
  const auto key = std::ranges::find_if(
      keys_, [&](const Key& known) { return known.key.number == place.column; });
  if (!slices.CheckPlace(place)) {
    if (key != keys_.end()) key->known = false;
    return;
  }
  auto section = slices.reader().Keys(place);
  format::KeyReader reader(format::BestKernels());
  std::vector<format::KeyEntry> entries;
  const bool whole = findings_.Check(at, section.status()) &&
                     slices.CheckExtent((*section)->hashes(), /*keeps_bounds=*/true, at) &&
                     slices.CheckExtent((*section)->rows(), /*keeps_bounds=*/true, at) &&
                     findings_.Check(at, reader.Verify(**section)) &&
                     findings_.Check(at, reader.ReadAll(**section, entries));
  if (key == keys_.end()) return;  // of a key that was dropped
  key->known = key->known && whole;
  for (const format::KeyEntry& entry : entries) {
    findings_.Expect(at, entry.row < table_.version->sealed_rows(),
                     Concat("an entry of row ", entry.row.value(), ", which is not sealed"));
    if (IsInSlices(entry.row)) key->entries.Add(entry);
  }
}

void KeyCheck::Finish(SliceCheck& slices) {
  for (const format::Place& place : table_.version->bytes()) {
    if (place.kind == format::FileKind::kKeyExtents) CheckSection(place, slices);
  }
  const FindingPlace at{.file = table_.place.folder, .table = table_.name};
  for (const Key& key : keys_) {
    if (!key.known) continue;
    const std::string what = Concat("key ", key.key.number, ": entries of rows in slices");
    if (!findings_.ExpectEqual(at, what, key.rows.entries, key.entries.entries)) continue;
    findings_.Expect(at, key.rows == key.entries,
                     Concat(what, " are not those that the rows give"));
  }
}

}  // namespace tape::engine
