// Until when which commits are known to have been made: what a history of an interval is cut by.
//
//   DurableTimes times;
//   times.Add(now_ns, durable);                     // with each record of a manifest
//   Lsn last = times.At(now_ns - interval_ns);      // durable by then; 0 where that is not known
//
// No commit has a time of its own. A manifest record has one, and the LSN that was durable when it
// was written: everything up to there is at least as old. So a horizon lies at the newest record
// that is older than the interval: never too high, and too low by the time between two records. A
// clock that goes backwards counts as standing still.
//
// A few thousand records are remembered; then every second one is forgotten, which only lowers what
// At says. Thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tape/ids.h"

namespace tape::engine {

class DurableTimes {
 public:
  static constexpr size_t kMost = 4096;

  void Add(int64_t time_ns, Lsn durable) {
    if (!known_.empty()) time_ns = std::max(time_ns, known_.back().time_ns);
    if (!known_.empty()) durable = std::max(durable, known_.back().durable);
    if (known_.size() == kMost) ForgetHalf();
    known_.push_back({time_ns, durable});
  }

  Lsn At(int64_t time_ns) const {
    const auto after =
        std::upper_bound(known_.begin(), known_.end(), time_ns,
                         [](int64_t time, const Known& record) { return time < record.time_ns; });
    return after == known_.begin() ? Lsn() : (after - 1)->durable;
  }

 private:
  struct Known {
    int64_t time_ns = 0;
    Lsn durable;
  };

  void ForgetHalf() {
    for (size_t i = 0; i < kMost / 2; ++i) known_[i] = known_[2 * i + 1];
    known_.resize(kMost / 2);
  }

  std::vector<Known> known_;
};

}  // namespace tape::engine
