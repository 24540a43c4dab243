#include "tape/column_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tape/limits.h"

namespace tape {
namespace {

constexpr Physical kAll[] = {Physical::kBool,    Physical::kInt16,  Physical::kInt32,
                             Physical::kInt64,   Physical::kInt128, Physical::kFloat32,
                             Physical::kFloat64, Physical::kCode32, Physical::kBytes};

TEST(ColumnView, GivesValuesOfItsOwnTypeOnly) {
  const std::vector<int64_t> values = {3, 1, 4};
  const ColumnView view = ColumnView::Of<int64_t>(values);
  EXPECT_EQ(view.physical(), Physical::kInt64);
  EXPECT_EQ(view.rows(), 3u);
  ASSERT_EQ(view.Values<int64_t>().size(), 3u);
  EXPECT_EQ(view.Values<int64_t>()[2], 4);
  EXPECT_TRUE(view.Values<double>().empty());
  EXPECT_TRUE(view.Values<int32_t>().empty());
  EXPECT_TRUE(view.Values<Int128>().empty());
  EXPECT_EQ(view.Bytes(0), "");
  EXPECT_TRUE(view.Offsets().empty());
  EXPECT_TRUE(view.OffsetsAreSound());
}

TEST(ColumnView, SaysWhichRowsAreNull) {
  const std::vector<int32_t> values = {1, 2, 3};
  const std::vector<uint8_t> validity = {1, 0, 1};
  const ColumnView view = ColumnView::Of<int32_t>(values, validity.data());
  EXPECT_FALSE(view.IsNull(0));
  EXPECT_TRUE(view.IsNull(1));
  EXPECT_EQ(view.CountNulls(), 1u);
  EXPECT_EQ(ColumnView::Of<int32_t>(values).CountNulls(), 0u);
  EXPECT_TRUE(ColumnView::Of<int32_t>(values).Validity().empty());
}

TEST(ColumnView, TakesCodeZeroForNull) {
  const std::vector<uint32_t> codes = {5, 0, 7};
  EXPECT_EQ(ColumnView::Of<uint32_t>(codes).CountNulls(), 1u);
  EXPECT_TRUE(ColumnView::Of<uint32_t>(codes).IsNull(1));
  const std::vector<uint8_t> validity = {0, 1, 1};
  EXPECT_EQ(ColumnView::Of<uint32_t>(codes, validity.data()).CountNulls(), 2u);
}

TEST(ColumnView, ReadsBytesBetweenOffsets) {
  const std::vector<uint64_t> offsets = {2, 5, 5, 8};
  const ColumnView view = ColumnView::Bytes(offsets, "xxabcdefyy");
  EXPECT_EQ(view.rows(), 3u);
  EXPECT_EQ(view.Bytes(0), "abc");
  EXPECT_EQ(view.Bytes(1), "");
  EXPECT_EQ(view.Bytes(2), "def");
  EXPECT_TRUE(view.OffsetsAreSound());
  EXPECT_TRUE(view.Values<uint8_t>().empty());
  EXPECT_TRUE(view.RawValues().empty());
}

TEST(ColumnView, NeverReadsOutsideTheHeapWhateverTheOffsetsSay) {
  const std::vector<uint64_t> offsets = {0, 100, 2, 1, UINT64_MAX, 3};
  const ColumnView view = ColumnView::Bytes(offsets, "abc");
  EXPECT_EQ(view.Bytes(0), "");  // ends outside
  EXPECT_EQ(view.Bytes(1), "");  // begins outside
  EXPECT_EQ(view.Bytes(2), "");  // backwards
  EXPECT_EQ(view.Bytes(3), "");
  EXPECT_EQ(view.Bytes(4), "");
  EXPECT_FALSE(view.OffsetsAreSound());
  const std::vector<uint64_t> long_end = {0, 4};
  EXPECT_FALSE(ColumnView::Bytes(long_end, "abc").OffsetsAreSound());
}

TEST(ColumnView, IsEmptyWithoutOffsets) {
  const ColumnView view = ColumnView::Bytes({}, "abc");
  EXPECT_EQ(view.rows(), 0u);
  EXPECT_TRUE(view.Offsets().empty());
  EXPECT_TRUE(view.OffsetsAreSound());
  EXPECT_EQ(view.Slice(0, 10).rows(), 0u);
}

TEST(ColumnView, SlicesRowsAndCutsToWhatThereIs) {
  const std::vector<double> values = {0.5, 1.5, 2.5, 3.5};
  const std::vector<uint8_t> validity = {1, 1, 0, 1};
  const ColumnView view = ColumnView::Of<double>(values, validity.data());
  const ColumnView middle = view.Slice(1, 2);
  ASSERT_EQ(middle.rows(), 2u);
  EXPECT_EQ(middle.Values<double>()[0], 1.5);
  EXPECT_FALSE(middle.IsNull(0));
  EXPECT_TRUE(middle.IsNull(1));
  EXPECT_EQ(view.Slice(3, 100).rows(), 1u);
  EXPECT_EQ(view.Slice(100, 100).rows(), 0u);
  EXPECT_EQ(view.Slice(2, std::numeric_limits<size_t>::max()).rows(), 2u);

  const std::vector<uint64_t> offsets = {0, 1, 2, 3};
  const ColumnView bytes = ColumnView::Bytes(offsets, "abc").Slice(1, 2);
  EXPECT_EQ(bytes.Bytes(0), "b");
  EXPECT_EQ(bytes.Bytes(1), "c");
  EXPECT_EQ(bytes.Offsets().size(), 3u);
}

TEST(PaddedBytes, IsAlignedAndReadableAfterItsEnd) {
  for (const size_t size : {0u, 1u, 63u, 64u, 65u, 1000u, 8192u}) {
    PaddedBytes bytes;
    bytes.Resize(size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(bytes.data()) % 64, 0u);
    const uint8_t* end = bytes.data() + size;
    EXPECT_EQ(std::accumulate(end, end + PaddedBytes::kPadding, 0), 0) << size;
  }
}

TEST(PaddedBytes, KeepsItsBytesThroughGrowthCopyAndMove) {
  PaddedBytes bytes;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string part = std::to_string(i);
    bytes.Append(part.data(), part.size());
    expected += part;
  }
  PaddedBytes copy = bytes;
  PaddedBytes moved = std::move(bytes);
  PaddedBytes assigned;
  assigned.Append("x", 1);
  assigned = copy;
  const PaddedBytes& self = assigned;
  assigned = self;
  for (const PaddedBytes* one : {&copy, &moved, &assigned}) {
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(one->data()), one->size()), expected);
  }
}

