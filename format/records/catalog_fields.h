// The fields that catalog records are made of: tag, size, value. Bytes: docs/format/catalog.md.
//
//   FieldWriter out(bytes);
//   out.Text(FieldTag::kName, "trades");
//   {
//     FieldWriter::Nested column(out, FieldTag::kColumn);      // fields of its own
//     out.Text(FieldTag::kName, "price");
//   }
//
//   FieldReader fields(bytes, first);
//   while (fields.Next()) {
//     if (fields.tag() == FieldTag::kName) name = fields.Text();
//   }
//   absl::Status status = fields.status();                     // the first thing that was wrong
//
// Both: thread-compatible; the bytes must outlive them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "format/bytes/reader.h"
#include "format/bytes/writer.h"
#include "tape/schema.h"
#include "tape/type.h"

namespace tape::format {

// The numbers are on disk.
enum class FieldTag : uint16_t {
  kSchema = 1,
  kName = 2,
  kColumn = 3,
  kPrimaryKey = 4,
  kUnique = 5,
  kForeignKey = 6,
  kCheck = 7,
  kIndex = 8,
  kTimeColumn = 9,
  kClusterColumn = 10,
  kPartition = 11,
  kDurability = 12,
  kHistory = 13,
  kSliceRows = 14,
  kSymbols = 15,
  kEnumValue = 16,
  kSql = 17,
  kKind = 18,
  kComment = 19,
  kUnresolved = 20,

  // of a column
  kId = 32,
  kType = 33,
  kFlags = 34,
  kDefault = 35,

  // of keys, foreign keys, checks and indexes
  kColumns = 48,
  kConstraintFlags = 49,
  kKeyNumber = 50,
  kRefersTo = 51,
  kRefersToNames = 52,
  kOnDelete = 53,
  kExpression = 54,
  kMethod = 55,
  kInclude = 56,
};

// In a tag: whoever does not know it may pass over the field.
inline constexpr uint16_t kTagMayBeSkipped = 0x8000;

inline constexpr uint32_t kColumnNotNull = 1;
inline constexpr uint32_t kColumnSensitive = 2;
inline constexpr uint32_t kNullsDistinct = 1;
inline constexpr uint32_t kUnresolvedKey = 2;
inline constexpr uint32_t kUniqueIndex = 4;

// A small number and one that goes with it: durability and its ms, history and its ns, a method of
// an index and which of its columns descend.
template <typename T>
struct Choice {
  uint8_t kind = 0;
  T amount = 0;
};

class FieldWriter {
 public:
  explicit FieldWriter(std::vector<std::byte>& out) : out_(out), writer_(out) {}

  // A field whose value are the fields written while it lives.
  class Nested {
   public:
    Nested(FieldWriter& out, FieldTag tag) : out_(out), begin_(out.Begin(tag)) {}
    ~Nested() { out_.End(begin_); }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    FieldWriter& out_;
    size_t begin_;
  };

  template <typename T>
  void Number(FieldTag tag, T value) {
    const size_t begin = Begin(tag);
    writer_.Write<T>(value);
    End(begin);
  }
  template <typename T>
  void NumberUnlessZero(FieldTag tag, T value) {
    if (value != 0) Number<T>(tag, value);
  }
  void Text(FieldTag tag, std::string_view text);
  void TextUnlessEmpty(FieldTag tag, std::string_view text) {
    if (!text.empty()) Text(tag, text);
  }
  void Numbers(FieldTag tag, const std::vector<uint32_t>& numbers);
  void Type(const tape::Type::Parts& parts);
  void Default(const ColumnDefault& value);
  void Durability(const Choice<uint32_t>& durability);
  void History(const Choice<int64_t>& history);
  void Method(const Choice<uint32_t>& method);

 private:
  size_t Begin(FieldTag tag);
  void End(size_t begin);

  std::vector<std::byte>& out_;
  ByteWriter writer_;
};

class FieldReader {
 public:
  // `bytes` are fields and nothing else; `first` is the offset of the first in the record, for
  // messages.
  FieldReader(std::span<const std::byte> bytes, size_t first);

  // Goes to the next field. False at the end and once anything was wrong; fields that may be passed
  // over are.
  bool Next();

  FieldTag tag() const { return tag_; }

  // The value of the field, as what it should be. Zeros where it is not, and then status() says so.
  template <typename T>
  T Number() {
    ByteReader value = Sized(sizeof(T));
    return value.Read<T>();
  }
  std::string Text();
  std::vector<uint32_t> Numbers();
  tape::Type Type();
  ColumnDefault Default();
  Choice<uint32_t> Durability();
  Choice<int64_t> History();
  Choice<uint32_t> Method();
  // The fields inside.
  FieldReader Nested() const { return FieldReader(value_, value_offset_); }

  // The number as one of an enumeration that ends with `last`.
  template <typename Enum>
  Enum Enumerated(uint8_t number, Enum last) {
    if (number > static_cast<uint8_t>(last)) Fail("found another number", number);
    return static_cast<Enum>(number);
  }

  // A tag that does not belong here: unknown tags are for newer readers.
  void Unknown();
  // kDataLoss, naming the tag, its offset and what was found.
  void Fail(std::string_view what, uint64_t found);
  // Takes over what went wrong inside.
  void Adopt(const absl::Status& status) {
    if (status_.ok()) status_ = status;
  }

  const absl::Status& status() const { return status_; }

 private:
  ByteReader Sized(size_t size);
  template <typename T>
  Choice<T> ReadChoice(size_t padding);

  ByteReader reader_;
  size_t first_;
  FieldTag tag_{0};
  std::span<const std::byte> value_;
  size_t value_offset_ = 0;
  absl::Status status_;
};

}  // namespace tape::format
