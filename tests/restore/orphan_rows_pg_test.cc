#include <memory>

#include "gmock/gmock.h"
#include "restore/orphan_rows.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

class OrphanRowsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = std::make_unique<TestDatabase>();
    database_->Execute(
        "CREATE TABLE p (a integer PRIMARY KEY);"
        "CREATE TABLE c (a integer); INSERT INTO c VALUES (1), (2), (NULL);"
        "ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p NOT "
        "VALID");
    ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
  }

  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<pg::Connection> connection_;
};

TEST_F(OrphanRowsTest, AreCountedInATransactionThatGoesOn) {
  ASSERT_OK(connection_->Execute("BEGIN"));
  ASSERT_OK(connection_->Execute("INSERT INTO public.c VALUES (NULL)"));
  ASSERT_OK_AND_ASSIGN(const uint64_t orphans,
                       CountOrphans(*connection_, {"public", "c", "k"},
                                    /*in_transaction=*/true));
  EXPECT_EQ(orphans, 2u);
  ASSERT_OK(connection_->Execute("COMMIT"));
  EXPECT_EQ(database_->Query("SELECT count(*) FROM c"), "4");
}

TEST_F(OrphanRowsTest, ThatCannotBeCountedEndNoTransaction) {
  ASSERT_OK(connection_->Execute("BEGIN"));
  ASSERT_OK(connection_->Execute("INSERT INTO public.c VALUES (NULL)"));
  // A role that may read neither table.
  ASSERT_OK(connection_->Execute("SET LOCAL ROLE pg_monitor"));
  EXPECT_THAT(
      CountOrphans(*connection_, {"public", "c", "k"}, /*in_transaction=*/true),
      HasSqlState("42501"));
  ASSERT_OK(connection_->Execute("COMMIT"));
  EXPECT_EQ(database_->Query("SELECT count(*) FROM c"), "4");
}

TEST_F(OrphanRowsTest, OfAKeyThatIsNotThereAreAnError) {
  for (const KeyName& key :
       {KeyName{"public", "c", "other"}, KeyName{"public", "p", "k"},
        KeyName{"other", "c", "k"}, KeyName{"public", "p", "p_pkey"}})
    EXPECT_THAT(CountOrphans(*connection_, key, /*in_transaction=*/false),
                StatusMessageHas("there is no such foreign key"))
        << key.schema << "." << key.table << "." << key.name;
}

}  // namespace
}  // namespace pgbale
