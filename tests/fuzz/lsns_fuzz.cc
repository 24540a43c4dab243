// Any bytes as the LSNs of a slice with the right checksums. What they say when all of them are
// read, they say to every snapshot; and written anew they say the same.
#include <algorithm>
#include <optional>
#include <vector>

#include "format/layout/lsn_extent.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_signing.h"
#include "tests/fuzz/rows.h"
#include "tests/fuzz/section_input.h"
#include "tests/fuzz/section_places.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tape::fuzz {
namespace {

using format::LsnExtentView;
using format::LsnReader;

constexpr size_t kMaxRows = 50 << 10;

std::optional<std::vector<Lsn>> ReadAll(const LsnExtentView& view, const format::Kernels& kernels) {
  std::vector<Lsn> lsns;
  const absl::Status status = LsnReader(kernels).ReadAll(view, lsns);
  if (status.ok()) return lsns;
  ExpectDataLoss(status);
  return std::nullopt;
}

// Where `lsns` is nullptr some block is damaged: whoever needs it notices.
void CheckSnapshot(const LsnExtentView& view, const std::vector<Lsn>* lsns, Lsn snapshot) {
  const auto rows = LsnReader(format::BestKernels()).RowsUpTo(view, snapshot);
  if (lsns != nullptr) {
    const auto end = std::upper_bound(lsns->begin(), lsns->end(), snapshot);
    Expect(rows.ok() && *rows == static_cast<size_t>(end - lsns->begin()));
  } else if (!rows.ok()) {
    ExpectDataLoss(rows.status());
  }
}

void CheckWriting(const std::vector<Lsn>& lsns) {
  format::ExtentWriter writer(format::BestKernels());
  std::vector<std::byte> bytes;
  Expect(AppendLsns(writer, lsns, kLsnsPlace, bytes).ok());
  const MappedBytes mapped(bytes);
  const auto view = LsnExtentView::Parse(mapped.bytes(), kLsnsPlace);
  Expect(view.ok() && view->size_bytes() == bytes.size());
  Expect(ReadAll(*view, format::PortableKernels()) == lsns);
}

void CheckLsns(const LsnExtentView& view) {
  if (view.rows() > kMaxRows) return;
  const auto lsns = ReadAll(view, format::BestKernels());
  Expect(lsns == ReadAll(view, format::PortableKernels()));
  const auto* all = lsns.has_value() ? &*lsns : nullptr;
  const Lsn middle(view.least().value() / 2 + view.greatest().value() / 2);
  for (const Lsn snapshot : {Lsn(0), view.least(), middle, view.greatest()}) {
    CheckSnapshot(view, all, snapshot);
  }
  if (all == nullptr) return;
  for (const size_t i : SomeRows(all->size(), view.greatest().value())) {
    CheckSnapshot(view, all, (*all)[i]);
    CheckSnapshot(view, all, (*all)[i] - 1);
  }
  CheckWriting(*all);
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> section(given.begin(), given.end());
  const std::vector<size_t> offsets = ExtentsBehind(section, 0);
  if (offsets.empty()) return LLVMFuzzerMutate(data, size, max_size);
  MutateOneExtent(section, offsets, seed);
  return GiveBack(section, data, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const MappedBytes mapped(std::as_bytes(std::span(data, size)));
  SignExtents(mapped.bytes(), ExtentsBehind(mapped.bytes(), 0), kLsnsPlace);
  const auto view = LsnExtentView::Parse(mapped.bytes(), kLsnsPlace);
  if (!view.ok()) {
    ExpectDataLoss(view.status());
  } else {
    CheckLsns(*view);
  }
  return 0;
}

}  // namespace tape::fuzz
