// Text for error messages: Concat("block ", 3, ": width ", 65, " exceeds 64").
//
// Why not absl::StrCat: Debian's absl::string_view is not std::string_view, newer releases' is;
// this takes std::string_view on both. Cold path only.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace tape::format {

namespace message_internal {
inline void Append(std::string& out, std::string_view text) { out.append(text); }
void Append(std::string& out, char c) = delete;  // ambiguous: a letter or a number?
template <std::integral Number>
void Append(std::string& out, Number number) {
  out.append(std::to_string(number));
}
}  // namespace message_internal

template <typename... Parts>
std::string Concat(const Parts&... parts) {
  std::string out;
  (message_internal::Append(out, parts), ...);
  return out;
}

// "0x00ff" style, for offsets, magics and checksums.
std::string Hex(uint64_t value);

}  // namespace tape::format
