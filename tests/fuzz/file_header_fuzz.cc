// Any bytes as a file header, as they are and with the right checksum: refused, or exactly what the
// parsed header serializes to.
#include <algorithm>
#include <cstring>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {
namespace {

using format::FileHeader;
using format::FileHeaderLayout;
using format::kFileHeaderSize;

void CheckHeader(std::span<const std::byte> file) {
  const auto header = FileHeader::Parse(file);
  if (!header.ok()) {
    const bool newer = header.status().code() == absl::StatusCode::kUnimplemented;
    return newer ? Expect(file.size() >= kFileHeaderSize) : ExpectDataLoss(header.status());
  }
  Expect(std::ranges::equal(header->Serialize(), file.first(kFileHeaderSize)));
  Expect(header->Matches(header->identity).ok());
  Expect(FileHeader::Parse(file, header->kind).ok());
}

void Sign(std::span<std::byte> file) {
  if (file.size() < kFileHeaderSize) return;
  const uint32_t crc = format::Crc32c(file.first(offsetof(FileHeaderLayout, crc)));
  std::memcpy(file.data() + offsetof(FileHeaderLayout, crc), &crc, sizeof(crc));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  CheckHeader(given);
  std::vector<std::byte> file(given.begin(), given.end());
  Sign(file);
  CheckHeader(file);
  return 0;
}

}  // namespace tape::fuzz
