#include "tests/corruption/rich_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "engine/read/store_reader.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/bulk_loader.h"
#include "format/bytes/message.h"
#include "tape/column_view.h"
#include "tape/snapshot.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDayNs = 86'400 * kSecondNs;
constexpr int64_t kFirstDay = 20'109 * kDayNs;

Schema TicksSchema() {
  auto schema = Schema::Builder("ticks")
                    .Column("ts", Type::Timestamp())
                    .NotNull()
                    .Column("symbol", Type::Symbol())
                    .NotNull()
                    .Column("price", Type::Decimal(18, 2))
                    .NotNull()
                    .Column("value", Type::Decimal(38, 4))
                    .Column("ratio", Type::Double())
                    .Column("lots", Type::Integer())
                    .Column("live", Type::Boolean())
                    .Column("note", Type::Text())
                    .PartitionBy(Partition::kDay, "ts")
                    .ClusterBy("symbol")
                    .Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

Schema OrdersSchema() {
  auto schema = Schema::Builder("orders")
                    .Column("id", Type::Bigint())
                    .PrimaryKey()
                    .Column("account", Type::Symbol())
                    .Column("note", Type::Text())
                    .Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

Schema QuietSchema() {
  auto schema = Schema::Builder("quiet").Column("level", Type::Real()).Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

Schema PlainSchema() {
  auto schema = Schema::Builder("plain")
                    .Column("level", Type::Smallint())
                    .Column("page", Type::Text())
                    .Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

// Two days, one row in 17 late.
int64_t TimeOf(uint64_t row) {
  const auto step = static_cast<int64_t>(row);
  const int64_t late = row % 17 == 3 ? 3600 * kSecondNs : 0;
  return kFirstDay + step % 2 * kDayNs + 7200 * kSecondNs + step * kSecondNs - late;
}

using Intern = absl::FunctionRef<absl::StatusOr<SymbolCode>(size_t, std::string_view)>;

absl::Status AddValue(const Schema& schema, size_t column, uint64_t row, Intern intern,
                      ColumnBuffer& out) {
  const auto value = static_cast<int64_t>(row * 7 + column);
  if (schema.column(column).nullable && value % 5 == 0) {
    out.AppendNull();
    return absl::OkStatus();
  }
  switch (schema.physical(column)) {
    case Physical::kBool:
      out.Append<uint8_t>(value % 2 != 0);
      break;
    case Physical::kInt16:
      out.Append<int16_t>(static_cast<int16_t>(value));
      break;
    case Physical::kInt32:
      out.Append<int32_t>(static_cast<int32_t>(-value));
      break;
    case Physical::kInt64:
      out.Append<int64_t>(schema.time_column() == column ? TimeOf(row) : value * 25);
      break;
    case Physical::kInt128:
      out.Append<Int128>(Int128{value} << 70);
      break;
    case Physical::kFloat32:
      out.Append<float>(static_cast<float>(value) / 3);
      break;
    case Physical::kFloat64:
      out.Append<double>(static_cast<double>(value) / 8);
      break;
    case Physical::kBytes:
      // One page in ten fills most of a segment of the WAL.
      out.AppendBytes(schema.name() == "plain"
                          ? std::string(row % 10 == 3 ? 50'000 : 9, 'p')
                          : Concat("note ", value, std::string(row % 30, '.')));
      break;
    case Physical::kCode32: {
      absl::StatusOr<SymbolCode> code = intern(column, Concat("S", row % 9));
      if (!code.ok()) return code.status();
      out.Append<uint32_t>(code->value());
      break;
    }
  }
  return absl::OkStatus();
}

absl::Status Fill(const Schema& schema, uint64_t first, uint64_t rows, Intern intern,
                  std::vector<ColumnBuffer>& out) {
  for (size_t column = 0; column < schema.columns().size(); ++column) {
    out.emplace_back(schema.physical(column));
    for (uint64_t row = first; row < first + rows; ++row) {
      absl::Status status = AddValue(schema, column, row, intern, out.back());
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

std::vector<ColumnView> ViewsOf(const std::vector<ColumnBuffer>& buffers) {
  std::vector<ColumnView> views;
  for (const ColumnBuffer& buffer : buffers) views.push_back(buffer.view());
  return views;
}

void ListBelow(FileSystem& files, const std::string& folder, std::vector<std::string>& paths) {
  auto entries = files.List(folder);
  ASSERT_TRUE(entries.ok()) << entries.status();
  std::ranges::sort(*entries, {}, &DirectoryEntry::name);
  for (const DirectoryEntry& entry : *entries) {
    const std::string path = JoinPath(folder, entry.name);
    entry.is_directory ? ListBelow(files, path, paths) : paths.push_back(path);
  }
}

}  // namespace

// ---- making it

RichStore::RichStore() {
  const absl::Status status = Make();
  EXPECT_TRUE(status.ok()) << status;
}

std::vector<std::string> RichStore::FilePaths() {
  std::vector<std::string> paths;
  ListBelow(files_, kRichFolder, paths);
  return paths;
}

absl::Status RichStore::Make() {
  absl::Status status = files_.MakeDirectory("/shm");
  if (status.ok()) status = files_.MarkVolatile("/shm");
  if (!status.ok()) return status;
  auto writer = StoreWriter::Open({files_, host_}, {.folder = kRichFolder,
                                                    .create = true,
                                                    .shared_memory = "/shm",
                                                    .tail_bytes_max = uint64_t{64} << 20,
                                                    .wal_segment_bytes = uint64_t{64} << 10});
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  status = MakeTables();
  for (uint64_t i = 0; i < 3 && status.ok(); ++i) status = Append("orders", 20);
  if (status.ok()) status = Append("ticks", 150);
  if (status.ok()) status = Append("quiet", 10);
  if (status.ok()) status = Append("plain", 10);
  if (status.ok()) status = Append("plain", 10);
  if (status.ok()) status = SealAll();
  if (status.ok()) status = writer_->Release();
  if (status.ok()) status = Append("orders", 20, {3, 7});
  if (status.ok()) status = Append("ticks", 50, {5});
  if (status.ok()) status = SealAll();
  if (status.ok()) status = Load("ticks", 60);
  if (status.ok()) status = Append("ticks", 15, {20});
  if (status.ok()) status = Append("orders", 10, {1});
  if (status.ok()) status = Append("plain", 5);
  if (!status.ok()) return status;
  status = writer_->Close();
  writer_.reset();
  return status;
}

absl::Status RichStore::MakeTables() {
  for (const Schema& schema : {TicksSchema(), OrdersSchema(), PlainSchema(), QuietSchema()}) {
    if (auto made = writer_->CreateTable(schema); !made.ok()) return made.status();
  }
  return absl::OkStatus();
}

absl::Status RichStore::Append(const char* table, uint64_t rows, std::vector<uint64_t> kills) {
  const std::shared_ptr<OpenTable> open = writer_->Find("main", table);
  TailAppender appender(*open->tail, writer_->sequence(), FullTail::kPrepare);
  const Schema& schema = open->info.schema;
  const std::optional<size_t> cluster = schema.cluster_column();
  const uint64_t codes =
      cluster.has_value() ? open->symbols.Count(schema.column(*cluster).id) + 1 : 0;
  if (absl::Status status = appender.Start(codes); !status.ok()) return status;
  std::vector<ColumnBuffer> buffers;
  const auto intern = [&](size_t column, std::string_view text) {
    return open->symbols.Intern(schema.column(column).id, text,
                                [&](ColumnId id, SymbolCode code, std::string_view name) {
                                  return appender.AddSymbol(id, code, name);
                                });
  };
  absl::Status status = Fill(schema, appender.rows(), rows, intern, buffers);
  if (!status.ok()) return status;
  if (!appender.AppendColumns(ViewsOf(buffers))) return appender.status();
  for (const uint64_t row : kills) appender.Kill(RowNumber(row));
  absl::StatusOr<Lsn> lsn = appender.Commit();
  if (!lsn.ok()) return lsn.status();
  return writer_->wal().MakeDurable(*lsn);
}

absl::Status RichStore::Load(const char* table, uint64_t rows) {
  auto load = BulkLoader::Begin(*writer_, writer_->Find("main", table), {});
  if (!load.ok()) return load.status();
  std::vector<ColumnBuffer> buffers;
  absl::Status status = Fill(
      (*load)->table().info.schema, (*load)->next_row().value(), rows,
      [&](size_t column, std::string_view text) { return (*load)->Intern(column, text); }, buffers);
  if (status.ok()) status = (*load)->Append(ViewsOf(buffers));
  return status.ok() ? (*load)->Commit().status() : status;
}

absl::Status RichStore::SealAll() {
  for (const std::shared_ptr<OpenTable>& table : writer_->tables()) {
    auto rows = writer_->Seal(table->info.id, SealWhat::kEverything);
    if (!rows.ok()) return rows.status();
  }
  return absl::OkStatus();
}

// ---- reading it

namespace {

absl::Status AddValue(const ColumnView& values, size_t row,
                      absl::FunctionRef<absl::StatusOr<std::string>(SymbolCode)> text_of,
                      std::string& content) {
  content += '|';
  if (values.IsNull(row)) return absl::OkStatus();
  if (values.physical() == Physical::kBytes) {
    content += values.Bytes(row);
    return absl::OkStatus();
  }
  if (values.physical() == Physical::kCode32) {
    absl::StatusOr<std::string> text = text_of(SymbolCode(values.Values<uint32_t>()[row]));
    if (text.ok()) content += *text;
    return text.status();
  }
  const size_t size = PhysicalSize(values.physical());
  for (const uint8_t byte : values.RawValues().subspan(row * size, size)) {
    content += Concat(uint32_t{byte}, ".");
  }
  return absl::OkStatus();
}

absl::Status AddBatch(const Snapshot& now, const TableName& table, const Schema& schema,
                      const Scan& scan, std::string& content) {
  for (size_t row = 0; row < scan.row_numbers().size(); ++row) {
    content += Concat(scan.row_numbers()[row], ":");
    for (size_t i = 0; i < schema.columns().size(); ++i) {
      const auto text_of = [&](SymbolCode code) -> absl::StatusOr<std::string> {
        auto text = now.Text(table.schema, table.table, schema.column(i).name, code);
        if (!text.ok()) return text.status();
        return text->value_or("no symbol");
      };
      absl::Status status = AddValue(scan.column(i), row, text_of, content);
      if (!status.ok()) return status;
    }
    content += '\n';
  }
  return absl::OkStatus();
}

absl::Status AddTable(const Snapshot& now, const TableName& table, ScanOrder order,
                      std::string& content) {
  absl::StatusOr<Schema> schema = now.GetSchema(table.schema, table.table);
  if (!schema.ok()) return schema.status();
  auto scan =
      now.Scan({.schema = table.schema, .table = table.table, .order = order, .row_numbers = true});
  if (!scan.ok()) return scan.status();
  while (true) {
    absl::StatusOr<size_t> rows = (*scan)->Next();
    if (!rows.ok()) return rows.status();
    if (*rows == 0) return absl::OkStatus();
    absl::Status status = AddBatch(now, table, *schema, **scan, content);
    if (!status.ok()) return status;
  }
}

}  // namespace

absl::StatusOr<std::string> ContentOf(MemoryFileSystem& files, ManualHost& host) {
  auto reader = StoreReader::Open({files, host}, kRichFolder);
  if (!reader.ok()) return reader.status();
  auto taken = (*reader)->TakeSnapshot();
  if (!taken.ok()) return taken.status();
  const Snapshot now(*taken);
  std::string content;
  for (const TableName& table : now.tables()) {
    for (const ScanOrder order : {ScanOrder::kArrival, ScanOrder::kTime}) {
      content += Concat(table.table, "\n");
      absl::Status status = AddTable(now, table, order, content);
      if (!status.ok()) return status;
    }
  }
  return content;
}

}  // namespace tape::engine
