// A value on the heap that behaves like a value: copied deep, compared by what it holds, or empty.
//
//   Owned<Expression> where;                     // empty
//   where = Owned<Expression>(std::move(test));
//   if (where) Print(*where);
//
// It is what lets a tree of syntax be made of plain structs. Thread-compatible.
#pragma once

#include <memory>
#include <utility>

namespace tape::engine::sql {

template <typename T>
class Owned {
 public:
  Owned() = default;
  explicit Owned(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Owned(const Owned& other) : value_(other.value_ ? std::make_unique<T>(*other) : nullptr) {}
  Owned(Owned&& other) noexcept = default;
  Owned& operator=(const Owned& other) {
    Owned copy(other);
    value_.swap(copy.value_);
    return *this;
  }
  Owned& operator=(Owned&& other) noexcept = default;
  ~Owned() = default;

  explicit operator bool() const { return value_ != nullptr; }
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return value_.get(); }
  T* operator->() { return value_.get(); }

  friend bool operator==(const Owned& a, const Owned& b) { return a && b ? *a == *b : !a && !b; }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace tape::engine::sql
