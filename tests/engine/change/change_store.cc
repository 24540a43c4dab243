#include "tests/engine/change/change_store.h"

#include <gtest/gtest.h>

#include <utility>

#include "engine/read/scan_parts.h"

namespace tape::engine {
namespace {

struct Given {
  std::vector<size_t> columns;
  std::vector<ColumnBuffer> values;
  std::vector<ColumnView> views;

  GivenRows rows() const { return {.columns = columns, .values = views}; }
};

Given Parse(const Schema& schema, const Texts& columns, const Texts& values) {
  Given given;
  for (size_t i = 0; i < columns.size(); ++i) {
    const size_t column = *schema.Find(columns[i]);
    const Physical physical = schema.physical(column);
    given.columns.push_back(column);
    ColumnBuffer& out =
        given.values.emplace_back(physical == Physical::kCode32 ? Physical::kBytes : physical);
    if (values[i] == "NULL") {
      out.AppendNull();
      continue;
    }
    const absl::Status status = AppendParsed(schema.column(column).type, values[i], out);
    EXPECT_TRUE(status.ok()) << status << " " << values[i];
  }
  for (const ColumnBuffer& column : given.values) given.views.push_back(column.view());
  return given;
}

Texts FirstColumns(const Schema& schema, size_t count) {
  Texts names;
  for (size_t i = 0; i < count; ++i) names.push_back(schema.column(i).name);
  return names;
}

std::string Plain(std::string text) {
  if (text.size() >= 2 && text.front() == '\'') text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

ChangeStore::ChangeStore(RuleSource* rules) : rules_(rules) {
  EXPECT_TRUE(own_.MakeDirectory("/shm").ok());
  EXPECT_TRUE(own_.MarkVolatile("/shm").ok());
  const absl::Status status = Open();
  EXPECT_TRUE(status.ok()) << status;
}

ChangeStore::~ChangeStore() { Drop(); }

absl::Status ChangeStore::Open() {
  Drop();
  const Machine machine{*files_, host_};
  auto writer = StoreWriter::Open(machine, {.folder = "/store",
                                            .create = true,
                                            .shared_memory = "/shm",
                                            .tail_bytes_max = uint64_t{1} << 30});
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  auto reader = StoreReader::Open(machine, "/store");
  if (!reader.ok()) return reader.status();
  reader_ = *std::move(reader);
  changes_ = std::make_unique<Changes>(machine, *writer_, reader_, rules_, options_);
  return absl::OkStatus();
}

void ChangeStore::Drop() {
  changes_.reset();
  reader_.reset();
  writer_.reset();
}

void ChangeStore::Create(const absl::StatusOr<Schema>& schema) {
  ASSERT_TRUE(schema.ok()) << schema.status();
  auto id = writer_->CreateTable(*schema);
  ASSERT_TRUE(id.ok()) << id.status();
}

TableId ChangeStore::Id(std::string_view table) const {
  return writer_->Find("main", table)->info.id;
}

const Schema& ChangeStore::SchemaOf(std::string_view table) const {
  return writer_->Find("main", table)->info.schema;
}

absl::Status ChangeStore::MakeDurable() {
  return writer_->wal().MakeDurable(writer_->sequence().committed());
}

void ChangeStore::Seal(std::string_view table) {
  ASSERT_TRUE(MakeDurable().ok());
  while (true) {
    absl::StatusOr<uint64_t> rows = writer_->Seal(Id(table), SealWhat::kEverything);
    ASSERT_TRUE(rows.ok()) << rows.status();
    if (*rows == 0) break;
  }
}

void ChangeStore::Fold(std::string_view table) { ASSERT_TRUE(writer_->Fold(Id(table)).ok()); }

std::string ChangeStore::Rows(std::string_view table) {
  std::string text;
  auto change = Begin();
  for (const RowNumber row : Numbers(table)) text += RowOf(*change, *this, table, row) + "\n";
  return text;
}

std::vector<RowNumber> ChangeStore::Numbers(std::string_view table) {
  std::vector<RowNumber> numbers;
  auto now = reader_->TakeSnapshot();
  EXPECT_TRUE(now.ok()) << now.status();
  const TableSnapshot& view = *(*now)->Find("main", table);
  const PartSpec spec{
      .columns = {0}, .order = format::RowOrder::kArrival, .at = view.lsn(), .keys = true};
  auto parts = ScanParts(view, spec);
  EXPECT_TRUE(parts.ok()) << parts.status();
  for (const ScanPart& part : *parts) {
    auto reader = OpenPart(view, spec, part);
    EXPECT_TRUE(reader.ok()) << reader.status();
    while (*reader != nullptr) {
      const absl::Status status = (*reader)->Next();
      EXPECT_TRUE(status.ok()) << status;
      if (!status.ok() || (*reader)->batch().rows == 0) break;
      for (const uint64_t row : (*reader)->batch().row_numbers) numbers.emplace_back(row);
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

absl::StatusOr<RowNumber> Insert(Change& change, const ChangeStore& store, std::string_view table,
                                 const Texts& values) {
  return InsertInto(change, store, table, FirstColumns(store.SchemaOf(table), values.size()),
                    values);
}

absl::StatusOr<RowNumber> InsertInto(Change& change, const ChangeStore& store,
                                     std::string_view table, const Texts& columns,
                                     const Texts& values) {
  const Given given = Parse(store.SchemaOf(table), columns, values);
  return change.Insert(store.Id(table), given.rows());
}

absl::StatusOr<RowNumber> Replace(const In& in, std::string_view table, RowNumber row,
                                  const Texts& columns, const Texts& values) {
  const Given given = Parse(in.store.SchemaOf(table), columns, values);
  return in.change.Replace(in.store.Id(table), row, given.rows());
}

absl::StatusOr<std::optional<RowNumber>> Find(const In& in, std::string_view table, size_t key,
                                              const Texts& columns, const Texts& values) {
  const Given given = Parse(in.store.SchemaOf(table), columns, values);
  return in.change.Find(in.store.Id(table), key, given.views, 0);
}

std::string RowOf(Change& change, const ChangeStore& store, std::string_view table, RowNumber row) {
  const Schema& schema = store.SchemaOf(table);
  std::vector<size_t> all;
  std::vector<ColumnBuffer> values;
  for (size_t i = 0; i < schema.columns().size(); ++i) {
    all.push_back(i);
    values.emplace_back(schema.physical(i));
  }
  const absl::Status status = change.Read(store.Id(table), row, all, values);
  if (!status.ok()) return status.ToString();
  std::string text;
  for (const size_t i : all) {
    if (i != 0) text += "|";
    std::string_view symbol;
    const ColumnView view = values[i].view();
    if (view.physical() == Physical::kCode32) {
      auto found = change.Text(store.Id(table), i, SymbolCode(view.Values<uint32_t>()[0]));
      EXPECT_TRUE(found.ok()) << found.status();
      symbol = *found;
    }
    text += Plain(ValueText(schema.column(i), view, 0, symbol));
  }
  return text;
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

}  // namespace tape::engine
