#include "format/layout/lsn_extent.h"

#include <algorithm>
#include <limits>

#include "format/bytes/message.h"
#include "format/layout/sequence_extent.h"

namespace tape::format {
namespace {

constexpr SequenceSpec kLsns{ExtentRole::kRowLsns, SequenceOrder::kNotFalling};
constexpr uint64_t kGreatest = std::numeric_limits<int64_t>::max();

}  // namespace

absl::Status AppendLsns(ExtentWriter& writer, std::span<const Lsn> lsns, const ExtentPlace& place,
                        std::vector<std::byte>& out) {
  if (lsns.empty()) return absl::InvalidArgumentError("LSNs: none to write");
  std::vector<int64_t> values(lsns.size());
  Lsn before(1);
  for (size_t row = 0; row < lsns.size(); ++row) {
    if (lsns[row] < before || lsns[row].value() > kGreatest) {
      return absl::InvalidArgumentError(
          Concat("LSNs: row ", row, ": ", lsns[row].value(), " after ", before.value()));
    }
    before = lsns[row];
    values[row] = static_cast<int64_t>(before.value());
  }
  return AppendSequence(writer, kLsns, values, place, out);
}

LsnExtentView::LsnExtentView(const ExtentView& extent)
    : extent_(extent),
      least_(static_cast<uint64_t>(LeastValue(extent))),
      greatest_(static_cast<uint64_t>(GreatestValue(extent))) {}

absl::StatusOr<LsnExtentView> LsnExtentView::Parse(std::span<const std::byte> bytes,
                                                   const ExtentPlace& place) {
  absl::StatusOr<ExtentView> extent = ExtentView::Parse(bytes, place);
  if (!extent.ok()) return extent.status();
  if (absl::Status s = CheckSequence(*extent, kLsns, extent->rows()); !s.ok()) return s;
  if (LeastValue(*extent) > 0) return LsnExtentView(*extent);
  return absl::DataLossError(Concat("LSNs: expected 1 or more, found ", LeastValue(*extent)));
}

absl::StatusOr<size_t> LsnReader::RowsUpTo(const LsnExtentView& lsns, Lsn snapshot) {
  if (snapshot >= lsns.greatest()) return lsns.rows();
  // Below the greatest LSN, which fits: there is a block that reaches the next one.
  const auto next = static_cast<int64_t>(snapshot.value() + 1);
  const size_t block = FirstBlockReaching(lsns.extent(), next);
  absl::Status status =
      ReadSequence(reader_, lsns.extent(), block, SequenceOrder::kNotFalling, values_.data());
  if (!status.ok()) return status;
  const auto begin = values_.begin();
  const auto end = begin + static_cast<ptrdiff_t>(lsns.extent().BlockRows(block));
  const auto first = std::lower_bound(begin, end, next);
  return block * kBlockRows + static_cast<size_t>(first - begin);
}

absl::Status LsnReader::ReadAll(const LsnExtentView& lsns, std::vector<Lsn>& out) {
  const size_t before = out.size();
  for (size_t block = 0; block < lsns.extent().blocks(); ++block) {
    absl::Status status =
        ReadSequence(reader_, lsns.extent(), block, SequenceOrder::kNotFalling, values_.data());
    if (!status.ok()) {
      out.resize(before);
      return status;
    }
    for (size_t row = 0; row < lsns.extent().BlockRows(block); ++row) {
      out.emplace_back(static_cast<uint64_t>(values_[row]));
    }
  }
  return absl::OkStatus();
}

}  // namespace tape::format
