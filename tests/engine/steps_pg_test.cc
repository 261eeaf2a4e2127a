// Keys that are made in steps (Entry::steps) end as those that are made by one
// statement: the server's catalogs are the same, row for row.

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/io/file.h"
#include "format/archive_reader.h"
#include "restore/restore.h"
#include "tests/support/fixtures.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

// Everything that the catalogs say of indexes and constraints, but for oids,
// which stand in some names too.
constexpr absl::string_view kIndexes =
    "SELECT i.indexrelid::regclass, i.indrelid::regclass, i.indnatts,"
    " i.indnkeyatts, i.indisunique, i.indisprimary, i.indisexclusion,"
    " i.indimmediate, i.indisclustered, i.indisvalid, i.indisready,"
    " i.indisreplident, i.indkey, i.indoption,"
    " pg_get_indexdef(i.indexrelid), c.relkind, c.relpersistence,"
    " c.relowner::regrole, c.reltablespace, c.reloptions, c.relispartition,"
    " to_jsonb(i)->>'indnullsnotdistinct',"
    " (SELECT string_agg(a.attname || a.attstattarget, ',' ORDER BY a.attnum)"
    "  FROM pg_attribute a WHERE a.attrelid = c.oid)"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE i.indexrelid >= 16384 AND c.relnamespace <> "
    "'pg_toast'::regnamespace"
    " ORDER BY i.indexrelid::regclass::text";
constexpr absl::string_view kConstraints =
    "SELECT k.conname, k.conrelid::regclass, k.contype, k.condeferrable,"
    " k.condeferred, k.convalidated, k.conindid::regclass,"
    " (SELECT p.conname FROM pg_constraint p WHERE p.oid = k.conparentid),"
    " k.confrelid::regclass, k.conislocal, k.coninhcount, k.connoinherit,"
    " k.conkey, k.confkey, pg_get_constraintdef(k.oid),"
    " (SELECT count(*) FROM pg_trigger t WHERE t.tgconstraint = k.oid)"
    " FROM pg_constraint k WHERE k.oid >= 16384"
    " ORDER BY k.conname, k.conrelid::regclass::text,"
    " k.confrelid::regclass::text";
constexpr absl::string_view kDependencies =
    "SELECT regexp_replace(pg_describe_object(classid, objid, objsubid),"
    "  '\\d{5,}', 'N', 'g') AS one,"
    " regexp_replace(pg_describe_object(refclassid, refobjid, refobjsubid),"
    "  '\\d{5,}', 'N', 'g') AS other, deptype, count(*)"
    " FROM pg_depend WHERE objid >= 16384"
    " AND classid IN ('pg_class'::regclass, 'pg_constraint'::regclass,"
    " 'pg_trigger'::regclass) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";

class StepsTest : public ServerTest,
                  public ::testing::WithParamInterface<std::string> {
 protected:
  void Dump(const TestDatabase& source) {
    const std::string bale = dir_.File("steps.bale");
    ASSERT_TRUE(DumpAndVerify(source, bale));
    ASSERT_OK_AND_ASSIGN(std::unique_ptr<Source> file, OpenFileSource(bale));
    ASSERT_OK_AND_ASSIGN(archive_, ArchiveReader::Open(std::move(file)));
  }

  bool HasSteps() const {
    return std::any_of(archive_->entries().begin(), archive_->entries().end(),
                       [](const Entry& entry) { return !entry.steps.empty(); });
  }

  // With several jobs all that can be is made in steps.
  void Restore(const TestDatabase& target, int jobs) {
    RestoreOptions options;
    options.target = target.options();
    options.jobs = jobs;
    options.steps_bytes_min = 0;
    CancelToken cancel;
    Progress progress;
    ASSERT_OK(pgbale::Restore(*archive_, options, cancel, progress));
    EXPECT_EQ(progress.jobs_done, progress.jobs_total);
  }

  static std::string Catalogs(const TestDatabase& database) {
    return absl::StrCat(database.Query(kIndexes), "\n",
                        database.Query(kConstraints), "\n",
                        database.Query(kDependencies));
  }

  TempDir dir_;
  std::unique_ptr<ArchiveReader> archive_;
};

TEST_P(StepsTest, LeaveTheSameCatalogsAsOneStatement) {
  const TestDatabase source;
  LoadFixture(source, GetParam());
  ASSERT_NO_FATAL_FAILURE(Dump(source));
  if (!HasSteps()) return;
  const TestDatabase whole, in_steps;
  ASSERT_NO_FATAL_FAILURE(Restore(whole, 1));
  ASSERT_NO_FATAL_FAILURE(Restore(in_steps, 3));
  EXPECT_EQ(Catalogs(in_steps), Catalogs(whole));
  EXPECT_TRUE(EqualDatabases(source.name(), in_steps.name()));
}

INSTANTIATE_TEST_SUITE_P(
    Fixtures, StepsTest,
    ::testing::ValuesIn(FixturesWith({"PRIMARY KEY", "UNIQUE", "REFERENCES"})),
    [](const ::testing::TestParamInfo<std::string>& fixture) {
      return fixture.param;
    });

class StepsOfKeysTest : public StepsTest {
 protected:
  // Of the entry of this name: how many steps it has.
  size_t StepsOf(const std::string& name) const {
    for (const Entry& entry : archive_->entries())
      if (entry.name == name && entry.section == Section::kPostData)
        return entry.steps.size();
    ADD_FAILURE() << "there is no " << name;
    return 0;
  }
};

TEST_F(StepsOfKeysTest, KeysHaveStepsWhereTheServerCanDoSo) {
  const TestDatabase source;
  LoadFixture(source, "key_constraint");
  ASSERT_NO_FATAL_FAILURE(Dump(source));
  for (const char* key : {"many_key", "many_include", "many_both",
                          "many_deferred", "altered_key", "altered_identity",
                          "uni\"que $$ \\ '", "split_1_b", "collated_text_key"})
    EXPECT_EQ(StepsOf(key), 2u) << key;
  for (const char* key :
       {"room_once", "room_btree", "split_pkey", "split_1_pkey", "heir_pkey"})
    EXPECT_EQ(StepsOf(key), 0u) << key;
}

TEST_F(StepsOfKeysTest, ForeignKeysHaveStepsWhereTheServerCanDoSo) {
  const TestDatabase source;
  LoadFixture(source, "foreign_key");
  ASSERT_NO_FATAL_FAILURE(Dump(source));
  for (const char* key :
       {"fk_full", "fk_cascade", "fk_deferred", "tree_up_fkey",
        "circle_a_b_fkey", "foreign \"key\" $$ \\", "fk_partition"})
    EXPECT_EQ(StepsOf(key), 2u) << key;
  for (const char* key : {"fk_not_valid", "fk_to_partitioned", "source_t_fkey"})
    EXPECT_EQ(StepsOf(key), 0u) << key;
}

}  // namespace
}  // namespace pgbale
