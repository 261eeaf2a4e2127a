#include "engine/cluster/archive_names.h"

#include <string>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(ArchiveName, OfAPlainNameIsTheName) {
  EXPECT_EQ(ArchiveNameOf("shop_2-old"), "shop_2-old.bale");
}

TEST(ArchiveName, NothingLeavesTheFolder) {
  EXPECT_EQ(ArchiveNameOf(".."), "%2E%2E.bale");
  EXPECT_EQ(ArchiveNameOf("../a/b"), "%2E%2E%2Fa%2Fb.bale");
}

TEST(ArchiveName, OddOctetsArePercentEncoded) {
  EXPECT_EQ(ArchiveNameOf("a b%\n\"ü"), "a%20b%25%0A%22%C3%BC.bale");
}

TEST(ArchiveName, CapitalsDifferWhereFileNamesDoNot) {
  EXPECT_EQ(ArchiveNameOf("Shop"), "%53hop.bale");
}

TEST(ArchiveName, ADatabaseNamedGlobalsIsNotTheGlobals) {
  EXPECT_EQ(ArchiveNameOf("globals"), "%67lobals.bale");
  EXPECT_NE(ArchiveNameOf("globals"), kGlobalsArchive);
}

// With ".partial" behind it while it is written.
TEST(ArchiveName, OfTheLongestNameFitsAFileSystem) {
  EXPECT_LE(ArchiveNameOf(std::string(63, ' ')).size() + 8, 255u);
}

}  // namespace
}  // namespace pgbale
