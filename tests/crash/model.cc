#include "tests/crash/model.h"

#include <algorithm>

#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

std::string TextOf(const ModelCounts& counts) {
  std::string text;
  for (size_t table = 0; table < kModelTables; ++table) {
    text += Concat(table == 0 ? "" : ", ", counts.rows[table], " rows and ", counts.kills[table],
                   " kills");
  }
  return text;
}

void Model::Began(const ModelCounts& found, uint32_t attempt) {
  for (size_t table = 0; table < kModelTables; ++table) {
    std::vector<Attempt>& attempts = attempts_[table];
    while (!attempts.empty() && attempts.back().first_row >= found.rows[table]) {
      attempts.pop_back();
    }
    attempts.push_back({found.rows[table], attempt});
  }
}

void Model::MadeDurable(uint64_t commits) { durable_ = std::max(durable_, commits); }

ModelRow Model::Row(size_t table, uint64_t row) const {
  const auto after = std::ranges::upper_bound(attempts_[table], row, {}, &Attempt::first_row);
  const uint32_t attempt = after == attempts_[table].begin() ? 0 : std::prev(after)->number;
  return {table, row, attempt};
}

std::string Model::Judge(const ModelCounts& found, uint64_t promised) {
  for (size_t commits = commits_.size(); commits-- > 0;) {
    if (commits_[commits] != found) continue;
    if (commits < promised) {
      return Concat(commits, " commits are there (", TextOf(found), "), ", promised,
                    " were promised (", TextOf(commits_[promised]), ")");
    }
    commits_.resize(commits + 1);
    acknowledged_ = commits;
    durable_ = std::min(durable_, commits);
    return {};
  }
  return Concat(TextOf(found), ": what no prefix of the commits has");
}

}  // namespace tape::engine
