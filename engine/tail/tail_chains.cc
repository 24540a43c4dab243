#include "engine/tail/tail_chains.h"

#include <algorithm>

#include "format/bytes/message.h"

namespace tape::engine {

absl::StatusOr<TailChains> TailChains::Copy(const TableControl& control, TableId table) {
  TailChains copy;
  copy.visible_ = control.visible.Load();
  copy.symbols_ = control.symbols.Load();
  copy.kills_ = control.kills.Load();
  for (TailRole role : {TailRole::kRows, TailRole::kHeap, TailRole::kSymbols, TailRole::kKills}) {
    if (absl::Status status = copy.CopyChain(control, role, table); !status.ok()) return status;
  }
  return copy;
}

absl::Status TailChains::CopyChain(const TableControl& control, TailRole role, TableId table) {
  const TailChainEnds& ends = control.ends(role);
  const uint64_t end = ends.end_chunk.Load();
  uint64_t first = std::max<uint64_t>(ends.first_chunk.Load(), 1);
  Copied& chain = copied_[Index(role)];
  chain.at = firsts_.size();
  if (end <= first) return absl::OkStatus();
  if (end - first > kTailChainSlots) {
    return absl::DataLossError(format::Concat("tail of table ", table.value(), ": ", end - first,
                                              " chunks, a chain has at most ", kTailChainSlots));
  }
  for (uint64_t chunk = first; chunk < end; ++chunk) {
    firsts_.push_back(control.slot(role, chunk).first.Load());
  }
  // A slot is used again only after its chunk was taken out, so that what is still in the chain
  // now was copied right.
  const uint64_t gone = std::min(std::max(ends.first_chunk.Load(), first), end) - first;
  chain = {.first = first + gone, .end = end, .at = chain.at + gone};
  return absl::OkStatus();
}

}  // namespace tape::engine
