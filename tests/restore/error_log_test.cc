#include "restore/error_log.h"

#include <string>

#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "restore/label.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Entry Index() {
  Entry entry;
  entry.kind = "INDEX";
  entry.schema = "public";
  entry.name = "i";
  entry.relation = "t";
  return entry;
}

const absl::Status kMissing =
    pg::MakeServerError("42P01", "relation \"public.t\" does not exist");

TEST(ErrorLog, ErrorNamesEntryStatementAndSqlState) {
  const absl::Status status =
      DescribeError(kMissing, Index(), "CREATE INDEX i ON public.t (a)");
  EXPECT_EQ(status.message(),
            "index \"public.i\" of \"t\": CREATE INDEX i ON public.t (a): "
            "relation \"public.t\" does not exist (42P01, missing object)");
  EXPECT_THAT(status, HasSqlState("42P01"));
}

TEST(ErrorLog, StatementIsCutToItsFirstLine) {
  const absl::Status status =
      DescribeError(kMissing, Index(), "CREATE INDEX i\n  ON public.t (a)");
  EXPECT_THAT(status, StatusMessageHas(": CREATE INDEX i …: relation"));
}

TEST(ErrorLog, LiteralsMayBeSecretsAndAreNotShown) {
  const absl::Status status = DescribeError(
      kMissing, Index(),
      "CREATE SUBSCRIPTION \"it's $1\" CONNECTION 'password=hidden'");
  EXPECT_THAT(status,
              StatusMessageHas(
                  ": CREATE SUBSCRIPTION \"it's $1\" CONNECTION …: relation"));
  EXPECT_THAT(DescribeError(kMissing, Index(), "DO $x$hidden$x$"),
              StatusMessageHas(": DO …: relation"));
}

TEST(ErrorLog, RowsThatFitIntoNoPartitionAreToldTheWay) {
  Entry rows = Index();
  rows.data.emplace();
  rows.data->schema = "public";
  rows.data->relation = "t";
  const absl::Status violation = pg::MakeServerError("23514", "no");
  EXPECT_THAT(HintOf(DescribeError(violation, rows, "")),
              HasSubstr("--load-via-partition-root lets them"));
  rows.data->via_root = true;
  EXPECT_THAT(HintOf(DescribeError(violation, rows, "")),
              HasSubstr("all of \"public.t\" to be restored"));
  EXPECT_EQ(HintOf(DescribeError(violation, Index(), "")), "");
}

TEST(ErrorLog, NotedErrorShowsNoLiteral) {
  ErrorLog log(/*stop=*/false);
  EXPECT_OK(log.Take(kMissing, Index(), "ALTER ROLE r PASSWORD 'hidden'"));
  ASSERT_THAT(log.errors(), SizeIs(1));
  EXPECT_EQ(log.errors()[0].message,
            "ALTER ROLE r PASSWORD …: relation \"public.t\" does not exist");
}

TEST(ErrorLog, LongStatementIsNotCutInsideACharacter) {
  std::string statement(119, 'x');
  statement += "äääää";
  const absl::Status status = DescribeError(kMissing, Index(), statement);
  EXPECT_THAT(status, StatusMessageHas("xx …: relation"));
}

TEST(ErrorLog, NamesCannotForgeLines) {
  Entry entry = Index();
  entry.name = "i\n\x1b[2J";
  EXPECT_EQ(EntryLabel(entry), "index \"public.i??[2J\" of \"t\"");
}

TEST(ErrorLog, StopGivesTheErrorBack) {
  ErrorLog log(/*stop=*/true);
  EXPECT_THAT(log.Take(kMissing, Index(), ""), HasSqlState("42P01"));
  EXPECT_THAT(log.errors(), SizeIs(0));
}

TEST(ErrorLog, ContinueNotesIt) {
  ErrorLog log(/*stop=*/false);
  EXPECT_OK(log.Take(kMissing, Index(), "CREATE INDEX"));
  ASSERT_THAT(log.errors(), SizeIs(1));
  EXPECT_EQ(log.errors()[0].entry, "index \"public.i\" of \"t\"");
  EXPECT_EQ(log.errors()[0].sqlstate, "42P01");
  EXPECT_EQ(log.errors()[0].message,
            "CREATE INDEX: relation \"public.t\" does not exist");
}

TEST(ErrorLog, PasswordsAreNotShown) {
  for (const char* statement :
       {"ALTER ROLE r WITH LOGIN PASSWORD 'SCRAM-SHA-256$secret'",
        "CREATE USER MAPPING FOR r SERVER s OPTIONS (\"password\" 'secret')",
        "CREATE SUBSCRIPTION s CONNECTION 'Password=secret'"}) {
    const absl::Status status = DescribeError(kMissing, Index(), statement);
    EXPECT_THAT(status, ::testing::Not(StatusMessageHas("secret")));
    EXPECT_THAT(status, StatusMessageHas(" …: relation"));
  }
}

}  // namespace
}  // namespace pgbale
