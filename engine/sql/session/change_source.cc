#include "engine/sql/session/change_source.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "engine/exec/vector.h"
#include "engine/read/part_merge.h"
#include "engine/read/scan_parts.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/session/stored_values.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {
namespace {

using exec::Batch;
using exec::SourceOrder;
using exec::SourceSpec;
using exec::Vector;
using format::Concat;

std::vector<exec::SourceColumn> ColumnsOf(const Schema& schema,
                                          const std::vector<NamedType>& types) {
  std::vector<exec::SourceColumn> columns;
  for (size_t i = 0; i < types.size(); ++i) {
    columns.push_back(
        {.name = schema.column(i).name, .type = types[i].type, .labels = types[i].labels});
  }
  return columns;
}

struct StreamPlace {
  Change& change;
  const TableSnapshot& table;
  const std::vector<NamedType>& types;
};

// Both kinds of rows: which of a batch count, and the batch of them.
class ChangeStream : public exec::RowStream {
 public:
  ChangeStream(const StreamPlace& place, const SourceSpec& spec)
      : place_(place), id_(place.table.info().id), spec_(spec) {
    if (!spec.symbols.has_value()) return;
    symbols_.insert(spec.symbols->begin(), spec.symbols->end());
  }

 protected:
  const Schema& schema() const { return place_.table.schema(); }

  // The columns of the spec as vectors, in the same order.
  absl::StatusOr<Vector> VectorOfColumn(size_t column, const ColumnView& view) {
    return VectorOf(place_.types[column].type, view,
                    [&](SymbolCode code) { return place_.change.Text(id_, column, code); });
  }

  // Keeps the rows that are listed, and gives nullptr where none is.
  const Batch* Give(Batch batch, std::span<const uint32_t> kept, std::span<const uint64_t> rows) {
    if (kept.empty()) return nullptr;
    batch_ = Batch{.rows = kept.size()};
    copies_.clear();
    const exec::Selection selection = exec::Selection::Of(kept);
    for (const Vector& column : batch.columns) {
      if (kept.size() == batch.rows) {
        batch_.columns.push_back(column);
        continue;
      }
      auto copy = std::make_shared<ColumnBuffer>(GivenForm(column.type()));
      AppendVector(column, selection, *copy);
      batch_.columns.push_back(VectorOfGiven(column.type(), copy->view()));
      copies_.push_back(std::move(copy));
    }
    if (spec_.row_numbers) {
      Vector numbers = Vector::Make(Type::Bigint(), kept.size());
      for (size_t i = 0; i < kept.size(); ++i) {
        numbers.Mutable<int64_t>()[i] = static_cast<int64_t>(rows[kept[i]]);
      }
      batch_.columns.push_back(std::move(numbers));
    }
    return &batch_;
  }

  const StreamPlace place_;
  const TableId id_;
  const SourceSpec& spec_;
  std::set<std::string, std::less<>> symbols_;

 private:
  Batch batch_;
  std::vector<std::shared_ptr<ColumnBuffer>> copies_;
};

class CommittedStream final : public ChangeStream {
 public:
  static absl::StatusOr<std::unique_ptr<CommittedStream>> Open(const StreamPlace& place,
                                                               const SourceSpec& spec) {
    auto stream = std::unique_ptr<CommittedStream>(new CommittedStream(place, spec));
    PartSpec part{.columns = spec.columns,
                  .order = spec.order == SourceOrder::kTime ? format::RowOrder::kTime
                                                            : format::RowOrder::kArrival,
                  .times = spec.times,
                  .at = spec.as_of.value_or(place.table.lsn()),
                  .keys = true};
    if (!place.table.schema().time_column().has_value()) part.order = format::RowOrder::kArrival;
    if (spec.symbols.has_value()) {
      part.columns.push_back(*place.table.schema().cluster_column());
    }
    absl::StatusOr<std::vector<ScanPart>> parts = ScanParts(place.table, part);
    if (!parts.ok()) return parts.status();
    stream->rows_ = std::make_unique<PartMerge>(place.table, part, *std::move(parts));
    return stream;
  }

