// Changes to an extent that keep most of its sizes right, so that fuzzing reaches the decoders and
// not only the first check that fails.
//
//   std::vector<std::byte> extent = ...;
//   MutateExtent(extent, seed);          // a field, a block's data, its size, the dictionary, ...
//
// Checksums are not kept: SignExtent does that. Deterministic; changes bytes with LLVMFuzzerMutate,
// which libFuzzer and replay.cc have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tape::fuzz {

void MutateExtent(std::vector<std::byte>& extent, uint32_t seed);

}  // namespace tape::fuzz
