#include "tests/support/doc_example.h"

#include <string>
#include <vector>

namespace tape::support {
namespace {

std::vector<std::byte> Counting(size_t size) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i + 0x38);
  return bytes;
}

std::string Document(std::string_view rows) {
  return "# Title\n\n<!-- example: it -->\n```\n" + std::string(rows) + "```\n\nMore.\n";
}

void ExpectRefused(std::string_view markdown, absl::StatusCode code, std::string_view words) {
  const absl::Status status = ParseDocExample(markdown, "it").status();
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_NE(std::string(status.message()).find(words), std::string::npos) << status;
}

void ExpectBadRows(std::string_view rows, std::string_view words) {
  ExpectRefused(Document(rows), absl::StatusCode::kInvalidArgument, words);
}

TEST(DocExample, PrintsRowsOfSixteenBytesWithTheirText) {
  EXPECT_EQ(HexRows(Counting(18)),
            "0000  38 39 3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47  |89:;<=>?@ABCDEFG|\n"
            "0010  48 49                                            |HI|\n");
  EXPECT_EQ(HexRows({}), "");
  EXPECT_EQ(HexRows(std::vector<std::byte>{std::byte{0x7F}, std::byte{0xFF}, std::byte{' '}}),
            "0000  7f ff 20                                         |.. |\n");
}

TEST(DocExample, ReadsWhatItPrints) {
  for (size_t size = 0; size <= 100; ++size) {
    const auto read = ParseDocExample(Document(HexRows(Counting(size))), "it");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, Counting(size));
  }
}

TEST(DocExample, ReadsOffsetsBeyondFourDigits) {
  const auto read = ParseDocExample(Document(HexRows(Counting(0x10020))), "it");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->size(), 0x10020u);
}

TEST(DocExample, ReadsRowsWithoutText) {
  const auto read = ParseDocExample(Document("0000  38 39 3A\n"), "it");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, Counting(3));
}

TEST(DocExample, FindsItsBlockAmongOthers) {
  const std::string text = "<!-- example: its -->\n```\n0000  00\n```\n" + Document("0000  38\n") +
                           "<!-- example: other -->\n\n```\n0000  01\n```\n";
  EXPECT_EQ(ParseDocExample(text, "it").value(), Counting(1));
  EXPECT_EQ(ParseDocExample(text, "other").value(), std::vector<std::byte>{std::byte{1}});
}

TEST(DocExample, RefusesABlockThatIsNotThereOrNotWhole) {
  ExpectRefused("", absl::StatusCode::kNotFound, "no example called it");
  ExpectRefused("<!-- example: it -->\n", absl::StatusCode::kInvalidArgument,
                "no fenced block follows");
  ExpectRefused("<!-- example: it -->\ntext\n```\n0000  38\n```\n",
                absl::StatusCode::kInvalidArgument, "no fenced block follows");
  ExpectRefused("<!-- example: it -->\n```\n0000  38\n", absl::StatusCode::kInvalidArgument,
                "does not end");
  ExpectRefused(Document("0000  38\n") + Document("0000  38\n"), absl::StatusCode::kInvalidArgument,
                "two examples");
}

TEST(DocExample, RefusesRowsThatAreNotWhatTheySay) {
  ExpectBadRows("0010  38\n", "expected offset 0000: 0010");
  ExpectBadRows("zz  38\n", "expected offset 0000");
  ExpectBadRows("0000\n", "expected 1 to 16 bytes");
  ExpectBadRows("0000  3\n", "expected 1 to 16 bytes");
  ExpectBadRows("0000  3g\n", "expected 1 to 16 bytes");
  ExpectBadRows("0000  +1\n", "expected 1 to 16 bytes");
  ExpectBadRows("0000  38 39 3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48\n",
                "expected 1 to 16 bytes");
  ExpectBadRows("0000  38 39\n0002  3a\n", "a row follows one of less than 16 bytes");
  ExpectBadRows("0000  38 39  |80|\n", "the text is not that of the bytes");
  ExpectBadRows("0000  38 39  |89\n", "the text is not that of the bytes");
}

TEST(DocExample, ShowsTheRowsThatDifferAndTheRightBlock) {
  const testing::AssertionResult result =
      MatchesDocExample("conventions.md", "no such example", Counting(2));
  EXPECT_FALSE(result);
  EXPECT_STREQ(result.message(),
               "docs/format/conventions.md, example no such example\n"
               "no example called no such example\n"
               "The right block is\n```\n"
               "0000  38 39                                            |89|\n```");

  const absl::StatusOr<std::vector<std::byte>> read =
      ReadDocExample("conventions.md", "file-header");
  ASSERT_TRUE(read.ok()) << read.status();
  std::vector<std::byte> header = *read;
  EXPECT_TRUE(MatchesDocExample("conventions.md", "file-header", header));
  header[17] ^= std::byte{1};
  header.push_back(std::byte{'!'});
  const std::string message = MatchesDocExample("conventions.md", "file-header", header).message();
  EXPECT_EQ(message.find("- 0000"), std::string::npos);
  EXPECT_NE(message.find("- 0010"), std::string::npos);
  EXPECT_NE(message.find("+ 0010"), std::string::npos);
  EXPECT_NE(message.find("- 0040  (end)\n+ 0040  21 "), std::string::npos);
}

TEST(DocExample, IsReplacedByOtherBytesAndNothingElseIs) {
  const std::string text = "<!-- example: its -->\n```\n0000  00\n```\n" + Document("0000  38\n");
  const absl::StatusOr<std::string> replaced = ReplaceDocExample(text, "it", Counting(20));
  ASSERT_TRUE(replaced.ok()) << replaced.status();
  EXPECT_EQ(*replaced,
            "<!-- example: its -->\n```\n0000  00\n```\n" + Document(HexRows(Counting(20))));
  EXPECT_EQ(ParseDocExample(*replaced, "it").value(), Counting(20));
  // What stood there may be anything between fences.
  EXPECT_EQ(ReplaceDocExample(Document(""), "it", Counting(1)).value(),
            Document(HexRows(Counting(1))));
  EXPECT_EQ(ReplaceDocExample(text, "other", {}).status().code(), absl::StatusCode::kNotFound);
}

TEST(DocExample, SaysWhichDocumentItCannotRead) {
  EXPECT_EQ(ReadDocExample("no_such.md", "it").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace tape::support
