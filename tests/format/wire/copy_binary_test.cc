#include "format/wire/copy_binary.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// The stream of `rows`.
Buffer StreamOf(const Widths& widths, const std::vector<Row>& rows) {
  const RowBatch batch = BatchOf(widths, rows);
  Buffer stream;
  BinaryRowWriter writer;
  writer.Begin(stream);
  RowCursor cursor(batch);
  while (cursor.Next()) writer.Write(cursor, widths.size(), stream);
  writer.End(stream);
  return stream;
}

// Parses `stream` in pieces of `piece` octets.
absl::StatusOr<RowBatch> ParseStream(const Widths& widths, Bytes stream,
                                     size_t piece = SIZE_MAX) {
  RowBatch batch(widths);
  BinaryRowParser parser(widths);
  while (!stream.empty()) {
    RETURN_IF_ERROR(parser.Parse(stream.subspan(0, piece), batch));
    stream.remove_prefix(std::min(piece, stream.size()));
  }
  RETURN_IF_ERROR(parser.Finish());
  return batch;
}

const Widths kWidths = {4, 0, 2};
const std::vector<Row> kRows = {{Octets(1), "one", Octets(int16_t{7})},
                                {Octets(2), "", kNull},
                                {kNull, kNull, kNull},
                                {Octets(4), std::string(300, 'x'), kNull}};

TEST(CopyBinary, TheStreamIsAsPostgresqlDocumentsIt) {
  const std::string expected =
      std::string("PGCOPY\n\377\r\n\0", 11) +               // signature
      std::string("\0\0\0\0\0\0\0\0", 8) +                  // flags, extension
      std::string("\0\2\0\0\0\3abc\377\377\377\377", 13) +  // "abc", NULL
      std::string("\377\377", 2);                           // trailer
  EXPECT_EQ(ToString(StreamOf({0, 0}, {{"abc", kNull}})), expected);
}

TEST(CopyBinary, RowsSurviveSplitsAtEveryOctet) {
  const Buffer stream = StreamOf(kWidths, kRows);
  const RowBatch whole = BatchOf(kWidths, kRows);
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                         ParseStream(kWidths, stream, piece));
    EXPECT_THAT(RowsOf(batch), ElementsAreArray(kRows)) << piece;
    EXPECT_EQ(batch.digest(), whole.digest());
    EXPECT_EQ(batch.raw_bytes(), whole.raw_bytes());
  }
}

TEST(CopyBinary, RandomRowsSurvive) {
  Random random;
  const Widths widths = {0, 1, 2, 4, 8, 16, 12};
  const std::vector<Row> rows = RandomRows(random, widths, 500);
  for (const size_t piece : {size_t{999}, size_t{32} << 10, SIZE_MAX}) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                         ParseStream(widths, StreamOf(widths, rows), piece));
    EXPECT_THAT(RowsOf(batch), ElementsAreArray(rows));
    EXPECT_EQ(batch.digest(), BatchOf(widths, rows).digest());
  }
}

TEST(CopyBinary, ErrorsAmongManyRowsNameTheRow) {
  const std::vector<Row> rows(200, {"abc"});
  constexpr size_t kHeader = 19, kRow = 2 + 4 + 3;
  for (const size_t row : {1, 63, 64, 65, 128, 200}) {
    Buffer stream = StreamOf({0}, rows);
    StoreBig(stream.data() + kHeader + (row - 1) * kRow + 2, int32_t{-2});
    RowBatch batch(Widths{0});
    BinaryRowParser parser(Widths{0});
    EXPECT_THAT(parser.Parse(stream, batch),
                StatusMessageHas(absl::StrCat("row ", row, " of the stream")));
    EXPECT_EQ(batch.rows(), row - 1);
    EXPECT_EQ(batch.columns()[0].rows(), row - 1);
  }
}

// An array of one dimension, of integers and NULLs, that says `flag`.
std::string ArrayOf(uint32_t flag, const std::vector<Value>& elements) {
  std::string array =
      Octets(uint32_t{1}) + Octets(flag) + Octets(uint32_t{23}) +
      Octets(static_cast<uint32_t>(elements.size())) + Octets(uint32_t{1});
  for (const Value& element : elements)
    array += element.has_value() ? Octets(uint32_t{4}) + *element
                                 : Octets(int32_t{-1});
  return array;
}

TEST(CopyBinary, AnArrayClaimsOnlyTheNullsThatItHas) {
  const std::string claims = ArrayOf(1, {Octets(1), Octets(2)});
  const std::string is_true = ArrayOf(0, {Octets(1), Octets(2)});
  const std::string has = ArrayOf(1, {Octets(1), kNull});
  const std::vector<Row> rows = {{"a", claims, "", claims, claims},
                                 {kNull, has, kNull, kNull, claims},
                                 {"", is_true, claims, claims, kNull}};
  const std::vector<Row> expected = {{"a", is_true, "", is_true, claims},
                                     {kNull, has, kNull, kNull, claims},
                                     {"", is_true, claims, is_true, kNull}};
  const Widths widths(5, 0);
  const Buffer stream = StreamOf(widths, rows);
  for (size_t piece = 1; piece <= stream.size(); piece += 7) {
    RowBatch batch(widths);
    BinaryRowParser parser(widths, {1, 3});
    for (Bytes rest = stream; !rest.empty();
         rest.remove_prefix(std::min(piece, rest.size())))
      ASSERT_OK(parser.Parse(rest.subspan(0, piece), batch));
    ASSERT_OK(parser.Finish());
    EXPECT_THAT(RowsOf(batch), ElementsAreArray(expected)) << piece;
    EXPECT_EQ(batch.digest(), BatchOf(widths, expected).digest());
  }
}

