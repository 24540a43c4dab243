#include "format/layout/kills.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "format/layout/sequence_extent.h"

namespace tape::format {
namespace {

constexpr SequenceSpec kRows{ExtentRole::kKillRows, SequenceOrder::kAscending};
constexpr SequenceSpec kLsns{ExtentRole::kKillLsns, SequenceOrder::kNone};
constexpr uint64_t kGreatest = std::numeric_limits<int64_t>::max();

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("kills: ", what, ", found ", found));
}

int64_t ToStored(uint64_t value) { return static_cast<int64_t>(std::min(value, kGreatest)); }

// ---- writing

absl::Status CheckKills(std::span<const Kill> kills, const ExtentPlace& place) {
  if (kills.empty()) return absl::InvalidArgumentError("kills: none to write");
  if (kills.size() > std::numeric_limits<uint32_t>::max()) {
    return absl::ResourceExhaustedError(Concat("kills: ", kills.size(), " in one section"));
  }
  if (place.offset % kExtentAlignment != 0) {
    return absl::InvalidArgumentError(Concat("kills: offset ", place.offset));
  }
  for (const Kill& kill : kills) {
    const bool fits = kill.row.value() <= kGreatest && kill.lsn.value() <= kGreatest;
    if (fits && kill.lsn.value() != 0) continue;
    return absl::InvalidArgumentError(
        Concat("kills: row ", kill.row.value(), " at LSN ", kill.lsn.value()));
  }
  return absl::OkStatus();
}

// Ascending rows, each with its lowest LSN.
std::vector<Kill> SortedKills(std::span<const Kill> kills) {
  std::vector<Kill> sorted(kills.begin(), kills.end());
  std::sort(sorted.begin(), sorted.end());
  const auto same_row = [](const Kill& a, const Kill& b) { return a.row == b.row; };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same_row), sorted.end());
  return sorted;
}

KillsHeader HeaderOf(std::span<const Kill> sorted) {
  const auto by_lsn = [](const Kill& a, const Kill& b) { return a.lsn < b.lsn; };
  const auto [least, greatest] = std::minmax_element(sorted.begin(), sorted.end(), by_lsn);
  KillsHeader header;
  header.kills = static_cast<uint32_t>(sorted.size());
  header.least_row = sorted.front().row.value();
  header.greatest_row = sorted.back().row.value();
  header.least_lsn = least->lsn.value();
  header.greatest_lsn = greatest->lsn.value();
  return header;
}

void SealHeader(KillsHeader header, const ExtentPlace& place, std::span<std::byte> out) {
  header.length = out.size();
  std::memcpy(out.data(), &header, sizeof(header));
  header.crc =
      ExtendCrc32c(place.seeds.At(place.offset), std::span(out).first(offsetof(KillsHeader, crc)));
  std::memcpy(out.data(), &header, sizeof(header));
}

}  // namespace

absl::Status AppendKills(ExtentWriter& writer, std::span<const Kill> kills,
                         const ExtentPlace& place, std::vector<std::byte>& out) {
  if (absl::Status status = CheckKills(kills, place); !status.ok()) return status;
  const std::vector<Kill> sorted = SortedKills(kills);
  const size_t begin = out.size();
  out.resize(begin + sizeof(KillsHeader));
  std::vector<int64_t> values(sorted.size());
  const auto append = [&](const SequenceSpec& spec) {
    return AppendSequence(writer, spec, values, {place.seeds, place.offset + out.size() - begin},
                          out);
  };
  std::transform(sorted.begin(), sorted.end(), values.begin(),
                 [](const Kill& kill) { return ToStored(kill.row.value()); });
  absl::Status status = append(kRows);
  std::transform(sorted.begin(), sorted.end(), values.begin(),
                 [](const Kill& kill) { return ToStored(kill.lsn.value()); });
  if (status.ok()) status = append(kLsns);
  if (!status.ok()) {
    out.resize(begin);
    return status;
  }
  SealHeader(HeaderOf(sorted), place, std::span(out).subspan(begin));
  return absl::OkStatus();
}

// ---- reading

namespace {

absl::StatusOr<KillsHeader> ParseHeader(std::span<const std::byte> bytes,
                                        const ExtentPlace& place) {
  KillsHeader header;
  if (bytes.size() < sizeof(header)) return Damaged("cut short at byte", bytes.size());
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kKillsMagic) return absl::DataLossError("kills: bad magic");
  const uint32_t crc =
      ExtendCrc32c(place.seeds.At(place.offset), bytes.first(offsetof(KillsHeader, crc)));
  if (crc != header.crc) return Damaged("header checksum", header.crc);
  if (header.reserved_48 != 0 || header.reserved_56 != 0) {
    return absl::DataLossError("kills: reserved bytes are not zero");
  }
  if (header.length > bytes.size()) return Damaged("length beyond the end", header.length);
  if (header.length < sizeof(header)) return Damaged("length", header.length);
  return header;
}

