// Whole numbers of any size, the way they are done on paper: digit by digit, in tens. Slow, and too
// simple to be wrong: what the arithmetic of format/types is compared with.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "tape/int128.h"

namespace tape::format {

class NaiveInteger {
 public:
  NaiveInteger() = default;
  NaiveInteger(Int128 value) : negative_(value < 0) {  // NOLINT(google-explicit-constructor)
    UInt128 rest = value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
    for (; rest != 0; rest /= 10) digits_.push_back(static_cast<char>(rest % 10));
  }

  bool negative() const { return negative_; }
  bool IsZero() const { return digits_.empty(); }
  size_t DigitCount() const { return digits_.size(); }

  std::string ToString() const {
    if (digits_.empty()) return "0";
    std::string text = negative_ ? "-" : "";
    for (size_t i = digits_.size(); i-- > 0;) text.push_back(static_cast<char>('0' + digits_[i]));
    return text;
  }

  NaiveInteger Negated() const { return {!negative_, digits_}; }

  friend NaiveInteger operator+(const NaiveInteger& a, const NaiveInteger& b) {
    if (a.negative_ == b.negative_) return {a.negative_, AddDigits(a.digits_, b.digits_)};
    if (Less(a.digits_, b.digits_)) return {b.negative_, SubDigits(b.digits_, a.digits_)};
    return {a.negative_, SubDigits(a.digits_, b.digits_)};
  }
  friend NaiveInteger operator-(const NaiveInteger& a, const NaiveInteger& b) {
    return a + b.Negated();
  }

  friend NaiveInteger operator*(const NaiveInteger& a, const NaiveInteger& b) {
    std::string product(a.digits_.size() + b.digits_.size(), 0);
    for (size_t i = 0; i < a.digits_.size(); ++i) {
      int carry = 0;
      for (size_t j = 0; j < b.digits_.size() || carry != 0; ++j) {
        const int digit = j < b.digits_.size() ? b.digits_[j] : 0;
        const int sum = product[i + j] + a.digits_[i] * digit + carry;
        product[i + j] = static_cast<char>(sum % 10);
        carry = sum / 10;
      }
    }
    return {a.negative_ != b.negative_, std::move(product)};
  }

  // Truncating, remainder with the sign of a: long division, each digit by repeated subtraction.
  friend std::pair<NaiveInteger, NaiveInteger> DivMod(const NaiveInteger& a,
                                                      const NaiveInteger& b) {
    std::string quotient(a.digits_.size(), 0);
    std::string rest;
    for (size_t i = a.digits_.size(); i-- > 0;) {
      rest.insert(rest.begin(), a.digits_[i]);
      Trim(rest);
      for (; !Less(rest, b.digits_); ++quotient[i]) rest = SubDigits(std::move(rest), b.digits_);
    }
    return {{a.negative_ != b.negative_, std::move(quotient)}, {a.negative_, std::move(rest)}};
  }

  // value / divisor, half away from zero.
  static NaiveInteger DivideRounded(const NaiveInteger& value, const NaiveInteger& divisor) {
    auto [quotient, rest] = DivMod(value, divisor);
    if (Less(AddDigits(rest.digits_, rest.digits_), divisor.digits_)) return quotient;
    return quotient + NaiveInteger(value.negative_ != divisor.negative_ ? -1 : 1);
  }

  NaiveInteger TimesPowerOfTen(int digits) const {
    return {negative_, std::string(static_cast<size_t>(digits), 0) + digits_};
  }

  friend bool operator==(const NaiveInteger&, const NaiveInteger&) = default;
  friend bool operator<(const NaiveInteger& a, const NaiveInteger& b) { return (a - b).negative_; }

 private:
  NaiveInteger(bool negative, std::string digits)
      : negative_(negative), digits_(std::move(digits)) {
    Trim(digits_);
    if (digits_.empty()) negative_ = false;
  }

  static void Trim(std::string& digits) {
    while (!digits.empty() && digits.back() == 0) digits.pop_back();
  }

  static bool Less(const std::string& a, const std::string& b) {
    if (a.size() != b.size()) return a.size() < b.size();
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  }

  static std::string AddDigits(std::string a, const std::string& b) {
    a.resize(std::max(a.size(), b.size()) + 1);
    int carry = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      const int sum = a[i] + (i < b.size() ? b[i] : 0) + carry;
      a[i] = static_cast<char>(sum % 10);
      carry = sum / 10;
    }
    Trim(a);
    return a;
  }

  // a - b, where a >= b.
  static std::string SubDigits(std::string a, const std::string& b) {
    int borrow = 0;
    for (size_t i = 0; i < a.size() && (i < b.size() || borrow != 0); ++i) {
      const int difference = a[i] - (i < b.size() ? b[i] : 0) - borrow;
      borrow = difference < 0 ? 1 : 0;
      a[i] = static_cast<char>(difference + 10 * borrow);
    }
    Trim(a);
    return a;
  }

  bool negative_ = false;
  std::string digits_;  // 0..9, the ones first, no zeros at the end
};

// Numbers of every size alike: each count of digits is as likely as any other, and now and then a
// power of ten, one less, or one more.
class SizedNumbers {
 public:
  explicit SizedNumbers(uint64_t seed) : random_(seed) {}

  std::mt19937_64& random() { return random_; }

  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }

  // At most `digits` digits (1..38), either sign.
  Int128 Next(int digits) {
    const int count = Below(digits) + 1;
    Int128 limit = 1;
    for (int i = 0; i < count; ++i) limit *= 10;
    const Int128 value = Below(8) == 0 ? Edge(limit) : Any(limit);
    return Below(2) == 0 ? value : -value;
  }

  // Any pattern of bits, shorter ones as likely as longer.
  Int128 NextBits() {
    const UInt128 bits = (UInt128{random_()} << 64 | random_()) >> Below(128);
    return static_cast<Int128>(Below(2) == 0 ? bits : -bits);
  }

 private:
  Int128 Any(Int128 limit) {
    const UInt128 bits = UInt128{random_()} << 64 | random_();
    return static_cast<Int128>(bits % static_cast<UInt128>(limit));
  }
  Int128 Edge(Int128 limit) { return Below(2) == 0 ? limit - 1 : limit / 10 + Below(2); }

  std::mt19937_64 random_;
};

}  // namespace tape::format
