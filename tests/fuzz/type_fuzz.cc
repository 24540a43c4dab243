// Ten bytes as what a catalog record keeps of a type: refused, or kept as they are.
#include "tape/type.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  Type::Parts parts{};
  parts.kind = input.Take<uint8_t>();
  parts.element = input.Take<uint8_t>();
  parts.first = input.Take<int32_t>();
  parts.second = input.Take<int32_t>();
  const auto type = Type::FromParts(parts);
  if (!type.ok()) return 0;
  Expect(type->parts() == parts && type->Validate().ok() && !type->ToString().empty());
  Expect(type->IsArray() == (type->element() != *type));
  const auto element = Type::FromParts(type->element().parts());
  Expect(element.ok() && *element == type->element());
  return 0;
}

}  // namespace tape::fuzz
