#include "restore/statement_batch.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Entry Table() {
  Entry entry;
  entry.create = {"CREATE TABLE public.t ()", "ALTER TABLE public.t SET (x)"};
  entry.drop = {"DROP TABLE public.t"};
  entry.drop_if_exists = {"DROP TABLE IF EXISTS public.t"};
  entry.owner = "Some One";
  entry.owner_targets = {"TABLE public.t"};
  return entry;
}

const EntrySettings kDefaults = {"", "heap"};

TEST(StatementBatch, OwnerIsSetBehindWhatCreates) {
  const Entry table = Table();
  StatementBatch batch({}, kDefaults);
  batch.AddCreate(table);
  EXPECT_THAT(
      batch.statements(),
      ElementsAre("CREATE TABLE public.t ()", "ALTER TABLE public.t SET (x)",
                  "ALTER TABLE public.t OWNER TO \"Some One\""));
}

TEST(StatementBatch, WithoutOwnersNoneIsSet) {
  const Entry table = Table();
  StatementBatch batch({.owner = false}, kDefaults);
  batch.AddCreate(table);
  EXPECT_EQ(batch.statements().size(), 2u);
}

TEST(StatementBatch, TheLastStepGivesItToItsOwner) {
  Entry table = Table();
  table.tablespace = "fast";
  table.steps = {{.create = {"ONE"}, .undo = {"NOT ONE"}},
                 {.create = {"TWO", "THREE"}, .undo = {"NOT TWO"}}};
  StatementBatch first({}, kDefaults);
  first.AddStep(table, 0);
  EXPECT_THAT(first.statements(),
              ElementsAre("SELECT pg_catalog.set_config('default_tablespace', "
                          "'fast', false)",
                          "ONE"));
  StatementBatch second({}, first.settings());
  second.AddStep(table, 1);
  EXPECT_THAT(second.statements(),
              ElementsAre("TWO", "THREE",
                          "ALTER TABLE public.t OWNER TO \"Some One\""));
  StatementBatch undo({}, kDefaults);
  undo.AddUndo(table, 2);
  EXPECT_THAT(
      undo.statements(),
      ElementsAre("SELECT pg_catalog.set_config('lock_timeout', '2s', true)",
                  "NOT TWO", "NOT ONE"));
}

TEST(StatementBatch, DropIfExistsDropsWhatStepsLeft) {
  Entry table = Table();
  table.drop = {"DROP"};
  table.drop_if_exists = {"DROP IF EXISTS"};
  table.steps = {{.create = {"ONE"}, .undo = {"NOT ONE"}},
                 {.create = {"TWO"}, .undo = {"NOT TWO"}}};
  StatementBatch drop({}, kDefaults),
      drop_if_exists({.if_exists = true}, kDefaults);
  drop.AddDrop(table);
  drop_if_exists.AddDrop(table);
  EXPECT_THAT(drop.statements(), ElementsAre("DROP"));
  EXPECT_THAT(drop_if_exists.statements(),
              ElementsAre("DROP IF EXISTS", "NOT TWO", "NOT ONE"));
}

TEST(StatementBatch, SettingsAreSetWhereTheyChange) {
  Entry table = Table();
  table.tablespace = "it's";
  table.access_method = "column";
  StatementBatch batch({.owner = false}, kDefaults);
  batch.AddCreate(table);
  batch.AddCreate(table);
  ASSERT_EQ(batch.statements().size(), 6u);
  EXPECT_EQ(batch.statements()[0],
            "SELECT pg_catalog.set_config('default_tablespace', 'it''s', "
            "false)");
  EXPECT_EQ(batch.statements()[1],
            "SELECT pg_catalog.set_config('default_table_access_method', "
            "'column', false)");
  EXPECT_EQ(batch.settings().tablespace, "it's");
}

TEST(StatementBatch, UnknownTablespaceIsSetEvenToTheDefault) {
  const Entry table = Table();
  StatementBatch batch({.owner = false}, EntrySettings());
  batch.AddCreate(table);
  EXPECT_EQ(batch.statements().size(), 3u);
}

TEST(StatementBatch, WithoutTablespacesNoneIsSet) {
  Entry table = Table();
  table.tablespace = "fast";
  StatementBatch batch({.owner = false, .tablespaces = false}, kDefaults);
  batch.AddCreate(table);
  EXPECT_EQ(batch.statements().size(), 2u);
}

TEST(StatementBatch, OnlyAnOwnerIsNoReasonForSettings) {
  Entry schema = Table();
  schema.create.clear();
  StatementBatch batch({}, EntrySettings());
  batch.AddCreate(schema);
  EXPECT_EQ(batch.statements().size(), 1u);
}

TEST(StatementBatch, DropsTolerateWhatIsMissingIfAsked) {
  const Entry table = Table();
  StatementBatch plain({}, kDefaults), tolerant({.if_exists = true}, kDefaults);
  plain.AddDrop(table);
  tolerant.AddDrop(table);
  EXPECT_THAT(plain.statements(), ElementsAre("DROP TABLE public.t"));
  EXPECT_THAT(tolerant.statements(),
              ElementsAre("DROP TABLE IF EXISTS public.t"));
}

TEST(StatementBatch, EachStatementKnowsItsEntry) {
  const Entry table = Table();
  StatementBatch batch({}, kDefaults);
  batch.Add("SAVEPOINT s");
  batch.AddCreate(table);
  EXPECT_EQ(batch.entry_of(0), nullptr);
  EXPECT_EQ(batch.entry_of(3), &table);
}

TEST(StatementBatch, AnEntryOfSeveralObjectsHasOneOwner) {
  Entry group = Table();
  group.create.clear();
  group.owner_targets = {"LARGE OBJECT 1", "LARGE OBJECT 2"};
  StatementBatch batch({}, kDefaults);
  batch.AddCreate(group);
  EXPECT_THAT(batch.statements(),
              ElementsAre("ALTER LARGE OBJECT 1 OWNER TO \"Some One\"",
                          "ALTER LARGE OBJECT 2 OWNER TO \"Some One\""));
}

TEST(StatementBatch, WhatStandsIsAlteredAndGetsItsOwner) {
  Entry table = Table();
  table.alter = {"ALTER TABLE public.t SET (y)"};
  StatementBatch batch({}, kDefaults);
  batch.AddAlter(table);
  EXPECT_THAT(batch.statements(),
              ElementsAre("ALTER TABLE public.t SET (y)",
                          "ALTER TABLE public.t OWNER TO \"Some One\""));
}

}  // namespace
}  // namespace pgbale
