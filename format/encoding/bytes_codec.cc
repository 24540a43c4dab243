#include "format/encoding/bytes_codec.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "format/bytes/little_endian.h"
#include "format/bytes/zero_padding.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

constexpr int kCompressionLevel = 3;
constexpr size_t kMinSavingDivisor = 16;  // a sixteenth is saved or the page stays raw
constexpr size_t kTableHeaderSize = 8;    // number of pages, zero

absl::Status Damaged(std::string_view what, uint64_t found) {
  return DamagedPayload("bytes", what, found);
}

// --- Bounds.

constexpr size_t kPrefixBytes = 8;

uint64_t Prefix(std::string_view value) {
  uint64_t prefix = 0;
  if (value.empty()) return prefix;
  std::memcpy(&prefix, value.data(), std::min(value.size(), kPrefixBytes));
  return __builtin_bswap64(prefix);
}

// Whether the prefix says all of the value.
bool FitsPrefix(std::string_view value) {
  return value.size() <= kPrefixBytes && (value.empty() || value.back() != '\0');
}

// Of values with the same prefix, the one that fits it is the least. So it is exact as a minimum
// when any of them fits, as a maximum when all do.
class BoundsFinder {
 public:
  void Add(std::string_view value) {
    const uint64_t prefix = Prefix(value);
    const bool fits = FitsPrefix(value);
    if (!any_ || prefix < min_) {
      min_ = prefix;
      min_fits_ = fits;
    } else if (prefix == min_) {
      min_fits_ = min_fits_ || fits;
    }
    if (!any_ || prefix > max_) {
      max_ = prefix;
      max_fits_ = fits;
    } else if (prefix == max_) {
      max_fits_ = max_fits_ && fits;
    }
    any_ = true;
  }

  BytesBounds bounds() const {
    if (!any_) return {0, 0, kNoBounds};
    const uint8_t flags = min_fits_ && max_fits_ ? 0 : kInexactBounds;
    return {static_cast<int64_t>(min_), static_cast<int64_t>(max_), flags};
  }

 private:
  bool any_ = false;
  uint64_t min_ = 0;
  uint64_t max_ = 0;
  bool min_fits_ = false;
  bool max_fits_ = false;
};

// --- Planning and writing.

std::string_view RawPage(const ColumnView& rows, size_t first_row, size_t raw_size) {
  return rows.Heap().substr(rows.Offsets()[first_row], raw_size);
}

// Cuts the block into pages, none compressed yet.
void CutPages(const ColumnView& rows, std::vector<BytesPage>& pages) {
  const std::span<const uint64_t> offsets = rows.Offsets();
  pages.clear();
  size_t first = 0;
  for (size_t row = 0; row < rows.rows(); ++row) {
    const uint64_t size = offsets[row + 1] - offsets[first];
    if (size < kPageBytes && row + 1 < rows.rows()) continue;
    const auto raw_size = static_cast<uint32_t>(size);
    pages.push_back({static_cast<uint32_t>(first), raw_size, raw_size, PageCodec::kRaw});
    first = row + 1;
  }
}

// Compresses the page behind those before it, unless that does not pay.
void CompressPage(std::string_view raw, BytesScratch& scratch, BytesPage& page) {
  constexpr size_t kSmallestWorthwhile = 32;  // a frame alone takes a dozen
  if (raw.size() < kSmallestWorthwhile) return;
  if (scratch.compressor == nullptr) scratch.compressor.reset(ZSTD_createCCtx());
  if (scratch.compressor == nullptr) return;
  const size_t begin = scratch.compressed.size();
  const size_t room = raw.size() - raw.size() / kMinSavingDivisor;
  scratch.compressed.resize(begin + room);
  const size_t size = ZSTD_compressCCtx(scratch.compressor.get(), scratch.compressed.data() + begin,
                                        room, raw.data(), raw.size(), kCompressionLevel);
  const bool pays = ZSTD_isError(size) == 0;  // the usual error is that there is no room
  scratch.compressed.resize(begin + (pays ? size : 0));
  if (!pays) return;
  page.stored_size = static_cast<uint32_t>(size);
  page.codec = PageCodec::kZstd;
}

void MakePages(const ColumnView& rows, BytesScratch& scratch) {
  CutPages(rows, scratch.pages);
  scratch.compressed.clear();
  for (BytesPage& page : scratch.pages) {
    CompressPage(RawPage(rows, page.first_row, page.raw_size), scratch, page);
  }
}

