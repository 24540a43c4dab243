#include "tape/scan.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/read/scan_parts.h"
#include "engine/read/scan_state.h"
#include "format/bytes/message.h"

namespace tape {
namespace {

using engine::PartSpec;
using engine::TableSnapshot;
using format::Concat;
using format::RowOrder;

absl::Status Invalid(const Schema& schema, std::string_view what) {
  return absl::InvalidArgumentError(
      Concat("scan of table ", schema.schema_name(), ".", schema.name(), ": ", what));
}

absl::Status SetColumns(const Schema& schema, const ScanOptions& options, PartSpec& spec) {
  for (const std::string& name : options.columns) {
    const std::optional<size_t> column = schema.Find(name);
    if (!column.has_value()) return Invalid(schema, Concat("there is no column ", name));
    spec.columns.push_back(*column);
  }
  if (!options.columns.empty()) return absl::OkStatus();
  for (size_t i = 0; i < schema.columns().size(); ++i) spec.columns.push_back(i);
  return absl::OkStatus();
}

// False where no time can be in it.
absl::StatusOr<bool> SetTimes(const Schema& schema, const ScanOptions& options, PartSpec& spec) {
  if (!options.from.has_value() && !options.to.has_value()) return true;
  if (!schema.time_column().has_value()) {
    return Invalid(schema, "from or to, and there is no time column");
  }
  if (options.from.has_value()) spec.times.least = options.from->nanos();
  if (!options.to.has_value()) return true;
  if (options.to->nanos() == std::numeric_limits<int64_t>::min()) return false;
  spec.times.greatest = options.to->nanos() - 1;
  return spec.times.least <= spec.times.greatest;
}

// False where no row can have one of the symbols.
absl::StatusOr<bool> SetCodes(const TableSnapshot& table, const ScanOptions& options,
                              PartSpec& spec) {
  if (options.symbols.empty()) return true;
  const Schema& schema = table.schema();
  if (!schema.cluster_column().has_value()) {
    return Invalid(schema, "symbols, and there is no cluster column");
  }
  std::vector<SymbolCode> codes;
  for (const std::string& symbol : options.symbols) {
    absl::StatusOr<SymbolCode> code =
        table.Code(schema.column(*schema.cluster_column()).id, symbol);
    if (!code.ok()) return code.status();
    if (*code != kNullSymbol) codes.push_back(*code);
  }
  spec.codes = std::make_shared<const engine::CodeSet>(codes);
  return !codes.empty();
}

absl::Status SetLsn(const Schema& schema, const ScanOptions& options, Lsn snapshot,
                    PartSpec& spec) {
  spec.at = options.as_of.value_or(snapshot);
  if (spec.at <= snapshot) return absl::OkStatus();
  return Invalid(
      schema, Concat("as of LSN ", spec.at.value(), ", the snapshot is of LSN ", snapshot.value()));
}

RowOrder OrderOf(const Schema& schema, ScanOrder order) {
  if (order == ScanOrder::kStored) return RowOrder::kStored;
  const bool by_time = order == ScanOrder::kTime && schema.time_column().has_value();
  return by_time ? RowOrder::kTime : RowOrder::kArrival;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Scan::State>> Scan::State::Make(
    std::shared_ptr<const engine::StoreSnapshot> snapshot, const ScanOptions& options) {
  const TableSnapshot* table = snapshot->Find(options.schema, options.table);
  if (table == nullptr) {
    return absl::NotFoundError(Concat("no table ", options.schema, ".", options.table));
  }
  const Schema& schema = table->schema();
  PartSpec spec{.order = OrderOf(schema, options.order),
                .rows = {.first = options.from_row.value_or(RowNumber()).value()},
                .keys = options.row_numbers};
  absl::Status status = SetColumns(schema, options, spec);
  if (status.ok()) status = SetLsn(schema, options, snapshot->lsn(), spec);
  if (!status.ok()) return status;
  absl::StatusOr<bool> times = SetTimes(schema, options, spec);
  if (!times.ok()) return times.status();
  absl::StatusOr<bool> codes = SetCodes(*table, options, spec);
  if (!codes.ok()) return codes.status();
  std::vector<engine::ScanPart> parts;
  if (*times && *codes) {
    absl::StatusOr<std::vector<engine::ScanPart>> found = ScanParts(*table, spec);
    if (!found.ok()) return found.status();
    parts = *std::move(found);
  }
  const uint64_t limit = options.limit.value_or(std::numeric_limits<uint64_t>::max());
  engine::PartMerge merge(*table, std::move(spec), std::move(parts));
  return std::unique_ptr<State>(
      new State{std::move(snapshot), std::move(merge), limit, options.row_numbers, {}});
}

Scan::Scan(std::unique_ptr<State> state) : state_(std::move(state)) {}

Scan::~Scan() = default;

absl::StatusOr<size_t> Scan::Next() {
  State& state = *state_;
  state.batch = {};
  if (state.left == 0) return size_t{0};
  if (absl::Status status = state.merge.Next(); !status.ok()) {
    state.left = 0;
    return status;
  }
  state.batch = state.merge.batch();
  if (state.batch.rows == 0) state.left = 0;
  if (state.batch.rows > state.left) {
    state.batch.rows = state.left;
    for (ColumnView& column : state.batch.columns) column = column.Slice(0, state.left);
    if (state.row_numbers) state.batch.row_numbers = state.batch.row_numbers.first(state.left);
  }
  state.left -= state.batch.rows;
  return state.batch.rows;
}

// Before the first batch and after the last there is nothing to show.
const ColumnView& Scan::column(size_t index) const {
  static const ColumnView kNothing;
  return index < state_->batch.columns.size() ? state_->batch.columns[index] : kNothing;
}

size_t Scan::columns() const { return state_->batch.columns.size(); }

std::span<const uint64_t> Scan::row_numbers() const {
  if (!state_->row_numbers) return {};
  return state_->batch.row_numbers;
}

}  // namespace tape
