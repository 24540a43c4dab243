#include "datasets/generator/market/arrivals.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace tape::generator {

// Extra precision in intermediate results would make timestamps depend on the machine; so would
// fused multiply-adds, which the build turns off for this library.
static_assert(FLT_EVAL_METHOD == 0);

namespace {

// Longer silences than this, in mean gaps, do not happen.
constexpr double kLongestGap = 1000;
constexpr double kBurstSpeedup = 64;

}  // namespace

Gaps::Gaps(const ProfileLaws& laws, uint64_t rows, const Random& random)
    : random_(random),
      middle_gap_(laws.middle_gap),
      edge_change_(laws.edge_gap - laws.middle_gap),
      per_row_(2 / static_cast<double>(std::max<uint64_t>(rows, 1))) {}

double Gaps::Profile() const {
  const double position = static_cast<double>(row_) * per_row_ - 1;  // -1..1
  return middle_gap_ + edge_change_ * position * position;
}

double Gaps::Next() {
  const uint64_t bits = random_.Next();
  if (rows_left_in_burst_ > 0) {
    --rows_left_in_burst_;
  } else if (Dice dice(bits); dice.OneIn(8)) {  // the low bits, which ToUnit drops
    StartBurst(dice);
  }
  const double gap =
      std::min(1 / std::sqrt(1 - Random::ToUnit(bits)) - 1, kLongestGap) * Profile() * regime_;
  ++row_;
  return rows_left_in_burst_ > 0 ? gap / kBurstSpeedup : gap;
}

// Some thirty rows. One burst in eight changes the pace of what follows to 0.4..2 mean gaps.
void Gaps::StartBurst(Dice dice) {
  ++bursts_;
  rows_left_in_burst_ = 8 + random_.Below(48);
  if (!dice.OneIn(3)) return;
  const double unit = random_.Unit();
  regime_ = 0.4 + 1.6 * unit * unit;
}

Arrivals::Arrivals(const ProfileLaws& laws, Session session, uint64_t rows, const Random& random)
    : gaps_(laws, rows, random), open_ns_(session.open_ns) {
  // One gap more than rows: the last row does not always fall on the close.
  double sum = 0;
  Gaps rehearsal = gaps_;
  for (uint64_t i = 0; i <= rows; ++i) sum += rehearsal.Next();
  // Each row takes a nanosecond for itself, so that no two rows share one, and rounding gets two.
  const double free_ns =
      static_cast<double>(session.close_ns - session.open_ns) - static_cast<double>(rows) - 2;
  scale_ = free_ns / sum;
}

Arrival Arrivals::Next() {
  elapsed_ += gaps_.Next();
  const int64_t offset = static_cast<int64_t>(elapsed_ * scale_) + static_cast<int64_t>(row_++);
  return Arrival{open_ns_ + offset, gaps_.burst()};
}

}  // namespace tape::generator