std::span<const int64_t> Lengths(const ColumnView& rows, BytesScratch& scratch) {
  const std::span<const uint64_t> offsets = rows.Offsets();
  for (size_t row = 0; row < rows.rows(); ++row) {
    scratch.lengths[row] = static_cast<int64_t>(offsets[row + 1] - offsets[row]);
  }
  return {scratch.lengths, rows.rows()};
}

size_t Size(const IntegerPlan& lengths, const std::vector<BytesPage>& pages) {
  size_t stored = 0;
  for (const BytesPage& page : pages) stored += page.stored_size;
  return NestedSize(lengths) + kTableHeaderSize + pages.size() * sizeof(BytesPage) +
         RoundUpToWord(stored);
}

void AppendPages(const ColumnView& rows, const BytesScratch& scratch, std::vector<std::byte>& out) {
  const std::byte* compressed = scratch.compressed.data();
  for (const BytesPage& page : scratch.pages) {
    if (page.codec == PageCodec::kZstd) {
      out.insert(out.end(), compressed, compressed + page.stored_size);
      compressed += page.stored_size;
    } else {
      AppendValues(std::span(RawPage(rows, page.first_row, page.raw_size)), out);
    }
  }
}

// --- Reading: everything is checked first.

absl::Status CheckWord(const Payload& payload) {
  const CodecWord& word = payload.word;
  if (absl::Status status = CheckCounts("bytes", payload); !status.ok()) return status;
  const unsigned any = word.width | word.exception_width | word.exception_count;
  if (any != 0) return Damaged("packed values where there are none", any);
  const bool all_null = word.null_count == payload.count;
  if (word.encoding == Encoding::kConstant && all_null) {
    return payload.data.empty() ? absl::OkStatus()
                                : Damaged("size of the payload", payload.data.size());
  }
  if (word.encoding == Encoding::kPages) return absl::OkStatus();
  return Damaged("unknown encoding", static_cast<uint8_t>(word.encoding));
}

// Where each value begins among the block's raw bytes.
absl::Status FindOffsets(const Kernels& kernels, size_t rows, BytesScratch& scratch) {
  constexpr auto kLimit = static_cast<int64_t>(kMaxValueBytes);
  const MinMax lengths = kernels.min_max_64(scratch.lengths, rows);
  if (lengths.min < 0) return Damaged("negative length", static_cast<uint64_t>(lengths.min));
  if (lengths.max > kLimit) {
    return Damaged("length above the limit of values", static_cast<uint64_t>(lengths.max));
  }
  scratch.offsets[0] = 0;
  for (size_t row = 0; row < rows; ++row) {
    scratch.offsets[row + 1] = scratch.offsets[row] + static_cast<uint64_t>(scratch.lengths[row]);
  }
  return absl::OkStatus();
}

// A frame consists of blocks, each of three bytes at least, none of which holds more than 128 KiB.
uint64_t MostThatZstdHolds(uint64_t stored_size) {
  constexpr uint64_t kBlockHeader = 3;
  constexpr uint64_t kLargestBlock = uint64_t{128} << 10;
  return (stored_size / kBlockHeader + 1) * kLargestBlock;
}

absl::Status CheckPage(const BytesPage& page, uint64_t expected_raw_size) {
  if (page.raw_size != expected_raw_size) {
    return Damaged("raw size and lengths disagree", page.raw_size);
  }
  if (page.codec == PageCodec::kRaw) {
    if (page.stored_size == page.raw_size) return absl::OkStatus();
    return Damaged("stored size of a raw page", page.stored_size);
  }
  if (page.codec != PageCodec::kZstd) {
    return Damaged("unknown page codec", static_cast<uint32_t>(page.codec));
  }
  if (page.raw_size > MostThatZstdHolds(page.stored_size)) {
    return Damaged("more raw bytes than the page can hold", page.raw_size);
  }
  return absl::OkStatus();
}

// Checks the pages against the offsets; returns their stored bytes together.
absl::StatusOr<uint64_t> CheckPages(size_t rows, const BytesScratch& scratch) {
  const std::vector<BytesPage>& pages = scratch.pages;
  uint64_t stored = 0;
  for (size_t i = 0; i < pages.size(); ++i) {
    const size_t first = pages[i].first_row;
    const size_t end = i + 1 < pages.size() ? pages[i + 1].first_row : rows;
    if (first >= end || end > rows || (i == 0 && first != 0)) {
      return Damaged("first row of a page out of order", first);
    }
    const uint64_t raw_size = scratch.offsets[end] - scratch.offsets[first];
    absl::Status status = CheckPage(pages[i], raw_size);
    if (!status.ok()) return status;
    stored += pages[i].stored_size;
  }
  return stored;
}

