// Any bytes as the text of a UUID, and the first 32 as two of them.
#include <array>
#include <string>

#include "tape/uuid.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {
namespace {

using UuidBytes = std::array<uint8_t, Uuid::kSize>;

std::string Print(Uuid id) { return id.ToString(); }

void CheckOrder(Uuid a, Uuid b) {
  Expect((a < b) == (a.ToString() < b.ToString()));
  Expect((a < b) == (a.ToOrdered() < b.ToOrdered()));
  Expect((a < b) == (a.ToBytes() < b.ToBytes()));
  Expect(Uuid::FromOrdered(a.ToOrdered()) == a);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  ExpectRoundTrip(input.Text(), Uuid::Parse, Print);
  const auto bytes = input.Take<UuidBytes>();
  const Uuid a = Uuid::FromBytes(bytes);
  const Uuid b = Uuid::FromBytes(input.Take<UuidBytes>());
  Expect(a.ToBytes() == bytes);
  ExpectReadsBack(a, Uuid::Parse, Print);
  CheckOrder(a, b);
  Expect(Uuid::FromRandom(bytes).ToString()[14] == '4');
  return 0;
}

}  // namespace tape::fuzz
