#include "datasets/generator/late_delivery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "datasets/generator/market/streams.h"

namespace tape::generator {
namespace {

// Events with the timestamps given; each one's trade id is its position.
class Scripted {
 public:
  explicit Scripted(std::vector<int64_t> times) : times_(std::move(times)) {}

  bool Next(Event& event) {
    if (next_ == times_.size()) return false;
    event = Event{};
    event.ts = times_[next_];
    event.trade_id = static_cast<int64_t>(next_++);
    return true;
  }

 private:
  std::vector<int64_t> times_;
  size_t next_ = 0;
};

std::vector<int64_t> Deliver(const std::vector<int64_t>& times, const LateRows& late,
                             uint64_t seed) {
  Scripted source(times);
  LateDelivery delivery(late, seed);
  std::vector<int64_t> ids;
  Event event;
  while (delivery.Next(source, event)) ids.push_back(event.trade_id);
  EXPECT_FALSE(delivery.Next(source, event));
  return ids;
}

// The definition: give each row its time of arrival, then sort.
std::vector<int64_t> DeliverNaively(const std::vector<int64_t>& times, const LateRows& late,
                                    uint64_t seed) {
  Random random(seed, streams::kLateRows);
  std::vector<std::pair<int64_t, int64_t>> arrivals;
  for (size_t i = 0; i < times.size(); ++i) {
    int64_t arrives = times[i];
    if (random.Unit() < late.fraction)
      arrives += 1 + static_cast<int64_t>(random.Below(late.max_delay_ns));
    arrivals.emplace_back(arrives, static_cast<int64_t>(i));
  }
  std::sort(arrivals.begin(), arrivals.end());
  std::vector<int64_t> ids;
  for (const auto& [arrives, id] : arrivals) ids.push_back(id);
  return ids;
}

std::vector<int64_t> SomeTimes(int rows, uint64_t mean_gap, uint64_t seed) {
  Random random(seed);
  std::vector<int64_t> times;
  int64_t ts = 1'000;
  for (int i = 0; i < rows; ++i)
    times.push_back(ts += 1 + static_cast<int64_t>(random.Below(2 * mean_gap)));
  return times;
}

TEST(LateDelivery, EqualsASortByArrival) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const std::vector<int64_t> times = SomeTimes(500, 1 + seed % 4, seed);
    for (const double fraction : {0.01, 0.3, 1.0}) {
      for (const int64_t delay : {1, 5, 1000}) {
        const LateRows late{fraction, delay};
        EXPECT_EQ(Deliver(times, late, seed), DeliverNaively(times, late, seed));
      }
    }
  }
}

TEST(LateDelivery, KeepsTheOrderWhereNothingIsLate) {
  const std::vector<int64_t> ids = Deliver(SomeTimes(100, 3, 1), LateRows{}, 1);
  EXPECT_EQ(ids.size(), 100u);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
}

TEST(LateDelivery, KeepsTheOrderWhereDelaysAreShorterThanGaps) {
  const std::vector<int64_t> ids = Deliver({10, 20, 30, 40}, LateRows{1.0, 9}, 1);
  EXPECT_EQ(ids, (std::vector<int64_t>{0, 1, 2, 3}));
}

TEST(LateDelivery, DeliversWhatIsUnderWayAtTheEnd) {
  const std::vector<int64_t> ids = Deliver(SomeTimes(100, 3, 1), LateRows{1.0, 1'000'000'000}, 1);
  EXPECT_EQ(ids.size(), 100u);
  EXPECT_FALSE(std::is_sorted(ids.begin(), ids.end()));
}

TEST(LateDelivery, HasNothingToDeliverFromAnEmptySource) {
  EXPECT_TRUE(Deliver({}, LateRows{0.5, 10}, 1).empty());
}

TEST(LateDelivery, CountsLateRows) {
  Scripted source(SomeTimes(100'000, 3, 1));
  LateDelivery delivery(LateRows{0.05, 1000}, 1);
  Event event;
  while (delivery.Next(source, event)) {
  }
  EXPECT_NEAR(static_cast<double>(delivery.late_rows()), 5000, 250);
}

}  // namespace
}  // namespace tape::generator
