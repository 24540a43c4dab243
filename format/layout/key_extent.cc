#include "format/layout/key_extent.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "format/layout/sequence_extent.h"

namespace tape::format {
namespace {

constexpr SequenceSpec kHashes{ExtentRole::kKeyHashes, SequenceOrder::kNotFalling};
constexpr SequenceSpec kRows{ExtentRole::kKeyRows, SequenceOrder::kNone};

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("key extent: ", what, ", found ", found));
}

// Extents compare as signed numbers, hashes as unsigned ones: with the first bit flipped, both
// agree.
int64_t ToStored(uint64_t hash) { return static_cast<int64_t>(hash ^ (uint64_t{1} << 63)); }
uint64_t ToHash(int64_t stored) { return static_cast<uint64_t>(stored) ^ (uint64_t{1} << 63); }

// ---- filter

// The upper half of hash * blocks: ascending hashes have ascending blocks.
uint64_t FilterBlockOf(uint64_t hash, uint64_t blocks) {
  return static_cast<uint64_t>((UInt128{hash} * blocks) >> 64);
}

// The block takes the upper bits of the hash. The product has bits in its upper part that depend on
// all of the hash: six of them for each word.
uint64_t FilterBit(uint64_t hash, size_t word) {
  const uint64_t product = hash * 0x9E37'79B9'7F4A'7C15;
  return uint64_t{1} << ((product >> (58 - 6 * word)) & 63);
}

void AddToFilter(uint64_t hash, KeyFilterBlock& block) {
  for (size_t word = 0; word < KeyFilterBlock::kWords; ++word) {
    block.words[word] |= FilterBit(hash, word);
  }
}

bool IsInFilter(uint64_t hash, const KeyFilterBlock& block) {
  uint64_t missing = 0;
  for (size_t word = 0; word < KeyFilterBlock::kWords; ++word) {
    missing |= FilterBit(hash, word) & ~block.words[word];
  }
  return missing == 0;
}

std::vector<KeyFilterBlock> BuildFilter(std::span<const KeyEntry> entries, size_t blocks) {
  std::vector<KeyFilterBlock> filter(blocks);
  for (const KeyEntry& entry : entries) {
    AddToFilter(entry.hash, filter[FilterBlockOf(entry.hash, blocks)]);
  }
  return filter;
}

uint32_t BlockCrc(const ExtentPlace& place, uint64_t index, std::span<const std::byte> block) {
  const uint64_t offset = place.offset + sizeof(KeyExtentHeader) + index * sizeof(KeyFilterBlock);
  return ExtendCrc32c(place.seeds.At(offset), block.first(offsetof(KeyFilterBlock, crc)));
}

void AppendFilter(std::span<KeyFilterBlock> filter, const ExtentPlace& place,
                  std::vector<std::byte>& out) {
  for (size_t index = 0; index < filter.size(); ++index) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(&filter[index], 1));
    filter[index].crc = BlockCrc(place, index, bytes);
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
}

// ---- writing

absl::Status CheckEntries(std::span<const KeyEntry> entries, const ExtentPlace& place) {
  if (entries.empty()) return absl::InvalidArgumentError("key extent: no entries");
  if (entries.size() > std::numeric_limits<uint32_t>::max()) {
    return absl::ResourceExhaustedError(Concat("key extent: ", entries.size(), " entries"));
  }
  if (place.offset % kExtentAlignment != 0) {
    return absl::InvalidArgumentError(Concat("key extent: offset ", place.offset));
  }
  const auto is_too_great = [](const KeyEntry& entry) { return entry.row.value() >> 63 != 0; };
  const auto bad = std::find_if(entries.begin(), entries.end(), is_too_great);
  if (bad == entries.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("key extent: row number ", bad->row.value()));
}

constexpr size_t kEntriesPerBucket = 8;

// Hashes are spread evenly, so that a bucket by their upper bits holds a handful to sort: 31 ns an
// entry for a seal of 262,144 where std::sort alone takes 148 (EPYC, 2026). Many equal hashes only
// make it as slow as that.
void SortIntoBuckets(std::vector<KeyEntry>& entries) {
  const int shift = 64 - std::bit_width(entries.size() / kEntriesPerBucket + 1);
  std::vector<size_t> ends(size_t{1} << (64 - shift));
  for (const KeyEntry& entry : entries) ++ends[entry.hash >> shift];
  std::exclusive_scan(ends.begin(), ends.end(), ends.begin(), size_t{0});
  std::vector<KeyEntry> sorted(entries.size());
  for (const KeyEntry& entry : entries) sorted[ends[entry.hash >> shift]++] = entry;
  auto begin = sorted.begin();
  for (const size_t end : ends) {
    const auto next = sorted.begin() + static_cast<ptrdiff_t>(end);
    std::sort(std::exchange(begin, next), next);
  }
  entries.swap(sorted);
}

void SortEntries(std::vector<KeyEntry>& entries) {
  if (!std::is_sorted(entries.begin(), entries.end())) SortIntoBuckets(entries);
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
}

