#include "engine/keep/table_check.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/files/attachment.h"
#include "engine/files/named_files.h"
#include "engine/files/names.h"
#include "engine/files/table_paths.h"
#include "engine/keep/key_check.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/layout/kills.h"
#include "format/records/manifest_file.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::Place;
using format::SliceEntry;

constexpr uint64_t kManifestBytesMax = uint64_t{1} << 30;
constexpr uint64_t kUnusedBytesMax = uint64_t{64} << 20;

// Which slice has a row, and of which day and since when it is.
class RowOwners {
 public:
  explicit RowOwners(const TableVersion& version) {
    for (const auto& [number, slice] : version.slices()) {
      for (const format::RowNumberRange& run : slice.runs) {
        runs_[run.first.value()] = {run.first.value() + run.rows, &slice};
      }
    }
  }

  // nullptr for a row that no slice has any more.
  const SliceEntry* Find(RowNumber row) const {
    const auto after = runs_.upper_bound(row.value());
    if (after == runs_.begin()) return nullptr;
    const auto& [end, slice] = std::prev(after)->second;
    return row.value() < end ? slice : nullptr;
  }

 private:
  std::map<uint64_t, std::pair<uint64_t, const SliceEntry*>> runs_;
};

}  // namespace

TableCheck::TableCheck(const TableInfo& info, const TablePlace& place, Findings& findings)
    : findings_(findings),
      table_{.info = info,
             .place = place,
             .name = Concat(info.schema.schema_name(), ".", info.schema.name()),
             .version = nullptr,
             .durable = Lsn()},
      at_{.file = place.folder, .table = table_.name} {}

// ---- the manifest

void TableCheck::Load(bool was_closed) {
  TableReader reader(table_.place, table_.info.schema, kUnusedBytesMax);
  absl::StatusOr<std::shared_ptr<const TableVersion>> version = reader.Load();
  if (!findings_.Check(at_, version.status())) return;
  table_.version = *std::move(version);
  table_.durable = reader.durable();
  CheckManifestEnd(was_closed);
}

// A record that was never synced may end it after a crash: the WAL has what it said. Whoever opens
// the store cuts it, so that a store that was closed has none.
void TableCheck::CheckManifestEnd(bool was_closed) {
  FileSystem& files = *table_.place.files;
  absl::StatusOr<TableFile> newest = NewestManifest(files, table_.place.folder);
  if (!newest.ok()) return;
  FindingPlace at = at_;
  at.file = JoinPath(table_.place.folder, FileName(*newest));
  absl::StatusOr<std::vector<std::byte>> bytes = ReadWholeFile(files, at.file, kManifestBytesMax);
  if (!bytes.ok()) return;
  absl::StatusOr<format::ManifestFile> manifest =
      format::ManifestFile::Read(*bytes, {.store = table_.place.store,
                                          .table = table_.place.table.value(),
                                          .generation = newest->generation});
  if (!manifest.ok() || manifest->cut().empty()) return;
  at.offset = manifest->end().offset;
  findings_.Add(at, was_closed ? FindingKind::kDamage : FindingKind::kNote,
                Concat("ends with a record that is not whole: ", manifest->cut()));
}

void TableCheck::Attach(const format::ManifestRecord& record, Lsn lsn) {
  absl::StatusOr<std::optional<format::ManifestRecord>> change =
      AttachmentTo(*table_.version, record);
  if (!findings_.Check(at_, change.status()) || !change->has_value()) return;
  format::ManifestState state = *table_.version;
  const absl::Status applied = state.Apply(**std::move(change), format::ManifestFrame::kChange);
  if (!findings_.Check(at_, applied)) return;
  table_.version = std::make_shared<const TableVersion>(std::move(state));
  table_.durable = std::max(table_.durable, lsn);
}

uint32_t TableCheck::symbols(ColumnId column) const {
  const auto counts = table_.version->symbols().find(column);
  return counts == table_.version->symbols().end() ? 0 : counts->second.symbols;
}

uint64_t TableCheck::BytesNamed() const {
  uint64_t bytes = 0;
  for (const auto& [number, slice] : table_.version->slices()) {
    for (const Place& place : slice.places) bytes += place.length;
  }
  for (const Place& place : table_.version->bytes()) bytes += place.length;
  return bytes;
}

absl::Status TableCheck::Run() {
  ++findings_.report().tables;
  if (!loaded()) return absl::OkStatus();
  findings_.AddBytesToDo(BytesNamed());
  SliceCheck slices(table_, findings_);
  CheckDictionaries(slices);
  if (absl::Status status = CheckSlices(slices); !status.ok()) return status;
  CheckKills(slices);
  ListUnnamed();
  return absl::OkStatus();
}

