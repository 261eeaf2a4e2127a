#include <chrono>
#include <csignal>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/pg/connection.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::Not;

class ConnectionPgTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_OK_AND_ASSIGN(connection_, Open());
  }
  absl::StatusOr<std::unique_ptr<Connection>> Open() {
    return Connection::Open(TestServer::Get().options("postgres", &cancel_));
  }
  std::string One(absl::string_view sql) {
    const auto result = connection_->Query(sql);
    EXPECT_OK(result);
    return result.ok() ? result->row(0).str(0) : "";
  }
  void CancelAfter(int milliseconds) {
    canceller_ = std::thread([this, milliseconds] {
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
      cancel_.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
    });
  }
  void TearDown() override {
    if (canceller_.joinable()) canceller_.join();
  }

  CancelToken cancel_;
  std::thread canceller_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(ConnectionPgTest, SearchPathIsEmptyFromTheStart) {
  EXPECT_EQ(One("SHOW search_path"), "");
}

TEST_F(ConnectionPgTest, TellsItsNameUnlessTheUserDid) {
  EXPECT_EQ(One("SHOW application_name"), "pgbale/" PGBALE_VERSION);
  ConnectOptions options = TestServer::Get().options("postgres");
  options.parameters.emplace_back("application_name", "mine");
  ASSERT_OK_AND_ASSIGN(connection_, Connection::Open(options));
  EXPECT_EQ(One("SHOW application_name"), "mine");
}

TEST_F(ConnectionPgTest, KnowsTheServer) {
  EXPECT_GE(connection_->server_major(), 13);
  EXPECT_EQ(One("SHOW server_version_num"),
            absl::StrCat(connection_->server_version()));
  EXPECT_EQ(One("SELECT pg_backend_pid()"),
            absl::StrCat(connection_->backend_pid()));
  EXPECT_EQ(connection_->ParameterStatus("server_encoding"), "UTF8");
  EXPECT_EQ(connection_->ParameterStatus("nonsense"), "");
}

TEST_F(ConnectionPgTest, QueryGivesRowsOfText) {
  ASSERT_OK_AND_ASSIGN(
      const Result result,
      connection_->Query("SELECT i, i = 2, NULL, ARRAY['a', NULL, 'b c'],"
                         " 4294967295::oid FROM generate_series(1, 2) i"));
  ASSERT_EQ(result.rows(), 2);
  ASSERT_EQ(result.columns(), 5);
  int64_t sum = 0;
  for (const Row row : result) sum += row.integer(0);
  EXPECT_EQ(sum, 3);
  const Row row = result.row(1);
  EXPECT_TRUE(row.boolean(1));
  EXPECT_TRUE(row.is_null(2));
  EXPECT_EQ(row.text(2), "");
  EXPECT_THAT(row.array(3), ElementsAre("a", "", "b c"));
  EXPECT_EQ(row.oid(4), 4294967295u);
}

TEST_F(ConnectionPgTest, ParametersAreValuesNotSql) {
  ASSERT_OK_AND_ASSIGN(
      const Result result,
      connection_->Query("SELECT $1::text, $2::text",
                         {std::string("a'; DROP x --"), std::nullopt}));
  EXPECT_EQ(result.row(0).text(0), "a'; DROP x --");
  EXPECT_TRUE(result.row(0).is_null(1));
}

