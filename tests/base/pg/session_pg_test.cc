#include "absl/strings/str_cat.h"
#include "base/pg/session.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

// A role whose settings change the look of nearly every value.
class SessionPgTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = std::make_unique<TestDatabase>();
    role_ = absl::StrCat("role_of_", database_->name());
    std::string script =
        absl::StrCat("CREATE ROLE ", role_, " SUPERUSER LOGIN;\n");
    for (const char* setting :
         {"DateStyle = 'SQL, DMY'", "IntervalStyle = 'iso_8601'",
          "TimeZone = 'Asia/Tokyo'", "extra_float_digits = -5",
          "bytea_output = 'escape'", "xmlbinary = 'hex'",
          "client_encoding = 'LATIN1'", "search_path = 'public'",
          "quote_all_identifiers = on", "statement_timeout = '1h'",
          "standard_conforming_strings = off", "row_security = on"})
      absl::StrAppend(&script, "ALTER ROLE ", role_, " SET ", setting, ";\n");
    database_->Execute(script);
  }
  void TearDown() override {
    if (database_ == nullptr) return;
    connection_.reset();
    database_->Execute(absl::StrCat("DROP ROLE ", role_));
  }
  void ConnectAsRole() {
    ConnectOptions options = database_->options();
    options.parameters.emplace_back("user", role_);
    ASSERT_OK_AND_ASSIGN(connection_, Connection::Open(options));
  }
  std::string One(absl::string_view sql) {
    const auto result = connection_->Query(sql);
    EXPECT_OK(result);
    return result.ok() ? result->row(0).str(0) : "";
  }

  std::unique_ptr<TestDatabase> database_;
  std::string role_;
  std::unique_ptr<Connection> connection_;
};

constexpr absl::string_view kSamples =
    "SELECT ROW(timestamptz '2024-02-03 04:05:06+00', date '2024-02-03',"
    " interval '1 year 2 days', 0.1::float8 + 0.2, 0.1::float4,"
    " '\\x00ff'::bytea, 'ä', pg_catalog.quote_ident('a'))::text";

TEST_F(SessionPgTest, RoleSettingsChangeNoByteOfADump) {
  ConnectAsRole();
  ASSERT_OK(PrepareDumpSession(*connection_, ""));
  EXPECT_EQ(One(kSamples),
            "(\"2024-02-03 04:05:06+00\",2024-02-03,\"1 year 2 days\","
            "0.30000000000000004,0.1,\"\\\\x00ff\",ä,a)");
}

TEST_F(SessionPgTest, DumpSessionIsUnlimitedAndSeesAllRows) {
  ConnectAsRole();
  ASSERT_OK(PrepareDumpSession(*connection_, ""));
  EXPECT_EQ(One("SHOW statement_timeout"), "0");
  EXPECT_EQ(One("SHOW row_security"), "off");
  EXPECT_EQ(One("SHOW search_path"), "");
  EXPECT_EQ(One("SHOW synchronize_seqscans"), "off");
  EXPECT_EQ(One("SHOW standard_conforming_strings"), "on");
}

TEST_F(SessionPgTest, DumpSessionReadsNoViewsInsteadOfTables) {
  ConnectAsRole();
  ASSERT_OK(PrepareDumpSession(*connection_, ""));
  EXPECT_THAT(One("SELECT pg_catalog.current_setting("
                  "'restrict_nonsystem_relation_kind', true)"),
              ::testing::AnyOf("", "view, foreign-table"));
}

TEST_F(SessionPgTest, DumpSessionSpeaksTheServersEncoding) {
  const TestDatabase latin("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  ASSERT_OK_AND_ASSIGN(connection_, latin.Connect());
  ASSERT_OK(PrepareDumpSession(*connection_, ""));
  EXPECT_EQ(One("SHOW client_encoding"), "LATIN1");
  EXPECT_EQ(One("SELECT chr(228)"), "\xE4");
  connection_.reset();
}

TEST_F(SessionPgTest, RoleIsTakenOn) {
  ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
  ASSERT_OK(PrepareDumpSession(*connection_, role_));
  EXPECT_EQ(One("SELECT current_user"), role_);
  ASSERT_OK(PrepareRestoreSession(*connection_, "UTF8", role_));
  EXPECT_EQ(One("SELECT current_user"), role_);
}

TEST_F(SessionPgTest, MissingRoleIsNamed) {
  ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
  EXPECT_THAT(PrepareDumpSession(*connection_, "no such role"),
              StatusMessageHas("role \"no such role\""));
  EXPECT_THAT(PrepareRestoreSession(*connection_, "UTF8", "no such role"),
              StatusMessageHas("role \"no such role\""));
}

TEST_F(SessionPgTest, RestoreSessionTakesTheArchivesEncoding) {
  ConnectAsRole();
  ASSERT_OK(PrepareRestoreSession(*connection_, "WIN1252", ""));
  EXPECT_EQ(One("SHOW client_encoding"), "WIN1252");
  EXPECT_EQ(One("SHOW check_function_bodies"), "off");
  EXPECT_EQ(One("SHOW xmloption"), "content");
  EXPECT_EQ(One("SHOW statement_timeout"), "0");
  EXPECT_EQ(One("SHOW default_transaction_read_only"), "off");
}

TEST_F(SessionPgTest, UnknownEncodingIsAnError) {
  ConnectAsRole();
  EXPECT_FALSE(PrepareRestoreSession(*connection_, "KLINGON", "").ok());
}

TEST_F(SessionPgTest, ConnectionsToOneServerHaveOneIdentity) {
  ConnectAsRole();
  ASSERT_OK_AND_ASSIGN(const auto other, database_->Connect());
  ASSERT_OK_AND_ASSIGN(const ServerIdentity one,
                       ReadServerIdentity(*connection_));
  ASSERT_OK_AND_ASSIGN(const ServerIdentity two, ReadServerIdentity(*other));
  EXPECT_TRUE(one == two);
  EXPECT_NE(one.system_identifier, "");
  EXPECT_EQ(one.in_recovery, "f");
}

TEST_F(SessionPgTest, DirectConnectionIsNoPooler) {
  ConnectAsRole();
  EXPECT_OK(CheckNoPooler(*connection_));
}

}  // namespace
}  // namespace pgbale::pg
