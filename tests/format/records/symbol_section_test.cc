#include "format/records/symbol_section.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "tests/format/records/places.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;
using Texts = std::vector<std::string>;

constexpr FileIdentity kFile{.store = kStoreOfTests, .table = 17, .column = 2, .generation = 1};
const FileHeader kHeader{.kind = FileKind::kDictionary, .identity = kFile};
const PlaceSeed kSeeds(kHeader);

std::vector<std::string_view> Views(const Texts& texts) { return {texts.begin(), texts.end()}; }

// A file that grows by sections.
struct Dictionary {
  Dictionary() {
    const auto head = kHeader.Serialize();
    bytes.assign(head.begin(), head.end());
  }

  absl::Status Append(const Texts& texts) {
    return AppendSymbolSection(Views(texts), {kSeeds, bytes.size()}, chain, bytes);
  }

  SymbolsEntry Counts() const {
    return {ColumnId(2), Generation(1), chain.symbols, chain.crc, bytes.size()};
  }

  Bytes bytes;
  SymbolChain chain;
};

Texts RandomTexts(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<std::string> texts;
  while (texts.size() < count) {
    std::string text(random() % 12, ' ');
    for (char& c : text) c = static_cast<char>(random());
    texts.insert(text);
  }
  Texts shuffled(texts.begin(), texts.end());
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  return shuffled;
}

absl::Status ReadFile(std::span<const std::byte> bytes, const SymbolsEntry& counts) {
  return SymbolFile(kFile).Extend(bytes, counts);
}

TEST(Symbols, CodesAndTextsOfAllSectionsComeBack) {
  Dictionary dictionary;
  const Texts all = RandomTexts(1200, 1);
  size_t at = 0;
  for (const size_t count : {1, 2, 100, 1, 1000}) {
    if (count == 100) dictionary.bytes.resize(4096);  // a sync lay between
    ASSERT_TRUE(dictionary
                    .Append({all.begin() + static_cast<ptrdiff_t>(at),
                             all.begin() + static_cast<ptrdiff_t>(at + count)})
                    .ok());
    at += count;
  }
  SymbolFile file(kFile);
  ASSERT_TRUE(file.Extend(dictionary.bytes, dictionary.Counts()).ok());
  EXPECT_EQ(file.size(), 1104u);
  EXPECT_EQ(file.sections().size(), 5u);
  EXPECT_EQ(file.chain(), dictionary.chain);
  for (uint32_t code = 1; code <= file.size(); ++code) {
    ASSERT_EQ(file.Text(SymbolCode(code)), all[code - 1]);
    ASSERT_EQ(file.Code(all[code - 1]), SymbolCode(code));
  }
  EXPECT_EQ(file.Text(SymbolCode(0)), std::nullopt);
  EXPECT_EQ(file.Text(SymbolCode(file.size() + 1)), std::nullopt);
  for (size_t i = file.size(); i < all.size(); ++i) EXPECT_EQ(file.Code(all[i]), kNullSymbol);
  EXPECT_EQ(file.Texts().size(), file.size());
}

TEST(Symbols, AFoldIsOneSectionWithTheSameCodes) {
  Dictionary dictionary;
  ASSERT_TRUE(dictionary.Append({"MSFT", "AAPL"}).ok());
  ASSERT_TRUE(dictionary.Append({"IBM", ""}).ok());
  SymbolFile file(kFile);
  ASSERT_TRUE(file.Extend(dictionary.bytes, dictionary.Counts()).ok());
  Dictionary folded;
  const auto texts = file.Texts();
  ASSERT_TRUE(
      AppendSymbolSection(texts, {kSeeds, folded.bytes.size()}, folded.chain, folded.bytes).ok());
  SymbolFile one(kFile);
  ASSERT_TRUE(one.Extend(folded.bytes, folded.Counts()).ok());
  EXPECT_EQ(one.sections().size(), 1u);
  EXPECT_EQ(one.Texts(), texts);
  EXPECT_EQ(one.Code("IBM"), SymbolCode(3));
}

TEST(Symbols, WhatIsBehindTheCountIsNotRead) {
  Dictionary dictionary;
  ASSERT_TRUE(dictionary.Append({"MSFT", "AAPL"}).ok());
  const SymbolsEntry counts = dictionary.Counts();
  ASSERT_TRUE(dictionary.Append({"IBM"}).ok());
  Bytes damaged = dictionary.bytes;
  damaged.back() ^= std::byte{1};
  SymbolFile file(kFile);
  ASSERT_TRUE(file.Extend(damaged, counts).ok());
  EXPECT_EQ(file.size(), 2u);
  ASSERT_TRUE(file.Extend(dictionary.bytes, dictionary.Counts()).ok());
  EXPECT_EQ(file.Code("IBM"), SymbolCode(3));
  EXPECT_FALSE(ReadFile(damaged, dictionary.Counts()).ok());
}

