// The seeds that have to be written by the format itself: payloads, dictionaries, extents, slices.
//
//   Corpus corpus;
//   AddPayloads(corpus);
//   corpus["integer_codec/made_frame"];      // the bytes of an input
//
// A key is the path below tests/fuzz/corpus. Inputs that hold Zstd's bytes have "zstd" in their
// name: another release of Zstd may write others.
//
// Pure functions: equal at every run, so that make_corpus --check can compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tape::fuzz {

using Corpus = std::map<std::string, std::vector<std::byte>>;

// integer_codec, float_codec, wide_codec, bytes_codec, dictionary_section
void AddPayloads(Corpus& corpus);

// extent, extent_raw, slice
void AddExtents(Corpus& corpus);

// kills, key_extent, summary
void AddSections(Corpus& corpus);

// frame, wal_segment, manifest, catalog, symbol_section, live
void AddRecords(Corpus& corpus);

// Numbers without a pattern: the bits of the i-th.
constexpr uint64_t Scatter(uint64_t i) {
  i = (i ^ (i >> 30)) * 0xBF58476D1CE4E5B9u + 0x9E3779B97F4A7C15u;
  i = (i ^ (i >> 27)) * 0x94D049BB133111EBu;
  return i ^ (i >> 31);
}

// `rows` values, value(0), value(1), ...
template <typename T, typename Value>
std::vector<T> Sequence(size_t rows, Value value) {
  std::vector<T> values;
  for (size_t row = 0; row < rows; ++row) values.push_back(static_cast<T>(value(row)));
  return values;
}

}  // namespace tape::fuzz
