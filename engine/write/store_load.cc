// Bulk loads, of StoreWriter in store_writer.h.
#include <utility>

#include "engine/tail/tail_appender.h"
#include "engine/write/store_writer.h"
#include "format/bytes/message.h"
#include "format/records/wal_records.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::ManifestRecord;
using format::SliceEntry;

void SetLsn(ManifestRecord& record, Lsn lsn) {
  for (format::ManifestEntry& entry : record.entries) {
    if (auto* slice = std::get_if<SliceEntry>(&entry)) {
      slice->least_lsn = lsn;
      slice->greatest_lsn = lsn;
    }
  }
}

absl::StatusOr<std::vector<std::byte>> BytesOf(const ManifestRecord& record, Lsn lsn) {
  std::vector<std::byte> bytes;
  absl::Status status =
      format::WriteManifestRecord(record, format::ManifestFrame::kChange, lsn, bytes);
  if (!status.ok()) return status;
  return bytes;
}

}  // namespace

absl::Status StoreWriter::BeginLoad(const std::shared_ptr<OpenTable>& table) {
  if (absl::Status s = wal_->MakeDurable(sequence_->committed()); !s.ok()) return s;
  absl::StatusOr<uint64_t> rows = uint64_t{1};
  while (rows.ok() && *rows != 0) rows = Seal(table->info.id, SealWhat::kEverything);
  if (!rows.ok()) return rows.status();
  MutexLock lock(&seal_mutex_);
  if (table->tail->stopped()) return TailAppender::StoppedError();
  absl::Status status = Change(table, [](Sealer& sealer) { return sealer.SealSymbols(); });
  if (!status.ok()) return status;
  const TableControl& control = table->tail->control();
  const uint64_t rest = control.visible.Load() - control.sealed.Load() + control.kills.Load() -
                        control.sealed_kills.Load();
  if (rest != 0) {
    return absl::UnavailableError(Concat("table ", table->info.schema.name(), ": ", rest,
                                         " rows or kills of its tail are in no slice yet"));
  }
  // While the load has the files, the WAL may let go of what they say (ConfirmManifests).
  status = table->files->Commit(table->files->Begin(SealUpTo()));
  if (!status.ok()) return status;
  table->confirmed_record = table->files->manifest()->number();
  table->is_loading = true;
  reclaim_->BeginLoad();
  return absl::OkStatus();
}

void StoreWriter::EndLoad(OpenTable& table) {
  MutexLock lock(&seal_mutex_);
  table.is_loading = false;
  if (reclaim_ != nullptr) reclaim_->EndLoad();
}

absl::StatusOr<Lsn> StoreWriter::AttachLoad(const std::shared_ptr<OpenTable>& table,
                                            ManifestRecord record) {
  MutexLock lock(&seal_mutex_);
  record.number = table->files->manifest()->number() + 1;
  record.time = machine_.host.RealTimeNs();
  // What cannot be logged would end all commits: found out before.
  absl::StatusOr<std::vector<std::byte>> trial = BytesOf(record, Lsn(1));
  if (!trial.ok()) return trial.status();
  if (trial->size() > format::kMaxRecordSize / 2) {
    return absl::ResourceExhaustedError(
        Concat("a bulk load of ", record.entries.size(), " slices and other entries needs ",
               trial->size(), " bytes in the WAL, at most ", format::kMaxRecordSize / 2,
               " are possible: load the rows in several commits, or in the order of their days"));
  }
  const auto append = [&](Lsn lsn, format::FrameWriter& frames) -> absl::Status {
    SetLsn(record, lsn);
    absl::StatusOr<std::vector<std::byte>> bytes = BytesOf(record, lsn);
    if (!bytes.ok()) return bytes.status();
    return format::AppendAttach({table->info.id, *bytes}, lsn, frames);
  };
  absl::Status lost;
  const auto apply = [&](Lsn lsn) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lost = table->files->Attach(record, lsn);
    if (lost.ok()) ShowLoad(table, record.sealed_rows.value());
    return lost;
  };
  absl::StatusOr<Lsn> lsn = wal_->CommitLogged(append, apply);
  // The WAL has the rows and the next process will show them: nothing may take their numbers (W6).
  if (!lost.ok()) wal_->Fail(lost);
  return lsn;
}

// A reader that sees `visible` move finds that the generation has moved too, and takes its snapshot
// anew; one that has the new manifest already passes over slices above its LSN.
void StoreWriter::ShowLoad(const std::shared_ptr<OpenTable>& table, uint64_t end_row) {
  table->tail->control().sealed.Store(end_row);
  // Chunks that it could not take out now go with the next seal.
  reclaim_->AfterCommit(table).IgnoreError();
  table->tail->SkipTo(end_row);
}

}  // namespace tape::engine
