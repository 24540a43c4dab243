#include "format/records/symbol_section.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"
#include "format/layout/section_cursor.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

constexpr size_t kHeaderSize = sizeof(SymbolSectionHeader);

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(Concat("symbols: ", what));
}

absl::Status Wrong(std::string_view field, uint64_t expected, uint64_t found) {
  return Damaged(Concat(field, ": expected ", expected, ", found ", found));
}

uint64_t UsedLength(uint64_t symbols, uint64_t size) {
  return kHeaderSize + 2 * symbols * sizeof(uint32_t) + size;
}

uint32_t SectionCrc(const ExtentPlace& place, std::span<const std::byte> section) {
  const uint32_t head =
      ExtendCrc32c(place.seeds.At(place.offset), section.first(offsetof(SymbolSectionHeader, crc)));
  return ExtendCrc32c(head, section.subspan(kHeaderSize));
}

// ---- writing

absl::Status CheckTexts(std::span<const std::string_view> texts, const SymbolChain& chain) {
  if (texts.empty()) return absl::InvalidArgumentError("symbols: none to write");
  if (chain.symbols > kMaxSymbols || texts.size() > kMaxSymbols - chain.symbols) {
    return absl::ResourceExhaustedError(
        Concat("symbols: ", texts.size(), " behind ", chain.symbols));
  }
  uint64_t size = 0;
  for (const std::string_view text : texts) {
    if (text.size() > kMaxSymbolBytes) {
      return absl::InvalidArgumentError(Concat("symbols: one of ", text.size(), " bytes"));
    }
    size += text.size();
  }
  if (size <= std::numeric_limits<uint32_t>::max()) return absl::OkStatus();
  return absl::ResourceExhaustedError(Concat("symbols: ", size, " bytes in one section"));
}

std::vector<uint32_t> OrderOf(std::span<const std::string_view> texts) {
  std::vector<uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return texts[a] < texts[b]; });
  return order;
}

std::vector<uint32_t> EndsOf(std::span<const std::string_view> texts) {
  std::vector<uint32_t> ends;
  ends.reserve(texts.size());
  uint32_t end = 0;
  for (const std::string_view text : texts) {
    end += static_cast<uint32_t>(text.size());
    ends.push_back(end);
  }
  return ends;
}

}  // namespace

absl::Status AppendSymbolSection(std::span<const std::string_view> texts, const ExtentPlace& place,
                                 SymbolChain& chain, std::vector<std::byte>& out) {
  if (absl::Status status = CheckTexts(texts, chain); !status.ok()) return status;
  const std::vector<uint32_t> order = OrderOf(texts);
  const auto same = [&](uint32_t a, uint32_t b) { return texts[a] == texts[b]; };
  if (std::adjacent_find(order.begin(), order.end(), same) != order.end()) {
    return absl::InvalidArgumentError("symbols: one of them twice");
  }
  const std::vector<uint32_t> ends = EndsOf(texts);
  const size_t begin = out.size();
  SymbolSectionHeader header;
  header.symbols = static_cast<uint32_t>(texts.size());
  header.length = RoundUp(UsedLength(texts.size(), ends.back()), kExtentAlignment);
  header.first_code = chain.symbols + 1;
  header.size = ends.back();
  header.chain = chain.crc;
  out.reserve(begin + header.length);
  ByteWriter writer(out);
  writer.WriteBytes(std::as_bytes(std::span(&header, 1)));
  writer.WriteBytes(std::as_bytes(std::span(ends)));
  writer.WriteBytes(std::as_bytes(std::span(order)));
  for (const std::string_view text : texts) writer.WriteBytes(std::as_bytes(std::span(text)));
  writer.WriteZeros(begin + header.length - out.size());
  header.crc = SectionCrc(place, std::span(out).subspan(begin));
  std::memcpy(out.data() + begin, &header, sizeof(header));
  chain.symbols += header.symbols;
  chain.crc = header.crc;
  return absl::OkStatus();
}

// ---- one section

namespace {

absl::StatusOr<SymbolSectionHeader> ParseHeader(std::span<const std::byte> bytes,
                                                const ExtentPlace& place) {
  SymbolSectionHeader header;
  if (bytes.size() < sizeof(header)) return Wrong("header bytes", sizeof(header), bytes.size());
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kSymbolMagic) return Damaged("bad magic");
  const uint64_t used = UsedLength(header.symbols, header.size);
  if (header.length != RoundUp(used, kExtentAlignment)) {
    return Wrong("length", RoundUp(used, kExtentAlignment), header.length);
  }
  if (header.length > bytes.size())
    return Wrong("length within bytes", bytes.size(), header.length);
  const uint32_t crc = SectionCrc(place, bytes.first(header.length));
  if (crc != header.crc) {
    return Damaged(Concat("checksum: expected ", Hex(crc), ", found ", Hex(header.crc)));
  }
  if (header.reserved_28 != 0 || header.reserved_32 != SymbolSectionHeader().reserved_32 ||
      header.reserved_56 != 0 || !AllZero(bytes.first(header.length).subspan(used))) {
    return Damaged("reserved bytes or padding: expected zeros, found others");
  }
  if (header.symbols == 0 || header.first_code == 0 || header.first_code > kMaxSymbols ||
      header.symbols - 1 > kMaxSymbols - header.first_code) {
    return Damaged(Concat("found ", header.symbols, " from code ", header.first_code));
  }
  return header;
}

std::span<const uint32_t> NumbersAt(std::span<const std::byte> bytes, size_t offset, size_t count) {
  return {reinterpret_cast<const uint32_t*>(bytes.data() + offset), count};
}

}  // namespace

