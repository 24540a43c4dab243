#include "engine/write/reclaim.h"

#include <algorithm>
#include <utility>

namespace tape::engine {
namespace {

absl::Status RemoveFile(FileSystem& files, const std::string& path) {
  absl::Status status = files.Unlink(path);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

// The first byte of the chain of symbols whose symbol no dictionary has.
absl::StatusOr<uint64_t> FirstSymbolByteNeeded(OpenTable& table) {
  const std::shared_ptr<const format::ManifestState> manifest = table.files->manifest();
  uint64_t end = table.tail->symbols().first_entry();
  bool known = true;
  const absl::Status status = table.tail->scan().ForEachSymbol(
      end, table.tail->control().symbols.Load(), [&](const TailSymbol& symbol) {
        const auto counts = manifest->symbols().find(symbol.column);
        known = known && counts != manifest->symbols().end() &&
                symbol.code.value() <= counts->second.symbols;
        if (known) end += SymbolRecordBytes(symbol.text.size());
      });
  if (!status.ok()) return status;
  return end;
}

}  // namespace

Reclaim::Reclaim(const Machine& machine, StoreControl& control, File& lock, int64_t grace_ns)
    : machine_(machine),
      control_(control),
      retired_(lock, machine.host, grace_ns),
      leftovers_(lock, machine.host, grace_ns),
      generation_(control.generation.Load()) {}

absl::Status Reclaim::AfterCommit(const std::shared_ptr<OpenTable>& table) {
  control_.generation.Store(++generation_);
  for (std::string& path : table->files->TakeUnneeded()) {
    retired_.Add(generation_, [this, path = std::move(path)](Retired::Sure) {
      return RemoveFile(machine_.files, path);
    });
  }
  return TakeChunks(table);
}

absl::Status Reclaim::TakeChunks(const std::shared_ptr<OpenTable>& table) {
  absl::StatusOr<uint64_t> symbols = FirstSymbolByteNeeded(*table);
  if (!symbols.ok()) return symbols.status();
  std::vector<RetiredChunk> chunks;
  const absl::Status status = table->tail->Retire(*symbols, chunks);
  for (RetiredChunk& chunk : chunks) {
    // A snapshot of this very generation may have copied the chain before it left: so one later.
    retired_.Add(generation_ + 1, [table, chunk = std::move(chunk)](Retired::Sure sure) mutable {
      TailChain& chain = table->tail->chain(chunk.role);
      if (sure == Retired::Sure::kNobodyReads) {
        chain.Recycle(std::move(chunk.chunk));
      } else {
        chain.Discard(std::move(chunk.chunk));
      }
      return absl::OkStatus();
    });
  }
  return status;
}

// ---- altered and dropped tables

void Reclaim::AddReplaced(std::shared_ptr<OpenTable> table) {
  retired_.Add(generation_,
               [table = std::move(table)](Retired::Sure) { return table->tail->RemoveChunks(); });
}

// The folder goes last, so that what is left of it after a crash is found by its name.
void Reclaim::AddDropped(std::shared_ptr<OpenTable> table) {
  retired_.Add(generation_, [this, table = std::move(table)](Retired::Sure) {
    if (absl::Status status = table->tail->RemoveChunks(); !status.ok()) return status;
    if (absl::Status status = table->tail->Remove(); !status.ok()) return status;
    return RemoveTree(machine_.files, table->files->place().folder);
  });
}

// ---- leftovers

void Reclaim::AddLeftovers(const std::shared_ptr<OpenTable>& table) {
  leftovers_.Add(generation_, [table](Retired::Sure) { return table->files->RemoveLeftovers(); });
  for (std::string& path : table->tail->TakeLeftovers()) {
    leftovers_.Add(generation_, [this, path = std::move(path)](Retired::Sure) {
      return RemoveFile(machine_.files, path);
    });
  }
}

void Reclaim::AddLeftover(std::string path) {
  leftovers_.Add(generation_, [this, path = std::move(path)](Retired::Sure) {
    return RemoveTree(machine_.files, path);
  });
}

absl::Status Reclaim::Free() {
  if (absl::Status status = retired_.Free(); !status.ok()) return status;
  // What no manifest names is looked for in the folders, and what waits above is not named either.
  const bool can_look = retired_.empty() && loads_ == 0;
  return can_look ? leftovers_.Free() : absl::OkStatus();
}

}  // namespace tape::engine
