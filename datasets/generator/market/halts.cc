#include "datasets/generator/market/halts.h"

#include <algorithm>

namespace tape::generator {
namespace {

Halt DrawHalt(const ProfileLaws& laws, Session session, const Universe& universe, Random& random) {
  const uint64_t ranks = universe.symbol_of_rank.size();
  const uint64_t rank = random.Below(random.Below(ranks) + 1);  // busy symbols move more
  const int64_t length =
      laws.halt_min_ns +
      static_cast<int64_t>(random.Below(laws.halt_max_ns - laws.halt_min_ns + 1));
  // Not around the open and the close, so that trading resumes.
  const int64_t margin = 5 * kMinuteNs;
  const int64_t latest = session.close_ns - margin - length;
  const int64_t earliest = session.open_ns + margin;
  const int64_t from = earliest + static_cast<int64_t>(random.Below(latest - earliest));
  return Halt{universe.symbol_of_rank[rank], from, from + length};
}

bool HasSymbol(const std::vector<Halt>& halts, uint32_t symbol) {
  return std::any_of(halts.begin(), halts.end(),
                     [&](const Halt& halt) { return halt.symbol == symbol; });
}

}  // namespace

std::vector<Halt> PlanHalts(const ProfileLaws& laws, Session session, const Universe& universe,
                            Random random) {
  const uint64_t symbols = universe.instruments.size();
  const uint64_t wanted = std::min(symbols - 1, symbols / 64 + 1);
  std::vector<Halt> halts;
  while (halts.size() < wanted) {
    const Halt halt = DrawHalt(laws, session, universe, random);
    if (!HasSymbol(halts, halt.symbol)) halts.push_back(halt);
  }
  return halts;
}

void HaltBoard::Start(const std::vector<Halt>& halts) {
  std::fill(windows_.begin(), windows_.end(), Window{});
  for (const Halt& halt : halts) windows_[halt.symbol] = Window{halt.from_ns, halt.until_ns};
}

}  // namespace tape::generator
