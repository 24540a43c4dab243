#include "format/bytes/file_header.h"
#include "format/records/live_file.h"
#include "format/records/symbol_section.h"
#include "format/records/wal_records.h"
#include "tests/format/records/catalogs.h"
#include "tests/format/records/manifests.h"
#include "tests/fuzz/corpus_maker.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/record_places.h"

namespace tape::fuzz {
namespace {

using Bytes = std::vector<std::byte>;

void AppendSomeGroup(uint64_t first, format::FrameWriter& frames) {
  format::WalGroupWriter group(frames, Lsn(first));
  const std::vector<int64_t> prices = {100, 101, 99};
  const std::vector<uint64_t> offsets = {0, 4, 4, 10};
  const std::vector<uint8_t> validity = {1, 0, 1};
  const std::vector<format::WalColumn> columns = {
      {ColumnId(1), ColumnView::Of<int64_t>(prices)},
      {ColumnId(2), ColumnView::Bytes(offsets, "haltresume", validity.data())}};
  const std::vector<format::LsnRun> runs = {{Lsn(first), 1}, {Lsn(first + 1), 2}};
  Expect(AppendRows({TableId(1), 1, RowNumber(5), runs, columns, false}, frames).ok());
  Expect(AppendRows({TableId(2), 1, RowNumber(0), runs, columns, true}, frames).ok());
  const std::vector<format::Kill> kills = {{RowNumber(5), Lsn(first)}};
  Expect(AppendWalKills(TableId(1), kills, frames).ok());
  const std::vector<std::string_view> texts = {"AAPL", "MSFT"};
  Expect(AppendSymbols({TableId(1), ColumnId(2), SymbolCode(1), texts}, frames).ok());
  Expect(AppendSequenceAdvance({TableId(1), ColumnId(1), 50}, frames).ok());
  Bytes catalog;
  Expect(WriteCatalogRecord(format::MakeCheckpoint().records[0].record, catalog).ok());
  Expect(AppendWalCatalog({1, catalog}, Lsn(first), frames).ok());
  Bytes slices;
  format::SliceEntry slice = format::SliceOf(1, 0, 3);
  slice.least_lsn = slice.greatest_lsn = Lsn(first + 1);
  const format::ManifestRecord record = format::RecordOf(7, {slice});
  const absl::Status status =
      WriteManifestRecord(record, format::ManifestFrame::kChange, Lsn(first + 1), slices);
  Expect(status.ok());
  Expect(AppendAttach({TableId(1), slices}, Lsn(first + 1), frames).ok());
  Expect(group.Close({Lsn(first + 1), Lsn(first - 1), 5}).ok());
}

void AddWal(Corpus& corpus) {
  Bytes& bytes = corpus["wal_segment/made_two_groups"];
  format::FrameWriter frames(kWalSeeds, kWalStart, bytes);
  AppendSomeGroup(10, frames);
  frames.PadToSync();
  AppendSomeGroup(12, frames);
  Bytes file(format::kWalFirstGroup);
  file.insert(file.end(), bytes.begin(), bytes.end());
  format::WalGroupReader reader(kWalSegment, file);
  Expect(*reader.Next() != nullptr && *reader.Next() != nullptr && *reader.Next() == nullptr);
  corpus["frame/made_group"] = Bytes(bytes.begin(), bytes.begin() + 1024);
}

void AddManifests(Corpus& corpus) {
  using format::BytesEntry;
  using format::BytesGone;
  using format::ManifestFrame;
  using format::ManifestRecord;
  const ManifestRecord checkpoint = format::RecordOf(
      1, {format::SliceOf(1, 0, 3), BytesEntry{format::PlaceOf(format::FileKind::kKills, 0, 3)},
          format::SymbolsEntry{ColumnId(2), Generation(1), 40, 99, 1024}});
  Expect(WriteManifestRecord(checkpoint, ManifestFrame::kCheckpoint, Lsn(50),
                             corpus["manifest/made_checkpoint"])
             .ok());
  const ManifestRecord change = format::RecordOf(
      2, {format::SliceGone{1}, BytesGone{format::PlaceOf(format::FileKind::kKills, 0, 3)},
          format::DayGone{Day(3)}, format::SliceOf(2, 0, 3),
          BytesEntry{format::PlaceOf(format::FileKind::kKeyExtents, 1, format::kNoDay)}});
  Expect(
      WriteManifestRecord(change, ManifestFrame::kChange, Lsn(50), corpus["manifest/made_change"])
          .ok());
}

void AddCatalog(Corpus& corpus) {
  for (const format::CatalogChange& change : format::MakeCheckpoint().records) {
    Bytes record;
    Expect(WriteCatalogRecord(change.record, record).ok());
    Bytes& bytes = corpus["catalog/made_" + std::to_string(change.lsn.value()) + "_" +
                          std::to_string(change.record.object)];
    bytes.push_back(static_cast<std::byte>(change.record.type()));
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
}

void AddSymbols(Corpus& corpus) {
  format::SymbolChain chain;
  const std::vector<std::string_view> texts = {"MSFT", "AAPL", "", "IBM"};
  Expect(AppendSymbolSection(texts, kSymbolPlace, chain, corpus["symbol_section/made_some"]).ok());
}

void AddLive(Corpus& corpus) {
  format::LiveFile live;
  live.path = "/dev/shm/tape-1000";
  const Bytes bytes = *live.Serialize();
  corpus["live/made_open"] = Bytes(bytes.begin() + format::kFileHeaderSize, bytes.begin() + 256);
}

}  // namespace

void AddRecords(Corpus& corpus) {
  AddWal(corpus);
  AddManifests(corpus);
  AddCatalog(corpus);
  AddSymbols(corpus);
  AddLive(corpus);
}

}  // namespace tape::fuzz
