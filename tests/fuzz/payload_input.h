// A fuzzer's bytes as one block's payload, or as the values of one.
//
//   const PayloadInput input(data, size);
//   input.word, input.rows, input.min, input.bytes
//
// Layout of the input: what to do with it (1 byte), a shift (1), rows (2), a row to look at (4),
// the header's min (8), the codec word (8), then the payload. make_corpus.cc writes the same.
//
// Immutable; does not own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "format/encoding/codec_word.h"
#include "format/kernels/kernels.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {

struct PayloadInput {
  PayloadInput(const uint8_t* data, size_t size) {
    Input input(data, size);
    mode = input.Take<uint8_t>();
    shift = input.Take<uint8_t>() % 64;
    rows = input.Take<uint16_t>() % (format::kBlockRows + 2);
    seed = input.Take<uint32_t>();
    min = input.Take<int64_t>();
    word = input.Take<format::CodecWord>();
    bytes = input.Rest();
  }

  // The payload's bytes as up to 1,024 values, at least one.
  template <typename T>
  std::vector<T> Values() const {
    Input input(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    std::vector<T> values = input.TakeValues<T>(format::kBlockRows);
    if (values.empty()) values.push_back(T{});
    return values;
  }

  uint8_t mode = 0;
  uint8_t shift = 0;
  size_t rows = 0;
  uint32_t seed = 0;
  int64_t min = 0;
  format::CodecWord word{};
  std::span<const std::byte> bytes;
};

// The two fillers that bytes after a payload are tried with.
inline constexpr std::byte kFillers[] = {std::byte{0}, std::byte{0xFF}};

// A level and a filler each time: whatever is read must be the same.
inline const format::Kernels& LevelFor(std::byte filler) {
  return filler == kFillers[0] ? format::PortableKernels() : format::BestKernels();
}

}  // namespace tape::fuzz
