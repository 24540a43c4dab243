// A byte that says the form of the elements, then any bytes as an array: refused, or exactly what
// the builder makes of the same elements.
#include <cstring>
#include <string>

#include "tape/array.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {
namespace {

template <typename T>
bool AppendElement(const ArrayView& array, size_t i, ArrayBuilder& builder) {
  return builder.Append(array.Value<T>(i));
}

bool Append(const ArrayView& array, size_t i, ArrayBuilder& builder) {
  switch (array.element()) {
    case Physical::kBool:
      return AppendElement<uint8_t>(array, i, builder);
    case Physical::kInt16:
      return AppendElement<int16_t>(array, i, builder);
    case Physical::kInt32:
      return AppendElement<int32_t>(array, i, builder);
    case Physical::kInt64:
      return AppendElement<int64_t>(array, i, builder);
    case Physical::kInt128:
      return AppendElement<Int128>(array, i, builder);
    case Physical::kFloat32:
      return AppendElement<float>(array, i, builder);
    case Physical::kFloat64:
      return AppendElement<double>(array, i, builder);
    case Physical::kCode32:
      return AppendElement<uint32_t>(array, i, builder);
    case Physical::kBytes:
      return builder.AppendBytes(array.Bytes(i));
  }
  return false;
}

void CheckArray(Physical element, std::string_view bytes) {
  const auto array = ArrayView::Parse(element, bytes);
  if (!array.ok()) return ExpectDataLoss(array.status());
  ArrayBuilder builder(element);
  for (size_t i = 0; i < array->size(); ++i) {
    if (array->IsNull(i)) {
      builder.AppendNull();
    } else {
      Expect(Append(*array, i, builder));
    }
  }
  const auto again = builder.Build();
  Expect(again.ok() && *again == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const auto element = static_cast<Physical>(input.Take<uint8_t>() % 9 + 1);
  CheckArray(element, input.Text());
  return 0;
}

}  // namespace tape::fuzz
