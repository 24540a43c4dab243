// Reading of catalog records: the other half of catalog_record.cc.
#include <string_view>
#include <utility>

#include "format/bytes/message.h"
#include "format/records/catalog_fields.h"
#include "format/records/catalog_record.h"

namespace tape::format {
namespace {

constexpr size_t kHeadSize = 16;

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("catalog record: ", what));
}

uint32_t Flags(FieldReader& field, uint32_t known) {
  const auto flags = field.Number<uint32_t>();
  if (flags == 0 || (flags & ~known) != 0) field.Fail("flags", flags);
  return flags;
}

uint32_t NotZero(FieldReader& field) {
  const auto number = field.Number<uint32_t>();
  if (number == 0) field.Fail("expected an id", number);
  return number;
}

std::string Name(FieldReader& field) {
  std::string name = field.Text();
  if (!ValidateIdentifier(name).ok()) field.Fail("no name; size", name.size());
  return name;
}

// ---- a table

Column ReadColumn(FieldReader& outer) {
  FieldReader field = outer.Nested();
  Column column;
  bool has_type = false;
  while (field.Next()) {
    switch (field.tag()) {
      case FieldTag::kName:
        column.name = Name(field);
        break;
      case FieldTag::kComment:
        column.comment = field.Text();
        break;
      case FieldTag::kId:
        column.id = ColumnId(NotZero(field));
        break;
      case FieldTag::kType:
        column.type = field.Type();
        has_type = true;
        break;
      case FieldTag::kFlags: {
        const uint32_t flags = Flags(field, kColumnNotNull | kColumnSensitive);
        column.nullable = (flags & kColumnNotNull) == 0;
        column.sensitive = (flags & kColumnSensitive) != 0;
        break;
      }
      case FieldTag::kDefault:
        column.default_value = field.Default();
        break;
      default:
        field.Unknown();
    }
  }
  outer.Adopt(field.status());
  if (column.name.empty() || column.id == ColumnId() || !has_type) {
    outer.Fail("a column without name, id or type; id", column.id.value());
  }
  return column;
}

// A definition while its fields are read: columns come before what names them.
class TableReader {
 public:
  TableRecord Read(FieldReader& field) {
    while (field.Next()) ReadField(field);
    if (table_.schema == 0 || definition_.name.empty()) field.Fail("a table without a name", 0);
    definition_.schema.clear();
    return std::move(table_);
  }

 private:
  void ReadField(FieldReader& field) {
    switch (field.tag()) {
      case FieldTag::kSchema:
        table_.schema = NotZero(field);
        break;
      case FieldTag::kName:
        definition_.name = Name(field);
        break;
      case FieldTag::kColumn:
        definition_.columns.push_back(ReadColumn(field));
        if (definition_.columns.size() > kMaxColumns) field.Fail("columns", kMaxColumns + 1);
        break;
      case FieldTag::kPrimaryKey:
        definition_.primary_key = ReadKey(field, table_.primary_key_number);
        break;
      case FieldTag::kUnique:
        definition_.uniques.push_back(ReadKey(field, table_.unique_numbers.emplace_back()));
        break;
      case FieldTag::kForeignKey:
        definition_.foreign_keys.push_back(ReadForeignKey(field, table_.targets.emplace_back()));
        break;
      case FieldTag::kCheck:
        definition_.checks.push_back(ReadCheck(field));
        break;
      case FieldTag::kIndex:
        definition_.indexes.push_back(ReadIndex(field, table_.index_numbers.emplace_back()));
        break;
      case FieldTag::kComment:
        definition_.comment = field.Text();
        break;
      case FieldTag::kUnresolved:
        table_.unresolved.push_back(field.Text());
        if (table_.unresolved.size() > kMaxConstraints) field.Fail("unresolved", kMaxConstraints);
        break;
      default:
        ReadOption(field);
    }
  }

  void ReadOption(FieldReader& field) {
    TableOptions& options = definition_.options;
    switch (field.tag()) {
      case FieldTag::kTimeColumn:
        definition_.time_column = NameOf(field, field.Number<uint32_t>());
        break;
      case FieldTag::kClusterColumn: {
        const auto id = field.Number<uint32_t>();
        definition_.cluster_column = id == 0 ? std::string() : NameOf(field, id);
        break;
      }
      case FieldTag::kPartition:
        definition_.partition = field.Enumerated(field.Number<uint8_t>(), Partition::kMonth);
        break;
      case FieldTag::kDurability: {
        const Choice<uint32_t> choice = field.Durability();
        if (choice.kind == 0) field.Fail("durability by the door", 0);
        options.durability = field.Enumerated(choice.kind, Durability::kDurable);
        options.durability_interval_ms = choice.amount;
        break;
      }
      case FieldTag::kHistory: {
        const Choice<int64_t> choice = field.History();
        if (choice.kind == 0) field.Fail("history that is decided", 0);
        options.history = field.Enumerated(choice.kind, History::kInterval);
        options.history_interval_ns = choice.amount;
        break;
      }
      case FieldTag::kSliceRows:
        options.slice_rows = field.Number<uint32_t>();
        break;
      case FieldTag::kSymbols:
        options.symbols = NamesOf(field, field.Numbers());
        break;
      default:
        field.Unknown();
    }
  }

