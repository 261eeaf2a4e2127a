// The half of a journal that is in the target.

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "restore/journal.h"
#include "restore/session.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;

class JournalNotesTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    target_ = std::make_unique<TestDatabase>();
    one_ = MakeSession();
    other_ = MakeSession();
    Begin();
  }

  std::unique_ptr<Session> MakeSession() const {
    auto connection = target_->Connect();
    EXPECT_OK(connection);
    return std::make_unique<Session>(*std::move(connection));
  }
  void Begin() {
    journal_.reset();
    auto journal = Journal::Begin(dir_.File("j"), {},
                                  [](uint32_t oid) { return oid != 0; });
    ASSERT_OK(journal);
    journal_ = *std::move(journal);
    ASSERT_OK(journal_->Start(one_->connection()));
  }
  // As another run, with sessions of its own.
  absl::Status Recall() {
    journal_.reset();
    one_ = MakeSession();
    other_ = MakeSession();
    ASSIGN_OR_RETURN(journal_, Journal::Reopen(dir_.File("j")));
    return journal_->Recall(one_->connection());
  }
  // Notes in `session` that the chunks from `first` on of the entries 1 to 40
  // are loaded.
  void NoteChunk(Session& session, uint64_t first) {
    WorkRecord rows = {WorkKind::kRows, {}};
    for (uint32_t id = 1; id <= 40; ++id)
      rows.units.push_back({id, first, first + 1});
    ASSERT_OK(session.connection().Execute(journal_->Note(session, rows)));
  }
  void NoteMade(Session& session, uint32_t id) {
    ASSERT_OK(session.connection().Execute(
        journal_->Note(session, {WorkKind::kMade, {{id}}})));
  }

  const TempDir dir_;
  std::unique_ptr<TestDatabase> target_;
  std::unique_ptr<Session> one_, other_;
  std::unique_ptr<Journal> journal_;
};

// More than are read at a time, in pages of which each session has its own.
TEST_F(JournalNotesTest, ManyOfTwoSessionsComeBack) {
  for (uint64_t i = 0; i < 1000; i += 2) {
    NoteChunk(*one_, 2 * i);
    NoteChunk(*other_, 2 * i + 2);
  }
  ASSERT_OK(Recall());
  EXPECT_TRUE(journal_->recalled());
  for (uint64_t place = 0; place < 2000; ++place) {
    EXPECT_TRUE(journal_->done().Loaded(1, place)) << place;
    EXPECT_TRUE(journal_->done().Loaded(40, place)) << place;
  }
  EXPECT_FALSE(journal_->done().Loaded(1, 2000));
  EXPECT_FALSE(journal_->done().Loaded(41, 0));
}

// Each run adds to what the others noted.
TEST_F(JournalNotesTest, OfSeveralRunsComeBack) {
  for (uint32_t run = 1; run <= 4; ++run) {
    NoteMade(*one_, 10 * run);
    NoteMade(*other_, 10 * run + 1);
    ASSERT_OK(Recall());
    for (uint32_t earlier = 1; earlier <= run; ++earlier) {
      EXPECT_TRUE(journal_->done().Made(10 * earlier)) << run;
      EXPECT_TRUE(journal_->done().Made(10 * earlier + 1)) << run;
    }
  }
}

// By their numbers, which go on from run to run.
TEST_F(JournalNotesTest, TheLastOneOfAnEntryCounts) {
  const WorkRecord made = {WorkKind::kMade, {{7}}};
  const WorkRecord forgotten = {WorkKind::kForgotten, {{7}}};
  NoteMade(*one_, 6);
  NoteMade(*other_, 7);
  ASSERT_OK(Recall());
  // Into a page of its own, behind that of the first run.
  NoteMade(*other_, 8);
  ASSERT_OK(journal_->Forget(*one_, forgotten));
  EXPECT_FALSE(journal_->done().Made(7));
  ASSERT_OK(Recall());
  EXPECT_FALSE(journal_->done().Made(7));
  ASSERT_OK(one_->connection().Execute(journal_->Note(*one_, made)));
  ASSERT_OK(Recall());
  EXPECT_TRUE(journal_->done().Made(6));
  EXPECT_TRUE(journal_->done().Made(7));
  EXPECT_TRUE(journal_->done().Made(8));
}

// Which may stand in an earlier page than the one before it.
TEST_F(JournalNotesTest, TheLastOneCountsWhereverItStands) {
  NoteMade(*one_, 6);
  NoteMade(*other_, 7);
  ASSERT_OK(journal_->Forget(*one_, {WorkKind::kForgotten, {{7}}}));
  ASSERT_OK(Recall());
  EXPECT_TRUE(journal_->done().Made(6));
  EXPECT_FALSE(journal_->done().Made(7));
}

// Some fill a page to its last octet, or would need one more.
TEST_F(JournalNotesTest, OfAllLengthsComeBack) {
  for (uint32_t id = 2; id < 6000; id += 2)
    NoteMade(id % 4 == 0 ? *one_ : *other_, id);
  ASSERT_OK(Recall());
  EXPECT_EQ(journal_->done().made().size(), 2999u);
}

TEST_F(JournalNotesTest, OfAnotherRestoreAreNotTaken) {
  const std::string notes = journal_->Fact("notes");
  ASSERT_OK(journal_->RemoveNotes(one_->connection()));
  EXPECT_THAT(Recall(), AllOf(FailsWith(Failure::kError),
                              StatusMessageHas(absl::StrCat(
                                  "does not hold large object ", notes))));
  target_->Execute(absl::StrCat(
      "SELECT lo_from_bytea('", notes,
      "', 'notes of a restore by pgbale, somebody else''s, and longer\n')"));
  EXPECT_THAT(Recall(), FailsWith(Failure::kError));
}

TEST_F(JournalNotesTest, AreGoneInTheEndAndTheFileSaysThatAllIsDone) {
  ASSERT_OK(one_->connection().Execute(journal_->SessionStatement()));
  NoteMade(*one_, 1);
  ASSERT_OK(journal_->End(one_->connection()));
  EXPECT_EQ(target_->Query("SELECT count(*) FROM pg_largeobject_metadata"),
            "0");
  journal_.reset();
  ASSERT_OK_AND_ASSIGN(const auto ended, Journal::Reopen(dir_.File("j")));
  EXPECT_TRUE(ended->ended());
}

// A commit that the file relies on waits for the disk; others need not.
TEST_F(JournalNotesTest, OnlyTheBeginningAndTheEndWaitForTheDisk) {
  const auto setting = [this] {
    auto result = one_->connection().Query("SHOW synchronous_commit");
    return result.ok() ? std::string(result->row(0).text(0)) : "?";
  };
  ASSERT_OK(one_->connection().Execute(journal_->SessionStatement()));
  EXPECT_EQ(setting(), "off");
  ASSERT_OK(journal_->End(one_->connection()));
  EXPECT_NE(setting(), "off");
}

}  // namespace
}  // namespace pgbale
