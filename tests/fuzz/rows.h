// Rows to look at one by one: all of a short block, some of a long one.
//
//   for (const size_t row : SomeRows(count, seed)) ...
//
// Pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tape::fuzz {

// Each row of up to 24, else the first, the last, and others that the seed chooses.
inline std::vector<size_t> SomeRows(size_t count, uint64_t seed) {
  constexpr size_t kMost = 24;
  std::vector<size_t> rows;
  if (count <= kMost) {
    for (size_t row = 0; row < count; ++row) rows.push_back(row);
    return rows;
  }
  rows = {0, count - 1};
  while (rows.size() < kMost) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    rows.push_back(static_cast<size_t>(seed >> 33) % count);
  }
  return rows;
}

}  // namespace tape::fuzz
