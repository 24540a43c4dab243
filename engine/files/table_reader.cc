#include "engine/files/table_reader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "engine/files/manifest_reader.h"
#include "engine/files/mapped_files.h"
#include "engine/files/names.h"
#include "engine/files/symbol_files.h"
#include "engine/io/mutex.h"
#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::Hex;
using format::Place;
using format::SliceEntry;

using FilePointer = std::shared_ptr<const MappedFile>;

absl::Status At(const MappedFile& file, const absl::Status& status) {
  const std::string_view text(status.message().data(), status.message().size());
  return {status.code(), Concat(file.path(), ": ", text)};
}

// The bytes of a place, in the file that keeps them.
struct PlaceBytes {
  FilePointer file;
  std::span<const std::byte> bytes;
};

// A section, and the file that keeps its bytes.
template <typename Section>
struct KeptSection {
  Section section;
  FilePointer file;
};

// The columns that were asked for become columns of a spec, as far as the slice has them.
class SliceColumns {
 public:
  SliceColumns(const Schema& schema, const SliceEntry& slice) : schema_(schema) {
    for (const Place& place : slice.ColumnPlaces()) places_[place.column] = &place;
  }

  // The index in the view; none where the slice has no such column.
  absl::StatusOr<std::optional<size_t>> Add(ColumnId id) {
    const auto known = std::find_if(schema_.columns().begin(), schema_.columns().end(),
                                    [&](const Column& column) { return column.id == id; });
    if (known == schema_.columns().end()) {
      return absl::InvalidArgumentError(
          Concat("table ", schema_.name(), ": has no column with the id ", id.value()));
    }
    const auto place = places_.find(id.value());
    if (place == places_.end()) return std::optional<size_t>();
    const auto [added, is_new] = indexes_.try_emplace(id.value(), spec_.columns.size());
    if (is_new) {
      spec_.columns.push_back({.id = id.value(), .place = {}, .sensitive = known->sensitive});
      used_.push_back(place->second);
    }
    return std::optional<size_t>(added->second);
  }

  format::SliceSpec& spec() { return spec_; }
  const std::vector<const Place*>& places() const { return used_; }

 private:
  const Schema& schema_;
  std::map<uint32_t, const Place*> places_;
  std::map<uint32_t, size_t> indexes_;
  std::vector<const Place*> used_;
  format::SliceSpec spec_;
};

class SliceOfFiles : public MappedSlice {
 public:
  SliceOfFiles(std::vector<FilePointer> files, format::SliceView view,
               std::vector<std::optional<size_t>> columns)
      : files_(std::move(files)), view_(std::move(view)), columns_(std::move(columns)) {}

  const format::SliceView& view() const override { return view_; }
  std::optional<size_t> Column(size_t index) const override { return columns_[index]; }

 private:
  std::vector<FilePointer> files_;
  format::SliceView view_;
  std::vector<std::optional<size_t>> columns_;
};

}  // namespace

struct TableReader::State {
  State(const TablePlace& where, const Schema& table_schema, uint64_t unused_bytes_max)
      : place(where),
        schema(table_schema),
        mapped(place, schema, unused_bytes_max),
        symbols(place, mapped),
        manifest(place) {}

  absl::StatusOr<PlaceBytes> Bytes(const Place& of);
  template <typename Section>
  absl::StatusOr<std::shared_ptr<const Section>> ParseAt(const Place& of);
  absl::StatusOr<std::vector<std::optional<size_t>>> Choose(std::span<const ColumnId> wanted,
                                                            SliceColumns& columns) const;
  absl::StatusOr<std::shared_ptr<const MappedSlice>> Parse(
      const SliceEntry& slice, SliceColumns& columns, std::vector<std::optional<size_t>> indexes);

  TablePlace place;
  Schema schema;
  MappedFiles mapped;
  SymbolFiles symbols;
  Mutex mutex;
  ManifestReader manifest ABSL_GUARDED_BY(mutex);
};

