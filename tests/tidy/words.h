// The banned words of banned_words.txt, which says what its lines mean, over every text file.
//
//   Findings found;
//   BannedWords words = ParseBannedWords(ReadText("tests/tidy/banned_words.txt"), &found);
//   AppendTo(found, CheckWords(tree, words));
//
// Pure functions.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/finding.h"
#include "tests/tidy/tree.h"

namespace tape::tidy {

struct BannedWord {
  enum Kind { kText, kWord, kTerm, kPath, kName };

  std::vector<std::string> scope;
  Kind kind;
  std::string word;
  std::string reason;
};

struct BannedWords {
  std::vector<BannedWord> words;
  std::set<std::string, std::less<>> exempt;
};

// A line that means nothing becomes a finding.
BannedWords ParseBannedWords(std::string_view text, Findings* found);

Findings CheckWords(const Tree& tree, const BannedWords& banned);

}  // namespace tape::tidy
