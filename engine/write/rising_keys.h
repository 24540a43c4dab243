// Keys that are new without a look-up, since they are above every one before.
//
//   RisingKeys serial;                                 // a SERIAL, an id that the exchange counts
//   up serial.StartAbove(greatest_in_slices_and_tail); if (!serial.IsNew(id)) ... index.Find(...);
//   // may be new all the same serial.Raise(id);                                  // with the row's
//   commit
//
//   RisingTimes times;                                 // a key (time, symbol, ...)
//   times.StartAbove(greatest_time);                   // of all slices: no symbol's is above it
//   if (!times.IsNew(code, time)) ... index.Find(...);
//   times.Raise(code, time);
//
// A time above the last one of its symbol makes a key that no row has, whatever else is in it: rows
// of that symbol all have lower times. To ask and to raise are a few loads and comparisons.
//
// Thread-compatible.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace tape::engine {

class RisingKeys {
 public:
  void StartAbove(int64_t greatest) { greatest_ = std::max(greatest_, greatest); }
  // False: it may have been there. The least value of all is never new.
  bool IsNew(int64_t value) const { return value > greatest_; }
  void Raise(int64_t value) { greatest_ = std::max(greatest_, value); }

 private:
  int64_t greatest_ = std::numeric_limits<int64_t>::min();
};

class RisingTimes {
 public:
  void StartAbove(int64_t greatest) { floor_ = std::max(floor_, greatest); }
  bool IsNew(uint32_t code, int64_t time) const {
    return time > floor_ && (code >= last_.size() || time > last_[code]);
  }
  void Raise(uint32_t code, int64_t time) {
    if (code >= last_.size()) [[unlikely]] {
      last_.resize(std::max<size_t>(size_t{code} + 1, 2 * last_.size()),
                   std::numeric_limits<int64_t>::min());
    }
    last_[code] = std::max(last_[code], time);
  }

 private:
  int64_t floor_ = std::numeric_limits<int64_t>::min();  // no time in slices is above it
  std::vector<int64_t> last_;                            // by code, of rows since
};

}  // namespace tape::engine
