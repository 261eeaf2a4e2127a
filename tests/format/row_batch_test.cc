#include "format/row_batch.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

TEST(Column, NullsTakeNoRoomAmongTheValues) {
  Column column(0);
  column.Append(AsBytes("ab"));
  column.AppendNull();
  column.Append(AsBytes("c"));
  EXPECT_EQ(AsText(column.values()), "abc");
  EXPECT_THAT(column.lengths(), ElementsAre(2u, 1u));
  EXPECT_EQ(column.rows(), 3u);
  EXPECT_EQ(column.nulls(), 1u);
}

TEST(Column, NullBitsBeginWithTheFirstNull) {
  Column column(1);
  for (int i = 0; i < 9; ++i) column.Append(AsBytes("x"));
  EXPECT_THAT(column.null_bits(), IsEmpty());
  column.AppendNull();
  EXPECT_THAT(column.null_bits(), ElementsAre(0x00, 0x02));
  for (int i = 0; i < 6; ++i) column.Append(AsBytes("x"));
  EXPECT_EQ(column.null_bits().size(), 2u);
  column.Append(AsBytes("x"));
  EXPECT_THAT(column.null_bits(), ElementsAre(0x00, 0x02, 0x00));
}

TEST(Column, ClearForgetsEverything) {
  Column column(0);
  column.AppendNull();
  column.Clear();
  column.Append(AsBytes("a"));
  EXPECT_FALSE(column.is_null(0));
  EXPECT_EQ(column.nulls(), 0u);
}

TEST(RowBatch, GivesBackItsRows) {
  Random random;
  const Widths widths = {0, 4, 1, 16};
  const std::vector<Row> rows = RandomRows(random, widths, 100);
  EXPECT_THAT(RowsOf(BatchOf(widths, rows)), ElementsAreArray(rows));
}

TEST(RowBatch, AValueMayBeAskedForMoreThanOnce) {
  const RowBatch batch = BatchOf({0, 0}, {{"a", "b"}});
  RowCursor cursor(batch);
  ASSERT_TRUE(cursor.Next());
  EXPECT_EQ(AsText(cursor.value(1)), "b");
  EXPECT_EQ(AsText(cursor.value(0)), "a");
  EXPECT_EQ(AsText(cursor.value(1)), "b");
  EXPECT_FALSE(cursor.Next());
  EXPECT_FALSE(cursor.Next());
}

TEST(RowBatch, WithoutColumnsItHasRows) {
  const RowBatch batch = BatchOf({}, {Row(), Row()});
  EXPECT_EQ(RowsOf(batch).size(), 2u);
}

TEST(RowBatch, ClearStartsAnew) {
  RowBatch batch = BatchOf({0}, {{"a"}});
  batch.Clear();
  EXPECT_EQ(batch.rows(), 0u);
  EXPECT_EQ(batch.raw_bytes(), 0u);
  EXPECT_EQ(batch.digest(), Digest());
  EXPECT_THAT(RowsOf(batch), IsEmpty());
}

}  // namespace
}  // namespace pgbale
