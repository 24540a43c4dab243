// Any bytes as the validity bitmap of a block, and as the validity of one.
#include <algorithm>
#include <vector>

#include "format/encoding/validity.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {
namespace {

using format::Kernels;

std::vector<uint64_t> Filled() { return std::vector<uint64_t>(format::kBlockWords, 0x5555); }

void CheckBitmap(const Kernels& kernels, std::span<const std::byte> data,
                 const format::ValidityCounts& counts) {
  std::vector<uint64_t> bitmap = Filled();
  const Padded exact(data, 0, std::byte{0});
  const auto size = ReadValidity(kernels, exact.bytes(), counts, bitmap.data());
  if (!size.ok()) return ExpectDataLoss(size.status());
  std::vector<uint8_t> valid;
  for (size_t row = 0; row < format::kBlockRows; ++row) {
    const auto bit = static_cast<uint8_t>(bitmap[row / 64] >> (row % 64) & 1);
    Expect(row < counts.rows || bit == 0);
    if (row < counts.rows) valid.push_back(bit);
  }
  // A block that is all NULL has its bits zero, one without NULLs has them set.
  Expect(CountNulls(kernels, valid) == counts.nulls);
  std::vector<std::byte> written;
  WriteValidity(kernels, valid, written);
  Expect(written.size() == *size && std::ranges::equal(written, data.first(*size)));
}

void CheckWriting(const Kernels& kernels, std::vector<uint8_t> valid) {
  for (uint8_t& byte : valid) byte &= 1;
  std::vector<std::byte> written;
  WriteValidity(kernels, valid, written);
  const size_t nulls = CountNulls(kernels, valid);
  Expect(written.size() == format::ValidityBytes(valid.size(), nulls));
  std::vector<uint64_t> bitmap = Filled();
  const auto size = ReadValidity(kernels, written, {valid.size(), nulls}, bitmap.data());
  Expect(size.ok() && *size == written.size());
  for (size_t row = 0; row < valid.size(); ++row) {
    Expect((bitmap[row / 64] >> (row % 64) & 1) == valid[row]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const size_t rows = input.Take<uint16_t>();
  const size_t nulls = input.Take<uint16_t>();
  for (const Kernels* kernels : {&format::PortableKernels(), &format::BestKernels()}) {
    CheckBitmap(*kernels, input.Rest(), {rows, nulls});
  }
  const auto valid = Input(data, size).TakeValues<uint8_t>(format::kBlockRows);
  if (!valid.empty()) CheckWriting(format::BestKernels(), valid);
  return 0;
}

}  // namespace tape::fuzz
