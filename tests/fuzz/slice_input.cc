#include "tests/fuzz/slice_input.h"

#include <algorithm>
#include <cstring>

#include "format/layout/extent_view.h"

namespace tape::fuzz {
namespace {

constexpr uint8_t kNone = 255;
constexpr uint8_t kClustered = 1;
constexpr uint8_t kTape = 2;
constexpr uint8_t kSamples = 4;
constexpr uint8_t kDisplacement = 8;

format::ExtentPlace ColumnPlace(size_t column) {
  const format::FileIdentity file{
      .table = 17, .column = static_cast<uint32_t>(column + 1), .generation = 1, .day = 20109};
  return {format::PlaceSeed(format::FileKind::kColumn, file), 64 * (column + 1)};
}

std::optional<size_t> ColumnOf(uint8_t number, size_t columns) {
  return number < columns ? std::optional<size_t>(number) : std::nullopt;
}

size_t OrderExtents(uint8_t flags) {
  return (flags & kTape ? 1u : 0u) + (flags & kSamples ? 1u : 0u) +
         (flags & kDisplacement ? 1u : 0u);
}

// The number of extents of each section.
std::vector<size_t> Sections(const SlicePreamble& preamble) {
  std::vector<size_t> sections(std::min<size_t>(preamble.columns, kMaxSliceColumns), 1);
  const bool clustered = (preamble.flags & kClustered) != 0;
  if (clustered && preamble.cluster_column < sections.size()) sections[preamble.cluster_column] = 2;
  sections.push_back(OrderExtents(preamble.flags));
  return sections;
}

}  // namespace

SlicePreamble LoadPreamble(std::span<const std::byte> input) {
  SlicePreamble preamble;
  std::memcpy(&preamble, input.data(), std::min(sizeof(preamble), input.size()));
  return preamble;
}

std::vector<size_t> ExtentOffsets(std::span<const std::byte> input) {
  size_t at = std::min(sizeof(SlicePreamble), input.size());
  std::vector<size_t> offsets = {at};
  if (input.empty()) return offsets;
  for (const size_t extents : Sections(LoadPreamble(input))) {
    for (size_t i = 0; i < extents; ++i) {
      at += ClaimedLength(input.subspan(at));
      offsets.push_back(at);
    }
  }
  return offsets;
}

format::SliceSpec SpecOf(const SlicePreamble& preamble) {
  const size_t columns = std::min<size_t>(preamble.columns, kMaxSliceColumns);
  format::SliceSpec spec;
  for (size_t i = 0; i < columns; ++i) {
    spec.columns.push_back({.place = ColumnPlace(i),
                            .keeps_bounds = (preamble.without_bounds >> i & 1) == 0,
                            .sensitive = (preamble.sensitive >> i & 1) != 0});
  }
  spec.time_column = ColumnOf(preamble.time_column, columns);
  spec.cluster_column = ColumnOf(preamble.cluster_column, columns);
  spec.order_place = {
      format::PlaceSeed(format::FileKind::kOrderTape, {.table = 17, .generation = 1, .day = 20109}),
      4096};
  return spec;
}

std::vector<std::byte> SliceInputOf(const format::BuiltSlice& slice,
                                    const format::SliceSpec& spec) {
  SlicePreamble preamble;
  preamble.columns = static_cast<uint8_t>(spec.columns.size());
  preamble.cluster_column = static_cast<uint8_t>(spec.cluster_column.value_or(kNone));
  preamble.time_column = static_cast<uint8_t>(spec.time_column.value_or(kNone));
  preamble.flags = static_cast<uint8_t>((slice.shape.clustered ? kClustered : 0) |
                                        (slice.shape.order.has_tape ? kTape : 0) |
                                        (slice.shape.order.has_samples ? kSamples : 0) |
                                        (slice.shape.order.has_displacement ? kDisplacement : 0));
  preamble.rows = slice.shape.rows;
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    if (spec.columns[i].sensitive) preamble.sensitive |= static_cast<uint8_t>(1u << i);
    if (!spec.columns[i].keeps_bounds) preamble.without_bounds |= static_cast<uint8_t>(1u << i);
  }
  const auto head = std::as_bytes(std::span(&preamble, 1));
  std::vector<std::byte> input(head.begin(), head.end());
  for (const auto& column : slice.columns) input.insert(input.end(), column.begin(), column.end());
  input.insert(input.end(), slice.order.begin(), slice.order.end());
  return input;
}

SliceInput::SliceInput(std::span<const std::byte> input) {
  const SlicePreamble preamble = LoadPreamble(input);
  spec_ = SpecOf(preamble);
  shape_ = {preamble.rows,
            (preamble.flags & kClustered) != 0,
            {(preamble.flags & kTape) != 0, (preamble.flags & kSamples) != 0,
             (preamble.flags & kDisplacement) != 0}};
  std::span<const std::byte> rest = input.subspan(std::min(sizeof(preamble), input.size()));
  const std::vector<size_t> sections = Sections(preamble);
  for (size_t i = 0; i < spec_.columns.size(); ++i) {
    columns_.push_back(TakeSection(rest, sections[i], spec_.columns[i].place));
  }
  order_ = TakeSection(rest, sections.back(), spec_.order_place);
}

std::span<const std::byte> SliceInput::TakeSection(std::span<const std::byte>& rest, size_t extents,
                                                   const format::ExtentPlace& place) {
  std::vector<size_t> lengths;
  size_t size = 0;
  for (size_t i = 0; i < extents; ++i) {
    lengths.push_back(ClaimedLength(rest.subspan(size)));
    size += lengths.back();
  }
  sections_.push_back(std::make_unique<MappedBytes>(rest.first(size)));
  rest = rest.subspan(size);
  const std::span<std::byte> section = sections_.back()->bytes();
  size_t at = 0;
  for (const size_t length : lengths) {
    SignExtent(section.subspan(at, length), {place.seeds, place.offset + at});
    at += length;
  }
  return section;
}

}  // namespace tape::fuzz
