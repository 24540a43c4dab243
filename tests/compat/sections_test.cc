// Kills, keys, summaries and LSNs of every format version, read by today's code; and those of
// today's version, written by it once more.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "format/bytes/message.h"
#include "tape/version.h"
#include "tests/compat/golden_sections.h"

namespace tape::compat {
namespace {

std::string Folder(uint16_t version) {
  return format::Concat(TAPE_SOURCE_DIR "/tests/compat/golden/v", version, "/sections");
}

GoldenSections Text(const GoldenFiles& files) {
  absl::StatusOr<GoldenSections> sections = ParseGoldenSections(files);
  EXPECT_TRUE(sections.ok()) << sections.status();
  return sections.ok() ? *std::move(sections) : GoldenSections();
}

TEST(GoldenSections, HoldWhatTheTextBesideThemSays) {
  for (uint16_t version = 0; version <= kFormatVersion; ++version) {
    const GoldenFiles files = LoadGoldenFiles(Folder(version));
    const GoldenSections text = Text(files);
    EXPECT_EQ(text.kills.size(), 2u);
    EXPECT_EQ(text.keys.size(), 2u);
    EXPECT_EQ(text.summaries.size(), 2u);
    EXPECT_EQ(text.lsns.size(), 2u);
    for (const format::Kernels* kernels : format::AllUsableKernels()) {
      const absl::StatusOr<GoldenSections> read = ReadGoldenSections(files, *kernels);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->kills, text.kills);
      EXPECT_EQ(read->keys, text.keys);
      EXPECT_EQ(read->summaries, text.summaries);
      EXPECT_EQ(read->lsns, text.lsns);
    }
  }
}

TEST(GoldenSections, AreWhatTodaysWriterMakes) {
  const GoldenFiles files = LoadGoldenFiles(Folder(kFormatVersion));
  const GoldenSections text = Text(files);
  for (const format::Kernels* kernels : format::AllUsableKernels()) {
    const absl::StatusOr<GoldenFiles> today = WriteGoldenSections(text, *kernels);
    ASSERT_TRUE(today.ok()) << today.status();
    EXPECT_EQ(today->size(), 4u);
    for (const auto& [name, bytes] : *today) {
      const auto golden = files.find(name);
      EXPECT_TRUE(golden != files.end() && std::ranges::equal(golden->second, bytes))
          << name << ": " << kGoldenChanged;
    }
  }
}

TEST(GoldenSections, AreRefusedInFilesOfOtherKinds) {
  GoldenFiles files = LoadGoldenFiles(Folder(kFormatVersion));
  std::swap(files.at("kills.0001"), files.at("summary.0001"));
  const absl::Status status = ReadGoldenSections(files, format::BestKernels()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_NE(status.message().find("kind: expected kills"), status.message().npos) << status;
}

}  // namespace
}  // namespace tape::compat
