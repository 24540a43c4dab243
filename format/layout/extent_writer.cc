#include "format/layout/extent_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "format/encoding/dictionary_builder.h"
#include "format/encoding/dictionary_section.h"
#include "format/encoding/validity.h"
#include "format/layout/block_encoder.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

constexpr size_t kWord = 8;

// A dictionary costs a look-up at each read: it must save at least this part of the extent's data.
constexpr size_t kDictionarySaves = 32;

// Of all values together: blocks say where they end in 32 bits, in words of 8 bytes. Half of what
// that reaches leaves room for everything else.
constexpr size_t kMaxValuesSize = size_t{1} << 34;

// The blocks of an extent being written: their headers, and the data they point into.
struct Blocks {
  std::vector<WideBlockHeader> headers;
  std::vector<std::byte> data;

  void Clear() {
    headers.clear();
    data.clear();
  }

  void Add(const EncodedBlock& block, size_t nulls) {
    WideBlockHeader header;
    header.prefix.word = block.word;
    header.prefix.word.flags = static_cast<uint8_t>(block.word.flags | block.bounds.flags);
    header.prefix.word.null_count = static_cast<uint16_t>(nulls);
    header.prefix.end = static_cast<uint32_t>(data.size() / kWord);
    header.min = block.bounds.min;
    header.max = block.bounds.max;
    headers.push_back(header);
  }

  size_t Begin(size_t block) const {
    return block == 0 ? 0 : size_t{headers[block - 1].prefix.end} * kWord;
  }
  std::span<const std::byte> Data(size_t block) const {
    const size_t begin = Begin(block);
    return std::span(data).subspan(begin, size_t{headers[block].prefix.end} * kWord - begin);
  }
};

void AppendHeader(const WideBlockHeader& wide, Physical physical, std::vector<std::byte>& out) {
  const size_t at = out.size();
  out.resize(at + BlockHeaderSize(physical));
  if (physical == Physical::kInt128) {
    std::memcpy(out.data() + at, &wide, sizeof(wide));
    return;
  }
  const BlockHeader header{wide.prefix, static_cast<int64_t>(wide.min),
                           static_cast<int64_t>(wide.max)};
  std::memcpy(out.data() + at, &header, sizeof(header));
}

// Values that a reader would refuse.
absl::Status CheckValueSizes(const ColumnView& column) {
  for (size_t row = 0; column.physical() == Physical::kBytes && row < column.rows(); ++row) {
    if (column.IsNull(row) || column.Bytes(row).size() <= kMaxValueBytes) continue;
    return absl::ResourceExhaustedError(Concat("extent: value of ", column.Bytes(row).size(),
                                               " bytes in row ", row, ", limit ", kMaxValueBytes));
  }
  return absl::OkStatus();
}

absl::Status CheckColumn(const ColumnView& column, const ExtentSpec& spec) {
  if (spec.offset % kExtentAlignment != 0) {
    return absl::InvalidArgumentError(
        Concat("extent: offset ", spec.offset, " is not a multiple of ", kExtentAlignment));
  }
  if (column.rows() > std::numeric_limits<uint32_t>::max()) {
    return absl::ResourceExhaustedError(Concat("extent: ", column.rows(), " rows"));
  }
  if (!column.OffsetsAreSound()) {
    return absl::InvalidArgumentError("extent: column offsets are out of order or its heap");
  }
  const std::span<const uint64_t> offsets = column.Offsets();
  const size_t heap = offsets.empty() ? 0 : offsets.back() - offsets.front();
  const size_t size = column.RawValues().size() + heap;
  if (size > kMaxValuesSize) {
    return absl::ResourceExhaustedError(
        Concat("extent: ", size, " bytes of values, limit ", kMaxValuesSize));
  }
  return CheckValueSizes(column);
}

}  // namespace

struct ExtentWriter::State {
  ColumnView WithoutHidden(const ColumnView& column);
  void EncodePlain(const ColumnView& column, bool keeps_bounds);
  bool EncodeCoded(const ColumnView& column);
  template <typename T>
  bool TryDictionary(const ColumnView& column, const Dictionary<T>& dictionary);
  void AddCodedBlock(const ColumnView& block, size_t index, std::span<const uint16_t> indexes);
  size_t EntryCount(Physical physical) const {
    if (physical == Physical::kInt128) return wides.entries.size();
    return physical == Physical::kBytes ? strings.entries.size() : words.entries.size();
  }
  std::span<const int64_t> Words(const ColumnView& column);
  std::span<const Int128> Wides(const ColumnView& column);
  void Assemble(const Blocks& blocks, ExtentHeader header, const ExtentSpec& spec,
                std::vector<std::byte>& out) const;

