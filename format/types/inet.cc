#include "tape/inet.h"

#include <algorithm>

#include "format/bytes/message.h"
#include "format/types/hex.h"
#include "format/types/text_error.h"

namespace tape {
namespace {

using format::Concat;

constexpr size_t kGroups = 8;
constexpr size_t kNoGap = kGroups + 1;

using Groups = std::array<uint16_t, kGroups>;

// The bits of byte `index` of an address that belong to the first `prefix` bits.
uint8_t NetworkMask(int prefix, size_t index) {
  const int bits = std::clamp(prefix - static_cast<int>(8 * index), 0, 8);
  return static_cast<uint8_t>(0xFF00 >> bits);
}

// Reads an address from left to right. A member function that returns false has set error_.
class InetReader {
 public:
  explicit InetReader(std::string_view text) : text_(text) {}

  bool V4(std::span<uint8_t> bytes) {
    for (size_t i = 0; i < 4; ++i) {
      if (i != 0 && !Take('.', "'.'")) return false;
      int octet = 0;
      if (!Number(255, octet)) return false;
      bytes[i] = static_cast<uint8_t>(octet);
    }
    return true;
  }

  bool V6(std::span<uint8_t> bytes) {
    Groups groups{};
    size_t count = 0;
    size_t gap = kNoGap;
    if (text_.substr(at_, 2) == "::") {
      gap = 0;
      at_ += 2;
    }
    while (count < kGroups && (gap != count || IsHex())) {
      if (!GroupOrV4(groups, count)) return false;
      if (count == kGroups || has_v4_tail_ || Peek() != ':') break;
      if (!Separator(count, gap)) return false;
    }
    if (gap == kNoGap && count < kGroups) return Unexpected("':'");
    if (gap != kNoGap && count == kGroups) return Unexpected("seven groups at most beside \"::\"");
    Spread(groups, count, gap, bytes);
    return true;
  }

  // What follows the address.
  bool PrefixAndEnd(int most, uint8_t& prefix) {
    int length = most;
    if (Peek() == '/') {
      ++at_;
      if (!Number(most, length)) return false;
    }
    prefix = static_cast<uint8_t>(length);
    return at_ == text_.size() || Unexpected("the end");
  }

  const absl::Status& error() const { return error_; }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool IsHex() const { return at_ < text_.size() && format::HexValue(text_[at_]) >= 0; }
  bool IsDigit() const { return Peek() >= '0' && Peek() <= '9'; }

  bool Unexpected(std::string_view expected) {
    error_ = format::UnexpectedCharacter("INET", text_, at_, expected);
    return false;
  }

  bool Take(char c, std::string_view name) {
    if (Peek() != c) return Unexpected(name);
    ++at_;
    return true;
  }

  // Decimal, at most three digits, no leading zero.
  bool Number(int most, int& value) {
    const size_t start = at_;
    if (!IsDigit()) return Unexpected("a digit");
    for (value = 0; IsDigit() && at_ - start < 3; ++at_) value = value * 10 + (Peek() - '0');
    if (value <= most && (text_[start] != '0' || at_ - start == 1)) return true;
    at_ = start;
    return Unexpected(Concat("a number from 0 to ", most, " without leading zeros"));
  }

  bool GroupOrV4(Groups& groups, size_t& count) {
    const size_t start = at_;
    if (!IsHex()) return Unexpected("a hexadecimal digit");
    uint32_t group = 0;
    for (; IsHex() && at_ - start < 4; ++at_) {
      group = group << 4 | static_cast<uint32_t>(format::HexValue(Peek()));
    }
    if (Peek() != '.') {
      groups[count++] = static_cast<uint16_t>(group);
      return true;
    }
    std::array<uint8_t, 4> tail;
    if (count > kGroups - 2) return Unexpected("':' or the end");
    at_ = start;
    has_v4_tail_ = true;
    if (!V4(tail)) return false;
    groups[count++] = static_cast<uint16_t>(tail[0] << 8 | tail[1]);
    groups[count++] = static_cast<uint16_t>(tail[2] << 8 | tail[3]);
    return true;
  }

  // ':' before another group, or "::", after which there need not be one.
  bool Separator(size_t count, size_t& gap) {
    ++at_;
    if (Peek() != ':') return IsHex() || Unexpected("a hexadecimal digit");
    if (gap != kNoGap) return Unexpected("a hexadecimal digit, since \"::\" may stand only once,");
    gap = count;
    ++at_;
    return true;
  }

