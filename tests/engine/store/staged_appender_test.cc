#include "engine/store/staged_appender.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "tape/limits.h"
#include "tests/engine/change/change_store.h"

namespace tape::engine {
namespace {

// A row of the table of notes.
bool Put(StagedAppender& notes, int64_t id, std::string_view text) {
  RowCursor& cursor = notes.cursor();
  reinterpret_cast<int64_t*>(cursor.values[0])[cursor.at] = id;
  notes.PutBytes(1, text);
  return ++cursor.at < cursor.end || notes.NextBlock();
}

TEST(StagedAppender, CountsLongTextsBeforeABlockIsFull) {
  ChangeStore store;
  store.SetOptions({.change_bytes_max = 24 << 20});
  ASSERT_TRUE(store.Open().ok());
  store.Create(Schema::Builder("notes")
                   .Column("id", Type::Bigint())
                   .Column("text", Type::Text())
                   .PrimaryKey({"id"})
                   .Build());
  const std::shared_ptr<OpenTable> table = store.writer().Find(store.Id("notes"));
  table->has_appender = true;
  TailAppender tail(*table->tail, store.writer().sequence(), FullTail::kPrepare);
  ASSERT_TRUE(tail.Start(0).ok());
  StagedAppender notes(store.Begin(), table, tail);
  ASSERT_TRUE(notes.Start().ok());
  const std::string longest(kMaxValueBytes, 'x');
  int64_t rows = 0;
  while (rows < kBlockRows && Put(notes, rows, longest)) ++rows;
  EXPECT_LT(rows, 48) << "a block has 1,024";
  EXPECT_TRUE(absl::IsResourceExhausted(notes.status())) << notes.status();
  EXPECT_NE(Message(notes.status()).find("change_bytes_max"), std::string::npos);
  EXPECT_FALSE(notes.Commit(Durability::kProcess).ok());
  notes.Abandon();
  // As many as fit, and short ones, are one commit, with the numbers that they were given.
  rows = 0;
  while (rows < 18 && Put(notes, rows, longest)) ++rows;
  while (rows < 2000 && Put(notes, rows, "short")) ++rows;
  ASSERT_EQ(rows, 2000) << notes.status();
  EXPECT_EQ(notes.rows(), 2000u);
  const auto lsn = notes.Commit(Durability::kProcess);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(store.Numbers("notes").size(), 2000u);
  auto change = store.Begin();
  for (const int64_t row : {0, 17, 18, 1999}) {
    const std::string text = row < 18 ? longest : "short";
    EXPECT_EQ(RowOf(*change, store, "notes", RowNumber(static_cast<uint64_t>(row))).substr(0, 40),
              (std::to_string(row) + "|" + text).substr(0, 40));
  }
}

}  // namespace
}  // namespace tape::engine
