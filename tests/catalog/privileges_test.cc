#include "catalog/privileges.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<AclItem> Acl(const std::vector<std::string>& items) {
  absl::StatusOr<std::vector<AclItem>> acl = ParseAcl(items);
  EXPECT_TRUE(acl.ok()) << acl.status();
  return acl.ok() ? *acl : std::vector<AclItem>();
}

// A table of "owner" on version 15, with what it starts with.
PrivilegeInput Table(const std::vector<std::string>& acl) {
  PrivilegeInput input;
  input.grant_target = "TABLE public.t";
  input.owner = "owner";
  input.acl_kind = 'r';
  input.acl = Acl(acl);
  input.base = Acl({"owner=arwdDxt/owner"});
  input.server_version = 150000;
  return input;
}

PrivilegeInput Of(char kind, const std::string& target,
                  const std::vector<std::string>& acl) {
  PrivilegeInput input = Table(acl);
  input.acl_kind = kind;
  input.grant_target = target;
  input.base.clear();
  return input;
}

TEST(ParseAclItem, SplitsGranteeLettersAndGrantor) {
  const absl::StatusOr<AclItem> item = ParseAclItem("reader=r*w/owner");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(*item, (AclItem{"reader", "r*w", "owner"}));
}

TEST(ParseAclItem, TakesNoGranteeAsPublic) {
  const absl::StatusOr<AclItem> item = ParseAclItem("=r/owner");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(*item, (AclItem{"", "r", "owner"}));
}

