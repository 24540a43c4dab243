#include "tests/fuzz/extent_mutator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <span>

#include "format/layout/extent_format.h"
#include "tests/fuzz/extent_signing.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tape::fuzz {
namespace {

using format::BlockPrefix;
using format::ExtentHeader;
using Bytes = std::vector<std::byte>;
using Random = std::minstd_rand;

constexpr size_t kMaxResizedWords = 256;

size_t Below(Random& random, size_t end) { return end == 0 ? 0 : random() % end; }

// Changes bytes, not their number.
void MutateInPlace(std::span<std::byte> bytes) {
  if (bytes.empty()) return;
  std::vector<uint8_t> changed(bytes.size());
  std::memcpy(changed.data(), bytes.data(), bytes.size());
  LLVMFuzzerMutate(changed.data(), changed.size(), changed.size());
  std::memcpy(bytes.data(), changed.data(), bytes.size());
}

struct DataRange {
  size_t begin = 0;
  size_t end = 0;
};

// A block's data; nothing where its headers are not in order.
DataRange BlockRange(const Bytes& extent, const ExtentParts& parts, size_t block) {
  const auto end_of = [&](size_t i) {
    return parts.data + size_t{LoadPrefix(extent, parts, i).end} * 8;
  };
  const DataRange range{block == 0 ? parts.data : end_of(block - 1), end_of(block)};
  return range.begin <= range.end && range.end <= extent.size() ? range : DataRange{};
}

void MutateHeader(Bytes& extent, Random& random) {
  static constexpr std::array<size_t, 10> kFields = {4, 5, 6, 8, 12, 16, 24, 28, 36, 40};
  const size_t at = kFields[Below(random, kFields.size())];
  MutateInPlace(std::span(extent).subspan(at, at < 6 ? 1 : 4));
}

// A form that the same block headers and data may belong to.
void ChangeForm(Bytes& extent, Random& random) {
  extent[5] = static_cast<std::byte>(1 + Below(random, 9));
}

// Another number of rows in the last block.
void ChangeRows(Bytes& extent, Random& random) {
  ExtentHeader header = LoadHeader(extent);
  if (header.blocks == 0) return;
  header.rows = static_cast<uint32_t>((header.blocks - 1) * format::kBlockRows + 1 +
                                      Below(random, format::kBlockRows));
  std::memcpy(extent.data(), &header, sizeof(header));
}

void MutateBlockHeader(Bytes& extent, const ExtentParts& parts, Random& random) {
  const size_t block = Below(random, parts.blocks);
  const size_t at = parts.block_headers + block * parts.header_size;
  switch (Below(random, 4)) {
    case 0:  // encoding, widths, flags
      return MutateInPlace(std::span(extent).subspan(at + Below(random, 4), 1));
    case 1:  // exceptions, NULLs
      return MutateInPlace(std::span(extent).subspan(at + 4 + 2 * Below(random, 2), 2));
    case 2:  // bounds
      return MutateInPlace(std::span(extent).subspan(at + 16, parts.header_size - 16));
    default: {
      BlockPrefix prefix = LoadPrefix(extent, parts, block);
      prefix.word.encoding = static_cast<format::Encoding>(1 + Below(random, 9));
      return StorePrefix(prefix, parts, block, extent);
    }
  }
}

void MutateBlockData(Bytes& extent, const ExtentParts& parts, Random& random) {
  const DataRange range = BlockRange(extent, parts, Below(random, parts.blocks));
  MutateInPlace(std::span(extent).subspan(range.begin, range.end - range.begin));
}

void MutateDictionary(Bytes& extent, const ExtentParts& parts) {
  MutateInPlace(std::span(extent).subspan(parts.dictionary, parts.data - parts.dictionary));
}

// Padding and length field as the last block's end asks for.
void FixLength(Bytes& extent, const ExtentParts& parts) {
  const size_t data_end = parts.data + size_t{LoadPrefix(extent, parts, parts.blocks - 1).end} * 8;
  if (data_end > extent.size()) return;
  extent.resize(data_end);
  extent.resize(format::RoundUp(data_end + format::kExtentPadding, format::kExtentAlignment));
  ExtentHeader header = LoadHeader(extent);
  header.length = extent.size();
  std::memcpy(extent.data(), &header, sizeof(header));
}

// Some words more, or fewer, at some place of a block's data; all ends move.
void ResizeBlock(Bytes& extent, const ExtentParts& parts, Random& random) {
  const size_t chosen = Below(random, parts.blocks);
  const DataRange range = BlockRange(extent, parts, chosen);
  const size_t words = (range.end - range.begin) / 8;
  const bool grow = words == 0 || Below(random, 2) == 0;
  const size_t most = grow ? kMaxResizedWords : std::min(words, kMaxResizedWords);
  const size_t change = 1 + Below(random, Below(random, 2) == 0 ? most : std::min<size_t>(most, 4));
  const auto at =
      extent.begin() + static_cast<ptrdiff_t>(
                           range.begin + 8 * Below(random, grow ? words + 1 : words - change + 1));
  if (grow) {
    extent.insert(at, change * 8, static_cast<std::byte>(random()));
  } else {
    extent.erase(at, at + static_cast<ptrdiff_t>(change * 8));
  }
  for (size_t block = chosen; block < parts.blocks; ++block) {
    BlockPrefix prefix = LoadPrefix(extent, parts, block);
    prefix.end += static_cast<uint32_t>(grow ? change : 0 - change);
    StorePrefix(prefix, parts, block, extent);
  }
  FixLength(extent, parts);
}

}  // namespace

void MutateExtent(std::vector<std::byte>& extent, uint32_t seed) {
  Random random(seed);
  if (extent.size() < sizeof(ExtentHeader)) return MutateInPlace(extent);
  const ExtentParts parts = FindParts(extent);
  const size_t kind = Below(random, 16);
  if (kind == 0 || parts.blocks == 0) return MutateHeader(extent, random);
  if (kind == 1) return ChangeForm(extent, random);
  if (kind == 2) return ChangeRows(extent, random);
  if (kind == 3) return MutateInPlace(extent);
  if (kind < 6 && parts.data > parts.dictionary) return MutateDictionary(extent, parts);
  if (kind < 9) return MutateBlockHeader(extent, parts, random);
  if (kind < 12) return ResizeBlock(extent, parts, random);
  MutateBlockData(extent, parts, random);
}

}  // namespace tape::fuzz
