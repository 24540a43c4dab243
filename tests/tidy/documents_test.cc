#include "tests/tidy/documents.h"

#include <gtest/gtest.h>

#include "tests/tidy/markdown.h"

namespace tape::tidy {
namespace {

using Files = std::vector<SourceFile>;

std::string Targets(std::string_view text) {
  std::string out;
  for (const Page::Link& link : ParseMarkdown(text).links)
    out.append(out.empty() ? "" : " ").append(link.target);
  return out;
}

TEST(Markdown, MakesAnchorsAsGitHubDoes) {
  EXPECT_EQ(AnchorOf("Order tape"), "order-tape");
  EXPECT_EQ(AnchorOf("Block header, 32 bytes"), "block-header-32-bytes");
  EXPECT_EQ(AnchorOf("`kForUnsigned` and C++20 (why?)"), "kforunsigned-and-c20-why");
  EXPECT_EQ(AnchorOf("[Blocks](block.md) & extents"), "blocks--extents");
  EXPECT_EQ(AnchorOf("snake_case – dash → arrow"), "snake_case--dash--arrow");
  EXPECT_EQ(AnchorOf("größe"), "größe");
}

TEST(Markdown, FindsHeadings) {
  Page page = ParseMarkdown(
      "# One\n## Two\ntext\n## Two\n#No heading\n```\n# code\n```\n<a id=\"here\"></a>\n");
  EXPECT_EQ(page.anchors, (std::set<std::string>{"one", "two", "two-1", "here"}));
}

TEST(Markdown, FindsLinksOfEveryForm) {
  EXPECT_EQ(Targets("[a](b.md), ![c](d.svg \"title\") and [`code`](<e.md>)"), "b.md d.svg e.md");
  EXPECT_EQ(Targets("[id]: f.md \"title\"\n<img src=\"g.svg\"> <a href=\"h.md\">"),
            "f.md g.svg h.md");
  EXPECT_EQ(ParseMarkdown("\n\n[a](b.md)").links[0].line, 3);
}

TEST(Markdown, LeavesCodeAlone) {
  EXPECT_EQ(Targets("`[a](b.md)` ``x ` [c](d.md)`` [e](f.md)"), "f.md");
  EXPECT_EQ(Targets("```cpp\n[a](b.md)\n```\n~~~\n```\n[c](d.md)\n~~~\n[e](f.md)"), "f.md");
  EXPECT_EQ(Targets("an unpaired ` [a](b.md)"), "b.md");
}

std::string Check(Files files) { return Report(CheckDocuments(Tree(std::move(files)))); }

TEST(Documents, LinkToWhatExists) {
  EXPECT_EQ(
      Check(
          {{"docs/a.md",
            "# A\n[b](format/b.md#top) [](#a) [](../format/x.h) [](../format) [](https://x/y.md)"},
           {"docs/format/b.md", "# Top\n[a](../a.md)"},
           {"format/x.h", ""}}),
      "");
}

TEST(Documents, RefuseDeadLinks) {
  EXPECT_EQ(Check({{"docs/a.md", "\n[b](b.md)"}}),
            "docs/a.md:2: [documents] links to b.md: no such tracked file or folder\n");
  EXPECT_NE(Check({{"docs/a.md", "[b](/docs/a.md)"}}), "");
  EXPECT_NE(Check({{"docs/a.md", "[b](docs/a.md)"}}), "");
  EXPECT_NE(Check({{"docs/a.md", "[b](../../a.md)"}}), "");
}

TEST(Documents, RefuseDeadAnchors) {
  EXPECT_EQ(Check({{"docs/a.md", "# A\n[](b.md#two)"}, {"docs/b.md", "# One\n"}}),
            "docs/a.md:2: [documents] links to b.md#two: docs/b.md has no such heading\n");
  EXPECT_NE(Check({{"docs/a.md", "# A\n[](#b)"}}), "");
}

TEST(Documents, RefuseOrphansOnceThereIsAReadme) {
  Files files = {{"docs/README.md", "[](one.md)"},
                 {"docs/one.md", "[](more)"},
                 {"docs/more/README.md", ""},
                 {"docs/lost.md", "[](one.md)"}};
  EXPECT_EQ(Check(files), "");
  files.push_back({"README.md", "docs/"});
  EXPECT_EQ(Check(files),
            "docs/lost.md: [documents] cannot be reached from README.md: link to it from the page "
            "a reader comes from\n");
}

TEST(Documents, WantEveryTopFolderInTheReadme) {
  EXPECT_EQ(Check({{"README.md", "`format/` holds bytes"}, {"format/a.h", ""}, {".ci/run", ""}}),
            "");
  EXPECT_EQ(Check({{"README.md", "docs/format/ and reformat/ and format"}, {"format/a.h", ""}}),
            "README.md: [documents] does not name `format/`: say what lives there\n");
}

TEST(Documents, RefuseMentionsOfMissingPages) {
  Files files = {{"README.md", "`docs/` `format/` [](docs/block.md)"}, {"docs/block.md", ""}};
  for (const char* good : {"see docs/block.md.", "see block.md", "all of *.md",
                           "https://x.org/y.md", "a.mdx", "f(\"no.md\");", "<x>.md"}) {
    Files with = files;
    with.push_back({"format/a.h", good});
    EXPECT_EQ(Check(with), "") << good;
  }
  files.push_back({"format/a.h", "\n// docs/extent.md"});
  EXPECT_EQ(Check(files), "format/a.h:2: [documents] names docs/extent.md: no such tracked page\n");
}

}  // namespace
}  // namespace tape::tidy
