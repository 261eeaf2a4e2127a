#include "engine/dump/wire_choice.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using testing::HasSubstr;

constexpr uint32_t kCheapInText = 1, kDearInText = 2, kAlike = 3, kVaries = 4,
                   kUnknown = 99;

constexpr WireCost kCosts[] = {
    {0, "row", 0, 10, 10, 0, 0},
    {kCheapInText, "cheap", 4, 20, 50, 20, 50},
    {kDearInText, "dear", 4, 100, 30, 60, 20},
    {kAlike, "alike", 4, 46, 50, 46, 50},
    {kVaries, "varies", 8, 10, 50, 10, 50},
    {kVaries, "varies", 200, 300, 100, 300, 100},
};

TableData Table(const std::vector<uint32_t>& types) {
  TableData data;
  data.format = WireFormat::kBinary;
  for (const uint32_t type : types)
    data.columns.push_back({"c", "sometype", 4, type});
  return data;
}

WireChoice Choose(const TableData& data,
                  DataFormat wanted = DataFormat::kAuto) {
  return ChooseWireFormat(data, "", wanted, kCosts);
}

TEST(WireChoice, BinaryIsTakenWhereItIsCheaper) {
  const WireChoice choice = Choose(Table({kDearInText, kDearInText}));
  EXPECT_EQ(choice.format, WireFormat::kBinary);
  EXPECT_EQ(choice.reason, "about 110 ns a row, 330 in text");
}

TEST(WireChoice, TextIsTakenWhereItIsCheaperByATenth) {
  EXPECT_EQ(Choose(Table({kCheapInText})).format, WireFormat::kText);
  EXPECT_EQ(Choose(Table({kCheapInText, kAlike})).format, WireFormat::kText);
}

TEST(WireChoice, BinaryIsTakenWhereTextSavesLess) {
  EXPECT_EQ(Choose(Table({kAlike, kAlike})).format, WireFormat::kBinary);
}

TEST(WireChoice, AllColumnsCount) {
  EXPECT_EQ(Choose(Table({kCheapInText, kDearInText})).format,
            WireFormat::kBinary);
}

TEST(WireChoice, TextMustBeCheaperForLongValuesToo) {
  EXPECT_EQ(Choose(Table({kVaries})).format, WireFormat::kBinary);
}

TEST(WireChoice, BinaryIsTakenWhereCostsAreNotKnown) {
  const WireChoice choice = Choose(Table({kCheapInText, kUnknown}));
  EXPECT_EQ(choice.format, WireFormat::kBinary);
  EXPECT_THAT(choice.reason, HasSubstr("sometype"));
  EXPECT_EQ(Choose(Table({0})).format, WireFormat::kBinary);
}

TEST(WireChoice, TheUserOverridesCosts) {
  EXPECT_EQ(Choose(Table({kDearInText}), DataFormat::kText).format,
            WireFormat::kText);
  EXPECT_EQ(Choose(Table({kCheapInText}), DataFormat::kBinary).format,
            WireFormat::kBinary);
}

TEST(WireChoice, NobodyOverridesWhatIsNotPortable) {
  TableData data = Table({kDearInText});
  data.format = WireFormat::kText;
  const WireChoice choice =
      ChooseWireFormat(data, "re\nl", DataFormat::kBinary, kCosts);
  EXPECT_EQ(choice.format, WireFormat::kText);
  EXPECT_THAT(choice.reason, HasSubstr("column \"re?l\""));
}

CatalogDump Catalog(const TableData& data) {
  CatalogDump catalog;
  catalog.entries.resize(1);
  catalog.entries[0].id = 1;
  catalog.entries[0].data = data;
  catalog.sources.emplace_back().entry_id = 1;
  return catalog;
}

TEST(WireChoice, ValuesOfTextHaveNoWidth) {
  CatalogDump catalog = Catalog(Table({kDearInText}));
  ChooseWireFormats(DataFormat::kText, catalog);
  EXPECT_EQ(catalog.entries[0].data->format, WireFormat::kText);
  EXPECT_EQ(catalog.entries[0].data->columns[0].width, 0u);
  EXPECT_EQ(catalog.entries[0].data->columns[0].type_oid, kDearInText);
}

TEST(WireChoice, LargeObjectsStayInBinary) {
  TableData data = Table({kDearInText});
  data.target = DataTarget::kLargeObjects;
  CatalogDump catalog = Catalog(data);
  ChooseWireFormats(DataFormat::kText, catalog);
  EXPECT_EQ(catalog.entries[0].data->format, WireFormat::kBinary);
  EXPECT_EQ(catalog.entries[0].data->columns[0].width, 4u);
}

// A type is found by its oid, whose rows must therefore stand together.
TEST(WireChoice, MeasuredCostsAreOfEveryTypeOnce) {
  const absl::Span<const WireCost> costs = WireCosts();
  ASSERT_FALSE(costs.empty());
  EXPECT_EQ(costs[0].type_oid, 0u);
  for (size_t i = 1; i < costs.size(); ++i) {
    size_t rows = 0;
    for (const WireCost& other : costs)
      rows += other.type_oid == costs[i].type_oid;
    EXPECT_LE(rows, 2u) << costs[i].type;
    EXPECT_GT(costs[i].server_text + costs[i].client_text, 0) << costs[i].type;
    EXPECT_GT(costs[i].server_binary + costs[i].client_binary, 0)
        << costs[i].type;
    if (costs[i - 1].type_oid == costs[i].type_oid) {
      EXPECT_GT(costs[i].octets, costs[i - 1].octets) << costs[i].type;
    }
  }
}

}  // namespace
}  // namespace pgbale
