#include "bench/size/tape_size.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/layout/slice_view.h"
#include "format/layout/summary.h"

namespace tape::bench {
namespace {

using format::Concat;

constexpr int64_t kNanosOfADay = int64_t{86'400} * 1'000'000'000;

// A manifest record names a slice and, for each file, offset, length and checksum
// (docs/format/manifest.md, a draft): this is more than it will take.
constexpr size_t kManifestSliceBytes = 256;
constexpr size_t kManifestFileBytes = 32;

// A dictionary file stores each string with its length and a share of its records' headers.
constexpr size_t kDictionaryEntryBytes = 12;

class Measurement {
 public:
  Measurement(const Table& table, size_t slice_rows)
      : table_(table),
        slice_rows_(slice_rows),
        builder_(format::BestKernels()),
        reader_(format::BestKernels()) {
    spec_.columns.resize(table.columns.size());
    spec_.time_column = 0;
    spec_.cluster_column = 1;
    for (size_t i = 0; i < spec_.columns.size(); ++i) {
      spec_.columns[i].id = static_cast<uint32_t>(i + 1);
      spec_.columns[i].keeps_sum = i != 0;
    }
    size_.columns.resize(table.columns.size());
  }

  absl::StatusOr<TableSize> Run() {
    const std::span<const int64_t> times = table_.columns[0].values.view().Values<int64_t>();
    for (size_t first = 0; first < table_.rows;) {
      const int64_t day = times[first] / kNanosOfADay;
      size_t end = first;
      while (end < table_.rows && times[end] / kNanosOfADay == day) ++end;
      if (absl::Status status = AddDay(first, end); !status.ok()) return status;
      first = end;
    }
    AddDictionaries();
    return size_;
  }

 private:
  absl::Status AddDay(size_t first, size_t end) {
    ++size_.days;
    for (ColumnSize& column : size_.columns) column.bytes += format::kFileHeaderSize;
    size_.order_bytes += format::kFileHeaderSize;
    size_.summary_bytes += format::kFileHeaderSize;
    for (; first < end; first += slice_rows_) {
      absl::Status status = AddSlice(first, std::min(slice_rows_, end - first));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status AddSlice(size_t first, size_t rows) {
    std::vector<ColumnView> views;
    for (const Column& column : table_.columns) {
      views.push_back(column.values.view().Slice(first, rows));
    }
    const auto start = std::chrono::steady_clock::now();
    absl::Status status = builder_.Build(views, spec_, slice_);
    size_.build_seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!status.ok()) return status;
    std::vector<std::byte> summary;
    status = format::AppendSummary({size_.slices, slice_.shape.rows, slice_.summaries},
                                   spec_.order_place, summary);
    if (!status.ok()) return status;
    ++size_.slices;
    size_.summary_bytes += summary.size();
    size_.order_bytes += slice_.order.size();
    size_.manifest_bytes += kManifestSliceBytes + kManifestFileBytes * (table_.columns.size() + 2);
    for (size_t i = 0; i < views.size(); ++i) size_.columns[i].bytes += slice_.columns[i].size();
    return CountAndCompare(views);
  }

  absl::Status CountAndCompare(const std::vector<ColumnView>& views) {
    const std::vector<std::span<const std::byte>> bytes(slice_.columns.begin(),
                                                        slice_.columns.end());
    absl::StatusOr<format::SliceView> view =
        format::SliceView::Parse(spec_, slice_.shape, {bytes, slice_.order});
    if (!view.ok()) return view.status();
    reader_.Open(*view);
    for (size_t i = 0; i < views.size(); ++i) {
      CountBlocks(view->extent(i), size_.columns[i]);
      ColumnBuffer back(views[i].physical());
      absl::Status status = reader_.ReadColumn(i, format::RowOrder::kArrival, back);
      if (!status.ok()) return status;
      const std::span<const uint8_t> a = views[i].RawValues();
      const std::span<const uint8_t> b = back.view().RawValues();
      if (a.size() != b.size() || std::memcmp(a.data(), b.data(), a.size()) != 0) {
        return absl::DataLossError(Concat("other values came back in ", table_.columns[i].name));
      }
    }
    return absl::OkStatus();
  }

  static void CountBlocks(const std::optional<format::ExtentView>& extent, ColumnSize& column) {
    for (size_t block = 0; extent.has_value() && block < extent->blocks(); ++block) {
      ++column.blocks[static_cast<size_t>(extent->Prefix(block).word.encoding)];
    }
  }

  void AddDictionaries() {
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      for (const std::string& text : table_.columns[i].dictionary) {
        size_.columns[i].bytes += text.size() + kDictionaryEntryBytes;
      }
    }
  }

  const Table& table_;
  size_t slice_rows_;
  format::SliceSpec spec_;
  format::SliceBuilder builder_;
  format::SliceReader reader_;
  format::BuiltSlice slice_;
  TableSize size_;
};

}  // namespace

size_t TableSize::total() const {
  size_t total = order_bytes + summary_bytes + manifest_bytes;
  for (const ColumnSize& column : columns) total += column.bytes;
  return total;
}

absl::StatusOr<TableSize> MeasureTape(const Table& table, size_t slice_rows) {
  return Measurement(table, slice_rows).Run();
}

}  // namespace tape::bench
