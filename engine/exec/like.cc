#include "engine/exec/like.h"

#include <algorithm>

#include "format/types/text_error.h"
#include "format/types/utf8.h"

namespace tape::engine::exec {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

absl::StatusOr<LikePattern> LikePattern::Compile(std::string_view pattern,
                                                 const LikeOptions& options) {
  if (options.escape.size() > std::max<size_t>(format::Utf8Length(options.escape), 1)) {
    return format::BadText("escape", options.escape, "must be empty or one character");
  }
  LikePattern made;
  made.any_case_ = options.any_case;
  const auto literal = [&](char c) {
    made.steps_.push_back({Kind::kByte, options.any_case ? Lower(c) : c});
  };
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (!options.escape.empty() && pattern.substr(at).starts_with(options.escape)) {
      at += options.escape.size();
      if (at >= pattern.size()) {
        return format::BadText("LIKE pattern", pattern, "must not end with escape character");
      }
      literal(pattern[at]);
    } else if (pattern[at] == '%') {
      if (made.steps_.empty() || made.steps_.back().kind != Kind::kAny) {
        made.steps_.push_back({Kind::kAny, 0});
      }
    } else if (pattern[at] == '_') {
      made.steps_.push_back({Kind::kCharacter, 0});
    } else {
      literal(pattern[at]);
    }
  }
  return made;
}

size_t LikePattern::Take(const Step& step, std::string_view text, size_t at) const {
  if (at >= text.size()) return 0;
  if (step.kind == Kind::kCharacter) {
    return std::max<size_t>(format::Utf8Length(text.substr(at)), 1);
  }
  const char c = any_case_ ? Lower(text[at]) : text[at];
  return c == step.byte ? 1 : 0;
}

bool LikePattern::Matches(std::string_view text) const {
  size_t at = 0;
  size_t step = 0;
  // The last % and how far the text was when it took nothing: where to go on after a mismatch.
  size_t any = steps_.size();
  size_t any_at = 0;
  while (true) {
    if (step < steps_.size() && steps_[step].kind == Kind::kAny) {
      any = step++;
      any_at = at;
      continue;
    }
    if (step == steps_.size() && at == text.size()) return true;
    const size_t taken = step < steps_.size() ? Take(steps_[step], text, at) : 0;
    if (taken > 0) {
      at += taken;
      ++step;
      continue;
    }
    if (any == steps_.size() || any_at >= text.size()) return false;
    at = ++any_at;
    step = any + 1;
  }
}

}  // namespace tape::engine::exec
