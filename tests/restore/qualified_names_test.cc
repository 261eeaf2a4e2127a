#include "restore/qualified_names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

const SchemaMap& Map() {
  static const SchemaMap map = {{{"shop", "log"}, "new"},
                                {{"My shop", "a\"b"}, "A new"},
                                {{"shop", "log_id_seq"}, "new"},
                                {{"shop", "+"}, "new"}};
  return map;
}
std::string Mapped(absl::string_view statement) {
  return WithSchemasMapped(statement, Map());
}

TEST(QualifiedNames, KnownNamesGetTheirNewSchemas) {
  EXPECT_EQ(Mapped("CREATE TABLE shop.log (\n    id integer\n)"),
            "CREATE TABLE new.log (\n    id integer\n)");
  EXPECT_EQ(Mapped("COMMENT ON COLUMN shop.log.id IS 'x'"),
            "COMMENT ON COLUMN new.log.id IS 'x'");
  EXPECT_EQ(Mapped("GRANT SELECT ON TABLE \"My shop\".\"a\"\"b\" TO r"),
            "GRANT SELECT ON TABLE \"A new\".\"a\"\"b\" TO r");
  EXPECT_EQ(Mapped("a OPERATOR(shop.+) b, a shop.+ b"),
            "a OPERATOR(new.+) b, a new.+ b");
}

TEST(QualifiedNames, OtherNamesStay) {
  for (const char* statement :
       {"CREATE TABLE shop.other ()", "SELECT log.id, shop.log2, \"shop\".lo",
        "SELECT other.shop.log", "SELECT shop . log", "ALTER SCHEMA shop",
        "SELECT \"shop.log\"", "SELECT 1.5, shop.\"Log\"", "SELECT (shop).log"})
    EXPECT_EQ(Mapped(statement), statement);
}

TEST(QualifiedNames, ConstantsOfRegclassAreNames) {
  EXPECT_EQ(Mapped("DEFAULT nextval('shop.log_id_seq'::regclass)"),
            "DEFAULT nextval('new.log_id_seq'::regclass)");
  EXPECT_EQ(Mapped("SELECT pg_catalog.setval('shop.log_id_seq', 5, true)"),
            "SELECT pg_catalog.setval('new.log_id_seq', 5, true)");
  EXPECT_EQ(Mapped("SELECT '\"My shop\".\"a\"\"b\"'::pg_catalog.regclass"),
            "SELECT '\"A new\".\"a\"\"b\"'::pg_catalog.regclass");
}

TEST(QualifiedNames, TextsStay) {
  for (const char* statement :
       {"COMMENT ON TABLE x IS 'shop.log'", "AS $$ SELECT shop.log $$",
        "AS $_$ it's shop.log $$ shop.log $_$", "E'\\' shop.log'",
        "SELECT 'shop.log'::text", "SELECT 'it''s shop.log'",
        "SELECT $1, 'shop.log"})
    EXPECT_EQ(Mapped(statement), statement) << statement;
}

bool MentionsInText(absl::string_view statement, const std::string& name) {
  return !NamesInTexts({name}).MentionedBy(statement).empty();
}

TEST(QualifiedNames, TextsThatMentionANameAreFound) {
  EXPECT_TRUE(MentionsInText("AS $$ SELECT * FROM log; $$", "log"));
  EXPECT_TRUE(MentionsInText("AS 'DELETE FROM shop.log'", "log"));
  EXPECT_TRUE(MentionsInText("AS E'\\tshop.log'", "log"));
  EXPECT_FALSE(MentionsInText("AS $$ SELECT blog, logs $$", "log"));
  EXPECT_FALSE(MentionsInText("CREATE VIEW v AS SELECT log FROM log", "log"));
  EXPECT_FALSE(MentionsInText("nextval('shop.log'::regclass)", "log"));
  EXPECT_TRUE(MentionsInText("AS 'FROM log$1'", "log"));
}

TEST(QualifiedNames, NamesThatAreNoWordsAreFoundInTextsToo) {
  for (const char* name : {"My log", "log$1", "a-b", "\xC3\xA4"}) {
    EXPECT_TRUE(MentionsInText(absl::StrCat("'x ", name, "'"), name)) << name;
    EXPECT_TRUE(MentionsInText(absl::StrCat("$$\"", name, "\"$$"), name));
    EXPECT_FALSE(MentionsInText(absl::StrCat("'", name, "s'"), name)) << name;
    EXPECT_FALSE(MentionsInText(absl::StrCat("'s", name, "'"), name)) << name;
  }
  EXPECT_THAT(NamesInTexts({"a", "b c", "d"}).MentionedBy("'a', b, 'b c'"),
              testing::ElementsAre("a", "b c"));
}

TEST(QualifiedNames, NamesOfTheUserAreFolded) {
  EXPECT_EQ(*ParseQualifiedName("Shop.\"Log\""), QualifiedName("shop", "Log"));
  EXPECT_EQ(*ParseQualifiedName("t"), QualifiedName("", "t"));
  EXPECT_EQ(*ParseQualifiedName("\"a.\"\"b\""), QualifiedName("", "a.\"b"));
  for (const char* text : {"", ".", "a.", ".a", "a.b.c", "a b", "a*", "'a'"})
    EXPECT_THAT(ParseQualifiedName(text), FailsWith(Failure::kUsage)) << text;
}

}  // namespace
}  // namespace pgbale
