#include "catalog/comments.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

constexpr Oid kTable = 20000, kOther = 20001;

RelationMap Relations() {
  Relation table;
  table.oid = kTable;
  table.kind = 'r';
  table.qualified = "s.\"Ta\"\"ble\"";
  RelationColumn column;
  column.number = 1;
  column.name = "Co\"l";
  table.columns.push_back(column);
  RelationMap relations;
  relations.Add(std::move(table));
  return relations;
}

Object TableObject() {
  Object object;
  object.address = {catalog_oid::kClass, kTable};
  object.target = "TABLE s.\"Ta\"\"ble\"";
  return object;
}

std::string Statement(const CommentRecord& record, const Object& object) {
  return CommentStatement(record, object, Relations());
}

TEST(CommentStatement, NamesTheObject) {
  EXPECT_EQ(Statement({{{catalog_oid::kClass, kTable}, 0, ""}, "it's \\ $$"},
                      TableObject()),
            "COMMENT ON TABLE s.\"Ta\"\"ble\" IS 'it''s \\ $$'");
}

TEST(CommentStatement, NamesTheColumn) {
  EXPECT_EQ(
      Statement({{{catalog_oid::kClass, kTable}, 1, ""}, "x"}, TableObject()),
      "COMMENT ON COLUMN s.\"Ta\"\"ble\".\"Co\"\"l\" IS 'x'");
}

TEST(CommentStatement, SaysNothingForAColumnThatIsUnknown) {
  EXPECT_EQ(
      Statement({{{catalog_oid::kClass, kTable}, 2, ""}, "x"}, TableObject()),
      "");
}

TEST(CommentStatement, SaysNothingForAnObjectWithoutTarget) {
  Object object = TableObject();
  object.target.clear();
  EXPECT_EQ(Statement({{{catalog_oid::kClass, kTable}, 0, ""}, "x"}, object),
            "");
}

TEST(CommentStatement, RemovesACommentByAnEmptyOne) {
  Object object;
  object.address = {catalog_oid::kNamespace, 2200};
  object.target = "SCHEMA public";
  EXPECT_EQ(Statement({{{catalog_oid::kNamespace, 2200}, 0, ""}, ""}, object),
            "COMMENT ON SCHEMA public IS ''");
}

TEST(CommentStatement, TellsTheIndexFromItsConstraint) {
  Object object;
  object.address = {catalog_oid::kConstraint, kOther};
  object.target = "CONSTRAINT c ON s.t";
  object.schema = "s";
  object.name = "c";
  EXPECT_EQ(Statement({{{catalog_oid::kClass, kOther}, 0, ""}, "x"}, object),
            "COMMENT ON INDEX s.c IS 'x'");
}

TEST(CommentStatement, TellsAForeignKeyOfAPartitionFromItsParent) {
  Object object;
  object.address = {catalog_oid::kConstraint, kOther};
  object.target = "CONSTRAINT c ON s.t";
  EXPECT_EQ(
      Statement({{{catalog_oid::kConstraint, 1}, 0, "d ON s.p"}, "x"}, object),
      "COMMENT ON CONSTRAINT d ON s.p IS 'x'");
}

TEST(CommentStatement, TellsARowTypeFromItsTable) {
  EXPECT_EQ(
      Statement({{{catalog_oid::kType, kOther}, 0, "s.\"Ta\"\"ble\""}, "x"},
                TableObject()),
      "COMMENT ON TYPE s.\"Ta\"\"ble\" IS 'x'");
}

TEST(CommentStatement, TellsAViewsRuleFromTheView) {
  EXPECT_EQ(
      Statement({{{catalog_oid::kRewrite, kOther}, 0, ""}, "x"}, TableObject()),
      "COMMENT ON RULE \"_RETURN\" ON s.\"Ta\"\"ble\" IS 'x'");
}

}  // namespace
}  // namespace pgbale
