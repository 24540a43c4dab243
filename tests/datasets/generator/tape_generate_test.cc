// The command, as a user runs it.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include "datasets/generator/csv_text.h"
#include "datasets/generator/market_stream.h"

namespace tape::generator {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class TapeGenerate : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tape_generate_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  // Runs a script in the test's directory, with the command in $TG; gives the exit code.
  int Shell(const std::string& script) {
    const std::string command = "cd '" + directory_.string() + "' && TG='" TAPE_GENERATE "' && { " +
                                script + " ; } >out.txt 2>err.txt";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  int Run(const std::string& arguments) { return Shell("\"$TG\" " + arguments); }

  std::string File(std::string_view name) const { return ReadFile(directory_ / name); }
  std::string Out() const { return File("out.txt"); }
  std::string Err() const { return File("err.txt"); }

  // Lines "NAME VALUE" of a summary.
  static std::string Field(const std::string& summary, const std::string& name) {
    std::istringstream lines(summary);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(name + " ")) return line.substr(name.size() + 1);
    }
    return "";
  }

  fs::path directory_;
};

TEST_F(TapeGenerate, PrintsASummaryWithoutCsv) {
  EXPECT_EQ(Run("--trades 1000 --quotes 3000 --symbols 20 --days 2"), 0);
  EXPECT_EQ(Field(Out(), "trades"), "1000");
  EXPECT_EQ(Field(Out(), "quotes"), "3000");
  EXPECT_EQ(Field(Out(), "symbols"), "20");
  EXPECT_EQ(Field(Out(), "late"), "0");
  EXPECT_EQ(Field(Out(), "first").substr(0, 17), "2026-03-02T09:30:");
  EXPECT_EQ(Field(Out(), "last").substr(0, 13), "2026-03-03T15");
  EXPECT_EQ(Field(Out(), "digest").size(), 16u);
  EXPECT_NE(Err().find("4000 rows in "), std::string::npos);
}

TEST_F(TapeGenerate, WritesTheRowsOfTheStream) {
  MarketOptions options;
  options.profile = MarketProfile::kCrypto;
  options.symbols = 30;
  options.trades = 20'000;
  options.quotes = 50'000;
  options.days = 2;
  options.seed = 9;
  options.late.fraction = 0.05;
  ASSERT_EQ(Run("--csv a/b --profile crypto --symbols 30 --trades 20000 --quotes 50000 --days 2 "
                "--seed 9 --late 0.05"),
            0);
  MarketStream stream(options);
  MarketColumns all;
  stream.Next(100'000, all);
  CsvText text(stream.symbols(), stream.exchanges(), stream.price_scale(), stream.size_scale());
  const auto expect_file = [&](std::string_view name, std::string_view header,
                               std::string_view rows) {
    EXPECT_TRUE(File(name) == std::string(header) + std::string(rows)) << name << " differs";
  };
  expect_file("a/b/trades.csv", CsvText::kTradesHeader, text.Trades(all.trades));
  expect_file("a/b/quotes.csv", CsvText::kQuotesHeader, text.Quotes(all.quotes));
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Field(Err(), "late"), std::to_string(stream.late_rows()));
  EXPECT_FALSE(fs::exists(directory_ / "a/b/trades.csv.part"));
}

TEST_F(TapeGenerate, GivesTheSameDigestWithAndWithoutCsv) {
  const std::string market = "--trades 500 --quotes 500 --seed 3";
  ASSERT_EQ(Run(market), 0);
  const std::string digest = Field(Out(), "digest");
  ASSERT_EQ(Run(market + " --csv d"), 0);
  EXPECT_EQ(Field(Err(), "digest"), digest);
  ASSERT_EQ(Run("--trades 500 --quotes 500 --seed 4"), 0);
  EXPECT_NE(Field(Out(), "digest"), digest);
}

TEST_F(TapeGenerate, OverwritesOnlyWhenForced) {
  ASSERT_EQ(Run("--csv d --trades 10 --quotes 10"), 0);
  const std::string quotes = File("d/quotes.csv");
  fs::remove(directory_ / "d/trades.csv");
  EXPECT_EQ(Run("--csv d --trades 10 --quotes 10 --seed 2"), 1);
  EXPECT_NE(Err().find("d/quotes.csv exists; --force overwrites it"), std::string::npos);
  EXPECT_EQ(File("d/quotes.csv"), quotes);
  EXPECT_FALSE(fs::exists(directory_ / "d/trades.csv"));
  EXPECT_FALSE(fs::exists(directory_ / "d/trades.csv.part"));
  EXPECT_EQ(Run("--csv d --trades 10 --quotes 10 --seed 2 --force"), 0);
  EXPECT_NE(File("d/quotes.csv"), quotes);
}

