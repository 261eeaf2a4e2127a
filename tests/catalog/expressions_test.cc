#include "catalog/expressions.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace pgbale {
namespace {

Relation Table(const std::string& first, const std::string& second) {
  Relation table;
  table.columns.resize(2);
  table.columns[0].number = 1;
  table.columns[0].name = first;
  table.columns[1].number = 2;
  table.columns[1].name = second;
  return table;
}

// As servers store "column > 5".
std::string Greater(int column, int location, int value = 5) {
  return absl::StrCat(
      "{OPEXPR :opno 521 :opfuncid 147 :opresulttype 16 :args ({VAR :varno 1 "
      ":varattno ",
      column, " :vartype 23 :varlevelsup 0 :location ", location,
      "} {CONST :consttype 23 :constisnull false :location ", location + 4,
      " :constvalue 4 [ ", value, " 0 0 0 0 0 0 0 ]}) :location ", location + 2,
      "}");
}

class SharedKeyTest : public testing::Test {
 protected:
  std::string Key(const std::string& tree, const Relation* relation) {
    return SharedKey(tree, relation);
  }

  const Relation ab_ = Table("a", "b"), ac_ = Table("a", "c");
};

TEST_F(SharedKeyTest, IsTheSameWhereverTheExpressionStood) {
  EXPECT_NE(Key(Greater(1, 30), &ab_), "");
  EXPECT_EQ(Key(Greater(1, 30), &ab_), Key(Greater(1, 777), &ab_));
  EXPECT_EQ(Key(Greater(1, 30), &ab_), Key(Greater(1, -1), &ab_));
}

TEST_F(SharedKeyTest, TellsExpressionsApart) {
  EXPECT_NE(Key(Greater(1, 30, 5), &ab_), Key(Greater(1, 30, 6), &ab_));
  EXPECT_NE(Key(Greater(1, 30), &ab_), Key(Greater(2, 30), &ab_));
}

TEST_F(SharedKeyTest, CountsTheNamesOfColumnsThatAreSaid) {
  EXPECT_EQ(Key(Greater(1, 30), &ab_), Key(Greater(1, 30), &ac_));
  EXPECT_NE(Key(Greater(2, 30), &ab_), Key(Greater(2, 30), &ac_));
  const std::string both = Greater(1, 30) + Greater(2, 50);
  const Relation joined = Table("a1", ":b"), split = Table("a", "1:1:b");
  EXPECT_NE(Key(both, &joined), Key(both, &split));
}

TEST_F(SharedKeyTest, IsNoneWhereAColumnIsUnknown) {
  EXPECT_EQ(Key(Greater(3, 30), &ab_), "");
  EXPECT_EQ(Key(Greater(0, 30), &ab_), "");  // the whole row
  EXPECT_EQ(Key(Greater(-6, 30), &ab_), "");
  EXPECT_EQ(Key(Greater(1, 30), nullptr), "");
  EXPECT_EQ(Key("{VAR :varno 2 :varattno 1}", &ab_), "");
}

TEST_F(SharedKeyTest, NeedsNoTableWhereNoColumnIsSaid) {
  const std::string now = "{FUNCEXPR :funcid 1299 :args <> :location 12}";
  const std::string later = "{FUNCEXPR :funcid 1299 :args <> :location -1}";
  EXPECT_NE(Key(now, nullptr), "");
  EXPECT_EQ(Key(now, nullptr), Key(later, &ab_));
}

}  // namespace
}  // namespace pgbale
