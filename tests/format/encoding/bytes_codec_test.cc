#include "format/encoding/bytes_codec.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "format/bytes/little_endian.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

constexpr size_t kReadableAfterEnd = 64;
constexpr size_t kLengths[] = {1, 2, 3, 16, 63, 64, 65, 1000, 1023, 1024};

using Values = std::vector<std::string>;
using Law = std::function<std::string(size_t, std::mt19937_64&)>;

std::string Noise(size_t size, std::mt19937_64& random) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::string Words(size_t size, std::mt19937_64& random) {
  static constexpr const char* kWords[] = {"order ", "filled ", "cancelled ", "at ", "venue "};
  std::string text;
  while (text.size() < size) text += kWords[random() % 5];
  return text;
}

const std::vector<std::pair<std::string, Law>>& Laws() {
  static const auto* const kLaws = new std::vector<std::pair<std::string, Law>>{
      {"all empty", [](size_t, auto&) { return std::string(); }},
      {"one letter", [](size_t, auto&) { return std::string("B"); }},
      {"symbols", [](size_t, auto& random) { return "SYM" + std::to_string(random() % 500); }},
      {"empty or not",
       [](size_t i, auto& random) { return i % 3 == 0 ? Words(random() % 30, random) : ""; }},
      {"zero bytes", [](size_t i, auto&) { return std::string(i % 9, '\0'); }},
      {"noise", [](size_t, auto& random) { return Noise(random() % 100, random); }},
      {"sentences", [](size_t, auto& random) { return Words(random() % 300, random); }},
      {"noise and sentences",
       [](size_t i, auto& random) {
         return i / 200 % 2 == 0 ? Noise(400, random) : Words(400, random);
       }},
  };
  return *kLaws;
}

Values Draw(const Law& law, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  Values values(count);
  for (size_t i = 0; i < count; ++i) values[i] = law(i, random);
  return values;
}

ColumnBuffer Column(const Values& values) {
  ColumnBuffer column(Physical::kBytes);
  for (const std::string& value : values) column.AppendBytes(value);
  return column;
}

Values Rows(const ColumnView& view, size_t first = 0) {
  EXPECT_TRUE(view.OffsetsAreSound());
  Values values;
  for (size_t row = first; row < view.rows(); ++row) values.emplace_back(view.Bytes(row));
  return values;
}

size_t TotalSize(const Values& values) {
  size_t size = 0;
  for (const std::string& value : values) size += value.size();
  return size;
}

struct Block {
  CodecWord word;
  std::vector<std::byte> bytes;  // kReadableAfterEnd more than the payload
  size_t count;

  Payload payload() const {
    return {word, std::span(bytes).first(bytes.size() - kReadableAfterEnd), count};
  }
};

class BytesCodec : public testing::Test {
 protected:
  Block Write(const Values& values) {
    const ColumnBuffer column = Column(values);
    const BytesPlan plan = PlanBytes(BestKernels(), column.view(), *scratch_);
    Block block{plan.word, {}, values.size()};
    EXPECT_TRUE(WriteBytes(BestKernels(), plan, column.view(), *scratch_, block.bytes).ok());
    EXPECT_EQ(block.bytes.size(), plan.size_bytes);
    EXPECT_EQ(block.bytes.size() % 8, 0u);
    block.bytes.resize(block.bytes.size() + kReadableAfterEnd);
    return block;
  }

  absl::StatusOr<Values> Read(const Payload& payload) {
    ColumnBuffer out(Physical::kBytes);
    out.AppendBytes("before");
    absl::Status status = ReadBytes(BestKernels(), payload, *scratch_, out);
    EXPECT_EQ(out.view().Bytes(0), "before");
    EXPECT_EQ(out.rows(), 1 + (status.ok() ? payload.count : 0));
    if (!status.ok()) {
      EXPECT_EQ(out.view().Heap(), "before");
      return status;
    }
    return Rows(out.view(), 1);
  }

  void ExpectReads(const Block& block, const Values& values) {
    absl::StatusOr<Values> out = Read(block.payload());
    ASSERT_TRUE(out.ok()) << out.status();
    ASSERT_EQ(*out, values);
    for (size_t i = 0; i < values.size(); i += 1 + values.size() / 13) {
      absl::StatusOr<std::string_view> value =
          ReadBytesAt(BestKernels(), block.payload(), i, *scratch_);
      ASSERT_TRUE(value.ok()) << value.status();
      ASSERT_EQ(*value, values[i]) << "row " << i;
    }
  }

