#include "engine/io/memory/sparse_bytes.h"

#include <algorithm>
#include <cstring>

namespace tape::engine {
namespace {

bool AllZero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

// Calls `visit(page number, offset in it, offset in the range, count)` for each page of a range.
template <typename Visit>
void ForEachPage(uint64_t offset, uint64_t size, const Visit& visit) {
  for (uint64_t done = 0; done < size;) {
    const uint64_t at = (offset + done) % SparseBytes::kPageSize;
    const uint64_t count = std::min(SparseBytes::kPageSize - at, size - done);
    visit((offset + done) / SparseBytes::kPageSize, at, done, count);
    done += count;
  }
}

}  // namespace

SparseBytes::SparseBytes(const SparseBytes& other)
    : size_(other.size_), table_(other.table_), shared_(true) {
  other.shared_ = true;
}

SparseBytes& SparseBytes::operator=(const SparseBytes& other) {
  if (this == &other) return *this;
  other.shared_ = true;
  size_ = other.size_;
  table_ = other.table_;
  shared_ = true;
  return *this;
}

SparseBytes::Table& SparseBytes::OwnTable() {
  if (table_ == nullptr) {
    table_ = std::make_shared<Table>();
  } else if (shared_) {
    table_ = std::make_shared<Table>(*table_);
    for (auto& [number, slot] : *table_) slot.owned = false;
  }
  shared_ = false;
  return *table_;
}

void SparseBytes::Resize(uint64_t size) {
  if (size < size_ && table_ != nullptr) {
    Table& table = OwnTable();
    table.erase(table.lower_bound((size + kPageSize - 1) / kPageSize), table.end());
    const uint64_t at = size % kPageSize;
    const Page zeros = {};
    if (at != 0) WriteInPage(size / kPageSize, at, std::span(zeros).subspan(at));
  }
  size_ = size;
}

void SparseBytes::Read(uint64_t offset, std::span<std::byte> out) const {
  ForEachPage(offset, out.size(), [&](uint64_t page, uint64_t at, uint64_t done, uint64_t count) {
    const auto slot = table_ == nullptr ? Table::const_iterator{} : table_->find(page);
    if (table_ == nullptr || slot == table_->end()) {
      std::memset(out.data() + done, 0, count);
    } else {
      std::memcpy(out.data() + done, slot->second.page->data() + at, count);
    }
  });
}

void SparseBytes::Write(uint64_t offset, std::span<const std::byte> bytes) {
  size_ = std::max<uint64_t>(size_, offset + bytes.size());
  ForEachPage(offset, bytes.size(), [&](uint64_t page, uint64_t at, uint64_t done, uint64_t count) {
    WriteInPage(page, at, bytes.subspan(done, count));
  });
}

void SparseBytes::WriteInPage(uint64_t number, uint64_t at, std::span<const std::byte> bytes) {
  const bool is_zero = table_ == nullptr || !table_->contains(number);
  if (is_zero && AllZero(bytes)) return;
  Slot& slot = OwnTable()[number];
  if (!slot.owned) {
    slot.page =
        slot.page == nullptr ? std::make_shared<Page>() : std::make_shared<Page>(*slot.page);
    slot.owned = true;
  }
  std::memcpy(slot.page->data() + at, bytes.data(), bytes.size());
}

std::vector<uint64_t> SparseBytes::Pages() const {
  std::vector<uint64_t> numbers;
  if (table_ == nullptr) return numbers;
  for (const auto& [number, slot] : *table_) numbers.push_back(number);
  return numbers;
}

}  // namespace tape::engine