TEST(ParseAclItem, RemovesQuotesFromNames) {
  const absl::StatusOr<AclItem> item =
      ParseAclItem(R"("a ""b""=c/d"=U/"o=/""")");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(*item, (AclItem{"a \"b\"=c/d", "U", "o=/\""}));
}

TEST(ParseAclItem, TakesNoLetters) {
  const absl::StatusOr<AclItem> item = ParseAclItem("reader=/owner");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(item->letters, "");
}

TEST(ParseAclItem, RefusesWhatIsNone) {
  for (const char* text : {"", "reader", "reader=r", "\"reader=r/owner",
                           "reader=r/\"owner", "reader=r/\"owner\"x"}) {
    EXPECT_EQ(ParseAclItem(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(PrivilegeStatements, SaysNothingWhereNothingDiffers) {
  EXPECT_THAT(PrivilegeStatements(Table({"owner=arwdDxt/owner"})), IsEmpty());
}

TEST(PrivilegeStatements, SaysNothingForAnotherOrder) {
  PrivilegeInput input = Of('n', "SCHEMA s", {"=U/owner", "owner=UC/owner"});
  input.base = Acl({"owner=UC/owner", "=U/owner"});
  EXPECT_THAT(PrivilegeStatements(input), IsEmpty());
}

TEST(PrivilegeStatements, GrantsWhatWasAdded) {
  EXPECT_THAT(PrivilegeStatements(Table(
                  {"owner=arwdDxt/owner", "reader=ar/owner", "=r/owner"})),
              ElementsAre("GRANT SELECT,INSERT ON TABLE public.t TO reader",
                          "GRANT SELECT ON TABLE public.t TO PUBLIC"));
}

TEST(PrivilegeStatements, RevokesAllBeforeTheOwnersRest) {
  PrivilegeInput input = Table({"reader=r/owner", "owner=r/owner"});
  input.server_version = 170000;
  input.base = Acl({"owner=arwdDxtm/owner"});
  EXPECT_THAT(PrivilegeStatements(input),
              ElementsAre("REVOKE ALL ON TABLE public.t FROM owner",
                          "GRANT SELECT ON TABLE public.t TO owner",
                          "GRANT SELECT ON TABLE public.t TO reader"));
}

TEST(PrivilegeStatements, RevokesFromPublicWhatIsDefault) {
  PrivilegeInput input = Of('f', "FUNCTION public.f()", {"owner=X/owner"});
  input.base = Acl({"=X/owner", "owner=X/owner"});
  EXPECT_THAT(PrivilegeStatements(input),
              ElementsAre("REVOKE ALL ON FUNCTION public.f() FROM PUBLIC"));
}

TEST(PrivilegeStatements, RevokesWithoutRegardToGrantOptions) {
  PrivilegeInput input = Of('s', "SEQUENCE s", {});
  input.base = Acl({"reader=r*U*w*/owner", "writer=r*U/owner"});
  EXPECT_THAT(PrivilegeStatements(input),
              ElementsAre("REVOKE ALL ON SEQUENCE s FROM reader",
                          "REVOKE SELECT,USAGE ON SEQUENCE s FROM writer"));
}

TEST(PrivilegeStatements, SplitsWhatHasTheGrantOption) {
  EXPECT_THAT(
      PrivilegeStatements(Table({"owner=arwdDxt/owner", "w=ar*w*/owner"})),
      ElementsAre(
          "GRANT INSERT ON TABLE public.t TO w",
          "GRANT SELECT,UPDATE ON TABLE public.t TO w WITH GRANT OPTION"));
}

TEST(PrivilegeStatements, SaysAllForAllOfOneSort) {
  PrivilegeInput input = Table(
      {"owner=arwdDxtm/owner", "a=arwdDxtm/owner", "b=a*r*w*d*D*x*t*m*/owner"});
  input.server_version = 170000;
  input.base = Acl({"owner=arwdDxtm/owner"});
  EXPECT_THAT(PrivilegeStatements(input),
              ElementsAre("GRANT ALL ON TABLE public.t TO a",
                          "GRANT ALL ON TABLE public.t TO b "
                          "WITH GRANT OPTION"));
}

TEST(PrivilegeStatements, ListsAllOfAServerThatKnowsLess) {
  for (const int version : {150000, 170000}) {
    PrivilegeInput input = Table({"owner=arwdDxt/owner", "a=arwdDxt/owner"});
    input.server_version = version;
    EXPECT_THAT(PrivilegeStatements(input),
                ElementsAre("GRANT SELECT,INSERT,REFERENCES,DELETE,TRIGGER,"
                            "TRUNCATE,UPDATE ON TABLE public.t TO a"))
        << version;
  }
}

TEST(PrivilegeStatements, KnowsMaintainFrom17On) {
  PrivilegeInput input = Table({"owner=arwdDxt/owner", "a=m/owner"});
  input.server_version = 170000;
  EXPECT_THAT(PrivilegeStatements(input),
              ElementsAre("GRANT MAINTAIN ON TABLE public.t TO a"));
}

TEST(PrivilegeStatements, BecomesAnotherGrantor) {
  EXPECT_THAT(
      PrivilegeStatements(Table({"owner=arwdDxt/owner", "a=r*/owner",
                                 "b=rw*/we\"\"ird", "c=r/\"we\"\"ird\""})),
      ElementsAre("GRANT SELECT ON TABLE public.t TO a WITH GRANT OPTION",
                  "SET SESSION AUTHORIZATION \"we\"\"\"\"ird\"",
                  "GRANT SELECT ON TABLE public.t TO b",
                  "GRANT UPDATE ON TABLE public.t TO b WITH GRANT OPTION",
                  "RESET SESSION AUTHORIZATION",
                  "SET SESSION AUTHORIZATION \"we\"\"ird\"",
                  "GRANT SELECT ON TABLE public.t TO c",
                  "RESET SESSION AUTHORIZATION"));
}

TEST(PrivilegeStatements, NamesTheColumnAfterEachWord) {
  PrivilegeInput input =
      Of('c', "TABLE public.t",
         {"reader=rw/owner", "writer=arwx/owner", "other=a*rx*/owner"});
  input.column = "Co\"l";
  EXPECT_THAT(
      PrivilegeStatements(input),
      ElementsAre(
          "GRANT SELECT(\"Co\"\"l\"),UPDATE(\"Co\"\"l\") ON TABLE public.t "
          "TO reader",
          "GRANT ALL(\"Co\"\"l\") ON TABLE public.t TO writer",
          "GRANT SELECT(\"Co\"\"l\") ON TABLE public.t TO other",
          "GRANT INSERT(\"Co\"\"l\"),REFERENCES(\"Co\"\"l\") ON TABLE "
          "public.t TO other WITH GRANT OPTION"));
}

TEST(PrivilegeStatements, KnowsTheWordsOfEachKind) {
  const auto words = [](char kind, const std::string& letters) {
    return PrivilegeStatements(Of(kind, "X x", {"r=" + letters + "/owner"}));
  };
  EXPECT_THAT(words('n', "C"), ElementsAre("GRANT CREATE ON X x TO r"));
  EXPECT_THAT(words('d', "cT"),
              ElementsAre("GRANT CONNECT,TEMPORARY ON X x TO r"));
  EXPECT_THAT(words('L', "w"), ElementsAre("GRANT UPDATE ON X x TO r"));
  for (char kind : {'T', 'l', 'F', 'S'})
    EXPECT_THAT(words(kind, "U"), ElementsAre("GRANT ALL ON X x TO r"));
}

TEST(PrivilegeStatements, LeavesOutLettersThatTheKindHasNot) {
  EXPECT_THAT(PrivilegeStatements(Of('f', "FUNCTION f()", {"r=U/owner"})),
              IsEmpty());
}

TEST(PrivilegeStatements, StartsWithThePrefix) {
  PrivilegeInput input = Of('f', "FUNCTIONS", {"owner=X/owner", "r=X/owner"});
  input.base = Acl({"=X/owner", "owner=X/owner"});
  input.prefix = "ALTER DEFAULT PRIVILEGES FOR ROLE owner ";
  EXPECT_THAT(PrivilegeStatements(input),
              ElementsAre("ALTER DEFAULT PRIVILEGES FOR ROLE owner "
                          "REVOKE ALL ON FUNCTIONS FROM PUBLIC",
                          "ALTER DEFAULT PRIVILEGES FOR ROLE owner "
                          "GRANT ALL ON FUNCTIONS TO r"));
}

TEST(StatementsFor, NamesTheObjectAsItNamesItself) {
  PrivilegeRecord record;
  record.acl_kind = 'f';
  record.owner = "owner";
  record.grant_target = "FUNCTION s.f(integer)";
  record.acl = Acl({"r=X/owner"});
  Object object;
  object.grant_target = "FUNCTION s.f(a integer)";
  EXPECT_THAT(StatementsFor(record, object, 150000),
              ElementsAre("GRANT ALL ON FUNCTION s.f(a integer) TO r"));
  EXPECT_THAT(StatementsFor(record, 150000),
              ElementsAre("GRANT ALL ON FUNCTION s.f(integer) TO r"));
}

TEST(PrivilegeStatements, ParametersAndTablespacesHaveTheirOwnWords) {
  EXPECT_THAT(PrivilegeStatements(
                  Of('p', "PARAMETER work_mem", {"a=s/owner", "b=sA/owner"})),
              ElementsAre("GRANT SET ON PARAMETER work_mem TO a",
                          "GRANT ALL ON PARAMETER work_mem TO b"));
  EXPECT_THAT(
      PrivilegeStatements(Of('t', "TABLESPACE fast", {"a=C*/owner"})),
      ElementsAre("GRANT ALL ON TABLESPACE fast TO a WITH GRANT OPTION"));
}

}  // namespace
}  // namespace pgbale
