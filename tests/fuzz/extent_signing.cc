#include "tests/fuzz/extent_signing.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "format/bytes/crc32c.h"

namespace tape::fuzz {

using format::BlockPrefix;
using format::ExtendCrc32c;
using format::ExtentHeader;
using format::ExtentPlace;

MappedBytes::MappedBytes(std::span<const std::byte> bytes)
    : data_(static_cast<std::byte*>(::operator new (bytes.size(), std::align_val_t{64}))),
      size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
}

MappedBytes::~MappedBytes() { ::operator delete (data_, std::align_val_t{64}); }

ExtentHeader LoadHeader(std::span<const std::byte> bytes) {
  ExtentHeader header;
  std::memcpy(&header, bytes.data(), std::min(sizeof(header), bytes.size()));
  return header;
}

size_t ClaimedLength(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(ExtentHeader)) return bytes.size();
  return static_cast<size_t>(std::min<uint64_t>(LoadHeader(bytes).length, bytes.size()));
}

ExtentParts FindParts(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(ExtentHeader)) return {};
  const ExtentHeader header = LoadHeader(bytes);
  ExtentParts parts;
  parts.block_headers = sizeof(ExtentHeader);
  parts.header_size = format::BlockHeaderSize(header.physical);
  const size_t headers = size_t{header.blocks} * parts.header_size;
  const size_t dictionary = size_t{header.dictionary_words} * 8;
  if (parts.block_headers + headers + dictionary > bytes.size()) return {};
  parts.blocks = header.blocks;
  parts.dictionary = parts.block_headers + headers;
  parts.data = parts.dictionary + dictionary;
  return parts;
}

BlockPrefix LoadPrefix(std::span<const std::byte> bytes, const ExtentParts& parts, size_t block) {
  BlockPrefix prefix;
  std::memcpy(&prefix, bytes.data() + parts.block_headers + block * parts.header_size,
              sizeof(prefix));
  return prefix;
}

void StorePrefix(const BlockPrefix& prefix, const ExtentParts& parts, size_t block,
                 std::span<std::byte> bytes) {
  std::memcpy(bytes.data() + parts.block_headers + block * parts.header_size, &prefix,
              sizeof(prefix));
}

namespace {

void SignBlocks(std::span<std::byte> bytes, const ExtentParts& parts, const ExtentPlace& place) {
  size_t begin = parts.data;
  for (size_t block = 0; block < parts.blocks; ++block) {
    BlockPrefix prefix = LoadPrefix(bytes, parts, block);
    const size_t end = parts.data + size_t{prefix.end} * 8;
    if (end < begin || end > bytes.size()) return;
    prefix.crc =
        ExtendCrc32c(place.seeds.At(place.offset + begin), bytes.subspan(begin, end - begin));
    StorePrefix(prefix, parts, block, bytes);
    begin = end;
  }
}

}  // namespace

void SignExtent(std::span<std::byte> bytes, const ExtentPlace& place) {
  const ExtentParts parts = FindParts(bytes);
  if (parts.block_headers == 0) return;
  SignBlocks(bytes, parts, place);
  ExtentHeader header = LoadHeader(bytes);
  if ((header.flags & format::kHasDictionary) != 0) {
    const auto section = bytes.subspan(parts.dictionary, parts.data - parts.dictionary);
    header.dictionary_crc = ExtendCrc32c(place.seeds.At(place.offset + parts.dictionary), section);
    std::memcpy(bytes.data(), &header, sizeof(header));
  }
  header.crc = ExtendCrc32c(place.seeds.At(place.offset), bytes.first(offsetof(ExtentHeader, crc)));
  header.crc = ExtendCrc32c(
      header.crc, bytes.subspan(parts.block_headers, parts.dictionary - parts.block_headers));
  std::memcpy(bytes.data(), &header, sizeof(header));
}

}  // namespace tape::fuzz
