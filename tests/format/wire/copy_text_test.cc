#include "format/wire/copy_text.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

absl::StatusOr<RowBatch> ParseText(const Widths& widths,
                                   absl::string_view stream,
                                   size_t piece = SIZE_MAX) {
  RowBatch batch(widths);
  TextRowParser parser(widths);
  while (!stream.empty()) {
    RETURN_IF_ERROR(parser.Parse(AsBytes(stream.substr(0, piece)), batch));
    stream.remove_prefix(std::min(piece, stream.size()));
  }
  RETURN_IF_ERROR(parser.Finish());
  return batch;
}

// The one value of a stream of one row and column.
Value ParseValue(absl::string_view text) {
  const absl::StatusOr<RowBatch> batch =
      ParseText({0}, absl::StrCat(text, "\n"));
  EXPECT_OK(batch);
  return batch.ok() ? RowsOf(*batch).at(0).at(0) : Value();
}

std::string WriteText(const Widths& widths, const std::vector<Row>& rows) {
  const RowBatch batch = BatchOf(widths, rows);
  Buffer stream;
  TextRowWriter writer;
  writer.Begin(stream);
  RowCursor cursor(batch);
  while (cursor.Next()) writer.Write(cursor, widths.size(), stream);
  writer.End(stream);
  return ToString(stream);
}

TEST(CopyText, TabsSeparateColumnsAndNewlinesRows) {
  ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                       ParseText({0, 0}, "a\tb\n\t\n\\N\t\\N\n"));
  EXPECT_THAT(RowsOf(batch),
              ElementsAre(Row{"a", "b"}, Row{"", ""}, Row{kNull, kNull}));
}

TEST(CopyText, NullIsDistinctFromItsText) {
  EXPECT_EQ(ParseValue("\\N"), Value());
  EXPECT_EQ(ParseValue("\\\\N"), Value("\\N"));
  EXPECT_EQ(ParseValue("\\Nx"), Value("Nx"));
  EXPECT_EQ(ParseValue(""), Value(""));
}

TEST(CopyText, EscapesOfOneLetterAreUndone) {
  EXPECT_EQ(ParseValue("\\b\\f\\n\\r\\t\\v\\\\"), Value("\b\f\n\r\t\v\\"));
}

TEST(CopyText, OctalEscapesHaveOneToThreeDigits) {
  EXPECT_EQ(ParseValue("\\1|\\12|\\123|\\1234|\\18"),
            Value("\1|\12|\123|\1234|\0018"));
  EXPECT_EQ(ParseValue("\\777"), Value("\377"));
}

TEST(CopyText, HexEscapesHaveOneOrTwoDigits) {
  EXPECT_EQ(ParseValue("\\x4|\\x4a|\\x4A5|\\xg|\\x"), Value("\x04|J|J5|xg|x"));
}

TEST(CopyText, AnyOtherEscapedOctetStandsForItself) {
  EXPECT_EQ(ParseValue("\\a\\.\\8\\\"\\\r"), Value("a.8\"\r"));
}

TEST(CopyText, AnEscapedTabOrNewlineIsData) {
  EXPECT_EQ(ParseValue("a\\\tb\\\nc"), Value("a\tb\nc"));
  EXPECT_EQ(ParseValue("a\\\\\\\nc"), Value("a\\\nc"));
}

TEST(CopyText, ATabBehindAnEscapedBackslashSeparates) {
  ASSERT_OK_AND_ASSIGN(const RowBatch batch, ParseText({0, 0}, "a\\\\\tb\n"));
  EXPECT_THAT(RowsOf(batch), ElementsAre(Row{"a\\", "b"}));
}

TEST(CopyText, TheEndMarkEndsTheStream) {
  EXPECT_OK(ParseText({0}, "a\n\\.\n"));
  EXPECT_THAT(ParseText({0}, "a\n\\.\nb\n"),
              StatusMessageHas("follow the end of the stream"));
}

TEST(CopyText, ARowCutOffIsAnError) {
  EXPECT_THAT(ParseText({0}, "a\nb"),
              StatusMessageHas("row 2 of the stream: the stream ends inside"));
}

TEST(CopyText, ACarriageReturnMustBeEscaped) {
  EXPECT_THAT(ParseText({0}, "a\r\n"), StatusMessageHas("carriage return"));
}

TEST(CopyText, AnotherNumberOfColumnsIsAnError) {
  EXPECT_THAT(ParseText({0, 0}, "a\n"), StatusMessageHas("less than 2"));
  EXPECT_THAT(ParseText({0, 0}, "a\tb\tc\n"), StatusMessageHas("more than 2"));
  EXPECT_THAT(ParseText({}, "a\n"), FailsWith(Failure::kError));
}

TEST(CopyText, AnotherWidthIsAnErrorThatNamesTheColumn) {
  EXPECT_THAT(
      ParseText({0, 2}, "a\tb\n"),
      StatusMessageHas("column 2 has a value of 1 octets instead of 2"));
}

TEST(CopyText, ATableWithoutColumnsHasAnEmptyLineForEachRow) {
  ASSERT_OK_AND_ASSIGN(const RowBatch batch, ParseText({}, "\n\n\n"));
  EXPECT_EQ(batch.rows(), 3u);
  EXPECT_EQ(WriteText({}, {Row(), Row()}), "\n\n");
}

TEST(CopyText, RawBytesAreThoseOfTheLines) {
  ASSERT_OK_AND_ASSIGN(const RowBatch batch, ParseText({0}, "a\\n\n\\N\n"));
  EXPECT_EQ(batch.raw_bytes(), 7u);
}

TEST(CopyText, TheDigestIsOfTheValuesNotOfTheirEscapes) {
  ASSERT_OK_AND_ASSIGN(const RowBatch batch, ParseText({0, 0}, "\\x41\t\\N\n"));
  EXPECT_EQ(batch.digest(), BatchOf({0, 0}, {{"A", kNull}}).digest());
}

TEST(CopyText, WhatIsWrittenIsWhatTheServerWrites) {
  EXPECT_EQ(WriteText({0, 0}, {{"a\b\f\n\r\t\v\\b\1", kNull}, {"", "\\N"}}),
            "a\\b\\f\\n\\r\\t\\v\\\\b\1\t\\N\n\t\\\\N\n");
}

TEST(CopyText, RowsSurviveSplitsAtEveryOctet) {
  const std::vector<Row> rows = {{"a\tb", kNull},
                                 {"\\", "\\."},
                                 {"\n\n", "\r"},
                                 {"", std::string(99, '\\')}};
  const std::string stream = WriteText({0, 0}, rows);
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                         ParseText({0, 0}, stream, piece));
    EXPECT_THAT(RowsOf(batch), ElementsAreArray(rows)) << piece;
    EXPECT_EQ(batch.digest(), BatchOf({0, 0}, rows).digest());
  }
}

TEST(CopyText, EscapedNewlinesSurviveSplitsAtEveryOctet) {
  const std::string stream = "a\\\nb\\\\\nc\n";
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch, ParseText({0}, stream, piece));
    EXPECT_THAT(RowsOf(batch), ElementsAre(Row{"a\nb\\"}, Row{"c"})) << piece;
  }
}

TEST(CopyText, RandomRowsSurvive) {
  Random random;
  const Widths widths = {0, 0, 0};
  const std::vector<Row> rows = RandomRows(random, widths, 500);
  ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                       ParseText(widths, WriteText(widths, rows), 777));
  EXPECT_THAT(RowsOf(batch), ElementsAreArray(rows));
}

}  // namespace
}  // namespace pgbale
