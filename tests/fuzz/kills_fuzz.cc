// Any bytes as a section of kills with the right checksums. What a section says when all of it is
// read, it says to every look-up and every scan; and written anew it says the same.
#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/layout/kills.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_signing.h"
#include "tests/fuzz/rows.h"
#include "tests/fuzz/section_input.h"
#include "tests/fuzz/section_places.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tape::fuzz {
namespace {

using format::Kill;
using format::KillsHeader;
using format::KillsReader;
using format::KillsView;

constexpr size_t kMaxKills = 50 << 10;

void Sign(std::span<std::byte> section) {
  if (section.size() < sizeof(KillsHeader)) return;
  SignExtents(section, ExtentsBehind(section, sizeof(KillsHeader)), kKillsPlace);
  const uint32_t crc = format::ExtendCrc32c(kKillsPlace.seeds.At(kKillsPlace.offset),
                                            section.first(offsetof(KillsHeader, crc)));
  std::memcpy(section.data() + offsetof(KillsHeader, crc), &crc, sizeof(crc));
}

std::optional<std::vector<Kill>> ReadAll(const KillsView& view, const format::Kernels& kernels) {
  KillsReader reader(kernels);
  std::vector<Kill> kills;
  const absl::Status status = reader.ReadAll(view, kills);
  if (status.ok()) return kills;
  ExpectDataLoss(status);
  return std::nullopt;
}

bool IsKilled(const std::vector<Kill>& kills, RowNumber row, Lsn snapshot) {
  return std::ranges::any_of(
      kills, [&](const Kill& kill) { return kill.row == row && kill.lsn <= snapshot; });
}

// Where `kills` is nullptr the section is damaged somewhere: a look-up may notice.
void CheckLookup(const KillsView& view, const std::vector<Kill>* kills, RowNumber row,
                 Lsn snapshot) {
  KillsReader reader(format::BestKernels());
  const auto killed = reader.KilledAt(view, row, snapshot);
  if (kills != nullptr) {
    Expect(killed.ok() && *killed == IsKilled(*kills, row, snapshot));
  } else if (!killed.ok()) {
    ExpectDataLoss(killed.status());
  }
}

void CheckScan(const KillsView& view, const std::vector<Kill>& kills, RowNumber first,
               Lsn snapshot) {
  constexpr size_t kRows = 130;
  KillsReader reader(format::PortableKernels());
  uint64_t live[3] = {~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}};
  Expect(reader.ApplyTo(view, {first, kRows}, snapshot, live).ok());
  for (size_t i = 0; i < 192; ++i) {
    const bool dead = i < kRows && IsKilled(kills, first + i, snapshot);
    Expect((live[i / 64] >> (i % 64) & 1) == (dead ? 0 : 1));
  }
  Expect(!reader.ApplyTo(view, {first, 193}, snapshot, live).ok());
}

void CheckWriting(const std::vector<Kill>& kills) {
  format::ExtentWriter writer(format::BestKernels());
  std::vector<std::byte> bytes;
  Expect(AppendKills(writer, kills, kKillsPlace, bytes).ok());
  const MappedBytes mapped(bytes);
  const auto view = KillsView::Parse(mapped.bytes(), kKillsPlace);
  Expect(view.ok() && view->size_bytes() == bytes.size());
  Expect(ReadAll(*view, format::PortableKernels()) == kills);
}

void CheckKills(const KillsView& view) {
  if (view.size() > kMaxKills) return;
  const auto kills = ReadAll(view, format::BestKernels());
  Expect(kills == ReadAll(view, format::PortableKernels()));
  const auto* all = kills.has_value() ? &*kills : nullptr;
  const Lsn middle(view.least_lsn().value() / 2 + view.greatest_lsn().value() / 2);
  for (const Lsn snapshot : {Lsn(0), view.least_lsn(), middle, view.greatest_lsn()}) {
    for (const RowNumber row : {view.least_row(), view.greatest_row(), RowNumber(0)}) {
      CheckLookup(view, all, row, snapshot);
      CheckLookup(view, all, row + 1, snapshot);
    }
  }
  if (all == nullptr) return;
  for (const size_t i : SomeRows(all->size(), view.greatest_row().value())) {
    const Kill kill = (*all)[i];
    CheckLookup(view, all, kill.row, kill.lsn);
    CheckLookup(view, all, kill.row, kill.lsn - 1);
    CheckScan(view, *all, kill.row, middle);
  }
  CheckWriting(*all);
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> section(given.begin(), given.end());
  const std::vector<size_t> offsets = ExtentsBehind(section, sizeof(KillsHeader));
  if (offsets.empty()) return LLVMFuzzerMutate(data, size, max_size);
  if (seed % 8 == 0) {
    LLVMFuzzerMutate(data, sizeof(KillsHeader), sizeof(KillsHeader));
    return size;
  }
  MutateOneExtent(section, offsets, seed);
  StoreSectionLength(section);
  return GiveBack(section, data, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const MappedBytes mapped(std::as_bytes(std::span(data, size)));
  Sign(mapped.bytes());
  const auto view = KillsView::Parse(mapped.bytes(), kKillsPlace);
  if (!view.ok()) {
    ExpectDataLoss(view.status());
  } else {
    CheckKills(*view);
  }
  return 0;
}

}  // namespace tape::fuzz