// ---- what the manifest names

void TableCheck::CheckDictionaries(SliceCheck& slices) {
  for (const auto& [column, counts] : table_.version->symbols()) {
    FindingPlace at = at_;
    at.column = table_.ColumnName(column.value());
    if (!findings_.Check(at, slices.reader().VerifySymbols(*table_.version, column))) continue;
    absl::flat_hash_set<std::string_view> texts;
    for (uint32_t code = 1; code <= counts.symbols; ++code) {
      auto text = slices.reader().Text(*table_.version, column, SymbolCode(code));
      if (!findings_.Check(at, text.status())) break;
      const bool is_new = text->has_value() && texts.insert(**text).second;
      findings_.Expect(at, is_new, Concat("symbol ", code, " is that of another code, or missing"));
    }
  }
}

absl::Status TableCheck::CheckSlices(SliceCheck& slices) {
  KeyCheck keys(table_, findings_);
  for (const auto& [day, number] : table_.version->days()) {
    const SliceEntry& slice = table_.version->slices().at(number);
    absl::Status status = findings_.Tell(Concat(table_.name, ", ", table_.DayName(day)));
    if (!status.ok()) return status;
    slices.Check(slice);
    keys.Add(slice, slices);
  }
  keys.Finish(slices);
  return absl::OkStatus();
}

void TableCheck::CheckKills(SliceCheck& slices) {
  for (const Place& place : table_.version->bytes()) {
    if (place.kind == format::FileKind::kKills) CheckKills(place, slices);
  }
}

void TableCheck::CheckKills(const Place& place, SliceCheck& slices) {
  const FindingPlace at = slices.PlaceOf(place);
  if (!slices.CheckPlace(place)) return;
  auto section = slices.reader().Kills(place);
  if (!findings_.Check(at, section.status())) return;
  const bool whole = slices.CheckExtent((*section)->rows(), /*keeps_bounds=*/true, at) &&
                     slices.CheckExtent((*section)->lsns(), /*keeps_bounds=*/true, at);
  std::vector<format::Kill> kills;
  format::KillsReader reader(format::BestKernels());
  if (!whole || !findings_.Check(at, reader.ReadAll(**section, kills))) return;
  const RowOwners owners(*table_.version);
  for (const format::Kill& kill : kills) {
    findings_.Expect(
        at, kill.row < table_.version->sealed_rows() && kill.lsn <= table_.durable,
        Concat("a kill of row ", kill.row.value(), " at LSN ", kill.lsn.value()),
        Concat("a row below ", sealed_rows(), ", an LSN up to ", table_.durable.value()),
        "one beyond");
    const SliceEntry* slice = owners.Find(kill.row);
    if (slice == nullptr) continue;
    findings_.Expect(
        at, slice->day == Day(place.day) && kill.lsn >= slice->least_lsn,
        Concat("a kill of row ", kill.row.value(), " at LSN ", kill.lsn.value()),
        Concat("of day ", slice->day.value(), ", after LSN ", slice->least_lsn.value()),
        Concat("of day ", place.day));
  }
}

// ---- what nothing names

void TableCheck::ListUnnamed() { ListUnnamedIn(table_.place.folder, std::nullopt); }

void TableCheck::ListUnnamedIn(const std::string& folder, std::optional<int32_t> day) {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = table_.place.files->List(folder);
  if (!findings_.Check(at_, entries.status())) return;
  std::ranges::sort(*entries, {}, &DirectoryEntry::name);
  const NamedFiles named(*table_.version);
  const TablePaths paths(*table_.place.files, table_.place.folder, table_.info.schema);
  std::map<std::string, int32_t> days;
  for (const auto& [file, ignored] : named.files()) {
    if (file.LiesInDay()) days[paths.FolderOf(file)] = file.day;
  }
  absl::StatusOr<TableFile> manifest = NewestManifest(*table_.place.files, table_.place.folder);
  for (const DirectoryEntry& entry : *entries) {
    FindingPlace at = at_;
    at.file = JoinPath(folder, entry.name);
    if (entry.is_directory && !day.has_value() && IsDayFolder(entry.name)) {
      const auto known = days.find(at.file);
      ListUnnamedIn(at.file, known == days.end() ? format::kNoDay : known->second);
      continue;
    }
    std::optional<TableFile> file = ParseFileName(entry.name);
    if (file.has_value()) file->day = day.value_or(format::kNoDay);
    const bool is_manifest = file.has_value() && manifest.ok() && *file == *manifest;
    if (is_manifest || (file.has_value() && !entry.is_directory && named.Has(*file))) continue;
    findings_.Add(at, FindingKind::kNote, "nothing names it");
  }
}

}  // namespace tape::engine
