// Every physical form with every law of values that it has, as parameters of a test.
//
//   class ExtentBounds : public EveryForm {};
//   INSTANTIATE_TEST_SUITE_P(Forms, ExtentBounds, testing::ValuesIn(AllForms()), FormName);
//   TEST_P(ExtentBounds, ...) { MakeColumn({physical(), law(), 3000, Nulls::kNone}); }
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/columns.h"

namespace tape::format {

using Form = std::pair<Physical, support::Law>;

inline std::vector<Form> AllForms() {
  std::vector<Form> forms;
  for (const Physical physical : support::AllPhysicals()) {
    for (const support::Law law : support::LawsOf(physical)) forms.emplace_back(physical, law);
  }
  return forms;
}

inline std::string FormName(const testing::TestParamInfo<Form>& info) {
  const auto [physical, law] = info.param;
  return std::string(support::Name(physical)) + std::string(support::Name(law));
}

class EveryForm : public testing::TestWithParam<Form> {
 protected:
  static Physical physical() { return GetParam().first; }
  static support::Law law() { return GetParam().second; }
};

}  // namespace tape::format