SymbolSection::SymbolSection(const SymbolSectionHeader& header, std::span<const std::byte> bytes)
    : header_(header),
      ends_(NumbersAt(bytes, kHeaderSize, header.symbols)),
      order_(NumbersAt(bytes, kHeaderSize + ends_.size_bytes(), header.symbols)),
      strings_(reinterpret_cast<const char*>(bytes.data() + UsedLength(header.symbols, 0))) {}

absl::StatusOr<SymbolSection> SymbolSection::Parse(std::span<const std::byte> bytes,
                                                   const ExtentPlace& place) {
  if (reinterpret_cast<uintptr_t>(bytes.data()) % sizeof(uint32_t) != 0) {
    return absl::InvalidArgumentError("symbols: bytes not at a multiple of 4 in memory");
  }
  const absl::StatusOr<SymbolSectionHeader> header = ParseHeader(bytes, place);
  if (!header.ok()) return header.status();
  const SymbolSection section(*header, bytes);
  if (absl::Status status = section.CheckEnds(); !status.ok()) return status;
  if (absl::Status status = section.CheckOrder(); !status.ok()) return status;
  return section;
}

absl::Status SymbolSection::CheckEnds() const {
  uint32_t begin = 0;
  for (size_t i = 0; i < ends_.size(); ++i) {
    if (ends_[i] < begin || ends_[i] - begin > kMaxSymbolBytes) {
      return Damaged(Concat("symbol ", i, ": from ", begin, " to ", ends_[i]));
    }
    begin = ends_[i];
  }
  return begin == header_.size ? absl::OkStatus() : Wrong("size", header_.size, begin);
}

// Numbers in range whose strings ascend strictly are a permutation.
absl::Status SymbolSection::CheckOrder() const {
  for (size_t i = 0; i < order_.size(); ++i) {
    if (order_[i] >= order_.size()) return Wrong("order below", order_.size(), order_[i]);
    if (i == 0 || Text(order_[i - 1]) < Text(order_[i])) continue;
    return Damaged(Concat("order: symbol ", order_[i], " is not above the one before it"));
  }
  return absl::OkStatus();
}

std::string_view SymbolSection::Text(size_t index) const {
  const uint32_t begin = index == 0 ? 0 : ends_[index - 1];
  return {strings_ + begin, ends_[index] - begin};
}

std::optional<size_t> SymbolSection::Find(std::string_view text) const {
  const auto found = std::lower_bound(
      order_.begin(), order_.end(), text,
      [this](uint32_t index, std::string_view value) { return Text(index) < value; });
  if (found == order_.end() || Text(*found) != text) return std::nullopt;
  return *found;
}

// ---- the file

SymbolFile::SymbolFile(const FileIdentity& identity)
    : identity_(identity), length_(kFileHeaderSize) {}

absl::Status SymbolFile::Extend(std::span<const std::byte> file, const SymbolsEntry& counts) {
  const absl::StatusOr<FileHeader> header = FileHeader::Parse(file, FileKind::kDictionary);
  if (!header.ok()) return header.status();
  if (absl::Status status = header->Matches(identity_); !status.ok()) return status;
  if (file.size() < counts.length) return Wrong("bytes of the file", counts.length, file.size());
  file = file.first(counts.length);
  const PlaceSeed seeds(*header);
  while (chain_.symbols < counts.symbols) {
    absl::StatusOr<SymbolSection> section = NextSection(file, seeds);
    if (!section.ok()) return section.status();
    chain_ = {chain_.symbols + static_cast<uint32_t>(section->size()), section->crc()};
    sections_.push_back(*section);
  }
  if (chain_.symbols != counts.symbols) return Wrong("symbols", counts.symbols, chain_.symbols);
  if (length_ != counts.length) return Wrong("length", counts.length, length_);
  if (chain_.crc == counts.crc) return absl::OkStatus();
  return Damaged(Concat("checksum of the last section: expected ", Hex(counts.crc), ", found ",
                        Hex(chain_.crc)));
}

absl::StatusOr<SymbolSection> SymbolFile::NextSection(std::span<const std::byte> file,
                                                      const PlaceSeed& seeds) {
  SectionCursor<SymbolSection> cursor(file, seeds, length_);
  absl::StatusOr<std::optional<SymbolSection>> section = cursor.Next();
  if (!section.ok()) return section.status();
  if (!section->has_value()) return Damaged(Concat("no section at offset ", length_));
  if ((*section)->first_code().value() != chain_.symbols + 1) {
    return Wrong("first code", chain_.symbols + 1, (*section)->first_code().value());
  }
  if ((*section)->chain() != chain_.crc) {
    return Damaged(
        Concat("chain: expected ", Hex(chain_.crc), ", found ", Hex((*section)->chain())));
  }
  length_ = cursor.offset();
  return **section;
}

std::optional<std::string_view> SymbolFile::Text(SymbolCode code) const {
  if (code == kNullSymbol || code.value() > chain_.symbols) return std::nullopt;
  const auto behind = std::upper_bound(
      sections_.begin(), sections_.end(), code,
      [](SymbolCode value, const SymbolSection& section) { return value < section.first_code(); });
  const SymbolSection& section = *std::prev(behind);
  return section.Text(code - section.first_code());
}

SymbolCode SymbolFile::Code(std::string_view text) const {
  for (const SymbolSection& section : sections_) {
    const std::optional<size_t> index = section.Find(text);
    if (index.has_value()) return section.first_code() + static_cast<uint32_t>(*index);
  }
  return kNullSymbol;
}

std::vector<std::string_view> SymbolFile::Texts() const {
  std::vector<std::string_view> texts;
  texts.reserve(chain_.symbols);
  for (const SymbolSection& section : sections_) {
    for (size_t i = 0; i < section.size(); ++i) texts.push_back(section.Text(i));
  }
  return texts;
}

}  // namespace tape::format
