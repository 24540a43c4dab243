// Any bytes as a payload of byte strings, or as byte strings to encode.
#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "format/encoding/bytes_codec.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/payload_input.h"
#include "tests/fuzz/rows.h"

namespace tape::fuzz {
namespace {

using format::BytesScratch;
using format::Kernels;
using format::Payload;
using Values = std::vector<std::string>;

constexpr size_t kSlack = 64;

// An honest block may have 1 GiB of values; to try that again and again would take the fuzzer's
// time.
constexpr uint64_t kMaxRawBytes = 1 << 20;

bool IsSmall(const Payload& payload) {
  std::vector<int64_t> lengths(format::kBlockRows);
  const auto nested =
      ReadNestedIntegers(format::PortableKernels(), payload.data, payload.count, lengths.data());
  if (!nested.ok()) return true;
  uint64_t sum = 0;
  for (size_t row = 0; row < payload.count; ++row) {
    sum += std::min(static_cast<uint64_t>(lengths[row]), kMaxRawBytes + 1);
  }
  return sum <= kMaxRawBytes;
}

// Reads behind a row that is there already and has to stay.
absl::StatusOr<Values> Decode(const Kernels& kernels, const Payload& payload) {
  BytesScratch scratch;
  ColumnBuffer out(Physical::kBytes);
  out.AppendBytes("before");
  const absl::Status status = ReadBytes(kernels, payload, scratch, out);
  Expect(out.view().OffsetsAreSound() && out.view().Bytes(0) == "before");
  Expect(out.rows() == (status.ok() ? payload.count + 1 : 1));
  if (!status.ok()) return status;
  Values values;
  for (size_t row = 1; row < out.rows(); ++row) values.emplace_back(out.view().Bytes(row));
  return values;
}

void CheckWriting(const Kernels& kernels, const Values& values) {
  ColumnBuffer column(Physical::kBytes);
  for (const std::string& value : values) column.AppendBytes(value);
  BytesScratch scratch;
  const format::BytesPlan plan = PlanBytes(kernels, column.view(), scratch);
  std::vector<std::byte> bytes;
  Expect(WriteBytes(kernels, plan, column.view(), scratch, bytes).ok());
  Expect(bytes.size() == plan.size_bytes);
  const Padded padded(bytes, kSlack, kFillers[1]);
  const auto again = Decode(kernels, {plan.word, padded.bytes(), values.size()});
  Expect(again.ok() && *again == values);
}

void CheckPayload(const PayloadInput& input) {
  std::optional<absl::StatusOr<Values>> first;
  for (const std::byte filler : kFillers) {
    const Kernels& kernels = LevelFor(filler);
    const Padded padded(input.bytes, kSlack, filler);
    const Payload payload{input.word, padded.bytes(), input.rows};
    if (!IsSmall(payload)) return;
    const auto decoded = Decode(kernels, payload);
    if (!decoded.ok()) ExpectDataLoss(decoded.status());
    if (!first.has_value()) first = decoded;
    Expect(decoded.status() == first->status());
    if (!decoded.ok()) continue;
    Expect(*decoded == **first);
    BytesScratch scratch;
    for (const size_t row : SomeRows(input.rows, input.seed)) {
      const auto value = ReadBytesAt(kernels, payload, row, scratch);
      Expect(value.ok() && *value == (*decoded)[row]);
    }
    CheckWriting(kernels, *decoded);
  }
}

// The bytes in pieces: lengths up to 255 come from the bytes too.
Values Cut(std::span<const std::byte> bytes) {
  Values values;
  while (!bytes.empty() && values.size() < format::kBlockRows) {
    const size_t size = std::min(static_cast<size_t>(bytes[0]), bytes.size() - 1);
    values.emplace_back(reinterpret_cast<const char*>(bytes.data()) + 1, size);
    bytes = bytes.subspan(size + 1);
  }
  if (values.empty()) values.emplace_back();
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const PayloadInput input(data, size);
  if (input.mode % 2 == 0) {
    CheckPayload(input);
  } else {
    CheckWriting(format::BestKernels(), Cut(input.bytes));
  }
  return 0;
}

}  // namespace tape::fuzz
