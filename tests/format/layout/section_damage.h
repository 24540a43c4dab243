// What every section of a file must withstand: each flipped bit and each cut is refused.
//
//   ExpectDamageIsRefused(bytes, [](std::span<const std::byte> bad) {
//     absl::StatusOr<KillsView> view = KillsView::Parse(bad, kPlace);
//     return view.ok() ? ReadEverything(*view) : view.status();
//   });
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "format/bytes/crc32c.h"
#include "format/bytes/little_endian.h"
#include "format/layout/extent_view.h"

namespace tape::format {

// `read` parses and reads all of the bytes it is given and returns what came of it.
template <typename Read>
void ExpectDamageIsRefused(const std::vector<std::byte>& good, Read read) {
  ASSERT_EQ(read(good), absl::OkStatus());
  std::vector<std::byte> bad = good;
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    bad[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    ASSERT_EQ(read(bad).code(), absl::StatusCode::kDataLoss) << "bit " << bit;
    bad[bit / 8] = good[bit / 8];
  }
  for (size_t size = 0; size < good.size(); ++size) {
    const std::vector<std::byte> cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    ASSERT_EQ(read(cut).code(), absl::StatusCode::kDataLoss) << "cut at " << size;
  }
}

// The checksum at `crc_at` made right again over bytes [0, crc_at) and [crc_at + 4, end): what a
// program that writes other bytes would write.
inline void Reseal(std::vector<std::byte>& bytes, const ExtentPlace& place, size_t crc_at,
                   size_t end) {
  const std::span<const std::byte> all(bytes);
  uint32_t crc = ExtendCrc32c(place.seeds.At(place.offset), all.first(crc_at));
  crc = ExtendCrc32c(crc, all.first(end).subspan(crc_at + 4));
  StoreLe<uint32_t>(bytes.data() + crc_at, crc);
}

}  // namespace tape::format
