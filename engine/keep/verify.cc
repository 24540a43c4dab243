#include "engine/keep/verify.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/files/names.h"
#include "engine/keep/findings.h"
#include "engine/keep/table_check.h"
#include "engine/keep/wal_check.h"
#include "engine/read/store_reader.h"
#include "engine/write/live_tail.h"
#include "engine/write/open_table.h"
#include "engine/write/wal_writer.h"
#include "format/bytes/message.h"
#include "format/records/store_file.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr uint64_t kStoreFileSize = 128;

class StoreCheck {
 public:
  StoreCheck(const Machine& machine, const std::string& folder, const VerifyOptions& options,
             VerifyReport& report)
      : machine_(machine), folder_(folder), findings_(options, report) {}

  absl::Status Run();

 private:
  absl::StatusOr<bool> CheckStoreFile();
  void TakeSnapshot();
  void CheckLock();
  Lsn CheckLive();
  void LoadTables(bool was_closed);
  absl::Status CheckTables();
  void ListUnnamed();
  void ListUnnamedInWal();
  std::string Path(std::string_view name) const { return JoinPath(folder_, name); }
  FindingPlace At(std::string_view name) const { return {.file = Path(name)}; }

  const Machine machine_;
  const std::string folder_;
  Findings findings_;
  format::StoreUuid store_{};
  std::shared_ptr<StoreReader> reader_;
  std::shared_ptr<const StoreSnapshot> snapshot_;
  std::optional<Catalog> catalog_;
  std::map<TableId, TableCheck> tables_;
  std::string live_folder_;
};

absl::Status StoreCheck::Run() {
  absl::StatusOr<bool> is_store = CheckStoreFile();
  if (!is_store.ok() || !*is_store) return is_store.status();
  TakeSnapshot();
  CheckLock();
  const Lsn clean = CheckLive();
  absl::StatusOr<Catalog> catalog = Catalog::Load(machine_.files, folder_, store_);
  findings_.Check({.file = folder_}, catalog.status());
  const bool has_catalog = catalog.ok();
  catalog_.emplace(has_catalog ? *std::move(catalog) : Catalog(store_));
  WalCheck wal(machine_, folder_, store_, *catalog_, findings_);
  wal.Read([&] {
    LoadTables(clean > Lsn());
    Lsn durable = clean;
    for (const auto& [id, table] : tables_) durable = std::max(durable, table.durable());
    return durable;
  });
  LoadTables(clean > Lsn());
  // Who closes a store has saved its definitions.
  if (has_catalog && !catalog_->has_file() && clean > Lsn()) {
    findings_.Add({.file = folder_}, FindingKind::kDamage,
                  "the checkpoint of the catalog is missing");
  }
  for (const WalCheck::Attached& attached : wal.attached()) {
    const auto table = tables_.find(attached.table);
    if (table == tables_.end() || !table->second.loaded()) continue;
    table->second.Attach(attached.record, attached.lsn);
  }
  if (has_catalog) wal.Compare(tables_);
  if (absl::Status status = CheckTables(); !status.ok()) return status;
  ListUnnamed();
  return absl::OkStatus();
}

// False where nothing else can be judged.
absl::StatusOr<bool> StoreCheck::CheckStoreFile() {
  absl::StatusOr<std::vector<std::byte>> bytes = ReadWholeFile(machine_.files, Path("TAPE"), 4096);
  if (absl::IsNotFound(bytes.status())) {
    return absl::NotFoundError(Concat(folder_, ": no store is here (no TAPE)"));
  }
  if (!findings_.Check(At("TAPE"), bytes.status())) return false;
  absl::StatusOr<format::StoreFile> store = format::StoreFile::Parse(*bytes);
  if (!findings_.Check(At("TAPE"), store.status())) return false;
  findings_.ExpectEqual(At("TAPE"), "bytes of the file", kStoreFileSize, bytes->size());
  store_ = store->store;
  return true;
}

