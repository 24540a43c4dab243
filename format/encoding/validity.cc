#include "format/encoding/validity.h"

#include <algorithm>
#include <cstring>

#include "format/encoding/payload.h"
#include "format/kernels/packing.h"

namespace tape::format {
namespace {

size_t Words(size_t rows) { return (rows + 63) / 64; }

absl::Status Damaged(std::string_view what, uint64_t found) {
  return DamagedPayload("validity", what, found);
}

// The bitmap of rows that all have a value.
void SetAll(size_t rows, uint64_t* bitmap) {
  std::fill_n(bitmap, rows / 64, ~uint64_t{0});
  if (rows % 64 != 0) bitmap[rows / 64] = LowBits(rows % 64);
}

absl::Status CheckBitmap(const Kernels& kernels, const ValidityCounts& counts,
                         const uint64_t* bitmap) {
  const unsigned tail = counts.rows % 64;
  const uint64_t spare = tail == 0 ? 0 : bitmap[counts.rows / 64] & ~LowBits(tail);
  if (spare != 0) return Damaged("bits of rows that do not exist", spare);
  const size_t values = kernels.count_bits(bitmap, counts.rows);
  if (values != counts.rows - counts.nulls) return Damaged("bits and null count disagree", values);
  return absl::OkStatus();
}

}  // namespace

size_t CountNulls(const Kernels& kernels, std::span<const uint8_t> valid) {
  uint64_t bitmap[kBlockWords];
  kernels.collect_bitmap(valid.data(), valid.size(), bitmap);
  return valid.size() - kernels.count_bits(bitmap, valid.size());
}

void WriteValidity(const Kernels& kernels, std::span<const uint8_t> valid,
                   std::vector<std::byte>& out) {
  uint64_t bitmap[kBlockWords];
  kernels.collect_bitmap(valid.data(), valid.size(), bitmap);
  const size_t nulls = valid.size() - kernels.count_bits(bitmap, valid.size());
  if (ValidityBytes(valid.size(), nulls) == 0) return;
  AppendValues(std::span<const uint64_t>(bitmap, Words(valid.size())), out);
}

absl::StatusOr<size_t> ReadValidity(const Kernels& kernels, std::span<const std::byte> data,
                                    const ValidityCounts& counts, uint64_t* bitmap) {
  if (counts.rows == 0 || counts.rows > kBlockRows) return Damaged("rows of a block", counts.rows);
  if (counts.nulls > counts.rows) return Damaged("more nulls than rows", counts.nulls);
  std::fill_n(bitmap, kBlockWords, 0);
  if (counts.nulls == 0) SetAll(counts.rows, bitmap);
  const size_t size = ValidityBytes(counts.rows, counts.nulls);
  if (size == 0) return size;
  if (size > data.size()) return Damaged("bitmap cut short", data.size());
  std::memcpy(bitmap, data.data(), size);
  if (absl::Status status = CheckBitmap(kernels, counts, bitmap); !status.ok()) return status;
  return size;
}

}  // namespace tape::format
