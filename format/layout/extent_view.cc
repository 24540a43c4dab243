#include "format/layout/extent_view.h"

#include <algorithm>
#include <bit>

#include "format/bytes/crc32c.h"
#include "format/bytes/little_endian.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"

namespace tape::format {
namespace {

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("extent: ", what, ", found ", found));
}

bool IsPhysical(uint8_t byte) {
  return byte >= static_cast<uint8_t>(Physical::kBool) &&
         byte <= static_cast<uint8_t>(Physical::kBytes);
}

bool MayHaveParameter(ExtentRole role) {
  return role > ExtentRole::kOrderTape && role != ExtentRole::kDisplacement;
}

absl::Status CheckFixedFields(const ExtentHeader& header) {
  const auto role = static_cast<uint8_t>(header.role);
  if (header.magic != kExtentMagic) return absl::DataLossError("extent: bad magic");
  if (role == 0 || role > kLastExtentRole) return Damaged("unknown role", role);
  if (!IsPhysical(static_cast<uint8_t>(header.physical))) {
    return Damaged("unknown physical form", static_cast<uint8_t>(header.physical));
  }
  const bool two_orders = (header.flags & kArrivalOrder) != 0 && (header.flags & kTimeOrder) != 0;
  if ((header.flags & ~kKnownExtentFlags) != 0) return Damaged("unknown flags", header.flags);
  if (two_orders) return Damaged("two orders in the flags", header.flags);
  if (header.reserved_40 != 0 || header.reserved_48 != 0 || header.reserved_56 != 0) {
    return absl::DataLossError("extent: reserved bytes are not zero");
  }
  if (!MayHaveParameter(header.role) && header.parameter != 0) {
    return Damaged("parameter where there is none", header.parameter);
  }
  if (header.blocks != BlockCount(header.rows)) return Damaged("blocks", header.blocks);
  if (header.length % kExtentAlignment != 0) return Damaged("length", header.length);
  return absl::OkStatus();
}

bool IsNestedForm(Encoding encoding) {
  return encoding == Encoding::kConstant || encoding == Encoding::kFrame ||
         encoding == Encoding::kDelta;
}

bool SuitsForm(Encoding encoding, Physical physical) {
  if (encoding == Encoding::kConstant || encoding == Encoding::kDictionary) return true;
  if (IsInteger(physical)) return IsNestedForm(encoding);
  if (IsFloating(physical)) return encoding == Encoding::kRaw || encoding == Encoding::kScaled;
  if (physical == Physical::kBytes) return encoding == Encoding::kPages;
  return encoding == Encoding::kRaw || encoding == Encoding::kOffset ||
         encoding == Encoding::kSplit;
}

uint8_t KnownFlagsOf(Physical physical) {
  const uint8_t nan = IsFloating(physical) ? kHasNan : 0;
  const uint8_t inexact = physical == Physical::kBytes ? kInexactBounds : 0;
  return kNoBounds | kPositiveHighs | nan | inexact;
}

// Pruning believes them. NaN is in no order.
bool AreInOrder(const BlockBounds& bounds, Physical physical) {
  if (!bounds.known()) return bounds.min == 0 && bounds.max == 0;
  if (!IsFloating(physical)) return bounds.min <= bounds.max;
  return std::bit_cast<double>(static_cast<int64_t>(bounds.min)) <=
         std::bit_cast<double>(static_cast<int64_t>(bounds.max));
}

}  // namespace

absl::StatusOr<ExtentView> ExtentView::Parse(std::span<const std::byte> bytes,
                                             const ExtentPlace& place) {
  ExtentView view;
  if (bytes.size() < sizeof(ExtentHeader)) return Damaged("cut short at byte", bytes.size());
  if (std::bit_cast<uintptr_t>(bytes.data()) % alignof(uint64_t) != 0) {
    return absl::InvalidArgumentError("extent: bytes do not start at a multiple of 8 in memory");
  }
  std::memcpy(&view.header_, bytes.data(), sizeof(ExtentHeader));
  view.place_ = place;
  view.headers_ = bytes.data() + sizeof(ExtentHeader);
  absl::Status status = view.CheckHeader(bytes);
  if (!status.ok()) return status;

  const size_t headers_size = view.blocks() * BlockHeaderSize(view.physical());
  const size_t dictionary_size = size_t{view.header_.dictionary_words} * 8;
  status =
      view.ParseDictionary(bytes.subspan(sizeof(ExtentHeader) + headers_size, dictionary_size));
  if (!status.ok()) return status;
  view.data_offset_ = sizeof(ExtentHeader) + headers_size + dictionary_size;
  view.data_ = bytes.data() + view.data_offset_;
  if (status = view.CheckBlocks(); !status.ok()) return status;
  const size_t data_size = view.blocks() == 0 ? 0 : size_t{view.Prefix(view.blocks() - 1).end} * 8;
  const size_t end = view.data_offset_ + data_size;
  if (!AllZero(bytes.subspan(end, view.header_.length - end))) {
    return absl::DataLossError("extent: padding is not zero");
  }
  return view;
}

