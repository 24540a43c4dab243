// A small store is damaged in every way that a disk damages files, one file at a time: a byte is
// another, a file ends early, a file is gone. Verification finds it, and reading gives an error or
// the right rows: never other rows, never a crash. What nothing covers is listed, and is unread.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/keep/verify.h"
#include "format/bytes/message.h"
#include "tests/corruption/rich_store.h"

namespace tape::engine {
namespace {

using format::Concat;

// Whether the large counts are asked for.
bool IsFull() { return std::getenv("TAPE_TEST_FULL") != nullptr; }

class Damage : public testing::Test {
 protected:
  Damage() : right_(ContentOf(store_.files(), store_.host()).value_or("unreadable")) {}

  absl::StatusOr<VerifyReport> Verified() {
    return Verify({store_.files(), store_.host()}, kRichFolder, {});
  }

  // Nothing is found; or what, and where.
  bool IsFound() {
    const absl::StatusOr<VerifyReport> report = Verified();
    return !report.ok() || !report->ok();
  }

  // An error of the right kind, or the right rows.
  void ExpectNoOtherRows() {
    const absl::StatusOr<std::string> content = ContentOf(store_.files(), store_.host());
    if (content.ok()) {
      ++answered_;
      EXPECT_TRUE(*content == right_) << "other rows";
      return;
    }
    ++refused_;
    const absl::Status& status = content.status();
    EXPECT_TRUE(absl::IsDataLoss(status) || absl::IsUnimplemented(status) ||
                absl::IsNotFound(status) || absl::IsAborted(status) || absl::IsUnavailable(status))
        << status;
  }

  bool HasRightRows() {
    const absl::StatusOr<std::string> content = ContentOf(store_.files(), store_.host());
    return content.ok() && *content == right_;
  }

  std::vector<std::byte> BytesOf(const std::string& path) {
    auto bytes = ReadWholeFile(store_.files(), path, uint64_t{1} << 30);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    return bytes.value_or(std::vector<std::byte>());
  }

  void Write(const std::string& path, std::span<const std::byte> bytes) {
    const auto file = store_.files().Open(path, OpenMode::kReadWrite);
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE((*file)->Truncate(0).ok());
    ASSERT_TRUE((*file)->WriteAt(0, bytes).ok());
  }

  RichStore store_;
  const std::string right_;
  uint64_t answered_ = 0;
  uint64_t refused_ = 0;
  uint64_t older_ = 0;
};

TEST_F(Damage, OfNothingIsNotFound) {
  const absl::StatusOr<VerifyReport> report = Verified();
  ASSERT_TRUE(report.ok()) << report.status();
  for (const VerifyFinding& finding : report->findings) {
    EXPECT_EQ(finding.kind, FindingKind::kNote) << finding.ToString();  // a spare segment
  }
  EXPECT_EQ(report->tables, 4u);
  EXPECT_EQ(report->rows, 370u);
  EXPECT_GE(report->slices, 8u);
  EXPECT_GE(report->wal_groups, 5u);
  EXPECT_NE(right_.find("note "), std::string::npos);
  EXPECT_TRUE(*Verified() == *report);
  for (const std::string& path : store_.FilePaths()) {
    EXPECT_FALSE(path.ends_with("/0000000000000001.wal")) << "nothing was released";
  }
}

// ---- bytes

class Flips : public Damage {
 protected:
  void Flip(const std::string& path, const std::vector<std::byte>& bytes, uint64_t offset) {
    SCOPED_TRACE(testing::Message() << path << ", byte " << offset);
    const auto mask = std::byte{static_cast<uint8_t>(1u << (offset % 8))};
    const std::byte flipped = bytes[offset] ^ mask;
    const std::unique_ptr<File> file = *store_.files().Open(path, OpenMode::kReadWrite);
    ASSERT_TRUE(file->WriteAt(offset, {&flipped, 1}).ok());
    ++flips_;
    const bool found = IsFound();
    ExpectNoOtherRows();
    if (!found) {
      EXPECT_TRUE(HasRightRows()) << "it is read, and not found";
      // Segments of the WAL are used again: behind the last group lies what was there before.
      const bool is_padding = bytes[offset] == std::byte{0} || path.ends_with(".wal");
      EXPECT_TRUE(is_padding) << "not padding, and not found";
      uncovered_[path].push_back(offset);
    }
    ASSERT_TRUE(file->WriteAt(offset, {&bytes[offset], 1}).ok());
  }

  // What nothing covers, as ranges: they end where a byte was found, or tried no more.
  void PrintUncovered(uint64_t stride) {
    for (const auto& [path, offsets] : uncovered_) {
      std::cout << "  " << path << ": " << offsets.size() << " bytes tried, from "
                << offsets.front() << " to " << offsets.back() << "; one in " << stride
                << " is tried\n";
    }
  }

