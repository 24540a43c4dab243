// Schema::Builder: a definition put together in code. Declared in tape/schema.h.
#include "format/bytes/message.h"
#include "format/types/schema_check.h"
#include "format/types/text_error.h"
#include "tape/schema.h"

namespace tape {

using format::Concat;
using format::Quoted;

tape::Column& Schema::Builder::Last(std::string_view caller) {
  if (!definition_.columns.empty()) return definition_.columns.back();
  if (mistake_.ok()) {
    mistake_ = absl::InvalidArgumentError(
        Concat("table ", Quoted(definition_.name), ": ", caller, " before the first column"));
  }
  return no_column_;
}

std::vector<std::string> Schema::Builder::OrLast(std::vector<std::string> columns,
                                                 std::string_view caller) {
  if (columns.empty()) columns.push_back(Last(caller).name);
  return columns;
}

Schema::Builder& Schema::Builder::InSchema(std::string schema) {
  definition_.schema = std::move(schema);
  return *this;
}

Schema::Builder& Schema::Builder::Column(std::string name, Type type) {
  tape::Column column;
  column.name = std::move(name);
  column.type = type;
  definition_.columns.push_back(std::move(column));
  return *this;
}

Schema::Builder& Schema::Builder::NotNull() {
  Last("NotNull()").nullable = false;
  return *this;
}

Schema::Builder& Schema::Builder::Default(std::string literal) {
  return Default(ColumnDefault::Literal(std::move(literal)));
}

Schema::Builder& Schema::Builder::Default(ColumnDefault value) {
  Last("Default()").default_value = std::move(value);
  return *this;
}

Schema::Builder& Schema::Builder::Sensitive() {
  Last("Sensitive()").sensitive = true;
  return *this;
}

Schema::Builder& Schema::Builder::References(std::string table, std::string column,
                                             OnDelete on_delete) {
  ForeignKey key;
  key.columns = OrLast({}, "References()");
  key.referenced_table = std::move(table);
  key.referenced_columns.push_back(std::move(column));
  key.on_delete = on_delete;
  return Add(std::move(key));
}

Schema::Builder& Schema::Builder::PrimaryKey(std::vector<std::string> columns) {
  if (definition_.primary_key.has_value() && mistake_.ok()) {
    mistake_ = absl::InvalidArgumentError(
        Concat("table ", Quoted(definition_.name), ": a second primary key"));
  }
  definition_.primary_key = KeyConstraint{{}, OrLast(std::move(columns), "PrimaryKey()"), true};
  return *this;
}

Schema::Builder& Schema::Builder::Unique(std::vector<std::string> columns) {
  return Add(KeyConstraint{{}, OrLast(std::move(columns), "Unique()"), true});
}

Schema::Builder& Schema::Builder::UniqueNullsNotDistinct(std::vector<std::string> columns) {
  return Add(KeyConstraint{{}, std::move(columns), false});
}

Schema::Builder& Schema::Builder::Check(std::string expression, std::string name) {
  if (name.empty()) {
    std::set<std::string> taken;
    for (const CheckConstraint& check : definition_.checks) taken.insert(check.name);
    name = format::FreeName(Concat(definition_.name, "_", Last("Check()").name), "check", taken);
  }
  definition_.checks.push_back({std::move(name), std::move(expression)});
  return *this;
}

Schema::Builder& Schema::Builder::Comment(std::string text) {
  std::string& comment =
      definition_.columns.empty() ? definition_.comment : definition_.columns.back().comment;
  comment = std::move(text);
  return *this;
}

Schema::Builder& Schema::Builder::Add(KeyConstraint unique) {
  definition_.uniques.push_back(std::move(unique));
  return *this;
}

Schema::Builder& Schema::Builder::Add(ForeignKey foreign_key) {
  definition_.foreign_keys.push_back(std::move(foreign_key));
  return *this;
}

Schema::Builder& Schema::Builder::Add(IndexDefinition index) {
  definition_.indexes.push_back(std::move(index));
  return *this;
}

Schema::Builder& Schema::Builder::PartitionBy(Partition partition, std::string time_column) {
  definition_.partition = partition;
  definition_.time_column = std::move(time_column);
  return *this;
}

Schema::Builder& Schema::Builder::ClusterBy(std::string column) {
  definition_.cluster_column = std::move(column);
  return *this;
}

Schema::Builder& Schema::Builder::Symbols(std::vector<std::string> columns) {
  definition_.options.symbols = std::move(columns);
  return *this;
}

Schema::Builder& Schema::Builder::SliceRows(uint32_t rows) {
  definition_.options.slice_rows = rows;
  return *this;
}

Schema::Builder& Schema::Builder::With(TableOptions options) {
  definition_.options = std::move(options);
  return *this;
}

absl::StatusOr<Schema> Schema::Builder::Build() const {
  if (!mistake_.ok()) return mistake_;
  return Make(definition_);
}

}  // namespace tape
