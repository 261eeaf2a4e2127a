// Catalogs made by hand: what gives way in which loop, and the order that
// follows.

#include "catalog/loops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "catalog/graph.h"
#include "catalog/kind_id.h"
#include "catalog/order.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LoopsTest : public ::testing::Test {
 protected:
  Object& Add(KindId kind, Address address, const std::string& name,
              LoopBreak loop_break = LoopBreak::kNone) {
    Object& object = catalog_.Add(kind, address);
    object.schema = "s";
    object.name = name;
    object.loop_break = loop_break;
    return object;
  }
  Object& AddTable(Oid oid, const std::string& name) {
    return Add(KindId::kTable, {catalog_oid::kClass, oid}, name);
  }
  Object& AddRoutine(Oid oid, const std::string& name) {
    return Add(KindId::kRoutine, {catalog_oid::kProc, oid}, name,
               LoopBreak::kPostpone);
  }
  // A view whose rule has the oid behind its own.
  Object& AddView(Oid oid, const std::string& name) {
    auto view = std::make_unique<Object>();
    view->kind = KindId::kView;
    view->address = {catalog_oid::kClass, oid};
    view->aliases = {{catalog_oid::kRewrite, oid + 1}};
    view->schema = "s";
    view->name = name;
    view->loop_break = LoopBreak::kDummy;
    return catalog_.Add(std::move(view));
  }
  Object& AddInlined(KindId kind, Address address, const Object& table,
                     Section section) {
    Object& object = Add(kind, address, "part", LoopBreak::kSeparate);
    object.parent = table.address;
    object.inlined = true;
    object.section = section;
    return object;
  }
  void Needs(Address from, Address to) { dependencies_.push_back({from, to}); }

  std::vector<std::string> Order() {
    ObjectGraph graph(catalog_, dependencies_, membership_);
    BreakLoops(catalog_, graph);
    absl::StatusOr<std::vector<Object*>> order = OrderObjects(catalog_, graph);
    EXPECT_TRUE(order.ok()) << order.status();
    std::vector<std::string> names;
    for (const Object* object : *order) names.push_back(object->name);
    return names;
  }

  Catalog catalog_;
  std::vector<Dependency> dependencies_;
  Membership membership_;
};

// A function of the extension takes arrays of the extension's type, which
// needs the function as its input.
TEST_F(LoopsTest, WhatMembersNeedOfEachOtherIsNoLoop) {
  Object& extension =
      Add(KindId::kExtension, {catalog_oid::kExtension, 9}, "extension");
  auto type = std::make_unique<Object>();
  type->kind = KindId::kBaseType;
  type->address = {catalog_oid::kType, 1};
  type->aliases = {{catalog_oid::kType, 2}};
  type->name = "type";
  type->extension_member = true;
  type->depends = {{catalog_oid::kProc, 3}};
  catalog_.Add(std::move(type));
  Object& input = AddRoutine(3, "input");
  input.extension_member = true;
  membership_ = {{{catalog_oid::kType, 1}, extension.address.oid},
                 {input.address, extension.address.oid}};
  Needs(input.address, {catalog_oid::kType, 2});
  // Of a kind that stands before extensions.
  const Address array_transform = {catalog_oid::kTransform, 4};
  Add(KindId::kTransform, array_transform, "transform");
  Needs(array_transform, {catalog_oid::kType, 2});
  EXPECT_THAT(Order(), ElementsAre("extension", "transform"));
  EXPECT_TRUE(catalog_.warnings().empty());
}

TEST_F(LoopsTest, WhatUsersAddToAMemberIsNoNeedOfItsExtension) {
  Object& extension =
      Add(KindId::kExtension, {catalog_oid::kExtension, 9}, "extension");
  Object& table = AddTable(1, "table");
  table.extension_member = true;
  membership_ = {{table.address, extension.address.oid}};
  Object& trigger =
      Add(KindId::kTrigger, {catalog_oid::kTrigger, 2}, "trigger");
  trigger.parent = table.address;
  trigger.section = Section::kPostData;
  Object& routine = AddRoutine(3, "routine");
  Needs(routine.address, table.address);
  Needs(trigger.address, routine.address);
  EXPECT_THAT(Order(), ElementsAre("extension", "routine", "trigger"));
  EXPECT_TRUE(catalog_.warnings().empty());
}

TEST_F(LoopsTest, NamesDecideWhereNothingDepends) {
  AddTable(2, "b");
  AddTable(3, "a");
  AddRoutine(4, "z");
  EXPECT_THAT(Order(), ElementsAre("z", "a", "b"));
}

TEST_F(LoopsTest, WhatIsNeededComesFirst) {
  Object& a = AddTable(2, "a");
  Object& b = AddTable(3, "b");
  Needs(a.address, b.address);
  EXPECT_THAT(Order(), ElementsAre("b", "a"));
}