  // Damaged bytes: refused, or some values.
  void ReadAnyway(const Payload& payload) {
    const absl::StatusCode code = Read(payload).status().code();
    ASSERT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss);
    for (const size_t index : {size_t{0}, payload.count - 1, payload.count}) {
      absl::StatusOr<std::string_view> value =
          ReadBytesAt(BestKernels(), payload, index, *scratch_);
      const absl::StatusCode at = value.status().code();
      ASSERT_TRUE((at == absl::StatusCode::kOk && index < payload.count) ||
                  at == absl::StatusCode::kDataLoss);
      if (value.ok()) checksum_ += std::accumulate(value->begin(), value->end(), size_t{0});
    }
  }

  std::unique_ptr<BytesScratch> scratch_ = std::make_unique<BytesScratch>();
  size_t checksum_ = 0;  // so that every byte given back is looked at
};

TEST_F(BytesCodec, ReturnsWhatWasWrittenForEveryLawAndLength) {
  for (const auto& [name, law] : Laws()) {
    for (const size_t count : kLengths) {
      SCOPED_TRACE(name + " x " + std::to_string(count));
      const Values values = Draw(law, count, count);
      ExpectReads(Write(values), values);
    }
  }
}

TEST_F(BytesCodec, ReturnsValuesOfTheLargestSize) {
  std::mt19937_64 random(1);
  const Values values = {"",
                         Noise(kMaxValueBytes, random),
                         "x",
                         std::string(kMaxValueBytes, 'y'),
                         Words(kPageBytes, random),
                         "",
                         Words(kMaxValueBytes - 9, random),
                         ""};
  ExpectReads(Write(values), values);
}

TEST_F(BytesCodec, ReadsASliceWhoseOffsetsDoNotStartAtZero) {
  const Values values = Draw(Laws()[6].second, 700, 2);
  const ColumnBuffer column = Column(values);
  const ColumnView slice = column.view().Slice(100, 300);
  const BytesPlan plan = PlanBytes(BestKernels(), slice, *scratch_);
  Block block{plan.word, {}, 300};
  ASSERT_TRUE(WriteBytes(BestKernels(), plan, slice, *scratch_, block.bytes).ok());
  block.bytes.resize(block.bytes.size() + kReadableAfterEnd);
  ExpectReads(block, Values(values.begin() + 100, values.begin() + 400));
}

TEST_F(BytesCodec, ClosesAPageAtSixtyFourKibibytes) {
  const Values values(1024, std::string(1000, 'a'));
  ASSERT_TRUE(Read(Write(values).payload()).ok());
  ASSERT_EQ(scratch_->pages.size(), 16u);  // 66 rows each
  for (size_t i = 0; i < scratch_->pages.size(); ++i) {
    EXPECT_EQ(scratch_->pages[i].first_row, 66 * i);
    EXPECT_EQ(scratch_->pages[i].codec, PageCodec::kZstd);
    EXPECT_LT(scratch_->pages[i].stored_size, 100u);
  }
}