// The header repeats what the block-range indexes say, so that a section can be passed over unread.
absl::Status CheckRanges(const KillsHeader& header, const ExtentView& rows,
                         const ExtentView& lsns) {
  const auto is = [](uint64_t stated, int64_t seen) {
    return stated <= kGreatest && ToStored(stated) == seen;
  };
  if (!is(header.least_row, LeastValue(rows)) || !is(header.greatest_row, GreatestValue(rows))) {
    return Damaged("row range, first", header.least_row);
  }
  if (!is(header.least_lsn, LeastValue(lsns)) || !is(header.greatest_lsn, GreatestValue(lsns)) ||
      header.least_lsn == 0) {
    return Damaged("LSN range, first", header.least_lsn);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<KillsView> KillsView::Parse(std::span<const std::byte> bytes,
                                           const ExtentPlace& place) {
  const absl::StatusOr<KillsHeader> header = ParseHeader(bytes, place);
  if (!header.ok()) return header.status();
  bytes = bytes.first(header->length);
  size_t at = sizeof(KillsHeader);
  const auto parse = [&](const SequenceSpec& spec) {
    return ParseSequence(bytes.subspan(at), {place.seeds, place.offset + at}, spec, header->kills);
  };
  const absl::StatusOr<ExtentView> rows = parse(kRows);
  if (!rows.ok()) return rows.status();
  at += rows->size_bytes();
  const absl::StatusOr<ExtentView> lsns = parse(kLsns);
  if (!lsns.ok()) return lsns.status();
  if (at + lsns->size_bytes() != header->length) return Damaged("length", header->length);
  if (absl::Status status = CheckRanges(*header, *rows, *lsns); !status.ok()) return status;
  return KillsView(*header, *rows, *lsns);
}

struct KillsReader::State {
  explicit State(const Kernels& kernels) : reader(kernels) {}

  ExtentReader reader;
  alignas(64) int64_t rows[kBlockRows];
  alignas(64) int64_t lsns[kBlockRows];
};

KillsReader::KillsReader(const Kernels& kernels) : state_(std::make_unique<State>(kernels)) {}
KillsReader::~KillsReader() = default;

absl::Status KillsReader::ReadRows(const KillsView& kills, size_t block) {
  return ReadSequence(state_->reader, kills.rows(), block, kRows.order, state_->rows);
}

absl::Status KillsReader::ReadLsns(const KillsView& kills, size_t block) {
  return ReadSequence(state_->reader, kills.lsns(), block, kLsns.order, state_->lsns);
}

absl::StatusOr<bool> KillsReader::KilledAt(const KillsView& kills, RowNumber row, Lsn snapshot) {
  uint64_t live = 1;
  const RowNumberRange only{row, 1};
  absl::Status status = ApplyTo(kills, only, snapshot, std::span(&live, 1));
  if (!status.ok()) return status;
  return live == 0;
}

absl::Status KillsReader::ApplyTo(const KillsView& kills, const RowNumberRange& range, Lsn snapshot,
                                  std::span<uint64_t> live) {
  if (range.rows > live.size() * 64) {
    return absl::InvalidArgumentError(
        Concat("kills: ", range.rows, " rows, ", live.size() * 64, " bits"));
  }
  if (range.rows == 0 || snapshot < kills.least_lsn()) return absl::OkStatus();
  if (range.first > kills.greatest_row()) return absl::OkStatus();
  const uint64_t last = range.first.value() + (range.rows - 1);  // below 2^64: first is below 2^63
  const ExtentView& rows = kills.rows();
  size_t block = FirstBlockReaching(rows, ToStored(range.first.value()));
  for (; block < rows.blocks() && rows.Bounds(block).min <= ToStored(last); ++block) {
    absl::Status status = ApplyBlock(kills, block, range, ToStored(snapshot.value()), live);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status KillsReader::ApplyBlock(const KillsView& kills, size_t block,
                                     const RowNumberRange& range, int64_t snapshot,
                                     std::span<uint64_t> live) {
  State& state = *state_;
  const BlockBounds lsns = kills.lsns().Bounds(block);
  if (lsns.min > snapshot) return absl::OkStatus();
  if (absl::Status status = ReadRows(kills, block); !status.ok()) return status;
  const bool all = lsns.max <= snapshot;
  if (!all) {
    if (absl::Status status = ReadLsns(kills, block); !status.ok()) return status;
  }
  const std::span<const int64_t> rows(state.rows, kills.rows().BlockRows(block));
  auto at = std::lower_bound(rows.begin(), rows.end(), ToStored(range.first.value()));
  for (; at != rows.end(); ++at) {
    const uint64_t row = static_cast<uint64_t>(*at) - range.first.value();
    if (row >= range.rows) break;
    const bool dead = all || state.lsns[at - rows.begin()] <= snapshot;
    live[row / 64] &= ~(uint64_t{dead} << (row % 64));
  }
  return absl::OkStatus();
}

absl::Status KillsReader::ReadAll(const KillsView& kills, std::vector<Kill>& out) {
  State& state = *state_;
  out.reserve(out.size() + kills.size());
  for (size_t block = 0; block < kills.rows().blocks(); ++block) {
    if (absl::Status status = ReadRows(kills, block); !status.ok()) return status;
    if (absl::Status status = ReadLsns(kills, block); !status.ok()) return status;
    for (size_t i = 0; i < kills.rows().BlockRows(block); ++i) {
      out.push_back({RowNumber(static_cast<uint64_t>(state.rows[i])),
                     Lsn(static_cast<uint64_t>(state.lsns[i]))});
    }
  }
  return absl::OkStatus();
}

}  // namespace tape::format
