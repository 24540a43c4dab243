// The bytes a fuzzer gives, read as numbers, texts and what is left.
//
//   Input input(data, size);
//   const auto rows = input.Take<uint16_t>();     // zeros where the bytes end
//   const std::string_view line = input.TakeLine();
//   const std::span<const std::byte> rest = input.Rest();
//
// Thread-compatible; does not own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace tape::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(std::as_bytes(std::span(data, size))) {}

  template <typename T>
  T Take() {
    T value{};
    const size_t size = std::min(sizeof(T), rest_.size());
    if (size != 0) std::memcpy(&value, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return value;
  }

  // As many as there are bytes for, at most `most`.
  template <typename T>
  std::vector<T> TakeValues(size_t most) {
    std::vector<T> values(std::min(most, rest_.size() / sizeof(T)));
    if (!values.empty()) std::memcpy(values.data(), rest_.data(), values.size() * sizeof(T));
    rest_ = rest_.subspan(values.size() * sizeof(T));
    return values;
  }

  // Up to the next line feed, which is taken too.
  std::string_view TakeLine() {
    const std::string_view text = Text();
    const size_t end = std::min(text.find('\n'), text.size());
    rest_ = rest_.subspan(std::min(end + 1, rest_.size()));
    return text.substr(0, end);
  }

  std::span<const std::byte> Rest() const { return rest_; }
  std::string_view Text() const {
    return {reinterpret_cast<const char*>(rest_.data()), rest_.size()};
  }

 private:
  std::span<const std::byte> rest_;
};

// A copy on the heap that ends with exactly as many readable bytes more as a reader may look at.
// ASan sees a look further; a result that depends on the filler depends on what it must not.
class Padded {
 public:
  Padded(std::span<const std::byte> bytes, size_t padding, std::byte filler)
      : bytes_(bytes.size() + padding, filler), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }

  std::span<const std::byte> bytes() const { return std::span(bytes_).first(size_); }

 private:
  std::vector<std::byte> bytes_;
  size_t size_;
};

}  // namespace tape::fuzz
