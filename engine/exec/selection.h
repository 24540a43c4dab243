// Which rows of a batch count.
//
//   Selection all = Selection::All(1024);
//   Selection some = Selection::Of(listed);          // ascending row indexes
//   some.ForEach([&](uint32_t row) { out[row] = f(in[row]); });
//
// An operator computes the rows of its selection and no others: a division in a branch of CASE that
// a row does not take cannot fail for it. Results stand at the row's own place.
//
// Refers to its list, does not own it. Immutable; thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tape::engine::exec {

class Selection {
 public:
  static Selection All(size_t rows) { return Selection(nullptr, rows); }
  static Selection Of(std::span<const uint32_t> rows) {
    return Selection(rows.data() == nullptr ? &kNowhere : rows.data(), rows.size());
  }

  bool is_all() const { return rows_ == nullptr; }
  size_t size() const { return size_; }
  uint32_t operator[](size_t i) const { return is_all() ? static_cast<uint32_t>(i) : rows_[i]; }

  // A row above every selected one: how long arrays must be.
  size_t end() const { return is_all() ? size_ : size_ == 0 ? 0 : size_t{rows_[size_ - 1]} + 1; }

  // One loop for all rows, which compilers vectorise, and one for a list.
  template <typename Function>
  void ForEach(Function&& function) const {
    if (is_all()) {
      for (size_t row = 0; row < size_; ++row) function(static_cast<uint32_t>(row));
    } else {
      for (size_t i = 0; i < size_; ++i) function(rows_[i]);
    }
  }

 private:
  static constexpr uint32_t kNowhere = 0;

  Selection(const uint32_t* rows, size_t size) : rows_(rows), size_(size) {}

  const uint32_t* rows_;
  size_t size_;
};

}  // namespace tape::engine::exec
