// Two lines: addresses as text. And any bytes as the stored form of one.
#include <string>

#include "tape/inet.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/round_trip.h"

namespace tape::fuzz {
namespace {

std::string Print(const Inet& address) { return address.ToString(); }

void CheckStored(std::string_view bytes) {
  const auto address = Inet::FromBytes(bytes);
  if (!address.ok()) return ExpectDataLoss(address.status());
  Expect(address->ToBytes() == bytes);
  ExpectReadsBack(*address, Inet::Parse, Print);
}

void CheckAddress(const Inet& address) {
  const std::string bytes = address.ToBytes();
  const auto again = Inet::FromBytes(bytes);
  Expect(bytes.size() <= Inet::kMaxBytes && again.ok() && *again == address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  CheckStored(input.Text());
  const std::string_view first = input.TakeLine();
  ExpectRoundTrip(first, Inet::Parse, Print);
  const auto a = Inet::Parse(first);
  const auto b = Inet::Parse(input.Text());
  if (a.ok()) CheckAddress(*a);
  if (a.ok() && b.ok()) Expect((*a <=> *b) == (a->ToBytes() <=> b->ToBytes()));
  return 0;
}

}  // namespace tape::fuzz
