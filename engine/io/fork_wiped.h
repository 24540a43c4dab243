// A value in memory that a forked child finds zeroed: how a copy of a process knows that it is one.
//
//   ForkWiped<uint32_t> mark(1);
//   if (*mark == 0) return absl::FailedPreconditionError("this process is a copy of the writer's");
//
// A child inherits what its parent maps and holds: the tail, which both would write into, and the
// writer's lock, which both would think is theirs. So whoever writes keeps what it needs for that
// in such memory, and a child has it no more. Asking costs a load; there is no handler to register.
//
// Before Linux 4.14 nothing is wiped, and a child is not told apart.
//
// As thread-safe as T.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

namespace tape::engine {

// Pages of its own that are zero in a forked child; nullptr where there is no memory.
void* MapForkWiped(size_t size);
void UnmapForkWiped(void* pages, size_t size);

template <typename T>
class ForkWiped {
 public:
  static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);

  explicit ForkWiped(const T& value = T()) : pages_(MapForkWiped(sizeof(T))) {
    value_ = new (pages_ != nullptr ? pages_ : &own_) T(value);
  }
  ~ForkWiped() {
    if (pages_ != nullptr) UnmapForkWiped(pages_, sizeof(T));
  }
  ForkWiped(const ForkWiped&) = delete;
  ForkWiped& operator=(const ForkWiped&) = delete;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }

 private:
  void* const pages_;
  T* value_;
  alignas(T) std::byte own_[sizeof(T)];  // where there were no pages
};

}  // namespace tape::engine
