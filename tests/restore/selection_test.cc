#include "restore/selection.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/restore/entries.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Names = std::vector<std::string>;

// A shop: orders refer to customers, have a status type and a sequence.
class SelectionTest : public ::testing::Test {
 protected:
  SelectionTest() {
    archive_.Schema("audit");
    archive_.Type("status");
    archive_.Sequence("numbers");
    archive_.Table("customers");
    archive_.Table("orders").depends = {archive_.IdOf("status"),
                                        archive_.IdOf("numbers")};
    archive_.Table("log", "", "audit").depends = {archive_.IdOf("audit")};
    archive_.Data("customers", {4}, {});
    archive_.Data("orders", {4}, {});
    archive_.Part("numbers", "state of numbers", Section::kData);
    archive_.Key("customers", "customers_pkey");
    archive_.Index("orders", "orders_index");
    archive_.ForeignKey("orders", "orders_fkey", "customers_pkey");
    archive_.Part("orders_index", "comment", Section::kPostData).aspect =
        Aspect::kComment;
    archive_.Part("orders", "grant", Section::kPreData).aspect =
        Aspect::kPrivileges;
  }

  // The names that are selected; those only needed in brackets.
  Names Select() {
    auto selection = SelectEntries(archive_.entries(), options_);
    EXPECT_OK(selection);
    Names names;
    if (!selection.ok()) return names;
    selection_ = *std::move(selection);
    for (const Entry* entry : selection_.entries) {
      std::string name = entry->data ? "rows of " + entry->name : entry->name;
      if (selection_.needed.contains(entry->id)) name = "(" + name + ")";
      names.push_back(name);
    }
    return names;
  }

  Archive archive_;
  RestoreOptions options_;
  Selection selection_;
};

TEST_F(SelectionTest, EverythingWithoutOptions) {
  EXPECT_EQ(Select().size(), archive_.entries().size());
  EXPECT_FALSE(selection_.partial);
}

TEST_F(SelectionTest, TableBringsWhatBelongsToItAndWhatItNeeds) {
  options_.tables = {"orders"};
  EXPECT_THAT(Select(), ElementsAre("(status)", "(numbers)", "orders",
                                    "rows of orders", "(state of numbers)",
                                    "orders_index", "comment", "grant"));
  EXPECT_TRUE(selection_.partial);
}

TEST_F(SelectionTest, ForeignKeyToATableThatIsNotSelectedIsLeftOutAloud) {
  options_.tables = {"orders"};
  Select();
  EXPECT_THAT(selection_.warnings,
              ElementsAre("left out fk constraint \"public.orders_fkey\" of "
                          "\"orders\": it needs table \"public.customers\", "
                          "which is not selected"));
}

TEST_F(SelectionTest, ForeignKeyBetweenSelectedTablesComesToo) {
  options_.tables = {"orders", "customers"};
  EXPECT_THAT(Select(), Contains("orders_fkey"));
  EXPECT_THAT(selection_.warnings, IsEmpty());
}

TEST_F(SelectionTest, TablePatternMayNameTheSchema) {
  options_.tables = {"audit.*"};
  EXPECT_THAT(Select(), ElementsAre("(audit)", "log"));
}

TEST_F(SelectionTest, TablePatternSelectsNoTypes) {
  options_.tables = {"customers"};
  EXPECT_THAT(Select(),
              ElementsAre("customers", "rows of customers", "customers_pkey"));
}

TEST_F(SelectionTest, SequenceIsSelectedAsATable) {
  options_.tables = {"numbers"};
  EXPECT_THAT(Select(), ElementsAre("numbers", "state of numbers"));
}

TEST_F(SelectionTest, SchemaBringsItsObjectsAndItself) {
  options_.schemas = {"audit"};
  EXPECT_THAT(Select(), ElementsAre("(audit)", "log"));
}

TEST_F(SelectionTest, SchemaAndTableMustBothMatch) {
  options_.schemas = {"audit"};
  options_.tables = {"orders", "log"};
  const auto selection = SelectEntries(archive_.entries(), options_);
  EXPECT_THAT(selection, StatusMessageHas("for pattern \"orders\""));
}

TEST_F(SelectionTest, ForeignKeyToATableThatStandsInTheTargetComes) {
  options_.tables = {"orders"};
  Select();
  EXPECT_THAT(selection_.missing, ElementsAre(&archive_.At("customers")));
  options_.standing = {{"public", "customers"}};
  EXPECT_THAT(Select(),
              ElementsAre("(status)", "(numbers)", "orders", "rows of orders",
                          "(state of numbers)", "orders_index", "orders_fkey",
                          "comment", "grant"));
  EXPECT_THAT(selection_.warnings, IsEmpty());
}

