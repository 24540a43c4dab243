#include "format/records/catalog_fields.h"

#include <cstring>

#include "format/bytes/message.h"

namespace tape::format {
namespace {

constexpr size_t kFieldHeaderSize = 8;
constexpr size_t kFieldAlignment = 8;

// Tags that may come more than once.
bool IsList(uint16_t tag) {
  switch (static_cast<FieldTag>(tag)) {
    case FieldTag::kColumn:
    case FieldTag::kUnique:
    case FieldTag::kForeignKey:
    case FieldTag::kCheck:
    case FieldTag::kIndex:
    case FieldTag::kEnumValue:
    case FieldTag::kRefersToNames:
      return true;
    default:
      return (tag & kTagMayBeSkipped) != 0;
  }
}

}  // namespace

// ---- writing

size_t FieldWriter::Begin(FieldTag tag) {
  const size_t begin = out_.size();
  writer_.WriteU16(static_cast<uint16_t>(tag));
  writer_.WriteU16(0);
  writer_.WriteU32(0);
  return begin;
}

void FieldWriter::End(size_t begin) {
  writer_.Patch<uint32_t>(begin + 4, static_cast<uint32_t>(out_.size() - begin - kFieldHeaderSize));
  writer_.Pad(kFieldAlignment);
}

void FieldWriter::Text(FieldTag tag, std::string_view text) {
  const size_t begin = Begin(tag);
  writer_.WriteBytes(std::as_bytes(std::span(text)));
  End(begin);
}

void FieldWriter::Numbers(FieldTag tag, const std::vector<uint32_t>& numbers) {
  const size_t begin = Begin(tag);
  writer_.WriteBytes(std::as_bytes(std::span(numbers)));
  End(begin);
}

void FieldWriter::Type(const tape::Type::Parts& parts) {
  const size_t begin = Begin(FieldTag::kType);
  writer_.WriteU8(parts.kind);
  writer_.WriteU8(parts.element);
  writer_.WriteU16(0);
  writer_.WriteI32(parts.first);
  writer_.WriteI32(parts.second);
  End(begin);
}

void FieldWriter::Default(const ColumnDefault& value) {
  const size_t begin = Begin(FieldTag::kDefault);
  writer_.WriteU8(static_cast<uint8_t>(value.kind));
  writer_.WriteBytes(std::as_bytes(std::span(value.literal)));
  End(begin);
}

void FieldWriter::Durability(const Choice<uint32_t>& durability) {
  const size_t begin = Begin(FieldTag::kDurability);
  writer_.WriteU8(durability.kind);
  writer_.WriteZeros(3);
  writer_.WriteU32(durability.amount);
  End(begin);
}

void FieldWriter::History(const Choice<int64_t>& history) {
  const size_t begin = Begin(FieldTag::kHistory);
  writer_.WriteU8(history.kind);
  writer_.WriteZeros(7);
  writer_.WriteI64(history.amount);
  End(begin);
}

void FieldWriter::Method(const Choice<uint32_t>& method) {
  const size_t begin = Begin(FieldTag::kMethod);
  writer_.WriteU8(method.kind);
  writer_.WriteZeros(3);
  writer_.WriteU32(method.amount);
  End(begin);
}

// ---- reading

FieldReader::FieldReader(std::span<const std::byte> bytes, size_t first)
    : reader_(bytes), first_(first) {}

bool FieldReader::Next() {
  while (status_.ok() && reader_.remaining() != 0) {
    const auto last = static_cast<uint16_t>(tag_);
    value_offset_ = first_ + reader_.offset() + kFieldHeaderSize;
    const uint16_t tag = reader_.ReadU16();
    const uint16_t reserved = reader_.ReadU16();
    const uint32_t size = reader_.ReadU32();
    value_ = reader_.ReadBytes(size);
    reader_.SkipPadding(kFieldAlignment);
    tag_ = static_cast<FieldTag>(tag);
    if (!reader_.ok()) {
      Fail("cut short, or padding that is not zero; size", size);
    } else if (reserved != 0) {
      Fail("reserved bytes", reserved);
    } else if (tag < last || tag == 0 || (tag == last && !IsList(tag))) {
      Fail("tag out of order, behind", last);
    } else if ((tag & kTagMayBeSkipped) == 0) {
      return true;
    }
  }
  return false;
}

void FieldReader::Fail(std::string_view what, uint64_t found) {
  Adopt(absl::DataLossError(Concat("catalog record: offset ", value_offset_, ": tag ",
                                   static_cast<uint16_t>(tag_), ": ", what, ", found ", found)));
}

void FieldReader::Unknown() {
  Adopt(
      absl::UnimplementedError(Concat("catalog record: offset ", value_offset_, ": tag ",
                                      static_cast<uint16_t>(tag_), " is not known to this build")));
}

ByteReader FieldReader::Sized(size_t size) {
  if (value_.size() != size) Fail(Concat("expected ", size, " bytes"), value_.size());
  return ByteReader(value_);
}

std::string FieldReader::Text() {
  return {reinterpret_cast<const char*>(value_.data()), value_.size()};
}

std::vector<uint32_t> FieldReader::Numbers() {
  if (value_.size() % sizeof(uint32_t) != 0) Fail("numbers of 4 bytes", value_.size());
  std::vector<uint32_t> numbers(value_.size() / sizeof(uint32_t));
  if (!numbers.empty()) {
    std::memcpy(numbers.data(), value_.data(), numbers.size() * sizeof(uint32_t));
  }
  return numbers;
}

tape::Type FieldReader::Type() {
  ByteReader value = Sized(12);
  tape::Type::Parts parts{};
  parts.kind = value.ReadU8();
  parts.element = value.ReadU8();
  value.SkipZeros(2);
  parts.first = value.ReadI32();
  parts.second = value.ReadI32();
  const absl::StatusOr<tape::Type> type = tape::Type::FromParts(parts);
  if (value.ok() && type.ok()) return *type;
  Fail("no type; kind", parts.kind);
  return tape::Type();
}

ColumnDefault FieldReader::Default() {
  ByteReader value(value_);
  const uint8_t kind = value.ReadU8();
  if (kind == 0 || kind > static_cast<uint8_t>(ColumnDefault::Kind::kSequence)) {
    Fail("default: expected 1 to 4", kind);
  }
  const std::span<const std::byte> text = value.ReadBytes(value.remaining());
  return {static_cast<ColumnDefault::Kind>(kind),
          std::string(reinterpret_cast<const char*>(text.data()), text.size())};
}

template <typename T>
Choice<T> FieldReader::ReadChoice(size_t padding) {
  ByteReader value = Sized(1 + padding + sizeof(T));
  Choice<T> choice;
  choice.kind = value.ReadU8();
  value.SkipZeros(padding);
  choice.amount = value.Read<T>();
  if (!value.ok()) Fail("reserved bytes are not zero; first byte", choice.kind);
  return choice;
}

Choice<uint32_t> FieldReader::Durability() { return ReadChoice<uint32_t>(3); }
Choice<int64_t> FieldReader::History() { return ReadChoice<int64_t>(7); }
Choice<uint32_t> FieldReader::Method() { return ReadChoice<uint32_t>(3); }

}  // namespace tape::format
