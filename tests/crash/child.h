// The process that is killed: this binary, run again. It says on a pipe what it does, a line before
// each commit and a line after it returned.
//
//   if (argc > 1) return RunChild({argv + 1, argv + argc});        // in main
//
//   Child child(Child::Work::kEngine, folder, shared_memory, /*attempt=*/7);
//   child.point = "after sync 3 of wal";
//   ChildEnd end = RunAndHear(child, model);                       // what it said goes to the
//   model
//
// Two works: `engine` goes through everything that a writer does, one after the other, the same way
// each time, so that a point can be named; `store` uses the public API with the store's threads,
// and goes on until it is killed, or has made its commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/crash/killing_file_system.h"
#include "tests/crash/model.h"

namespace tape::engine {

struct Child {
  enum class Work : uint8_t { kEngine, kStore };

  Work work = Work::kEngine;
  std::string folder{};
  std::string shared_memory{};
  uint32_t attempt = 0;
  std::string point{};  // where it dies; empty: nowhere
  // Killed when it has said so many lines and some time more; 0: not by us.
  uint64_t lines = 0;
  int milliseconds = 0;
};

// What a child says: one letter, then numbers or a text.
enum class Saying : char {
  kBegan = 'O',         // counts
  kTried = 'T',         // counts
  kAcknowledged = 'A',  // the last one that was tried
  kFailed = 'F',
  kDurable = 'D',  // commits since it began
  kFires = 'K',    // the point
  kError = 'E',    // what happened
  kCalls = 'C',    // number, verb and kind
};

// The numbers of counts in a line, and back.
std::string CountsLine(const ModelCounts& counts);
ModelCounts ParseCounts(std::string_view line);

// How it ended, and what it said last.
struct ChildEnd {
  bool killed = false;
  int exit_code = 0;
  std::string fired;  // the point
  std::string error;
  uint64_t commits = 0;  // acknowledged
  bool opened = false;
  KillingFileSystem::Calls calls;  // of a child that came to its end
  std::string wrong;               // what the model says of what it found
};

ChildEnd RunAndHear(const Child& child, Model& model);

// The other side of it.
int RunChild(const std::vector<std::string>& arguments);

}  // namespace tape::engine
