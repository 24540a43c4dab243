#include "tests/sql/script.h"

#include <fstream>
#include <map>
#include <utility>

#include "format/bytes/message.h"

namespace tape::sql_scripts {
namespace {

using format::Concat;

const std::map<std::string, Step::Kind>& Kinds() {
  static const auto& kinds = *new std::map<std::string, Step::Kind>{
      {"ok", Step::Kind::kOk},           {"error", Step::Kind::kError},
      {"rows", Step::Kind::kRows},       {"sorted", Step::Kind::kSorted},
      {"changed", Step::Kind::kChanged}, {"restart", Step::Kind::kRestart}};
  return kinds;
}

}  // namespace

absl::StatusOr<std::vector<Step>> ReadScript(const std::string& path) {
  std::ifstream file(path);
  if (!file.good()) return absl::NotFoundError(path);
  std::vector<Step> steps;
  bool inside = false;
  bool in_rows = false;
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) {
      inside = false;
    } else if (inside && line == "----" && !in_rows) {
      in_rows = true;
    } else if (inside && in_rows) {
      steps.back().rows.push_back(line);
    } else if (inside) {
      steps.back().sql += line + "\n";
    } else if (!line.starts_with('#')) {
      const size_t blank = line.find(' ');
      const auto kind = Kinds().find(line.substr(0, blank));
      if (kind == Kinds().end()) {
        return absl::InvalidArgumentError(Concat(path, ":", number, ": ", line));
      }
      Step& step = steps.emplace_back();
      step.kind = kind->second;
      step.line = number;
      if (blank != std::string::npos) step.argument = line.substr(blank + 1);
      inside = step.kind != Step::Kind::kRestart;
      in_rows = false;
    }
  }
  return steps;
}

}  // namespace tape::sql_scripts