  // Groups before the gap, zeros, groups after it.
  static void Spread(const Groups& groups, size_t count, size_t gap, std::span<uint8_t> bytes) {
    const size_t zeros = kGroups - count;
    for (size_t i = 0; i < count; ++i) {
      const size_t to = i < gap ? i : i + zeros;
      bytes[2 * to] = static_cast<uint8_t>(groups[i] >> 8);
      bytes[2 * to + 1] = static_cast<uint8_t>(groups[i]);
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  bool has_v4_tail_ = false;  // nothing but a prefix may follow
  absl::Status error_;
};

std::string V4ToString(const uint8_t* bytes) {
  return Concat(bytes[0], ".", bytes[1], ".", bytes[2], ".", bytes[3]);
}

struct Run {
  size_t first;
  size_t count;
};

// The first of the longest runs of zero groups; shorter than two is none.
Run LongestZeros(const Groups& groups) {
  Run best{kGroups, 0};
  for (size_t first = 0; first < kGroups; ++first) {
    size_t count = 0;
    while (first + count < kGroups && groups[first + count] == 0) ++count;
    if (count > best.count && count >= 2) best = {first, count};
  }
  return best;
}

void AppendGroup(uint16_t group, std::string& out) {
  std::string digits;
  format::AppendHexByte(static_cast<uint8_t>(group >> 8), digits);
  format::AppendHexByte(static_cast<uint8_t>(group), digits);
  out += digits.substr(std::min<size_t>(digits.find_first_not_of('0'), 3));
}

std::string V6ToString(const uint8_t* bytes) {
  Groups groups;
  for (size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  }
  const Run zeros = LongestZeros(groups);
  const bool mapped = zeros.first == 0 && zeros.count == 5 && groups[5] == 0xFFFF;
  if (mapped) return Concat("::ffff:", V4ToString(bytes + 12));
  std::string text;
  for (size_t i = 0; i < kGroups; ++i) {
    if (i == zeros.first) {
      text += "::";
      i += zeros.count - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text.push_back(':');
    AppendGroup(groups[i], text);
  }
  return text;
}

absl::Status BadBytes(std::string_view why) {
  return absl::DataLossError(Concat("INET value: ", why));
}

}  // namespace

absl::StatusOr<Inet> Inet::Parse(std::string_view text) {
  Inet inet;
  InetReader reader(text);
  inet.family_ = text.find(':') == text.npos ? 4 : 6;
  const bool good = inet.IsV4() ? reader.V4(inet.address_) : reader.V6(inet.address_);
  if (!good || !reader.PrefixAndEnd(inet.IsV4() ? 32 : 128, inet.prefix_)) return reader.error();
  return inet;
}

std::string Inet::ToString() const {
  std::string text = IsV4() ? V4ToString(address_.data()) : V6ToString(address_.data());
  if (prefix_ != 8 * AddressSize(family_)) text += Concat("/", prefix_);
  return text;
}

std::string Inet::ToBytes() const {
  const size_t size = AddressSize(family_);
  std::string bytes;
  bytes.reserve(kMaxBytes);
  bytes.push_back(static_cast<char>(family_));
  std::string host;
  bool has_host = false;
  for (size_t i = 0; i < size; ++i) {
    const uint8_t mask = NetworkMask(prefix_, i);
    bytes.push_back(static_cast<char>(address_[i] & mask));
    host.push_back(static_cast<char>(address_[i] & ~mask));
    has_host |= host.back() != 0;
  }
  bytes.push_back(static_cast<char>(prefix_));
  if (has_host) bytes += host;
  return bytes;
}

absl::StatusOr<Inet> Inet::FromBytes(std::string_view bytes) {
  if (bytes.empty() || (bytes[0] != 4 && bytes[0] != 6)) {
    return BadBytes("the first byte is not 4 or 6");
  }
  Inet inet;
  inet.family_ = static_cast<uint8_t>(bytes[0]);
  const size_t size = AddressSize(inet.family_);
  if (bytes.size() != 2 + size && bytes.size() != 2 + 2 * size) {
    return BadBytes(Concat(bytes.size(), " bytes, expected ", 2 + size, " or ", 2 + 2 * size));
  }
  inet.prefix_ = static_cast<uint8_t>(bytes[1 + size]);
  if (inet.prefix_ > 8 * size) {
    return BadBytes(Concat("prefix ", inet.prefix_, ", expected at most ", 8 * size));
  }
  for (size_t i = 0; i < size; ++i) {
    inet.address_[i] = static_cast<uint8_t>(bytes[1 + i]);
    if (bytes.size() > 2 + size) inet.address_[i] |= static_cast<uint8_t>(bytes[2 + size + i]);
  }
  // Bits on the wrong side of the prefix, or a host part of zeros, come out differently.
  if (inet.ToBytes() != bytes) return BadBytes("bits on the wrong side of the prefix");
  return inet;
}

std::strong_ordering operator<=>(const Inet& a, const Inet& b) {
  const int order = a.ToBytes().compare(b.ToBytes());
  return order <=> 0;
}

}  // namespace tape
