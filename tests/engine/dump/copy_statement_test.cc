#include "engine/dump/copy_statement.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

Entry TableEntry(std::vector<DataColumn> columns, WireFormat format) {
  Entry entry;
  entry.schema = "public";
  entry.name = "t";
  TableData data;
  data.schema = "public";
  data.relation = "t";
  data.columns = std::move(columns);
  data.format = format;
  entry.data = data;
  return entry;
}

TEST(CopyStatement, NamesColumnsAndForm) {
  const Entry text =
      TableEntry({{"a", "integer", 0}, {"B c", "text", 0}}, WireFormat::kText);
  EXPECT_EQ(CopyTableStatement(text, ""),
            "COPY public.t (a, \"B c\") TO STDOUT");
  const Entry binary = TableEntry({{"a", "integer", 4}}, WireFormat::kBinary);
  EXPECT_EQ(CopyTableStatement(binary, ""),
            "COPY public.t (a) TO STDOUT (FORMAT binary)");
}

TEST(CopyStatement, ReadsThePartitionNotTheRootItIsRestoredThrough) {
  Entry entry = TableEntry({{"a", "integer", 0}}, WireFormat::kText);
  entry.name = "t_p1";
  entry.data->via_root = true;
  EXPECT_EQ(CopyTableStatement(entry, ""), "COPY public.t_p1 (a) TO STDOUT");
}

TEST(CopyStatement, ConditionReadsTheTablesOwnRows) {
  const Entry entry = TableEntry({{"a", "integer", 0}}, WireFormat::kText);
  EXPECT_EQ(CopyTableStatement(entry, "WHERE NOT builtin"),
            "COPY (SELECT a FROM ONLY public.t WHERE NOT builtin) TO STDOUT");
}

TEST(CopyStatement, AForeignTableIsReadByAQuery) {
  const Entry entry = TableEntry({{"a", "integer", 0}}, WireFormat::kText);
  EXPECT_EQ(CopyTableStatement(entry, "", true),
            "COPY (SELECT a FROM ONLY public.t) TO STDOUT");
}

TEST(CopyStatement, TableWithoutColumnsHasNoList) {
  EXPECT_EQ(CopyTableStatement(TableEntry({}, WireFormat::kText), ""),
            "COPY public.t TO STDOUT");
}

TEST(CopyStatement, LargeObjectsAreReadAsTheirPages) {
  EXPECT_THAT(CopyLargeObjectsStatement(kLargeObjectPages),
              HasSubstr("COPY (SELECT l.loid, l.pageno, l.data"
                        " FROM pg_catalog.pg_largeobject l WHERE (pg_catalog"));
  EXPECT_THAT(CopyLargeObjectsStatement(kLargeObjectMetadata),
              HasSubstr("pg_catalog.lo_get("));
}

TEST(CopyStatement, APartOfTheLargeObjectsIsARangeOfPages) {
  EXPECT_THAT(CopyLargeObjectsStatement(kLargeObjectPages, {.first = 8}),
              HasSubstr("FROM pg_catalog.pg_largeobject l WHERE l.ctid >= "
                        "'(8,0)'::pg_catalog.tid AND ("));
  EXPECT_THAT(
      CopyLargeObjectsStatement(kLargeObjectMetadata, {.first = 0, .end = 9}),
      HasSubstr("pg_largeobject_metadata m WHERE m.ctid < "
                "'(9,0)'::pg_catalog.tid OFFSET 0"));
}

TEST(PageRange, ConditionNamesBothEnds) {
  EXPECT_EQ(PageRange().Condition(), "");
  EXPECT_EQ((PageRange{.first = 3, .end = 5}).Condition(),
            "WHERE ctid >= '(3,0)'::pg_catalog.tid"
            " AND ctid < '(5,0)'::pg_catalog.tid");
}

}  // namespace
}  // namespace pgbale
