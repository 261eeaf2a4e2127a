#include "restore/role_names.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RoleNames, GrantNamesItsGrantees) {
  EXPECT_THAT(RolesNamedBy("GRANT SELECT ON TABLE public.t TO a, \"B c\""),
              ElementsAre("a", "B c"));
}

TEST(RoleNames, RevokeNamesRolesToo) {
  EXPECT_THAT(RolesNamedBy("REVOKE ALL ON SCHEMA s FROM a CASCADE"),
              ElementsAre("a"));
}

TEST(RoleNames, DefaultPrivilegesNameOwnerAndGrantee) {
  EXPECT_THAT(RolesNamedBy("ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s "
                           "GRANT SELECT ON TABLES TO r WITH GRANT OPTION"),
              ElementsAre("o", "r"));
}

TEST(RoleNames, PublicAndCurrentUserAreNoRoles) {
  EXPECT_THAT(RolesNamedBy("GRANT USAGE ON SCHEMA s TO PUBLIC, CURRENT_USER"),
              IsEmpty());
}

TEST(RoleNames, QuotedPublicIsARole) {
  EXPECT_THAT(RolesNamedBy("GRANT USAGE ON SCHEMA s TO \"PUBLIC\""),
              ElementsAre("PUBLIC"));
}

TEST(RoleNames, QuotesInANameAreUndone) {
  EXPECT_THAT(RolesNamedBy("GRANT USAGE ON SCHEMA \"to x\" TO \"a\"\"b\""),
              ElementsAre("a\"b"));
}

TEST(RoleNames, ArgumentsAndColumnsAreNoRoles) {
  EXPECT_THAT(RolesNamedBy("GRANT ALL ON FUNCTION f(\"to\" integer, b) TO r"),
              ElementsAre("r"));
}

TEST(RoleNames, PoliciesUserMappingsSettingsAndGrantorsNameRoles) {
  EXPECT_THAT(RolesNamedBy("CREATE POLICY p ON s.t AS RESTRICTIVE FOR SELECT "
                           "TO a, \"B\" USING ((x = 'TO c'::text))"),
              ElementsAre("a", "B"));
  EXPECT_THAT(
      RolesNamedBy("CREATE USER MAPPING FOR a SERVER s OPTIONS (x 'y')"),
      ElementsAre("a"));
  EXPECT_THAT(RolesNamedBy("DROP USER MAPPING IF EXISTS FOR a SERVER s"),
              ElementsAre("a"));
  EXPECT_THAT(RolesNamedBy("CREATE USER MAPPING FOR public SERVER s"),
              IsEmpty());
  EXPECT_THAT(RolesNamedBy("ALTER ROLE a IN DATABASE d SET \"TimeZone\" TO b"),
              ElementsAre("a"));
  EXPECT_THAT(RolesNamedBy("SET SESSION AUTHORIZATION a"), ElementsAre("a"));
}

TEST(RoleNames, OtherStatementsNameNone) {
  EXPECT_THAT(RolesNamedBy("ALTER DATABASE d SET x TO y"), IsEmpty());
  EXPECT_THAT(RolesNamedBy("ALTER TABLE t RENAME TO u"), IsEmpty());
}

TEST(RoleNames, MappedNamesAreQuotedAndNothingElseChanges) {
  const RoleMap map = {{"a", "New \"one\""}, {"public", "x"}, {"t", "x"}};
  EXPECT_EQ(WithRolesMapped("GRANT SELECT ON TABLE public.t TO a, b", map),
            "GRANT SELECT ON TABLE public.t TO \"New \"\"one\"\"\", b");
  EXPECT_EQ(WithRolesMapped("GRANT USAGE ON SCHEMA a TO PUBLIC", map),
            "GRANT USAGE ON SCHEMA a TO PUBLIC");
}

TEST(RoleNames, MapThatSwapsRolesIsAppliedOnce) {
  EXPECT_EQ(
      WithRolesMapped("CREATE POLICY p ON t TO a, b", {{"a", "b"}, {"b", "a"}}),
      "CREATE POLICY p ON t TO b, a");
}

TEST(RoleNames, RoleIsTakenOutOfAListThatHasOthers) {
  EXPECT_EQ(WithoutRoles("CREATE POLICY p ON t TO a, b USING (x)", {"a"}),
            "CREATE POLICY p ON t TO b USING (x)");
  EXPECT_EQ(WithoutRoles("CREATE POLICY p ON t TO a USING (x)", {"a"}), "");
  EXPECT_EQ(WithoutRoles("GRANT SELECT ON t TO b", {"a"}),
            "GRANT SELECT ON t TO b");
  EXPECT_EQ(WithoutRoles("GRANT USAGE ON SCHEMA s TO PUBLIC", {"a"}),
            "GRANT USAGE ON SCHEMA s TO PUBLIC");
}

TEST(RoleNames, StatementForARoleGoesWithIt) {
  EXPECT_EQ(WithoutRoles("ALTER DEFAULT PRIVILEGES FOR ROLE a "
                         "GRANT SELECT ON TABLES TO b",
                         {"a"}),
            "");
  EXPECT_EQ(WithoutRoles("CREATE USER MAPPING FOR a SERVER s", {"a"}), "");
}

TEST(RoleNames, UnfinishedStatementNamesNothingAndEnds) {
  EXPECT_THAT(RolesNamedBy("GRANT SELECT ON t TO"), IsEmpty());
  EXPECT_THAT(RolesNamedBy("GRANT SELECT ON \"t"), IsEmpty());
}

}  // namespace
}  // namespace pgbale