absl::StatusOr<PlaceBytes> TableReader::State::Bytes(const Place& of) {
  absl::StatusOr<FilePointer> file = mapped.Get(TableFile::Of(of), of.offset + of.length);
  if (!file.ok()) return file.status();
  const std::span<const std::byte> bytes = (*file)->bytes().subspan(of.offset, of.length);
  return PlaceBytes{*std::move(file), bytes};
}

// A section that says that it ends elsewhere is not the one that was written.
template <typename Section>
absl::StatusOr<std::shared_ptr<const Section>> TableReader::State::ParseAt(const Place& of) {
  absl::StatusOr<PlaceBytes> found = Bytes(of);
  if (!found.ok()) return found.status();
  absl::StatusOr<Section> section = Section::Parse(found->bytes, found->file->At(of.offset));
  if (!section.ok()) return At(*found->file, section.status());
  if (section->size_bytes() != of.length) {
    return absl::DataLossError(Concat(found->file->path(), ": offset ", of.offset, ": expected ",
                                      of.length, " bytes, found ", section->size_bytes()));
  }
  auto kept = std::make_shared<const KeptSection<Section>>(
      KeptSection<Section>{*std::move(section), std::move(found->file)});
  return std::shared_ptr<const Section>(kept, &kept->section);
}

// ---- slices

absl::StatusOr<std::vector<std::optional<size_t>>> TableReader::State::Choose(
    std::span<const ColumnId> wanted, SliceColumns& columns) const {
  std::vector<std::optional<size_t>> indexes;
  for (const ColumnId id : wanted) {
    absl::StatusOr<std::optional<size_t>> index = columns.Add(id);
    if (!index.ok()) return index.status();
    indexes.push_back(*index);
  }
  const auto add = [&](std::optional<size_t> column, std::optional<size_t>& in_spec) {
    if (!column.has_value()) return;
    absl::StatusOr<std::optional<size_t>> index = columns.Add(schema.column(*column).id);
    if (index.ok()) in_spec = *index;
  };
  add(schema.time_column(), columns.spec().time_column);
  add(schema.cluster_column(), columns.spec().cluster_column);
  return indexes;
}

absl::StatusOr<std::shared_ptr<const MappedSlice>> TableReader::State::Parse(
    const SliceEntry& slice, SliceColumns& columns, std::vector<std::optional<size_t>> indexes) {
  std::vector<FilePointer> files;
  std::vector<std::span<const std::byte>> extents;
  for (const Place* of : columns.places()) {
    absl::StatusOr<PlaceBytes> found = Bytes(*of);
    if (!found.ok()) return found.status();
    columns.spec().columns[extents.size()].place = found->file->At(of->offset);
    extents.push_back(found->bytes);
    files.push_back(std::move(found->file));
  }
  std::span<const std::byte> order;
  if (const Place* of = slice.OrderTapePlace(); of != nullptr) {
    absl::StatusOr<PlaceBytes> found = Bytes(*of);
    if (!found.ok()) return found.status();
    columns.spec().order_place = found->file->At(of->offset);
    order = found->bytes;
    files.push_back(std::move(found->file));
  }
  absl::StatusOr<format::SliceView> view =
      format::SliceView::Parse(columns.spec(), slice.shape, {extents, order});
  if (view.ok()) {
    return std::make_shared<const SliceOfFiles>(std::move(files), *std::move(view),
                                                std::move(indexes));
  }
  const std::string_view text(view.status().message().data(), view.status().message().size());
  return absl::Status(view.status().code(), Concat(files.empty() ? "" : files[0]->path(),
                                                   ": slice ", slice.slice, ": ", text));
}

// ---- the public face

TableReader::TableReader(const TablePlace& place, const Schema& schema, uint64_t unused_bytes_max)
    : state_(std::make_unique<State>(place, schema, unused_bytes_max)) {}
TableReader::~TableReader() = default;

absl::StatusOr<std::shared_ptr<const TableVersion>> TableReader::Load() {
  const MutexLock lock(&state_->mutex);
  return state_->manifest.Load();
}

Lsn TableReader::durable() const {
  const MutexLock lock(&state_->mutex);
  return state_->manifest.durable();
}

