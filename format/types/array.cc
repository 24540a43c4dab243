#include "tape/array.h"

#include <algorithm>

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape {
namespace {

using format::Concat;

constexpr size_t kHeaderSize = 8;
constexpr size_t kEndSize = sizeof(uint32_t);

absl::Status BadBytes(std::string_view why) {
  return absl::DataLossError(Concat("array value: ", why));
}

size_t SlotSize(Physical element) {
  return element == Physical::kBytes ? kEndSize : PhysicalSize(element);
}

void AppendU32(size_t value, std::string& out) {
  const auto number = static_cast<uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(number >> shift));
}

uint32_t LoadU32(const char* bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

void AppendNullBitmap(const ColumnView& elements, std::string& out) {
  const size_t start = out.size();
  out.resize(start + (elements.rows() + 7) / 8);
  for (size_t i = 0; i < elements.rows(); ++i) {
    if (elements.IsNull(i)) out[start + i / 8] |= static_cast<char>(1 << (i % 8));
  }
}

void AppendValues(const ColumnView& elements, std::string& out) {
  if (elements.physical() == Physical::kBytes) {
    for (const uint64_t end : elements.Offsets().subspan(1)) AppendU32(end, out);
    out += elements.Heap();
    return;
  }
  const std::span<const uint8_t> raw = elements.RawValues();
  out.append(reinterpret_cast<const char*>(raw.data()), raw.size());
}

bool AllZero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

}  // namespace

absl::StatusOr<ArrayView> ArrayView::Parse(Physical element, std::string_view bytes) {
  if (bytes.size() < kHeaderSize)
    return BadBytes(Concat(bytes.size(), " bytes, expected 8 or more"));
  if (static_cast<uint8_t>(bytes[0]) != static_cast<uint8_t>(element)) {
    return BadBytes(Concat("elements of form ", static_cast<uint8_t>(bytes[0]), ", expected ",
                           static_cast<uint8_t>(element)));
  }
  const bool has_nulls = bytes[1] == 1;
  if ((!has_nulls && bytes[1] != 0) || bytes[2] != 0 || bytes[3] != 0) {
    return BadBytes("unknown flags");
  }
  const size_t size = LoadU32(bytes.data() + 4);
  if (size > kMaxArrayElements) {
    return BadBytes(Concat(size, " elements, expected at most ", kMaxArrayElements));
  }
  const size_t bitmap_size = has_nulls ? (size + 7) / 8 : 0;
  const size_t values_size = size * SlotSize(element);
  if (bytes.size() - kHeaderSize < bitmap_size + values_size) {
    return BadBytes(Concat(bytes.size(), " bytes, too few for ", size, " elements"));
  }
  ArrayView array(element, size);
  if (has_nulls) array.nulls_ = bytes.data() + kHeaderSize;
  array.values_ = bytes.substr(kHeaderSize + bitmap_size, values_size);
  array.heap_ = bytes.substr(kHeaderSize + bitmap_size + values_size);
  if (absl::Status status = array.CheckNulls(); !status.ok()) return status;
  if (absl::Status status = array.CheckValues(); !status.ok()) return status;
  return array;
}

// NULLs there are as many ways to write as bits in a slot; only the way with zeros is ours.
absl::Status ArrayView::CheckNulls() const {
  if (nulls_ == nullptr) return absl::OkStatus();
  size_t nulls = 0;
  for (size_t i = 0; i < size_; ++i) {
    if (!IsNull(i)) continue;
    ++nulls;
    const bool empty = element_ == Physical::kBytes
                           ? End(i) == (i == 0 ? 0 : End(i - 1))
                           : AllZero(values_.substr(i * SlotSize(element_), SlotSize(element_)));
    if (!empty) return BadBytes(Concat("element ", i, " is NULL and has a value"));
  }
  if (nulls == 0) return BadBytes("a null bitmap without a NULL");
  if (size_ % 8 != 0 && static_cast<uint8_t>(nulls_[size_ / 8]) >> (size_ % 8) != 0) {
    return BadBytes("bits after the end of the null bitmap");
  }
  return absl::OkStatus();
}

absl::Status ArrayView::CheckValues() const {
  size_t end = 0;
  for (size_t i = 0; element_ == Physical::kBytes && i < size_; ++i) {
    if (End(i) < end) return BadBytes(Concat("element ", i, " ends before it begins"));
    end = End(i);
  }
  if (end != heap_.size()) {
    return BadBytes(Concat(heap_.size(), " bytes after the elements, expected ", end));
  }
  for (size_t i = 0; element_ == Physical::kBool && i < size_; ++i) {
    if (Value<uint8_t>(i) > 1) return BadBytes(Concat("element ", i, " is neither true nor false"));
  }
  for (size_t i = 0; element_ == Physical::kCode32 && i < size_; ++i) {
    if (Value<uint32_t>(i) == 0 && !IsNull(i)) return BadBytes("code 0 that is not NULL");
  }
  return absl::OkStatus();
}

uint32_t ArrayView::End(size_t i) const { return LoadU32(values_.data() + i * kEndSize); }

std::string_view ArrayView::Bytes(size_t i) const {
  if (element_ != Physical::kBytes) return {};
  const uint32_t begin = i == 0 ? 0 : End(i - 1);
  return heap_.substr(begin, End(i) - begin);
}

absl::StatusOr<std::string> ArrayBuilder::Build() const {
  const ColumnView elements = elements_.view();
  if (elements.rows() > kMaxArrayElements) {
    return absl::ResourceExhaustedError(
        Concat("array: ", elements.rows(), " elements, more than ", kMaxArrayElements));
  }
  const bool has_nulls = elements.CountNulls() != 0;
  const size_t size = kHeaderSize + (has_nulls ? (elements.rows() + 7) / 8 : 0) +
                      elements.rows() * SlotSize(elements.physical()) + elements.Heap().size();
  if (size > kMaxValueBytes) {
    return absl::ResourceExhaustedError(
        Concat("array: ", size, " bytes, more than ", kMaxValueBytes));
  }
  std::string bytes;
  bytes.reserve(size);
  bytes.push_back(static_cast<char>(elements.physical()));
  bytes.push_back(has_nulls ? 1 : 0);
  bytes.append(2, '\0');
  AppendU32(elements.rows(), bytes);
  if (has_nulls) AppendNullBitmap(elements, bytes);
  AppendValues(elements, bytes);
  return bytes;
}

}  // namespace tape
