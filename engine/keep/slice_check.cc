#include "engine/keep/slice_check.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/files/names.h"
#include "engine/files/slice_layout.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/layout/directory.h"
#include "format/layout/lsn_extent.h"
#include "format/layout/summary.h"
#include "tape/int128.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::ExtentView;
using format::Place;
using format::SliceEntry;

constexpr uint64_t kUnusedBytesMax = uint64_t{64} << 20;

std::string TextOf(Int128 value) {
  const auto low = static_cast<int64_t>(value);
  if (value == low) return Concat(low);
  return Concat(format::Hex(static_cast<uint64_t>(static_cast<UInt128>(value) >> 64)), " ",
                format::Hex(static_cast<uint64_t>(value)));
}

std::string TextOf(const format::BlockBounds& bounds) {
  if (!bounds.known()) return "no bounds";
  return Concat(TextOf(bounds.min), " to ", TextOf(bounds.max), ", flags ", uint32_t{bounds.flags});
}

}  // namespace

std::string CheckedTable::ColumnName(uint32_t id) const {
  for (const Column& column : info.schema.columns()) {
    if (column.id.value() == id) return column.name;
  }
  std::string digits = std::to_string(id);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return Concat("c", digits);
}

std::string CheckedTable::DayName(Day day) const {
  return day == kWithoutDay ? std::string() : DayFolder(info.schema.partition(), day);
}

SliceCheck::SliceCheck(const CheckedTable& table, Findings& findings)
    : table_(table),
      findings_(findings),
      reader_(table.place, table.info.schema, kUnusedBytesMax),
      mapped_(table.place, table.info.schema, kUnusedBytesMax),
      paths_(*table.place.files, table.place.folder, table.info.schema),
      layout_(SliceLayoutOf(table.info.schema)),
      extents_(format::BestKernels()),
      slices_(format::BestKernels()),
      encoder_(format::BestKernels()),
      block_(Physical::kInt64) {}

FindingPlace SliceCheck::PlaceOf(const Place& place) const {
  absl::StatusOr<std::string> path = paths_.Find(TableFile::Of(place));
  FindingPlace at{.file = path.ok() ? *path : paths_.Path(TableFile::Of(place)),
                  .offset = place.offset,
                  .table = table_.name};
  if (TableFile::Of(place).LiesInDay()) at.day = table_.DayName(Day(place.day));
  if (place.kind == format::FileKind::kColumn) at.column = table_.ColumnName(place.column);
  return at;
}

void SliceCheck::Check(const SliceEntry& slice) {
  slice_ = &slice;
  at_ = {.file = table_.place.folder, .table = table_.name, .day = table_.DayName(slice.day)};
  whole_.clear();
  order_is_whole_ = true;
  open_ = nullptr;
  opened_.clear();
  CheckEntry(slice);
  for (const Place& place : slice.ColumnPlaces()) {
    if (CheckPlace(place) && CheckColumn(place)) whole_.insert(place.column);
  }
  if (const Place* order = slice.OrderTapePlace(); order != nullptr) {
    order_is_whole_ = CheckPlace(*order) && CheckOrderTape(*order);
  }
  OpenWhole();
  if (open_ != nullptr) CheckOrder();
  CheckSummary();
  CheckLsns();
  ++findings_.report().slices;
  findings_.report().rows += slice.shape.rows;
}

// ---- what the manifest says

void SliceCheck::CheckEntry(const SliceEntry& slice) {
  uint64_t rows = 0;
  for (const format::RowNumberRange& run : slice.runs) rows += run.rows;
  findings_.ExpectEqual(at_, Concat("slice ", slice.slice, ": rows of its runs"), slice.shape.rows,
                        rows);
  findings_.Expect(at_, slice.greatest_lsn <= table_.durable,
                   Concat("slice ", slice.slice, ": its greatest LSN is not durable"),
                   Concat("at most ", table_.durable.value()), Concat(slice.greatest_lsn.value()));
  if (!table_.info.schema.time_column().has_value()) return;
  const Partition partition = table_.info.schema.partition();
  const bool of_day = slice.least_time <= slice.greatest_time &&
                      PartitionOf(partition, slice.least_time) == slice.day &&
                      PartitionOf(partition, slice.greatest_time) == slice.day;
  findings_.Expect(at_, of_day, Concat("slice ", slice.slice, ": its times are not of its day"),
                   Concat("times of day ", slice.day.value()),
                   Concat(slice.least_time, " to ", slice.greatest_time));
}

// ---- bytes

bool SliceCheck::CheckPlace(const Place& place) {
  findings_.AddBytes(place.length);
  return findings_.Check(PlaceOf(place), reader_.VerifyPlace(place));
}

