#include "engine/write/bulk_loader.h"

#include <algorithm>
#include <utility>

#include "engine/files/names.h"
#include "engine/write/column_rules.h"
#include "engine/write/day_span.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;

// Slices get their LSN when they are attached; until then any will do.
constexpr Lsn kNoLsnYet(1);

std::string NameOf(const Schema& schema) {
  return Concat("table ", schema.schema_name(), ".", schema.name());
}

// Rows that are checked when they are committed come through an appender.
absl::Status CheckConstraints(const Schema& schema) {
  const TableDefinition& table = schema.definition();
  const char* what = nullptr;
  if (table.primary_key.has_value()) what = "a PRIMARY KEY";
  if (!table.uniques.empty()) what = "UNIQUE";
  for (const IndexDefinition& index : table.indexes) {
    if (index.unique) what = "a UNIQUE index";
  }
  if (!table.checks.empty()) what = "CHECK";
  if (!table.foreign_keys.empty()) what = "a FOREIGN KEY";
  if (what == nullptr) return absl::OkStatus();
  return absl::UnimplementedError(Concat(NameOf(schema), " has ", what,
                                         ": a bulk load checks no constraints; append its rows"));
}

uint64_t BytesOf(const ColumnView& column) {
  uint64_t bytes = column.RawValues().size() + column.Validity().size();
  const std::span<const uint64_t> offsets = column.Offsets();
  if (!offsets.empty()) bytes += offsets.size_bytes() + offsets.back() - offsets.front();
  return bytes;
}

}  // namespace

BulkLoader::BulkLoader(StoreWriter& store, std::shared_ptr<OpenTable> table,
                       const BulkLimits& limits)
    : store_(store),
      table_(std::move(table)),
      limits_(limits),
      slice_rows_(table_->info.schema.options().slice_rows) {}

absl::StatusOr<std::unique_ptr<BulkLoader>> BulkLoader::Begin(StoreWriter& store,
                                                              std::shared_ptr<OpenTable> table,
                                                              const BulkLimits& limits) {
  const Schema& schema = table->info.schema;
  if (absl::Status status = CheckConstraints(schema); !status.ok()) return status;
  if (table->has_appender.exchange(true, std::memory_order_acq_rel)) {
    return absl::AlreadyExistsError(
        Concat(NameOf(schema), " has an appender or a bulk load; one at a time"));
  }
  ++table->appenders;
  std::unique_ptr<BulkLoader> load(new BulkLoader(store, std::move(table), limits));
  OpenTable& open = *load->table_;
  if (absl::Status status = store.BeginLoad(load->table_); !status.ok()) {
    open.has_appender.store(false, std::memory_order_release);
    return status;
  }
  load->has_table_ = true;
  load->change_.emplace(open.files->Begin(store.wal().durable()));
  load->first_row_ = RowNumber(open.tail->control().visible.Load());
  for (size_t i = 0; i < schema.columns().size(); ++i) {
    const bool is_enum = schema.column(i).type.kind() == TypeKind::kEnum;
    load->code_ends_.push_back(is_enum ? kMaxEnumValues + 1
                                       : open.symbols.Count(schema.column(i).id) + 1);
  }
  return load;
}

BulkLoader::~BulkLoader() { End(); }

void BulkLoader::End() {
  if (!std::exchange(has_table_, false)) return;
  change_.reset();
  store_.EndLoad(*table_);
  table_->has_appender.store(false, std::memory_order_release);
}

// ---- symbols

absl::StatusOr<SymbolCode> BulkLoader::Intern(size_t column, std::string_view text) {
  const Schema& schema = table_->info.schema;
  const bool is_enum = schema.column(column).type.kind() == TypeKind::kEnum;
  if (!schema.IsSymbol(column) || is_enum) {
    return absl::InvalidArgumentError(Concat(NameOf(schema), ", column ",
                                             schema.column(column).name,
                                             ": no column of symbols that can be added to"));
  }
  const ColumnId id = schema.column(column).id;
  const SymbolCode known = table_->symbols.Find(id, text);
  if (known != kNullSymbol) return known;
  const uint32_t before = table_->symbols.Count(id);
  absl::StatusOr<SymbolCode> code =
      fresh_.Intern(id, text, [&](ColumnId, SymbolCode fresh, std::string_view) -> absl::Status {
        if (fresh.value() <= kMaxSymbols - before) return absl::OkStatus();
        return absl::ResourceExhaustedError(Concat(NameOf(schema), ", column ",
                                                   schema.column(column).name, ": has ",
                                                   kMaxSymbols, " symbols: no more can be added"));
      });
  if (!code.ok()) return code;
  code_ends_[column] = std::max(code_ends_[column], before + code->value() + 1);
  return SymbolCode(before + code->value());
}

