// INET values: an IPv4 or IPv6 address, with the length of a network prefix.
//
//   absl::StatusOr<Inet> host = Inet::Parse("2001:DB8:0:0::1/64");
//   host->ToString();                    // "2001:db8::1/64"
//   std::string bytes = host->ToBytes(); // what an INET column stores
//   Inet::FromBytes(bytes) == host;      // true
//
// Order is PostgreSQL's: IPv4 before IPv6; then the network bits, a shorter prefix before a longer
// one that it contains; then the whole address.
//
// Bytes. One value has one form, and comparing two forms byte by byte, a shorter one first where it
// is a prefix of the longer, gives exactly that order; so block bounds and sorting need to know
// nothing of addresses:
//
//   offset  bytes   content
//   0       1       4 or 6
//   1       n       the address with all bits after the prefix zero; n = 4 or 16
//   1 + n   1       length of the prefix in bits, 0..32 or 0..128
//   2 + n   0 or n  the bits after the prefix (before it zero): only there if one of them is set
//
// Immutable value type; thread-compatible.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tape {

class Inet {
 public:
  static constexpr size_t kMaxBytes = 34;  // of the stored form

  // 0.0.0.0/32
  constexpr Inet() = default;

  // IPv4: four decimal numbers without leading zeros, which some readers take for octal. IPv6:
  // eight groups of up to four hexadecimal digits in any case, with "::" once for one or more
  // groups of zeros, and an IPv4 address in place of the last two. Then, if wanted, '/' and the
  // prefix length. No zone ("%eth0"), no port, no short forms such as "10.1". kInvalidArgument with
  // the position of what does not belong.
  static absl::StatusOr<Inet> Parse(std::string_view text);

  // The stored form. Bytes that ToBytes does not write are kDataLoss.
  static absl::StatusOr<Inet> FromBytes(std::string_view bytes);
  std::string ToBytes() const;

  // RFC 5952: lower case, the longest run of two or more zero groups as "::", IPv4-mapped addresses
  // in mixed notation. "/32" of IPv4 and "/128" of IPv6 are left out.
  std::string ToString() const;

  bool IsV4() const { return family_ == 4; }
  int prefix_length() const { return prefix_; }
  // 4 or 16 bytes in network order.
  std::span<const uint8_t> address() const { return {address_.data(), AddressSize(family_)}; }

  friend bool operator==(const Inet&, const Inet&) = default;
  friend std::strong_ordering operator<=>(const Inet& a, const Inet& b);

 private:
  static constexpr size_t AddressSize(uint8_t family) { return family == 4 ? 4 : 16; }

  uint8_t family_ = 4;
  uint8_t prefix_ = 32;
  std::array<uint8_t, 16> address_{};  // zero after an IPv4 address
};

}  // namespace tape
