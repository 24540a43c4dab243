// The strings of a symbol column by their codes, in sections. Bytes: docs/format/dictionary.md.
//
//   SymbolChain chain;                                       // of an empty file
//   absl::Status status = AppendSymbolSection(texts, {seeds, offset}, chain, bytes);
//
//   SymbolFile symbols(identity);
//   absl::Status status = symbols.Extend(file, manifest.symbols().at(column));
//   symbols.Text(SymbolCode(3));                             // "AAPL"; nothing for an unknown code
//   symbols.Code("AAPL");                                    // 3
//
// Text of a code: a binary search over the sections. Code of a text: a binary search in each.
// (The dictionary inside an extent is another thing: format/encoding/dictionary_section.h.)
//
// SymbolSection: immutable, does not own; the bytes must outlive it and start at a multiple of 4 in
// memory. SymbolFile: thread-compatible, for readers immutable between calls of Extend.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "format/layout/extent_view.h"
#include "format/records/manifest_record.h"
#include "tape/ids.h"

namespace tape::format {

// ---- as it lies in a file

inline constexpr std::array<char, 4> kSymbolMagic = {'T', 'P', 'D', 'I'};

struct SymbolSectionHeader {
  std::array<char, 4> magic = kSymbolMagic;
  uint32_t symbols = 0;
  uint64_t length = 0;  // of everything, this header and padding included
  uint32_t first_code = 0;
  uint32_t size = 0;   // of the strings, without padding
  uint32_t chain = 0;  // the CRC of the section before
  uint32_t reserved_28 = 0;
  std::array<uint64_t, 3> reserved_32{};
  uint32_t reserved_56 = 0;
  uint32_t crc = 0;  // of bytes 0..59 and 64 to the end of the padding
};
static_assert(sizeof(SymbolSectionHeader) == 64 && offsetof(SymbolSectionHeader, symbols) == 4);
static_assert(offsetof(SymbolSectionHeader, length) == 8);
static_assert(offsetof(SymbolSectionHeader, first_code) == 16);
static_assert(offsetof(SymbolSectionHeader, size) == 20);
static_assert(offsetof(SymbolSectionHeader, chain) == 24);
static_assert(offsetof(SymbolSectionHeader, reserved_32) == 32);
static_assert(offsetof(SymbolSectionHeader, crc) == 60);

// What a section follows: the symbols before it, and the CRC of the last section.
struct SymbolChain {
  uint32_t symbols = 0;
  uint32_t crc = 0;

  friend bool operator==(const SymbolChain&, const SymbolChain&) = default;
};

// ---- writing

// Appends a section of new symbols, whose codes follow those before, to `out`, whose size is a
// multiple of 64; `chain` becomes what the next one follows. kInvalidArgument, and nothing
// appended, for no symbols, two equal ones, or one above kMaxSymbolBytes; kResourceExhausted above
// kMaxSymbols, or for more strings than a section holds (4 GiB).
absl::Status AppendSymbolSection(std::span<const std::string_view> texts, const ExtentPlace& place,
                                 SymbolChain& chain, std::vector<std::byte>& out);

// ---- reading

class SymbolSection {
 public:
  // `bytes` starts with the section and may go on after it. Checks all of it.
  static absl::StatusOr<SymbolSection> Parse(std::span<const std::byte> bytes,
                                             const ExtentPlace& place);

  size_t size() const { return header_.symbols; }
  size_t size_bytes() const { return header_.length; }
  SymbolCode first_code() const { return SymbolCode(header_.first_code); }
  uint32_t chain() const { return header_.chain; }
  uint32_t crc() const { return header_.crc; }

  // Of the symbol with code first_code() + index.
  std::string_view Text(size_t index) const;

  // The index of a text, if it is in this section.
  std::optional<size_t> Find(std::string_view text) const;

 private:
  SymbolSection(const SymbolSectionHeader& header, std::span<const std::byte> bytes);
  absl::Status CheckEnds() const;
  absl::Status CheckOrder() const;

  SymbolSectionHeader header_;
  std::span<const uint32_t> ends_;
  std::span<const uint32_t> order_;
  const char* strings_;
};

// The sections of a file that count.
class SymbolFile {
 public:
  // Of no symbols, which may be without a file.
  explicit SymbolFile(const FileIdentity& identity);

  // Reads the sections up to the count that the manifest states. Those that were read before stay
  // in the bytes that they were read from, which must live on. kDataLoss for sections that are
  // damaged, or end elsewhere; kUnimplemented for a newer file.
  absl::Status Extend(std::span<const std::byte> file, const SymbolsEntry& counts);

  uint32_t size() const { return chain_.symbols; }
  const SymbolChain& chain() const { return chain_; }
  // Where the last section ends; the next goes here, or at the next multiple of 4,096 after a sync.
  uint64_t length() const { return length_; }
  const std::vector<SymbolSection>& sections() const { return sections_; }

  // Nothing for code 0, which is NULL, and for codes that the file does not have.
  std::optional<std::string_view> Text(SymbolCode code) const;
  // Code 0 for a text that the file does not have.
  SymbolCode Code(std::string_view text) const;

  // All texts by code, from 1: what a fold writes as one section of the next generation.
  std::vector<std::string_view> Texts() const;

 private:
  absl::StatusOr<SymbolSection> NextSection(std::span<const std::byte> file,
                                            const PlaceSeed& seeds);

  FileIdentity identity_;
  std::vector<SymbolSection> sections_;
  SymbolChain chain_;
  uint64_t length_;
};

}  // namespace tape::format