TEST_F(SelectionTest, PartitionsComeWithTheirTable) {
  archive_.Table("root");
  archive_.Table("part");
  archive_.Part("part", "attach", Section::kPreData).locks = {
      archive_.IdOf("root"), archive_.IdOf("part")};
  archive_.Table("leaf");
  archive_.Part("leaf", "attach leaf", Section::kPreData).locks = {
      archive_.IdOf("part"), archive_.IdOf("leaf")};
  archive_.Data("leaf", {4}, {});
  options_.tables = {"root"};
  EXPECT_THAT(Select(), ElementsAre("root", "part", "attach", "leaf",
                                    "attach leaf", "rows of leaf"));
  options_.dependencies = false;
  EXPECT_THAT(Select(), ElementsAre("root"));
}

TEST_F(SelectionTest, WithoutDependenciesOnlyDefinitionRowsAndRemarksCome) {
  options_.tables = {"orders"};
  options_.dependencies = false;
  EXPECT_THAT(Select(), ElementsAre("orders", "rows of orders", "grant"));
  EXPECT_THAT(selection_.warnings, IsEmpty());
}

TEST_F(SelectionTest, IndexesTriggersAndRoutinesComeAlone) {
  Entry& f = archive_.Add("f(integer, text)", Section::kPreData, {"x"});
  f.kind = "FUNCTION";
  f.schema = "public";
  archive_.Part("orders", "fire", Section::kPostData).kind = "TRIGGER";
  options_.indexes = {"orders_*"};
  EXPECT_THAT(Select(), ElementsAre("orders_index", "comment"));
  options_.indexes.clear();
  options_.triggers = {"fire"};
  EXPECT_THAT(Select(), ElementsAre("fire"));
  options_.functions = {"f(integer,text)"};
  EXPECT_THAT(Select(), ElementsAre("f(integer, text)", "fire"));
  options_.tables = {"customers"};
  EXPECT_THAT(Select(), Contains("rows of customers"));
}

TEST_F(SelectionTest, SingleObjectThatIsNotThereIsAnError) {
  options_.indexes = {"nothing"};
  EXPECT_THAT(SelectEntries(archive_.entries(), options_),
              StatusMessageHas("no matching indexes"));
  options_.indexes.clear();
  options_.triggers = {"nothing"};
  EXPECT_THAT(SelectEntries(archive_.entries(), options_),
              StatusMessageHas("no matching triggers"));
  options_.triggers.clear();
  options_.functions = {"f()"};
  EXPECT_THAT(SelectEntries(archive_.entries(), options_),
              StatusMessageHas("function \"f()\" is not in the archive"));
}

TEST_F(SelectionTest, ExcludedSchemaIsNotLeftEmpty) {
  options_.exclude_schemas = {"audit"};
  EXPECT_THAT(Select(), Not(Contains("audit")));
  EXPECT_THAT(Select(), Contains("orders"));
  EXPECT_THAT(selection_.warnings, IsEmpty());
}

TEST_F(SelectionTest, ExcludedSchemaStaysWhereSomethingElseNeedsIt) {
  archive_.Add("extension", Section::kPreData, {"x"}).depends = {
      archive_.IdOf("audit")};
  options_.exclude_schemas = {"audit"};
  EXPECT_THAT(Select(), Contains("audit"));
  EXPECT_THAT(Select(), Contains("extension"));
}

TEST_F(SelectionTest, ExcludedSchemaTakesWhatNeedsItAlong) {
  archive_.Table("view").depends = {archive_.IdOf("log")};
  options_.exclude_schemas = {"aud*"};
  EXPECT_THAT(Select(), Not(Contains("view")));
  EXPECT_THAT(selection_.warnings,
              ElementsAre(HasSubstr("left out table \"public.view\": it needs "
                                    "table \"audit.log\", which is excluded")));
}

TEST_F(SelectionTest, PatternThatMatchesNothingIsAnError) {
  options_.tables = {"order"};
  EXPECT_THAT(SelectEntries(archive_.entries(), options_),
              StatusMessageHas("no matching tables are in the archive for "
                               "pattern \"order\""));
}

TEST_F(SelectionTest, BadPatternIsWrongUsage) {
  options_.tables = {"a.b.c"};
  EXPECT_THAT(SelectEntries(archive_.entries(), options_),
              FailsWith(Failure::kUsage));
}

TEST_F(SelectionTest, DataOnlySelectsDataWhoseParentIsLeftOut) {
  options_.pre_data = options_.post_data = false;
  EXPECT_THAT(Select(), ElementsAre("rows of customers", "rows of orders",
                                    "state of numbers"));
}

TEST_F(SelectionTest, SchemaOnlyLeavesOutRowsAndRefreshes) {
  archive_.Part("log", "refresh", Section::kPostData).aspect = Aspect::kData;
  options_.data = false;
  EXPECT_THAT(Select(), Not(Contains(HasSubstr("rows"))));
  EXPECT_THAT(Select(), Not(Contains("refresh")));
  EXPECT_THAT(selection_.warnings, IsEmpty());
}

