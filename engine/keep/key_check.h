// Verifies the key extents of a table against its rows.
//
//   KeyCheck keys(table, findings);
//   for (each slice) { slices.Check(slice); keys.Add(slice, slices); }
//   keys.Finish(slices);
//
// Every row in slices has one entry for each key, and every entry of a row that is in slices is the
// one that the row gives; entries of rows that folds have dropped may still be there. Both sides
// are counted and added up, hashed, so that no memory is needed however many keys there are: two
// sums of 64 bits that agree by accident are not to be expected in the age of the machine.
//
// Each section is read whole: header, filter, order, bounds.
//
// Thread-bound. Memory: the largest section.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "engine/keep/findings.h"
#include "engine/keep/slice_check.h"
#include "engine/write/key_entries.h"
#include "format/layout/key_extent.h"

namespace tape::engine {

class KeyCheck {
 public:
  // Both must outlive it.
  KeyCheck(const CheckedTable& table, Findings& findings);

  // The slice that `slices` has just checked.
  void Add(const format::SliceEntry& slice, SliceCheck& slices);
  void Finish(SliceCheck& slices);

 private:
  // A set of entries, by what it adds up to.
  struct Sum {
    uint64_t entries = 0;
    uint64_t first = 0;
    uint64_t second = 0;

    void Add(const format::KeyEntry& entry);
    friend bool operator==(const Sum&, const Sum&) = default;
  };
  struct Key {
    TableKey key;
    Sum rows;     // what they give
    Sum entries;  // of those rows
    bool known = true;
  };

  void AddEntries(Key& key, const format::SliceEntry& slice, SliceCheck& slices);
  void CheckSection(const format::Place& place, SliceCheck& slices);
  bool IsInSlices(RowNumber row) const;

  const CheckedTable& table_;
  Findings& findings_;
  std::vector<Key> keys_;
  std::vector<std::pair<uint64_t, uint64_t>> runs_;  // first row and end, ascending
};

}  // namespace tape::engine