TEST(CopyBinary, WhatIsNoArrayStaysAsItIs) {
  const std::string array = ArrayOf(1, {Octets(1), Octets(2)});
  for (size_t octets = 0; octets < array.size(); ++octets) {
    const std::string cut = array.substr(0, octets);
    RowBatch batch(Widths{0});
    BinaryRowParser parser(Widths{0}, {0});
    ASSERT_OK(parser.Parse(StreamOf({0}, {{cut}}), batch));
    // Without its last element it is one of fewer.
    if (octets != 20 && octets != 28) {
      EXPECT_EQ(RowsOf(batch)[0][0], cut) << octets;
    }
  }
}

TEST(CopyBinary, ATableWithoutColumnsHasRows) {
  const Buffer stream = StreamOf({}, {Row(), Row(), Row()});
  ASSERT_OK_AND_ASSIGN(const RowBatch batch, ParseStream({}, stream, 1));
  EXPECT_EQ(batch.rows(), 3u);
  EXPECT_EQ(batch.raw_bytes(), 6u);
}

TEST(CopyBinary, AnUnfinishedStreamIsAnError) {
  const Buffer stream = StreamOf(kWidths, kRows);
  for (size_t octets = 0; octets < stream.size(); ++octets)
    EXPECT_FALSE(ParseStream(kWidths, Bytes(stream).first(octets)).ok());
}

TEST(CopyBinary, OctetsBehindTheTrailerAreAnError) {
  Buffer stream = StreamOf(kWidths, kRows);
  stream.push_back(0);
  for (const size_t piece : {size_t{1}, stream.size() - 1, stream.size()}) {
    EXPECT_THAT(ParseStream(kWidths, stream, piece),
                StatusMessageHas("follow the trailer"));
  }
}

TEST(CopyBinary, AHeaderExtensionIsSkipped) {
  Buffer stream = StreamOf({0}, {{"a"}});
  stream[18] = 3;
  stream.insert(stream.begin() + 19, 3, 'x');
  for (const size_t piece : {size_t{1}, stream.size()}) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch, ParseStream({0}, stream, piece));
    EXPECT_EQ(batch.rows(), 1u);
  }
}

// What the parser says of a stream of one text column after `change`.
absl::Status ErrorOf(const Widths& widths, void (*change)(Buffer&)) {
  Buffer stream = StreamOf({0, 0}, {{"abc", "d"}});
  change(stream);
  return ParseStream(widths, stream).status();
}

TEST(CopyBinary, AnotherFormIsAnError) {
  EXPECT_THAT(ErrorOf({0, 0}, [](Buffer& stream) { stream[10] = 1; }),
              StatusMessageHas("not in COPY's binary form"));
}

TEST(CopyBinary, CriticalFlagsAreAnErrorAndOthersAreNot) {
  EXPECT_THAT(ErrorOf({0, 0}, [](Buffer& stream) { stream[12] = 1; }),
              StatusMessageHas("unknown flags 0x00010000"));
  EXPECT_OK(ErrorOf({0, 0}, [](Buffer& stream) { stream[14] = 1; }));
}

TEST(CopyBinary, AnotherNumberOfColumnsIsAnError) {
  EXPECT_THAT(ErrorOf({0}, [](Buffer&) {}),
              StatusMessageHas("row 1 of the stream: there are 2 columns "
                               "instead of 1"));
}

TEST(CopyBinary, AnotherWidthIsAnErrorThatNamesTheColumn) {
  EXPECT_THAT(
      ErrorOf({0, 4}, [](Buffer&) {}),
      StatusMessageHas("column 2 has a value of 1 octets instead of 4"));
}

TEST(CopyBinary, ANegativeLengthIsAnErrorThatNamesTheColumn) {
  EXPECT_THAT(ErrorOf({0, 0},
                      [](Buffer& stream) {
                        StoreBig(stream.data() + 21, int32_t{-2});
                      }),
              StatusMessageHas("column 1 has a value of -2 octets"));
}

TEST(CopyBinary, AnImpossibleLengthIsAnErrorAtOnce) {
  EXPECT_THAT(ErrorOf({0, 0},
                      [](Buffer& stream) {
                        StoreBig(stream.data() + 21, int32_t{0x7fffffff});
                      }),
              StatusMessageHas("longer than a message can be"));
}

TEST(CopyBinary, AfterAnErrorTheBatchHoldsWholeRows) {
  Buffer stream = StreamOf({0}, {{"abc"}});
  stream.resize(stream.size() - 2);
  AppendBig(stream, int16_t{5});
  RowBatch batch(Widths{0});
  BinaryRowParser parser(Widths{0});
  EXPECT_FALSE(parser.Parse(stream, batch).ok());
  EXPECT_EQ(batch.rows(), 1u);
  EXPECT_EQ(batch.columns()[0].rows(), 1u);
}

}  // namespace
}  // namespace pgbale
