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

TEST(Column, ManyAtOnceAreAsOneByOne) {
  Random random;
  for (const uint32_t width : {0u, 1u, 2u, 4u, 8u, 12u, 16u}) {
    Column one_by_one(width), at_once(width);
    for (int round = 0; round < 100; ++round) {
      // In a third of the rounds there is no NULL, in the first ones neither.
      const bool may_be_null = round > 9 && random.Below(3) != 0;
      std::vector<Row> rows;
      for (uint64_t i = random.Below(40); i > 0; --i)
        rows.push_back(RandomRows(random, {width}, 1).front());
      std::vector<ValueRef> values;
      for (Row& row : rows) {
        Value& value = row.front();
        if (!value.has_value() && !may_be_null) value = std::string(width, 'x');
        if (value.has_value()) {
          one_by_one.Append(AsBytes(*value));
          values.push_back(
              {AsBytes(*value).data(), static_cast<int32_t>(value->size())});
        } else {
          one_by_one.AppendNull();
          values.push_back({nullptr, -1});
        }
      }
      at_once.AppendAll(values);
      ASSERT_EQ(at_once.rows(), one_by_one.rows());
      ASSERT_EQ(at_once.nulls(), one_by_one.nulls());
      ASSERT_EQ(at_once.null_bits(), one_by_one.null_bits());
      ASSERT_EQ(at_once.values(), one_by_one.values());
      ASSERT_EQ(at_once.lengths(), one_by_one.lengths());
    }
    EXPECT_GT(at_once.nulls(), 0u);
  }
}

TEST(Column, ValuesOfEachLengthComeWhole) {
  std::string octets(100, 0);
  for (size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<char>(i);
  for (size_t length = 0; length < octets.size(); ++length) {
    Column column(0);
    const Bytes value = AsBytes(octets).first(length);
    const int32_t size = static_cast<int32_t>(length);
    column.AppendAll({{value.data(), size}, {value.data(), size}});
    EXPECT_EQ(AsText(column.values()),
              octets.substr(0, length) + octets.substr(0, length));
  }
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