template <typename T>
class TypedBuffer : public ::testing::Test {};
using Fixed = ::testing::Types<uint8_t, int16_t, int32_t, int64_t, Int128, float, double, uint32_t>;
TYPED_TEST_SUITE(TypedBuffer, Fixed);

// Values and NULLs in every pattern against a vector of optionals.
TYPED_TEST(TypedBuffer, HoldsWhatWasAppended) {
  for (const int null_every : {0, 1, 2, 7}) {
    ColumnBuffer buffer(kPhysicalOf<TypeParam>);
    std::vector<std::optional<TypeParam>> expected;
    for (int i = 0; i < 2000; ++i) {
      const bool is_null = null_every != 0 && i % null_every == 0;
      const auto value = static_cast<TypeParam>(i % 100 + 1);
      if (is_null) {
        buffer.AppendNull();
      } else {
        EXPECT_TRUE(buffer.Append(value));
      }
      expected.push_back(is_null ? std::nullopt : std::optional(value));
    }
    const ColumnView view = buffer.view();
    ASSERT_EQ(view.rows(), expected.size());
    size_t nulls = 0;
    for (size_t row = 0; row < expected.size(); ++row) {
      ASSERT_EQ(view.IsNull(row), !expected[row].has_value()) << row;
      const TypeParam value = view.Values<TypeParam>()[row];
      ASSERT_TRUE(value == expected[row].value_or(TypeParam{})) << row;
      nulls += view.IsNull(row) ? 1 : 0;
    }
    EXPECT_EQ(view.CountNulls(), nulls);
  }
}

