// Any bytes as a 128-bit payload, or as values to encode.
#include <optional>
#include <vector>

#include "format/encoding/wide_codec.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/payload_input.h"
#include "tests/fuzz/rows.h"

namespace tape::fuzz {
namespace {

using format::Kernels;
using format::Payload;
using format::WideScratch;
using Values = std::vector<Int128>;

constexpr size_t kSlack = 64;

absl::StatusOr<Values> Decode(const Kernels& kernels, const Payload& payload, Int128 min) {
  WideScratch scratch;
  Values out(payload.count);
  const absl::Status status = ReadWide(kernels, payload, min, scratch, out.data());
  if (!status.ok()) return status;
  return out;
}

void CheckWriting(const Kernels& kernels, const Values& values, uint8_t flags) {
  WideScratch scratch;
  const format::WidePlan plan = PlanWide(kernels, values, flags, scratch);
  std::vector<std::byte> bytes;
  WriteWide(kernels, plan, values, scratch, bytes);
  Expect(bytes.size() == plan.size_bytes && plan.size_bytes <= values.size() * sizeof(Int128));
  const Padded padded(bytes, kSlack, kFillers[1]);
  const auto again = Decode(kernels, {plan.word, padded.bytes(), values.size()}, plan.min);
  Expect(again.ok() && *again == values);
}

void CheckPayload(const PayloadInput& input) {
  const Int128 min = static_cast<Int128>(input.min) * (Int128{1} << input.shift);
  std::optional<absl::StatusOr<Values>> first;
  for (const std::byte filler : kFillers) {
    const Kernels& kernels = LevelFor(filler);
    const Padded padded(input.bytes, kSlack, filler);
    const Payload payload{input.word, padded.bytes(), input.rows};
    const auto decoded = Decode(kernels, payload, min);
    if (!decoded.ok()) ExpectDataLoss(decoded.status());
    if (!first.has_value()) first = decoded;
    Expect(decoded.status() == first->status());
    if (!decoded.ok()) continue;
    Expect(*decoded == **first);
    for (const size_t row : SomeRows(input.rows, input.seed)) {
      WideScratch scratch;
      const auto value = ReadWideAt(kernels, payload, min, row, scratch);
      Expect(value.ok() && *value == (*decoded)[row]);
    }
    CheckWriting(kernels, *decoded, (input.seed & 1) != 0 ? format::kNoBounds : 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const PayloadInput input(data, size);
  if (input.mode % 2 == 0) {
    CheckPayload(input);
    return 0;
  }
  Values values = input.Values<Int128>();
  for (Int128& value : values) value >>= input.shift;
  CheckWriting(format::BestKernels(), values, (input.seed & 1) != 0 ? format::kNoBounds : 0);
  return 0;
}

}  // namespace tape::fuzz
