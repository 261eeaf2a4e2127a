// Each codec against the server: what it prints of random values and of edge
// values, and what it sends of them. PGBALE_CODEC_VALUES=1000000 checks as
// many of each type.

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/pg/copy.h"
#include "base/pg/session.h"
#include "format/types/type_codec.h"
#include "format/wire/row_parser.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/type_values.h"

namespace pgbale {
namespace {

// A table of one column.
constexpr uint32_t kAnyWidth[] = {0};

size_t ValuesPerType() {
  const char* const given = std::getenv("PGBALE_CODEC_VALUES");
  size_t values = 0;
  if (given != nullptr && absl::SimpleAtoi(given, &values)) return values;
  return 5000;
}

class TypeCodecPgTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_OK_AND_ASSIGN(
        connection_,
        pg::Connection::Open(TestServer::Get().options("postgres")));
    ASSERT_OK(pg::PrepareDumpSession(*connection_, ""));
    ASSERT_OK(connection_->Execute(
        "SELECT pg_catalog.set_config('client_encoding', 'UTF8', false)"));
  }

  // Stores `values` in a column of `type`.
  absl::Status Store(absl::string_view type,
                     const std::vector<std::string>& values) {
    RETURN_IF_ERROR(
        connection_->Execute("DROP TABLE IF EXISTS pg_temp.values"));
    RETURN_IF_ERROR(connection_->Execute(
        absl::StrCat("CREATE TEMP TABLE values (v ", type, ")")));
    ASSIGN_OR_RETURN(const auto copy, connection_->BeginCopyIn(
                                          "COPY pg_temp.values FROM STDIN"));
    std::string rows;
    for (const std::string& value : values)
      absl::StrAppend(
          &rows,
          absl::StrReplaceAll(
              value,
              {{"\\", "\\\\"}, {"\n", "\\n"}, {"\r", "\\r"}, {"\t", "\\t"}}),
          "\n");
    RETURN_IF_ERROR(copy->Put(AsBytes(rows)));
    return copy->Finish().status();
  }

  absl::StatusOr<RowBatch> Read(WireFormat format) {
    ASSIGN_OR_RETURN(const auto copy,
                     connection_->BeginCopyOut(absl::StrCat(
                         "COPY pg_temp.values TO STDOUT",
                         format == WireFormat::kBinary ? " BINARY" : "")));
    const auto parser = MakeRowParser(format, kAnyWidth);
    RowBatch batch(kAnyWidth);
    while (true) {
      ASSIGN_OR_RETURN(const auto message, copy->Next());
      if (!message.has_value()) break;
      RETURN_IF_ERROR(parser->Parse(*message, batch));
    }
    RETURN_IF_ERROR(parser->Finish());
    return batch;
  }

  // `values` go into the server, and must come out as the codec says.
  void Check(const std::string& type, const std::vector<std::string>& values) {
    SCOPED_TRACE(type);
    const BuiltInType* const built_in = FindBuiltInType(type);
    ASSERT_NE(built_in, nullptr);
    ASSERT_OK(Store(type, values));
    ASSERT_OK_AND_ASSIGN(const RowBatch texts, Read(WireFormat::kText));
    ASSERT_OK_AND_ASSIGN(const RowBatch binaries, Read(WireFormat::kBinary));
    ASSERT_EQ(texts.rows(), values.size());
    ASSERT_EQ(binaries.rows(), values.size());
    RowCursor text(texts), binary(binaries);
    int wrong = 0;
    for (size_t i = 0; text.Next() && binary.Next() && wrong < 5; ++i)
      if (!Agree(*built_in, AsText(text.value(0)), binary.value(0), values[i]))
        ++wrong;
  }

  static bool Agree(const BuiltInType& type, absl::string_view text,
                    Bytes binary, const std::string& input) {
    std::string printed;
    Buffer parsed;
    const bool prints = type.codec->ToText(binary, printed);
    const bool parses = type.codec->FromText(text, parsed);
    EXPECT_TRUE(prints && printed == text)
        << input << ": the server prints " << text << ", the codec "
        << (prints ? printed : "nothing");
    EXPECT_TRUE(parses && Bytes(parsed) == binary)
        << input << ": the server sends "
        << absl::BytesToHexString(AsText(binary)) << ", the codec makes "
        << (parses ? absl::BytesToHexString(AsText(parsed)) : "nothing")
        << " of " << text;
    EXPECT_TRUE(type.width == 0 || type.width == binary.size());
    return prints && printed == text && parses && Bytes(parsed) == binary;
  }

  template <typename Make>
  void CheckRandom(const std::string& type, std::vector<std::string> values,
                   size_t count, const Make& make) {
    while (values.size() < count) values.push_back(make());
    Check(type, values);
  }

  void CheckScalars(size_t first, size_t last) {
    Random random;
    for (size_t i = first; i < std::min(last, ScalarValues().size()); ++i) {
      const TypeValues& values = ScalarValues()[i];
      CheckRandom(std::string(values.type), values.edges, ValuesPerType(),
                  [&] { return values.make(random); });
    }
  }

  void CheckArrays(const std::vector<TypeValues>& types) {
    Random random;
    for (const TypeValues& elements : types)
      CheckRandom(absl::StrCat(elements.type, "[]"), {"{}", "{NULL}"},
                  ValuesPerType() / 10,
                  [&] { return MakeArray(elements, random); });
  }

  std::unique_ptr<pg::Connection> connection_;
};

// Two tests, for two can run at a time.
TEST_F(TypeCodecPgTest, ScalarsAreAsTheServerPrintsAndSendsThem) {
  CheckScalars(0, 20);
}
TEST_F(TypeCodecPgTest, MoreScalarsAreAsTheServerPrintsAndSendsThem) {
  CheckScalars(20, SIZE_MAX);
}

TEST_F(TypeCodecPgTest, RangesAreAsTheServerPrintsAndSendsThem) {
  Random random;
  for (const TypeValues& ranges : RangeValues())
    CheckRandom(std::string(ranges.type), ranges.edges, ValuesPerType() / 5,
                [&] { return ranges.make(random); });
}

TEST_F(TypeCodecPgTest, MultirangesAreAsTheServerPrintsAndSendsThem) {
  Random random;
  for (const TypeValues& ranges : RangeValues())
    CheckRandom(absl::StrReplaceAll(ranges.type, {{"range", "multirange"}}),
                {"{}", "{(,)}"}, ValuesPerType() / 5,
                [&] { return MakeMultirange(ranges, random); });
}

TEST_F(TypeCodecPgTest, ArraysAreAsTheServerPrintsAndSendsThem) {
  CheckArrays(ScalarValues());
  CheckArrays(RangeValues());
}

TEST_F(TypeCodecPgTest, NamesOidsAndWidthsAreThoseOfTheServer) {
  ASSERT_OK_AND_ASSIGN(
      const pg::Result types,
      connection_->Query("SELECT t.oid, pg_catalog.format_type(t.oid, NULL), "
                         "t.typname, t.typlen FROM pg_catalog.pg_type t"));
  int known = 0;
  for (const pg::Row row : types) {
    const BuiltInType* const type = FindBuiltInType(row.oid(0));
    EXPECT_EQ(FindBuiltInType(row.text(1)), type) << row.text(1);
    if (type == nullptr) continue;
    ++known;
    const int64_t length = row.text(2) == "name" ? 0 : row.integer(3);
    EXPECT_EQ(type->width, std::max<int64_t>(length, 0)) << row.text(1);
  }
  EXPECT_EQ(known, 2 * (ScalarValues().size() + 2 * RangeValues().size()));
}

}  // namespace
}  // namespace pgbale