size_t CountDifferentHashes(std::span<const KeyEntry> sorted) {
  size_t count = 1;
  for (size_t i = 1; i < sorted.size(); ++i) count += sorted[i].hash != sorted[i - 1].hash ? 1 : 0;
  return count;
}

KeyExtentHeader HeaderOf(std::span<const KeyEntry> entries) {
  const auto by_row = [](const KeyEntry& a, const KeyEntry& b) { return a.row < b.row; };
  const auto [least, greatest] = std::minmax_element(entries.begin(), entries.end(), by_row);
  KeyExtentHeader header;
  header.entries = static_cast<uint32_t>(entries.size());
  header.filter_blocks =
      (CountDifferentHashes(entries) + kHashesPerFilterBlock - 1) / kHashesPerFilterBlock;
  header.least_row = least->row.value();
  header.greatest_row = greatest->row.value();
  return header;
}

void SealHeader(KeyExtentHeader header, const ExtentPlace& place, std::span<std::byte> out) {
  header.length = out.size();
  std::memcpy(out.data(), &header, sizeof(header));
  header.crc = ExtendCrc32c(place.seeds.At(place.offset),
                            std::span(out).first(offsetof(KeyExtentHeader, crc)));
  std::memcpy(out.data(), &header, sizeof(header));
}

}  // namespace

absl::Status AppendKeyExtent(ExtentWriter& writer, std::vector<KeyEntry> entries,
                             const ExtentPlace& place, std::vector<std::byte>& out) {
  if (absl::Status status = CheckEntries(entries, place); !status.ok()) return status;
  SortEntries(entries);
  const KeyExtentHeader header = HeaderOf(entries);
  const size_t begin = out.size();
  out.resize(begin + sizeof(header));
  std::vector<KeyFilterBlock> filter = BuildFilter(entries, header.filter_blocks);
  AppendFilter(filter, place, out);

  std::vector<int64_t> values(entries.size());
  const auto append = [&](const SequenceSpec& spec) {
    return AppendSequence(writer, spec, values, {place.seeds, place.offset + out.size() - begin},
                          out);
  };
  std::transform(entries.begin(), entries.end(), values.begin(),
                 [](const KeyEntry& entry) { return ToStored(entry.hash); });
  absl::Status status = append(kHashes);
  std::transform(entries.begin(), entries.end(), values.begin(),
                 [](const KeyEntry& entry) { return static_cast<int64_t>(entry.row.value()); });
  if (status.ok()) status = append(kRows);
  if (!status.ok()) {
    out.resize(begin);
    return status;
  }
  SealHeader(header, place, std::span(out).subspan(begin));
  return absl::OkStatus();
}

// ---- reading

namespace {

absl::StatusOr<KeyExtentHeader> ParseHeader(std::span<const std::byte> bytes,
                                            const ExtentPlace& place) {
  KeyExtentHeader header;
  if (bytes.size() < sizeof(header)) return Damaged("cut short at byte", bytes.size());
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kKeyMagic) return absl::DataLossError("key extent: bad magic");
  const uint32_t crc =
      ExtendCrc32c(place.seeds.At(place.offset), bytes.first(offsetof(KeyExtentHeader, crc)));
  if (crc != header.crc) return Damaged("header checksum", header.crc);
  if (header.reserved_40 != 0 || header.reserved_48 != 0 || header.reserved_56 != 0) {
    return absl::DataLossError("key extent: reserved bytes are not zero");
  }
  if (header.length > bytes.size()) return Damaged("length beyond the end", header.length);
  if (header.length < sizeof(header)) return Damaged("length", header.length);
  const uint64_t most_blocks = (header.length - sizeof(header)) / sizeof(KeyFilterBlock);
  if (header.filter_blocks == 0 || header.filter_blocks > most_blocks) {
    return Damaged("filter blocks", header.filter_blocks);
  }
  return header;
}

bool RowsAreInside(const ExtentView& rows, const KeyExtentHeader& header) {
  const auto least = static_cast<int64_t>(header.least_row);
  const auto greatest = static_cast<int64_t>(header.greatest_row);
  return least >= 0 && LeastValue(rows) == least && GreatestValue(rows) == greatest;
}

}  // namespace

absl::StatusOr<KeyExtentView> KeyExtentView::Parse(std::span<const std::byte> bytes,
                                                   const ExtentPlace& place) {
  const absl::StatusOr<KeyExtentHeader> header = ParseHeader(bytes, place);
  if (!header.ok()) return header.status();
  bytes = bytes.first(header->length);
  size_t at = sizeof(KeyExtentHeader) + header->filter_blocks * sizeof(KeyFilterBlock);
  const std::span<const std::byte> filter = bytes.first(at).subspan(sizeof(KeyExtentHeader));
  const auto parse = [&](const SequenceSpec& spec) {
    return ParseSequence(bytes.subspan(at), {place.seeds, place.offset + at}, spec,
                         header->entries);
  };
  const absl::StatusOr<ExtentView> hashes = parse(kHashes);
  if (!hashes.ok()) return hashes.status();
  at += hashes->size_bytes();
  const absl::StatusOr<ExtentView> rows = parse(kRows);
  if (!rows.ok()) return rows.status();
  if (at + rows->size_bytes() != header->length) return Damaged("length", header->length);
  if (!RowsAreInside(*rows, *header)) return Damaged("rows, first", header->least_row);
  return KeyExtentView(*header, place, filter, *hashes, *rows);
}

