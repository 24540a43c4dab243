#include "engine/exec/pipeline/snapshot_source.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "engine/exec/pipeline/known_texts.h"
#include "engine/read/part_merge.h"
#include "engine/read/scan_parts.h"
#include "format/bytes/message.h"
#include "tape/schema.h"

namespace tape::engine::exec {
namespace {

using format::Concat;
using format::RowOrder;

RowOrder OrderOf(const Schema& schema, SourceOrder order) {
  if (order == SourceOrder::kAny) return RowOrder::kStored;
  const bool by_time = order == SourceOrder::kTime && schema.time_column().has_value();
  return by_time ? RowOrder::kTime : RowOrder::kArrival;
}

class SnapshotStream : public RowStream {
 public:
  SnapshotStream(std::shared_ptr<const StoreSnapshot> snapshot, const TableSnapshot& table,
                 std::span<const SourceColumn> columns, const PartSpec& spec,
                 std::vector<ScanPart> parts)
      : snapshot_(std::move(snapshot)),
        row_numbers_(spec.keys),
        merge_(table, spec, std::move(parts)) {
    for (size_t column : spec.columns) {
      columns_.push_back({.type = columns[column].type});
      if (!table.schema().IsSymbol(column)) continue;
      columns_.back().texts = std::make_unique<KnownTexts>(table, table.schema().column(column).id);
    }
  }

  absl::StatusOr<const Batch*> Next() override {
    if (absl::Status status = merge_.Next(); !status.ok()) return status;
    const RowBatch& from = merge_.batch();
    batch_.columns.clear();
    batch_.rows = from.rows;
    if (from.rows == 0) return nullptr;
    for (size_t i = 0; i < columns_.size(); ++i) {
      absl::StatusOr<Vector> vector = ToVector(columns_[i], from.columns[i]);
      if (!vector.ok()) return vector.status();
      batch_.columns.push_back(*std::move(vector));
    }
    if (row_numbers_) batch_.columns.push_back(Numbers(from.row_numbers));
    return &batch_;
  }

 private:
  struct StreamColumn {
    Type type{};
    std::unique_ptr<KnownTexts> texts{};  // of symbols
  };

  static absl::StatusOr<Vector> ToVector(StreamColumn& column, const ColumnView& view) {
    if (column.texts == nullptr) return Vector::FromColumn(column.type, view);
    absl::Status status = column.texts->Learn(view.Values<uint32_t>());
    if (!status.ok()) return status;
    return Vector::FromCodes(column.type, view, *column.texts);
  }

  static Vector Numbers(std::span<const uint64_t> numbers) {
    return Vector::FromColumn(Type::Bigint(),
                              ColumnView::Fixed(Physical::kInt64, numbers.data(), numbers.size()));
  }

  const std::shared_ptr<const StoreSnapshot> snapshot_;
  const bool row_numbers_;
  std::vector<StreamColumn> columns_;
  PartMerge merge_;
  Batch batch_;
};

// False where no row can have one of the symbols.
absl::StatusOr<bool> SetCodes(const TableSnapshot& table, std::span<const std::string> symbols,
                              PartSpec& spec) {
  const size_t cluster = *table.schema().cluster_column();
  std::vector<SymbolCode> codes;
  for (const std::string& symbol : symbols) {
    absl::StatusOr<SymbolCode> code = table.Code(table.schema().column(cluster).id, symbol);
    if (!code.ok()) return code.status();
    if (*code != kNullSymbol) codes.push_back(*code);
  }
  spec.codes = std::make_shared<const CodeSet>(codes);
  return !codes.empty();
}

Type PlainType(const Type& type) {
  if (!type.IsSerial()) return type;
  return type.kind() == TypeKind::kSerial ? Type::Integer() : Type::Bigint();
}

}  // namespace

std::shared_ptr<const SnapshotSource> SnapshotSource::Make(
    std::shared_ptr<const StoreSnapshot> snapshot, const TableSnapshot& table,
    const std::vector<LabelsPtr>& labels) {
  std::vector<SourceColumn> columns;
  for (const Column& column : table.schema().columns()) {
    columns.push_back({.name = column.name, .type = PlainType(column.type)});
    if (columns.size() <= labels.size()) columns.back().labels = labels[columns.size() - 1];
  }
  return std::shared_ptr<const SnapshotSource>(
      new SnapshotSource(std::move(snapshot), table, std::move(columns)));
}

absl::StatusOr<std::unique_ptr<RowStream>> SnapshotSource::Open(const SourceSpec& spec) const {
  const Schema& schema = table_.schema();
  PartSpec part{.columns = spec.columns,
                .order = OrderOf(schema, spec.order),
                .times = spec.times,
                .at = spec.as_of.value_or(table_.lsn()),
                .keys = spec.row_numbers};
  if (part.at > table_.lsn()) {
    return absl::InvalidArgumentError(
        Concat("table ", schema.schema_name(), ".", schema.name(), " as of LSN ", part.at.value(),
               ": the newest that is there is ", table_.lsn().value()));
  }
  bool any = part.times.least <= part.times.greatest;
  if (any && spec.symbols.has_value()) {
    absl::StatusOr<bool> codes = SetCodes(table_, *spec.symbols, part);
    if (!codes.ok()) return codes.status();
    any = *codes;
  }
  std::vector<ScanPart> parts;
  if (any) {
    absl::StatusOr<std::vector<ScanPart>> found = ScanParts(table_, part);
    if (!found.ok()) return found.status();
    parts = *std::move(found);
  }
  return std::make_unique<SnapshotStream>(snapshot_, table_, columns(), part, std::move(parts));
}

}  // namespace tape::engine::exec
