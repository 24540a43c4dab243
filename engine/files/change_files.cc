#include "engine/files/change_files.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "format/layout/extent_format.h"
#include "format/layout/section_cursor.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::ExtentPlace;
using format::FileHeader;
using format::kExtentAlignment;
using format::kSyncAlignment;
using format::PlaceSeed;
using format::RoundUp;

FileHeader HeaderOf(const TablePlace& place, const TableFile& file) {
  return {.kind = file.kind,
          .identity = {place.store, place.table.value(), file.column, file.generation, file.day}};
}

absl::Status CheckHeader(File& file, const FileHeader& expected) {
  std::array<std::byte, format::kFileHeaderSize> bytes{};
  if (absl::Status status = file.ReadAt(0, bytes); !status.ok()) return status;
  absl::StatusOr<FileHeader> header = FileHeader::Parse(bytes, expected.kind);
  absl::Status status = header.ok() ? header->Matches(expected.identity) : header.status();
  if (status.ok()) return status;
  const std::string_view text(status.message().data(), status.message().size());
  return {status.code(), Concat(file.path(), ": ", text)};
}

}  // namespace

ChangeFiles::ChangeFiles(const TablePlace& place, const TablePaths& paths, NamedFiles& named,
                         Generation new_generation)
    : place_(place), paths_(paths), named_(named), new_generation_(new_generation) {}

// ---- opening

// False where the file must be left as it is.
absl::StatusOr<bool> ChangeFiles::WriteOn(const TableFile& id, const NamedFile& named,
                                          OpenFile& open) {
  absl::StatusOr<std::unique_ptr<File>> file = paths_.Open(id, OpenMode::kReadWrite);
  if (!file.ok()) return file.status();
  absl::StatusOr<FileStat> stat = (*file)->Stat();
  if (!stat.ok()) return stat.status();
  if (stat->size < named.end) {
    return absl::DataLossError(Concat((*file)->path(), ": has ", stat->size,
                                      " bytes, the manifest names them up to ", named.end));
  }
  if (stat->links > 1) return false;
  const uint64_t next = RoundUp(named.end, kSyncAlignment);
  if (!named.is_known && stat->size > next) return false;
  const FileHeader header = HeaderOf(place_, id);
  if (absl::Status status = CheckHeader(**file, header); !status.ok()) return status;
  named_.SetKnown(id);
  open = {.id = id, .header = header, .file = *std::move(file), .end = next, .next = next};
  return true;
}

absl::StatusOr<ChangeFiles::OpenFile*> ChangeFiles::Find(const TableFile& file) {
  const auto found = files_.find(file);
  if (found != files_.end()) return &found->second;
  OpenFile open;
  bool writes_on = false;
  if (const auto* named = named_.Newest(file); named != nullptr && !starts_anew_) {
    absl::StatusOr<bool> may = WriteOn(named->first, named->second, open);
    if (!may.ok()) return may.status();
    writes_on = *may;
  }
  if (!writes_on) {
    open = {};
    open.id = file;
    open.id.generation = new_generation_.value();
    open.header = HeaderOf(place_, open.id);
  }
  return &files_.emplace(file, std::move(open)).first->second;
}

absl::Status ChangeFiles::MakeFolder(const std::string& folder) {
  absl::Status status = place_.files->MakeDirectory(folder);
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

absl::Status ChangeFiles::Make(OpenFile& open) {
  // Its folder may be there and its name not synced: whoever made it may not have come that far.
  folders_.insert(paths_.folder());
  if (open.id.LiesInDay()) {
    const std::string folder = paths_.FolderOf(open.id);
    if (absl::Status status = MakeFolder(folder); !status.ok()) return status;
    folders_.insert(folder);
  }
  const std::string path = paths_.Path(open.id);
  absl::StatusOr<std::unique_ptr<File>> file = place_.files->Open(path, OpenMode::kCreateNew);
  if (absl::IsAlreadyExists(file.status())) {
    if (absl::Status status = place_.files->Unlink(path); !status.ok()) return status;
    file = place_.files->Open(path, OpenMode::kCreateNew);
  }
  if (!file.ok()) return file.status();
  if (absl::Status status = (*file)->WriteAt(0, open.header.Serialize()); !status.ok()) {
    return status;
  }
  open.file = *std::move(file);
  return absl::OkStatus();
}

// ---- writing

absl::StatusOr<ExtentPlace> ChangeFiles::Next(const TableFile& file) {
  absl::StatusOr<OpenFile*> open = Find(file);
  if (!open.ok()) return open.status();
  return ExtentPlace{.seeds = PlaceSeed((*open)->header), .offset = (*open)->next};
}

absl::StatusOr<format::Place> ChangeFiles::Append(const TableFile& file,
                                                  std::span<const std::byte> bytes) {
  absl::StatusOr<OpenFile*> found = Find(file);
  if (!found.ok()) return found.status();
  OpenFile& open = **found;
  if (open.file == nullptr) {
    if (absl::Status status = Make(open); !status.ok()) return status;
  }
  synced_ = false;
  open.is_dirty = true;
  if (absl::Status status = open.file->WriteAt(open.next, bytes); !status.ok()) return status;
  const uint32_t seed = PlaceSeed(open.header).At(open.next);
  const format::Place place{.kind = open.id.kind,
                            .column = open.id.column,
                            .generation = open.id.generation,
                            .day = open.id.day,
                            .offset = open.next,
                            .length = bytes.size(),
                            .crc = format::ExtendCrc32c(seed, bytes)};
  open.end = open.next + bytes.size();
  open.next = RoundUp(open.end, kExtentAlignment);
  return place;
}

absl::Status ChangeFiles::Sync(OpenFile& open) {
  // W8: what is written next begins at a new boundary. Zeros up to there, since a change that was
  // not committed may have left other bytes.
  const uint64_t next = RoundUp(open.end, kSyncAlignment);
  if (next > open.end) {
    const std::vector<std::byte> zeros(next - open.end);
    if (absl::Status status = open.file->WriteAt(open.end, zeros); !status.ok()) return status;
  }
  absl::Status status = open.file->Sync();
  sync_failed_ = sync_failed_ || !status.ok();
  if (!status.ok()) return status;
  open.end = next;
  open.next = next;
  open.is_dirty = false;
  return status;
}

absl::Status ChangeFiles::Sync() {
  for (auto& [name, open] : files_) {
    if (!open.is_dirty) continue;
    if (absl::Status status = Sync(open); !status.ok()) return status;
  }
  for (const std::string& folder : folders_) {
    absl::Status status = place_.files->SyncDirectory(folder);
    sync_failed_ = sync_failed_ || !status.ok();
    if (!status.ok()) return status;
  }
  folders_.clear();
  synced_ = true;
  return absl::OkStatus();
}

}  // namespace tape::engine
