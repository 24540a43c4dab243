// Who may include whom, as layers.txt says it, and the rule that holds every #include to it.
//
//   Findings found;
//   Layers layers = ParseLayers(ReadText("tests/tidy/layers.txt"), &found);
//   AppendTo(found, CheckLayers(tree, layers));
//
// What the lines of the file mean stands at its head. Besides the table, the rule says: quoted
// includes are paths from the root, public headers are "tape/x.h", what is quoted exists, and
// format keeps no mutable static. Immutable after parsing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/tidy/finding.h"
#include "tests/tidy/tree.h"

namespace tape::tidy {

struct Layers {
  struct Place {
    std::string stack;  // "" for a leaf
    int rank = 0;
    bool is_public = false;
  };
  struct Grant {
    std::string what;  // a folder, a header prefix, a header or a word
    std::vector<std::string> folders;
  };

  // The deepest place that holds the file: its folder, or nothing where no line names one.
  const std::pair<const std::string, Place>* PlaceOf(std::string_view path) const;
  // Where a header that is included as "tape/x.h" lies, or the path itself.
  std::string Resolve(const Tree& tree, std::string_view included) const;
  // Whether `to` is a part of a leaf that `from` may include.
  bool IsShared(std::string_view from, std::string_view to) const;
  // "" where `from` may include `to` (both paths of files), or the reason why not.
  std::string Refusal(std::string_view from, std::string_view to) const;

  std::map<std::string, Place> places;                        // by folder
  std::map<std::string, std::vector<std::string>> over;       // what lies below a stack
  std::vector<Grant> shared;                                  // parts of leaves, and for whom
  std::vector<Grant> external;                                // third-party prefixes, and for whom
  std::set<std::pair<std::string, std::string>> exceptions;   // folder, file
  std::vector<std::pair<std::string, std::string>> pure;      // folder, banned header
  std::vector<std::pair<std::string, std::string>> keywords;  // folder, banned word
};

// A line that means nothing becomes a finding.
Layers ParseLayers(std::string_view text, Findings* found);

Findings CheckLayers(const Tree& tree, const Layers& layers);

}  // namespace tape::tidy