  absl::StatusOr<const Batch*> Next() override {
    while (true) {
      if (absl::Status status = rows_->Next(); !status.ok()) return status;
      const RowBatch& batch = rows_->batch();
      if (batch.rows == 0) return nullptr;
      absl::StatusOr<const Batch*> given = Take(batch);
      if (!given.ok() || *given != nullptr) return given;
    }
  }

 private:
  CommittedStream(const StreamPlace& place, const SourceSpec& spec)
      : ChangeStream(place, spec), kills_(!place.change.empty() && !spec.as_of.has_value()) {}

  absl::StatusOr<const Batch*> Take(const RowBatch& rows) {
    Batch batch{.rows = rows.rows};
    for (size_t i = 0; i < rows.columns.size(); ++i) {
      const size_t column =
          i < spec_.columns.size() ? spec_.columns[i] : *schema().cluster_column();
      absl::StatusOr<Vector> vector = VectorOfColumn(column, rows.columns[i]);
      if (!vector.ok()) return vector.status();
      batch.columns.push_back(*std::move(vector));
    }
    std::vector<uint32_t> kept;
    for (uint32_t row = 0; row < rows.rows; ++row) {
      if (spec_.symbols.has_value() &&
          !symbols_.contains(batch.columns.back().ValueAt(row).text())) {
        continue;
      }
      if (kills_) {
        absl::StatusOr<bool> live = place_.change.IsLive(id_, RowNumber(rows.row_numbers[row]));
        if (!live.ok()) return live.status();
        if (!*live) continue;
      }
      kept.push_back(row);
    }
    batch.columns.resize(spec_.columns.size());
    return Give(std::move(batch), kept, rows.row_numbers);
  }

  const bool kills_;
  std::unique_ptr<PartMerge> rows_;
};

class StagedStream final : public ChangeStream {
 public:
  static absl::StatusOr<std::unique_ptr<StagedStream>> Open(const StreamPlace& place,
                                                            const SourceSpec& spec) {
    auto stream = std::unique_ptr<StagedStream>(new StagedStream(place, spec));
    absl::StatusOr<std::vector<ColumnView>> views = place.change.Staged(stream->id_);
    if (!views.ok()) return views.status();
    for (size_t row = 0; !views->empty() && row < views->front().rows(); ++row) {
      absl::StatusOr<bool> wanted = stream->IsWanted(*views, row);
      if (!wanted.ok()) return wanted.status();
      if (*wanted) stream->rows_.push_back(static_cast<uint32_t>(row));
    }
    if (spec.order == SourceOrder::kTime) stream->SortByTime(*views);
    return stream;
  }

  absl::StatusOr<const Batch*> Next() override {
    if (next_ == rows_.size()) return nullptr;
    absl::StatusOr<std::vector<ColumnView>> views = place_.change.Staged(id_);
    if (!views.ok()) return views.status();
    const size_t count = std::min<size_t>(rows_.size() - next_, kBlockRows);
    const std::span<const uint32_t> wanted(rows_.data() + next_, count);
    next_ += count;
    Batch batch{.rows = count};
    picked_.clear();
    for (const size_t column : spec_.columns) {
      ColumnBuffer& picked = picked_.emplace_back((*views)[column].physical());
      picked.AppendRows((*views)[column], wanted);
    }
    for (size_t i = 0; i < picked_.size(); ++i) {
      absl::StatusOr<Vector> vector = VectorOfColumn(spec_.columns[i], picked_[i].view());
      if (!vector.ok()) return vector.status();
      batch.columns.push_back(*std::move(vector));
    }
    std::vector<uint32_t> kept(count);
    std::iota(kept.begin(), kept.end(), 0);
    std::vector<uint64_t> numbers;
    for (const uint32_t row : wanted) numbers.push_back(kFirstStagedRow + row);
    return Give(std::move(batch), kept, numbers);
  }

