#include "tests/tidy/ratchet.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

constexpr char kFile[] = "tests/tidy/ratchet.txt";

struct Entry {
  int line;
  int allowed;
  int needed = 0;
};

// By "rule key". A malformed line allows nothing and says so.
std::map<std::string, Entry> ParseEntries(std::string_view text, Findings* found) {
  std::map<std::string, Entry> entries;
  int number = 0;
  for (std::string_view line : Lines(text)) {
    ++number;
    std::vector<std::string> words = Words(line, '#');
    if (words.empty()) continue;
    bool well_formed = words.size() == 3 && std::atoi(words[2].c_str()) > 0;
    if (!well_formed) found->push_back({kFile, number, "ratchet", "is not `rule key value`"});
    if (well_formed)
      entries.insert({words[0] + " " + words[1], {number, std::atoi(words[2].c_str())}});
  }
  return entries;
}

Finding OverLimit(const Measure& m) {
  std::string path = m.key.substr(0, m.key.find(':'));
  std::string what = m.key.substr(m.key.find(':') + 1);
  std::string figures = std::to_string(m.value) + ", limit " + std::to_string(m.limit);
  return {path, m.line, m.rule, (what == path ? "" : what + ": ") + figures + ". " + m.advice};
}

}  // namespace

Findings ApplyRatchet(const std::vector<Measure>& over, std::string_view ratchet) {
  Findings found;
  std::map<std::string, Entry> entries = ParseEntries(ratchet, &found);
  for (const Measure& m : over) {
    auto entry = entries.find(m.rule + " " + m.key);
    if (entry != entries.end()) entry->second.needed = std::max(entry->second.needed, m.value);
    if (entry == entries.end() || m.value > entry->second.allowed) found.push_back(OverLimit(m));
  }
  for (const auto& [key, entry] : entries) {
    if (entry.needed >= entry.allowed) continue;
    std::string advice =
        entry.needed == 0 ? "remove it" : "lower it to " + std::to_string(entry.needed);
    found.push_back({kFile, entry.line, "ratchet", key + " got better: " + advice});
  }
  return found;
}

}  // namespace tape::tidy