  KeyConstraint ReadKey(FieldReader& outer, uint32_t& number) {
    FieldReader field = outer.Nested();
    KeyConstraint key;
    key.nulls_distinct = false;
    while (field.Next()) {
      switch (field.tag()) {
        case FieldTag::kName:
          key.name = Name(field);
          break;
        case FieldTag::kColumns:
          key.columns = NamesOf(field, field.Numbers());
          break;
        case FieldTag::kConstraintFlags:
          key.nulls_distinct = Flags(field, kNullsDistinct) != 0;
          break;
        case FieldTag::kKeyNumber:
          number = NotZero(field);
          break;
        default:
          field.Unknown();
      }
    }
    outer.Adopt(field.status());
    if (key.columns.empty()) outer.Fail("no columns", 0);
    return key;
  }

  ForeignKey ReadForeignKey(FieldReader& outer, std::optional<ForeignTarget>& target) {
    FieldReader field = outer.Nested();
    ForeignKey key;
    std::vector<std::string> names;
    bool unresolved = false;
    while (field.Next()) {
      switch (field.tag()) {
        case FieldTag::kName:
          key.name = Name(field);
          break;
        case FieldTag::kColumns:
          key.columns = NamesOf(field, field.Numbers());
          break;
        case FieldTag::kConstraintFlags:
          unresolved = Flags(field, kUnresolvedKey) != 0;
          break;
        case FieldTag::kRefersTo:
          target = ReadTarget(field);
          break;
        case FieldTag::kRefersToNames:
          names.push_back(Name(field));
          break;
        case FieldTag::kOnDelete:
          key.on_delete = field.Enumerated(field.Number<uint8_t>(), OnDelete::kSetNull);
          break;
        default:
          field.Unknown();
      }
    }
    outer.Adopt(field.status());
    if (key.columns.empty()) outer.Fail("no columns", 0);
    TakeNames(outer, unresolved, std::move(names), target, key);
    return key;
  }

  static ForeignTarget ReadTarget(FieldReader& field) {
    const std::vector<uint32_t> ids = field.Numbers();
    ForeignTarget target;
    if (ids.empty()) field.Fail("no table", 0);
    for (size_t i = 0; i < ids.size(); ++i) {
      if (i == 0) {
        target.table = TableId(ids[i]);
      } else {
        target.columns.push_back(ColumnId(ids[i]));
      }
    }
    return target;
  }

  // An unresolved foreign key has names and no ids, any other ids and no names.
  static void TakeNames(FieldReader& outer, bool unresolved, std::vector<std::string> names,
                        const std::optional<ForeignTarget>& target, ForeignKey& key) {
    const bool has_names = names.size() >= 2;
    if (unresolved == target.has_value() || unresolved != has_names ||
        (!has_names && !names.empty())) {
      return outer.Fail("names of a foreign key", names.size());
    }
    if (!unresolved) return;
    key.referenced_schema = std::move(names[0]);
    key.referenced_table = std::move(names[1]);
    names.erase(names.begin(), names.begin() + 2);
    key.referenced_columns = std::move(names);
  }

  static CheckConstraint ReadCheck(FieldReader& outer) {
    FieldReader field = outer.Nested();
    CheckConstraint check;
    while (field.Next()) {
      switch (field.tag()) {
        case FieldTag::kName:
          check.name = Name(field);
          break;
        case FieldTag::kExpression:
          check.expression = field.Text();
          break;
        default:
          field.Unknown();
      }
    }
    outer.Adopt(field.status());
    return check;
  }

  IndexDefinition ReadIndex(FieldReader& outer, uint32_t& number) {
    FieldReader field = outer.Nested();
    IndexDefinition index;
    while (field.Next()) {
      switch (field.tag()) {
        case FieldTag::kName:
          index.name = Name(field);
          break;
        case FieldTag::kColumns:
          for (std::string& name : NamesOf(field, field.Numbers())) {
            index.columns.push_back({std::move(name), false});
          }
          break;
        case FieldTag::kConstraintFlags:
          index.unique = Flags(field, kUniqueIndex) != 0;
          break;
        case FieldTag::kKeyNumber:
          number = NotZero(field);
          break;
        case FieldTag::kExpression:
          index.where = field.Text();
          break;
        case FieldTag::kMethod:
          ReadMethod(field, index);
          break;
        case FieldTag::kInclude:
          index.include = NamesOf(field, field.Numbers());
          break;
        default:
          field.Unknown();
      }
    }
    outer.Adopt(field.status());
    if (index.columns.empty()) outer.Fail("no columns", 0);
    return index;
  }

