// A byte that says which, then any bytes as a record of the catalog: what is let through says the
// same when it is written and read again.
#include <vector>

#include "format/records/catalog_objects.h"
#include "tests/fuzz/expect.h"

namespace tape::fuzz {
namespace {

using format::CatalogRecord;
using format::CatalogType;

void ExpectKnownRefusal(const absl::Status& status) {
  if (!absl::IsUnimplemented(status)) ExpectDataLoss(status);
}

void CheckRecord(CatalogType type, std::span<const std::byte> bytes) {
  const auto record = CatalogRecord::Parse(type, bytes);
  if (!record.ok()) return ExpectKnownRefusal(record.status());
  Expect(record->type() == type);
  std::vector<std::byte> again;
  Expect(WriteCatalogRecord(*record, again).ok());
  const auto same = CatalogRecord::Parse(type, again);
  Expect(same.ok() && *same == *record);
  format::CatalogObjects objects;
  Expect(
      objects.Apply({.object = 1, .version = 1, .time = 0, .body = format::SchemaRecord{"a", ""}})
          .ok());
  const absl::Status status = objects.Apply(*record);
  if (!status.ok()) ExpectKnownRefusal(status);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto given = std::as_bytes(std::span(data, size)).subspan(1);
  CheckRecord(static_cast<CatalogType>(data[0]),
              std::vector<std::byte>(given.begin(), given.end()));
  return 0;
}

}  // namespace tape::fuzz