// Sizes are checked before the checksum, which needs them; both before anything else is believed.
absl::Status ExtentView::CheckHeader(std::span<const std::byte> bytes) const {
  if (absl::Status status = CheckFixedFields(header_); !status.ok()) return status;
  if (header_.length > bytes.size()) return Damaged("length beyond the end", header_.length);
  const size_t headers_size = blocks() * BlockHeaderSize(physical());
  const size_t fixed =
      sizeof(ExtentHeader) + headers_size + size_t{header_.dictionary_words} * 8 + kExtentPadding;
  if (fixed > header_.length) return Damaged("too short for its headers", header_.length);
  uint32_t crc =
      ExtendCrc32c(place_.seeds.At(place_.offset), bytes.first(offsetof(ExtentHeader, crc)));
  crc = ExtendCrc32c(crc, bytes.subspan(sizeof(ExtentHeader), headers_size));
  if (crc != header_.crc) {
    return absl::DataLossError(
        Concat("extent: header checksum ", Hex(header_.crc), ", computed ", Hex(crc)));
  }
  return absl::OkStatus();
}

absl::Status ExtentView::ParseDictionary(std::span<const std::byte> section) {
  const size_t count = header_.dictionary_count;
  if (!has_dictionary()) {
    const bool none = count == 0 && section.empty() && header_.dictionary_crc == 0;
    return none ? absl::OkStatus() : Damaged("dictionary without its flag", count);
  }
  if ((header_.flags & kSensitive) != 0) return Damaged("dictionary of a SENSITIVE column", count);
  const size_t at = sizeof(ExtentHeader) + blocks() * BlockHeaderSize(physical());
  const uint32_t crc = ExtendCrc32c(place_.seeds.At(place_.offset + at), section);
  if (crc != header_.dictionary_crc) return Damaged("dictionary checksum", header_.dictionary_crc);
  const auto keep = [](auto dictionary, auto& out) {
    if (dictionary.ok()) out = *dictionary;
    return dictionary.status();
  };
  if (physical() == Physical::kInt128) return keep(WideDictionary::Parse(section, count), wides_);
  if (physical() == Physical::kBytes) return keep(BytesDictionary::Parse(section, count), strings_);
  return keep(IntegerDictionary::Parse(section, count), words_);
}

absl::Status ExtentView::CheckWideHeaders() const {
  if (physical() != Physical::kInt128) return absl::OkStatus();
  for (size_t block = 0; block < blocks(); ++block) {
    const std::byte* at = headers_ + block * sizeof(WideBlockHeader);
    if (!AllZero({at + offsetof(WideBlockHeader, reserved_48), 16})) {
      return Damaged("reserved bytes of block", block);
    }
  }
  return absl::OkStatus();
}

absl::Status ExtentView::CheckBlockHeader(size_t block) const {
  const CodecWord word = Prefix(block).word;
  const BlockBounds bounds = Bounds(block);
  if (!SuitsForm(word.encoding, physical())) {
    return Damaged("encoding of a block", static_cast<uint8_t>(word.encoding));
  }
  if (word.encoding == Encoding::kDictionary && !has_dictionary()) {
    return Damaged("no dictionary for block", block);
  }
  if ((word.flags & ~KnownFlagsOf(physical())) != 0) {
    return Damaged("flags of a block", word.flags);
  }
  const size_t most_nulls = physical() == Physical::kCode32 ? 0 : BlockRows(block);
  if (word.null_count > most_nulls) return Damaged("NULLs of a block", word.null_count);
  if (!AreInOrder(bounds, physical())) return Damaged("bounds of block", block);
  if (bounds.known() && (header_.flags & kSensitive) != 0) {
    return Damaged("bounds of a SENSITIVE column in block", block);
  }
  return absl::OkStatus();
}

absl::Status ExtentView::CheckBlocks() const {
  if (absl::Status status = CheckWideHeaders(); !status.ok()) return status;
  uint32_t begin = 0;
  for (size_t block = 0; block < blocks(); ++block) {
    const BlockPrefix prefix = Prefix(block);
    if (absl::Status status = CheckBlockHeader(block); !status.ok()) return status;
    if (prefix.end < begin) return Damaged("block ends before it begins", block);
    const bool all_null = prefix.word.null_count == BlockRows(block);
    const bool plain = prefix.word.encoding == Encoding::kConstant && prefix.end == begin;
    if (all_null && (!plain || Bounds(block).known())) {
      return Damaged("something in a block that is all NULL, block", block);
    }
    begin = prefix.end;
  }
  const size_t end = data_offset_ + size_t{begin} * 8;
  if (RoundUp(end + kExtentPadding, kExtentAlignment) != header_.length) {
    return Damaged("length", header_.length);
  }
  return absl::OkStatus();
}

BlockBounds ExtentView::Bounds(size_t block) const {
  const std::byte* at = headers_ + block * BlockHeaderSize(physical());
  const auto flags = static_cast<uint8_t>(Prefix(block).word.flags & ~kPositiveHighs);
  if (physical() == Physical::kInt128) {
    WideBlockHeader header;
    std::memcpy(&header, at, sizeof(header));
    return {flags, header.min, header.max};
  }
  BlockHeader header;
  std::memcpy(&header, at, sizeof(header));
  if (physical() == Physical::kBytes) {
    return {flags, static_cast<uint64_t>(header.min), static_cast<uint64_t>(header.max)};
  }
  return {flags, header.min, header.max};
}

absl::Status ExtentView::CheckBlock(size_t block) const {
  const std::span<const std::byte> data = BlockData(block);
  const auto within = static_cast<uint64_t>(data.data() - data_);
  const uint32_t crc = ExtendCrc32c(place_.seeds.At(place_.offset + data_offset_ + within), data);
  const uint32_t expected = Prefix(block).crc;
  if (crc == expected) return absl::OkStatus();
  return absl::DataLossError(Concat("block ", block, " at offset ",
                                    place_.offset + data_offset_ + within, ": checksum ",
                                    Hex(expected), ", computed ", Hex(crc)));
}

}  // namespace tape::format
