// Keys that are new without a look-up, since they are above every one before.
//
//   RisingKeys serial;                        // a SERIAL, an id that the exchange counts up
//   serial.StartAbove(greatest_in_slices_and_tail);
//   if (!serial.IsNew(id)) ...                // may be new all the same: look it up
//   serial.Raise(id);
//
//   RisingTimes times;                        // a key (time, symbol, ...)
//   times.StartAbove(greatest_time);          // of all slices: no symbol's is above it
//   times.Check(row_times, row_codes, doubtful);
//   times.Keep();                             // or TakeBack(), where the rows do not come
//
// A time above the last one of its symbol makes a key that no row has, whatever else is in it: rows
// of that symbol all have lower times. To ask and to raise are a few loads and comparisons.
//
// Thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
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

  // Asks and raises row by row; rows that are not new are appended. Codes from kCodesMax on belong
  // to nobody yet, and are not remembered: they are never new.
  void Check(std::span<const int64_t> times, std::span<const uint32_t> codes,
             std::vector<uint32_t>& doubtful) {
    uint32_t greatest = 0;
    for (const uint32_t code : codes) {
      greatest = code < kCodesMax ? std::max(greatest, code) : greatest;
    }
    if (greatest >= last_.size()) Raise(greatest, std::numeric_limits<int64_t>::min());
    const size_t begin = before_.size();
    before_.resize(begin + times.size());
    CheckRows({times.data(), codes.data(), times.size()}, before_.data() + begin, doubtful);
  }
  void Keep() { before_.clear(); }
  // What Check raised since the last Keep.
  void TakeBack() {
    for (size_t i = before_.size(); i-- > 0;) last_[before_[i].code] = before_[i].time;
    before_.clear();
  }

  static constexpr uint32_t kCodesMax = uint32_t{1} << 31;

 private:
  struct Last {
    uint32_t code;
    int64_t time;
  };
  struct Rows {
    const int64_t* times;
    const uint32_t* codes;
    size_t rows;
  };

  void CheckRows(const Rows& rows, Last* before, std::vector<uint32_t>& doubtful) {
    int64_t* const last = last_.data();
    const int64_t floor = floor_;
    for (size_t i = 0; i < rows.rows; ++i) {
      const uint32_t code = rows.codes[i] < kCodesMax ? rows.codes[i] : 0;
      const int64_t known = last[code];
      before[i] = {code, known};
      if (rows.times[i] > known && rows.times[i] > floor && rows.codes[i] < kCodesMax) {
        last[code] = rows.times[i];
      } else {
        doubtful.push_back(static_cast<uint32_t>(i));
      }
    }
  }

  int64_t floor_ = std::numeric_limits<int64_t>::min();  // no time in slices is above it
  std::vector<int64_t> last_;                            // by code, of rows since
  std::vector<Last> before_;                             // of each row that was checked
};

}  // namespace tape::engine
