// --data-format against a server: whatever form rows are read in, what is
// restored is the same.

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/io/file.h"
#include "format/archive_reader.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kTables[] =
    "CREATE TABLE things (i integer, b boolean, n numeric, f float8, d date,"
    " t timestamptz, u uuid, o bytea, s text, j jsonb, a integer[]);"
    "INSERT INTO things SELECT n, n % 3 = 0, n / 7.0, n / 3.0::float8,"
    " date '2024-01-01' + n, timestamptz '2024-01-01 UTC' + n * interval '1 s',"
    " md5(n::text)::uuid, sha256(n::text::bytea), E'a\\tb\\\\n' || n,"
    " jsonb_build_object('n', n), ARRAY[n, NULL] FROM generate_series(1, 999) "
    "n;"
    "INSERT INTO things VALUES (NULL, NULL, 'NaN', '-0', 'infinity');"
    "CREATE TABLE relations (r regclass, n integer);"
    "INSERT INTO relations VALUES ('things', 1), (NULL, 2);"
    "CREATE TABLE empty (); INSERT INTO empty DEFAULT VALUES;"
    "SELECT lo_from_bytea(0, 'large object');";

class DataFormatTest : public ServerTest {
 protected:
  void SetUp() override { source_.Execute(kTables); }

  Words Option(const std::string& format) {
    return {"-j", "2", absl::StrCat("--data-format=", format)};
  }

  // The form of each table in a dump; large objects are "BLOBS".
  std::map<std::string, WireFormat> FormsOf(const std::string& format) {
    const std::string bale = dir_.File(format + ".bale");
    EXPECT_TRUE(DumpAndVerify(source_, bale, Option(format)));
    auto source = OpenFileSource(bale);
    EXPECT_OK(source);
    auto archive = ArchiveReader::Open(*std::move(source));
    EXPECT_OK(archive);
    std::map<std::string, WireFormat> forms;
    for (const Entry& entry : (*archive)->entries()) {
      if (!entry.data.has_value()) continue;
      const bool table = entry.data->target == DataTarget::kRelation;
      forms[table ? entry.name : "BLOBS"] = entry.data->format;
    }
    return forms;
  }

  TestDatabase source_;
  TempDir dir_;
};

TEST_F(DataFormatTest, RestoresAreEqualWhateverTheForm) {
  for (const char* format : {"auto", "binary", "text"})
    EXPECT_TRUE(RoundTrip(source_, {.dump = Option(format)})) << format;
}

TEST_F(DataFormatTest, TextReadsAllTablesInText) {
  const std::map<std::string, WireFormat> expected = {
      {"things", WireFormat::kText},
      {"relations", WireFormat::kText},
      {"empty", WireFormat::kText},
      {"BLOBS", WireFormat::kBinary}};
  EXPECT_EQ(FormsOf("text"), expected);
}

TEST_F(DataFormatTest, BinaryReadsAllTablesInBinaryThatCanBe) {
  for (const char* format : {"auto", "binary"}) {
    const std::map<std::string, WireFormat> forms = FormsOf(format);
    EXPECT_EQ(forms.at("things"), WireFormat::kBinary) << format;
    EXPECT_EQ(forms.at("relations"), WireFormat::kText) << format;
    EXPECT_EQ(forms.at("BLOBS"), WireFormat::kBinary) << format;
  }
}

TEST_F(DataFormatTest, VerboseTellsTheFormAndWhy) {
  const std::string bale = dir_.File("v.bale");
  const CommandResult result =
      RunPgbale(source_, {"dump", "--verbose", "-f", bale});
  EXPECT_THAT(result.err, HasSubstr("\"public.things\": rows in binary: "));
  EXPECT_THAT(result.err, HasSubstr("\"public.relations\": rows in text: "
                                    "the binary form of column \"r\""));
}

TEST_F(DataFormatTest, OtherFormsAreAUsageError) {
  const CommandResult result = RunPgbale(
      source_, {"dump", "--data-format=csv", "-f", dir_.File("x.bale")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("\"csv\" is not auto, binary or text"));
}

}  // namespace
}  // namespace pgbale