 private:
  StagedStream(const StreamPlace& place, const SourceSpec& spec) : ChangeStream(place, spec) {}

  absl::StatusOr<bool> IsWanted(const std::vector<ColumnView>& views, size_t row) {
    absl::StatusOr<bool> live = place_.change.IsLive(id_, RowNumber(kFirstStagedRow + row));
    if (!live.ok() || !*live) return live;
    if (const std::optional<size_t> time = schema().time_column(); time.has_value()) {
      if (!spec_.times.Contains(views[*time].Values<int64_t>()[row])) return false;
    }
    if (!spec_.symbols.has_value()) return true;
    const ColumnView& codes = views[*schema().cluster_column()];
    if (codes.IsNull(row)) return false;
    absl::StatusOr<std::string_view> text = place_.change.Text(
        id_, *schema().cluster_column(), SymbolCode(codes.Values<uint32_t>()[row]));
    if (!text.ok()) return text.status();
    return symbols_.contains(*text);
  }

  void SortByTime(const std::vector<ColumnView>& views) {
    const std::optional<size_t> time = schema().time_column();
    if (!time.has_value()) return;
    const std::span<const int64_t> times = views[*time].Values<int64_t>();
    std::ranges::stable_sort(rows_, {}, [&](uint32_t row) { return times[row]; });
  }

  std::vector<uint32_t> rows_;
  size_t next_ = 0;
  std::vector<ColumnBuffer> picked_;
};

// One after the other.
class BothStreams final : public exec::RowStream {
 public:
  BothStreams(std::unique_ptr<exec::RowStream> first, std::unique_ptr<exec::RowStream> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  absl::StatusOr<const Batch*> Next() override {
    if (first_ != nullptr) {
      absl::StatusOr<const Batch*> batch = first_->Next();
      if (!batch.ok() || *batch != nullptr) return batch;
      first_.reset();
    }
    return second_->Next();
  }

 private:
  std::unique_ptr<exec::RowStream> first_;
  std::unique_ptr<exec::RowStream> second_;
};

// Two streams in time order, row by row: staged rows are few. The time is the last column of both.
class TimeMerge final : public exec::RowStream {
 public:
  TimeMerge(std::unique_ptr<exec::RowStream> committed, std::unique_ptr<exec::RowStream> staged,
            SourceSpec spec, std::unique_ptr<SourceSpec> wider)
      : spec_(std::move(spec)), wider_(std::move(wider)) {
    sides_[0].rows = std::move(committed);
    sides_[1].rows = std::move(staged);
  }

  absl::StatusOr<const Batch*> Next() override {
    Batch out;
    const size_t columns = spec_.columns.size() + (spec_.row_numbers ? 1 : 0);
    std::vector<ColumnBuffer> copies;
    std::vector<Type> types;
    while (out.rows < kBlockRows) {
      absl::StatusOr<Side*> side = Least();
      if (!side.ok()) return side.status();
      if (*side == nullptr) break;
      const Batch& from = *(*side)->batch;
      for (size_t i = 0; i < columns; ++i) {
        const Vector& column = from.columns[i < spec_.columns.size() ? i : i + 1];
        if (out.rows == 0) copies.emplace_back(GivenForm(column.type()));
        if (out.rows == 0) types.push_back(column.type());
        const auto row = static_cast<uint32_t>((*side)->at);
        AppendVector(column, exec::Selection::Of({&row, 1}), copies[i]);
      }
      ++(*side)->at;
      ++out.rows;
    }
    if (out.rows == 0) return nullptr;
    copies_ = std::move(copies);
    for (size_t i = 0; i < copies_.size(); ++i) {
      out.columns.push_back(VectorOfGiven(types[i], copies_[i].view()));
    }
    batch_ = std::move(out);
    return &batch_;
  }

