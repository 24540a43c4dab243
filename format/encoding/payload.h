// What the codecs of floats, 128-bit integers and bytes read: one block's payload, and the integers
// nested inside it.
//
//   Payload payload{header.word, data, rows};
//   absl::StatusOr<int64_t> length = ReadNestedIntegerAt(kernels, payload.data, rows, 7, scratch);
//
// Bytes: docs/format/block.md. Immutable value types, pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/encoding/codec_word.h"
#include "format/encoding/integer_codec.h"
#include "format/kernels/kernels.h"

namespace tape::format {

// One block's payload: its data without the validity bitmap. `data` is exactly that, zero padding
// included; 64 more bytes after it are readable.
struct Payload {
  CodecWord word;
  std::span<const std::byte> data;
  size_t count;  // rows, 1 to 1,024
};

constexpr size_t RoundUpToWord(size_t bytes) { return (bytes + 7) / 8 * 8; }

// kDataLoss: "<payload> payload: <what>, found <n>".
absl::Status DamagedPayload(std::string_view payload, std::string_view what, uint64_t found);

// What holds for every payload: the number of rows, and the two counts of the word that are at most
// that.
absl::Status CheckCounts(std::string_view name, const Payload& payload);

// Size of a nested payload with this plan, codec word included; and the writing of it. The plan is
// one with `nested` set.
inline size_t NestedSize(const IntegerPlan& plan) { return sizeof(CodecWord) + plan.size_bytes; }
void WriteNested(const Kernels& kernels, const IntegerPlan& plan, std::span<const int64_t> values,
                 IntegerScratch& scratch, std::vector<std::byte>& out);

// One value of the nested payload at the start of `data`, without decoding the others where its
// encoding allows that. `block` has room for 1,024 values.
absl::StatusOr<int64_t> ReadNestedIntegerAt(const Kernels& kernels, std::span<const std::byte> data,
                                            size_t count, size_t index, int64_t* block);

// Appends the bytes of a trivial value as they lie in memory.
template <typename T>
void AppendValue(const T& value, std::vector<std::byte>& out) {
  const size_t begin = out.size();
  out.resize(begin + sizeof(T));
  std::memcpy(out.data() + begin, &value, sizeof(T));
}

// Appends the bytes of trivial values as they lie in memory.
template <typename T>
void AppendValues(std::span<const T> values, std::vector<std::byte>& out) {
  const std::span<const std::byte> bytes = std::as_bytes(values);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace tape::format
