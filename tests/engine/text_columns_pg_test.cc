// Tables that are dumped in the text form of COPY: their values are stored in
// the binary form of their types, and come back as the server printed them.
// PGBALE_CODEC_VALUES=100000 takes as many of each type.

#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/io/file.h"
#include "base/pg/quote.h"
#include "format/archive_reader.h"
#include "format/typed_column.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/type_values.h"

namespace pgbale {
namespace {

size_t ValuesPerType() {
  const char* const given = std::getenv("PGBALE_CODEC_VALUES");
  size_t values = 0;
  if (given != nullptr && absl::SimpleAtoi(given, &values)) return values;
  return 300;
}

class TextColumnsTest : public ServerTest {
 protected:
  // A table of a column `type`. An oid of a relation means something else in
  // another database: a table that has one goes in text.
  void Store(const std::string& type, const std::vector<std::string>& values) {
    const std::string table = absl::StrCat("t", types_.size());
    types_[table] = type;
    absl::StrAppend(&script_, "CREATE TABLE ", table, " (v ", type,
                    ", r regclass DEFAULT 'pg_class');\n");
    for (size_t i = 0; i < values.size(); ++i) {
      absl::StrAppend(&script_,
                      i % 100 == 0 ? absl::StrCat("INSERT INTO ", table,
                                                  " (v) VALUES (NULL), (")
                                   : ", (",
                      pg::QuoteLiteral(values[i]),
                      i % 100 == 99 || i + 1 == values.size() ? ");\n" : ")");
    }
  }

  void StoreAll(const std::vector<TypeValues>& types) {
    Random random;
    for (const TypeValues& type : types) {
      std::vector<std::string> values = type.edges, arrays = {"{}", "{NULL}"};
      while (values.size() < ValuesPerType())
        values.push_back(type.make(random));
      while (arrays.size() < ValuesPerType() / 10)
        arrays.push_back(MakeArray(type, random));
      Store(std::string(type.type), values);
      Store(absl::StrCat(type.type, "[]"), arrays);
    }
  }

  // The types in whose binary form the columns of `bale` are stored, by table.
  static std::map<std::string, std::vector<uint32_t>> StoredTypes(
      const std::string& bale) {
    std::map<std::string, std::vector<uint32_t>> types;
    auto source = OpenFileSource(bale);
    EXPECT_OK(source);
    auto archive = ArchiveReader::Open(*std::move(source));
    EXPECT_OK(archive);
    for (const ChunkRef& chunk : (*archive)->directory().chunks) {
      const TableData& data = *(*archive)->entries()[chunk.entry_id - 1].data;
      EXPECT_EQ(data.format, WireFormat::kText) << data.relation;
      const auto head = (*archive)->ReadChunkHead(chunk);
      EXPECT_OK(head);
      std::vector<uint32_t>& stored = types[data.relation];
      stored.clear();
      for (const ColumnHead& column : head->columns)
        stored.push_back(column.typed.has_value() ? column.typed->type_oid : 0);
    }
    return types;
  }

  // What was stored comes back equal, and each column in its type.
  void Check() {
    const TestDatabase source, target;
    source.Execute(script_);
    const TempDir dir;
    const std::string bale = dir.File("a.bale");
    ASSERT_TRUE(DumpAndVerify(source, bale));
    ASSERT_TRUE(RestoreInto(target, bale));
    EXPECT_TRUE(EqualDatabases(source.name(), target.name()));
    const auto stored_types = StoredTypes(bale);
    EXPECT_EQ(stored_types.size(), types_.size());
    for (const auto& [table, stored] : stored_types) {
      const BuiltInType* const type = FindBuiltInType(types_[table]);
      const BuiltInType* const typed = FindTypedType(type->oid);
      EXPECT_EQ(stored.at(0), typed == nullptr ? 0 : typed->oid)
          << types_[table];
    }
  }

  std::string script_;
  std::map<std::string, std::string> types_;  // by table
};

TEST_F(TextColumnsTest, ScalarsAndArraysAreStoredInTheirTypes) {
  StoreAll(ScalarValues());
  Check();
}

TEST_F(TextColumnsTest, RangesAreStoredInTheirTypes) {
  StoreAll(RangeValues());
  Check();
}

TEST_F(TextColumnsTest, ADomainIsStoredAsTheTypeThatItIsOver) {
  const TestDatabase source;
  source.Execute(R"(
    CREATE DOMAIN small AS integer CHECK (VALUE < 1000);
    CREATE DOMAIN smaller AS small;
    CREATE TABLE t (v smaller, r regclass);
    INSERT INTO t SELECT i, 'pg_class' FROM generate_series(1, 999) AS i;
  )");
  EXPECT_TRUE(RoundTrip(source));
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale")));
  EXPECT_EQ(StoredTypes(dir.File("a.bale"))["t"],
            (std::vector<uint32_t>{23, 0}));
}

}  // namespace
}  // namespace pgbale