TEST_F(TapeGenerate, RefusesWhatItCannotMake) {
  for (const char* arguments :
       {"--profile bonds", "--symbols 0", "--symbols -5", "--days 0", "--trades x", "--late 1.5",
        "--late nan", "--trades 99999999999999999999", "--nonsense", "extra", "--csv", "--seed"}) {
    EXPECT_EQ(Run(arguments), 1) << arguments;
    EXPECT_EQ(Out(), "") << arguments;
    EXPECT_NE(Err(), "") << arguments;
  }
}

TEST_F(TapeGenerate, HelpsAndExitsWithZero) {
  EXPECT_EQ(Run("--help"), 0);
  EXPECT_NE(Out().find("--csv DIR"), std::string::npos);
}

TEST_F(TapeGenerate, ReportsAFullDevice) {
  EXPECT_EQ(Run("--trades 10 --quotes 10 >/dev/full"), 5);
  fs::create_directory(directory_ / "d");
  fs::create_symlink("/dev/full", directory_ / "d/quotes.csv");
  EXPECT_EQ(Run("--csv d --trades 10 --quotes 10"), 5);
  EXPECT_NE(Err().find("quotes.csv: cannot write: No space left on device"), std::string::npos);
  EXPECT_FALSE(fs::exists(directory_ / "d/trades.csv.part"));
  EXPECT_FALSE(fs::exists(directory_ / "d/trades.csv"));
}

// A limit on the size of files stands in for a disk that fills up later.
TEST_F(TapeGenerate, LeavesNothingBehindWhenTheDiskFillsUp) {
  EXPECT_EQ(Run("--csv d --trades 100000 --quotes 10"), 0);
  const std::string before = File("d/trades.csv");
  EXPECT_EQ(Shell("trap '' XFSZ; ulimit -f 1000; \"$TG\" --csv d --force --trades 100000 --quotes "
                  "10 --seed 2"),
            5);
  EXPECT_NE(Err().find("trades.csv.part: cannot write: File too large"), std::string::npos);
  EXPECT_TRUE(File("d/trades.csv") == before);
  EXPECT_FALSE(fs::exists(directory_ / "d/trades.csv.part"));
}

TEST_F(TapeGenerate, ReportsADirectoryItCannotMake) {
  std::ofstream(directory_ / "file") << "x";
  EXPECT_EQ(Run("--csv file/d --trades 1 --quotes 1"), 5);
  EXPECT_NE(Err().find("file/d: cannot make the directory"), std::string::npos);
  EXPECT_EQ(Run("--csv /proc/none --trades 1 --quotes 1"), 5);
}

TEST_F(TapeGenerate, FeedsAPipe) {
  EXPECT_EQ(Shell("mkdir d; mkfifo d/trades.csv; wc -l <d/trades.csv >lines.txt & "
                  "\"$TG\" --csv d --trades 1000 --quotes 10 && wait"),
            0);
  EXPECT_EQ(std::stoi(File("lines.txt")), 1001);
}

// The pipe's only reader is closed before the command starts.
TEST_F(TapeGenerate, IsQuietWhenItsReaderHasLeft) {
  const std::string pipe_without_reader = "rm -f p; mkfifo p; exec 4<>p; exec 5>p; exec 4<&-; ";
  EXPECT_EQ(Shell(pipe_without_reader + "\"$TG\" --trades 10 --quotes 10 >&5"), 0);
  EXPECT_NE(Err().find("20 rows in"), std::string::npos);
  EXPECT_NE(Shell(pipe_without_reader + "/bin/echo x >&5"), 0) << "the pipe must have been broken";
}

// The first bytes prove that the signal comes while the command writes; the rest is drained after.
TEST_F(TapeGenerate, StopsCleanlyWhenInterrupted) {
  EXPECT_EQ(
      Shell("mkdir d; mkfifo d/trades.csv; exec 4<>d/trades.csv; \"$TG\" --csv d & writer=$!; "
            "head -c 1000 <&4 >/dev/null; kill -INT $writer; cat <&4 >/dev/null & drain=$!; "
            "wait $writer; code=$?; kill $drain; exit $code"),
      130);
  EXPECT_FALSE(fs::exists(directory_ / "d/quotes.csv.part"));
  EXPECT_FALSE(fs::exists(directory_ / "d/quotes.csv"));
}

}  // namespace
}  // namespace tape::generator
