// MakeRowParser and MakeRowWriter: what one form is read in can be written in
// the other.

#include "format/wire/row_parser.h"
#include "format/wire/row_writer.h"
#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAreArray;

TEST(WireFormat, EachParserReadsWhatItsWriterWrites) {
  Random random;
  const Widths widths = {0, 0};
  const std::vector<Row> rows = RandomRows(random, widths, 100);
  const RowBatch batch = BatchOf(widths, rows);
  for (const WireFormat format : {WireFormat::kText, WireFormat::kBinary}) {
    const auto writer = MakeRowWriter(format);
    Buffer stream;
    writer->Begin(stream);
    RowCursor cursor(batch);
    while (cursor.Next()) writer->Write(cursor, widths.size(), stream);
    writer->End(stream);
    const auto parser = MakeRowParser(format, widths);
    RowBatch parsed(widths);
    ASSERT_OK(parser->Parse(stream, parsed));
    ASSERT_OK(parser->Finish());
    EXPECT_THAT(RowsOf(parsed), ElementsAreArray(rows));
    EXPECT_EQ(parsed.digest(), batch.digest());
  }
}

}  // namespace
}  // namespace pgbale
