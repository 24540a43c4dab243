// The generator's own random numbers: xoshiro256++ seeded through splitmix64.
//
//   Random random(/*seed=*/42, /*stream=*/1);
//   uint32_t die = 1 + random.Below(6);
//   Dice dice(random.Next());            // one draw, spent a few bits at a time
//   bool heads = dice.OneIn(1);          // one in two
//
// Why not <random>: its engines are portable but its distributions are not, and the same seed must
// give the same bytes on any machine. All is integer arithmetic here, except Unit(), which is
// exact.
//
// One seed serves several independent streams, so that, say, turning late rows on changes no price.
// A copy of a Random repeats what the original gives from here on. Thread-compatible.
#pragma once

#include <array>
#include <cstdint>

namespace tape::generator {

// The high 64 bits of a 128-bit product, without a 128-bit type.
constexpr uint64_t MultiplyHigh(uint64_t a, uint64_t b) {
  const uint64_t a_low = a & 0xFFFFFFFF, a_high = a >> 32;
  const uint64_t b_low = b & 0xFFFFFFFF, b_high = b >> 32;
  const uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
  const uint64_t carry = (middle & 0xFFFFFFFF) + a_low * b_high;
  return a_high * b_high + (middle >> 32) + (carry >> 32);
}

class Random {
 public:
  // Streams of one seed are unrelated to each other.
  explicit Random(uint64_t seed, uint64_t stream = 0) {
    uint64_t counter = seed;
    counter = SplitMix(counter) ^ (stream * 0xD6E8FEB86659FD93);
    for (uint64_t& word : state_) word = SplitMix(counter);
  }

  // Continues from a known state; not all zero.
  explicit Random(const std::array<uint64_t, 4>& state) : state_(state) {}

  uint64_t Next() {
    const uint64_t result = Rotate(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = Rotate(state_[3], 45);
    return result;
  }

  // In [0, bound). The bias is below bound / 2^64.
  uint64_t Below(uint64_t bound) { return MultiplyHigh(Next(), bound); }

  // In [0, 1), a multiple of 2^-53.
  double Unit() { return ToUnit(Next()); }

  static double ToUnit(uint64_t bits) {
    return static_cast<double>(bits >> 11) * (1.0 / 9007199254740992.0);
  }

 private:
  static constexpr uint64_t Rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

  static constexpr uint64_t SplitMix(uint64_t& counter) {
    counter += 0x9E3779B97F4A7C15;
    uint64_t mixed = counter;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }

  std::array<uint64_t, 4> state_;
};

// Sixty-four random bits, spent from the low end. Asking for more than there are gives zeros.
class Dice {
 public:
  explicit Dice(uint64_t bits) : bits_(bits) {}

  // In [0, 2^count).
  uint32_t Take(int count) {
    const uint64_t taken = bits_ & ((uint64_t{1} << count) - 1);
    bits_ >>= count;
    return static_cast<uint32_t>(taken);
  }

  // True once in 2^count times.
  bool OneIn(int count) { return Take(count) == 0; }

 private:
  uint64_t bits_;
};

}  // namespace tape::generator