  static void ReadMethod(FieldReader& field, IndexDefinition& index) {
    const Choice<uint32_t> method = field.Method();
    index.method = field.Enumerated(method.kind, IndexMethod::kGin);
    if (index.columns.size() > kMaxKeyColumns) return field.Fail("columns", index.columns.size());
    const uint64_t known = (uint64_t{1} << index.columns.size()) - 1;
    if ((method.amount & ~known) != 0) field.Fail("descending columns", method.amount);
    for (size_t i = 0; i < index.columns.size(); ++i) {
      index.columns[i].descending = (method.amount >> i & 1) != 0;
    }
  }

  std::string NameOf(FieldReader& field, uint32_t id) {
    for (const Column& column : definition_.columns) {
      if (column.id == ColumnId(id)) return column.name;
    }
    field.Fail("no column has the id", id);
    return {};
  }

  std::vector<std::string> NamesOf(FieldReader& field, const std::vector<uint32_t>& ids) {
    std::vector<std::string> names;
    for (const uint32_t id : ids) names.push_back(NameOf(field, id));
    if (ids.empty()) field.Fail("no columns", 0);
    return names;
  }

  TableRecord table_;
  TableDefinition& definition_ = table_.definition;
};

// ---- the others

SchemaRecord ReadSchema(FieldReader& field) {
  SchemaRecord schema;
  while (field.Next()) {
    switch (field.tag()) {
      case FieldTag::kName:
        schema.name = Name(field);
        break;
      case FieldTag::kComment:
        schema.comment = field.Text();
        break;
      default:
        field.Unknown();
    }
  }
  if (schema.name.empty()) field.Fail("a schema without a name", 0);
  return schema;
}

EnumRecord ReadEnum(FieldReader& field) {
  EnumRecord type;
  while (field.Next()) {
    switch (field.tag()) {
      case FieldTag::kSchema:
        type.schema = NotZero(field);
        break;
      case FieldTag::kName:
        type.name = Name(field);
        break;
      case FieldTag::kEnumValue:
        type.values.push_back(field.Text());
        break;
      case FieldTag::kComment:
        type.comment = field.Text();
        break;
      default:
        field.Unknown();
    }
  }
  if (type.schema == 0 || type.name.empty()) field.Fail("a type without a name", 0);
  if (type.values.size() > kMaxEnumValues) field.Fail("values", type.values.size());
  return type;
}

ProgramRecord ReadProgram(FieldReader& field) {
  ProgramRecord program;
  program.kind = ProgramRecord::Kind{0};
  while (field.Next()) {
    switch (field.tag()) {
      case FieldTag::kSchema:
        program.schema = NotZero(field);
        break;
      case FieldTag::kName:
        program.name = Name(field);
        break;
      case FieldTag::kSql:
        program.sql = field.Text();
        break;
      case FieldTag::kKind:
        program.kind = field.Enumerated(field.Number<uint8_t>(), ProgramRecord::Kind::kTrigger);
        break;
      case FieldTag::kComment:
        program.comment = field.Text();
        break;
      default:
        field.Unknown();
    }
  }
  if (program.schema == 0 || program.name.empty() || program.kind == ProgramRecord::Kind{0}) {
    field.Fail("a view, function or trigger without schema, name or kind", program.schema);
  }
  return program;
}

}  // namespace

absl::StatusOr<CatalogRecord> CatalogRecord::Parse(CatalogType type,
                                                   std::span<const std::byte> record) {
  ByteReader head(record);
  CatalogRecord read;
  read.object = head.ReadU32();
  read.version = head.ReadU32();
  read.time = head.ReadI64();
  if (!head.ok()) return Damaged(Concat("cut short at byte ", record.size()));
  if (read.object == 0 || read.version == 0) {
    return Damaged(Concat("object ", read.object, ", version ", read.version));
  }
  FieldReader fields(record.subspan(kHeadSize), kHeadSize);
  switch (type) {
    case CatalogType::kSchema:
      read.body = ReadSchema(fields);
      break;
    case CatalogType::kTable:
      read.body = TableReader().Read(fields);
      break;
    case CatalogType::kEnum:
      read.body = ReadEnum(fields);
      break;
    case CatalogType::kProgram:
      read.body = ReadProgram(fields);
      break;
    case CatalogType::kDropped:
      read.body = DroppedRecord();
      while (fields.Next()) fields.Unknown();
      break;
    default:
      return absl::UnimplementedError(Concat("catalog record: type ", static_cast<uint16_t>(type),
                                             " is not known to this build"));
  }
  if (!fields.status().ok()) return fields.status();
  return read;
}

}  // namespace tape::format
