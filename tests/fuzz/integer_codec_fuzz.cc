// Any bytes as an integer payload, as a nested one, or as values to encode.
#include <algorithm>
#include <optional>
#include <vector>

#include "format/encoding/integer_codec.h"
#include "format/encoding/payload.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/payload_input.h"
#include "tests/fuzz/rows.h"

namespace tape::fuzz {
namespace {

using format::IntegerPayload;
using format::IntegerScratch;
using format::Kernels;
using Values = std::vector<int64_t>;

// What may be read beyond a payload.
constexpr size_t kSlack = 16;

struct Decoded {
  size_t size = 0;
  Values values;
  bool operator==(const Decoded&) const = default;
};

absl::StatusOr<Decoded> Decode(const Kernels& kernels, const IntegerPayload& payload, bool nested) {
  Values out(format::kBlockRows, static_cast<int64_t>(payload.data.size()));
  const absl::StatusOr<size_t> size =
      nested ? ReadNestedIntegers(kernels, payload.data, payload.count, out.data())
             : ReadIntegers(kernels, payload, out.data());
  if (!size.ok()) return size.status();
  Expect(*size <= payload.data.size() && *size % 8 == 0);
  out.resize(payload.count);
  return Decoded{*size, out};
}

void CheckRow(const Kernels& kernels, const IntegerPayload& payload, bool nested, size_t row,
              int64_t expected) {
  Values scratch(format::kBlockRows);
  const absl::StatusOr<int64_t> value =
      nested ? ReadNestedIntegerAt(kernels, payload.data, payload.count, row, scratch.data())
             : ReadIntegerAt(kernels, payload, row, scratch.data());
  Expect(value.ok() && *value == expected);
}

void CheckFilter(const Kernels& kernels, const IntegerPayload& payload, int64_t lo, int64_t hi,
                 const Values& values) {
  uint64_t bitmap[format::kBlockWords];
  const auto filtered = FilterPacked(kernels, payload, lo, hi, bitmap);
  Expect(filtered.ok());
  if (!*filtered) return;
  for (size_t i = 0; i < values.size(); ++i) {
    const bool matches = lo <= values[i] && values[i] <= hi;
    Expect((bitmap[i / 64] >> (i % 64) & 1) == (matches ? 1 : 0));
  }
}

void CheckFilters(const Kernels& kernels, const IntegerPayload& payload, uint32_t seed,
                  const Values& values) {
  const int64_t a = values[seed % values.size()];
  const int64_t b = values[seed / 7 % values.size()];
  CheckFilter(kernels, payload, std::min(a, b), std::max(a, b), values);
  CheckFilter(kernels, payload, a, a, values);
  CheckFilter(kernels, payload, INT64_MIN, a, values);
  CheckFilter(kernels, payload, static_cast<int64_t>(seed), INT64_MAX, values);
  CheckFilter(kernels, payload, 1, 0, values);
}

// What is written is as long as it was priced, and comes back.
void CheckWriting(const Kernels& kernels, const Values& values, bool nested) {
  IntegerScratch scratch;
  format::IntegerPlace place{.nested = nested};
  if (!nested) place.reference = *std::min_element(values.begin(), values.end());
  const auto plan = PlanIntegers(kernels, values, place, scratch);
  std::vector<std::byte> bytes;
  size_t price = plan.size_bytes;
  if (nested) {
    price = PriceNestedIntegers(kernels, values, scratch);
    Expect(WriteNestedIntegers(kernels, values, scratch, bytes) == price);
  } else {
    WriteIntegers(kernels, plan, values, scratch, bytes);
  }
  Expect(bytes.size() == price && price <= values.size() * 8 + 32);
  const Padded padded(bytes, kSlack, kFillers[1]);
  const auto again =
      Decode(kernels, {plan.word, padded.bytes(), values.size(), place.reference}, nested);
  Expect(again.ok() && *again == Decoded{price, values});
}

void CheckPayload(const PayloadInput& input, bool nested) {
  // Where a block has no bounds, its min is zero: the extent's header says so.
  const bool no_bounds = (input.word.flags & format::kNoBounds) != 0;
  std::optional<absl::StatusOr<Decoded>> first;
  for (const std::byte filler : kFillers) {
    const Kernels& kernels = LevelFor(filler);
    const Padded padded(input.bytes, kSlack, filler);
    const IntegerPayload payload{input.word, padded.bytes(), input.rows, no_bounds ? 0 : input.min};
    const auto decoded = Decode(kernels, payload, nested);
    if (!decoded.ok()) ExpectDataLoss(decoded.status());
    if (!first.has_value()) first = decoded;
    Expect(decoded.status() == first->status());
    if (!decoded.ok()) continue;
    Expect(*decoded == **first);
    for (const size_t row : SomeRows(input.rows, input.seed)) {
      CheckRow(kernels, payload, nested, row, decoded->values[row]);
    }
    if (!nested) CheckFilters(kernels, payload, input.seed, decoded->values);
    CheckWriting(kernels, decoded->values, nested);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const PayloadInput input(data, size);
  switch (input.mode % 3) {
    case 0:
      CheckPayload(input, /*nested=*/false);
      break;
    case 1:
      CheckPayload(input, /*nested=*/true);
      break;
    default:
      Values values = input.Values<int64_t>();
      for (int64_t& value : values) value >>= input.shift;
      CheckWriting(format::BestKernels(), values, (input.seed & 1) != 0);
      break;
  }
  return 0;
}

}  // namespace tape::fuzz
