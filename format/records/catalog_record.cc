#include "format/records/catalog_record.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "format/bytes/message.h"
#include "format/records/catalog_fields.h"

namespace tape::format {
namespace {

// ---- writing

absl::Status Refused(std::string_view what) {
  return absl::InvalidArgumentError(Concat("catalog record: ", what));
}

// Columns by name, and what was not found.
class ColumnIds {
 public:
  explicit ColumnIds(const TableDefinition& definition) : definition_(definition) {}

  uint32_t Of(std::string_view name) {
    for (const Column& column : definition_.columns) {
      if (column.name == name) return column.id.value();
    }
    if (missing_.empty()) missing_ = Concat("no column \"", name, "\"");
    return 0;
  }

  std::vector<uint32_t> Of(const std::vector<std::string>& names) {
    std::vector<uint32_t> ids;
    for (const std::string& name : names) ids.push_back(Of(name));
    return ids;
  }

  // Empty where all were found.
  const std::string& missing() const { return missing_; }

 private:
  const TableDefinition& definition_;
  std::string missing_;
};

void WriteColumn(const Column& column, FieldWriter& out) {
  FieldWriter::Nested nested(out, FieldTag::kColumn);
  out.Text(FieldTag::kName, column.name);
  out.TextUnlessEmpty(FieldTag::kComment, column.comment);
  out.Number<uint32_t>(FieldTag::kId, column.id.value());
  out.Type(column.type.parts());
  const uint32_t flags =
      (column.nullable ? 0 : kColumnNotNull) | (column.sensitive ? kColumnSensitive : 0);
  out.NumberUnlessZero<uint32_t>(FieldTag::kFlags, flags);
  if (column.default_value.kind != ColumnDefault::Kind::kNone) out.Default(column.default_value);
}

void WriteKey(FieldTag tag, const KeyConstraint& key, uint32_t number, ColumnIds& ids,
              FieldWriter& out) {
  FieldWriter::Nested nested(out, tag);
  out.Text(FieldTag::kName, key.name);
  out.Numbers(FieldTag::kColumns, ids.Of(key.columns));
  out.NumberUnlessZero<uint32_t>(FieldTag::kConstraintFlags,
                                 key.nulls_distinct ? kNullsDistinct : 0);
  out.NumberUnlessZero<uint32_t>(FieldTag::kKeyNumber, number);
}

void WriteForeignKey(const ForeignKey& key, const std::optional<ForeignTarget>& target,
                     ColumnIds& ids, FieldWriter& out) {
  FieldWriter::Nested nested(out, FieldTag::kForeignKey);
  out.Text(FieldTag::kName, key.name);
  out.Numbers(FieldTag::kColumns, ids.Of(key.columns));
  out.NumberUnlessZero<uint32_t>(FieldTag::kConstraintFlags,
                                 target.has_value() ? 0 : kUnresolvedKey);
  if (target.has_value()) {
    std::vector<uint32_t> refers = {target->table.value()};
    for (const ColumnId column : target->columns) refers.push_back(column.value());
    out.Numbers(FieldTag::kRefersTo, refers);
  } else {
    out.Text(FieldTag::kRefersToNames, key.referenced_schema);
    out.Text(FieldTag::kRefersToNames, key.referenced_table);
    for (const std::string& name : key.referenced_columns) {
      out.Text(FieldTag::kRefersToNames, name);
    }
  }
  out.NumberUnlessZero<uint8_t>(FieldTag::kOnDelete, static_cast<uint8_t>(key.on_delete));
}

void WriteCheck(const CheckConstraint& check, FieldWriter& out) {
  FieldWriter::Nested nested(out, FieldTag::kCheck);
  out.Text(FieldTag::kName, check.name);
  out.Text(FieldTag::kExpression, check.expression);
}

void WriteIndex(const IndexDefinition& index, uint32_t number, ColumnIds& ids, FieldWriter& out) {
  FieldWriter::Nested nested(out, FieldTag::kIndex);
  out.Text(FieldTag::kName, index.name);
  std::vector<uint32_t> columns;
  uint32_t descending = 0;
  for (size_t i = 0; i < index.columns.size(); ++i) {
    columns.push_back(ids.Of(index.columns[i].name));
    if (index.columns[i].descending) descending |= uint32_t{1} << i;
  }
  out.Numbers(FieldTag::kColumns, columns);
  out.NumberUnlessZero<uint32_t>(FieldTag::kConstraintFlags, index.unique ? kUniqueIndex : 0);
  out.NumberUnlessZero<uint32_t>(FieldTag::kKeyNumber, number);
  out.TextUnlessEmpty(FieldTag::kExpression, index.where);
  out.Method({static_cast<uint8_t>(index.method), descending});
  if (!index.include.empty()) out.Numbers(FieldTag::kInclude, ids.Of(index.include));
}

uint32_t NumberAt(const std::vector<uint32_t>& numbers, size_t index) {
  return index < numbers.size() ? numbers[index] : 0;
}

void WriteOptions(const TableDefinition& definition, ColumnIds& ids, FieldWriter& out) {
  const TableOptions& options = definition.options;
  if (!definition.time_column.empty()) {
    out.Number<uint32_t>(FieldTag::kTimeColumn, ids.Of(definition.time_column));
  }
  if (definition.cluster_column.has_value()) {
    const std::string& name = *definition.cluster_column;
    out.Number<uint32_t>(FieldTag::kClusterColumn, name.empty() ? 0 : ids.Of(name));
  }
  if (definition.partition.has_value()) {
    out.Number<uint8_t>(FieldTag::kPartition, static_cast<uint8_t>(*definition.partition));
  }
  if (options.durability != Durability::kDefault) {
    out.Durability({static_cast<uint8_t>(options.durability), options.durability_interval_ms});
  }
  if (options.history != History::kDefault) {
    out.History({static_cast<uint8_t>(options.history), options.history_interval_ns});
  }
  out.Number<uint32_t>(FieldTag::kSliceRows, options.slice_rows);
  if (!options.symbols.empty()) out.Numbers(FieldTag::kSymbols, ids.Of(options.symbols));
}

// Fields ascend by tag.
absl::Status Write(const TableRecord& table, FieldWriter& out) {
  const TableDefinition& definition = table.definition;
  if (table.targets.size() != definition.foreign_keys.size()) {
    return Refused(Concat(definition.foreign_keys.size(), " foreign keys, ", table.targets.size(),
                          " targets"));
  }
  for (const IndexDefinition& index : definition.indexes) {
    if (index.columns.size() > kMaxKeyColumns) return Refused("an index of too many columns");
  }
  ColumnIds ids(definition);
  out.Number<uint32_t>(FieldTag::kSchema, table.schema);
  out.Text(FieldTag::kName, definition.name);
  for (const Column& column : definition.columns) WriteColumn(column, out);
  if (definition.primary_key.has_value()) {
    WriteKey(FieldTag::kPrimaryKey, *definition.primary_key, table.primary_key_number, ids, out);
  }
  for (size_t i = 0; i < definition.uniques.size(); ++i) {
    WriteKey(FieldTag::kUnique, definition.uniques[i], NumberAt(table.unique_numbers, i), ids, out);
  }
  for (size_t i = 0; i < definition.foreign_keys.size(); ++i) {
    WriteForeignKey(definition.foreign_keys[i], table.targets[i], ids, out);
  }
  for (const CheckConstraint& check : definition.checks) WriteCheck(check, out);
  for (size_t i = 0; i < definition.indexes.size(); ++i) {
    WriteIndex(definition.indexes[i], NumberAt(table.index_numbers, i), ids, out);
  }
  WriteOptions(definition, ids, out);
  out.TextUnlessEmpty(FieldTag::kComment, definition.comment);
  for (const std::string& sql : table.unresolved) out.Text(FieldTag::kUnresolved, sql);
  return ids.missing().empty() ? absl::OkStatus() : Refused(ids.missing());
}

absl::Status Write(const SchemaRecord& schema, FieldWriter& out) {
  out.Text(FieldTag::kName, schema.name);
  out.TextUnlessEmpty(FieldTag::kComment, schema.comment);
  return absl::OkStatus();
}

absl::Status Write(const EnumRecord& type, FieldWriter& out) {
  out.Number<uint32_t>(FieldTag::kSchema, type.schema);
  out.Text(FieldTag::kName, type.name);
  for (const std::string& value : type.values) out.Text(FieldTag::kEnumValue, value);
  out.TextUnlessEmpty(FieldTag::kComment, type.comment);
  return absl::OkStatus();
}

absl::Status Write(const ProgramRecord& program, FieldWriter& out) {
  out.Number<uint32_t>(FieldTag::kSchema, program.schema);
  out.Text(FieldTag::kName, program.name);
  out.Text(FieldTag::kSql, program.sql);
  out.Number<uint8_t>(FieldTag::kKind, static_cast<uint8_t>(program.kind));
  out.TextUnlessEmpty(FieldTag::kComment, program.comment);
  return absl::OkStatus();
}

absl::Status Write(const DroppedRecord&, FieldWriter&) { return absl::OkStatus(); }

// A record that cannot be read would make the store one that cannot be opened. Definitions are few
// and small: reading each once more costs nothing.
absl::Status CheckReadable(CatalogType type, std::span<const std::byte> record) {
  const absl::Status status = CatalogRecord::Parse(type, record).status();
  if (status.ok()) return status;
  return Refused({status.message().data(), status.message().size()});
}

}  // namespace

CatalogType CatalogRecord::type() const {
  return static_cast<CatalogType>(static_cast<uint16_t>(CatalogType::kSchema) + body.index());
}

absl::Status WriteCatalogRecord(const CatalogRecord& record, std::vector<std::byte>& out) {
  if (record.object == 0 || record.version == 0) return Refused("object or version is 0");
  const size_t begin = out.size();
  ByteWriter head(out);
  head.WriteU32(record.object);
  head.WriteU32(record.version);
  head.WriteI64(record.time);
  FieldWriter fields(out);
  absl::Status status =
      std::visit([&](const auto& body) { return Write(body, fields); }, record.body);
  if (status.ok()) status = CheckReadable(record.type(), std::span(out).subspan(begin));
  if (!status.ok()) out.resize(begin);
  return status;
}

}  // namespace tape::format