absl::StatusOr<KeyFilterBlock> KeyExtentView::FilterBlock(size_t index) const {
  const std::span<const std::byte> bytes =
      filter_.subspan(index * sizeof(KeyFilterBlock), sizeof(KeyFilterBlock));
  KeyFilterBlock block;
  std::memcpy(&block, bytes.data(), sizeof(block));
  if (BlockCrc(place_, index, bytes) != block.crc) {
    return Damaged("checksum of a filter block", index);
  }
  if (block.reserved_56 != 0) return Damaged("reserved bytes of a filter block", index);
  return block;
}

absl::StatusOr<bool> KeyExtentView::MayContain(uint64_t hash) const {
  const absl::StatusOr<KeyFilterBlock> block =
      FilterBlock(FilterBlockOf(hash, header_.filter_blocks));
  if (!block.ok()) return block.status();
  return IsInFilter(hash, *block);
}

struct KeyReader::State {
  explicit State(const Kernels& kernels) : reader(kernels) {}

  ExtentReader reader;
  alignas(64) int64_t hashes[kBlockRows];
  alignas(64) int64_t rows[kBlockRows];
};

KeyReader::KeyReader(const Kernels& kernels) : state_(std::make_unique<State>(kernels)) {}
KeyReader::~KeyReader() = default;

absl::Status KeyReader::ReadHashes(const ExtentView& hashes, size_t block) {
  return ReadSequence(state_->reader, hashes, block, kHashes.order, state_->hashes);
}

absl::Status KeyReader::FindInBlock(const KeyExtentView& keys, size_t block, uint64_t hash,
                                    std::vector<RowNumber>& rows) {
  State& state = *state_;
  if (absl::Status status = ReadHashes(keys.hashes(), block); !status.ok()) return status;
  const std::span<const int64_t> hashes(state.hashes, keys.hashes().BlockRows(block));
  const auto [first, last] = std::equal_range(hashes.begin(), hashes.end(), ToStored(hash));
  if (first == last) return absl::OkStatus();
  absl::Status status = ReadSequence(state.reader, keys.rows(), block, kRows.order, state.rows);
  if (!status.ok()) return status;
  for (auto at = first; at != last; ++at) {
    rows.push_back(RowNumber(static_cast<uint64_t>(state.rows[at - hashes.begin()])));
  }
  return absl::OkStatus();
}

absl::Status KeyReader::Find(const KeyExtentView& keys, uint64_t hash,
                             std::vector<RowNumber>& rows) {
  const ExtentView& hashes = keys.hashes();
  const int64_t stored = ToStored(hash);
  size_t block = FirstBlockReaching(hashes, stored);
  for (; block < hashes.blocks() && hashes.Bounds(block).min <= stored; ++block) {
    absl::Status status = FindInBlock(keys, block, hash, rows);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status KeyReader::ReadAll(const KeyExtentView& keys, std::vector<KeyEntry>& entries) {
  State& state = *state_;
  const size_t first = entries.size();
  entries.reserve(first + keys.entries());
  for (size_t block = 0; block < keys.hashes().blocks(); ++block) {
    if (absl::Status status = ReadHashes(keys.hashes(), block); !status.ok()) return status;
    absl::Status status = ReadSequence(state.reader, keys.rows(), block, kRows.order, state.rows);
    if (!status.ok()) return status;
    for (size_t i = 0; i < keys.hashes().BlockRows(block); ++i) {
      const KeyEntry entry{ToHash(state.hashes[i]),
                           RowNumber(static_cast<uint64_t>(state.rows[i]))};
      if (entries.size() > first && !(entries.back() < entry)) {
        return Damaged("entry out of order", entries.size() - first);
      }
      entries.push_back(entry);
    }
  }
  return absl::OkStatus();
}

absl::Status KeyReader::Verify(const KeyExtentView& keys) {
  std::vector<KeyEntry> entries;
  if (absl::Status status = ReadAll(keys, entries); !status.ok()) return status;
  const std::vector<KeyFilterBlock> filter = BuildFilter(entries, keys.filter_blocks());
  for (size_t index = 0; index < filter.size(); ++index) {
    const absl::StatusOr<KeyFilterBlock> block = keys.FilterBlock(index);
    if (!block.ok()) return block.status();
    if (block->words != filter[index].words) return Damaged("other bits in filter block", index);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<KeyEntry>> MergeKeyExtents(KeyReader& reader,
                                                      std::span<const KeyExtentView> extents,
                                                      absl::FunctionRef<bool(RowNumber)> keeps) {
  std::vector<KeyEntry> merged;
  for (const KeyExtentView& extent : extents) {
    if (absl::Status status = reader.ReadAll(extent, merged); !status.ok()) return status;
  }
  std::erase_if(merged, [&](const KeyEntry& entry) { return !keeps(entry.row); });
  SortEntries(merged);
  return merged;
}

}  // namespace tape::format