TEST_F(SelectionTest, PostDataAloneRefreshes) {
  archive_.Part("log", "refresh", Section::kPostData).aspect = Aspect::kData;
  options_.pre_data = options_.data = false;
  EXPECT_THAT(Select(), Contains("refresh"));
}

TEST_F(SelectionTest, NoCommentsAndNoPrivilegesLeaveTheirEntriesOut) {
  options_.comments = options_.privileges = false;
  EXPECT_THAT(Select(), Not(Contains("comment")));
  EXPECT_THAT(Select(), Not(Contains("grant")));
}

TEST_F(SelectionTest, DatabaseComesOnlyWithCreate) {
  archive_.Add("shop", Section::kPreData, {}).aspect = Aspect::kDatabase;
  archive_.Part("shop", "database comment", Section::kPreData);
  EXPECT_THAT(Select(), Not(Contains("database comment")));
  options_.create = true;
  EXPECT_THAT(Select(), Contains("shop"));
  EXPECT_THAT(Select(), Contains("database comment"));
}

TEST_F(SelectionTest, WhatIsSaidOfTheDatabaseCanBeLeftOut) {
  archive_.Add("shop", Section::kPreData, {}).aspect = Aspect::kDatabase;
  archive_.Part("shop", "its comment", Section::kPreData).aspect =
      Aspect::kComment;
  archive_.Part("shop", "its grants", Section::kPreData).aspect =
      Aspect::kPrivileges;
  archive_.Part("shop", "its label", Section::kPreData).aspect =
      Aspect::kSecurityLabel;
  options_.create = true;
  options_.comments = options_.privileges = options_.security_labels = false;
  EXPECT_THAT(Select(), Contains("shop"));
  EXPECT_THAT(Select(), Not(Contains("its comment")));
  EXPECT_THAT(Select(), Not(Contains("its grants")));
  EXPECT_THAT(Select(), Not(Contains("its label")));
}

TEST_F(SelectionTest, DatabaseIsCreatedForATable) {
  archive_.Add("shop", Section::kPreData, {}).aspect = Aspect::kDatabase;
  archive_.Table("t");
  options_.create = true;
  options_.tables = {"t"};
  EXPECT_THAT(Select(), ElementsAre("shop", "t"));
}

TEST_F(SelectionTest, StatisticsComeAloneIfAsked) {
  archive_.Table("t");
  archive_.Part("t", "statistics", Section::kData).aspect = Aspect::kStatistics;
  EXPECT_THAT(Select(), Contains("statistics"));
  options_.statistics_only = true;
  EXPECT_THAT(Select(), ElementsAre("statistics"));
  options_.statistics_only = options_.statistics = false;
  EXPECT_THAT(Select(), Not(Contains("statistics")));
}

TEST_F(SelectionTest, PublicationsAndSubscriptionsCanBeLeftOut) {
  archive_.Add("p", Section::kPostData, {}).aspect = Aspect::kPublication;
  archive_.Part("p", "table of p", Section::kPostData).aspect =
      Aspect::kPublication;
  archive_.Add("s", Section::kPostData, {}).aspect = Aspect::kSubscription;
  options_.publications = false;
  EXPECT_THAT(Select(), Contains("s"));
  EXPECT_THAT(Select(), Not(Contains("p")));
  EXPECT_THAT(Select(), Not(Contains("table of p")));
  options_.subscriptions = false;
  EXPECT_THAT(Select(), Not(Contains("s")));
}

TEST_F(SelectionTest, CircleOfParentsEnds) {
  archive_.Table("egg").parent = archive_.entries().back().id + 1;
  archive_.Table("hen").parent = archive_.IdOf("egg");
  options_.tables = {"egg"};
  EXPECT_THAT(Select(), ElementsAre("egg", "hen"));
}

TEST_F(SelectionTest, GlobalsComeOnlyWhenAskedForWhateverThePatterns) {
  archive_.Add("boss", Section::kPreData, {}).aspect = Aspect::kGlobal;
  archive_.Add("fast", Section::kPreData, {}).aspect = Aspect::kTablespace;
  archive_.Part("fast", "fast grant", Section::kPreData).aspect =
      Aspect::kPrivileges;
  EXPECT_THAT(Select(), Not(Contains("boss")));
  EXPECT_THAT(Select(), Not(Contains("fast grant")));
  options_.tables = {"log"};
  options_.pre_data = false;
  EXPECT_THAT(Select(), IsEmpty());
  options_.globals = true;
  EXPECT_THAT(Select(), ElementsAre("boss", "fast", "fast grant"));
  options_.tablespaces = false;
  EXPECT_THAT(Select(), ElementsAre("boss"));
}

}  // namespace
}  // namespace pgbale