  uint64_t flips_ = 0;
  std::map<std::string, std::vector<uint64_t>> uncovered_;
};

TEST_F(Flips, OfAnyByteAreFoundOrUnread) {
  const uint64_t stride = IsFull() ? 1 : 499;
  uint64_t at = 0;
  for (const std::string& path : store_.FilePaths()) {
    const std::vector<std::byte> bytes = BytesOf(path);
    const bool is_manifest = path.find("manifest") != std::string::npos;
    for (uint64_t offset = 0; offset < bytes.size(); ++offset) {
      // Each record of a manifest, at its frame's number.
      if (is_manifest && offset >= 4096 && offset % 4096 == 32) Flip(path, bytes, offset);
      // Most zeros are padding: fewer of them.
      const bool is_zero = bytes[offset] == std::byte{0};
      if (++at % (is_zero ? stride * (IsFull() ? 61 : 9) : stride) != 0) continue;
      Flip(path, bytes, offset);
      if (HasFailure()) return;
    }
  }
  std::cout << flips_ << " bytes flipped, " << refused_ << " refused by a reader, " << answered_
            << " answered with the right rows; covered by nothing:\n";
  PrintUncovered(stride);
  EXPECT_GT(refused_, flips_ / 4);
  EXPECT_TRUE(HasRightRows());
}

// ---- whole files

TEST_F(Damage, OfFilesThatEndEarlyIsFoundOrUnread) {
  uint64_t cuts = 0;
  for (const std::string& path : store_.FilePaths()) {
    const std::vector<std::byte> bytes = BytesOf(path);
    std::vector<uint64_t> sizes = {0, 63, 4096};
    const uint64_t parts = IsFull() ? 64 : 2;
    for (uint64_t i = 1; i < parts; ++i) sizes.push_back(bytes.size() * i / parts);
    sizes.push_back(bytes.size() - std::min<uint64_t>(bytes.size(), 1));
    for (const uint64_t size : sizes) {
      if (size >= bytes.size()) continue;
      SCOPED_TRACE(testing::Message() << path << ", cut to " << size << " of " << bytes.size());
      Write(path, std::span(bytes).first(size));
      ++cuts;
      const bool found = IsFound();
      // A manifest without its last records is that of an earlier time: where the WAL has let go of
      // what they said, nothing tells (docs/verify.md).
      if (path.find("manifest") != std::string::npos) {
        older_ += HasRightRows() ? 0 : 1;
        continue;
      }
      ExpectNoOtherRows();
      EXPECT_TRUE(found || HasRightRows()) << "not found";
    }
    Write(path, bytes);
    if (HasFailure()) return;
  }
  std::cout << cuts << " cuts, " << older_ << " of a manifest that is another then\n";
  EXPECT_GT(cuts, 100u);
}

TEST_F(Damage, OfFilesThatAreGoneIsFound) {
  bool is_oldest = true;
  for (const std::string& path : store_.FilePaths()) {
    // The oldest segment of the WAL may be one that was released: only gaps tell that it was not
    // (docs/verify.md).
    if (path.ends_with(".wal") && std::exchange(is_oldest, false)) continue;
    SCOPED_TRACE(path);
    const std::vector<std::byte> bytes = BytesOf(path);
    ASSERT_TRUE(store_.files().Unlink(path).ok());
    EXPECT_TRUE(IsFound());
    ExpectNoOtherRows();
    const auto file = store_.files().Open(path, OpenMode::kCreateNew);
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE((*file)->WriteAt(0, bytes).ok());
  }
  EXPECT_TRUE(HasRightRows());
}

TEST_F(Damage, ThatIsNoneIsANote) {
  const std::string table = Concat(kRichFolder, "/t000002-main.ticks");
  for (const std::string& path :
       {Concat(kRichFolder, "/notes.txt"), Concat(table, "/2025-01-21/c0009-gone.0099.col"),
        Concat(table, "/.made")}) {
    const auto file = store_.files().Open(path, OpenMode::kCreateNew);
    ASSERT_TRUE(file.ok()) << file.status();
  }
  const absl::StatusOr<VerifyReport> report = Verified();
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->ok());
  uint64_t notes = 0;
  for (const VerifyFinding& finding : report->findings) {
    EXPECT_EQ(finding.kind, FindingKind::kNote) << finding.ToString();
    notes += finding.what == "nothing names it" ? 1 : 0;
  }
  EXPECT_EQ(notes, 3u);
}

TEST_F(Damage, OfABlockIsNamedByFileOffsetTableDayColumnAndBlock) {
  for (const std::string& path : store_.FilePaths()) {
    if (path.find("price") == std::string::npos) continue;
    std::vector<std::byte> bytes = BytesOf(path);
    bytes[64 + 64 + 32 + 8] ^= std::byte{1};  // behind the headers of file, extent and block
    Write(path, bytes);
    const absl::StatusOr<VerifyReport> report = Verified();
    ASSERT_TRUE(report.ok());
    bool is_named = false;
    for (const VerifyFinding& finding : report->findings) {
      is_named = is_named || (finding.file == path && finding.table == "main.ticks" &&
                              finding.column == "price" && finding.offset == 64u &&
                              finding.day.starts_with("2025-01-2") && !finding.found.empty());
    }
    EXPECT_TRUE(is_named) << report->findings.front().ToString();
    return;
  }
  ADD_FAILURE() << "no such file";
}

TEST_F(Damage, EndsWhenTheCallerHasHadEnough) {
  uint64_t calls = 0;
  VerifyOptions options;
  options.progress = [&](const VerifyProgress& progress) {
    EXPECT_LE(progress.bytes_done, progress.bytes_all + (uint64_t{1} << 20));
    return ++calls < 3;
  };
  const auto report = Verify({store_.files(), store_.host()}, kRichFolder, options);
  EXPECT_TRUE(absl::IsCancelled(report.status())) << report.status();
  EXPECT_EQ(calls, 3u);
}

TEST_F(Damage, IsCountedBeyondWhatIsListed) {
  for (const std::string& path : store_.FilePaths()) {
    if (path.ends_with(".col")) Write(path, {});
  }
  const auto report =
      Verify({store_.files(), store_.host()}, kRichFolder, {.progress = {}, .findings_max = 5});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->findings.size(), 5u);
  EXPECT_GT(report->findings_left_out, 10u);
  EXPECT_FALSE(report->ok());
  EXPECT_TRUE(absl::IsNotFound(Verify({store_.files(), store_.host()}, "/shm", {}).status()));
}

}  // namespace
}  // namespace tape::engine