TYPED_TEST(TypedBuffer, RefusesOtherTypes) {
  ColumnBuffer buffer(kPhysicalOf<TypeParam>);
  const bool is_int64 = std::is_same_v<TypeParam, int64_t>;
  EXPECT_EQ(buffer.Append(int64_t{1}), is_int64);
  EXPECT_FALSE(buffer.AppendBytes("a"));
  EXPECT_EQ(buffer.rows(), is_int64 ? 1u : 0u);
  EXPECT_TRUE(buffer.MutableOffsets().empty());
  EXPECT_TRUE(buffer.ResizeHeap(3).empty());
  ColumnBuffer bytes(Physical::kBytes);
  EXPECT_FALSE(bytes.Append(TypeParam{}));
  EXPECT_FALSE(buffer.AppendColumn(bytes.view()));
}

TYPED_TEST(TypedBuffer, IsFilledInPlaceAfterResize) {
  ColumnBuffer buffer(kPhysicalOf<TypeParam>);
  buffer.Resize(kBlockRows);
  std::span<TypeParam> values = buffer.MutableValues<TypeParam>();
  ASSERT_EQ(values.size(), kBlockRows);
  for (size_t row = 0; row < values.size(); ++row) values[row] = static_cast<TypeParam>(1);
  EXPECT_EQ(buffer.view().CountNulls(), 0u);
  buffer.MutableValidity()[5] = 0;
  EXPECT_EQ(buffer.view().CountNulls(), 1u);
  EXPECT_TRUE(buffer.view().IsNull(5));
  buffer.DropValidity();
  EXPECT_EQ(buffer.view().CountNulls(), 0u);
  buffer.Clear();
  EXPECT_EQ(buffer.rows(), 0u);
}

// Every value size, with and without NULLs, behind rows that are there already.
TEST(ColumnBuffer, AppendsListedRowsInTheirOrder) {
  const std::vector<uint32_t> listed = {9, 0, 0, 5, 3};
  for (const Physical physical : kAll) {
    for (const bool nulls : {false, true}) {
      ColumnBuffer source(physical);
      source.Resize(10);
      for (size_t i = 0; i < source.view().RawValues().size(); ++i) {
        source.MutableRaw()[i] = static_cast<uint8_t>(i + 1);
      }
      if (physical == Physical::kBytes) source.Clear();
      for (int i = 0; physical == Physical::kBytes && i < 10; ++i) {
        source.AppendBytes(std::to_string(i));
      }
      if (nulls) source.MutableValidity()[5] = 0;
      ColumnBuffer gathered(physical);
      gathered.AppendNull();
      ASSERT_TRUE(gathered.AppendRows(source.view(), listed));
      ASSERT_EQ(gathered.rows(), 1 + listed.size());
      for (size_t i = 0; i < listed.size(); ++i) {
        const ColumnView got = gathered.view().Slice(1 + i, 1);
        const ColumnView expected = source.view().Slice(listed[i], 1);
        EXPECT_EQ(got.IsNull(0), expected.IsNull(0));
        EXPECT_EQ(got.Bytes(0), expected.Bytes(0));
        EXPECT_TRUE(std::ranges::equal(got.RawValues(), expected.RawValues()));
      }
    }
  }
  ColumnBuffer other(Physical::kInt64);
  EXPECT_FALSE(other.AppendRows(ColumnBuffer(Physical::kBytes).view(), {}));
}

TEST(ColumnBuffer, StartsEmptyAndPadded) {
  for (const Physical physical : kAll) {
    const ColumnBuffer buffer(physical);
    const ColumnView view = buffer.view();
    EXPECT_EQ(view.physical(), physical);
    EXPECT_EQ(view.rows(), 0u);
    EXPECT_EQ(view.CountNulls(), 0u);
    EXPECT_TRUE(view.OffsetsAreSound());
    EXPECT_EQ(view.Offsets().size(), physical == Physical::kBytes ? 1u : 0u);
  }
}

TEST(ColumnBuffer, MarksRowsBeforeTheFirstNullAsValid) {
  ColumnBuffer buffer(Physical::kInt16);
  buffer.Append(int16_t{1});
  buffer.Append(int16_t{2});
  EXPECT_TRUE(buffer.view().Validity().empty());
  buffer.AppendNull();
  buffer.Append(int16_t{3});
  const std::span<const uint8_t> validity = buffer.view().Validity();
  EXPECT_EQ(std::vector<uint8_t>(validity.begin(), validity.end()),
            (std::vector<uint8_t>{1, 1, 0, 1}));
}

