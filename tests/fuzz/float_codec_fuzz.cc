// Any bytes as a floating-point payload, or as values to encode. Values are compared bit by bit.
#include <cstring>
#include <optional>
#include <vector>

#include "format/encoding/float_codec.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/payload_input.h"
#include "tests/fuzz/rows.h"

namespace tape::fuzz {
namespace {

using format::FloatScratch;
using format::Kernels;
using format::Payload;

constexpr size_t kSlack = 64;

template <typename T>
bool SameBits(const T* a, const T* b, size_t count) {
  return std::memcmp(a, b, count * sizeof(T)) == 0;
}

absl::StatusOr<double> ReadAt(const Kernels& kernels, const Payload& payload, int64_t min,
                              size_t row, double) {
  FloatScratch scratch;
  return ReadDoubleAt(kernels, payload, min, row, scratch);
}

absl::StatusOr<float> ReadAt(const Kernels& kernels, const Payload& payload, int64_t min,
                             size_t row, float) {
  FloatScratch scratch;
  return ReadFloatAt(kernels, payload, min, row, scratch);
}

template <typename T>
absl::StatusOr<std::vector<T>> Decode(const Kernels& kernels, const Payload& payload, int64_t min) {
  FloatScratch scratch;
  std::vector<T> out(format::kBlockRows, static_cast<T>(payload.data.size()));
  const absl::Status status = ReadFloats(kernels, payload, min, scratch, out.data());
  if (!status.ok()) return status;
  out.resize(payload.count);
  return out;
}

template <typename T>
void CheckWriting(const Kernels& kernels, const std::vector<T>& values) {
  FloatScratch scratch;
  const std::span<const T> span(values);
  const format::FloatBounds bounds = BoundsOfFloats(kernels, span);
  const format::FloatPlan plan = PlanFloats(kernels, span, bounds.flags, scratch);
  std::vector<std::byte> bytes;
  WriteFloats(kernels, plan, span, scratch, bytes);
  Expect(bytes.size() == plan.size_bytes && plan.size_bytes <= span.size_bytes() + 8);
  const Padded padded(bytes, kSlack, kFillers[1]);
  const auto again = Decode<T>(kernels, {plan.word, padded.bytes(), values.size()}, bounds.min);
  Expect(again.ok() && SameBits(again->data(), values.data(), values.size()));
}

template <typename T>
void CheckPayload(const PayloadInput& input) {
  std::optional<absl::StatusOr<std::vector<T>>> first;
  for (const std::byte filler : kFillers) {
    const Kernels& kernels = LevelFor(filler);
    const Padded padded(input.bytes, kSlack, filler);
    const Payload payload{input.word, padded.bytes(), input.rows};
    const auto decoded = Decode<T>(kernels, payload, input.min);
    if (!decoded.ok()) ExpectDataLoss(decoded.status());
    if (!first.has_value()) first = decoded;
    Expect(decoded.status() == first->status());
    if (!decoded.ok()) continue;
    Expect(SameBits(decoded->data(), (*first)->data(), input.rows));
    for (const size_t row : SomeRows(input.rows, input.seed)) {
      const auto value = ReadAt(kernels, payload, input.min, row, T{});
      Expect(value.ok() && SameBits(&*value, &(*decoded)[row], 1));
    }
    CheckWriting(kernels, *decoded);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const PayloadInput input(data, size);
  switch (input.mode % 4) {
    case 0:
      CheckPayload<double>(input);
      break;
    case 1:
      CheckPayload<float>(input);
      break;
    case 2:
      CheckWriting(format::BestKernels(), input.Values<double>());
      break;
    default:
      CheckWriting(format::BestKernels(), input.Values<float>());
      break;
  }
  return 0;
}

}  // namespace tape::fuzz
