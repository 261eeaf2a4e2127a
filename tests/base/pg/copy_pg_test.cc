#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/pg/copy.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

class CopyPgTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_OK_AND_ASSIGN(
        connection_,
        Connection::Open(TestServer::Get().options("postgres", &cancel_)));
    ASSERT_OK(connection_->Execute("CREATE TEMP TABLE t (a int)"));
  }

  absl::StatusOr<std::string> ReadAll(absl::string_view sql) {
    ASSIGN_OR_RETURN(const auto copy, connection_->BeginCopyOut(sql));
    std::string all;
    while (true) {
      ASSIGN_OR_RETURN(const auto message, copy->Next());
      if (!message.has_value()) return all;
      absl::StrAppend(&all, AsText(*message));
    }
  }
  absl::StatusOr<uint64_t> WriteAll(absl::string_view sql,
                                    absl::string_view data) {
    ASSIGN_OR_RETURN(const auto copy, connection_->BeginCopyIn(sql));
    RETURN_IF_ERROR(copy->Put(AsBytes(data)));
    return copy->Finish();
  }
  int64_t Count() {
    const auto result = connection_->Query("SELECT count(*) FROM pg_temp.t");
    EXPECT_OK(result);
    return result.ok() ? result->row(0).integer(0) : -1;
  }

  CancelToken cancel_;
  std::unique_ptr<Connection> connection_;
};

constexpr absl::string_view kIntoT = "COPY pg_temp.t FROM STDIN";

TEST_F(CopyPgTest, OutGivesAllOfIt) {
  ASSERT_OK_AND_ASSIGN(
      const std::string text,
      ReadAll("COPY (SELECT i, NULL FROM generate_series(1, 3) i) TO STDOUT"));
  EXPECT_EQ(text, "1\t\\N\n2\t\\N\n3\t\\N\n");
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

// Pieces are gathered in 32 KiB, with room for as much again: rows that fill
// either, or one octet less or more, and such that need room of their own.
TEST_F(CopyPgTest, OutGivesAllOfRowsOfEachSize) {
  for (const int kib : {16, 32, 64, 128, 1024, 5000}) {
    for (int octets = kib * 1024 - 3; octets <= kib * 1024 + 1; ++octets) {
      ASSERT_OK_AND_ASSIGN(
          const std::string text,
          ReadAll(absl::StrCat("COPY (SELECT repeat(chr(96 + i), ", octets,
                               ") FROM generate_series(1, 4) i) TO STDOUT")));
      std::string expected;
      for (const char letter : {'a', 'b', 'c', 'd'})
        absl::StrAppend(&expected,
                        std::string(static_cast<size_t>(octets), letter), "\n");
      EXPECT_TRUE(text == expected) << octets << " octets a row";
    }
  }
}

TEST_F(CopyPgTest, OutOfNothingIsEmpty) {
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       ReadAll("COPY pg_temp.t TO STDOUT"));
  EXPECT_EQ(text, "");
}

TEST_F(CopyPgTest, OutStaysAtItsEnd) {
  ASSERT_OK_AND_ASSIGN(const auto copy,
                       connection_->BeginCopyOut("COPY pg_temp.t TO STDOUT"));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto message, copy->Next());
    EXPECT_FALSE(message.has_value());
  }
}

