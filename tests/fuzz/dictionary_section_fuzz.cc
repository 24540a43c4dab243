// A dictionary section of any bytes: refused, or exactly what its entries are written as. Indexes
// find their entries, or are refused.
#include <string_view>
#include <vector>

#include "format/encoding/dictionary_section.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {
namespace {

using Indexes = std::vector<int64_t>;

bool AllInside(const Indexes& indexes, size_t size) {
  for (const int64_t index : indexes) {
    if (index < 0 || static_cast<uint64_t>(index) >= size) return false;
  }
  return true;
}

template <typename Entry>
void CheckBytes(const std::vector<Entry>& entries, std::span<const std::byte> section) {
  std::vector<std::byte> written;
  format::WriteDictionary(std::span<const Entry>(entries), written);
  Expect(std::ranges::equal(written, section));
  Expect(format::DictionarySize(std::span<const Entry>(entries)) == section.size());
}

template <typename T>
void CheckFixed(std::span<const std::byte> section, size_t count, const Indexes& indexes) {
  const auto dictionary = format::FixedDictionary<T>::Parse(section, count);
  if (!dictionary.ok()) return ExpectDataLoss(dictionary.status());
  std::vector<T> entries;
  for (size_t i = 0; i < count; ++i) entries.push_back(dictionary->At(i));
  CheckBytes(entries, section);
  std::vector<T> out(indexes.size(), T{-1});
  const absl::Status status = dictionary->Read(format::BestKernels(), indexes, out.data());
  Expect(status.ok() == AllInside(indexes, count));
  for (size_t i = 0; i < out.size(); ++i) {
    Expect(out[i] == (status.ok() ? entries[static_cast<size_t>(indexes[i])] : T{-1}));
  }
}

void CheckStrings(std::span<const std::byte> section, size_t count, const Indexes& indexes) {
  const auto dictionary = format::BytesDictionary::Parse(section, count);
  if (!dictionary.ok()) return ExpectDataLoss(dictionary.status());
  std::vector<std::string_view> entries;
  for (size_t i = 0; i < count; ++i) entries.push_back(dictionary->At(i));
  CheckBytes(entries, section);
  ColumnBuffer out(Physical::kBytes);
  out.AppendBytes("before");
  const absl::Status status = dictionary->Read(format::BestKernels(), indexes, out);
  Expect(status.ok() == AllInside(indexes, count));
  Expect(out.view().OffsetsAreSound() && out.view().Bytes(0) == "before");
  Expect(out.rows() == (status.ok() ? indexes.size() + 1 : 1));
  for (size_t i = 0; status.ok() && i < indexes.size(); ++i) {
    Expect(out.view().Bytes(i + 1) == entries[static_cast<size_t>(indexes[i])]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const auto kind = input.Take<uint8_t>();
  const auto lookups = input.Take<uint8_t>();
  const size_t count = input.Take<uint32_t>();
  Indexes indexes;
  for (size_t i = 0; i < lookups % 16; ++i) indexes.push_back(input.Take<int16_t>());
  const Padded section(input.Rest(), 0, std::byte{0});
  if (kind % 3 == 0) CheckFixed<int64_t>(section.bytes(), count, indexes);
  if (kind % 3 == 1) CheckFixed<Int128>(section.bytes(), count, indexes);
  if (kind % 3 == 2) CheckStrings(section.bytes(), count, indexes);
  return 0;
}

}  // namespace tape::fuzz
