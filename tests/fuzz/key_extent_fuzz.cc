// Any bytes as a key extent with the right checksums. What it says when all of it is read, it says
// to every look-up; a filter that verifies misses no key; and written anew it says the same.
#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/layout/key_extent.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_signing.h"
#include "tests/fuzz/rows.h"
#include "tests/fuzz/section_input.h"
#include "tests/fuzz/section_places.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tape::fuzz {
namespace {

using format::KeyEntry;
using format::KeyExtentHeader;
using format::KeyExtentView;
using format::KeyFilterBlock;
using format::KeyReader;

constexpr size_t kMaxEntries = 50 << 10;

// Where the extents begin: behind the header and as many filter blocks as it claims.
size_t EndOfFilter(std::span<const std::byte> section) {
  KeyExtentHeader header;
  if (section.size() < sizeof(header)) return section.size();
  std::memcpy(&header, section.data(), sizeof(header));
  const size_t room = (section.size() - sizeof(header)) / sizeof(KeyFilterBlock);
  return sizeof(header) + static_cast<size_t>(std::min<uint64_t>(header.filter_blocks, room)) *
                              sizeof(KeyFilterBlock);
}

// Both have their checksum in their last four bytes, over all before.
void SignLine(std::span<std::byte> section, size_t at) {
  static_assert(sizeof(KeyExtentHeader) == sizeof(KeyFilterBlock));
  constexpr size_t kCovered = offsetof(KeyExtentHeader, crc);
  const uint32_t crc = format::ExtendCrc32c(kKeyPlace.seeds.At(kKeyPlace.offset + at),
                                            section.subspan(at, kCovered));
  std::memcpy(section.data() + at + kCovered, &crc, sizeof(crc));
}

void Sign(std::span<std::byte> section) {
  if (section.size() < sizeof(KeyExtentHeader)) return;
  const size_t end = EndOfFilter(section);
  for (size_t at = 0; at < end; at += sizeof(KeyFilterBlock)) SignLine(section, at);
  SignExtents(section, ExtentsBehind(section, end), kKeyPlace);
}

std::optional<std::vector<KeyEntry>> ReadAll(const KeyExtentView& keys,
                                             const format::Kernels& kernels) {
  KeyReader reader(kernels);
  std::vector<KeyEntry> entries;
  const absl::Status status = reader.ReadAll(keys, entries);
  if (status.ok()) return entries;
  ExpectDataLoss(status);
  return std::nullopt;
}

void CheckFind(const KeyExtentView& keys, const std::vector<KeyEntry>* entries, uint64_t hash) {
  KeyReader reader(format::BestKernels());
  std::vector<RowNumber> found;
  const absl::Status status = reader.Find(keys, hash, found);
  if (entries == nullptr) return status.ok() ? Expect(true) : ExpectDataLoss(status);
  std::vector<RowNumber> expected;
  for (const KeyEntry& entry : *entries) {
    if (entry.hash == hash) expected.push_back(entry.row);
  }
  Expect(status.ok() && found == expected);
}

// A filter that says less than the hashes makes keys disappear: Verify finds that.
void CheckFilter(const KeyExtentView& keys, const std::vector<KeyEntry>& entries) {
  KeyReader reader(format::BestKernels());
  const absl::Status status = reader.Verify(keys);
  if (!status.ok()) return ExpectDataLoss(status);
  for (const KeyEntry& entry : entries) {
    const auto may = keys.MayContain(entry.hash);
    Expect(may.ok() && *may);
  }
}

void CheckWriting(const std::vector<KeyEntry>& entries) {
  format::ExtentWriter writer(format::BestKernels());
  std::vector<std::byte> bytes;
  Expect(AppendKeyExtent(writer, entries, kKeyPlace, bytes).ok());
  const MappedBytes mapped(bytes);
  const auto keys = KeyExtentView::Parse(mapped.bytes(), kKeyPlace);
  Expect(keys.ok() && keys->size_bytes() == bytes.size());
  Expect(ReadAll(*keys, format::PortableKernels()) == entries);
  KeyReader reader(format::BestKernels());
  Expect(reader.Verify(*keys).ok());
  const auto merged = MergeKeyExtents(reader, std::span(&*keys, 1), [](RowNumber) { return true; });
  Expect(merged.ok() && *merged == entries);
}

void CheckKeys(const KeyExtentView& keys) {
  if (keys.entries() > kMaxEntries) return;
  const auto entries = ReadAll(keys, format::BestKernels());
  Expect(entries == ReadAll(keys, format::PortableKernels()));
  const auto* all = entries.has_value() ? &*entries : nullptr;
  for (const uint64_t hash : {uint64_t{0}, uint64_t{1} << 63, ~uint64_t{0}}) {
    CheckFind(keys, all, hash);
    const auto may = keys.MayContain(hash);
    if (!may.ok()) ExpectDataLoss(may.status());
  }
  if (all == nullptr) return;
  for (const size_t i : SomeRows(all->size(), keys.greatest_row().value())) {
    CheckFind(keys, all, (*all)[i].hash);
    CheckFind(keys, all, (*all)[i].hash + 1);
  }
  CheckFilter(keys, *all);
  CheckWriting(*all);
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> section(given.begin(), given.end());
  if (size < sizeof(KeyExtentHeader)) return LLVMFuzzerMutate(data, size, max_size);
  const size_t end = EndOfFilter(section);
  if (seed % 8 == 0) {
    LLVMFuzzerMutate(data, end, end);
    return size;
  }
  MutateOneExtent(section, ExtentsBehind(section, end), seed);
  StoreSectionLength(section);
  return GiveBack(section, data, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const MappedBytes mapped(std::as_bytes(std::span(data, size)));
  Sign(mapped.bytes());
  const auto keys = KeyExtentView::Parse(mapped.bytes(), kKeyPlace);
  if (!keys.ok()) {
    ExpectDataLoss(keys.status());
  } else {
    CheckKeys(*keys);
  }
  return 0;
}

}  // namespace tape::fuzz
