#include "format/encoding/dictionary_section.h"

#include <cstring>

#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"
#include "format/encoding/dictionary_builder.h"
#include "format/encoding/payload.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("dictionary: ", what, ", found ", found));
}

absl::Status CheckCount(size_t count) {
  if (count >= 1 && count <= kMaxDictionaryEntries) return absl::OkStatus();
  return Damaged("entries are 1 to 65536", count);
}

absl::Status CheckIndexes(const Kernels& kernels, std::span<const int64_t> indexes, size_t size) {
  if (indexes.empty()) return absl::OkStatus();
  const MinMax bounds = kernels.min_max_64(indexes.data(), indexes.size());
  if (bounds.min < 0) return Damaged("negative index", static_cast<uint64_t>(bounds.min));
  if (static_cast<uint64_t>(bounds.max) >= size) {
    return Damaged("index without an entry", static_cast<uint64_t>(bounds.max));
  }
  return absl::OkStatus();
}

size_t OffsetsSize(size_t count) { return (count + 1) * sizeof(uint32_t); }

size_t HeapSize(std::span<const std::string_view> entries) {
  size_t size = 0;
  for (const std::string_view entry : entries) size += entry.size();
  return size;
}

}  // namespace

void WriteDictionary(std::span<const int64_t> entries, std::vector<std::byte>& out) {
  AppendValues(entries, out);
}

void WriteDictionary(std::span<const Int128> entries, std::vector<std::byte>& out) {
  AppendValues(entries, out);
}

void WriteDictionary(std::span<const std::string_view> entries, std::vector<std::byte>& out) {
  const size_t end = out.size() + DictionarySize(entries);
  uint32_t offset = 0;
  AppendValue(offset, out);
  for (const std::string_view entry : entries) {
    offset += static_cast<uint32_t>(entry.size());
    AppendValue(offset, out);
  }
  for (const std::string_view entry : entries) AppendValues(std::span(entry), out);
  out.resize(end);
}

size_t DictionarySize(std::span<const int64_t> entries) { return entries.size_bytes(); }
size_t DictionarySize(std::span<const Int128> entries) { return entries.size_bytes(); }
size_t DictionarySize(std::span<const std::string_view> entries) {
  return RoundUpToWord(OffsetsSize(entries.size()) + HeapSize(entries));
}

template <typename T>
absl::StatusOr<FixedDictionary<T>> FixedDictionary<T>::Parse(std::span<const std::byte> section,
                                                             size_t count) {
  if (absl::Status status = CheckCount(count); !status.ok()) return status;
  if (section.size() != count * sizeof(T)) return Damaged("size of the section", section.size());
  return FixedDictionary(section.data(), count);
}

template <typename T>
absl::Status FixedDictionary<T>::Read(const Kernels& kernels, std::span<const int64_t> indexes,
                                      T* out) const {
  if (absl::Status status = CheckIndexes(kernels, indexes, size_); !status.ok()) return status;
  for (size_t i = 0; i < indexes.size(); ++i) out[i] = At(static_cast<size_t>(indexes[i]));
  return absl::OkStatus();
}

template class FixedDictionary<int64_t>;
template class FixedDictionary<Int128>;

BytesDictionary::BytesDictionary(const std::byte* offsets, size_t size)
    : offsets_(offsets),
      heap_(reinterpret_cast<const char*>(offsets) + OffsetsSize(size)),
      size_(size) {}

absl::StatusOr<BytesDictionary> BytesDictionary::Parse(std::span<const std::byte> section,
                                                       size_t count) {
  if (absl::Status status = CheckCount(count); !status.ok()) return status;
  const size_t heap_begin = OffsetsSize(count);
  if (section.size() < heap_begin) return Damaged("section cut short", section.size());
  const BytesDictionary dictionary(section.data(), count);
  if (dictionary.Offset(0) != 0) return Damaged("first offset is not 0", dictionary.Offset(0));
  for (size_t i = 0; i < count; ++i) {
    const uint32_t begin = dictionary.Offset(i);
    const uint32_t end = dictionary.Offset(i + 1);
    if (end < begin) return Damaged("offsets out of order at entry", i);
    if (end - begin > kMaxValueBytes)
      return Damaged("entry above the limit of values", end - begin);
  }
  const size_t used = heap_begin + dictionary.Offset(count);
  if (RoundUpToWord(used) != section.size()) return Damaged("size of the section", section.size());
  if (!AllZero(section.subspan(used))) return Damaged("padding is not zero", used);
  return dictionary;
}

absl::Status BytesDictionary::Read(const Kernels& kernels, std::span<const int64_t> indexes,
                                   ColumnBuffer& out) const {
  if (out.physical() != Physical::kBytes) {
    return absl::InvalidArgumentError("byte strings are read into a column of another type");
  }
  if (absl::Status status = CheckIndexes(kernels, indexes, size_); !status.ok()) return status;
  const size_t first = out.rows();
  out.Resize(first + indexes.size());
  uint64_t* const offsets = out.MutableOffsets().data() + first;
  for (size_t i = 0; i < indexes.size(); ++i) {
    offsets[i + 1] = offsets[i] + At(static_cast<size_t>(indexes[i])).size();
  }
  char* const heap = out.ResizeHeap(offsets[indexes.size()]).data();
  for (size_t i = 0; i < indexes.size(); ++i) {
    const std::string_view value = At(static_cast<size_t>(indexes[i]));
    if (!value.empty()) std::memcpy(heap + offsets[i], value.data(), value.size());
  }
  return absl::OkStatus();
}

}  // namespace tape::format