  explicit State(const Kernels& kernels) : kernels(kernels), encoder(kernels) {}

  const Kernels& kernels;
  BlockEncoder encoder;
  Blocks plain;
  Blocks coded;
  std::vector<std::byte> entries;  // of the dictionary, if there is one
  DictionaryScratch scratch;
  Dictionary<int64_t> words;
  Dictionary<Int128> wides;
  Dictionary<std::string_view> strings;
  ColumnBuffer visible{Physical::kBytes};
  std::vector<int64_t> word_values;
  std::vector<Int128> wide_values;
  alignas(64) int64_t indexes[kBlockRows];
};

ExtentWriter::ExtentWriter(const Kernels& kernels) : state_(std::make_unique<State>(kernels)) {}
ExtentWriter::~ExtentWriter() = default;

// The strings of a column, but for those under NULLs, which belong to no row. Slots of a fixed size
// are filled block by block instead.
ColumnView ExtentWriter::State::WithoutHidden(const ColumnView& column) {
  const std::span<const uint8_t> valid = column.Validity();
  const std::span<const uint64_t> offsets = column.Offsets();
  size_t hidden = 0;
  for (size_t row = 0; row < valid.size() && !offsets.empty(); ++row) {
    hidden += valid[row] == 0 ? offsets[row + 1] - offsets[row] : 0;
  }
  if (hidden == 0) return column;
  visible.Clear();
  for (size_t row = 0; row < column.rows(); ++row) {
    valid[row] != 0 ? static_cast<void>(visible.AppendBytes(column.Bytes(row)))
                    : visible.AppendNull();
  }
  return visible.view();
}

void ExtentWriter::State::EncodePlain(const ColumnView& column, bool keeps_bounds) {
  plain.Clear();
  for (size_t first = 0; first < column.rows(); first += kBlockRows) {
    const ColumnView block = column.Slice(first, kBlockRows);
    const EncodedBlock encoded = encoder.Encode(block, keeps_bounds, plain.data);
    plain.Add(encoded, StoredNulls(kernels, block));
  }
}

// The column as 64-bit words, where it lies if it has that form and no NULLs.
std::span<const int64_t> ExtentWriter::State::Words(const ColumnView& column) {
  if (column.physical() == Physical::kInt64 && column.Validity().empty()) {
    return column.Values<int64_t>();
  }
  word_values.resize(column.rows());
  for (size_t first = 0; first < column.rows(); first += kBlockRows) {
    DictionaryWords(kernels, column.Slice(first, kBlockRows), word_values.data() + first);
  }
  // Once more over all rows: a block that is all NULL finds its neighbours in other blocks only.
  if (column.physical() != Physical::kCode32) {
    FillNullSlots(column.Validity(), std::span(word_values));
  }
  return word_values;
}

std::span<const Int128> ExtentWriter::State::Wides(const ColumnView& column) {
  const std::span<const Int128> values = column.Values<Int128>();
  if (column.Validity().empty()) return values;
  wide_values.assign(values.begin(), values.end());
  FillNullSlots(column.Validity(), std::span(wide_values));
  return wide_values;
}

// A block as indexes, or as it is without a dictionary where that is no larger.
void ExtentWriter::State::AddCodedBlock(const ColumnView& block, size_t index,
                                        std::span<const uint16_t> block_indexes) {
  WideBlockHeader header = plain.headers[index];
  const std::span<const std::byte> as_plain = plain.Data(index);
  const std::span<int64_t> wide_indexes(indexes, block.rows());
  WidenIndexes(block_indexes, wide_indexes);
  const IntegerPlan plan = PlanIndexes(kernels, wide_indexes);
  const size_t validity = ValidityBytes(block.rows(), header.prefix.word.null_count);
  if (as_plain.size() <= validity + plan.size_bytes) {
    coded.data.insert(coded.data.end(), as_plain.begin(), as_plain.end());
  } else {
    encoder.EncodeIndexes(block, wide_indexes, plan, coded.data);
    CodecWord word = plan.word;
    word.flags |= header.prefix.word.flags & (kNoBounds | kInexactBounds | kHasNan);
    word.null_count = header.prefix.word.null_count;
    header.prefix.word = word;
  }
  header.prefix.end = static_cast<uint32_t>(coded.data.size() / kWord);
  coded.headers.push_back(header);
}

