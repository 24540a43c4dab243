#include "tests/fuzz/section_input.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "tests/fuzz/extent_mutator.h"
#include "tests/fuzz/extent_signing.h"

namespace tape::fuzz {

std::vector<size_t> ExtentsBehind(std::span<const std::byte> bytes, size_t first) {
  if (bytes.size() < first) return {};
  std::vector<size_t> offsets = {first};
  for (int i = 0; i < 2; ++i) {
    offsets.push_back(offsets.back() + ClaimedLength(bytes.subspan(offsets.back())));
  }
  return offsets;
}

void MutateOneExtent(std::vector<std::byte>& bytes, std::span<const size_t> offsets,
                     uint32_t seed) {
  std::minstd_rand random(seed);
  const size_t chosen = random() % (offsets.size() - 1);
  const auto begin = bytes.begin() + static_cast<ptrdiff_t>(offsets[chosen]);
  const auto end = bytes.begin() + static_cast<ptrdiff_t>(offsets[chosen + 1]);
  std::vector<std::byte> extent(begin, end);
  MutateExtent(extent, static_cast<uint32_t>(random()));
  const auto at = bytes.erase(begin, end);
  bytes.insert(at, extent.begin(), extent.end());
}

void SignExtents(std::span<std::byte> section, std::span<const size_t> offsets,
                 const format::ExtentPlace& place) {
  for (size_t i = 0; i + 1 < offsets.size(); ++i) {
    SignExtent(section.subspan(offsets[i], offsets[i + 1] - offsets[i]),
               {place.seeds, place.offset + offsets[i]});
  }
}

size_t GiveBack(std::span<const std::byte> bytes, uint8_t* data, size_t max_size) {
  const size_t size = std::min(bytes.size(), max_size);
  if (size != 0) std::memcpy(data, bytes.data(), size);
  return size;
}

void StoreSectionLength(std::span<std::byte> section) {
  const uint64_t length = section.size();
  if (section.size() >= 16) std::memcpy(section.data() + 8, &length, sizeof(length));
}

}  // namespace tape::fuzz
