#include "tape/column_view.h"

#include <algorithm>
#include <new>
#include <utility>

namespace tape {

size_t ColumnView::CountNulls() const {
  if (validity_ == nullptr && physical_ != Physical::kCode32) return 0;
  size_t nulls = 0;
  for (size_t row = 0; row < rows_; ++row) nulls += IsNull(row) ? 1 : 0;
  return nulls;
}

bool ColumnView::OffsetsAreSound() const {
  const std::span<const uint64_t> offsets = Offsets();
  if (offsets.empty()) return true;
  return std::is_sorted(offsets.begin(), offsets.end()) && offsets.back() <= heap_.size();
}

ColumnView ColumnView::Slice(size_t first, size_t rows) const {
  first = std::min(first, rows_);
  rows = std::min(rows, rows_ - first);
  const size_t step = physical_ == Physical::kBytes ? sizeof(uint64_t) : PhysicalSize(physical_);
  const auto* data = static_cast<const uint8_t*>(data_);
  if (first != 0) data += first * step;  // no arithmetic on the null pointer of an empty column
  const uint8_t* validity = validity_ == nullptr ? nullptr : validity_ + first;
  return ColumnView(physical_, rows, data, validity, heap_);
}

PaddedBytes::PaddedBytes(const PaddedBytes& other) { Append(other.data_, other.size_); }

PaddedBytes& PaddedBytes::operator=(const PaddedBytes& other) {
  if (this == &other) return *this;
  Resize(0);
  Append(other.data_, other.size_);
  return *this;
}

PaddedBytes::PaddedBytes(PaddedBytes&& other) noexcept { *this = std::move(other); }

PaddedBytes& PaddedBytes::operator=(PaddedBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

PaddedBytes::~PaddedBytes() { ::operator delete (data_, std::align_val_t{kAlignment}); }

void PaddedBytes::Grow(size_t capacity) {
  capacity = std::max(capacity, capacity_ * 2);
  // Zero from the old end on: kernels may load the padding, and what they load must not be
  // uninitialised.
  auto* grown =
      static_cast<uint8_t*>(::operator new (capacity + kPadding, std::align_val_t{kAlignment}));
  if (size_ != 0) std::memcpy(grown, data_, size_);
  std::memset(grown + size_, 0, capacity + kPadding - size_);
  ::operator delete (data_, std::align_val_t{kAlignment});
  data_ = grown;
  capacity_ = capacity;
}

ColumnBuffer::ColumnBuffer(Physical physical) : physical_(physical) {
  data_.Reserve(0);  // padding exists even before the first row
  heap_.Reserve(0);
  if (physical == Physical::kBytes) data_.Resize(sizeof(uint64_t));
}

ColumnView ColumnBuffer::view() const {
  const uint8_t* validity = has_validity_ ? validity_.data() : nullptr;
  if (physical_ != Physical::kBytes) {
    return ColumnView::Fixed(physical_, data_.data(), rows_, validity);
  }
  const auto* offsets = reinterpret_cast<const uint64_t*>(data_.data());
  const std::string_view heap(reinterpret_cast<const char*>(heap_.data()), heap_.size());
  return ColumnView::Bytes({offsets, rows_ + 1}, heap, validity);
}

bool ColumnBuffer::AppendBytes(std::string_view value) {
  if (physical_ != Physical::kBytes) return false;
  heap_.Append(value.data(), value.size());
  const uint64_t end = heap_.size();
  data_.Append(&end, sizeof(end));
  AddValidRows(1);
  return true;
}

void ColumnBuffer::AppendNull() {
  const size_t row = rows_;
  if (physical_ == Physical::kBytes) {
    AppendBytes({});
  } else {
    static constexpr uint8_t kZero[sizeof(Int128)] = {};
    data_.Append(kZero, PhysicalSize(physical_));
    AddValidRows(1);
  }
  // Code 0 says NULL by itself.
  if (physical_ != Physical::kCode32 || has_validity_) MutableValidity()[row] = 0;
}

bool ColumnBuffer::AppendColumn(const ColumnView& column) {
  if (column.physical() != physical_) return false;
  const size_t first = rows_;
  if (physical_ == Physical::kBytes) {
    for (size_t row = 0; row < column.rows(); ++row) AppendBytes(column.Bytes(row));
  } else {
    data_.Append(column.RawValues().data(), column.RawValues().size());
    AddValidRows(column.rows());
  }
  const std::span<const uint8_t> validity = column.Validity();
  if (!validity.empty()) {
    std::copy(validity.begin(), validity.end(),
              MutableValidity().begin() + static_cast<ptrdiff_t>(first));
  }
  return true;
}

namespace {

template <size_t kSize>
void CopyRows(const uint8_t* in, std::span<const uint32_t> rows, uint8_t* out) {
  for (size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(out + i * kSize, in + rows[i] * kSize, kSize);
  }
}

void CopyRowsOfSize(size_t size, const uint8_t* in, std::span<const uint32_t> rows, uint8_t* out) {
  switch (size) {
    case 1:
      return CopyRows<1>(in, rows, out);
    case 2:
      return CopyRows<2>(in, rows, out);
    case 4:
      return CopyRows<4>(in, rows, out);
    case 8:
      return CopyRows<8>(in, rows, out);
    default:
      return CopyRows<16>(in, rows, out);
  }
}

}  // namespace

bool ColumnBuffer::AppendRows(const ColumnView& column, std::span<const uint32_t> rows) {
  if (column.physical() != physical_) return false;
  const size_t first = rows_;
  if (physical_ == Physical::kBytes) {
    for (const uint32_t row : rows) AppendBytes(column.Bytes(row));
  } else {
    Resize(first + rows.size());
    const size_t size = PhysicalSize(physical_);
    CopyRowsOfSize(size, column.RawValues().data(), rows, data_.data() + first * size);
  }
  const std::span<const uint8_t> validity = column.Validity();
  if (!validity.empty()) CopyRows<1>(validity.data(), rows, MutableValidity().data() + first);
  return true;
}

void ColumnBuffer::Reserve(size_t rows) {
  const bool bytes = physical_ == Physical::kBytes;
  data_.Reserve(bytes ? (rows + 1) * sizeof(uint64_t) : rows * PhysicalSize(physical_));
}

void ColumnBuffer::Resize(size_t rows) {
  if (physical_ == Physical::kBytes) {
    const uint64_t end = MutableOffsets()[std::min(rows, rows_)];
    heap_.Resize(std::min<size_t>(end, heap_.size()));
    data_.Resize((rows + 1) * sizeof(uint64_t));
    auto* offsets = reinterpret_cast<uint64_t*>(data_.data());
    for (size_t row = rows_; row < rows; ++row) offsets[row + 1] = heap_.size();
  } else {
    data_.Resize(rows * PhysicalSize(physical_));
  }
  if (has_validity_) ExtendValidity(rows);
  rows_ = rows;
  if (rows == 0) has_validity_ = false;
}

std::span<uint8_t> ColumnBuffer::MutableValidity() {
  if (!has_validity_) {
    has_validity_ = true;
    validity_.Resize(0);
    ExtendValidity(rows_);
  }
  return {validity_.data(), rows_};
}

void ColumnBuffer::ExtendValidity(size_t rows) {
  const size_t before = validity_.size();
  validity_.Resize(rows);
  if (rows > before) std::memset(validity_.data() + before, 1, rows - before);
}

std::span<uint64_t> ColumnBuffer::MutableOffsets() {
  if (physical_ != Physical::kBytes) return {};
  return {reinterpret_cast<uint64_t*>(data_.data()), rows_ + 1};
}

std::span<char> ColumnBuffer::ResizeHeap(size_t size) {
  if (physical_ != Physical::kBytes) return {};
  heap_.Resize(size);
  return {reinterpret_cast<char*>(heap_.data()), size};
}

}  // namespace tape
