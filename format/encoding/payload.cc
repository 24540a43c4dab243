#include "format/encoding/payload.h"

#include "format/bytes/message.h"

namespace tape::format {

absl::Status DamagedPayload(std::string_view payload, std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat(payload, " payload: ", what, ", found ", found));
}

absl::Status CheckCounts(std::string_view name, const Payload& payload) {
  const CodecWord& word = payload.word;
  if (payload.count == 0 || payload.count > kBlockRows) {
    return DamagedPayload(name, "rows of a block are 1 to 1024", payload.count);
  }
  if (word.null_count > payload.count) {
    return DamagedPayload(name, "more nulls than rows", word.null_count);
  }
  if (word.exception_count > payload.count) {
    return DamagedPayload(name, "more exceptions than rows", word.exception_count);
  }
  return absl::OkStatus();
}

void WriteNested(const Kernels& kernels, const IntegerPlan& plan, std::span<const int64_t> values,
                 IntegerScratch& scratch, std::vector<std::byte>& out) {
  AppendValue(plan.word, out);
  WriteIntegers(kernels, plan, values, scratch, out);
}

absl::StatusOr<int64_t> ReadNestedIntegerAt(const Kernels& kernels, std::span<const std::byte> data,
                                            size_t count, size_t index, int64_t* block) {
  if (index >= count) return DamagedPayload("nested", "row outside the block", index);
  CodecWord word{};
  if (data.size() >= sizeof(word)) std::memcpy(&word, data.data(), sizeof(word));
  // Only a frame's values can be had one by one. For the rest, damage included, the whole block.
  const bool plain = (word.flags & ~kPositiveHighs) == 0 && word.null_count == 0;
  if (word.encoding != Encoding::kFrame || !plain) {
    absl::StatusOr<size_t> size = ReadNestedIntegers(kernels, data, count, block);
    if (!size.ok()) return size.status();
    return block[index];
  }
  return ReadIntegerAt(kernels, {word, data.subspan(sizeof(word)), count}, index, block);
}

}  // namespace tape::format
