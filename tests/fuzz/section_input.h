// Sections of extents behind a header of their own (kills, key extents), and whole slices: what
// their fuzz targets share.
//
//   std::vector<size_t> offsets = ExtentsBehind(bytes, sizeof(KillsHeader));
//   MutateOneExtent(bytes, offsets, seed);
//
// Pure functions; see extent_mutator.h for where the randomness comes from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "format/layout/extent_view.h"

namespace tape::fuzz {

// Where the two extents from `first` on begin, as their length fields claim, and where the second
// one ends. Nothing where there is no room for a header.
std::vector<size_t> ExtentsBehind(std::span<const std::byte> bytes, size_t first);

// Changes one of the extents between the offsets and moves what follows it.
void MutateOneExtent(std::vector<std::byte>& bytes, std::span<const size_t> offsets, uint32_t seed);

// Signs the extents between the offsets, each at its place in the section.
void SignExtents(std::span<std::byte> section, std::span<const size_t> offsets,
                 const format::ExtentPlace& place);

// What libFuzzer's buffer takes of the bytes.
size_t GiveBack(std::span<const std::byte> bytes, uint8_t* data, size_t max_size);

// The section's length field, bytes 8..15 of its header.
void StoreSectionLength(std::span<std::byte> section);

}  // namespace tape::fuzz
