// Any bytes as a slice with the right checksums: directory, tape, samples, displacement, columns.
//
// What SliceView let through reads alike by every kernel level; rows one by one and in batches are
// the rows of the whole; nothing is undefined where directory, tape and columns disagree. What was
// read is built into a slice again, which gives the rows back in every order.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

#include "format/layout/slice_builder.h"
#include "format/layout/slice_view.h"
#include "format/layout/time_order_reader.h"
#include "tests/fuzz/columns.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_checks.h"
#include "tests/fuzz/rows.h"
#include "tests/fuzz/section_input.h"
#include "tests/fuzz/slice_input.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace tape::fuzz {
namespace {

using format::Kernels;
using format::RowOrder;
using format::SliceReader;
using format::SliceView;

constexpr size_t kMaxRows = 50 << 10;
constexpr RowOrder kOrders[] = {RowOrder::kStored, RowOrder::kTime, RowOrder::kArrival};

bool CanReadAll(const SliceView& slice) {
  if (slice.rows() > kMaxRows) return false;
  for (size_t i = 0; i < slice.columns(); ++i) {
    if (slice.extent(i).has_value() && !IsAffordable(*slice.extent(i))) return false;
  }
  return true;
}

std::optional<ColumnBuffer> ReadColumn(SliceReader& reader, const SliceView& slice, size_t column,
                                       RowOrder order) {
  ColumnBuffer out(slice.physical(column));
  const absl::Status status = reader.ReadColumn(column, order, out);
  if (status.ok()) return out;
  ExpectDataLoss(status);
  return std::nullopt;
}

// All columns in one order; nothing where any of them is damaged.
std::optional<std::vector<ColumnBuffer>> ReadAll(const SliceView& slice, RowOrder order,
                                                 const Kernels& kernels) {
  SliceReader reader(kernels);
  reader.Open(slice);
  std::vector<ColumnBuffer> columns;
  bool whole = true;
  for (size_t i = 0; i < slice.columns(); ++i) {
    auto column = ReadColumn(reader, slice, i, order);
    whole = whole && column.has_value();
    if (whole) columns.push_back(*std::move(column));
  }
  if (!whole) return std::nullopt;
  return columns;
}

// --- Rows one by one, batches.

void CheckRows(const SliceView& slice, const std::vector<ColumnBuffer>* stored, uint32_t seed) {
  SliceReader reader(format::BestKernels());
  reader.Open(slice);
  for (size_t i = 0; i < slice.columns(); ++i) {
    ColumnBuffer one(slice.physical(i));
    for (const size_t row : SomeRows(slice.rows(), seed)) {
      one.Clear();
      const absl::Status status = reader.ReadRow(i, row, one);
      if (stored != nullptr) {
        Expect(status.ok() && SameRow(one.view(), 0, (*stored)[i].view(), row));
      } else if (!status.ok()) {
        ExpectDataLoss(status);
      }
    }
  }
}

void CheckBatches(const SliceView& slice, const std::vector<ColumnBuffer>* in_time) {
  format::TimeOrderReader reader(format::BestKernels());
  std::vector<size_t> columns(slice.columns());
  std::iota(columns.begin(), columns.end(), size_t{0});
  absl::Status status = reader.Open(slice, columns);
  for (size_t first = 0; status.ok();) {
    const auto rows = reader.Next();
    status = rows.status();
    if (!rows.ok() || *rows == 0) break;
    Expect(first + *rows <= slice.rows());
    for (size_t i = 0; i < columns.size(); ++i) {
      Expect(reader.column(i).rows() == *rows);
      for (size_t row = 0; in_time != nullptr && row < *rows; ++row) {
        Expect(SameRow(reader.column(i), row, (*in_time)[i].view(), first + row));
      }
    }
    first += *rows;
  }
  if (status.ok()) {
    const auto after_the_end = reader.Next();
    Expect(after_the_end.ok() && *after_the_end == 0);
    return;
  }
  Expect(in_time == nullptr);
  // A reader that failed stays failed.
  Expect(!reader.Next().ok());
}

void CheckDirectory(const SliceView& slice) {
  if (!slice.directory().has_value()) return;
  format::ExtentReader reader(format::BestKernels());
  for (const uint32_t code : {0u, 1u, 7u, 0xFFFFFFFFu}) {
    const auto range = slice.directory()->Find(reader, code);
    if (!range.ok()) ExpectDataLoss(range.status());
    if (range.ok()) Expect(range->begin <= range->end && range->end <= slice.rows());
  }
}

// --- Building.

// Rows in time order are those of a stable sort; stored ones are sorted by code first.
void ExpectSorted(const std::vector<ColumnBuffer>& columns, const format::SliceSpec& spec,
                  bool by_code) {
  const std::span<const int64_t> times = spec.time_column.has_value()
                                             ? columns[*spec.time_column].view().Values<int64_t>()
                                             : std::span<const int64_t>();
  const std::span<const uint32_t> codes =
      by_code ? columns[*spec.cluster_column].view().Values<uint32_t>()
              : std::span<const uint32_t>();
  for (size_t row = 1; row < columns[0].rows(); ++row) {
    const bool same_code = codes.empty() || codes[row - 1] == codes[row];
    Expect(same_code || codes[row - 1] < codes[row]);
    Expect(!same_code || times.empty() || times[row - 1] <= times[row]);
  }
}

void CheckBuilt(const SliceView& slice, const format::SliceSpec& spec,
                const std::vector<ColumnBuffer>& arrived) {
  const auto in_time = ReadAll(slice, RowOrder::kTime, format::BestKernels());
  const auto stored = ReadAll(slice, RowOrder::kStored, format::PortableKernels());
  const auto again = ReadAll(slice, RowOrder::kArrival, format::PortableKernels());
  Expect(in_time.has_value() && stored.has_value() && again.has_value());
  for (size_t i = 0; i < arrived.size(); ++i) {
    Expect(SameColumn((*again)[i].view(), arrived[i].view()));
  }
  ExpectSorted(*in_time, spec, false);
  ExpectSorted(*stored, spec, slice.shape().clustered);
  CheckRows(slice, &*stored, 12345);
  CheckBatches(slice, &*in_time);
}

// The directory of an honest slice knows where each code's rows are.
void CheckCodes(const SliceView& slice) {
  if (!slice.directory().has_value()) return;
  format::ExtentReader reader(format::BestKernels());
  std::vector<uint32_t> codes;
  std::vector<uint32_t> first_rows;
  Expect(slice.directory()->ReadAll(reader, codes, first_rows).ok());
  for (const size_t rank : SomeRows(codes.size(), 1)) {
    const auto range = slice.directory()->Find(reader, codes[rank]);
    Expect(range.ok() && range->begin == first_rows[rank] && range->size() > 0);
    const auto ranked = slice.directory()->RankOf(reader, range->end - 1);
    Expect(ranked.ok() && ranked->rank == rank && ranked->index == range->size() - 1);
  }
}

void CheckBuilding(const SlicePreamble& preamble, const std::vector<ColumnBuffer>& arrived) {
  format::SliceSpec spec = SpecOf(preamble);
  const auto fits = [&](std::optional<size_t> column, Physical physical) {
    return column.has_value() && arrived[*column].physical() == physical;
  };
  if (!fits(spec.time_column, Physical::kInt64) ||
      arrived[*spec.time_column].view().CountNulls() > 0) {
    spec.time_column.reset();
  }
  if (!fits(spec.cluster_column, Physical::kCode32)) spec.cluster_column.reset();
  std::vector<ColumnView> views;
  for (const ColumnBuffer& column : arrived) views.push_back(column.view());
  format::SliceBuilder builder(format::BestKernels());
  format::BuiltSlice built;
  Expect(builder.Build(views, spec, built).ok());
  const std::vector<std::byte> bytes = SliceInputOf(built, spec);
  const SliceInput input(bytes);
  const auto slice = SliceView::Parse(spec, built.shape, input.bytes());
  Expect(slice.ok() && input.shape() == built.shape);
  CheckBuilt(*slice, spec, arrived);
  CheckCodes(*slice);
}

void CheckSlice(const SliceView& slice, const SlicePreamble& preamble, uint32_t seed) {
  std::optional<std::vector<ColumnBuffer>> columns[std::size(kOrders)];
  for (size_t i = 0; i < std::size(kOrders); ++i) {
    columns[i] = ReadAll(slice, kOrders[i], format::BestKernels());
    const auto same = ReadAll(slice, kOrders[i], format::PortableKernels());
    Expect(columns[i].has_value() == same.has_value());
    for (size_t column = 0; same.has_value() && column < same->size(); ++column) {
      Expect(SameColumn((*same)[column].view(), (*columns[i])[column].view()));
    }
  }
  CheckDirectory(slice);
  const bool whole = columns[0].has_value() && columns[1].has_value() && columns[2].has_value();
  CheckRows(slice, nullptr, seed);
  CheckBatches(slice, whole ? &*columns[1] : nullptr);
  if (whole && slice.columns() > 0 && slice.rows() > 0) CheckBuilding(preamble, *columns[2]);
}

}  // namespace

// Changes what the manifest record would say, or one of the extents.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> input(given.begin(), given.end());
  std::minstd_rand random(seed);
  const std::vector<size_t> offsets = ExtentOffsets(input);
  if (size < sizeof(SlicePreamble)) return LLVMFuzzerMutate(data, size, max_size);
  if (offsets.size() < 2 || random() % 16 == 0) {
    LLVMFuzzerMutate(data, sizeof(SlicePreamble), sizeof(SlicePreamble));
    return size;
  }
  MutateOneExtent(input, offsets, static_cast<uint32_t>(random()));
  return GiveBack(input, data, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const SliceInput input(bytes);
  const auto slice = SliceView::Parse(input.spec(), input.shape(), input.bytes());
  if (!slice.ok()) {
    ExpectDataLoss(slice.status());
  } else if (CanReadAll(*slice)) {
    CheckSlice(*slice, LoadPreamble(bytes), static_cast<uint32_t>(size));
  }
  return 0;
}

}  // namespace tape::fuzz
