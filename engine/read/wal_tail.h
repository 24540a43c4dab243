// A tail that a reader makes for itself, where there is none that it can use: the WAL, replayed
// into private memory.
//
//   absl::StatusOr<std::unique_ptr<WalTail>> tail = WalTail::Replay(machine, {folder, uuid});
//   (*tail)->tail().control().committed.Load();           // the last LSN that counts
//
// What counts is decided as recovery decides it (engine/write/wal_reading.h): a torn end is passed
// over, and damage below what anybody called durable is kDataLoss, naming file and offset. Nothing
// in the store is written, so that it may lie on media that cannot be. Slices that the WAL attaches
// and no manifest names yet become part of the versions here.
//
// Immutable after Replay; thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "engine/io/machine.h"
#include "engine/io/memory_file_system.h"
#include "engine/read/sealed_table.h"
#include "engine/read/store_tail.h"
#include "format/bytes/place.h"
#include "tape/ids.h"

namespace tape::engine {

// A store's folder, and which store it has to be.
struct StorePlace {
  std::string folder;
  format::StoreUuid uuid{};
};

TablePlace PlaceOfTable(const Machine& machine, const StorePlace& store, const TableInfo& table);

class WalTail {
 public:
  using Tables = std::map<TableId, std::shared_ptr<const SealedTable>>;

  // `clean`: the last LSN that LIVE says was synced; 0 where it says nothing.
  static absl::StatusOr<std::unique_ptr<WalTail>> Replay(const Machine& machine,
                                                         const StorePlace& store, Lsn clean);

  const std::shared_ptr<StoreTail>& tail() const { return tail_; }
  const Catalog& catalog() const { return catalog_; }
  // The version of each table that the tail goes with.
  const Tables& tables() const { return tables_; }

 private:
  WalTail(std::unique_ptr<MemoryFileSystem> memory, std::shared_ptr<StoreTail> tail,
          Catalog catalog, Tables tables)
      : memory_(std::move(memory)),
        tail_(std::move(tail)),
        catalog_(std::move(catalog)),
        tables_(std::move(tables)) {}

  const std::unique_ptr<MemoryFileSystem> memory_;
  const std::shared_ptr<StoreTail> tail_;
  const Catalog catalog_;
  const Tables tables_;
};

}  // namespace tape::engine