TEST_F(ConnectionPgTest, SecondStatementIsRefused) {
  EXPECT_THAT(connection_->Execute("SELECT 1; SELECT 2"), HasSqlState("42601"));
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(ConnectionPgTest, ZeroOctetInAStatementIsRefused) {
  EXPECT_FALSE(
      connection_->Execute(absl::string_view("SELECT 1\0; x", 12)).ok());
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(ConnectionPgTest, ErrorHasMessageDetailPlaceHintAndSqlState) {
  const absl::Status status = connection_->Execute(
      "DO $$ BEGIN RAISE EXCEPTION E'bad\\nthing' USING DETAIL = 'the detail',"
      " HINT = 'Do this.', ERRCODE = '22012'; END $$");
  EXPECT_THAT(status, HasSqlState("22012"));
  EXPECT_EQ(status.message(),
            "bad thing: the detail (PL/pgSQL function inline_code_block line "
            "1 at RAISE)");
  EXPECT_EQ(HintOf(status), "Do this.");
}

TEST_F(ConnectionPgTest, CopyThatWasNotAskedForEndsTheConnection) {
  EXPECT_FALSE(connection_->Execute("COPY (SELECT 1) TO STDOUT").ok());
  EXPECT_FALSE(connection_->alive());
  EXPECT_THAT(connection_->Execute("SELECT 1"), FailsWith(Failure::kCancelled));
}

TEST_F(ConnectionPgTest, PipelineRunsAllInOneTransaction) {
  ASSERT_OK(connection_->ExecutePipeline(
      {"CREATE TEMP TABLE t (x xid8)",
       "INSERT INTO t SELECT pg_current_xact_id()",
       "INSERT INTO t SELECT pg_current_xact_id()"}));
  EXPECT_EQ(One("SELECT count(DISTINCT x) FROM pg_temp.t"), "1");
}

TEST_F(ConnectionPgTest, PipelineTellsWhichStatementFailed) {
  size_t failed = 99;
  EXPECT_THAT(
      connection_->ExecutePipeline({"CREATE TEMP TABLE t (a int)", "SELECT 1",
                                    "SELECT 1/0", "SELECT no_such_function()"},
                                   [&failed](size_t index) { failed = index; }),
      HasSqlState("22012"));
  EXPECT_EQ(failed, 2u);
  EXPECT_EQ(One("SELECT pg_catalog.to_regclass('pg_temp.t') IS NULL"), "t");
}

TEST_F(ConnectionPgTest, PipelineErrorAtTheEndHasNoStatement) {
  bool told = false;
  EXPECT_THAT(
      connection_->ExecutePipeline(
          {"CREATE TEMP TABLE t (a int PRIMARY KEY DEFERRABLE INITIALLY "
           "DEFERRED)",
           "INSERT INTO t VALUES (1), (1)"},
          [&told](size_t) { told = true; }),
      HasSqlState("23505"));
  EXPECT_FALSE(told);
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(ConnectionPgTest, LongPipelineDoesNotBlockItself) {
  // More than both sockets hold, in both directions.
  const std::string sql =
      absl::StrCat("SELECT '", std::string(2000, 'x'), "' /* comment */");
  const std::vector<absl::string_view> statements(10000, sql);
  EXPECT_OK(connection_->ExecutePipeline(statements));
}

TEST_F(ConnectionPgTest, PipelineWithACopyEndsTheConnection) {
  EXPECT_FALSE(
      connection_->ExecutePipeline({"COPY (SELECT 1) TO STDOUT"}).ok());
  EXPECT_FALSE(connection_->alive());
}

TEST_F(ConnectionPgTest, EmptyPipelineIsDone) {
  EXPECT_OK(connection_->ExecutePipeline({}));
}

TEST_F(ConnectionPgTest, CancelledTokenEndsAStatement) {
  CancelAfter(100);
  const Stopwatch clock;
  EXPECT_THAT(connection_->Execute("SELECT pg_sleep(30)"),
              FailsWith(Failure::kInterrupted));
  EXPECT_LT(clock.seconds(), 2);
  EXPECT_TRUE(connection_->alive());
}

TEST_F(ConnectionPgTest, CancelledTokenEndsAPipeline) {
  CancelAfter(100);
  const Stopwatch clock;
  EXPECT_THAT(connection_->ExecutePipeline({"SELECT 1", "SELECT pg_sleep(30)"}),
              FailsWith(Failure::kInterrupted));
  EXPECT_LT(clock.seconds(), 2);
}

TEST_F(ConnectionPgTest, CancelledTokenStartsNoStatement) {
  cancel_.Cancel(MakeError(Failure::kTerminated, "terminated"));
  EXPECT_THAT(connection_->Execute("SELECT 1"),
              FailsWith(Failure::kTerminated));
}

TEST_F(ConnectionPgTest, CancelledTokenEndsAWaitForADeadServer) {
  const pid_t backend = connection_->backend_pid();
  if (kill(backend, SIGSTOP) != 0)
    GTEST_SKIP() << "may not stop the server's process";
  CancelAfter(100);
  const Stopwatch clock;
  EXPECT_THAT(connection_->Execute("SELECT 1"),
              FailsWith(Failure::kInterrupted));
  EXPECT_LT(clock.seconds(), 2);
  EXPECT_FALSE(connection_->alive());
  kill(backend, SIGCONT);
}

TEST_F(ConnectionPgTest, CancelEndsOnlyWhatRuns) {
  std::thread other([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    connection_->Cancel();
  });
  const absl::Status status = connection_->Execute("SELECT pg_sleep(30)");
  other.join();
  EXPECT_THAT(status, HasSqlState("57014"));
  EXPECT_THAT(status, FailsWith(Failure::kCancelled));
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(ConnectionPgTest, TerminatedBackendMayBeTriedAgain) {
  ASSERT_OK_AND_ASSIGN(const auto other, Open());
  ASSERT_OK(other->Execute(absl::StrCat("SELECT pg_terminate_backend(",
                                        connection_->backend_pid(), ")")));
  const absl::Status status = connection_->Execute("SELECT pg_sleep(1)");
  EXPECT_THAT(status, FailsWith(Failure::kCancelled));
  EXPECT_FALSE(connection_->Execute("SELECT 1").ok());
  EXPECT_FALSE(connection_->alive());
}

TEST_F(ConnectionPgTest, KilledBackendIsALostConnection) {
  ASSERT_OK_AND_ASSIGN(const auto other, Open());
  ASSERT_OK(other->Execute(absl::StrCat("SELECT pg_terminate_backend(",
                                        connection_->backend_pid(), ")")));
  connection_->Execute("SELECT pg_sleep(1)").IgnoreError();
  const absl::Status status = connection_->Execute("SELECT 1");
  EXPECT_THAT(status, StatusMessageHas("connection to the server was lost"));
  EXPECT_THAT(status, FailsWith(Failure::kCancelled));
}

TEST_F(ConnectionPgTest, MissingDatabaseIsConnect) {
  const auto opened =
      Connection::Open(TestServer::Get().options("no_such_database"));
  EXPECT_THAT(opened, FailsWith(Failure::kConnect));
  EXPECT_THAT(opened, StatusMessageHas("no_such_database"));
}

ConnectOptions TcpOptions(const std::string& password) {
  const TestServer& server = TestServer::Get();
  ConnectOptions options;
  options.parameters = {{"dbname", "postgres"},
                        {"host", server.tcp_host},
                        {"port", server.tcp_port},
                        {"user", server.user}};
  options.password = Secret(password);
  return options;
}

TEST_F(ConnectionPgTest, PasswordOpensTheDoor) {
  const TestServer& server = TestServer::Get();
  if (server.tcp_host.empty()) GTEST_SKIP() << "server has no TCP port";
  EXPECT_OK(Connection::Open(TcpOptions(server.tcp_password)));
}

TEST_F(ConnectionPgTest, WrongPasswordIsConnectAndIsNotShown) {
  if (TestServer::Get().tcp_host.empty())
    GTEST_SKIP() << "server has no TCP port";
  const auto opened = Connection::Open(TcpOptions("hunter2"));
  EXPECT_THAT(opened, FailsWith(Failure::kConnect));
  EXPECT_THAT(opened, StatusMessageHas("password authentication failed"));
  EXPECT_THAT(opened, Not(StatusMessageHas("hunter2")));
}

}  // namespace
}  // namespace pgbale::pg