// Copies the page table to scratch.pages; returns what follows it.
absl::StatusOr<std::span<const std::byte>> ReadPageTable(std::span<const std::byte> data,
                                                         size_t rows, BytesScratch& scratch) {
  if (data.size() < kTableHeaderSize) return Damaged("payload cut short", data.size());
  const size_t count = LoadLe<uint32_t>(data.data());
  const uint32_t zero = LoadLe<uint32_t>(data.data() + sizeof(uint32_t));
  if (count == 0 || count > rows) return Damaged("number of pages", count);
  if (zero != 0) return Damaged("reserved bytes", zero);
  const size_t size = count * sizeof(BytesPage);
  if (size > data.size() - kTableHeaderSize) return Damaged("payload cut short", data.size());
  scratch.pages.resize(count);
  std::memcpy(scratch.pages.data(), data.data() + kTableHeaderSize, size);
  return data.subspan(kTableHeaderSize + size);
}

// Reads and checks lengths and pages into the scratch. Returns the pages' stored bytes.
absl::StatusOr<std::span<const std::byte>> OpenPages(const Kernels& kernels, const Payload& payload,
                                                     BytesScratch& scratch) {
  ++scratch.generation;
  absl::StatusOr<size_t> nested =
      ReadNestedIntegers(kernels, payload.data, payload.count, scratch.lengths);
  if (!nested.ok()) return nested.status();
  absl::Status status = FindOffsets(kernels, payload.count, scratch);
  if (!status.ok()) return status;
  absl::StatusOr<std::span<const std::byte>> stored =
      ReadPageTable(payload.data.subspan(*nested), payload.count, scratch);
  if (!stored.ok()) return stored.status();
  absl::StatusOr<uint64_t> size = CheckPages(payload.count, scratch);
  if (!size.ok()) return size.status();
  if (RoundUpToWord(*size) != stored->size()) return Damaged("size of the pages", *size);
  if (!AllZero(stored->subspan(*size))) return Damaged("padding is not zero", *size);
  return stored->first(*size);
}

// One frame of today's format, not several, no skippable or ancient one, that ends where the page
// does.
bool IsOneFrame(std::span<const std::byte> stored) {
  constexpr uint32_t kMagic = 0xFD2FB528;  // RFC 8878
  return stored.size() >= sizeof(kMagic) && LoadLe<uint32_t>(stored.data()) == kMagic &&
         ZSTD_findFrameCompressedSize(stored.data(), stored.size()) == stored.size();
}

absl::Status ReadPage(const BytesPage& page, std::span<const std::byte> stored,
                      BytesScratch& scratch, char* out) {
  if (page.codec == PageCodec::kRaw) {
    if (page.raw_size != 0) std::memcpy(out, stored.data(), page.raw_size);
    return absl::OkStatus();
  }
  if (scratch.decompressor == nullptr) scratch.decompressor.reset(ZSTD_createDCtx());
  if (scratch.decompressor == nullptr) return absl::ResourceExhaustedError("no memory for Zstd");
  if (!IsOneFrame(stored)) return Damaged("page is not one Zstd frame of size", stored.size());
  const size_t size = ZSTD_decompressDCtx(scratch.decompressor.get(), out, page.raw_size,
                                          stored.data(), stored.size());
  if (size != page.raw_size) return Damaged("page does not decompress to its raw size", size);
  return absl::OkStatus();
}

absl::Status ReadPages(std::span<const std::byte> stored, BytesScratch& scratch, char* out) {
  for (const BytesPage& page : scratch.pages) {
    absl::Status status = ReadPage(page, stored.first(page.stored_size), scratch, out);
    if (!status.ok()) return status;
    stored = stored.subspan(page.stored_size);
    out += page.raw_size;
  }
  return absl::OkStatus();
}

