#include "tests/tidy/text.h"

#include <algorithm>

namespace tape::tidy {

bool IsUnder(std::string_view path, std::string_view folder) {
  if (folder.empty() || path == folder) return true;
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string_view Folder(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view FileName(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::string_view Stem(std::string_view path) {
  std::string_view name = FileName(path);
  return name.substr(0, name.size() - Extension(path).size());
}

std::string_view Extension(std::string_view path) {
  std::string_view name = FileName(path);
  size_t dot = name.rfind('.');
  return dot == name.npos || dot == 0 ? std::string_view() : name.substr(dot);
}

std::string JoinPath(std::string_view folder, std::string_view relative) {
  std::vector<std::string_view> parts;
  std::string whole = std::string(folder) + "/" + std::string(relative);
  for (std::string_view part : Split(whole, '/')) {
    if (part.empty() || part == ".") continue;
    bool climbs = part == ".." && !parts.empty() && parts.back() != "..";
    if (climbs) parts.pop_back();
    if (!climbs) parts.push_back(part);
  }
  std::string out;
  for (std::string_view part : parts) {
    out += out.empty() ? "" : "/";
    out += part;
  }
  return out;
}

bool IsHeader(std::string_view path) { return Extension(path) == ".h"; }

bool IsCpp(std::string_view path) {
  std::string_view extension = Extension(path);
  return extension == ".h" || extension == ".cc" || extension == ".c" || extension == ".inc";
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  size_t first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (size_t begin = 0;;) {
    size_t end = text.find(separator, begin);
    out.push_back(text.substr(begin, end - begin));
    if (end == text.npos) return out;
    begin = end + 1;
  }
}

std::vector<std::string_view> Lines(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return Split(text, '\n');
}

std::vector<std::string> Words(std::string_view line, char comment) {
  if (comment != '\0') line = line.substr(0, line.find(comment));
  std::vector<std::string> out;
  for (std::string_view word : Split(line, ' ')) {
    word = Trim(word);
    if (!word.empty()) out.emplace_back(word);
  }
  return out;
}

int LineOf(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + offset, '\n'));
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordChar(char c) { return IsUpper(c) || IsLower(c) || IsDigit(c) || c == '_'; }

std::string ToLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace tape::tidy
