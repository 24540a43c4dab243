// Any bytes as an extent with the right checksums. The mutator keeps most sizes right too.
#include <cstdint>
#include <vector>

#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_checks.h"
#include "tests/fuzz/extent_mutator.h"
#include "tests/fuzz/extent_place.h"
#include "tests/fuzz/extent_signing.h"
#include "tests/fuzz/section_input.h"

namespace tape::fuzz {

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  const auto bytes = std::as_bytes(std::span(data, size));
  std::vector<std::byte> extent(bytes.begin(), bytes.end());
  MutateExtent(extent, seed);
  return GiveBack(extent, data, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const MappedBytes mapped(std::as_bytes(std::span(data, size)));
  SignExtent(mapped.bytes(), kExtentPlace);
  const auto extent = format::ExtentView::Parse(mapped.bytes(), kExtentPlace);
  if (!extent.ok()) {
    ExpectDataLoss(extent.status());
  } else {
    CheckExtent(*extent, extent->header().crc);
  }
  return 0;
}

}  // namespace tape::fuzz
