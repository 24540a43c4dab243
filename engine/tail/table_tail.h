// The tail of one table, from the writer's side: its control page, its chains, its heads.
//
//   absl::StatusOr<std::unique_ptr<TableTail>> tail =
//       TableTail::Create(home, {.id = id, .columns = columns, .cluster_column = 1}, first_row);
//   TailAppender appender(**tail, sequence);            // who stores rows: tail_appender.h
//   (*tail)->control().durable.Store(rows);             // who logs them
//
//   absl::StatusOr<std::unique_ptr<TableTail>> again =
//       TableTail::Adopt(home, table, committed);       // after the death of a process
//
// Adopting takes the tail as it stands, up to `committed` (W5): rows and kills of commits that were
// not published are dropped, heads that point at them are put back, and everything new goes into
// fresh chunks, so that no slot that a reader may have seen is stored again.
//
// Chunks go from the front of their chains when a seal made them unnecessary. A chain then begins
// with the chunk that has the first entry which somebody may need, and everything that reads a
// chain from its beginning begins there.
//
// Threads: the appending thread stores `visible`, `symbols`, `kills`, heads; the WAL thread
// `logged` and `durable`; the seal thread `sealed` and what it retires. See docs/concurrency.md.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/tail/chain.h"
#include "engine/tail/chunk.h"
#include "engine/tail/tail_layout.h"
#include "engine/tail/tail_scan.h"
#include "tape/ids.h"

namespace tape::engine {

// What the tail must know of a table.
struct TailTable {
  TableId id;
  uint32_t schema_version = 1;
  std::vector<TailColumn> columns{};
  std::optional<size_t> cluster_column{};
};

// Where the tails of a store are, and which store.
struct TailFolder {
  FileSystem* files = nullptr;
  std::string path;
  format::StoreUuid store{};
  std::array<uint8_t, 16> nonce{};
  uint64_t epoch = 0;
  TailBudget* budget = nullptr;
};

class TableTail : private TailChunks {
 public:
  static absl::StatusOr<std::unique_ptr<TableTail>> Create(const TailFolder& folder,
                                                           TailTable table, uint64_t first_row);
  // A tail for the same table as it is from now on, where the one before has nothing that is not in
  // slices: with a control page of its own, in the place of the old one, and chunks numbered behind
  // those of the old one, which readers may still have.
  static absl::StatusOr<std::unique_ptr<TableTail>> Replace(const TailFolder& folder,
                                                            TailTable table, TableTail& before);
  static absl::StatusOr<std::unique_ptr<TableTail>> Adopt(const TailFolder& folder, TailTable table,
                                                          Lsn committed);

  const TailTable& table() const { return table_; }
  const TailHome& home() const { return home_; }
  TableControl& control() { return *control_; }
  const TableControl& control() const { return *control_; }
  TailChain& rows() { return rows_; }
  TailChain& heap() { return heap_; }
  TailChain& symbols() { return symbols_; }
  TailChain& kills() { return kills_; }
  TailChain& chain(TailRole role);
  bool has_bytes() const { return has_bytes_; }

  // ---- heads: appending thread only

  // The number plus one of the last row with this code, 0 for none. `code` is below heads_capacity.
  std::atomic_ref<uint64_t> Head(uint32_t code) { return std::atomic_ref<uint64_t>(heads_[code]); }
  uint64_t heads_capacity() const { return heads_capacity_; }
  // Makes room for codes below `codes`. Makes a file: not for the hot path.
  absl::Status GrowHeads(uint64_t codes);

  // Rows below this number that it does not have are in slices: what a bulk load brought. Readers
  // find the manifest that says so first (docs/concurrency.md). Nobody appends meanwhile.
  void SkipTo(uint64_t row);

  // ---- an end to appending: whoever alters the table

  // Nothing is committed here any more by who takes a commit's number after this; appenders hear it
  // when they try. Where nothing comes of the alteration, they go on.
  void StopAppenders() { stopped_.store(true, std::memory_order_release); }
  void ResumeAppenders() { stopped_.store(false, std::memory_order_release); }
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  // ---- reading one's own rows: WAL and seal threads, of what is visible and not retired

  const TailScan& scan() const { return *scan_; }

  // ---- freeing: seal thread only

  // Takes out the chunks that nobody new needs: of rows and kills that are sealed, of bytes that
  // only such rows have, of symbols before byte `symbols_end` of their chain that are in the WAL.
  absl::Status Retire(uint64_t symbols_end, std::vector<RetiredChunk>& retired);

  // Whether a chain has half as many chunks as it can have, or some to give back while more than
  // half of the memory for tails is in use: what can be sealed should be. Each life of a writer
  // begins chunks of its own, however little it puts there.
  bool crowded() const;

  // Uncommitted rows have no bytes before this one. The appending thread's, after `visible`.
  uint64_t heap_committed() const { return heap_committed_.load(std::memory_order_acquire); }
  void SetHeapCommitted(uint64_t end) { heap_committed_.store(end, std::memory_order_release); }
  // Symbols before this byte are in written groups. Whoever writes the WAL.
  void SetSymbolsLogged(uint64_t end) { symbols_logged_.store(end, std::memory_order_release); }

  // Paths of chunks that were retired when the last writer died: readers may have them still.
  std::vector<std::string> TakeLeftovers() { return std::exchange(leftovers_, {}); }

  // Removes its files. No reader may need them.
  absl::Status Remove();
  // The same of its chunks alone, and gives their memory back to the budget: the control page is
  // another tail's now.
  absl::Status RemoveChunks();

 private:
  TableTail(const TailFolder& folder, TailTable table);

  absl::Status MakeControl(const TailFolder& folder, uint64_t first_row,
                           absl::FunctionRef<void(TableControl&)> fill);
  absl::Status OpenControl(const TailFolder& folder);
  absl::Status TakeOver(Lsn committed);
  absl::Status DropUncommitted(Lsn committed);
  void CutChain(TailRole role, uint64_t end);
  absl::Status RepairHeads();
  absl::Status FindLeftovers();
  absl::StatusOr<uint64_t> FirstHeapByteNeeded() const;
  absl::StatusOr<const TailChunk*> Chunk(TailRole role, uint64_t number) override;

  const TailTable table_;
  const TailHome home_;
  bool has_bytes_ = false;
  std::unique_ptr<Mapping> control_mapping_;
  TableControl* control_ = nullptr;
  TailChain rows_;
  TailChain heap_;
  TailChain symbols_;
  TailChain kills_;
  std::optional<TailScan> scan_;
  std::unique_ptr<TailChunk> heads_chunk_;
  uint64_t* heads_ = nullptr;
  uint64_t heads_capacity_ = 0;
  uint64_t heads_before_ = 0;  // the highest number that a tail before this one may have used
  std::atomic<uint64_t> heap_committed_ = 0;  // counterpart: Retire
  std::atomic<uint64_t> symbols_logged_ = 0;
  std::atomic<bool> stopped_ = false;  // counterpart: TailAppender, after CommitSequence::Take
  std::vector<std::string> leftovers_;
};

}  // namespace tape::engine