// Makes room for the rows opened last; returns where their bytes go.
char* AppendRows(size_t rows, const BytesScratch& scratch, ColumnBuffer& out) {
  const size_t first = out.rows();
  const uint64_t begin = out.MutableOffsets()[first];
  out.Resize(first + rows);
  const std::span<uint64_t> offsets = out.MutableOffsets().subspan(first);
  for (size_t row = 0; row <= rows; ++row) offsets[row] = begin + scratch.offsets[row];
  return out.ResizeHeap(begin + scratch.offsets[rows]).data() + begin;
}

}  // namespace

void ZstdDeleter::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }
void ZstdDeleter::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

BytesBounds BoundsOfBytes(const ColumnView& rows) {
  BoundsFinder finder;
  for (size_t row = 0; row < rows.rows(); ++row) {
    if (!rows.IsNull(row)) finder.Add(rows.Bytes(row));
  }
  return finder.bounds();
}

BytesPlan PlanBytes(const Kernels& kernels, const ColumnView& rows, BytesScratch& scratch) {
  BytesPlan plan;
  plan.word.encoding = Encoding::kPages;
  plan.scratch = &scratch;
  plan.generation = ++scratch.generation;
  plan.lengths = PlanIntegers(kernels, Lengths(rows, scratch), {.nested = true}, scratch.integers);
  MakePages(rows, scratch);
  plan.size_bytes = Size(plan.lengths, scratch.pages);
  return plan;
}

absl::Status WriteBytes(const Kernels& kernels, const BytesPlan& plan, const ColumnView& rows,
                        BytesScratch& scratch, std::vector<std::byte>& out) {
  const bool fresh = plan.scratch == &scratch && plan.generation == scratch.generation;
  if (!fresh) {
    ++scratch.generation;
    MakePages(rows, scratch);
    if (Size(plan.lengths, scratch.pages) != plan.size_bytes) {
      return absl::ResourceExhaustedError("no memory to compress a page once more");
    }
  }
  const size_t end = out.size() + plan.size_bytes;
  WriteNested(kernels, plan.lengths, Lengths(rows, scratch), scratch.integers, out);
  AppendValue(static_cast<uint32_t>(scratch.pages.size()), out);
  AppendValue(uint32_t{0}, out);
  AppendValues(std::span<const BytesPage>(scratch.pages), out);
  AppendPages(rows, scratch, out);
  out.resize(end);
  return absl::OkStatus();
}

absl::Status ReadBytes(const Kernels& kernels, const Payload& payload, BytesScratch& scratch,
                       ColumnBuffer& out) {
  if (out.physical() != Physical::kBytes) {
    return absl::InvalidArgumentError("byte strings are read into a column of another type");
  }
  if (absl::Status status = CheckWord(payload); !status.ok()) return status;
  const size_t first = out.rows();
  if (payload.word.encoding == Encoding::kConstant) {
    out.Resize(first + payload.count);
    return absl::OkStatus();
  }
  absl::StatusOr<std::span<const std::byte>> stored = OpenPages(kernels, payload, scratch);
  if (!stored.ok()) return stored.status();
  char* const heap = AppendRows(payload.count, scratch, out);
  absl::Status status = ReadPages(*stored, scratch, heap);
  if (!status.ok()) out.Resize(first);
  return status;
}

absl::StatusOr<std::string_view> ReadBytesAt(const Kernels& kernels, const Payload& payload,
                                             size_t index, BytesScratch& scratch) {
  if (absl::Status status = CheckWord(payload); !status.ok()) return status;
  if (index >= payload.count) return Damaged("row outside the block", index);
  if (payload.word.encoding == Encoding::kConstant) return std::string_view();
  absl::StatusOr<std::span<const std::byte>> stored = OpenPages(kernels, payload, scratch);
  if (!stored.ok()) return stored.status();
  size_t begin = 0;
  const BytesPage* page = scratch.pages.data();
  const BytesPage* const last = &scratch.pages.back();
  for (; page != last && page[1].first_row <= index; ++page) begin += page->stored_size;
  const std::span<const std::byte> bytes = stored->subspan(begin, page->stored_size);
  const uint64_t start = scratch.offsets[index] - scratch.offsets[page->first_row];
  const auto length = static_cast<size_t>(scratch.lengths[index]);
  if (page->codec == PageCodec::kRaw) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()) + start, length);
  }
  scratch.page.resize(page->raw_size);
  absl::Status status = ReadPage(*page, bytes, scratch, scratch.page.data());
  if (!status.ok()) return status;
  return std::string_view(scratch.page.data() + start, length);
}

}  // namespace tape::format
