#include "base/pg/snapshot.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

class SnapshotPgTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = std::make_unique<TestDatabase>();
    database_->Execute("CREATE TABLE t AS SELECT generate_series(1, 3) a");
    ASSERT_OK_AND_ASSIGN(leader_, database_->Connect());
    ASSERT_OK_AND_ASSIGN(worker_, database_->Connect());
  }
  static int64_t Count(Connection& connection) {
    const auto result = connection.Query("SELECT count(*) FROM public.t");
    EXPECT_OK(result);
    return result.ok() ? result->row(0).integer(0) : -1;
  }

  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<Connection> leader_;
  std::unique_ptr<Connection> worker_;
};

TEST_F(SnapshotPgTest, WorkersSeeWhatTheLeaderSees) {
  ASSERT_OK_AND_ASSIGN(const Snapshot snapshot, BeginSnapshot(*leader_));
  database_->Execute("DELETE FROM t");
  ASSERT_OK(ImportSnapshot(*worker_, snapshot.id));
  EXPECT_EQ(Count(*leader_), 3);
  EXPECT_EQ(Count(*worker_), 3);
}

TEST_F(SnapshotPgTest, KnowsPlaceAndTime) {
  ASSERT_OK_AND_ASSIGN(const Snapshot snapshot, BeginSnapshot(*leader_));
  EXPECT_THAT(snapshot.lsn, ::testing::MatchesRegex("[0-9A-F]+/[0-9A-F]+"));
  EXPECT_THAT(snapshot.time, ::testing::MatchesRegex(
                                 "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+Z"));
}

TEST_F(SnapshotPgTest, NothingCanBeWritten) {
  ASSERT_OK_AND_ASSIGN(const Snapshot snapshot, BeginSnapshot(*leader_));
  ASSERT_OK(ImportSnapshot(*worker_, snapshot.id));
  EXPECT_THAT(leader_->Execute("DELETE FROM public.t"), HasSqlState("25006"));
  EXPECT_THAT(worker_->Execute("DELETE FROM public.t"), HasSqlState("25006"));
}

TEST_F(SnapshotPgTest, DeferrableSnapshotIsExportedToo) {
  ASSERT_OK_AND_ASSIGN(
      const Snapshot snapshot,
      BeginSnapshot(*leader_, /*serializable_deferrable=*/true));
  ASSERT_OK(ImportSnapshot(*worker_, snapshot.id));
  EXPECT_EQ(Count(*worker_), 3);
}

TEST_F(SnapshotPgTest, SnapshotOfALeaderThatIsGoneIsAnError) {
  ASSERT_OK_AND_ASSIGN(const Snapshot snapshot, BeginSnapshot(*leader_));
  ASSERT_OK(leader_->Execute("COMMIT"));
  EXPECT_THAT(ImportSnapshot(*worker_, snapshot.id),
              StatusMessageHas("cannot import snapshot"));
}

TEST_F(SnapshotPgTest, IdThatIsNoneIsNotSent) {
  EXPECT_THAT(ImportSnapshot(*worker_, "x'; DROP TABLE t"),
              StatusMessageHas("is no snapshot"));
  EXPECT_OK(worker_->Execute("SELECT 1"));
}

}  // namespace
}  // namespace pgbale::pg
