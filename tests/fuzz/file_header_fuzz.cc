// Any bytes as a file header: refused, or exactly what the parsed header serializes to.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "format/bytes/file_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tape::format::FileHeader;
  const auto file = std::as_bytes(std::span(data, size));
  const auto header = FileHeader::Parse(file);
  if (!header.ok()) return 0;
  if (!std::ranges::equal(header->Serialize(), file.first(tape::format::kFileHeaderSize))) abort();
  return 0;
}
