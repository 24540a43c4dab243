// Watches the trades that a feed handler appends, from another process: adds up their volume as they
// come, until there are as many as were asked for.
//
//   watcher FOLDER TRADES
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "tape/scan.h"
#include "tape/snapshot.h"
#include "tape/store.h"

namespace {

struct Seen {
  tape::RowNumber end;  // every row below was added up
  int64_t volume = 0;
};

// Adds up the trades that came since the last time.
absl::Status Follow(const tape::Snapshot& now, Seen& seen) {
  auto scan = now.Scan({.table = "trades",
                        .columns = {"size"},
                        .order = tape::ScanOrder::kArrival,
                        .from_row = seen.end});
  if (!scan.ok()) return scan.status();
  while (true) {
    auto rows = (*scan)->Next();
    if (!rows.ok()) return rows.status();
    if (*rows == 0) return absl::OkStatus();
    for (int64_t size : (*scan)->column(0).Values<int64_t>()) seen.volume += size;
    seen.end = tape::RowNumber(seen.end.value() + *rows);
  }
}

// The feed handler may not have started yet: then there is no store, or no table in it.
absl::StatusOr<std::unique_ptr<tape::Store>> Await(const std::string& folder) {
  while (true) {
    auto store = tape::Store::Open(folder, {.read_only = true});
    if (!absl::IsNotFound(store.status())) return store;
    std::this_thread::yield();
  }
}

absl::Status Run(const std::string& folder, uint64_t trades) {
  auto store = Await(folder);
  if (!store.ok()) return store.status();
  constexpr int64_t kSecond = 1'000'000'000;
  tape::Lsn last;
  for (Seen seen; true;) {
    auto newest = (*store)->WaitForCommit(last, kSecond);
    if (!newest.ok()) return newest.status();
    last = *newest;
    auto now = (*store)->TakeSnapshot();
    if (!now.ok()) return now.status();
    absl::Status followed = Follow(**now, seen);
    if (!followed.ok() && !absl::IsNotFound(followed)) return followed;
    if (seen.end.value() < trades) continue;
    std::cout << seen.end.value() << " trades, volume " << seen.volume << '\n';
    return absl::OkStatus();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const absl::Status status = Run(argv[1], static_cast<uint64_t>(std::atoll(argv[2])));
  if (status.ok()) return 0;
  std::cerr << status << '\n';
  return 1;
}
