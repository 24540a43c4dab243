#include "engine/tail/tail_scan.h"

#include <algorithm>
#include <cstring>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

absl::Status Gone(TableId table, std::string_view what, uint64_t number) {
  return absl::NotFoundError(
      Concat("tail of table ", table.value(), ": ", what, " ", number, " is no longer there"));
}

absl::Status Damaged(TableId table, std::string_view what) {
  return absl::DataLossError(Concat("tail of table ", table.value(), ": ", what));
}

std::string_view EntryName(TailRole role) {
  switch (role) {
    case TailRole::kRows:
      return "row";
    case TailRole::kHeap:
      return "byte of the heap";
    case TailRole::kSymbols:
      return "byte of the symbols";
    case TailRole::kKills:
      return "kill";
    default:
      return "entry";
  }
}

}  // namespace

absl::StatusOr<TailScan::Run> TailScan::RunFrom(TailRole role, uint64_t entry) const {
  const uint64_t first = std::max<uint64_t>(chains_.first_chunk(role), 1);
  const uint64_t end = chains_.end_chunk(role);
  if (end > first && end - first > kTailChainSlots) {
    return Damaged(table_, "more chunks than a chain has");
  }
  uint64_t limit = ~uint64_t{0};  // where the chunk after this one begins
  for (uint64_t number = end; number > first; --number) {
    const uint64_t begins = chains_.FirstOf(role, number - 1);
    if (begins > entry) {
      limit = begins;
      continue;
    }
    absl::StatusOr<const TailChunk*> chunk = chunks_.Chunk(role, number - 1);
    if (!chunk.ok()) return chunk.status();
    const uint64_t begin = entry - begins;
    if (begin >= (*chunk)->capacity()) return Damaged(table_, "a chain with a gap");
    return Run{*chunk, begin, std::min((*chunk)->capacity() - begin, limit - entry)};
  }
  return Gone(table_, EntryName(role), entry);
}

// ---- rows

absl::Status TailScan::ForEachPiece(uint64_t first, uint64_t end,
                                    absl::FunctionRef<absl::Status(const TailPiece&)> visit) const {
  while (first < end) {
    absl::StatusOr<Run> run = RunFrom(TailRole::kRows, first);
    if (!run.ok()) return run.status();
    const uint64_t rows = std::min(run->entries, end - first);
    if (absl::Status status = visit({run->chunk, run->begin, rows, first}); !status.ok()) {
      return status;
    }
    first += rows;
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> TailScan::RowWord(uint64_t row, TailArray kind) const {
  absl::StatusOr<Run> run = RunFrom(TailRole::kRows, row);
  if (!run.ok()) return run.status();
  const std::optional<size_t> array = run->chunk->Find(kind);
  if (!array.has_value()) return Damaged(table_, "a chunk of rows without their LSNs or links");
  return run->chunk->Entries<uint64_t>(*array)[run->begin];
}

absl::StatusOr<Lsn> TailScan::LsnOf(uint64_t row) const {
  absl::StatusOr<uint64_t> lsn = RowWord(row, TailArray::kLsn);
  if (!lsn.ok()) return lsn.status();
  return Lsn(*lsn);
}

absl::StatusOr<uint64_t> TailScan::Before(uint64_t row) const {
  return RowWord(row, TailArray::kBefore);
}

// The usual case is that all of them are; else look for the border.
template <typename LsnAt>
absl::StatusOr<uint64_t> TailScan::EndOf(uint64_t first, uint64_t end, Lsn committed,
                                         LsnAt lsn_at) {
  for (uint64_t probe = end; first < end; probe = first + (end - first + 1) / 2) {
    absl::StatusOr<Lsn> lsn = lsn_at(probe - 1);
    if (!lsn.ok()) return lsn.status();
    // What has no LSN was never committed.
    if (*lsn <= committed && lsn->value() != 0) {
      first = probe;
    } else {
      end = probe - 1;
    }
  }
  return end;
}

absl::StatusOr<uint64_t> TailScan::EndOfCommitted(uint64_t first, Lsn committed) const {
  return EndOf(first, std::max(chains_.visible(), first), committed,
               [this](uint64_t row) { return LsnOf(row); });
}

// ---- kills

absl::Status TailScan::ForEachKill(uint64_t first, uint64_t end,
                                   absl::FunctionRef<void(const TailKill&)> visit) const {
  while (first < end) {
    absl::StatusOr<Run> run = RunFrom(TailRole::kKills, first);
    if (!run.ok()) return run.status();
    const uint64_t kills = std::min(run->entries, end - first);
    const std::span<const TailKill> all = run->chunk->Entries<TailKill>(0);
    for (TailKill kill : all.subspan(run->begin, kills)) visit(kill);
    first += kills;
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> TailScan::EndOfCommittedKills(uint64_t first, Lsn committed) const {
  return EndOf(first, std::max(chains_.kills(), first), committed,
               [this](uint64_t kill) -> absl::StatusOr<Lsn> {
                 absl::StatusOr<Run> run = RunFrom(TailRole::kKills, kill);
                 if (!run.ok()) return run.status();
                 return Lsn(run->chunk->Entries<TailKill>(0)[run->begin].lsn);
               });
}

// ---- symbols and bytes

absl::Status TailScan::ForEachSymbol(uint64_t first, uint64_t end,
                                     absl::FunctionRef<void(const TailSymbol&)> visit) const {
  while (first < end) {
    absl::StatusOr<Run> run = RunFrom(TailRole::kSymbols, first);
    if (!run.ok()) return run.status();
    const uint64_t bytes = std::min(run->entries, end - first);
    const std::span<const char> records = run->chunk->Entries<char>(0).subspan(run->begin, bytes);
    for (uint64_t at = 0; at < records.size();) {
      TailSymbolHeader header;
      if (records.size() - at < sizeof(header)) return Damaged(table_, "half a symbol");
      std::memcpy(&header, &records[at], sizeof(header));
      if (header.length > records.size() - at - sizeof(header)) {
        return Damaged(table_, "a symbol that goes on beyond its chunk");
      }
      visit({ColumnId(header.column),
             SymbolCode(header.code),
             {&records[at + sizeof(header)], header.length}});
      at += SymbolRecordBytes(header.length);
    }
    first += bytes;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string_view> TailScan::Bytes(TailBytes value) const {
  if (value.length == 0) return std::string_view();
  absl::StatusOr<Run> run = RunFrom(TailRole::kHeap, value.offset);
  if (!run.ok()) return run.status();
  if (value.length > run->entries) {
    return Damaged(table_, "a value that goes on beyond its chunk");
  }
  return std::string_view(run->chunk->Entries<char>(0).data() + run->begin, value.length);
}

absl::Status TailScan::AppendBytes(const TailPiece& piece, size_t values,
                                   std::optional<size_t> validity, ColumnBuffer& out) const {
  std::span<const uint8_t> valid;
  if (validity.has_value()) valid = piece.Entries<uint8_t>(*validity);
  const std::span<const TailBytes> entries = piece.Entries<TailBytes>(values);
  for (size_t row = 0; row < entries.size(); ++row) {
    if (!valid.empty() && valid[row] == 0) {
      out.AppendNull();
      continue;
    }
    absl::StatusOr<std::string_view> value = Bytes(entries[row]);
    if (!value.ok()) return value.status();
    out.AppendBytes(*value);
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
