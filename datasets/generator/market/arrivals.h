// When things happen: the timestamps of one session, one after the other.
//
//   Arrivals arrivals(laws, SessionOf(laws, 0), /*rows=*/1000, Random(seed));
//   Arrival first = arrivals.Next();             // to be called `rows` times
//
// Gaps have a heavy tail (Lomax, shape 2: finite mean, infinite variance), come in regimes of more
// and less activity, shrink to a 64th within bursts, and follow the session's profile. They are
// scaled so that the rows fill the session. Timestamps strictly increase and lie in [open_ns,
// close_ns).
//
// Memory does not depend on the number of rows: the constructor draws all gaps once to learn their
// sum, and Next() draws the same gaps again. Thread-compatible.
#pragma once

#include <cstdint>

#include "datasets/generator/market/profile.h"
#include "datasets/generator/random.h"

namespace tape::generator {

struct Arrival {
  int64_t ts = 0;
  uint64_t burst = 0;  // number of the burst that the row belongs to, from 1; 0 outside bursts
};

// The gaps of a session before scaling. A copy repeats what the original gives from here on.
class Gaps {
 public:
  Gaps(const ProfileLaws& laws, uint64_t rows, const Random& random);

  double Next();

  // As in Arrival, for the row after the last gap.
  uint64_t burst() const { return rows_left_in_burst_ > 0 ? bursts_ : 0; }

 private:
  void StartBurst(Dice dice);

  // Mean gap at this point of the session: a parabola over the share of rows that are past. Not
  // inline, since only this library is compiled without fused multiply-adds.
  double Profile() const;

  Random random_;
  double middle_gap_;
  double edge_change_;
  double per_row_;
  double regime_ = 1;
  uint64_t row_ = 0;
  uint64_t bursts_ = 0;
  uint64_t rows_left_in_burst_ = 0;
};

class Arrivals {
 public:
  // `rows` is at most kMaxRowsPerDay.
  Arrivals(const ProfileLaws& laws, Session session, uint64_t rows, const Random& random);

  Arrival Next();

 private:
  Gaps gaps_;
  int64_t open_ns_;
  uint64_t row_ = 0;
  double elapsed_ = 0;  // sum of the gaps so far
  double scale_;        // nanoseconds per unit of gap
};

}  // namespace tape::generator
