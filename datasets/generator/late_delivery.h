// Delivers some rows late: in the order of arrival, with the times at which they happened.
//
//   LateDelivery delivery({.fraction = 0.01, .max_delay_ns = 50'000'000}, /*seed=*/1);
//   Event event;
//   while (delivery.Next(source, event)) { ... }
//
// The source has `bool Next(Event&)` and gives events in the order of their times, which differ.
//
// A late row arrives 1..max_delay_ns after its ts (even chances), every other row at its ts. Rows
// that arrive at the same nanosecond keep the order of their times. Which rows are late depends on
// the seed and on their positions only. Memory: the late rows under way. Thread-compatible.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "datasets/generator/columns.h"
#include "datasets/generator/market_options.h"
#include "datasets/generator/random.h"

namespace tape::generator {

class LateDelivery {
 public:
  LateDelivery(const LateRows& late, uint64_t seed);

  // Rows delayed so far.
  uint64_t late_rows() const { return late_rows_; }

  // False, and `event` untouched, after the last row.
  template <typename Source>
  bool Next(Source& source, Event& event) {
    while (!has_punctual_ && source.Next(punctual_)) {
      if (!HoldBack(punctual_)) has_punctual_ = true;
    }
    // Whatever the source has yet to give happens, and so arrives, after `punctual_`.
    if (!under_way_.empty() && (!has_punctual_ || under_way_.top().arrives_ns <= punctual_.ts)) {
      event = under_way_.top().event;
      under_way_.pop();
      return true;
    }
    if (!has_punctual_) return false;
    event = punctual_;
    has_punctual_ = false;
    return true;
  }

 private:
  struct Delayed {
    int64_t arrives_ns;
    Event event;

    // Timestamps strictly increase in the source, so they decide among equals.
    bool operator>(const Delayed& other) const {
      return arrives_ns != other.arrives_ns ? arrives_ns > other.arrives_ns
                                            : event.ts > other.event.ts;
    }
  };

  // True where the event is late, and now under way.
  bool HoldBack(const Event& event);

  Random random_;
  uint64_t late_below_;  // of 2^53
  uint64_t max_delay_ns_;
  uint64_t late_rows_ = 0;
  bool has_punctual_ = false;
  Event punctual_;
  std::priority_queue<Delayed, std::vector<Delayed>, std::greater<>> under_way_;
};

}  // namespace tape::generator
