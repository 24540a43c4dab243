// Small extents of every physical form in every encoding, for tests that damage them bit by bit.
//
//   for (const ExtentSample& sample : ExtentSamples()) { ... sample.extent.bytes ... }
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/format/layout/written_extent.h"
#include "tests/support/columns.h"

namespace tape::format {

struct ExtentSample {
  std::string name;
  WrittenExtent extent;
  ColumnBuffer rows;  // what it reads as
};

inline ExtentSample MakeExtentSample(const support::ColumnRecipe& recipe, const ExtentSpec& spec) {
  const support::TestColumn column = support::MakeColumn(recipe);
  ColumnBuffer rows(recipe.physical);
  rows.AppendColumn(column.view());
  const std::string name = support::Name(recipe) + (spec.sensitive ? ", sensitive" : "");
  return {name, WriteExtent(column.view(), spec), std::move(rows)};
}

// Every law, with and without NULLs, in blocks small enough to be flipped bit by bit; and full
// blocks, which are packed in another way.
inline std::vector<ExtentSample> ExtentSamples() {
  using support::Law;
  using support::Nulls;
  std::vector<ExtentSample> samples;
  for (const Physical physical : support::AllPhysicals()) {
    for (const Law law : support::LawsOf(physical)) {
      if (law == Law::kOneLarge || law == Law::kIncompressible) continue;
      const bool small = law == Law::kRandom || law == Law::kJson || law == Law::kLarge;
      const size_t rows = physical == Physical::kBytes || small ? 40 : 150;
      samples.push_back(MakeExtentSample({physical, law, rows, Nulls::kNone}, {}));
      samples.push_back(MakeExtentSample({physical, law, 70, Nulls::kHalf}, {.sensitive = small}));
    }
    samples.push_back(MakeExtentSample({physical, Law::kFewDistinct, 0, Nulls::kNone}, {}));
    samples.push_back(MakeExtentSample({physical, Law::kFewDistinct, 9, Nulls::kAll}, {}));
    samples.push_back(MakeExtentSample({physical, Law::kConstant, 5, Nulls::kNone},
                                       {.keeps_bounds = false, .sensitive = true}));
    if (physical == Physical::kBytes) continue;
    samples.push_back(MakeExtentSample({physical, Law::kAlternating, 1060, Nulls::kFirst}, {}));
  }
  samples.push_back(MakeExtentSample({Physical::kInt64, Law::kWalk, 2060, Nulls::kNone}, {}));
  samples.push_back(MakeExtentSample({Physical::kFloat64, Law::kWalk, 1024, Nulls::kNone}, {}));
  return samples;
}

}  // namespace tape::format