// Whether readers can open it is itself worth knowing; why they cannot is found below as well.
void StoreCheck::TakeSnapshot() {
  absl::StatusOr<std::shared_ptr<StoreReader>> reader = StoreReader::Open(machine_, folder_);
  if (!findings_.Check({.file = folder_}, reader.status())) return;
  reader_ = *std::move(reader);
  absl::StatusOr<std::shared_ptr<const StoreSnapshot>> now = reader_->TakeSnapshot();
  if (findings_.Check({.file = folder_}, now.status())) snapshot_ = *std::move(now);
  const std::string degraded = reader_->degraded();
  if (!degraded.empty()) findings_.Add({.file = folder_}, FindingKind::kNote, degraded);
}

void StoreCheck::CheckLock() {
  absl::StatusOr<FileStat> stat = machine_.files.Stat(Path("LOCK"));
  if (!findings_.Check(At("LOCK"), stat.status())) return;
  findings_.ExpectEqual(At("LOCK"), "bytes of the file", 0, stat->size);
}

// The LSN that it calls durable.
Lsn StoreCheck::CheckLive() {
  absl::StatusOr<LiveTail> live = FindLiveTail(machine_, folder_, store_);
  if (!findings_.Check(At("LIVE"), live.status())) return Lsn();
  if (live->state == LiveState::kDamaged) {
    findings_.Add(At("LIVE"), FindingKind::kDamage, live->reason);
  }
  // It is there before anything is committed.
  const bool is_missing = live->state == LiveState::kNone && !live->file.has_value();
  const bool is_used =
      !machine_.files.List(Path("wal")).value_or(std::vector<DirectoryEntry>()).empty();
  findings_.Expect(At("LIVE"), !is_missing || !is_used,
                   "is missing: nobody knows where the tail is, and what was durable");
  if (live->state == LiveState::kOutOfReach) {
    findings_.Add(At("LIVE"), FindingKind::kNote, live->reason);
  }
  live_folder_ = live->folder;
  const bool is_clean = live->state == LiveState::kNone && live->file.has_value();
  return is_clean ? live->file->clean_lsn : Lsn();
}

void StoreCheck::LoadTables(bool was_closed) {
  for (const auto& [id, info] : catalog_->tables()) {
    if (tables_.contains(id)) continue;
    const TablePlace place = TablePlaceOf(machine_, folder_, store_, info);
    tables_.emplace(id, TableCheck(info, place, findings_)).first->second.Load(was_closed);
  }
}

absl::Status StoreCheck::CheckTables() {
  for (auto& [id, table] : tables_) {
    if (absl::Status status = table.Run(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// ---- what nothing names

void StoreCheck::ListUnnamed() {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = machine_.files.List(folder_);
  if (!findings_.Check({.file = folder_}, entries.status())) return;
  std::ranges::sort(*entries, {}, &DirectoryEntry::name);
  std::set<std::string> known = {"TAPE", "LOCK", "LIVE", "wal"};
  for (const auto& [id, info] : catalog_->tables()) {
    known.insert(TableFolder(id, info.first_schema, info.first_name));
  }
  std::string newest;  // checkpoint of the catalog: generations have as many digits, or more
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.starts_with("catalog.")) continue;
    if (entry.name.size() >= newest.size()) newest = entry.name;
  }
  known.insert(newest);
  for (const DirectoryEntry& entry : *entries) {
    if (known.contains(entry.name) || Path(entry.name) == live_folder_) continue;
    findings_.Add(At(entry.name), FindingKind::kNote, "nothing names it");
  }
  ListUnnamedInWal();
}

void StoreCheck::ListUnnamedInWal() {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = machine_.files.List(Path("wal"));
  if (!entries.ok()) return;  // found when the WAL was read
  std::ranges::sort(*entries, {}, &DirectoryEntry::name);
  for (const DirectoryEntry& entry : *entries) {
    if (WalSegmentNumber(entry.name) != 0) continue;
    findings_.Add({.file = JoinPath(Path("wal"), entry.name)}, FindingKind::kNote,
                  "nothing names it: a segment to be used again, or in the making");
  }
}

}  // namespace

absl::StatusOr<VerifyReport> Verify(const Machine& machine, const std::string& folder,
                                    const VerifyOptions& options) {
  VerifyReport report;
  absl::Status status = StoreCheck(machine, folder, options, report).Run();
  if (!status.ok()) return status;
  return report;
}

}  // namespace tape::engine
