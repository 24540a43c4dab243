// Byte strings (text, JSON, arrays) to bytes and back: nested lengths, then pages of at least 64
// KiB, each compressed by Zstd where that saves a sixteenth. Bytes: docs/format/block.md, "Bytes
// payload".
//
//   BytesScratch scratch;
//   BytesPlan plan = PlanBytes(kernels, rows, scratch);             // the exact price first
//   absl::Status written = WriteBytes(kernels, plan, rows, scratch, bytes);
//   Payload payload{plan.word, bytes, rows.rows()};
//   ReadBytes(kernels, payload, scratch, buffer);                   // appends the rows
//   ReadBytesAt(kernels, payload, 17, scratch);                     // decompresses one page
//
// A call handles one block: 1 to 1,024 rows. A NULL row has an empty value; validity is told apart
// outside. The price of a page is known only once it is compressed, so the plan compresses, and the
// writing copies what the plan left in the scratch.
//
// Hostile bytes cost no more memory than honest ones: every raw size agrees with the lengths before
// anything is allocated, and no page claims more than Zstd can possibly have packed into its bytes.
// Sizes that Zstd frames claim are not used.
//
// Pure functions; scratch is the caller's, one per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/encoding/codec_word.h"
#include "format/encoding/integer_codec.h"
#include "format/encoding/payload.h"
#include "format/kernels/kernels.h"
#include "tape/column_view.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace tape::format {

// A page with so many raw bytes is closed.
inline constexpr size_t kPageBytes = size_t{64} << 10;

enum class PageCodec : uint32_t { kRaw = 0, kZstd = 1 };

// As it lies in the payload.
struct BytesPage {
  uint32_t first_row;
  uint32_t raw_size;
  uint32_t stored_size;
  PageCodec codec;
};
static_assert(sizeof(BytesPage) == 16);

struct ZstdDeleter {
  void operator()(ZSTD_CCtx_s* context) const;
  void operator()(ZSTD_DCtx_s* context) const;
};

// Work space of one thread. The Zstd contexts are made when first needed and freed with it.
// Contents mean nothing between calls, except the compressed pages of the last plan, which its
// writing uses.
struct BytesScratch {
  IntegerScratch integers;
  alignas(64) int64_t lengths[kBlockRows];
  uint64_t offsets[kBlockRows + 1];
  std::vector<BytesPage> pages;
  std::vector<std::byte> compressed;  // of the pages that are, end to end
  std::vector<char> page;             // the decompressed page of one row
  std::unique_ptr<ZSTD_CCtx_s, ZstdDeleter> compressor;
  std::unique_ptr<ZSTD_DCtx_s, ZstdDeleter> decompressor;
  uint64_t generation = 0;  // of the pages: grows with every call that overwrites them
};

// What a payload will be and exactly how long.
struct BytesPlan {
  CodecWord word{};  // null count 0: the caller's to set in the block header
  IntegerPlan lengths;
  size_t size_bytes = 0;
  const BytesScratch* scratch = nullptr;  // whose pages are this plan's
  uint64_t generation = 0;                // while they have this generation
};

// A block header's min and max: the first eight bytes, the first the most significant, zeros where
// there are fewer; they compare unsigned. Flags are kNoBounds (and both are 0) when every row is
// NULL, and kInexactBounds when the least or the greatest value is more than its bound says.
struct BytesBounds {
  int64_t min = 0;
  int64_t max = 0;
  uint8_t flags = 0;

  bool operator==(const BytesBounds&) const = default;
};

BytesBounds BoundsOfBytes(const ColumnView& rows);

// `rows` is a kBytes column whose offsets are sound, no value longer than kMaxValueBytes.
BytesPlan PlanBytes(const Kernels& kernels, const ColumnView& rows, BytesScratch& scratch);

// Appends plan.size_bytes bytes to `out`, whose size is a multiple of 8. `rows` are the plan's.
// Right after the plan, with its scratch, nothing is compressed again and nothing can fail; later,
// kResourceExhausted when Zstd finds less memory than the plan had.
absl::Status WriteBytes(const Kernels& kernels, const BytesPlan& plan, const ColumnView& rows,
                        BytesScratch& scratch, std::vector<std::byte>& out);

// Appends payload.count rows, all valid, to `out`, a kBytes column. kDataLoss for bytes that
// WriteBytes does not write, `out` being as before. Rows of a block that are all NULL are empty.
absl::Status ReadBytes(const Kernels& kernels, const Payload& payload, BytesScratch& scratch,
                       ColumnBuffer& out);

// One value; decompresses its page only. It lies in the payload or in the scratch, so it lasts
// until either changes.
absl::StatusOr<std::string_view> ReadBytesAt(const Kernels& kernels, const Payload& payload,
                                             size_t index, BytesScratch& scratch);

}  // namespace tape::format
