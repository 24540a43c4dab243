// Any bytes as an extent, checksums and all: what is let through reads without damage of headers.
#include <cstdint>

#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_checks.h"
#include "tests/fuzz/extent_place.h"
#include "tests/fuzz/extent_signing.h"

namespace tape::fuzz {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const MappedBytes mapped(std::as_bytes(std::span(data, size)));
  const auto extent = format::ExtentView::Parse(mapped.bytes(), kExtentPlace);
  if (!extent.ok()) {
    ExpectDataLoss(extent.status());
  } else {
    CheckExtent(*extent, extent->header().crc);
  }
  return 0;
}

}  // namespace tape::fuzz
