// Random numbers that a seed decides: splitmix64.
//
//   Chance chance(/*seed=*/7);
//   bool kept = chance.OneIn(2);
//
// For the models of this folder: the same seed must make the same disk on any machine.
// Thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tape::engine {

class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }

  // In [0, bound). The bias is below bound / 2^64.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool OneIn(uint64_t count) { return Below(count) == 0; }

  void Fill(std::span<std::byte> out) {
    while (!out.empty()) {
      const uint64_t word = Next();
      const size_t count = std::min(out.size(), sizeof(word));
      std::memcpy(out.data(), &word, count);
      out = out.subspan(count);
    }
  }

 private:
  uint64_t state_;
};

}  // namespace tape::engine