TEST(Symbols, EveryFlippedBitAndTruncationIsRefused) {
  Dictionary dictionary;
  ASSERT_TRUE(dictionary.Append({"MSFT", "AAPL", ""}).ok());
  ASSERT_TRUE(dictionary.Append({"IBM"}).ok());
  const SymbolsEntry counts = dictionary.Counts();
  for (size_t bit = 0; bit < dictionary.bytes.size() * 8; ++bit) {
    Bytes damaged = dictionary.bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    ASSERT_FALSE(ReadFile(damaged, counts).ok()) << bit;
  }
  for (size_t size = 0; size < dictionary.bytes.size(); ++size) {
    const auto cut = std::span(dictionary.bytes).first(size);
    ASSERT_EQ(ReadFile(cut, counts).code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(Symbols, CountsThatAreNotThoseOfTheFileAreRefused) {
  Dictionary dictionary;
  ASSERT_TRUE(dictionary.Append({"MSFT", "AAPL"}).ok());
  SymbolsEntry counts = dictionary.Counts();
  counts.symbols = 1;
  EXPECT_FALSE(ReadFile(dictionary.bytes, counts).ok());
  counts.symbols = 3;
  EXPECT_FALSE(ReadFile(dictionary.bytes, counts).ok());
  counts = dictionary.Counts();
  counts.crc ^= 1;
  EXPECT_FALSE(ReadFile(dictionary.bytes, counts).ok());
  counts = dictionary.Counts();
  counts.length -= 64;
  EXPECT_FALSE(ReadFile(dictionary.bytes, counts).ok());
}

// A u32 of the only section changed, its checksum made right.
absl::Status ReadChanged(size_t offset, uint32_t value) {
  Dictionary dictionary;
  EXPECT_TRUE(dictionary.Append({"MSFT", "AAPL", "IBM"}).ok());
  std::span<std::byte> section = std::span(dictionary.bytes).subspan(64);
  StoreLe<uint32_t>(section.data() + offset, value);
  const uint32_t crc =
      ExtendCrc32c(ExtendCrc32c(kSeeds.At(64), section.first(60)), section.subspan(64));
  StoreLe<uint32_t>(section.data() + 60, crc);
  dictionary.chain.crc = crc;
  return ReadFile(dictionary.bytes, dictionary.Counts());
}

TEST(Symbols, RulesBrokenBehindARightChecksumAreRefused) {
  EXPECT_TRUE(ReadChanged(64, 4).ok());
  EXPECT_FALSE(ReadChanged(0, 0).ok());  // magic
  EXPECT_FALSE(ReadChanged(4, 0).ok());  // symbols
  EXPECT_FALSE(ReadChanged(4, 0xFFFFFFF).ok());
  EXPECT_FALSE(ReadChanged(8, 64).ok());  // length
  EXPECT_FALSE(ReadChanged(16, 0).ok());  // first code
  EXPECT_FALSE(ReadChanged(16, 2).ok());
  EXPECT_FALSE(ReadChanged(16, 0xFFFFFFFF).ok());
  EXPECT_FALSE(ReadChanged(20, 10).ok());  // size
  EXPECT_FALSE(ReadChanged(24, 1).ok());   // chain
  EXPECT_FALSE(ReadChanged(28, 1).ok());   // reserved
  EXPECT_FALSE(ReadChanged(48, 1).ok());
  EXPECT_FALSE(ReadChanged(56, 1).ok());
  EXPECT_FALSE(ReadChanged(64, 9).ok());   // ends fall
  EXPECT_FALSE(ReadChanged(72, 12).ok());  // beyond the strings
  EXPECT_FALSE(ReadChanged(76, 0).ok());   // not in order
  EXPECT_FALSE(ReadChanged(76, 2).ok());   // twice
  EXPECT_FALSE(ReadChanged(76, 3).ok());   // no symbol
  EXPECT_FALSE(ReadChanged(124, 1).ok());  // padding
}

TEST(Symbols, TextsThatNoReaderWouldTakeAreNotWritten) {
  Dictionary dictionary;
  const size_t size = dictionary.bytes.size();
  EXPECT_FALSE(dictionary.Append({}).ok());
  EXPECT_FALSE(dictionary.Append({"A", "B", "A"}).ok());
  EXPECT_FALSE(dictionary.Append({std::string(1025, 'x')}).ok());
  dictionary.chain.symbols = 1u << 24;
  EXPECT_TRUE(absl::IsResourceExhausted(dictionary.Append({"A"})));
  EXPECT_EQ(dictionary.bytes.size(), size);
  dictionary.chain.symbols = 0;
  EXPECT_TRUE(dictionary.Append({std::string(1024, 'x')}).ok());
}

}  // namespace
}  // namespace tape::format