absl::StatusOr<std::shared_ptr<const MappedSlice>> TableReader::OpenSlice(
    const SliceEntry& slice, std::span<const ColumnId> columns) {
  SliceColumns chosen(state_->schema, slice);
  absl::StatusOr<std::vector<std::optional<size_t>>> indexes = state_->Choose(columns, chosen);
  if (!indexes.ok()) return indexes.status();
  return state_->Parse(slice, chosen, *std::move(indexes));
}

absl::StatusOr<std::shared_ptr<const format::SummarySection>> TableReader::Summary(
    const SliceEntry& slice) {
  const Place& of = slice.SummaryPlace();
  auto section = state_->ParseAt<format::SummarySection>(of);
  if (!section.ok()) return section;
  if ((*section)->slice() == slice.slice && (*section)->rows() == slice.shape.rows) return section;
  return absl::DataLossError(Concat("summary at offset ", of.offset, " of day ", of.day,
                                    ": expected that of slice ", slice.slice, ", found slice ",
                                    (*section)->slice()));
}

absl::StatusOr<std::shared_ptr<const format::LsnExtentView>> TableReader::Lsns(
    const SliceEntry& slice) {
  const Place* of = slice.LsnsPlace();
  if (of == nullptr) return std::shared_ptr<const format::LsnExtentView>();
  auto lsns = state_->ParseAt<format::LsnExtentView>(*of);
  if (!lsns.ok()) return lsns;
  if ((*lsns)->rows() == slice.shape.rows && (*lsns)->least() == slice.least_lsn &&
      (*lsns)->greatest() == slice.greatest_lsn) {
    return lsns;
  }
  return absl::DataLossError(Concat("LSNs at offset ", of->offset, " of day ", of->day,
                                    ": expected those of slice ", slice.slice, ", found ",
                                    (*lsns)->rows(), " rows from ", (*lsns)->least().value(),
                                    " to ", (*lsns)->greatest().value()));
}

absl::StatusOr<std::shared_ptr<const format::KillsView>> TableReader::Kills(const Place& place) {
  return state_->ParseAt<format::KillsView>(place);
}

absl::StatusOr<std::shared_ptr<const format::KeyExtentView>> TableReader::Keys(const Place& place) {
  return state_->ParseAt<format::KeyExtentView>(place);
}

absl::StatusOr<std::optional<std::string_view>> TableReader::Text(const TableVersion& version,
                                                                  ColumnId column,
                                                                  SymbolCode code) {
  const auto counts = version.symbols().find(column);
  if (counts == version.symbols().end() || code.value() > counts->second.symbols) {
    return std::optional<std::string_view>();
  }
  auto file = state_->symbols.Get(counts->second);
  if (!file.ok()) return file.status();
  return (*file)->Text(code);
}

absl::StatusOr<SymbolCode> TableReader::Code(const TableVersion& version, ColumnId column,
                                             std::string_view text) {
  const auto counts = version.symbols().find(column);
  if (counts == version.symbols().end()) return kNullSymbol;
  auto file = state_->symbols.Get(counts->second);
  if (!file.ok()) return file.status();
  const SymbolCode code = (*file)->Code(text);
  return code.value() > counts->second.symbols ? kNullSymbol : code;
}

absl::Status TableReader::VerifyPlace(const Place& place) {
  absl::StatusOr<PlaceBytes> found = state_->Bytes(place);
  if (!found.ok()) return found.status();
  const uint32_t seed = found->file->At(place.offset).seeds.At(place.offset);
  const uint32_t crc = format::ExtendCrc32c(seed, found->bytes);
  if (crc == place.crc) return absl::OkStatus();
  return absl::DataLossError(Concat(found->file->path(), ": offset ", place.offset, ", ",
                                    place.length, " bytes: expected checksum ", Hex(place.crc),
                                    ", found ", Hex(crc)));
}

absl::Status TableReader::VerifySymbols(const TableVersion& version, ColumnId column) {
  const auto counts = version.symbols().find(column);
  if (counts == version.symbols().end()) return absl::OkStatus();
  SymbolFiles afresh(state_->place, state_->mapped);
  return afresh.Get(counts->second).status();
}

uint64_t TableReader::unused_bytes() const { return state_->mapped.unused_bytes(); }

}  // namespace tape::engine
