#include "tests/crash/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr int kChildFd = 3;

// Runs this binary; its pipe is what it says.
pid_t Spawn(const std::vector<std::string>& arguments, int pipe_end) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_end, kChildFd);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t process = 0;
  const int error =
      ::posix_spawn(&process, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(error, 0);
  return error == 0 ? process : 0;
}

class Hearing {
 public:
  Hearing(Model& model, uint32_t attempt, ChildEnd& end)
      : model_(model), attempt_(attempt), end_(end) {}

  void Hear(std::string_view line) {
    const std::string rest(line.substr(1));
    switch (static_cast<Saying>(line[0])) {
      case Saying::kBegan:
        return Began(ParseCounts(rest));
      case Saying::kTried:
        return model_.Tried(ParseCounts(rest));
      case Saying::kAcknowledged:
        ++end_.commits;
        return model_.Acknowledged();
      case Saying::kFailed:
        return model_.Failed();
      case Saying::kDurable:
        return model_.MadeDurable(base_ + std::strtoull(rest.c_str(), nullptr, 10));
      case Saying::kFires:
        end_.fired = rest;
        return;
      case Saying::kError:
        end_.error = rest;
        return;
      case Saying::kCalls:
        return HearCalls(rest);
    }
  }

 private:
  void Began(const ModelCounts& found) {
    const std::string wrong = model_.Judge(found, model_.acknowledged());
    if (end_.wrong.empty()) end_.wrong = wrong;
    for (size_t table = 0; table < kModelTables; ++table) model_.Defined(table);
    model_.Began(found, attempt_);
    base_ = model_.acknowledged();
    end_.opened = true;
  }

  void HearCalls(const std::string& line) {
    std::istringstream in(line);
    uint64_t count = 0;
    std::string verb;
    std::string kind;
    in >> count;
    in.ignore();
    std::getline(in, verb, ';');
    std::getline(in, kind);
    end_.calls[{verb, kind}] = count;
  }

  Model& model_;
  const uint32_t attempt_;
  ChildEnd& end_;
  uint64_t base_ = 0;  // commits that were there when it began
};

}  // namespace

std::string CountsLine(const ModelCounts& counts) {
  return Concat(counts.rows[0], " ", counts.kills[0], " ", counts.rows[1], " ", counts.kills[1]);
}

ModelCounts ParseCounts(std::string_view line) {
  ModelCounts counts;
  std::istringstream in{std::string(line)};
  for (size_t table = 0; table < kModelTables; ++table) {
    in >> counts.rows[table] >> counts.kills[table];
  }
  return counts;
}

ChildEnd RunAndHear(const Child& child, Model& model) {
  ChildEnd end;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    end.error = "no pipe";
    return end;
  }
  const pid_t process = Spawn(
      {"child", child.work == Child::Work::kEngine ? "engine" : "store", child.folder,
       child.shared_memory, std::to_string(child.attempt), child.point, CountsLine(model.counts())},
      ends[1]);
  ::close(ends[1]);
  Hearing hearing(model, child.attempt, end);
  FILE* said = ::fdopen(ends[0], "r");
  char* line = nullptr;
  size_t size = 0;
  uint64_t lines = 0;
  for (ssize_t length = 0; (length = ::getline(&line, &size, said)) > 0;) {
    if (line[length - 1] != '\n') break;  // it died in the middle of a word
    hearing.Hear(std::string_view(line, static_cast<size_t>(length) - 1));
    if (++lines != child.lines) continue;
    ::poll(nullptr, 0, child.milliseconds);  // nothing is waited for: any instant will do
    ::kill(process, SIGKILL);
  }
  std::free(line);
  ::fclose(said);
  int status = 0;
  if (process != 0) ::waitpid(process, &status, 0);
  end.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (WIFSIGNALED(status) && !end.killed) end.error = Concat("signal ", WTERMSIG(status));
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return end;
}

}  // namespace tape::engine