 private:
  struct Side {
    std::unique_ptr<exec::RowStream> rows;
    const Batch* batch = nullptr;
    size_t at = 0;
    bool ended = false;
  };

  // The side whose row is next; committed rows came before staged ones of the same time.
  absl::StatusOr<Side*> Least() {
    Side* least = nullptr;
    for (Side& side : sides_) {
      if (!side.ended && (side.batch == nullptr || side.at == side.batch->rows)) {
        absl::StatusOr<const Batch*> next = side.rows->Next();
        if (!next.ok()) return next.status();
        side.batch = *next;
        side.at = 0;
        side.ended = *next == nullptr;
      }
      if (side.ended) continue;
      if (least == nullptr || TimeOf(side) < TimeOf(*least)) least = &side;
    }
    return least;
  }

  int64_t TimeOf(const Side& side) const {
    return side.batch->columns[spec_.columns.size()].At<int64_t>(side.at);
  }

  const SourceSpec spec_;
  const std::unique_ptr<SourceSpec> wider_;  // what the sides were opened with
  std::array<Side, 2> sides_;
  std::vector<ColumnBuffer> copies_;
  Batch batch_;
};

absl::StatusOr<std::unique_ptr<exec::RowStream>> OpenMerged(const StreamPlace& place,
                                                            const SourceSpec& spec) {
  auto wider = std::make_unique<SourceSpec>(spec);
  wider->columns.push_back(*place.table.schema().time_column());
  absl::StatusOr<std::unique_ptr<CommittedStream>> committed = CommittedStream::Open(place, *wider);
  if (!committed.ok()) return committed.status();
  absl::StatusOr<std::unique_ptr<StagedStream>> staged = StagedStream::Open(place, *wider);
  if (!staged.ok()) return staged.status();
  return std::make_unique<TimeMerge>(*std::move(committed), *std::move(staged), spec,
                                     std::move(wider));
}

}  // namespace

ChangeSource::ChangeSource(Change& change, const TableInfo& table, std::vector<NamedType> types,
                           std::shared_ptr<const StoreSnapshot> snapshot)
    : Source(ColumnsOf(table.schema, types), table.schema.time_column(),
             table.schema.cluster_column()),
      change_(change),
      table_(table.id),
      types_(std::move(types)),
      snapshot_(std::move(snapshot)) {}

absl::StatusOr<std::unique_ptr<ChangeSource>> ChangeSource::Open(Change& change,
                                                                 const TableInfo& table,
                                                                 const CatalogState& catalog) {
  absl::StatusOr<std::shared_ptr<const StoreSnapshot>> snapshot = change.Snapshot();
  if (!snapshot.ok()) return snapshot.status();
  if (!(*snapshot)->tables().contains(table.id)) {
    return absl::AbortedError(
        Concat("table ", table.schema.name(), " was made after this transaction began to look"));
  }
  return std::unique_ptr<ChangeSource>(
      new ChangeSource(change, table, ValueTypesOf(table.schema, catalog), *std::move(snapshot)));
}

absl::StatusOr<std::unique_ptr<exec::RowStream>> ChangeSource::Open(
    const exec::SourceSpec& spec) const {
  const StreamPlace place{change_, *snapshot_->tables().at(table_), types_};
  const bool staged = !change_.empty() && !spec.as_of.has_value();
  const bool by_time = spec.order == SourceOrder::kTime && time_column().has_value();
  if (staged && by_time) return OpenMerged(place, spec);
  absl::StatusOr<std::unique_ptr<CommittedStream>> committed = CommittedStream::Open(place, spec);
  if (!committed.ok()) return committed.status();
  if (!staged) return *std::move(committed);
  absl::StatusOr<std::unique_ptr<StagedStream>> own = StagedStream::Open(place, spec);
  if (!own.ok()) return own.status();
  return std::make_unique<BothStreams>(*std::move(committed), *std::move(own));
}

}  // namespace tape::engine::sql