bool SliceCheck::CheckColumn(const Place& place) {
  const FindingPlace at = PlaceOf(place);
  auto file = mapped_.Get(TableFile::Of(place), place.offset + place.length);
  if (!findings_.Check(at, file.status())) return false;
  const std::span<const std::byte> bytes = (*file)->bytes().subspan(place.offset, place.length);
  const std::optional<size_t> cluster = layout_.cluster_column;
  const bool is_directory = slice_->shape.clustered && cluster.has_value() &&
                            layout_.columns[*cluster].id == place.column;
  if (is_directory) {
    auto directory = format::Directory::Parse(bytes, (*file)->At(place.offset), slice_->shape.rows);
    if (!findings_.Check(at, directory.status())) return false;
    std::vector<uint32_t> codes;
    std::vector<uint32_t> first_rows;
    return CheckExtent(directory->codes(), /*keeps_bounds=*/true, at) &&
           findings_.Check(at, directory->ReadAll(extents_, codes, first_rows));
  }
  absl::StatusOr<ExtentView> extent = ExtentView::Parse(bytes, (*file)->At(place.offset));
  if (!findings_.Check(at, extent.status())) return false;
  if (!findings_.ExpectEqual(at, "bytes of the extent", place.length, extent->size_bytes()) ||
      !findings_.ExpectEqual(at, "rows of the extent", slice_->shape.rows, extent->rows())) {
    return false;
  }
  bool keeps_bounds = (extent->header().flags & format::kSensitive) == 0;
  for (const format::SliceColumn& column : layout_.columns) {
    if (column.id == place.column) keeps_bounds = keeps_bounds && column.keeps_bounds;
  }
  return CheckExtent(*extent, keeps_bounds, at);
}

// The extents of the section lie end to end.
bool SliceCheck::CheckOrderTape(const Place& place) {
  auto file = mapped_.Get(TableFile::Of(place), place.offset + place.length);
  if (!findings_.Check(PlaceOf(place), file.status())) return false;
  const std::span<const std::byte> bytes = (*file)->bytes().subspan(place.offset, place.length);
  return CheckTapeExtents(place, bytes, (*file)->At(place.offset));
}

bool SliceCheck::CheckTapeExtents(const Place& place, std::span<const std::byte> bytes,
                                  const format::ExtentPlace& at) {
  FindingPlace finding = PlaceOf(place);
  uint64_t begin = 0;
  bool whole = true;
  while (begin < bytes.size()) {
    finding.offset = place.offset + begin;
    absl::StatusOr<ExtentView> extent =
        ExtentView::Parse(bytes.subspan(begin), {.seeds = at.seeds, .offset = at.offset + begin});
    if (!findings_.Check(finding, extent.status())) return false;
    whole = CheckExtent(*extent, /*keeps_bounds=*/true, finding) && whole;
    begin += extent->size_bytes();
  }
  return whole &&
         findings_.ExpectEqual(PlaceOf(place), "bytes of the order tape", place.length, begin);
}

bool SliceCheck::CheckExtent(const ExtentView& extent, bool keeps_bounds, const FindingPlace& at) {
  if (block_.physical() != extent.physical()) block_ = ColumnBuffer(extent.physical());
  bool whole = true;
  for (size_t block = 0; block < extent.blocks(); ++block) {
    FindingPlace here = at;
    here.block = block;
    whole = CheckBlock(extent, block, keeps_bounds, here) && whole;
  }
  findings_.report().blocks += extent.blocks();
  return whole;
}

// What the header says of the values, made anew from them.
bool SliceCheck::CheckBlock(const ExtentView& extent, size_t block, bool keeps_bounds,
                            const FindingPlace& at) {
  block_.Clear();
  block_.DropValidity();
  if (!findings_.Check(at, extents_.AppendBlock(extent, block, block_))) return false;
  const ColumnView values = block_.view();
  if (!findings_.ExpectEqual(at, "rows of the block", extent.BlockRows(block), values.rows())) {
    return false;
  }
  const size_t nulls = format::StoredNulls(format::BestKernels(), values);
  const format::BlockPrefix prefix = extent.Prefix(block);
  bool right = findings_.ExpectEqual(at, "NULLs of the block", nulls, prefix.word.null_count);
  encoded_.clear();
  const format::BlockBounds expected = encoder_.Encode(values, keeps_bounds, encoded_).bounds;
  const format::BlockBounds found = extent.Bounds(block);
  const bool same = expected.known() == found.known() && (!expected.known() || expected == found);
  right =
      findings_.Expect(at, same, "bounds of the block", TextOf(expected), TextOf(found)) && right;
  return right;
}

// ---- rows

void SliceCheck::OpenWhole() {
  const Schema& schema = table_.info.schema;
  const auto is_whole = [&](std::optional<size_t> column) {
    return !column.has_value() || whole_.contains(schema.column(*column).id.value());
  };
  if (!order_is_whole_ || !is_whole(schema.time_column()) || !is_whole(schema.cluster_column())) {
    return;
  }
  for (const Column& column : schema.columns()) {
    if (whole_.contains(column.id.value())) opened_.push_back(column.id);
  }
  auto open = reader_.OpenSlice(*slice_, opened_);
  if (!findings_.Check(at_, open.status())) return;
  open_ = *std::move(open);
  slices_.Open(open_->view());
}

bool SliceCheck::Read(size_t column, format::RowOrder order, ColumnBuffer& out,
                      const FindingPlace& at) {
  return findings_.Check(at, slices_.ReadColumn(column, order, out));
}