TEST_F(BytesCodec, DecompressesOnlyThePageOfTheRowAskedFor) {
  const Block block = Write(Values(1024, std::string(1000, 'a')));
  ASSERT_TRUE(ReadBytesAt(BestKernels(), block.payload(), 700, *scratch_).ok());
  EXPECT_EQ(scratch_->page.size(), 66'000u);
}

TEST_F(BytesCodec, LeavesPagesRawThatZstdDoesNotShrinkByASixteenth) {
  std::mt19937_64 random(4);
  const Values values = {Noise(kPageBytes, random), Words(kPageBytes, random)};
  const Block block = Write(values);
  ASSERT_TRUE(Read(block.payload()).ok());
  ASSERT_EQ(scratch_->pages.size(), 2u);
  EXPECT_EQ(scratch_->pages[0].codec, PageCodec::kRaw);
  EXPECT_EQ(scratch_->pages[1].codec, PageCodec::kZstd);
  EXPECT_LE(block.bytes.size(), TotalSize(values) + 200);
}

TEST_F(BytesCodec, WritesAPlanWhosePagesAreGone) {
  const ColumnBuffer column = Column(Draw(Laws()[7].second, 500, 6));
  const Block expected = Write(Rows(column.view()));
  BytesPlan plan = PlanBytes(BestKernels(), column.view(), *scratch_);
  const auto write_with = [&](BytesScratch& scratch) {
    std::vector<std::byte> bytes;
    EXPECT_TRUE(WriteBytes(BestKernels(), plan, column.view(), scratch, bytes).ok());
    bytes.resize(bytes.size() + kReadableAfterEnd);
    return bytes;
  };
  Write(Draw(Laws()[2].second, 100, 7));  // another plan took the scratch
  EXPECT_EQ(write_with(*scratch_), expected.bytes);
  auto other = std::make_unique<BytesScratch>();
  PlanBytes(BestKernels(), Column({"a", "b"}).view(), *other);
  EXPECT_EQ(write_with(*other), expected.bytes);
  plan = PlanBytes(BestKernels(), column.view(), *scratch_);
  ASSERT_TRUE(Read(expected.payload()).ok());  // reading takes it too
  EXPECT_EQ(write_with(*scratch_), expected.bytes);
}

TEST_F(BytesCodec, ReadsABlockWithoutValuesAsEmptyRows) {
  Payload payload{{Encoding::kConstant, 0, 0, kNoBounds, 0, 9}, {}, 9};
  absl::StatusOr<Values> out = Read(payload);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(*out, Values(9));
  absl::StatusOr<std::string_view> value = ReadBytesAt(BestKernels(), payload, 3, *scratch_);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value, "");
  payload.word.null_count = 8;
  EXPECT_EQ(Read(payload).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(BytesCodec, RefusesAColumnOfAnotherType) {
  const Block block = Write({"a", "b"});
  ColumnBuffer numbers(Physical::kInt64);
  EXPECT_EQ(ReadBytes(BestKernels(), block.payload(), *scratch_, numbers).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(numbers.rows(), 0u);
}

// --- Bounds.

BytesBounds BoundsOf(const Values& values) { return BoundsOfBytes(Column(values).view()); }

int64_t PrefixOf(std::string_view text) {
  uint64_t prefix = 0;
  for (size_t i = 0; i < 8; ++i) {
    prefix = prefix << 8 | (i < text.size() ? static_cast<uint8_t>(text[i]) : 0);
  }
  return static_cast<int64_t>(prefix);
}

TEST(BoundsOfByteStrings, ArePrefixesOfTheLeastAndTheGreatestValue) {
  EXPECT_EQ(BoundsOf({"b", "abc", "ab"}), (BytesBounds{PrefixOf("ab"), PrefixOf("b"), 0}));
  EXPECT_EQ(BoundsOf({"", "\xFF"}), (BytesBounds{0, PrefixOf("\xFF"), 0}));
  EXPECT_EQ(BoundsOf({"12345678"}), (BytesBounds{PrefixOf("12345678"), PrefixOf("12345678"), 0}));
  EXPECT_EQ(BoundsOf({"123456789", "5"}),
            (BytesBounds{PrefixOf("12345678"), PrefixOf("5"), kInexactBounds}));
  EXPECT_EQ(BoundsOf({"1", "923456789"}),
            (BytesBounds{PrefixOf("1"), PrefixOf("92345678"), kInexactBounds}));
}

TEST(BoundsOfByteStrings, AreInexactWhenTheLeastOrTheGreatestValueIsMoreThanTheySay) {
  const std::string zero("a\0", 2);
  EXPECT_EQ(BoundsOf({zero, "b"}).flags, kInexactBounds);
  EXPECT_EQ(BoundsOf({zero, "a", "b"}).flags, 0) << "the least value is a";
  EXPECT_EQ(BoundsOf({"a", "b", std::string("b\0", 2)}).flags, kInexactBounds);
  EXPECT_EQ(BoundsOf({"abcdefgh", "abcdefghi", "b"}).flags, 0);
  EXPECT_EQ(BoundsOf({"a", "bbbbbbbb", "bbbbbbbbb"}).flags, kInexactBounds);
  EXPECT_EQ(BoundsOf({"a", "long but in the middle", "z"}).flags, 0);
}

TEST(BoundsOfByteStrings, LeaveNullRowsOut) {
  ColumnBuffer column(Physical::kBytes);
  column.AppendNull();
  EXPECT_EQ(BoundsOfBytes(column.view()), (BytesBounds{0, 0, kNoBounds}));
  column.AppendBytes("m");
  column.AppendNull();
  EXPECT_EQ(BoundsOfBytes(column.view()), (BytesBounds{PrefixOf("m"), PrefixOf("m"), 0}));
}

// --- Hostile bytes.

TEST_F(BytesCodec, SurvivesEverySingleBitFlip) {
  for (const auto& [name, law] : Laws()) {
    Block block = Write(Draw(law, 12, 4));
    const size_t size = block.payload().data.size();
    for (size_t bit = 0; bit < 8 * size; ++bit) {
      block.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      ReadAnyway(block.payload());
      block.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    for (size_t bit = 0; bit < 64; ++bit) {
      Payload payload = block.payload();
      uint64_t word;
      std::memcpy(&word, &payload.word, sizeof(word));
      word ^= uint64_t{1} << bit;
      payload.word = std::bit_cast<CodecWord>(word);
      ReadAnyway(payload);
    }
  }
}

TEST_F(BytesCodec, RefusesEveryTruncationAndEveryExtension) {
  for (const auto& [name, law] : Laws()) {
    const Block block = Write(Draw(law, 40, 4));
    Payload payload = block.payload();
    const size_t full = payload.data.size();
    for (size_t size = 0; size <= full + 16; ++size) {
      payload.data = std::span(block.bytes).first(size);
      const absl::StatusCode code = Read(payload).status().code();
      ASSERT_EQ(code == absl::StatusCode::kOk, size == full) << name << size;
      ASSERT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss);
    }
  }
}

// A payload made by hand: lengths, one page.
class HandMade {
 public:
  HandMade(const std::vector<int64_t>& lengths, BytesPage page, std::string_view stored)
      : count_(lengths.size()) {
    IntegerScratch scratch;
    WriteNestedIntegers(BestKernels(), lengths, scratch, bytes_);
    page_at_ = bytes_.size() + 8;
    AppendValue(uint32_t{1}, bytes_);
    AppendValue(uint32_t{0}, bytes_);
    AppendValue(page, bytes_);
    AppendValues(std::span(stored), bytes_);
    bytes_.resize(RoundUpToWord(bytes_.size()) + kReadableAfterEnd);
  }

  std::byte* page() { return bytes_.data() + page_at_; }
  Payload payload() const {
    return {{Encoding::kPages, 0, 0, 0, 0, 0},
            std::span(bytes_).first(bytes_.size() - kReadableAfterEnd),
            count_};
  }

 private:
  std::vector<std::byte> bytes_;
  size_t page_at_;
  size_t count_;
};

std::string Compress(std::string_view raw) {
  std::string out(ZSTD_compressBound(raw.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), 3));
  return out;
}

HandMade OnePage(size_t raw_size, std::string_view stored, PageCodec codec = PageCodec::kZstd) {
  const BytesPage page{0, static_cast<uint32_t>(raw_size), static_cast<uint32_t>(stored.size()),
                       codec};
  return HandMade({static_cast<int64_t>(raw_size)}, page, stored);
}

TEST_F(BytesCodec, AcceptsOnlyOneFrameOfExactlyTheRawSize) {
  const std::string raw(1000, 'q');
  const std::string frame = Compress(raw);
  const auto refuses = [&](const HandMade& made) {
    const bool at = ReadBytesAt(BestKernels(), made.payload(), 0, *scratch_).status().code() ==
                    absl::StatusCode::kDataLoss;
    return at && Read(made.payload()).status().code() == absl::StatusCode::kDataLoss;
  };
  ASSERT_TRUE(Read(OnePage(1000, frame).payload()).ok());
  EXPECT_TRUE(refuses(OnePage(999, frame)));
  EXPECT_TRUE(refuses(OnePage(1001, frame)));
  EXPECT_TRUE(refuses(OnePage(2000, frame + frame)));
  EXPECT_TRUE(refuses(OnePage(1000, frame + '\0')));
  EXPECT_TRUE(refuses(OnePage(1000, frame.substr(0, frame.size() - 1))));
  EXPECT_TRUE(refuses(OnePage(1000, "")));
  const std::string skippable("\x50\x2A\x4D\x18\x00\x00\x00\x00", 8);
  EXPECT_TRUE(refuses(OnePage(1000, skippable + frame)));
  EXPECT_TRUE(refuses(OnePage(0, skippable)));
  const std::string ancient("\x27\xB5\x2F\xFD\x00\x00\x00\x00", 8);
  EXPECT_TRUE(refuses(OnePage(1000, ancient)));
}

TEST_F(BytesCodec, DoesNotTrustTheContentSizeOfAFrame) {
  const std::string frame = Compress(std::string(1000, 'q'));
  // Descriptor: single segment, two bytes of content size (less 256).
  ASSERT_EQ(static_cast<uint8_t>(frame[4]), 0x60);
  for (const unsigned claimed : {0u, 999u, 1001u, 60'000u}) {
    std::string liar = frame;
    liar[5] = static_cast<char>((claimed - 256) & 255);
    liar[6] = static_cast<char>((claimed - 256) >> 8 & 255);
    EXPECT_EQ(Read(OnePage(1000, liar).payload()).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(Read(OnePage(claimed, liar).payload()).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST_F(BytesCodec, AllocatesNothingForSizesThatCannotBe) {
  // A gibibyte of lengths that takes a few bytes to say, over a page that could not hold it.
  const std::vector<int64_t> lengths(1024, static_cast<int64_t>(kMaxValueBytes));
  const std::string frame = Compress(std::string(1000, 'q'));
  const BytesPage page{0, 1u << 30, static_cast<uint32_t>(frame.size()), PageCodec::kZstd};
  const HandMade made(lengths, page, frame);
  const absl::Status status = Read(made.payload()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.ToString().find("more raw bytes than the page can hold"), std::string::npos);
  EXPECT_EQ(scratch_->page.capacity(), 0u);
}

TEST_F(BytesCodec, RefusesWhatNoWriterWrites) {
  const auto expect_refused = [&](const HandMade& made, std::string_view why) {
    const absl::Status status = Read(made.payload()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << why;
    EXPECT_NE(status.ToString().find(why), std::string::npos) << status;
  };
  const auto raw = PageCodec::kRaw;
  ASSERT_TRUE(Read(HandMade({2, 1}, {0, 3, 3, raw}, "abc").payload()).ok());
  expect_refused(HandMade({-1, 4}, {0, 3, 3, raw}, "abc"), "negative length");
  expect_refused(HandMade({2, kMaxValueBytes + 1}, {0, 3, 3, raw}, "abc"), "above the limit");
  expect_refused(HandMade({2, 2}, {0, 3, 3, raw}, "abc"), "raw size and lengths disagree");
  expect_refused(HandMade({2, 1}, {1, 3, 3, raw}, "abc"), "first row of a page out of order");
  expect_refused(HandMade({2, 1}, {0, 3, 2, raw}, "ab"), "stored size of a raw page");
  expect_refused(HandMade({2, 1}, {0, 3, 3, PageCodec{2}}, "abc"), "unknown page codec");
  expect_refused(HandMade({2, 1}, {0, 3, 3, raw}, "abcdefghi"), "size of the pages");
  expect_refused(HandMade({2, 1}, {0, 3, 3, raw}, "abcd"), "padding is not zero");
  HandMade made({2, 1}, {0, 3, 3, raw}, "abc");
  StoreLe<uint32_t>(made.page() - 4, 1);
  expect_refused(made, "reserved bytes");
  for (const uint32_t count : {0u, 3u, ~0u}) {
    StoreLe<uint32_t>(made.page() - 8, count);
    expect_refused(made, "number of pages");
  }
}

TEST_F(BytesCodec, SurvivesRandomPageTables) {
  std::mt19937_64 random(13);
  const std::string frame = Compress("a page of text, a page of text, a page of text");
  for (int round = 0; round < 10'000; ++round) {
    std::vector<int64_t> lengths(1 + random() % 6);
    for (int64_t& length : lengths) length = static_cast<int64_t>(random() % 20);
    int64_t total = 0;
    for (const int64_t length : lengths) total += length;
    std::string stored = random() % 2 == 0 ? frame : Noise(random() % 60, random);
    if (!stored.empty() && random() % 2 == 0) stored[random() % stored.size()] ^= 1 << random() % 8;
    const BytesPage page{static_cast<uint32_t>(random() % 8 == 0),
                         static_cast<uint32_t>(total + static_cast<int64_t>(random() % 9 == 0)),
                         static_cast<uint32_t>(stored.size() + (random() % 9 == 0)),
                         static_cast<PageCodec>(random() % 3)};
    HandMade made(lengths, page, stored);
    if (random() % 4 == 0) StoreLe<uint32_t>(made.page() - 8, random() % 4);
    ReadAnyway(made.payload());
  }
}

}  // namespace
}  // namespace tape::format
