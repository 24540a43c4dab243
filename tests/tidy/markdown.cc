#include "tests/tidy/markdown.h"

#include <algorithm>
#include <map>

#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

// Bytes of one UTF-8 character that stand for punctuation or symbols, of those that headings use:
// Latin-1 signs, multiplication and division, U+2000 to U+2FFF (dashes, arrows, quotes).
size_t SymbolBytes(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  if (byte(0) == 0xE2) return 3;
  if (byte(0) == 0xC2 || (byte(0) == 0xC3 && (byte(1) == 0x97 || byte(1) == 0xB7))) return 2;
  return 0;
}

// "[text](target)" becomes "text"; backquotes and emphasis go.
std::string PlainHeading(std::string_view heading) {
  std::string out;
  for (size_t i = 0; i < heading.size(); ++i) {
    size_t end = heading[i] == ']' && heading.substr(i + 1).starts_with('(') ? heading.find(')', i)
                                                                             : heading.npos;
    if (end != heading.npos) {
      i = end;
    } else if (heading[i] != '[') {
      out += heading[i];
    }
  }
  return out;
}

// The line with `code` blanked out; an unpaired backquote is text.
std::string WithoutCode(std::string_view line) {
  std::string out(line);
  for (size_t begin = out.find('`'); begin != out.npos;) {
    size_t width = out.find_first_not_of('`', begin);
    width = (width == out.npos ? out.size() : width) - begin;
    size_t end = out.find(std::string(width, '`'), begin + width);
    if (end == out.npos) break;
    std::fill(out.begin() + begin, out.begin() + end + width, ' ');
    begin = out.find('`', end);
  }
  return out;
}

class PageReader {
 public:
  Page Run(std::string_view text) && {
    for (std::string_view line : Lines(text)) {
      ++line_;
      if (!Fence(Trim(line))) Content(line);
    }
    return std::move(page_);
  }

 private:
  // True for a fence and for what lies inside one.
  bool Fence(std::string_view line) {
    bool is_fence = line.starts_with("```") || line.starts_with("~~~");
    if (!is_fence) return !fence_.empty();
    if (fence_.empty()) {
      fence_ = line.substr(0, line.find_first_not_of(line[0]));
    } else if (line.starts_with(fence_)) {
      fence_.clear();
    }
    return true;
  }

  void Content(std::string_view line) {
    Heading(line);
    std::string plain = WithoutCode(line);
    for (std::string_view mark : {"](", "<a id=\"", "<a name=\"", "<img src=\"", "href=\""})
      Marked(plain, mark);
    size_t colon = plain.find("]: ");
    if (plain.starts_with('[') && colon != plain.npos)
      AddLink(std::string_view(plain).substr(colon + 3));
  }

  void Heading(std::string_view line) {
    size_t level = line.find_first_not_of('#');
    if (level == 0 || level == line.npos || level > 6 || line[level] != ' ') return;
    std::string anchor = AnchorOf(Trim(line.substr(level)));
    int repeated = headings_[anchor]++;
    page_.anchors.insert(repeated == 0 ? anchor : anchor + "-" + std::to_string(repeated));
  }

  void Marked(std::string_view line, std::string_view mark) {
    for (size_t at = line.find(mark); at != line.npos; at = line.find(mark, at + 1)) {
      std::string_view rest = line.substr(at + mark.size());
      rest = rest.substr(0, rest.find(mark == "](" ? ')' : '"'));
      bool anchor = mark.starts_with("<a id") || mark.starts_with("<a name");
      anchor ? static_cast<void>(page_.anchors.insert(std::string(rest))) : AddLink(rest);
    }
  }

  // Without the angle brackets and the title that a link may have.
  void AddLink(std::string_view target) {
    target = Trim(target);
    if (target.starts_with('<')) target = target.substr(1, target.find('>') - 1);
    target = target.substr(0, target.find(' '));
    page_.links.push_back({std::string(target), line_});
  }

  Page page_;
  int line_ = 0;
  std::string fence_;
  std::map<std::string, int> headings_;
};

}  // namespace

std::string AnchorOf(std::string_view heading) {
  std::string out;
  std::string plain = PlainHeading(heading);
  for (size_t i = 0; i < plain.size(); ++i) {
    char c = plain[i];
    size_t symbol = SymbolBytes(std::string_view(plain).substr(i));
    bool keep = IsWordChar(c) || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    if (symbol > 0) {
      i += symbol - 1;
    } else if (c == ' ' || keep) {
      out += c == ' ' ? '-' : c;
    }
  }
  return ToLower(out);
}

Page ParseMarkdown(std::string_view text) { return PageReader().Run(text); }

}  // namespace tape::tidy