TEST(ColumnBuffer, ForgetsNullsWhenCleared) {
  ColumnBuffer buffer(Physical::kBytes);
  buffer.AppendNull();
  buffer.AppendBytes("gone");
  buffer.Clear();
  EXPECT_EQ(buffer.view().Heap(), "");
  buffer.AppendBytes("new");
  EXPECT_FALSE(buffer.view().IsNull(0));
  EXPECT_EQ(buffer.view().Bytes(0), "new");
  EXPECT_TRUE(buffer.view().Validity().empty());
}

TEST(ColumnBuffer, MakesResizedRowsValidAndBytesEmpty) {
  ColumnBuffer buffer(Physical::kBytes);
  buffer.AppendBytes("ab");
  buffer.AppendNull();
  buffer.AppendBytes("cd");
  buffer.Resize(5);
  EXPECT_EQ(buffer.view().Bytes(2), "cd");
  EXPECT_EQ(buffer.view().Bytes(4), "");
  EXPECT_FALSE(buffer.view().IsNull(4));
  EXPECT_TRUE(buffer.view().IsNull(1));
  buffer.Resize(1);
  EXPECT_EQ(buffer.view().Heap(), "ab");
  buffer.Resize(2);
  EXPECT_FALSE(buffer.view().IsNull(1));
  EXPECT_TRUE(buffer.view().OffsetsAreSound());
}

TEST(ColumnBuffer, TakesOffsetsAndHeapFilledByADecoder) {
  ColumnBuffer buffer(Physical::kBytes);
  buffer.Resize(2);
  const std::span<char> heap = buffer.ResizeHeap(5);
  std::copy_n("hello", 5, heap.begin());
  const std::span<uint64_t> offsets = buffer.MutableOffsets();
  ASSERT_EQ(offsets.size(), 3u);
  offsets[1] = 2;
  offsets[2] = 5;
  EXPECT_EQ(buffer.view().Bytes(0), "he");
  EXPECT_EQ(buffer.view().Bytes(1), "llo");
}

TEST(ColumnBuffer, AppendsWholeColumnsWithTheirNulls) {
  std::mt19937 random(7);
  for (const Physical physical : {Physical::kBytes, Physical::kInt32, Physical::kCode32}) {
    ColumnBuffer whole(physical);
    ColumnBuffer parts(physical);
    for (int part = 0; part < 20; ++part) {
      ColumnBuffer one(physical);
      for (uint32_t i = 0; i < random() % 50; ++i) {
        const int32_t value = static_cast<int32_t>(random() % 1000 + 1);
        for (ColumnBuffer* into : {&whole, &one}) {
          if (value % 5 == 0)
            into->AppendNull();
          else if (physical == Physical::kBytes)
            into->AppendBytes(std::to_string(value));
          else if (physical == Physical::kInt32)
            into->Append(value);
          else
            into->Append(static_cast<uint32_t>(value));
        }
      }
      EXPECT_TRUE(parts.AppendColumn(one.view()));
    }
    ASSERT_EQ(parts.rows(), whole.rows());
    for (size_t row = 0; row < whole.rows(); ++row) {
      ASSERT_EQ(parts.view().IsNull(row), whole.view().IsNull(row));
      ASSERT_EQ(parts.view().Bytes(row), whole.view().Bytes(row));
    }
    const std::span<const uint8_t> a = parts.view().RawValues();
    const std::span<const uint8_t> b = whole.view().RawValues();
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
  }
}

TEST(ColumnBuffer, ReservesWithoutChangingRows) {
  for (const Physical physical : kAll) {
    ColumnBuffer buffer(physical);
    buffer.Reserve(10'000);
    EXPECT_EQ(buffer.rows(), 0u);
    const uint8_t* before = buffer.view().RawValues().data();
    for (int i = 0; i < 10'000; ++i) buffer.AppendNull();
    EXPECT_EQ(buffer.view().RawValues().data(), before) << "reallocated";
    EXPECT_EQ(buffer.view().CountNulls(), 10'000u);
  }
}

}  // namespace
}  // namespace tape
