// Which slices of a day are worth folding: few large ones are read faster than many small ones, and
// what is written for that is bounded.
//
//   std::vector<uint64_t> slices = SlicesThatPay(manifest, day, schema.options().slice_rows);
//   bool pays = Pays(/*fresh=*/12, /*folded=*/3);
//
// A slice is *small* with fewer than half of the table's slice_rows, and *fresh* unless a fold made
// it. The fresh small slices of a day pay for a fold when there are at least kLeastFolded of them,
// and at least as many as the day has small slices that folds have made.
//
// Write amplification stays below 2, whatever the lateness: a row is written once by its seal, and
// by a fold only out of a fresh slice, into one that is not; so once more at most. Rows in slices
// that are not small are not written again at all. A fold writes fewer bytes than the slices that
// it replaces took: the same rows, compressed together, with the headers and paddings of one.
//
// And there are few slices: a day whose i-th fold took max(kLeastFolded, i) of them has, after n
// late seals, less than sqrt(2 n) folded small ones and as many fresh ones, or kLeastFolded,
// besides those that are not small. With one more writing of each row, no order of merging does
// better than a multiple of that root.
//
// Kills pay for themselves: a slice is written again, folded or not, when at least half of its rows
// can be dropped; so every row that is written for that was paid for by one that is gone.
//
// The sections of a day's kills, and of a key, follow the same rule: those at the beginning of a
// file are a fold's, all others fresh.
//
// Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/records/manifest_state.h"
#include "tape/ids.h"

namespace tape::engine {

inline constexpr size_t kLeastFolded = 8;

// Whether so many fresh pieces, beside so many that folds have made, are worth it.
constexpr bool Pays(size_t fresh, size_t folded) {
  return fresh >= kLeastFolded && fresh >= folded;
}

// Slices that were written under another version of the schema are left as they are.
struct FoldRules {
  uint32_t slice_rows = 0;
  uint32_t schema_version = 0;
};

// The numbers of the day's fresh small slices where they pay, else none.
std::vector<uint64_t> SlicesThatPay(const format::ManifestState& manifest, Day day,
                                    const FoldRules& rules);

// All slices of the day that can be folded, where that makes fewer of them; else none.
std::vector<uint64_t> SlicesOfDay(const format::ManifestState& manifest, Day day,
                                  const FoldRules& rules);

// Of the sections of one day's kills or of one key, those to be merged; else none.
std::vector<format::Place> SectionsThatPay(const std::vector<format::Place>& sections);

}  // namespace tape::engine