template <typename T>
bool ExtentWriter::State::TryDictionary(const ColumnView& column, const Dictionary<T>& dictionary) {
  coded.Clear();
  const size_t price = plain.data.size() - plain.data.size() / kDictionarySaves;
  const size_t size = DictionarySize(std::span<const T>(dictionary.entries));
  const std::span<const uint16_t> all = dictionary.indexes;
  for (size_t first = 0; first < column.rows(); first += kBlockRows) {
    const ColumnView block = column.Slice(first, kBlockRows);
    AddCodedBlock(block, first / kBlockRows, all.subspan(first, block.rows()));
    if (size + coded.data.size() >= price) return false;
  }
  WriteDictionary(std::span<const T>(dictionary.entries), entries);
  return true;
}

// Whether a dictionary makes the extent smaller; then `coded` and `entries` are what to write.
bool ExtentWriter::State::EncodeCoded(const ColumnView& column) {
  const size_t price = plain.data.size();
  if (column.physical() == Physical::kInt128) {
    return BuildDictionary(kernels, Wides(column), price, scratch, wides) &&
           TryDictionary(column, wides);
  }
  if (column.physical() == Physical::kBytes) {
    return BuildDictionary(kernels, column, price, scratch, strings) &&
           TryDictionary(column, strings);
  }
  return BuildDictionary(kernels, Words(column), price, scratch, words) &&
         TryDictionary(column, words);
}

// Puts header, block headers, dictionary and data together, and the checksums in.
void ExtentWriter::State::Assemble(const Blocks& blocks, ExtentHeader header,
                                   const ExtentSpec& spec, std::vector<std::byte>& out) const {
  const size_t begin = out.size();
  const auto offset_of = [&](size_t at) { return spec.offset + (at - begin); };
  const size_t dictionary =
      begin + sizeof(header) + blocks.headers.size() * BlockHeaderSize(header.physical);
  const size_t data = dictionary + entries.size();
  header.length = RoundUp(data + blocks.data.size() + kExtentPadding - begin, kExtentAlignment);
  header.dictionary_words = static_cast<uint32_t>(entries.size() / kWord);
  if (!entries.empty()) {
    header.dictionary_crc = ExtendCrc32c(spec.seeds.At(offset_of(dictionary)), entries);
  }

  out.reserve(begin + header.length);
  out.resize(begin + sizeof(header));
  for (size_t block = 0; block < blocks.headers.size(); ++block) {
    WideBlockHeader wide = blocks.headers[block];
    wide.prefix.crc =
        ExtendCrc32c(spec.seeds.At(offset_of(data + blocks.Begin(block))), blocks.Data(block));
    AppendHeader(wide, header.physical, out);
  }
  std::memcpy(out.data() + begin, &header, sizeof(header));
  const std::span<const std::byte> head = std::span(out).subspan(begin);
  header.crc = ExtendCrc32c(spec.seeds.At(spec.offset), head.first(offsetof(ExtentHeader, crc)));
  header.crc = ExtendCrc32c(header.crc, head.subspan(sizeof(header)));
  std::memcpy(out.data() + begin, &header, sizeof(header));
  out.insert(out.end(), entries.begin(), entries.end());
  out.insert(out.end(), blocks.data.begin(), blocks.data.end());
  out.resize(begin + header.length);
}

absl::Status ExtentWriter::Append(const ColumnView& rows, const ExtentSpec& spec,
                                  std::vector<std::byte>& out) {
  if (absl::Status status = CheckColumn(rows, spec); !status.ok()) return status;
  State& state = *state_;
  const ColumnView column = state.WithoutHidden(rows);
  state.entries.clear();
  state.EncodePlain(column, spec.keeps_bounds && !spec.sensitive);
  ExtentHeader header;
  header.role = spec.role;
  header.physical = column.physical();
  header.flags = static_cast<uint16_t>((spec.order == RowOrder::kArrival ? kArrivalOrder : 0) |
                                       (spec.order == RowOrder::kTime ? kTimeOrder : 0) |
                                       (spec.sensitive ? kSensitive : 0));
  header.rows = static_cast<uint32_t>(column.rows());
  header.blocks = static_cast<uint32_t>(state.plain.headers.size());
  header.parameter = spec.parameter;
  if (!spec.sensitive && !state.plain.data.empty() && state.EncodeCoded(column)) {
    header.flags |= kHasDictionary;
    header.dictionary_count = static_cast<uint32_t>(state.EntryCount(column.physical()));
    state.Assemble(state.coded, header, spec, out);
  } else {
    state.Assemble(state.plain, header, spec, out);
  }
  return absl::OkStatus();
}

}  // namespace tape::format
