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

TEST(RoleNames, UnfinishedStatementNamesNothingAndEnds) {
  EXPECT_THAT(RolesNamedBy("GRANT SELECT ON t TO"), IsEmpty());
  EXPECT_THAT(RolesNamedBy("GRANT SELECT ON \"t"), IsEmpty());
}

}  // namespace
}  // namespace pgbale
