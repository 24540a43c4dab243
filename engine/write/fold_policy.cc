#include "engine/write/fold_policy.h"

#include "format/bytes/file_header.h"
#include "tape/limits.h"

namespace tape::engine {

using format::ManifestState;
using format::Place;
using format::SliceEntry;

std::vector<uint64_t> SlicesThatPay(const ManifestState& manifest, Day day,
                                    const FoldRules& rules) {
  std::vector<uint64_t> fresh;
  size_t folded = 0;
  const auto& days = manifest.days();
  for (auto at = days.lower_bound({day, 0}); at != days.end() && at->first == day; ++at) {
    const SliceEntry& slice = manifest.slices().at(at->second);
    if (slice.shape.rows >= rules.slice_rows / 2) continue;
    if (slice.schema_version != rules.schema_version) continue;
    if (slice.folded) {
      ++folded;
    } else {
      fresh.push_back(slice.slice);
    }
  }
  if (!Pays(fresh.size(), folded)) fresh.clear();
  return fresh;
}

std::vector<uint64_t> SlicesOfDay(const ManifestState& manifest, Day day, const FoldRules& rules) {
  std::vector<uint64_t> slices;
  uint64_t rows = 0;
  const auto& days = manifest.days();
  for (auto at = days.lower_bound({day, 0}); at != days.end() && at->first == day; ++at) {
    const SliceEntry& slice = manifest.slices().at(at->second);
    if (slice.schema_version != rules.schema_version) continue;
    slices.push_back(slice.slice);
    rows += slice.shape.rows;
  }
  const uint64_t needed = (rows + kMaxSliceRows - 1) / kMaxSliceRows;
  if (slices.size() <= needed) slices.clear();
  return slices;
}

std::vector<Place> SectionsThatPay(const std::vector<Place>& sections) {
  std::vector<Place> fresh;
  for (const Place& section : sections) {
    if (section.offset != format::kFileHeaderSize) fresh.push_back(section);
  }
  if (!Pays(fresh.size(), sections.size() - fresh.size())) fresh.clear();
  return fresh;
}

}  // namespace tape::engine
