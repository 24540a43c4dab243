// A Markdown page as the rules see it: its headings as anchors, and its links. Code is not read.
//
//   Page page = ParseMarkdown("# Order tape\nSee [blocks](block.md#header).\n");
//   page.anchors;              // {"order-tape"}
//   page.links[0].target;      // "block.md#header", on line 2
//
// Anchors are made as GitHub makes them: lower case, punctuation dropped, spaces to '-', a repeated
// heading gets "-1". Pure functions.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tape::tidy {

struct Page {
  struct Link {
    std::string target;
    int line;
  };
  std::set<std::string> anchors;
  std::vector<Link> links;
};

Page ParseMarkdown(std::string_view text);

std::string AnchorOf(std::string_view heading);

}  // namespace tape::tidy
