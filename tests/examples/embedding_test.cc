// docs/embedding.md shows the programs as they are, and they do what it says.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/support/temp_folder.h"

namespace tape {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A program that is running; its output when it has ended well.
class Program {
 public:
  explicit Program(const std::string& command) : pipe_(::popen(command.c_str(), "r")) {}
  ~Program() {
    if (pipe_ != nullptr) ::pclose(pipe_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string Output() {
    if (pipe_ == nullptr) return "did not start";
    std::string output;
    std::array<char, 256> some{};
    while (std::fgets(some.data(), some.size(), pipe_) != nullptr) output += some.data();
    const int status = ::pclose(pipe_);
    pipe_ = nullptr;
    return status == 0 ? output : "failed: " + output;
  }

 private:
  std::FILE* pipe_;
};

TEST(Embedding, AWatcherSeesEveryTradeThatTheFeedHandlerAppends) {
  const support::TempFolder folder;
  const std::string arguments = " " + folder.path() + "/store 200000";
  Program watcher(TAPE_WATCHER + arguments);
  Program feed(TAPE_FEED_HANDLER + arguments);
  const std::string wrote = feed.Output();
  EXPECT_EQ(wrote, "200000 trades, volume 50100000\n");
  EXPECT_EQ(watcher.Output(), wrote);
  EXPECT_EQ(Program(TAPE_WATCHER + arguments).Output(), wrote);  // when the writer is gone
}

TEST(Embedding, ThePageShowsTheProgramsAsTheyAre) {
  const std::string root = TAPE_SOURCE_DIR;
  const std::string page = ReadText(root + "/docs/embedding.md");
  for (const std::string_view name : {"feed_handler.cc", "watcher.cc"}) {
    const std::string code = ReadText(root + "/docs/examples/" + std::string(name));
    EXPECT_NE(page.find("```cpp\n" + code + "```\n"), std::string::npos)
        << "docs/embedding.md does not show " << name << " as it is";
  }
}

}  // namespace
}  // namespace tape
