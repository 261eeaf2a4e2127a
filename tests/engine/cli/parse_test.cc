#include "engine/cli/parse.h"

#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<Arguments> ParseDump(const std::vector<std::string>& words) {
  return ParseArguments(kDumpCommand, words);
}

TEST(Parse, LettersAndNamesMeanTheSame) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"-f", "x.bale", "-j", "4"},
           {"-fx.bale", "-j4"},
           {"--file=x.bale", "--jobs=4"},
           {"--file", "x.bale", "--jobs", "4"}}) {
    ASSERT_OK_AND_ASSIGN(const Arguments arguments, ParseDump(words));
    EXPECT_EQ(arguments.file, "x.bale");
    EXPECT_EQ(arguments.jobs, 4);
  }
}

TEST(Parse, OptionsMayFollowPositionalArguments) {
  ASSERT_OK_AND_ASSIGN(const Arguments arguments,
                       ParseDump({"shop", "-s", "-n", "a"}));
  EXPECT_THAT(arguments.positional, ElementsAre("shop"));
  EXPECT_TRUE(arguments.schema_only);
}

TEST(Parse, DoubleDashEndsOptions) {
  ASSERT_OK_AND_ASSIGN(const Arguments arguments, ParseDump({"--", "-s"}));
  EXPECT_THAT(arguments.positional, ElementsAre("-s"));
}

TEST(Parse, PatternsAddUp) {
  ASSERT_OK_AND_ASSIGN(
      const Arguments arguments,
      ParseDump({"-t", "a", "--table=b.*", "-T", "c", "-n", "d", "-N", "e",
                 "-e", "f", "--exclude-table-data", "g"}));
  EXPECT_THAT(arguments.tables, ElementsAre("a", "b.*"));
  EXPECT_THAT(arguments.exclude_tables, ElementsAre("c"));
  EXPECT_THAT(arguments.schemas, ElementsAre("d"));
  EXPECT_THAT(arguments.exclude_schemas, ElementsAre("e"));
  EXPECT_THAT(arguments.extensions, ElementsAre("f"));
  EXPECT_THAT(arguments.exclude_table_data, ElementsAre("g"));
}

TEST(Parse, NamesMayBeAbbreviated) {
  ASSERT_OK_AND_ASSIGN(const Arguments arguments,
                       ParseDump({"--schema-o", "--user=me"}));
  EXPECT_TRUE(arguments.schema_only);
  EXPECT_EQ(arguments.connection.user, "me");
}

TEST(Parse, AmbiguousAbbreviationIsAUsageError) {
  EXPECT_THAT(ParseDump({"--no"}),
              StatusMessageHas("option \"--no\" is unknown or ambiguous"));
}

TEST(Parse, UnknownOptionIsNamed) {
  EXPECT_THAT(ParseDump({"--foo"}), FailsWith(Failure::kUsage));
  EXPECT_THAT(ParseDump({"--foo=1"}), StatusMessageHas("--foo"));
  EXPECT_THAT(ParseDump({"-sQ"}), StatusMessageHas("\"-Q\""));
}

TEST(Parse, MissingAndSuperfluousArgumentsAreUsageErrors) {
  EXPECT_THAT(ParseDump({"-j"}),
              StatusMessageHas("option -j/--jobs needs an argument"));
  EXPECT_THAT(ParseDump({"--memory"}),
              StatusMessageHas("option --memory needs an argument"));
  EXPECT_THAT(ParseDump({"--json=1"}), StatusMessageHas("takes no argument"));
}

TEST(Parse, BadValueNamesItsOption) {
  EXPECT_THAT(ParseDump({"-j", "many"}),
              StatusMessageHas("option -j/--jobs: \"many\""));
  EXPECT_THAT(ParseDump({"--memory=lots"}), FailsWith(Failure::kUsage));
}

TEST(Parse, ALetterMeansWhatItsCommandSays) {
  ASSERT_OK_AND_ASSIGN(const Arguments dump, ParseDump({"-e", "hstore"}));
  EXPECT_THAT(dump.extensions, ElementsAre("hstore"));
  ASSERT_OK_AND_ASSIGN(const Arguments restore,
                       ParseArguments(kRestoreCommand, {"-e", "x.bale"}));
  EXPECT_THAT(restore.positional, ElementsAre("x.bale"));
}

TEST(Parse, PositionalArgumentsAreCounted) {
  EXPECT_THAT(ParseDump({"a", "b"}), StatusMessageHas("the first is \"b\""));
  EXPECT_THAT(ParseArguments(kRestoreCommand, {}),
              StatusMessageHas("an argument is missing"));
  EXPECT_OK(ParseArguments(kRestoreCommand, {"--help"}));
}

TEST(Parse, StartsAfreshEachTime) {
  ASSERT_OK(ParseDump({"-s", "-v"}));
  ASSERT_OK_AND_ASSIGN(const Arguments arguments, ParseDump({"-v"}));
  EXPECT_FALSE(arguments.schema_only);
  EXPECT_TRUE(arguments.verbose);
}

TEST(Parse, RestoreTakesPgRestoresOptions) {
  ASSERT_OK_AND_ASSIGN(
      const Arguments arguments,
      ParseArguments(kRestoreCommand,
                     {"-Cc", "--if-exists", "-O", "-x", "-1", "--no-tablesp",
                      "--section=data", "--on-error=continue", "-d", "shop",
                      "-h", "db1", "-p", "5433", "-U", "me", "-w", "a.bale"}));
  EXPECT_TRUE(arguments.create && arguments.clean && arguments.if_exists);
  EXPECT_TRUE(arguments.no_owner && arguments.no_privileges);
  EXPECT_TRUE(arguments.single_transaction && arguments.no_tablespaces);
  EXPECT_TRUE(arguments.continue_on_error && arguments.never_ask_password);
  EXPECT_THAT(arguments.sections, ElementsAre("data"));
  EXPECT_EQ(arguments.connection.dbname, "shop");
  EXPECT_EQ(arguments.connection.host, "db1");
  EXPECT_EQ(arguments.connection.port, "5433");
}

}  // namespace
}  // namespace pgbale