TEST_F(LoopsTest, ASerialsDefaultIsTakenOutOfItsTable) {
  Object& table = AddTable(2, "t");
  Object& sequence =
      Add(KindId::kSequence, {catalog_oid::kClass, 3}, "t_id_seq");
  Object& value = AddInlined(KindId::kDefault, {catalog_oid::kAttrDef, 4},
                             table, Section::kPreData);
  Needs(value.address, sequence.address);
  Needs(sequence.address, table.address);
  EXPECT_THAT(Order(), ElementsAre("t", "t_id_seq", "part"));
  EXPECT_FALSE(value.inlined);
}

TEST_F(LoopsTest, ADefaultThatNeedsNothingStaysInItsTable) {
  Object& table = AddTable(2, "t");
  Object& function = AddRoutine(5, "f");
  Object& value = AddInlined(KindId::kDefault, {catalog_oid::kAttrDef, 4},
                             table, Section::kPreData);
  Needs(value.address, function.address);
  EXPECT_THAT(Order(), ElementsAre("f", "t"));
  EXPECT_TRUE(value.inlined);
}

TEST_F(LoopsTest, ACheckThatUsesItsTablesRowsMovesBehindTheData) {
  Object& table = AddTable(2, "t");
  Object& function = AddRoutine(5, "f");
  Object& check =
      AddInlined(KindId::kCheckConstraint, {catalog_oid::kConstraint, 4}, table,
                 Section::kPostData);
  Needs(check.address, function.address);
  Needs(function.address, table.address);
  EXPECT_THAT(Order(), ElementsAre("t", "f", "part"));
  EXPECT_FALSE(check.inlined);
}

TEST_F(LoopsTest, AViewGroupedByAKeyGetsItsDefinitionBehindTheKey) {
  Object& table = AddTable(2, "t");
  Object& key =
      Add(KindId::kKeyConstraint, {catalog_oid::kConstraint, 3}, "t_pkey");
  key.section = Section::kPostData;
  Needs(key.address, table.address);
  Object& view = AddView(10, "v");
  Needs({catalog_oid::kRewrite, 11}, key.address);
  Needs({catalog_oid::kRewrite, 11}, table.address);
  EXPECT_THAT(Order(), ElementsAre("t", "v", "t_pkey", "v"));
  EXPECT_TRUE(view.dummy);
}

TEST_F(LoopsTest, OfTwoViewsThroughAFunctionOneBecomesADummy) {
  Object& view = AddView(10, "v");
  Object& function = AddRoutine(5, "f");
  Needs({catalog_oid::kRewrite, 11}, function.address);
  Needs(function.address, view.address);
  EXPECT_THAT(Order(), ElementsAre("v", "f", "v"));
  EXPECT_TRUE(view.dummy);
}

TEST_F(LoopsTest, AFunctionThatNeedsAKeyIsPostponedWithWhatNeedsIt) {
  Object& key =
      Add(KindId::kKeyConstraint, {catalog_oid::kConstraint, 3}, "t_pkey");
  key.section = Section::kPostData;
  Object& function = AddRoutine(5, "f");
  Object& caller = AddRoutine(6, "g");
  Needs(function.address, key.address);
  Needs(caller.address, function.address);
  EXPECT_THAT(Order(), ElementsAre("t_pkey", "f", "g"));
  EXPECT_TRUE(function.postponed);
  EXPECT_TRUE(caller.postponed);
}

TEST_F(LoopsTest, AnInputFunctionTakesTheShellType) {
  Object& type =
      Add(KindId::kBaseType, {catalog_oid::kType, 7}, "ty", LoopBreak::kShell);
  Object& shell =
      Add(KindId::kShellType, {catalog_oid::kPseudoShellType, 7}, "ty shell");
  type.depends = {shell.address};
  Object& input = AddRoutine(5, "ty_in");
  Needs(type.address, input.address);
  Needs(input.address, type.address);
  EXPECT_THAT(Order(), ElementsAre("ty shell", "ty_in", "ty"));
}

TEST_F(LoopsTest, ALoopThatNothingOpensIsCutWithAWarning) {
  Object& a = AddTable(2, "a");
  Object& b = AddTable(3, "b");
  Needs(a.address, b.address);
  Needs(b.address, a.address);
  EXPECT_EQ(Order().size(), 2u);
  ASSERT_EQ(catalog_.warnings().size(), 1u);
  EXPECT_THAT(catalog_.warnings()[0], HasSubstr("\"s.a\""));
}

TEST_F(LoopsTest, AMemberOfAnExtensionStandsForTheExtension) {
  Add(KindId::kExtension, {catalog_oid::kExtension, 50}, "zext");
  // Of a kind that comes before extensions unless something says otherwise.
  Object& schema = Add(KindId::kSchema, {catalog_oid::kNamespace, 2}, "a");
  membership_[{catalog_oid::kType, 60}] = 50;
  Needs(schema.address, {catalog_oid::kType, 60});
  EXPECT_THAT(Order(), ElementsAre("zext", "a"));
}

}  // namespace
}  // namespace pgbale
