// Any bytes as a section of symbols with the right checksum: what is let through is what would be
// written, and every text is found under its code and no other.
#include <algorithm>
#include <cstring>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/records/symbol_section.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/record_places.h"

namespace tape::fuzz {
namespace {

using format::SymbolSection;
using format::SymbolSectionHeader;

void Sign(std::span<std::byte> bytes) {
  SymbolSectionHeader header;
  if (bytes.size() < sizeof(header)) return;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.length < sizeof(header) || header.length > bytes.size()) return;
  const auto section = bytes.first(header.length);
  header.crc = format::ExtendCrc32c(
      format::ExtendCrc32c(kSymbolPlace.seeds.At(kSymbolPlace.offset), section.first(60)),
      section.subspan(64));
  std::memcpy(bytes.data(), &header, sizeof(header));
}

void CheckSection(std::span<const std::byte> bytes, const SymbolSection& section) {
  std::vector<std::string_view> texts;
  for (size_t i = 0; i < section.size(); ++i) {
    texts.push_back(section.Text(i));
    Expect(section.Find(section.Text(i)) == i);
  }
  format::SymbolChain chain{section.first_code().value() - 1, section.chain()};
  std::vector<std::byte> again;
  Expect(AppendSymbolSection(texts, kSymbolPlace, chain, again).ok());
  Expect(std::ranges::equal(again, bytes.first(section.size_bytes())));
  Expect(chain.crc == section.crc());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> bytes(given.begin(), given.end());
  Sign(bytes);
  const auto section = SymbolSection::Parse(bytes, kSymbolPlace);
  if (!section.ok()) {
    ExpectDataLoss(section.status());
  } else {
    CheckSection(bytes, *section);
  }
  return 0;
}

}  // namespace tape::fuzz
