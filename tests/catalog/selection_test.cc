#include "catalog/selection.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

// Two schemas with a table "t" each, and a view in "sales".
class ObjectSelectionTest : public ::testing::Test {
 protected:
  ObjectSelectionTest() {
    AddRelation(1, 'r', "public", "t");
    AddRelation(2, 'r', "sales", "t");
    AddRelation(3, 'v', "sales", "report");
    AddObject(KindId::kSchema, {catalog_oid::kNamespace, 10}, "", "sales");
    AddObject(KindId::kExtension, {catalog_oid::kExtension, 20}, "", "hstore");
    AddObject(KindId::kRoutine, {catalog_oid::kProc, 30}, "sales", "f()");
    Object& index =
        AddObject(KindId::kIndex, {catalog_oid::kClass, 40}, "sales", "i");
    index.section = Section::kPostData;
    index.parent = {catalog_oid::kClass, 2};
    Object& rows = AddObject(KindId::kTableData,
                             {catalog_oid::kPseudoTableData, 2}, "sales", "t");
    rows.aspect = Aspect::kData;
    rows.parent = {catalog_oid::kClass, 2};
  }

  void AddRelation(Oid oid, char kind, const std::string& schema,
                   const std::string& name) {
    Relation relation;
    relation.oid = oid;
    relation.kind = kind;
    relation.schema = schema;
    relation.name = name;
    catalog_.relations().Add(relation);
    AddObject(kind == 'v' ? KindId::kView : KindId::kTable,
              {catalog_oid::kClass, oid}, schema, name);
  }
  Object& AddObject(KindId kind, Address address, const std::string& schema,
                    const std::string& name) {
    Object& object = catalog_.Add(kind, address);
    object.schema = schema;
    object.name = name;
    return object;
  }

  absl::Status Select() {
    absl::StatusOr<ObjectSelection> selection = ObjectSelection::Make(
        options_, {"public", "sales"}, {"public"}, catalog_.relations());
    if (!selection.ok()) return selection.status();
    selection->Mark(catalog_);
    return absl::OkStatus();
  }
  bool Defines(Address address) {
    return catalog_.Find(address)->wanted.definition;
  }
  bool DefinesRelation(Oid oid) { return Defines({catalog_oid::kClass, oid}); }

  Catalog catalog_;
  CatalogOptions options_;
};

TEST_F(ObjectSelectionTest, WithoutOptionsEverythingComes) {
  ASSERT_TRUE(Select().ok());
  for (const auto& object : catalog_.objects())
    EXPECT_TRUE(object->wanted.definition) << object->name;
}

TEST_F(ObjectSelectionTest, ASchemaBringsWhatIsInItAndNothingOutside) {
  options_.schemas = {"sales"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(2));
  EXPECT_TRUE(DefinesRelation(3));
  EXPECT_TRUE(Defines({catalog_oid::kProc, 30}));
  EXPECT_TRUE(Defines({catalog_oid::kNamespace, 10}));
  EXPECT_FALSE(DefinesRelation(1));
  EXPECT_FALSE(Defines({catalog_oid::kExtension, 20}));
}

TEST_F(ObjectSelectionTest, AnExclusionWins) {
  options_.schemas = {"*"};
  options_.exclude_schemas = {"s*"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(1));
  EXPECT_FALSE(DefinesRelation(2));
}

TEST_F(ObjectSelectionTest, ATableBringsItsIndexAndDataButNotItsSchema) {
  options_.tables = {"sales.t"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(2));
  EXPECT_TRUE(DefinesRelation(40));
  EXPECT_TRUE(catalog_.Find({catalog_oid::kPseudoTableData, 2})->wanted.data);
  EXPECT_FALSE(DefinesRelation(3));
  EXPECT_FALSE(Defines({catalog_oid::kNamespace, 10}));
  EXPECT_FALSE(Defines({catalog_oid::kProc, 30}));
}

TEST_F(ObjectSelectionTest, ATableWithoutSchemaIsTheVisibleOne) {
  options_.tables = {"t"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(1));
  EXPECT_FALSE(DefinesRelation(2));
}

TEST_F(ObjectSelectionTest, AnOwnedSequenceComesWithItsTableOrByItself) {
  AddRelation(5, 'S', "public", "serial");
  Object& serial = *catalog_.Find({catalog_oid::kClass, 5});
  serial.owner = "somebody";
  serial.parent = {catalog_oid::kClass, 2};
  options_.tables = {"serial"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(5));
  EXPECT_FALSE(DefinesRelation(2));
  options_.tables = {"sales.t"};
  options_.exclude_tables = {"serial"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(5));
}

TEST_F(ObjectSelectionTest, TheSequenceOfAnIdentityIsPartOfItsTable) {
  AddRelation(5, 'S', "public", "identity");
  catalog_.Find({catalog_oid::kClass, 5})->parent = {catalog_oid::kClass, 2};
  options_.tables = {"identity"};
  ASSERT_TRUE(Select().ok());
  EXPECT_FALSE(DefinesRelation(5));
}

TEST_F(ObjectSelectionTest, TablesOutweighSchemas) {
  options_.tables = {"sales.report"};
  options_.schemas = {"public"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(3));
  EXPECT_FALSE(DefinesRelation(1));
}

TEST_F(ObjectSelectionTest, ExcludedDataLeavesTheDefinition) {
  options_.exclude_table_data = {"sales.*"};
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(DefinesRelation(2));
  EXPECT_FALSE(catalog_.Find({catalog_oid::kPseudoTableData, 2})->wanted.data);
}

TEST_F(ObjectSelectionTest, APatternThatMatchesNothingIsAnError) {
  options_.tables = {"nowhere.*"};
  EXPECT_EQ(Select().message(),
            "no matching tables were found for pattern \"nowhere.*\"");
  options_.tables = {"t", "nowhere.*"};
  EXPECT_TRUE(Select().ok());
  options_.strict_names = true;
  EXPECT_FALSE(Select().ok());
}

TEST_F(ObjectSelectionTest, DataOnlyWantsNoDefinition) {
  options_.schema = false;
  ASSERT_TRUE(Select().ok());
  EXPECT_FALSE(DefinesRelation(2));
  EXPECT_TRUE(catalog_.Find({catalog_oid::kPseudoTableData, 2})->wanted.data);
}

TEST_F(ObjectSelectionTest, AMemberOfAnExtensionComesOnlyAsConfigurationData) {
  Object* table = catalog_.Find({catalog_oid::kClass, 1});
  table->extension_member = true;
  ASSERT_TRUE(Select().ok());
  EXPECT_FALSE(table->wanted.definition);
  EXPECT_FALSE(table->wanted.data);
  catalog_.relations().FindMutable(1)->extension_config = true;
  ASSERT_TRUE(Select().ok());
  EXPECT_TRUE(table->wanted.data);
}

}  // namespace
}  // namespace pgbale
