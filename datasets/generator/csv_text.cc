#include "datasets/generator/csv_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

namespace tape::generator {
namespace {

// "00" to "99": half as many divisions as digit by digit.
constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (int i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Exactly `digits` digits, with leading zeros.
char* WriteDigits(uint64_t value, int digits, char* out) {
  char* at = out + digits;
  while (at - out >= 2) {
    at -= 2;
    std::memcpy(at, &kPairs[value % 100 * 2], 2);
    value /= 100;
  }
  if (at != out) *out = static_cast<char>('0' + value % 10);
  return out + digits;
}

int CountDigits(uint64_t value) {
  int digits = 1;
  for (; value >= 100; value /= 100) digits += 2;
  return value >= 10 ? digits + 1 : digits;
}

char* WriteInteger(int64_t value, char* out) {
  const uint64_t magnitude = static_cast<uint64_t>(value);
  return WriteDigits(magnitude, CountDigits(magnitude), out);
}

char* WriteText(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* WriteChar(char c, char* out) {
  *out = c;
  return out + 1;
}

size_t LongestOf(const std::vector<std::string>& names) {
  size_t longest = 0;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  return longest;
}

}  // namespace

char* TimestampText::Write(int64_t ts, char* out) {
  const int64_t second = ts / 1'000'000'000;
  if (second != second_) StartSecond(second);
  std::memcpy(out, up_to_second_, sizeof(up_to_second_));
  out = WriteDigits(static_cast<uint64_t>(ts - second * 1'000'000'000), 9,
                    out + sizeof(up_to_second_));
  return WriteChar('Z', out);
}

void TimestampText::StartSecond(int64_t second) {
  second_ = second;
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(second));
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const uint64_t second_of_day = static_cast<uint64_t>((time - day).count());
  char* out = WriteDigits(static_cast<uint64_t>(static_cast<int>(date.year())), 4, up_to_second_);
  out = WriteDigits(static_cast<unsigned>(date.month()), 2, WriteChar('-', out));
  out = WriteDigits(static_cast<unsigned>(date.day()), 2, WriteChar('-', out));
  out = WriteDigits(second_of_day / 3600, 2, WriteChar('T', out));
  out = WriteDigits(second_of_day / 60 % 60, 2, WriteChar(':', out));
  out = WriteDigits(second_of_day % 60, 2, WriteChar(':', out));
  WriteChar('.', out);
}

CsvText::CsvText(const std::vector<std::string>& symbols,
                 const std::vector<std::string_view>& exchanges, int price_scale, int size_scale)
    : price_scale_(MakeScale(price_scale)), size_scale_(MakeScale(size_scale)) {
  for (const std::string_view symbol : symbols) symbols_.push_back(std::string(symbol) + ",");
  for (const std::string_view exchange : exchanges)
    exchanges_.push_back(std::string(exchange) + ",");
  // Four numbers at most, each with 19 digits, a zero, a point and a separator.
  row_size_max_ = TimestampText::kSize + 1 + LongestOf(symbols_) + LongestOf(exchanges_) + 4 * 22;
}

CsvText::Scale CsvText::MakeScale(int digits) {
  Scale scale{digits, 1};
  for (int i = 0; i < digits; ++i) scale.unit *= 10;
  return scale;
}

char* CsvText::WriteDecimal(int64_t value, Scale scale, char* out) {
  if (scale.digits == 0) return WriteInteger(value, out);
  const uint64_t magnitude = static_cast<uint64_t>(value);
  const uint64_t whole = magnitude / scale.unit;
  out = WriteDigits(whole, CountDigits(whole), out);
  return WriteDigits(magnitude - whole * scale.unit, scale.digits, WriteChar('.', out));
}

char* CsvText::WriteStart(int64_t ts, uint32_t symbol, uint8_t exchange, char* out) {
  out = WriteChar(',', time_.Write(ts, out));
  return WriteText(exchanges_[exchange], WriteText(symbols_[symbol], out));
}

std::string_view CsvText::Trades(const TradeColumns& trades) {
  text_.resize(std::max(text_.size(), trades.rows() * row_size_max_));
  char* out = text_.data();
  for (size_t row = 0; row < trades.rows(); ++row) {
    out = WriteStart(trades.ts[row], trades.symbol[row], trades.exchange[row], out);
    out = WriteChar(',', WriteText(kSides[trades.side[row]], out));
    out = WriteChar(',', WriteDecimal(trades.price[row], price_scale_, out));
    out = WriteChar(',', WriteDecimal(trades.size[row], size_scale_, out));
    out = WriteChar('\n', WriteInteger(trades.trade_id[row], out));
  }
  return {text_.data(), static_cast<size_t>(out - text_.data())};
}

std::string_view CsvText::Quotes(const QuoteColumns& quotes) {
  text_.resize(std::max(text_.size(), quotes.rows() * row_size_max_));
  char* out = text_.data();
  for (size_t row = 0; row < quotes.rows(); ++row) {
    out = WriteStart(quotes.ts[row], quotes.symbol[row], quotes.exchange[row], out);
    out = WriteChar(',', WriteDecimal(quotes.bid_px[row], price_scale_, out));
    out = WriteChar(',', WriteDecimal(quotes.bid_sz[row], size_scale_, out));
    out = WriteChar(',', WriteDecimal(quotes.ask_px[row], price_scale_, out));
    out = WriteChar('\n', WriteDecimal(quotes.ask_sz[row], size_scale_, out));
  }
  return {text_.data(), static_cast<size_t>(out - text_.data())};
}

}  // namespace tape::generator
