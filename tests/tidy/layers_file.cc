// Reading layers.txt, and the questions that need only the table.
#include <algorithm>
#include <cstdlib>

#include "tests/tidy/layers.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

using LineWords = std::vector<std::string>;

class TableReader {
 public:
  // False where the line means nothing.
  bool Read(const LineWords& words) {
    if (IsDigit(words[0][0])) return Rank(words);
    if (words.size() < 2) return false;
    if (words[0] == "stack") return Stack(words);
    if (words[0] == "leaf") return table.places.insert({words[1], {}}).second;
    if (words[0] == "shared") return Give(words, "with", &table.shared);
    if (words[0] == "external") return Give(words, "in", &table.external);
    if (words.size() < 3) return false;
    if (words[0] == "exception") return table.exceptions.insert({words[1], words[2]}).second;
    if (words[0] == "pure") return Forbid(words, &table.pure);
    return words[0] == "keyword" && Forbid(words, &table.keywords);
  }

  Layers table;

 private:
  bool Stack(const LineWords& words) {
    stack_ = words[1];
    bool has_over = words.size() > 2;
    if (has_over && (words[2] != "over" || words.size() == 3)) return false;
    if (has_over) table.over[stack_].assign(words.begin() + 3, words.end());
    return true;
  }

  bool Rank(const LineWords& words) {
    bool is_public = words.size() == 3 && words[2] == "public";
    if (stack_.empty() || (words.size() != 2 && !is_public)) return false;
    return table.places.insert({words[1], {stack_, std::atoi(words[0].c_str()), is_public}}).second;
  }

  static bool Give(const LineWords& words, std::string_view link,
                   std::vector<Layers::Grant>* grants) {
    if (words.size() < 4 || words[2] != link) return false;
    grants->push_back({words[1], LineWords(words.begin() + 3, words.end())});
    return true;
  }

  static bool Forbid(const LineWords& words,
                     std::vector<std::pair<std::string, std::string>>* list) {
    for (size_t i = 2; i < words.size(); ++i) list->push_back({words[1], words[i]});
    return true;
  }

  std::string stack_;
};

bool Contains(const std::vector<std::string>& list, std::string_view folder_or_stack) {
  return std::find(list.begin(), list.end(), folder_or_stack) != list.end();
}

bool IsUnderAny(std::string_view path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [path](const auto& f) { return IsUnder(path, f); });
}

}  // namespace

Layers ParseLayers(std::string_view text, Findings* found) {
  TableReader reader;
  int number = 0;
  for (std::string_view line : Lines(text)) {
    ++number;
    LineWords words = Words(line, '#');
    if (words.empty() || reader.Read(words)) continue;
    found->push_back(
        {"tests/tidy/layers.txt", number, "layers", "line says nothing: see the head of the file"});
  }
  return std::move(reader.table);
}

const std::pair<const std::string, Layers::Place>* Layers::PlaceOf(std::string_view path) const {
  for (std::string_view folder = Folder(path); !folder.empty(); folder = Folder(folder)) {
    auto place = places.find(std::string(folder));
    if (place != places.end()) return &*place;
  }
  return nullptr;
}

std::string Layers::Resolve(const Tree& tree, std::string_view included) const {
  if (!included.starts_with("tape/")) return std::string(included);
  for (const auto& [folder, place] : places) {
    std::string path = JoinPath(Folder(folder), included);
    if (place.is_public && tree.Has(path)) return path;
  }
  return std::string(included);
}

bool Layers::IsShared(std::string_view from, std::string_view to) const {
  for (const Grant& grant : shared) {
    if (IsUnder(to, grant.what) && IsUnderAny(from, grant.folders)) return true;
  }
  return false;
}

std::string Layers::Refusal(std::string_view from, std::string_view to) const {
  const auto* source = PlaceOf(from);
  const auto* target = PlaceOf(to);
  if (source == nullptr || target == nullptr || source == target) return "";
  if (exceptions.contains({source->first, std::string(to)})) return "";
  const Place& upper = source->second;
  const Place& lower = target->second;
  if (upper.is_public && !lower.is_public) return "a public header includes only public headers";
  if (lower.stack.empty()) {
    return IsShared(from, to) ? "" : target->first + " is a leaf, which nobody outside includes";
  }
  if (upper.stack.empty()) return "";
  if (upper.stack == lower.stack) {
    bool below = lower.rank < upper.rank;
    return below ? "" : target->first + " does not lie below " + source->first;
  }
  auto seen = over.find(upper.stack);
  bool sees = seen != over.end() &&
              (Contains(seen->second, lower.stack) || Contains(seen->second, target->first));
  return sees ? "" : upper.stack + " does not see " + target->first;
}

}  // namespace tape::tidy
