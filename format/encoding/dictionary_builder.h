// The different values of a whole extent, so that its rows can be stored as small indexes.
//
//   DictionaryScratch scratch;
//   Dictionary<int64_t> dictionary;
//   if (BuildDictionary(kernels, values, price_without, scratch, dictionary)) {
//     dictionary.entries[dictionary.indexes[row]] == values[row];
//   }
//
// Entries are in order of falling frequency, so that common values have small indexes; equally
// frequent ones in order of value, so that the same rows always give the same bytes. Doubles come
// as their bits. NULL rows have a slot like any other; filling it with its neighbour's value
// (validity.h) keeps it from becoming an entry.
//
// Whether a dictionary pays is for exact prices to decide (PlanIndexes). Here are only reasons to
// stop early, false being the answer:
//  1. more than 65,536 different values, the limit of the format;
//  2. the entries alone take as many bytes as the extent does without a dictionary;
//  3. eight blocks spread over a large extent (more than 16 blocks) foretell one of these two, or
//     indexes that cost more than the values do now: a block's indexes take at least its entropy.
//     What is foretold is generous: entries are counted as if the sample held them all, and rule 1
//     only as far as repeats in the sample are half as rare as 65,536 values would make them;
//  4. hashes collide as they would only when somebody chose the values for that.
// A column of few values costs 1 to 3 ns a value: a table indexed by value where the range is
// small, a hash table of 4-byte slots elsewhere.
//
// Pure functions; scratch is the caller's, one per thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "format/kernels/kernels.h"
#include "tape/column_view.h"
#include "tape/int128.h"

namespace tape::format {

inline constexpr size_t kMaxDictionaryEntries = 65'536;

template <typename T>
struct Dictionary {
  std::vector<T> entries;
  std::vector<uint16_t> indexes;  // one per row
};

// Work space of one thread; it keeps its memory. Contents mean nothing between calls.
struct DictionaryScratch {
  std::vector<uint32_t> slots;                  // a value's place -> number + 1, 0 = none
  std::vector<std::array<uint32_t, 4>> counts;  // of each number, in four parts
  std::vector<uint16_t> sample;                 // numbers of the sampled rows
  std::vector<uint16_t> ranks;                  // number -> index
};

// `price_to_beat` is the extent's size in bytes without a dictionary, SIZE_MAX if not known. False:
// no dictionary, and `dictionary` means nothing.
bool BuildDictionary(const Kernels& kernels, std::span<const int64_t> values, size_t price_to_beat,
                     DictionaryScratch& scratch, Dictionary<int64_t>& dictionary);
bool BuildDictionary(const Kernels& kernels, std::span<const Int128> values, size_t price_to_beat,
                     DictionaryScratch& scratch, Dictionary<Int128>& dictionary);

// The values of a kBytes column whose offsets are sound. Entries point into its heap.
bool BuildDictionary(const Kernels& kernels, const ColumnView& values, size_t price_to_beat,
                     DictionaryScratch& scratch, Dictionary<std::string_view>& dictionary);

// A block's indexes as the integer codec takes them: indexes[first, first + out.size()).
void WidenIndexes(std::span<const uint16_t> indexes, std::span<int64_t> out);

}  // namespace tape::format
