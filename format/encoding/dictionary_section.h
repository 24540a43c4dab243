// The dictionary of an extent as it lies between the block headers and the data.
//
//   WriteDictionary(dictionary.entries, bytes);
//
//   absl::StatusOr<BytesDictionary> read = BytesDictionary::Parse(section, count);
//   read->At(3);                                        // "NASDAQ"
//   read->Read(kernels, {indexes, rows}, buffer);       // a block's rows, appended
//
// Bytes: docs/format/extent.md. Sizes and offsets are checked once, by Parse; indexes come from
// another part of the file and are checked by every Read.
//
// The dictionaries are immutable views of the section, which must outlive them; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/little_endian.h"
#include "format/kernels/kernels.h"
#include "tape/column_view.h"
#include "tape/int128.h"

namespace tape::format {

// Appends the section, a multiple of 8 bytes. DictionarySize is what will be appended.
void WriteDictionary(std::span<const int64_t> entries, std::vector<std::byte>& out);
void WriteDictionary(std::span<const Int128> entries, std::vector<std::byte>& out);
void WriteDictionary(std::span<const std::string_view> entries, std::vector<std::byte>& out);
size_t DictionarySize(std::span<const int64_t> entries);
size_t DictionarySize(std::span<const Int128> entries);
size_t DictionarySize(std::span<const std::string_view> entries);

// Entries of one size: int64_t for integers and the bits of doubles, Int128.
template <typename T>
class FixedDictionary {
 public:
  FixedDictionary() = default;

  // kDataLoss unless `section` is exactly `count` entries, 1 to 65,536 of them.
  static absl::StatusOr<FixedDictionary> Parse(std::span<const std::byte> section, size_t count);

  size_t size() const { return size_; }
  T At(size_t index) const { return LoadLe<T>(entries_ + index * sizeof(T)); }

  // out[i] = At(indexes[i]). kDataLoss when an index has no entry, with `out` as before. `out` may
  // be the indexes' own array where the types are the same.
  absl::Status Read(const Kernels& kernels, std::span<const int64_t> indexes, T* out) const;

 private:
  FixedDictionary(const std::byte* entries, size_t size) : entries_(entries), size_(size) {}

  const std::byte* entries_ = nullptr;
  size_t size_ = 0;
};

using IntegerDictionary = FixedDictionary<int64_t>;
using WideDictionary = FixedDictionary<Int128>;

class BytesDictionary {
 public:
  BytesDictionary() = default;

  // kDataLoss unless `section` is `count` (1 to 65,536) byte strings with offsets in order, none
  // longer than kMaxValueBytes, and zero padding.
  static absl::StatusOr<BytesDictionary> Parse(std::span<const std::byte> section, size_t count);

  size_t size() const { return size_; }
  std::string_view At(size_t index) const {
    const uint32_t begin = Offset(index);
    return {heap_ + begin, Offset(index + 1) - begin};
  }

  // Appends one valid row per index to `out`, a kBytes column. kDataLoss when an index has no
  // entry, with `out` as before.
  absl::Status Read(const Kernels& kernels, std::span<const int64_t> indexes,
                    ColumnBuffer& out) const;

 private:
  BytesDictionary(const std::byte* offsets, size_t size);

  uint32_t Offset(size_t index) const {
    return LoadLe<uint32_t>(offsets_ + index * sizeof(uint32_t));
  }

  const std::byte* offsets_ = nullptr;
  const char* heap_ = nullptr;
  size_t size_ = 0;
};

}  // namespace tape::format