TEST_F(CopyPgTest, ErrorInTheMiddleIsNotAnEnd) {
  EXPECT_THAT(ReadAll("COPY (SELECT 1 / (i - 5000)"
                      " FROM generate_series(1, 9999) i) TO STDOUT"),
              HasSqlState("22012"));
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(CopyPgTest, ErrorBeforeTheFirstRowLeavesTheConnection) {
  EXPECT_THAT(connection_->BeginCopyOut("COPY no_such_table TO STDOUT"),
              HasSqlState("42P01"));
  EXPECT_THAT(connection_->BeginCopyIn("COPY no_such_table FROM STDIN"),
              HasSqlState("42P01"));
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(CopyPgTest, StatementThatIsNoCopyIsRefused) {
  EXPECT_FALSE(connection_->BeginCopyOut("SELECT 1").ok());
  EXPECT_FALSE(connection_->BeginCopyIn("SELECT 1").ok());
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(CopyPgTest, WrongDirectionEndsTheConnection) {
  EXPECT_FALSE(connection_->BeginCopyIn("COPY pg_temp.t TO STDOUT").ok());
  EXPECT_FALSE(connection_->alive());
}

TEST_F(CopyPgTest, InStoresAndCounts) {
  ASSERT_OK_AND_ASSIGN(const uint64_t rows, WriteAll(kIntoT, "1\n2\n3\n"));
  EXPECT_EQ(rows, 3u);
  EXPECT_EQ(Count(), 3);
}

TEST_F(CopyPgTest, InTakesPiecesThatSplitRows) {
  ASSERT_OK_AND_ASSIGN(const auto copy, connection_->BeginCopyIn(kIntoT));
  for (const char* piece : {"1", "2\n", "", "3\n4"})
    ASSERT_OK(copy->Put(AsBytes(piece)));
  ASSERT_OK_AND_ASSIGN(const uint64_t rows, copy->Finish());
  EXPECT_EQ(rows, 3u);
}

TEST_F(CopyPgTest, BinaryGoesOutAndIn) {
  ASSERT_OK_AND_ASSIGN(
      const std::string data,
      ReadAll("COPY (SELECT generate_series(1, 100000)) TO STDOUT BINARY"));
  ASSERT_OK_AND_ASSIGN(const uint64_t rows,
                       WriteAll("COPY pg_temp.t FROM STDIN BINARY", data));
  EXPECT_EQ(rows, 100000u);
  ASSERT_OK_AND_ASSIGN(const Result sum,
                       connection_->Query("SELECT sum(a) FROM pg_temp.t"));
  EXPECT_EQ(sum.row(0).text(0), "5000050000");
}

TEST_F(CopyPgTest, RowOfManyMegabytesGoesOutAndIn) {
  ASSERT_OK(connection_->Execute("CREATE TEMP TABLE big (b text)"));
  ASSERT_OK_AND_ASSIGN(
      const std::string data,
      ReadAll("COPY (SELECT repeat('x', 50000000)) TO STDOUT"));
  ASSERT_EQ(data.size(), 50000001u);
  ASSERT_OK(WriteAll("COPY pg_temp.big FROM STDIN", data));
  ASSERT_OK_AND_ASSIGN(const Result length,
                       connection_->Query("SELECT length(b) FROM pg_temp.big"));
  EXPECT_EQ(length.row(0).integer(0), 50000000);
}

TEST_F(CopyPgTest, BadDataIsToldWithItsLine) {
  const auto rows = WriteAll(kIntoT, "1\nx\n");
  EXPECT_THAT(rows, HasSqlState("22P02"));
  EXPECT_THAT(rows, StatusMessageHas("COPY t, line 2, column a: \"x\""));
  EXPECT_EQ(Count(), 0);
}

TEST_F(CopyPgTest, BadDataIsToldBeforeAllIsSent) {
  ASSERT_OK_AND_ASSIGN(const auto copy, connection_->BeginCopyIn(kIntoT));
  ASSERT_OK(copy->Put(AsBytes("x\n")));
  const std::string piece(1 << 20, '\n');
  absl::Status status;
  int sent = 0;
  for (; sent < 1000 && status.ok(); ++sent) status = copy->Put(AsBytes(piece));
  EXPECT_THAT(status, HasSqlState("22P02"));
  EXPECT_LT(sent, 100);
  EXPECT_FALSE(copy->Finish().ok());
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(CopyPgTest, NoticesDuringTheCopyAreNoErrors) {
  ASSERT_OK(connection_->ExecutePipeline(
      {"CREATE FUNCTION pg_temp.say() RETURNS trigger LANGUAGE plpgsql AS "
       "'BEGIN RAISE NOTICE ''%'', repeat(''E'', 1000); RETURN NEW; END'",
       "CREATE TRIGGER say BEFORE INSERT ON pg_temp.t FOR EACH ROW "
       "EXECUTE FUNCTION pg_temp.say()"}));
  std::string data;
  for (int i = 0; i < 50000; ++i) absl::StrAppend(&data, i, "\n");
  ASSERT_OK_AND_ASSIGN(const uint64_t rows, WriteAll(kIntoT, data));
  EXPECT_EQ(rows, 50000u);
}

TEST_F(CopyPgTest, AbortStoresNothing) {
  ASSERT_OK_AND_ASSIGN(const auto copy, connection_->BeginCopyIn(kIntoT));
  ASSERT_OK(copy->Put(AsBytes("1\n")));
  copy->Abort("test");
  EXPECT_EQ(Count(), 0);
}

TEST_F(CopyPgTest, InThatIsGivenUpStoresNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto copy, connection_->BeginCopyIn(kIntoT));
    ASSERT_OK(copy->Put(AsBytes("1\n")));
  }
  EXPECT_EQ(Count(), 0);
}

TEST_F(CopyPgTest, OutThatIsGivenUpLeavesTheConnection) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK_AND_ASSIGN(
        const auto copy,
        connection_->BeginCopyOut(
            "COPY (SELECT generate_series(1, 1000000000)) TO STDOUT"));
    ASSERT_OK(copy->Next());
  }
  EXPECT_OK(connection_->Execute("SELECT 1"));
}

TEST_F(CopyPgTest, CancelEndsAnOutThatWaits) {
  ASSERT_OK_AND_ASSIGN(
      const auto copy,
      connection_->BeginCopyOut(
          "COPY (SELECT repeat('x', 100000), CASE WHEN i > 1 THEN"
          " pg_sleep(30) END FROM generate_series(1, 2) i) TO STDOUT"));
  std::thread canceller([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel_.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
  });
  const Stopwatch clock;
  // The server may keep the end of the first row in its buffer.
  absl::Status status;
  for (int i = 0; i < 2 && status.ok(); ++i) status = copy->Next().status();
  EXPECT_THAT(status, FailsWith(Failure::kInterrupted));
  EXPECT_LT(clock.seconds(), 2);
  canceller.join();
}

TEST_F(CopyPgTest, CancelEndsAnInAndStoresNothing) {
  const Stopwatch clock;
  {
    ASSERT_OK_AND_ASSIGN(const auto copy, connection_->BeginCopyIn(kIntoT));
    cancel_.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
    EXPECT_THAT(copy->Put(Buffer(1 << 20, uint8_t{'\n'})),
                FailsWith(Failure::kInterrupted));
  }
  EXPECT_LT(clock.seconds(), 2);
}

}  // namespace
}  // namespace pgbale::pg
