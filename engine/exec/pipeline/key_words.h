// Values of key columns as words of 64 bits: equal words are equal keys, whatever the types.
//
//   KeyWords keys({Type::Symbol(), Type::Bigint()});
//   std::vector<uint64_t> words;
//   keys.Encode(vectors, rows, KeyWords::Unknown::kLearn, words);
//   words[row * keys.words()];                     // bit i: the i-th key is NULL
//
// Numbers and times are their own words, -0 as 0 and every NaN as one; 128-bit elements and
// intervals take two. A text is a number that is given out when it first comes; a symbol's is
// remembered by its code, so that the text is looked at once. Keys of two sides of a join go
// through one of these, cast to the same types before.
//
// Thread-bound; SymbolTexts outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/exec/selection.h"
#include "engine/exec/vector.h"
#include "tape/type.h"

namespace tape::engine::exec {

class KeyWords {
 public:
  // At most 64.
  explicit KeyWords(std::vector<Type> types);

  size_t words() const { return words_; }
  uint64_t bytes() const { return text_bytes_; }

  // What becomes of a text that did not come yet: it gets a number, or one that no other text has.
  enum class Unknown : uint8_t { kLearn, kNothing };

  // Writes the words of the selected rows.
  void Encode(std::span<const Vector> keys, const Selection& rows, Unknown unknown,
              std::vector<uint64_t>& out);

 private:
  void EncodeNulls(std::span<const Vector> keys, const Selection& rows, uint64_t* out) const;
  void EncodeKey(const Vector& key, const Selection& rows, Unknown unknown, uint64_t* out);
  void EncodeCodes(const Vector& key, const Selection& rows, Unknown unknown, uint64_t* out);
  uint64_t NumberOf(const Type& type, std::string_view text, Unknown unknown);

  const std::vector<Type> types_;
  std::vector<size_t> first_words_;
  size_t words_ = 1;
  TextArena arena_;
  absl::flat_hash_map<std::string_view, uint64_t> numbers_;
  // By code, 0 where it did not come yet.
  absl::flat_hash_map<const SymbolTexts*, std::vector<uint64_t>> by_code_;
  uint64_t text_bytes_ = 0;
};

// The numbers 0, 1, 2, ... of different keys, in the order in which they first came.
//
//   GroupTable table(keys.words());
//   table.Add(words, rows, groups, &fresh);        // groups[row]; fresh: rows with a new key
//
// Thread-compatible.
class GroupTable {
 public:
  static constexpr uint32_t kNoGroup = 0xffff'ffff;

  explicit GroupTable(size_t words) : words_(words), slots_(64, kNoGroup) {}

  void Add(const std::vector<uint64_t>& words, const Selection& rows, std::vector<uint32_t>& groups,
           std::vector<uint32_t>* fresh);
  // kNoGroup for a key that never came.
  uint32_t Find(const uint64_t* key) const;

  size_t groups() const { return groups_; }
  uint64_t bytes() const { return keys_.capacity() * 8 + slots_.capacity() * 4; }

 private:
  uint32_t FindOrAdd(const uint64_t* key);
  size_t SlotOf(const uint64_t* key) const;
  void Grow();

  const size_t words_;
  size_t groups_ = 0;
  std::vector<uint64_t> keys_;
  std::vector<uint32_t> slots_;  // a power of two
};

}  // namespace tape::engine::exec