absl::Status BulkLoader::AddSymbols() {
  for (const Column& column : table_->info.schema.columns()) {
    std::vector<std::string_view> texts;
    for (uint32_t i = 1; i <= fresh_.Count(column.id); ++i) {
      texts.push_back(fresh_.Text(column.id, SymbolCode(i)));
    }
    if (texts.empty()) continue;
    if (absl::Status s = change_->AddSymbols(column.id, texts); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status BulkLoader::LearnSymbols() {
  for (const Column& column : table_->info.schema.columns()) {
    for (uint32_t i = 1; i <= fresh_.Count(column.id); ++i) {
      const SymbolCode next(table_->symbols.Count(column.id) + 1);
      const absl::Status status =
          table_->symbols.Learn(column.id, next, fresh_.Text(column.id, SymbolCode(i)));
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// ---- rows

absl::Status BulkLoader::Append(std::span<const ColumnView> columns) {
  if (!status_.ok()) return status_;
  if (!has_table_) return absl::FailedPreconditionError("the bulk load has ended");
  const absl::Status fit = CheckColumns(table_->info.schema, code_ends_, columns);
  if (!fit.ok()) return fit;
  status_ = Deal(columns);
  if (status_.ok()) rows_ += columns[0].rows();
  return status_;
}

absl::Status BulkLoader::Deal(std::span<const ColumnView> columns) {
  const size_t rows = columns[0].rows();
  for (size_t begin = 0; begin < rows;) {
    Day day = kWithoutDay;
    const size_t end = EndOfDay(columns, begin, day);
    const absl::Status status =
        Gather(day, {.columns = columns, .begin = begin, .end = end, .first = next_row() + begin});
    if (!status.ok()) return status;
    begin = end;
  }
  return absl::OkStatus();
}

size_t BulkLoader::EndOfDay(std::span<const ColumnView> columns, size_t begin, Day& day) const {
  const Schema& schema = table_->info.schema;
  if (!schema.time_column().has_value() || schema.partition() == Partition::kNone) {
    return columns[0].rows();
  }
  const std::span<const int64_t> times = columns[*schema.time_column()].Values<int64_t>();
  const DaySpan span = DaySpan::Around(times[begin]);
  day = PartitionOf(schema.partition(), times[begin]);
  size_t end = begin + 1;
  while (end < times.size() && span.Contains(times[end])) ++end;
  return end;
}

absl::Status BulkLoader::Gather(Day day, Rows rows) {
  while (rows.begin < rows.end) {
    DayRows& held = days_[day];
    const size_t some = std::min<uint64_t>(rows.end - rows.begin, slice_rows_ - held.rows);
    Rows part = rows;
    part.end = part.begin + some;
    rows.begin += some;
    rows.first = rows.first + some;
    absl::Status status;
    if (some == slice_rows_) {  // a slice as it was given
      views_.clear();
      for (const ColumnView& column : part.columns) {
        views_.push_back(column.Slice(part.begin, some));
      }
      const format::RowNumberRange run{part.first, some};
      status = WriteSlice(day, views_, {&run, 1});
    } else {
      Hold(held, part);
      if (held.rows == slice_rows_) status = WriteHeld(day);
    }
    while (status.ok() && held_bytes_ > limits_.memory_bytes_max) status = WriteLargest();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void BulkLoader::Hold(DayRows& day, const Rows& rows) {
  if (day.columns.empty()) day.columns = std::exchange(spare_, {});
  const uint64_t before = day.bytes;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    if (day.columns.size() <= i) day.columns.emplace_back(rows.columns[i].physical());
    const ColumnView part = rows.columns[i].Slice(rows.begin, rows.end - rows.begin);
    day.columns[i].AppendColumn(part);
    day.bytes += BytesOf(part);
  }
  held_bytes_ += day.bytes - before;
  const uint64_t count = rows.end - rows.begin;
  const bool follows =
      !day.runs.empty() && day.runs.back().first + day.runs.back().rows == rows.first;
  if (!follows) day.runs.push_back({rows.first, 0});
  day.runs.back().rows += count;
  day.rows += count;
}

absl::Status BulkLoader::WriteLargest() {
  const auto largest = std::ranges::max_element(
      days_, [](const auto& a, const auto& b) { return a.second.bytes < b.second.bytes; });
  return WriteHeld(largest->first);
}

absl::Status BulkLoader::WriteHeld(Day day) {
  auto held = days_.extract(day);
  DayRows& rows = held.mapped();
  held_bytes_ -= rows.bytes;
  if (rows.rows == 0) return absl::OkStatus();
  views_.clear();
  for (const ColumnBuffer& column : rows.columns) views_.push_back(column.view());
  absl::Status status = WriteSlice(day, views_, rows.runs);
  for (ColumnBuffer& column : rows.columns) {
    column.Clear();
    column.DropValidity();
  }
  spare_ = std::move(rows.columns);
  return status;
}

absl::Status BulkLoader::WriteSlice(Day day, std::span<const ColumnView> columns,
                                    std::span<const format::RowNumberRange> runs) {
  return change_->AddSlice({.day = day,
                            .columns = columns,
                            .runs = runs,
                            .least_lsn = kNoLsnYet,
                            .greatest_lsn = kNoLsnYet,
                            .attached = true});
}

// ---- the commit

absl::StatusOr<Lsn> BulkLoader::Commit() {
  if (!status_.ok()) return status_;
  if (!has_table_) return absl::FailedPreconditionError("the bulk load has ended");
  absl::StatusOr<Lsn> lsn = rows_ == 0 ? store_.sequence().committed() : Attach();
  status_ = lsn.status();
  End();
  return lsn;
}

absl::StatusOr<Lsn> BulkLoader::Attach() {
  while (!days_.empty()) {
    if (absl::Status s = WriteHeld(days_.begin()->first); !s.ok()) return s;
  }
  if (absl::Status s = AddSymbols(); !s.ok()) return s;
  change_->SetSealedRows(next_row());
  if (absl::Status s = table_->files->Prepare(*change_); !s.ok()) return s;  // W2, W7
  absl::StatusOr<Lsn> lsn = store_.AttachLoad(table_, change_->record());
  // Where the WAL has ended, nobody knows whether the rows are there: then they have their texts.
  const bool are_known = lsn.ok() || !store_.wal().status().ok();
  if (are_known) {
    if (absl::Status s = LearnSymbols(); !s.ok()) return s;
  }
  return lsn;
}

}  // namespace tape::engine
