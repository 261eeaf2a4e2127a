#include "restore/table_copy.h"

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TableData Data() {
  TableData data;
  data.schema = "public";
  data.relation = "order";
  data.format = WireFormat::kBinary;
  return data;
}

TEST(TableCopy, NamesAreQuoted) {
  TableData data = Data();
  data.columns = {{"a", "integer", 4}, {"B", "text", 0}};
  EXPECT_EQ(CopyFromStatement(data),
            "COPY public.\"order\" (a, \"B\") FROM STDIN (FORMAT binary)");
}

TEST(TableCopy, TextIsTheServersDefault) {
  TableData data = Data();
  data.columns = {{"a", "integer", 0}};
  data.format = WireFormat::kText;
  EXPECT_EQ(CopyFromStatement(data), "COPY public.\"order\" (a) FROM STDIN");
}

TEST(TableCopy, RowsAreFrozenInEitherForm) {
  TableData data = Data();
  EXPECT_EQ(CopyFromStatement(data, Freeze::kYes),
            "COPY public.\"order\" FROM STDIN (FORMAT binary, FREEZE)");
  data.format = WireFormat::kText;
  EXPECT_EQ(CopyFromStatement(data, Freeze::kYes),
            "COPY public.\"order\" FROM STDIN (FREEZE)");
}

TEST(TableCopy, TableWithoutColumnsHasNoList) {
  EXPECT_EQ(CopyFromStatement(Data()),
            "COPY public.\"order\" FROM STDIN (FORMAT binary)");
}

}  // namespace
}  // namespace pgbale
