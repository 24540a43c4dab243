#include "engine/files/leftovers.h"

#include <map>
#include <optional>

#include "absl/status/statusor.h"

namespace tape::engine {
namespace {

class Sweep {
 public:
  Sweep(FileSystem& files, const TablePaths& paths, const NamedInTable& named,
        std::vector<std::string>& removed)
      : files_(files), paths_(paths), named_(named), removed_(removed) {
    for (const auto& [file, ignored] : named.files.files()) {
      if (file.LiesInDay()) days_[paths.FolderOf(file)] = file.day;
    }
  }

  absl::Status Run() {
    absl::StatusOr<std::vector<DirectoryEntry>> entries = files_.List(paths_.folder());
    if (!entries.ok()) return entries.status();
    for (const DirectoryEntry& entry : *entries) {
      const std::string path = JoinPath(paths_.folder(), entry.name);
      const bool is_day = entry.is_directory && IsDayFolder(entry.name);
      absl::Status status = is_day ? SweepDay(path) : SweepEntry(path, entry, std::nullopt);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status SweepDay(const std::string& folder) {
    absl::StatusOr<std::vector<DirectoryEntry>> entries = files_.List(folder);
    if (!entries.ok()) return entries.status();
    const auto day = days_.find(folder);
    const int32_t number = day == days_.end() ? format::kNoDay : day->second;
    const size_t before = removed_.size();
    for (const DirectoryEntry& entry : *entries) {
      absl::Status status =
          SweepEntry(JoinPath(folder, entry.name), entry, std::optional<int32_t>(number));
      if (!status.ok()) return status;
    }
    if (removed_.size() - before != entries->size()) return absl::OkStatus();
    removed_.push_back(folder);
    return files_.RemoveDirectory(folder);
  }

  // In the folder of a day, or in the table's.
  absl::Status SweepEntry(const std::string& path, const DirectoryEntry& entry,
                          std::optional<int32_t> day) {
    if (!entry.name.starts_with('.') && !IsUnnamed(entry, day)) return absl::OkStatus();
    removed_.push_back(path);
    return RemoveTree(files_, path);
  }

  bool IsUnnamed(const DirectoryEntry& entry, std::optional<int32_t> day) const {
    std::optional<TableFile> file = ParseFileName(entry.name);
    if (entry.is_directory || !file.has_value()) return false;
    if (file->LiesInDay() != day.has_value()) return false;
    if (file->kind == format::FileKind::kManifest) {
      return file->generation != named_.manifest.value();
    }
    file->day = day.value_or(format::kNoDay);
    return !named_.files.Has(*file);
  }

  FileSystem& files_;
  const TablePaths& paths_;
  const NamedInTable& named_;
  std::vector<std::string>& removed_;
  std::map<std::string, int32_t> days_;  // that have files, by folder
};

}  // namespace

absl::Status RemoveLeftovers(FileSystem& files, const TablePaths& paths, const NamedInTable& named,
                             std::vector<std::string>& removed) {
  return Sweep(files, paths, named, removed).Run();
}

}  // namespace tape::engine
