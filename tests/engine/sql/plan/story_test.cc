// Queries over generated stories of a store (late rows, kills, several slices, live tail, folds),
// against plain loops over the rows that must be there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/exec/pipeline/snapshot_source.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "format/bytes/message.h"
#include "tests/engine/read/read_story.h"
#include "tests/engine/sql/plan/query_tables.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

std::string Text(const std::optional<int64_t>& value) {
  return value ? std::to_string(*value) : "NULL";
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

// ---- what must come out, row by row

struct Where {
  std::optional<int64_t> above{};  // size > above
  std::vector<std::string> symbols{};
  std::optional<int64_t> from{};
  std::optional<int64_t> to{};

  bool Passes(const StoryRow& row) const {
    if (above && (!row.size || *row.size <= *above)) return false;
    if (from && row.time < *from) return false;
    if (to && row.time >= *to) return false;
    return symbols.empty() || std::ranges::count(symbols, row.symbol) != 0;
  }

  std::string Sql() const {
    std::string sql = " WHERE id >= 0";
    if (above) sql += Concat(" AND size > ", *above);
    if (from) sql += Concat(" AND ts >= '", Timestamp::FromNanos(*from).ToString(), "'");
    if (to) sql += Concat(" AND ts < '", Timestamp::FromNanos(*to).ToString(), "'");
    std::string list;
    for (const std::string& symbol : symbols) list += (list.empty() ? "'" : ", '") + symbol + "'";
    return list.empty() ? sql : Concat(sql, " AND symbol IN (", list, ")");
  }
};

Where RandomWhere(Chance& chance, const std::vector<StoryRow>& rows) {
  Where where;
  if (chance.OneIn(2)) where.above = static_cast<int64_t>(chance.Below(1000));
  if (chance.OneIn(2)) {
    for (uint64_t i = 0; i <= chance.Below(3); ++i) {
      where.symbols.push_back(Concat("S", chance.Below(14)));
    }
  }
  if (chance.OneIn(3) && !rows.empty()) where.from = rows[chance.Below(rows.size())].time;
  if (chance.OneIn(3) && !rows.empty()) where.to = rows[chance.Below(rows.size())].time;
  return where;
}

std::vector<StoryRow> Filtered(const std::vector<StoryRow>& rows, const Where& where) {
  std::vector<StoryRow> found;
  for (const StoryRow& row : rows) {
    if (where.Passes(row)) found.push_back(row);
  }
  return found;
}

// By size, NULL at the end, then by id, the greatest first.
std::string SortedBySize(std::vector<StoryRow> rows, size_t limit) {
  std::ranges::sort(rows, [](const StoryRow& a, const StoryRow& b) {
    if (a.size.has_value() != b.size.has_value()) return a.size.has_value();
    if (a.size != b.size) return *a.size < *b.size;
    if (a.id != b.id) return a.id > b.id;
    return a.number < b.number;
  });
  std::vector<std::string> lines;
  for (const StoryRow& row : rows) {
    if (lines.size() < limit) lines.push_back(Concat(Text(row.size), "|", row.id));
  }
  return Lines(lines);
}

struct Group {
  int64_t rows = 0;
  int64_t notes = 0;
  std::optional<int64_t> sum{};
  std::optional<std::string> least_note{};
  int64_t first = 0;
  int64_t last = 0;
};

std::string GroupedBySymbol(std::vector<StoryRow> rows) {
  std::ranges::stable_sort(rows, {}, &StoryRow::time);
  std::map<std::string, Group> groups;
  for (const StoryRow& row : rows) {
    Group& group = groups[row.symbol];
    if (group.rows++ == 0) group.first = row.id;
    group.last = row.id;
    if (row.size) group.sum = group.sum.value_or(0) + *row.size;
    if (!row.note) continue;
    ++group.notes;
    group.least_note = group.least_note ? std::min(*group.least_note, *row.note) : *row.note;
  }
  std::vector<std::string> lines;
  for (const auto& [symbol, group] : groups) {
    lines.push_back(Concat(symbol, "|", group.rows, "|", group.notes, "|", Text(group.sum), "|",
                           group.least_note.value_or("NULL"), "|", group.first, "|", group.last));
  }
  return Lines(lines);
}

std::string LatestBySymbol(std::vector<StoryRow> rows) {
  std::ranges::stable_sort(rows, {}, &StoryRow::time);
  std::map<std::string, std::string> latest;
  for (const StoryRow& row : rows) {
    latest[row.symbol] =
        Concat(row.symbol, "|", row.id, "|", Text(row.size), "|", row.note.value_or("NULL"));
  }
  std::vector<std::string> lines;
  for (const auto& [symbol, line] : latest) lines.push_back(line);
  return Lines(lines);
}

std::string PairsOfOneSize(const std::vector<StoryRow>& left, const std::vector<StoryRow>& right) {
  std::map<std::pair<std::string, int64_t>, int64_t> sizes;
  for (const StoryRow& row : right) {
    if (row.size) ++sizes[{row.symbol, *row.size}];
  }
  int64_t pairs = 0;
  int64_t alone = 0;
  for (const StoryRow& row : left) {
    const auto found = row.size ? sizes.find({row.symbol, *row.size}) : sizes.end();
    pairs += found == sizes.end() ? 1 : found->second;
    alone += found == sizes.end() ? 1 : 0;
  }
  return Concat(pairs, "|", alone);
}

// ---- the story

class StoryQueries : public ::testing::TestWithParam<bool> {
 protected:
  void Play(uint64_t seed);
  void Ask(ReadStory& story, StoreReader& reader, Chance& chance);
};

void StoryQueries::Ask(ReadStory& story, StoreReader& reader, Chance& chance) {
  const auto snapshot = reader.TakeSnapshot();
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  const TableSnapshot* table = (*snapshot)->Find("main", "ticks");
  ASSERT_NE(table, nullptr);
  QueryTables tables;
  tables.Add("ticks", exec::SnapshotSource::Make(*snapshot, *table));
  const std::vector<StoryRow> rows = Expected(story.rows(), {}, (*snapshot)->lsn().value());
  for (int i = 0; i < 3; ++i) {
    const Where where = RandomWhere(chance, rows);
    const std::string sql = where.Sql();
    const std::vector<StoryRow> wanted = Filtered(rows, where);
    const size_t limit = chance.OneIn(2) ? 5 : 1'000'000;
    EXPECT_EQ(tables.Rows(Concat("SELECT size, id FROM ticks", sql,
                                 " ORDER BY size, id DESC LIMIT ", limit)),
              SortedBySize(wanted, limit))
        << sql;
    EXPECT_EQ(tables.Rows(Concat("SELECT symbol, count(*), count(note), sum(size), min(note), "
                                 "first(id), last(id, ts) FROM ticks",
                                 sql, " GROUP BY symbol ORDER BY symbol")),
              GroupedBySymbol(wanted))
        << sql;
    EXPECT_EQ(tables.Rows(Concat("SELECT symbol, id, size, note FROM ticks", sql,
                                 " LATEST ON ts PARTITION BY symbol ORDER BY symbol")),
              LatestBySymbol(wanted))
        << sql;
    EXPECT_EQ(tables.Rows(Concat("WITH a AS (SELECT * FROM ticks", sql,
                                 ") SELECT count(*), count(*) FILTER (WHERE b.id IS NULL) FROM a "
                                 "LEFT JOIN ticks b ON a.symbol = b.symbol AND b.size = a.size")),
              PairsOfOneSize(wanted, rows))
        << sql;
  }
}

void StoryQueries::Play(uint64_t seed) {
  Chance chance(seed);
  MemoryFileSystem files;
  ASSERT_TRUE(files.MakeDirectory("/shm").ok());
  ASSERT_TRUE(files.MarkVolatile("/shm").ok());
  ManualHost host(seed);
  const Machine machine{files, host};
  ReadStory story(machine, {.clustered = GetParam(), .late = true});
  ASSERT_TRUE(story.Open().ok());
  auto reader = StoreReader::Open(machine, "/store");
  ASSERT_TRUE(reader.ok()) << reader.status();
  for (int step = 0; step < 6; ++step) {
    ASSERT_TRUE(story.Append(1 + chance.Below(900), chance).ok());
    for (uint64_t i = chance.Below(20); i > 0 && !story.rows().empty(); --i) {
      story.Kill(chance.Below(story.rows().size()));
    }
    ASSERT_TRUE(story.Commit().ok());
    if (chance.OneIn(2)) {
      ASSERT_TRUE(story.Seal(SealWhat::kEverything).ok());
    }
    Ask(story, **reader, chance);
  }
}

TEST_P(StoryQueries, GiveWhatALoopOverTheRowsGives) {
  const uint64_t stories = std::getenv("TAPE_TEST_FULL") != nullptr ? 200 : 3;
  for (uint64_t seed = 1; seed <= stories; ++seed) {
    SCOPED_TRACE(seed);
    Play(seed);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Layouts, StoryQueries, ::testing::Values(true, false),
                         [](const auto& param) { return param.param ? "Clustered" : "InTime"; });

}  // namespace
}  // namespace tape::engine::sql