bool SliceCheck::Lacks(ColumnId column) const {
  const std::span<const Place> places = slice_->ColumnPlaces();
  return std::ranges::none_of(places, [&](const Place& p) { return p.column == column.value(); });
}

bool SliceCheck::ReadInArrivalOrder(ColumnId column, ColumnBuffer& out) {
  const auto known = std::ranges::find(opened_, column);
  if (open_ == nullptr || known == opened_.end()) return false;
  const std::optional<size_t> index = open_->Column(static_cast<size_t>(known - opened_.begin()));
  if (!index.has_value()) return false;
  out = ColumnBuffer(open_->view().physical(*index));
  return slices_.ReadColumn(*index, format::RowOrder::kArrival, out).ok();
}

// Of a SYMBOL column the dictionary has all codes (W7); of an ENUM its type.
void SliceCheck::CheckSymbols(size_t column, const ColumnView& values) {
  const Column& definition = table_.info.schema.column(column);
  uint64_t greatest = kMaxEnumValues;
  if (definition.type.kind() != TypeKind::kEnum) {
    const auto counts = table_.version->symbols().find(definition.id);
    greatest = counts == table_.version->symbols().end() ? 0 : counts->second.symbols;
  }
  const std::span<const uint32_t> codes = values.Values<uint32_t>();
  const auto code = std::ranges::max_element(codes);
  if (code == codes.end() || *code <= greatest) return;
  FindingPlace at = at_;
  at.column = definition.name;
  findings_.Add(at, FindingKind::kDamage,
                Concat("slice ", slice_->slice, ": a code that no symbol has"),
                Concat("at most ", greatest), Concat(*code));
}

// ---- summaries

void SliceCheck::CheckSummary() {
  if (!CheckPlace(slice_->SummaryPlace())) return;
  auto section = reader_.Summary(*slice_);
  if (!findings_.Check(PlaceOf(slice_->SummaryPlace()), section.status())) return;
  for (const Place& place : slice_->ColumnPlaces()) {
    findings_.Expect(PlaceOf(slice_->SummaryPlace()), (*section)->Find(place.column).has_value(),
                     Concat("slice ", slice_->slice, ": no summary of column ",
                            table_.ColumnName(place.column)));
  }
  if (open_ == nullptr) return;
  for (const format::SliceColumn& column : layout_.columns) CheckSummary(**section, column);
}

void SliceCheck::CheckSummary(const format::SummarySection& section,
                              const format::SliceColumn& column) {
  const auto known = std::ranges::find(opened_, ColumnId(column.id));
  if (known == opened_.end()) return;
  const std::optional<size_t> index = open_->Column(static_cast<size_t>(known - opened_.begin()));
  const std::optional<format::ColumnSummary> found = section.Find(column.id);
  if (!index.has_value() || !found.has_value()) return;
  FindingPlace at = PlaceOf(slice_->SummaryPlace());
  at.column = table_.ColumnName(column.id);
  ColumnBuffer values(open_->view().physical(*index));
  if (!Read(*index, format::RowOrder::kTime, values, at)) return;
  const auto in_schema = table_.info.schema.Find(at.column);
  if (in_schema.has_value() && table_.info.schema.IsSymbol(*in_schema)) {
    CheckSymbols(*in_schema, values.view());
  }
  const std::optional<ExtentView>& extent = open_->view().extent(*index);
  const bool sensitive = extent.has_value() && (extent->header().flags & format::kSensitive) != 0;
  const format::ColumnSummary expected =
      format::SummarizeColumn(format::BestKernels(), values.view(),
                              {.column = column.id,
                               .first_row = 0,
                               .last_row = values.rows() - 1,
                               .keeps_bounds = column.keeps_bounds,
                               .keeps_sum = column.keeps_sum,
                               .sensitive = sensitive});
  if (expected == *found) return;
  const auto field = [&](std::string_view what, bool same) {
    findings_.Expect(
        at, same,
        Concat("slice ", slice_->slice, ": the summary's ", what, " is not what the rows give"));
  };
  field("row count", expected.rows == found->rows);
  field("count of NULLs", expected.nulls == found->nulls);
  field("least value", expected.min == found->min);
  field("greatest value", expected.max == found->max);
  field("first value", expected.first == found->first);
  field("last value", expected.last == found->last);
  field("sum", expected.sum == found->sum);
  field("form or set of flags",
        expected.flags == found->flags && expected.physical == found->physical);
}

// ---- LSNs

void SliceCheck::CheckLsns() {
  const Place* place = slice_->LsnsPlace();
  if (place == nullptr || !CheckPlace(*place)) return;
  const FindingPlace at = PlaceOf(*place);
  auto lsns = reader_.Lsns(*slice_);
  if (!findings_.Check(at, lsns.status())) return;
  if (!CheckExtent((*lsns)->extent(), /*keeps_bounds=*/true, at)) return;
  std::vector<Lsn> all;
  format::LsnReader reader(format::BestKernels());
  if (!findings_.Check(at, reader.ReadAll(**lsns, all))) return;
  findings_.Expect(at, std::ranges::is_sorted(all), "LSNs of rows fall in the order of arrival");
}

}  // namespace tape::engine
