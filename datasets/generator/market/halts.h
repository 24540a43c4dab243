// Trading halts: stretches of a session in which one symbol is silent.
//
//   std::vector<Halt> halts = PlanHalts(laws, session, universe, Random(seed));
//   HaltBoard board(universe.instruments.size());
//   board.Start(halts);
//   bool silent = board.Halted(symbol, ts);
//
// A symbol is halted at most once a session, and at least one symbol never. Thread-compatible.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/generator/market/instruments.h"
#include "datasets/generator/market/profile.h"
#include "datasets/generator/random.h"

namespace tape::generator {

struct Halt {
  uint32_t symbol = 0;
  int64_t from_ns = 0;   // first silent nanosecond
  int64_t until_ns = 0;  // first nanosecond after
};

// About one symbol in 64 each session, busy ones more often; none where there is but one symbol.
std::vector<Halt> PlanHalts(const ProfileLaws& laws, Session session, const Universe& universe,
                            Random random);

// Answers who is halted now.
class HaltBoard {
 public:
  explicit HaltBoard(uint64_t symbols) : windows_(symbols) {}

  // Forgets the halts of the session before.
  void Start(const std::vector<Halt>& halts);

  bool Halted(uint32_t symbol, int64_t ts) const {
    const Window& window = windows_[symbol];
    return ts >= window.from_ns && ts < window.until_ns;
  }

 private:
  struct Window {
    int64_t from_ns = 0;
    int64_t until_ns = 0;
  };

  std::vector<Window> windows_;  // by symbol
};

}  // namespace tape::generator
